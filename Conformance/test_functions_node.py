"""Functions on Node.js: modules, handler styles, context and console."""

import os
import re

import pytest

from harness.functions import NODE, create_function
from harness.server import run


@pytest.mark.parametrize(
    ("name", "value"),
    [("AWS_EXECUTION_ENV", f"AWS_Lambda_{NODE}"), ("_HANDLER", "handler.handler"), ("TZ", ":UTC")],
)
def test_it_has_the_same_variables(function, name, value):
    source = "exports.handler = async () => process.env"
    assert function(source, runtime=NODE).invoke().json()[name] == value


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        ({"index.js": "exports.handler = async (event) => event"}, "index.handler"),
        ({"index.cjs": "exports.handler = async (event) => event"}, "index.handler"),
        ({"index.mjs": "export const handler = async (event) => event"}, "index.handler"),
        (
            {"index.js": "export const handler = async (event) => event", "package.json": '{"type": "module"}'},
            "index.handler",
        ),
        ({"index.mjs": "await 0; export const handler = async (event) => event"}, "index.handler"),
        ({"src/app.js": "exports.handler = async (event) => event"}, "src/app.handler"),
        ({"app.js": "exports.nested = { handler: async (event) => event }"}, "app.nested.handler"),
        (
            {
                "index.js": "exports.handler = async (e) => require('part')(e)",
                "node_modules/part/index.js": "module.exports = (e) => e",
            },
            "index.handler",
        ),
    ],
    ids=["js", "cjs", "mjs", "type module", "top-level await", "folder", "nested export", "node_modules"],
)
def test_a_module_of_each_kind_is_loaded(function, files, handler):
    assert function(files=files, handler=handler, runtime=NODE).invoke({"a": 1}).json() == {"a": 1}


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("async (event) => ({ sum: event.a + 1 })", {"sum": 2}),
        ("async () => undefined", None),
        ("async () => {}", None),
        ("(event, context, callback) => callback(null, event.a)", 1),
        ("(event, context, callback) => { setTimeout(() => callback(null, 'later'), 5) }", "later"),
        ("(event) => Promise.resolve(event.a)", 1),
        ("() => 'ignored'", None),
        (
            "(event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false;"
            " setInterval(() => {}, 1000); callback(null, 'at once') }",
            "at once",
        ),
        ("async () => '\u2615'", "\u2615"),
    ],
)
def test_a_handler_of_each_style_answers(function, body, result):
    answer = function(f"exports.handler = {body}", runtime=NODE).invoke({"a": 1})
    assert (answer.error, answer.json()) == (None, result)


def test_a_callback_error_is_a_function_error(function):
    source = "exports.handler = (event, context, callback) => callback(new Error('no'))"
    answer = function(source, runtime=NODE).invoke()
    assert (answer.error, answer.json()["errorMessage"]) == ("Unhandled", "no")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("functionName", lambda target, answer: target.name),
        ("functionVersion", lambda target, answer: "$LATEST"),
        ("invokedFunctionArn", lambda target, answer: target.arn),
        ("memoryLimitInMB", lambda target, answer: "256"),
        ("logGroupName", lambda target, answer: f"/aws/lambda/{target.name}"),
        ("awsRequestId", lambda target, answer: answer.request_id),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_context_has(function, member, value):
    target = function("exports.handler = async (event, context) => context[event.member]", runtime=NODE)
    answer = target.invoke({"member": member})
    assert answer.json() == value(target, answer)


def test_the_remaining_time_is_of_the_time_out(function):
    source = "exports.handler = async (event, context) => context.getRemainingTimeInMillis()"
    assert 0 < function(source, runtime=NODE).invoke().json() <= 20_000


def test_console_lines_have_time_request_id_and_level(function):
    source = "exports.handler = async () => { console.log('hello'); console.error('trouble') }"
    answer = function(source, runtime=NODE).invoke(LogType="Tail")
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    for level, text in (("INFO", "hello"), ("ERROR", "trouble")):
        assert re.search(rf"^{time}\t{answer.request_id}\t{level}\t{text}$", answer.log, re.MULTILINE)


def test_an_api_reaches_it(function, http_api):
    source = "exports.handler = async (event) => ({ statusCode: 201, body: event.rawPath })"
    api = http_api()
    api.route("$default", api.integrate_function(function(source, runtime=NODE)))
    answer = api.call("GET", "/from/node")
    assert (answer.status, answer.body) == (201, b"/from/node")


class TestSDK:
    """AWS's runtimes bring the SDK v3; where it is not installed, whoever needs it is told what to do."""

    SOURCE = "import { client } from '@aws-sdk/client-dynamodb'; export const handler = async () => client"

    def test_where_it_is_missing_the_error_says_what_to_do(self, own_gatehouse, tmp_path):
        server = own_gatehouse(options=["--runtimes", str(tmp_path)])
        target = create_function(server.clients, files={"handler.mjs": self.SOURCE}, runtime=NODE)
        message = target.invoke().json()["errorMessage"]
        assert "Cannot find package '@aws-sdk/client-dynamodb'" in message
        assert "`gatehouse doctor` says how to install it" in message

    def test_where_it_is_installed_it_is_found(self, own_gatehouse, tmp_path):
        package = tmp_path / "nodejs" / "node_modules" / "@aws-sdk" / "client-dynamodb"
        package.mkdir(parents=True)
        (package / "package.json").write_text('{"name": "x", "main": "client.js"}')
        (package / "client.js").write_text("exports.client = 'found'")
        server = own_gatehouse(options=["--runtimes", str(tmp_path)])
        target = create_function(server.clients, files={"handler.mjs": self.SOURCE}, runtime=NODE)
        assert target.invoke().json() == "found"

    @pytest.mark.parametrize(("status", "said"), [(0, "added 7 packages"), (1, "npm error network")])
    def test_the_doctor_installs_it_with_npm(self, tmp_path, monkeypatch, status, said):
        """`npm` is a stand-in: what is asked of it counts, and what it says is told."""
        npm = tmp_path / "bin" / "npm"
        npm.parent.mkdir()
        npm.write_text(
            f"#!/bin/sh\necho \"{said}\"\nmkdir -p {tmp_path}/runtimes/nodejs/node_modules/@aws-sdk\necho \"$@\" > {tmp_path}/asked\nexit {status}\n"
        )
        npm.chmod(0o755)
        monkeypatch.setenv("PATH", f"{npm.parent}:{os.environ['PATH']}")
        answer = run("doctor", "--install-node-sdk", "--runtimes", str(tmp_path / "runtimes"))
        asked = (tmp_path / "asked").read_text()
        assert f"--prefix {tmp_path}/runtimes/nodejs" in asked and "@aws-sdk/client-dynamodb" in asked
        assert said in answer.stdout + answer.stderr
        if status == 0:
            assert "AWS SDK v3 for JavaScript: " in answer.stdout
        else:
            assert answer.returncode == 1 and "npm could not install" in answer.stderr
