"""InvokeWithResponseStream: answers of functions that come piece by piece, read by botocore."""

import base64
import json
import time

import pytest
from botocore.exceptions import ClientError

from harness.deadline import until
from harness.functions import NODE, PYTHON, create_function


def node(gatehouse, body, **more):
    source = f"exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }});"
    return create_function(gatehouse.clients, source, runtime=NODE, **more)


def invoke(function, event=None, **more):
    return function.client.invoke_with_response_stream(
        FunctionName=function.name, Payload=json.dumps(event or {}).encode(), **more)  # fmt: skip


def events(answer):
    """The payload's bytes, and the last event."""
    body, complete = b"", None
    for event in answer["EventStream"]:
        assert complete is None
        if "PayloadChunk" in event:
            body += event["PayloadChunk"]["Payload"]
        else:
            complete = event["InvokeComplete"]
    return body, complete


def test_pieces_come_while_the_function_writes(gatehouse):
    function = node(gatehouse, """
        stream.setContentType('text/plain');
        stream.write('one');
        await new Promise((resolve) => setTimeout(resolve, 500));
        stream.end('two ' + event.name);""")  # fmt: skip
    answer = invoke(function, {"name": "x"})
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-remapped-content-type"] == "text/plain"
    pieces = iter(answer["EventStream"])
    assert next(pieces) == {"PayloadChunk": {"Payload": b"one"}}
    first = time.monotonic()
    assert next(pieces) == {"PayloadChunk": {"Payload": b"two x"}}
    # The second piece was written long after the first had come.
    assert time.monotonic() - first > 0.3
    assert list(pieces) == [{"InvokeComplete": {}}]


def test_a_function_that_does_not_stream_answers_in_one_piece(gatehouse):
    function = create_function(gatehouse.clients, "def handler(event, context):\n    print('said')\n    return event")
    answer = invoke(function, {"a": 1}, LogType="Tail")
    body, complete = events(answer)
    assert json.loads(body) == {"a": 1}
    assert b"said" in base64.b64decode(complete["LogResult"])


@pytest.mark.parametrize("runtime, source", [
    (PYTHON, "def handler(event, context): raise ValueError('no')"),
    (NODE, "exports.handler = awslambda.streamifyResponse(async () => { throw new RangeError('no'); });"),
    (NODE, "exports.handler = awslambda.streamifyResponse(async (event, stream) => {"
     " stream.write('half'); await new Promise((resolve) => setTimeout(resolve, 100)); throw new RangeError('no'); });"),
])  # fmt: skip
def test_a_failure_is_told_at_the_end(gatehouse, runtime, source):
    body, complete = events(invoke(create_function(gatehouse.clients, source, runtime=runtime)))
    assert body == (b"half" if "half" in source else b"")
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "no"


def test_a_time_out_is_told_at_the_end(gatehouse):
    function = node(gatehouse, "stream.write('half'); await new Promise((resolve) => setTimeout(resolve, 9000));",
                    Timeout=1)  # fmt: skip
    body, complete = events(invoke(function))
    assert (body, json.loads(complete["ErrorDetails"])["errorType"]) == (b"half", "Sandbox.Timedout")


def test_invoke_collects_what_is_streamed(gatehouse):
    assert node(gatehouse, "stream.write('1'); stream.end('2');").invoke().body == b"12"


def test_a_caller_that_leaves_lets_the_function_run_to_its_end(gatehouse):
    function = node(gatehouse, """
        for (let i = 0; i < 30; i++) {
            if (!stream.write(Buffer.alloc(1048576))) await new Promise((resolve) => stream.once('drain', resolve));
        }
        stream.end();
        console.log('has run to its end');""", Timeout=30)  # fmt: skip
    answer = invoke(function)
    assert next(iter(answer["EventStream"]))["PayloadChunk"]
    answer["EventStream"].close()
    until(lambda: function.has_logged("has run to its end"), "the function has run to its end")


def test_large_answers_come_whole(gatehouse):
    function = node(gatehouse, """
        for (let i = 0; i < 24; i++) stream.write(Buffer.alloc(1048576, i));
        stream.end();""", Timeout=30)  # fmt: skip
    body, complete = events(invoke(function))
    assert body == b"".join(bytes([i]) * 1_048_576 for i in range(24))
    assert complete == {}


def test_what_cannot_be_called_is_an_error(gatehouse):
    function = node(gatehouse, "stream.end();")
    assert invoke(function, InvocationType="DryRun")["StatusCode"] == 204
    with pytest.raises(ClientError) as missing:
        function.client.invoke_with_response_stream(FunctionName="no-such-function")
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as large:
        invoke(function, {"a": "x" * 6_291_456})
    assert large.value.response["Error"]["Code"] == "RequestTooLargeException"
