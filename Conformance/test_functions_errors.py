"""Functions that fail: the payload a caller gets, and the environment that serves the next call."""

import re

import pytest

from harness.functions import NODE
from harness.origin import reply

COUNTS_AND_FAILS_ON_DEMAND = """
import os, time

calls = 0

def handler(event, context):
    global calls
    calls += 1
    if event.get("do") == "exit":
        os._exit(3)
    if event.get("do") == "sleep":
        time.sleep(60)
    if event.get("do") == "raise":
        raise ValueError("no")
    if event.get("do") == "grow":
        return len(bytearray(b"x") * 2_000_000_000)
    if event.get("do") == "oversize":
        return "x" * 6_300_000
    return {"calls": calls, "pid": os.getpid()}
"""


def failure(answer):
    """The error payload of an invocation that failed as AWS's do: 200, Unhandled."""
    assert (answer.status, answer.error) == (200, "Unhandled")
    return answer.json()


class TestExceptions:
    @pytest.fixture
    def error(self, function):
        source = "class Odd(Exception): pass\ndef handler(event, context):\n    raise Odd('it is odd')"
        answer = function(source).invoke()
        return failure(answer) | {"invocation": answer.request_id}

    def test_type_and_message(self, error):
        assert (error["errorType"], error["errorMessage"]) == ("Odd", "it is odd")

    def test_the_request_id(self, error):
        assert error["requestId"] == error["invocation"]

    def test_the_stack_trace_names_the_line(self, error):
        assert re.search(r'File ".*handler\.py", line 3, in handler', error["stackTrace"][-1])

    def test_the_environment_is_used_again(self, function):
        target = function(COUNTS_AND_FAILS_ON_DEMAND)
        failure(target.invoke({"do": "raise"}))
        assert target.invoke().json()["calls"] == 2


class TestInitErrors:
    @pytest.mark.parametrize(
        ("source", "handler", "error_type", "message"),
        [
            (
                "import no_such_module\ndef handler(event, context): pass",
                "handler.handler",
                "Runtime.ImportModuleError",
                "Unable to import module 'handler': No module named 'no_such_module'",
            ),
            (
                "def handler(event, context): pass",
                "elsewhere.handler",
                "Runtime.ImportModuleError",
                "Unable to import module 'elsewhere': No module named 'elsewhere'",
            ),
            (
                "def another(event, context): pass",
                "handler.handler",
                "Runtime.HandlerNotFound",
                "Handler 'handler' missing on module 'handler'",
            ),
            ("def handler(event, context): (", "handler.handler", "Runtime.UserCodeSyntaxError", "Syntax error in"),
            ("def handler(event, context): pass", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
            ("raise ValueError('at import')", "handler.handler", "ValueError", "at import"),
        ],
        ids=["import", "module", "name", "syntax", "malformed", "raise"],
    )
    def test_the_payload_tells_why(self, function, source, handler, error_type, message):
        error = failure(function(source, handler=handler).invoke())
        assert error["errorType"] == error_type
        assert error["errorMessage"].startswith(message)

    def test_every_invocation_tries_again(self, function, origin):
        source = f"import urllib.request\nurllib.request.urlopen('{origin.url}')\nraise ValueError('at import')"
        target = function(source)
        failure(target.invoke())
        before = len(origin.requests)
        failure(target.invoke())
        assert len(origin.requests) > before

    def test_a_function_whose_trouble_is_over_works(self, function, origin):
        source = f"import urllib.request\nurllib.request.urlopen('{origin.url}')\ndef handler(e, c): return 'fine'"
        origin.answer(reply(500))
        target = function(source)
        failure(target.invoke())
        origin.answer(reply(200))
        assert target.invoke().json() == "fine"

    def test_an_exit_is_an_exit_error(self, function):
        error = failure(function("import os\nos._exit(1)\ndef handler(event, context): pass").invoke())
        assert error["errorType"] == "Runtime.ExitError"


class TestResultsThatCannotBe:
    def test_a_result_that_is_no_json_is_a_marshal_error(self, function):
        error = failure(function("def handler(event, context): return object()").invoke())
        assert error["errorType"] == "Runtime.MarshalError"
        assert error["errorMessage"].startswith("Unable to marshal response: ")

    def test_a_result_beyond_6_mb_is_too_large(self, function):
        error = failure(function(COUNTS_AND_FAILS_ON_DEMAND).invoke({"do": "oversize"}))
        assert error == {
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        }

    def test_after_one_beyond_6_mb_the_next_invocation_is_served(self, function):
        # AWS's own Python client ends when its answer is refused, so another environment may serve.
        target = function(COUNTS_AND_FAILS_ON_DEMAND)
        failure(target.invoke({"do": "oversize"}))
        assert "calls" in target.invoke().json()


class TestTimeOuts:
    def test_the_payload(self, function):
        answer = function(COUNTS_AND_FAILS_ON_DEMAND, Timeout=1).invoke({"do": "sleep"})
        assert failure(answer) == {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
        }

    def test_the_log_says_so(self, function):
        answer = function(COUNTS_AND_FAILS_ON_DEMAND, Timeout=1).invoke({"do": "sleep"}, LogType="Tail")
        assert re.search(
            rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z {answer.request_id} Task timed out after 1\.00 seconds$",
            answer.log,
            re.MULTILINE,
        )
        assert "\tStatus: timeout" in answer.log


class TestCrashes:
    def test_an_exit_is_an_exit_error(self, function):
        answer = function(COUNTS_AND_FAILS_ON_DEMAND).invoke({"do": "exit"})
        error = failure(answer)
        assert error["errorType"] == "Runtime.ExitError"
        assert re.fullmatch(
            f"RequestId: {answer.request_id} Error: Runtime exited "
            "(without providing a reason|with error: exit status 3)",
            error["errorMessage"],
        )

    def test_a_function_that_takes_too_much_memory_fails(self, function):
        failure(function(COUNTS_AND_FAILS_ON_DEMAND, MemorySize=128).invoke({"do": "grow"}))

    @pytest.mark.parametrize(("trouble", "timeout"), [("exit", 20), ("sleep", 1)])
    def test_the_next_invocation_starts_afresh(self, function, trouble, timeout):
        target = function(COUNTS_AND_FAILS_ON_DEMAND, Timeout=timeout)
        first = target.invoke().json()
        failure(target.invoke({"do": trouble}))
        second = target.invoke().json()
        assert second["pid"] != first["pid"]
        assert second["calls"] == 1

    def test_after_too_much_memory_the_next_invocation_is_served(self, function):
        target = function(COUNTS_AND_FAILS_ON_DEMAND, MemorySize=128)
        failure(target.invoke({"do": "grow"}))
        assert target.invoke().json()["calls"] >= 1

    def test_one_functions_crash_does_not_touch_another(self, function):
        crashing, healthy = function(COUNTS_AND_FAILS_ON_DEMAND), function(COUNTS_AND_FAILS_ON_DEMAND)
        before = healthy.invoke().json()
        failure(crashing.invoke({"do": "exit"}))
        assert healthy.invoke().json() == {"calls": 2, "pid": before["pid"]}


class TestNodeErrors:
    @pytest.mark.parametrize(
        ("body", "error_type", "message"),
        [
            ("throw new Error('no')", "Error", "no"),
            ("throw new TypeError('wrong')", "TypeError", "wrong"),
            ("throw 'a string'", "string", "a string"),
        ],
    )
    def test_the_payload(self, function, body, error_type, message):
        error = failure(function(f"exports.handler = async () => {{ {body} }}", runtime=NODE).invoke())
        assert set(error) == {"errorType", "errorMessage", "trace"}
        assert (error["errorType"], error["errorMessage"]) == (error_type, message)

    def test_the_trace_starts_with_the_error(self, function):
        error = failure(function("exports.handler = async () => { throw new Error('no') }", runtime=NODE).invoke())
        assert error["trace"][0] == "Error: no"

    @pytest.mark.parametrize(
        ("source", "handler", "error_type"),
        [
            ("require('no-such-module')", "handler.handler", "Runtime.ImportModuleError"),
            ("exports.other = 1", "handler.handler", "Runtime.HandlerNotFound"),
            ("exports.handler = 1", "handler.handler", "Runtime.HandlerNotFound"),
            ("exports.handler = (", "handler.handler", "Runtime.UserCodeSyntaxError"),
            ("exports.handler = async () => 1", "handler", "Runtime.MalformedHandlerName"),
            ("exports.handler = async () => new Promise(() => {})", "handler.handler", "Runtime.NodeJsExit"),
        ],
        ids=["import", "missing", "no function", "syntax", "malformed", "never settled"],
    )
    def test_the_type_of(self, function, source, handler, error_type):
        assert failure(function(source, runtime=NODE, handler=handler).invoke())["errorType"] == error_type

    @pytest.mark.parametrize(
        "trouble", ["process.exit(3)", "setImmediate(() => { throw new Error('later') }); await new Promise(() => {})"]
    )
    def test_after_an_exit_the_next_invocation_is_served(self, function, trouble):
        source = f"exports.handler = async event => {{ if (event.fail) {{ {trouble} }} return 'fine' }}"
        target = function(source, runtime=NODE)
        failure(target.invoke({"fail": True}))
        assert target.invoke().json() == "fine"
