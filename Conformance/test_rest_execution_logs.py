"""Execution logs, a canary's log groups, counters of methods, and mapping templates that are none, on a server."""

import re

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.deadline import until
from harness.rest import RestApi, patch
from harness.server import ACCOUNT, REGION

LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/apigateway/calls"
BROKEN = "{\n #if($a\n}"


def update(api, *operations, stage="prod"):
    return api("update_stage", stageName=stage, patchOperations=list(operations))


def metrics(server):
    text = wire.fetch(server.management, "GET", "/_gatehouse/metrics", "localhost").text
    assert all(re.fullmatch(r'# (HELP|TYPE) .*|[a-z0-9_]+(\{.*\})? [0-9.e+-]+', line) for line in text.splitlines())
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


@pytest.fixture
def logs(own_gatehouse, tmp_path):
    """A server with a data folder, and the lines of one of its logs."""
    server = own_gatehouse(data=tmp_path / "data", options=["--access-log", str(tmp_path / "all.log")])

    def lines(name, count):
        def found():
            path = tmp_path / "data" / "logs" / name
            text = path.read_text().splitlines() if path.exists() else []
            return text if len(text) >= count else None

        return until(found, f"{count} lines of {name}")

    return server, lines


def test_an_execution_log_is_a_file_of_its_group(logs):
    server, lines = logs
    api = RestApi(server)
    api.mock(template={"a": 1})
    api.deploy("prod")
    update(api, patch("/*/*/logging/loglevel", "INFO"), patch("/*/*/logging/dataTrace", "true"))
    answer = api.call("GET", "/prod?q=1", {"x-api-key": "0123456789abcdef"})
    assert answer.status == 200
    found = lines(f"API-Gateway-Execution-Logs_{api.id}-prod.log", 14)
    prefix = f"({answer.header('x-amzn-requestid')}) "
    assert all(line.startswith(prefix) for line in found)
    text = [line.removeprefix(prefix) for line in found]
    assert text[:4] == [
        f"Extended Request Id: {answer.header('x-amz-apigw-id')}",
        f"Verifying Usage Plan for request: {prefix[1:-2]}. API Key: **********abcdef API Stage: {api.id}/prod",
        "API Key **********abcdef authorized because method 'GET /' does not require API Key. "
        "Request will not contribute to throttle or quota limits",
        f"Usage Plan check succeeded for API Key **********abcdef and API Stage {api.id}/prod",
    ]
    assert text[6:8] == ["Method request path: {}", "Method request query string: {q=1}"]
    assert "0123456789" not in "".join(found)
    assert text[-1] == "Method completed with status: 200"


def test_logs_survive_kill_and_a_flood_of_hostile_requests(logs):
    server, lines = logs
    api = RestApi(server)
    at = api.mock(verb="POST")
    assert at
    api.deploy("prod")
    update(api, patch("/*/*/logging/loglevel", "INFO"), patch("/*/*/logging/dataTrace", "true"))
    bodies = [b"\xff\xfe\x00" * 2000, b"\n(forged) line\r\n" * 500, b"x" * 2_000_000]
    for body in bodies:
        assert api.call("POST", "/prod", {"x-long": "y" * 7000}, body).status == 200
    found = lines(f"API-Gateway-Execution-Logs_{api.id}-prod.log", 14 * len(bodies))
    assert len(found) == 14 * len(bodies)
    assert not [line for line in found if line.startswith("(forged)")]
    assert max(len(line.encode()) for line in found) < 6 * 1024 + 100
    server.kill()
    assert lines(f"API-Gateway-Execution-Logs_{api.id}-prod.log", len(found)) == found


def test_a_canary_has_groups_of_its_own(logs):
    server, lines = logs
    api = RestApi(server)
    api.mock()
    api.deploy("prod")
    update(api, patch("/*/*/logging/loglevel", "INFO"))
    api.deploy("prod", canarySettings={"percentTraffic": 100})
    assert api.call("GET", "/prod").status == 200
    production = lines(f"API-Gateway-Execution-Logs_{api.id}-prod.log", 8)
    assert lines(f"API-Gateway-Execution-Logs_{api.id}-prod-Canary.log", 8) == production


def test_methods_are_counted_by_themselves(logs):
    server, _ = logs
    api = RestApi(server)
    pet = api.resource("{id}", api.resource("pets"))
    api.mock(pet), api.mock()
    api.deploy("prod")
    update(api, patch("/~1pets~1{id}/GET/metrics/enabled", "true"))
    for path in "/prod/pets/1", "/prod/pets/2", "/prod", "/prod/none":
        api.call("GET", path)
    web = HttpApi(server)
    web.route("GET /a", web.integrate("http://127.0.0.1:1"))
    web.stage(RouteSettings={"GET /a": {"DetailedMetricsEnabled": True}})
    web.call("GET", "/a")
    found = metrics(server)
    stage = f'api_id="{api.id}",stage="prod"'
    assert found[f"apigateway_count_total{{{stage}}}"] == "4"
    assert found[f"apigateway_4xx_total{{{stage}}}"] == "1"
    assert found[f'apigateway_latency_seconds_bucket{{{stage},le="+Inf"}}'] == "4"
    assert found[f"apigateway_latency_seconds_count{{{stage}}}"] == "4"
    method = stage + ',resource="/pets/{id}",method="GET"'
    assert found[f"apigateway_method_count_total{{{method}}}"] == "2"
    assert f"apigateway_method_integration_latency_seconds_count{{{method}}}" not in found
    assert found[f"apigateway_method_latency_seconds_count{{{method}}}"] == "2"
    route = f'api_id="{web.id}",stage="$default",route="GET /a"'
    assert found[f"apigateway_method_5xx_total{{{route}}}"] == "1"
    assert not [name for name in found if 'resource="/"' in name]


def test_a_broken_template_is_told_and_deployed(own_gatehouse):
    server = own_gatehouse()
    api = RestApi(server)
    at = api.mock()
    api("put_integration", **at, type="MOCK", requestTemplates={"application/json": BROKEN})
    api.deploy("prod")
    server.says(r"deployment \w+ of API \w+, stage prod: the request template application/json of GET /, line \d, column")
    assert api.call("GET", "/prod").status == 500
    update(api, patch("/description", "again"))
    assert server.output.count("request template application/json") == 1


def test_a_broken_template_is_refused_by_a_strict_server(own_gatehouse):
    server = own_gatehouse(options=["--strict"])
    api = RestApi(server)
    at = api.mock()
    api("put_integration", **at, type="MOCK", requestTemplates={"application/json": BROKEN})
    code, message = api.error("create_deployment", stageName="prod")
    assert code == "BadRequestException"
    assert message.startswith("Invalid mapping template: the request template application/json of GET /, line ")
    api("put_integration", **at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    api("put_integration_response", **at, statusCode="200", selectionPattern="")
    api.deploy("prod")
