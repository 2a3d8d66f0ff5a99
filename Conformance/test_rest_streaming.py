"""Response streaming of REST APIs: functions and origins whose answers are passed on as they come."""

import time

import pytest

from harness import wire
from harness.deadline import until
from harness.functions import NODE, PYTHON, create_function
from harness.origin import Origin
from harness.rest import patch
from harness.server import REGION

NULLS = b"\0" * 8


def streaming_uri(function):
    return f"arn:aws:apigateway:{REGION}:lambda:path/2021-11-15/functions/{function.arn}/response-streaming-invocations"


def streamed(rest_api, function, timeout=29_000, **more):
    """An API whose every request goes to the function and is answered by its stream."""
    function.permit()
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    api("put_method", **at, authorizationType="NONE")
    api("put_integration", **at, type="AWS_PROXY", integrationHttpMethod="POST",
        **{"uri": streaming_uri(function), "responseTransferMode": "STREAM", "timeoutInMillis": timeout} | more)  # fmt: skip
    api.deploy("prod")
    return api


def node(gatehouse, body, **more):
    source = f"exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }});"
    return create_function(gatehouse.clients, source, runtime=NODE, **more)


def ask(api, method="GET", headers=(), body=None, version="HTTP/1.1", **options):
    connection = wire.Connection(api.server.traffic, **options)
    connection.send(wire.request_bytes(method, "/prod", api.host, headers, body, version))
    return connection


class TestFunctions:
    def test_the_first_byte_comes_while_the_function_goes_on(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {
                statusCode: 201, headers: {'content-type': 'text/event-stream', 'x-own': '1'}, cookies: ['a=1', 'b=2']});
            answer.write('data: one\\n\\n');
            await new Promise((resolve) => setTimeout(resolve, 700));
            answer.write('data: ' + event.path + '\\n\\n');
            answer.end();""")  # fmt: skip
        api = streamed(rest_api, function)
        assert api.call(target="/prod").status == 201
        with ask(api) as connection:
            head = connection.head()
            assert (head.status, head.header("content-type"), head.header("x-own")) == (201, "text/event-stream", "1")
            assert head.all("set-cookie") == ["a=1", "b=2"]
            assert head.header("transfer-encoding") == "chunked"
            assert connection.piece() == b"data: one\n\n"
            first = time.monotonic()
            assert connection.piece() == b"data: /\n\n"
            # The second piece was written long after the first had come.
            assert time.monotonic() - first > 0.4
            assert connection.piece() == b""
            # The connection is used again.
            assert connection.exchange("GET", "/prod", api.host).status == 201

    def test_the_metadata_may_be_written_by_hand(self, gatehouse, rest_api):
        function = node(gatehouse, """
            stream.write(JSON.stringify({statusCode: 418, multiValueHeaders: {'x-many': ['1', '2']}}));
            stream.write('\\x00'.repeat(8));
            stream.write(Buffer.from([0, 255, 137]));
            stream.end();""")  # fmt: skip
        answer = streamed(rest_api, function).call(target="/prod")
        assert (answer.status, answer.all("x-many"), answer.body) == (418, ["1", "2"], b"\0\xff\x89")

    @pytest.mark.parametrize("runtime, source", [
        (PYTHON, "def handler(event, context): return {'statusCode': 200, 'body': 'x'}"),
        (NODE, "exports.handler = async () => ({ statusCode: 200, body: 'x' })"),
    ])  # fmt: skip
    def test_a_function_that_does_not_stream_is_no_stream(self, gatehouse, rest_api, runtime, source):
        api = streamed(rest_api, create_function(gatehouse.clients, source, runtime=runtime))
        answer = api.call(target="/prod")
        assert (answer.status, answer.body) == (500, b'{"message": "Internal server error"}')

    def test_what_it_returns_may_have_the_form_of_a_stream(self, gatehouse, rest_api):
        source = "def handler(event, context): return b'{\"statusCode\": 202}' + bytes(8) + b'whole'"
        answer = streamed(rest_api, create_function(gatehouse.clients, source)).call(target="/prod")
        assert (answer.status, answer.body) == (202, b"whole")

    def test_errors_before_the_head_are_answers_and_later_ones_break_off(self, gatehouse, rest_api):
        early = streamed(rest_api, node(gatehouse, "throw new TypeError('early');"))
        assert early.call(target="/prod").status == 502
        late = streamed(rest_api, node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {statusCode: 200});
            answer.write('half');
            await new Promise((resolve) => setTimeout(resolve, 200));
            throw new TypeError('late');"""))  # fmt: skip
        with ask(late) as connection:
            assert connection.head().status == 200
            assert connection.piece() == b"half"
            with pytest.raises(wire.Truncated):
                connection.piece()

    def test_the_time_of_the_integration_and_of_the_function(self, gatehouse, rest_api):
        wait = "await new Promise((resolve) => setTimeout(resolve, 60000));"
        half = "awslambda.HttpResponseStream.from(stream, {}).write('half');"
        silent = streamed(rest_api, node(gatehouse, wait), timeout=300)
        assert silent.call(target="/prod").status == 504
        cut = streamed(rest_api, node(gatehouse, half + wait, Timeout=30), timeout=2_000)
        ended = streamed(rest_api, node(gatehouse, half + wait, Timeout=1), timeout=900_000)
        for api in cut, ended:
            with ask(api) as connection:
                assert connection.head().status == 200
                assert connection.piece() == b"half"
                with pytest.raises(wire.Truncated):
                    connection.piece()

    def test_a_slow_client_slows_the_function(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {});
            for (let i = 0; i < 40; i++) {
                if (!answer.write(Buffer.alloc(1048576, i))) await new Promise((resolve) => answer.once('drain', resolve));
                if (i === 30) console.log('far');
            }
            answer.end();""", Timeout=30)  # fmt: skip
        api = streamed(rest_api, function)
        with ask(api, receive_buffer=65_536) as connection:
            answer = connection.head()
            time.sleep(1)
            total, start = 0, time.monotonic()
            while data := connection.piece():
                total += len(data)
            assert total == 40 * 1_048_576

    def test_a_client_that_leaves_lets_the_function_run_to_its_end(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {});
            for (let i = 0; i < 30; i++) {
                if (!answer.write(Buffer.alloc(1048576))) await new Promise((resolve) => answer.once('drain', resolve));
            }
            answer.end();
            console.log('has run to its end');""", Timeout=30)  # fmt: skip
        api = streamed(rest_api, function)
        connection = ask(api, receive_buffer=65_536)
        connection.head()
        connection.close()
        until(lambda: function.has_logged("has run to its end"), "the function has run to its end")

    def test_head_and_http_1_0(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {headers: {'x-method': event.httpMethod}});
            answer.write('one'); answer.write('two'); answer.end();""")  # fmt: skip
        api = streamed(rest_api, function)
        answer = api.call("HEAD", "/prod")
        assert (answer.status, answer.header("x-method"), answer.body) == (200, "HEAD", b"")
        with ask(api, version="HTTP/1.0") as connection:
            answer = connection.response()
            assert (answer.header("transfer-encoding"), answer.body) == (None, b"onetwo")

    def test_invocations_of_a_function_that_streams_have_no_body(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {statusCode: 203, headers: {'x-own': '1'}});
            answer.end('body');""")  # fmt: skip
        api = streamed(rest_api, function, uri=function.uri, responseTransferMode="BUFFERED")
        answer = api.call(target="/prod")
        assert (answer.status, answer.header("x-own"), answer.body) == (203, "1", b"")

    def test_more_than_ten_megabytes(self, gatehouse, rest_api):
        function = node(gatehouse, """
            const answer = awslambda.HttpResponseStream.from(stream, {});
            for (let i = 0; i < 24; i++) answer.write(Buffer.alloc(1048576, 97));
            answer.end();""", Timeout=30)  # fmt: skip
        assert len(streamed(rest_api, function).call(target="/prod").body) == 24 * 1_048_576


class TestOrigins:
    @pytest.fixture
    def origin(self):
        origin = Origin()
        yield origin
        origin.close()

    def api(self, rest_api, origin, **more):
        api = rest_api()
        at = {"resourceId": api.root, "httpMethod": "ANY"}
        api("put_method", **at, authorizationType="NONE")
        api("put_integration", **at, type="HTTP_PROXY", integrationHttpMethod="ANY", uri=origin.url, **more)
        api.deploy("prod")
        return api

    def test_an_answer_has_one_time_for_all_its_pieces(self, rest_api, origin):
        def slowly(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(8):
                exchange.send(wire.chunk(b"x"))
                time.sleep(0.1)
            exchange.send(wire.LAST_CHUNK)

        for mode, timeout, is_whole in ("STREAM", 900_000, True), ("STREAM", 400, False), ("BUFFERED", 400, False):
            origin.answer(slowly)
            api = self.api(rest_api, origin, responseTransferMode=mode, timeoutInMillis=timeout)
            with ask(api) as connection:
                answer = connection.head()
                assert answer.status == 200
                if is_whole:
                    assert connection.rest(answer) == b"x" * 8
                else:
                    with pytest.raises(wire.Truncated):
                        connection.rest(answer)

    def test_only_a_stream_may_be_longer_than_ten_megabytes(self, rest_api, origin):
        long = b"x" * 11_000_000

        def whole(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(long) + long)

        origin.answer(whole)
        assert len(self.api(rest_api, origin, responseTransferMode="STREAM").call(target="/prod").body) == len(long)
        origin.answer(whole)
        assert self.api(rest_api, origin).call(target="/prod").status == 500


class TestManagement:
    def test_what_cannot_stream_is_refused(self, gatehouse, rest_api, function):
        target = function("def handler(event, context): return {}")
        api = rest_api()
        at = {"resourceId": api.root, "httpMethod": "GET"}
        api("put_method", **at, authorizationType="NONE")

        def refused(**parameters):
            return api.error("put_integration", **at, integrationHttpMethod="POST", **parameters)

        invalid = "BadRequestException", "Invalid ResponseTransferMode. "
        assert refused(type="AWS_PROXY", uri=target.uri, responseTransferMode="STREAM") == (
            invalid[0], invalid[1] + "ResponseTransferMode STREAM is only supported for Lambda functions invoked by "
            "InvokeWithResponseStream for AWS_PROXY integrations.")  # fmt: skip
        for mode in {}, {"responseTransferMode": "BUFFERED"}:
            assert refused(type="AWS_PROXY", uri=streaming_uri(target), **mode) == (
                invalid[0], invalid[1] + "Cannot use ResponseTransferMode BUFFERED for Lambda functions invoked by "
                "InvokeWithResponseStream for AWS_PROXY integrations.")  # fmt: skip
        for kind, uri in ("HTTP", "http://localhost/"), ("AWS", target.uri), ("MOCK", ""):
            code, message = refused(type=kind, uri=uri, responseTransferMode="STREAM")
            assert code == invalid[0] and message.startswith(invalid[1])
        stream = {"type": "AWS_PROXY", "uri": streaming_uri(target), "responseTransferMode": "STREAM"}
        assert refused(**stream, timeoutInMillis=900_001) == (
            "BadRequestException", "Timeout should be between 50 ms and 900000 ms")  # fmt: skip
        assert refused(type="AWS_PROXY", uri=target.uri, timeoutInMillis=29_001) == (
            "BadRequestException", "Timeout should be between 50 ms and 29000 ms")  # fmt: skip
        made = api("put_integration", **at, integrationHttpMethod="POST", **stream, timeoutInMillis=900_000)
        assert (made["responseTransferMode"], made["timeoutInMillis"]) == ("STREAM", 900_000)
        changed = api("update_integration", **at, patchOperations=[
            patch("/responseTransferMode", "BUFFERED"), patch("/uri", target.uri),
            patch("/timeoutInMillis", "29000")])  # fmt: skip
        assert changed["responseTransferMode"] == "BUFFERED"
        assert api.error("update_integration", **at, patchOperations=[patch("/responseTransferMode", "STREAM")])[0] == (
            "BadRequestException"
        )
