"""Invoke: results, invocation types, logs, and requests that never reach the function."""

import base64
import json
import re

import pytest

from harness.clients import error_of
from harness.functions import create_function, function_arn

IDENTITY = """
def handler(event, context):
    return event
"""

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture(scope="module")
def identity(gatehouse):
    return create_function(gatehouse.clients, IDENTITY)


class TestResults:
    @pytest.mark.parametrize(
        "event", [{"a": [1, 2.5, "x", None, True]}, [], "text", 42, None, {"unicode": "\u2615\U0001f600"}], ids=str
    )
    def test_the_event_arrives_and_the_result_comes_back(self, identity, event):
        answer = identity.invoke(raw=json.dumps(event).encode())
        assert (answer.status, answer.error, answer.json()) == (200, None, event)

    def test_a_result_is_passed_on_byte_for_byte(self, function):
        target = function("def handler(event, context): return b'{ \"odd\" :\\t1 }'")
        assert target.invoke().body == b'{ "odd" :\t1 }'

    def test_nothing_returned_is_null(self, function):
        assert function("def handler(event, context): pass").invoke().body == b"null"

    def test_no_payload_is_an_empty_event(self, identity):
        assert identity.invoke(raw=b"").json() == {}

    def test_the_executed_version_is_the_latest(self, identity):
        assert identity.invoke().version == "$LATEST"

    def test_the_request_id_is_the_one_the_function_sees(self, function):
        answer = function("def handler(event, context): return context.aws_request_id").invoke()
        assert re.fullmatch(UUID, answer.request_id)
        assert answer.json() == answer.request_id

    def test_a_large_payload_goes_both_ways(self, identity):
        event = {"large": "x" * 5_000_000}
        assert identity.invoke(event).json() == event

    @pytest.mark.parametrize("form", ["{name}", "{name}:$LATEST", "123456789012:function:{name}", "{arn}"])
    def test_each_form_of_the_name_works(self, identity, form):
        assert identity.invoke(1, FunctionName=form.format(name=identity.name, arn=identity.arn)).json() == 1

    def test_a_request_without_a_content_type_works(self, identity, clients):
        path = f"/2015-03-31/functions/{identity.name}/invocations"
        assert clients.signed("lambda", "POST", path, b"[1]").body == b"[1]"

    def test_the_client_context_arrives(self, function):
        target = function("def handler(event, context): return context.client_context.custom")
        client_context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
        assert target.invoke(ClientContext=client_context).json() == {"a": "b"}


class TestInvocationTypes:
    CALLS_THE_ORIGIN = """
import urllib.request

def handler(event, context):
    urllib.request.urlopen(event["url"] + "/" + context.aws_request_id)
"""

    def test_an_event_is_accepted_with_nothing(self, identity):
        answer = identity.invoke(InvocationType="Event")
        assert (answer.status, answer.body, answer.version) == (202, b"", None)

    def test_an_event_is_run_with_the_request_id_of_its_answer(self, function, origin):
        answer = function(self.CALLS_THE_ORIGIN).invoke({"url": origin.url}, InvocationType="Event")
        assert origin.only().target == f"/{answer.request_id}"

    def test_events_that_wait_for_an_environment_are_all_run(self, function, origin):
        target = function(self.CALLS_THE_ORIGIN)
        for _ in range(10):
            target.invoke({"url": origin.url}, InvocationType="Event")
        assert len({request.target for request in origin.wait(10)}) == 10

    def test_a_dry_run_answers_204(self, identity):
        answer = identity.invoke(InvocationType="DryRun")
        assert (answer.status, answer.body) == (204, b"")

    def test_a_dry_run_does_not_run(self, function, origin):
        target = function(self.CALLS_THE_ORIGIN)
        target.invoke({"url": origin.url}, InvocationType="DryRun")
        run = target.invoke({"url": origin.url})
        assert [request.target for request in origin.requests] == [f"/{run.request_id}"]

    def test_another_type_is_refused(self, identity):
        error = error_of(identity.client.invoke, FunctionName=identity.name, InvocationType="Later")
        assert error.status == 400


class TestLogTail:
    def test_without_asking_there_is_none(self, identity):
        assert identity.invoke().log is None

    @pytest.fixture
    def log(self, function):
        target = function("def handler(event, context):\n    print('line one')\n    print('line two')")
        answer = target.invoke(LogType="Tail")
        return answer.request_id, answer.log, target.invoke(LogType="Tail").log

    def test_the_lines_stand_between_start_and_end(self, log):
        request_id, text, _ = log
        start, end = f"START RequestId: {request_id} Version: $LATEST", f"END RequestId: {request_id}"
        wanted = [start, "line one", "line two", end]
        lines = [line for line in text.splitlines() if line in wanted]
        assert lines == wanted

    def test_the_report_is_the_last_line(self, log):
        request_id, text, _ = log
        assert re.fullmatch(
            rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
            r"Memory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t",
            text.splitlines()[-1],
        )

    def test_only_the_first_invocation_reports_its_init(self, log):
        _, _, second = log
        assert "Init Duration" not in second

    def test_it_is_of_one_invocation(self, log):
        request_id, _, second = log
        assert request_id not in second

    def test_it_holds_the_last_4_kb(self, function):
        target = function("def handler(event, context):\n    for n in range(1000): print(f'line {n:04}')")
        log = target.invoke(LogType="Tail").log
        assert len(log.encode()) <= 4096
        assert "line 0999" in log and "line 0000" not in log

    def test_a_log_record_has_level_time_and_request_id(self, function):
        source = "import logging\ndef handler(event, context): logging.getLogger().warning('look')"
        answer = function(source).invoke(LogType="Tail")
        assert re.search(
            rf"^\[WARNING\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{answer.request_id}\tlook$",
            answer.log,
            re.MULTILINE,
        )

    def test_an_exception_is_in_it(self, function):
        answer = function("def handler(event, context): raise ValueError('no')").invoke(LogType="Tail")
        assert "[ERROR] ValueError: no" in answer.log


class TestRefusals:
    def test_an_unknown_function(self, clients):
        error = error_of(clients.functions.invoke, FunctionName="never-made")
        assert (error.status, error.code) == (404, "ResourceNotFoundException")
        assert error.message.startswith(f"Function not found: {function_arn('never-made')}")

    @pytest.mark.parametrize("qualifier", ["7", "no-such-alias"])
    def test_an_unknown_qualifier(self, identity, qualifier):
        error = error_of(identity.client.invoke, FunctionName=identity.name, Qualifier=qualifier)
        assert (error.status, error.code) == (404, "ResourceNotFoundException")
        assert error.message == f"Function not found: {identity.arn}:{qualifier}"

    def test_two_qualifiers_that_differ(self, identity):
        error = error_of(identity.client.invoke, FunctionName=f"{identity.name}:$LATEST", Qualifier="1")
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message == (
            "The derived qualifier from the function name does not match the specified qualifier."
        )

    def test_a_function_of_another_region(self, identity):
        arn = identity.arn.replace("us-east-1", "eu-west-1")
        error = error_of(identity.client.invoke, FunctionName=arn)
        assert (error.status, error.code) == (404, "ResourceNotFoundException")
        assert error.message == "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"

    @pytest.mark.parametrize("payload", [b"{", b"not json", b"{'a': 1}", b"[1,]"])
    def test_a_payload_that_is_no_json(self, identity, payload):
        error = error_of(identity.client.invoke, FunctionName=identity.name, Payload=payload)
        assert (error.status, error.code) == (400, "InvalidRequestContentException")
        assert error.message.startswith("Could not parse request body into json: Could not parse payload into json")

    def test_a_payload_beyond_6_mb(self, identity):
        payload = json.dumps("x" * 6_300_000).encode()
        error = error_of(identity.client.invoke, FunctionName=identity.name, Payload=payload)
        assert (error.status, error.code) == (413, "RequestTooLargeException")

    def test_a_name_that_is_none(self, clients):
        error = error_of(clients.functions.invoke, FunctionName="a b")
        assert (error.status, error.code) == (400, "ValidationException")
