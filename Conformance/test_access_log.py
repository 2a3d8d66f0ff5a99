"""Access logs of a stage: formats, variables, and when there is an entry."""

import json
import re
import uuid

import pytest

from harness.apis import HttpApi
from harness.deadline import until
from harness.origin import reply

DESTINATION = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/any"


@pytest.fixture
def entries(gatehouse):
    """The lines of the access log that bear a mark."""

    def read(mark, count=1):
        def lines():
            text = gatehouse.access_log.read_text() if gatehouse.access_log.exists() else ""
            found = [line for line in text.splitlines() if mark in line]
            return found if len(found) >= count else None

        return until(lines, f"{count} entries of the access log with {mark}")

    return read


@pytest.fixture
def logged(http_api, origin, entries):
    """Makes an API that logs `variable` for each request; `entry` answers the value in the next one."""

    def make(variable, key="ANY /items/{id}", stage="$default", **integration):
        api = http_api(stage=None)
        api.mark = uuid.uuid4().hex
        api.integration = api.integrate(origin.url, **integration)
        api.route(key, api.integration)
        settings = {"DestinationArn": DESTINATION, "Format": f"{api.mark} $context.requestId [{variable}]"}
        api.stage(stage, AccessLogSettings=settings)
        api.entry = lambda: re.search(r"\[(.*)\]$", entries(api.mark)[0])[1]
        return api

    return make


class TestVariables:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("$context.accountId", "123456789012"),
            ("$context.stage", "$default"),
            ("$context.routeKey", "ANY /items/{id}"),
            ("$context.path", "/items/7"),
            ("$context.httpMethod", "POST"),
            ("$context.protocol", "HTTP/1.1"),
            ("$context.status", "200"),
            ("$context.identity.sourceIp", "127.0.0.1"),
            ("$context.identity.userAgent", "curl/8.0"),
            ("$context.responseLength", "6"),
            ("$context.integration.status", "200"),
            ("plain text", "plain text"),
            ("$context.status of $context.httpMethod", "200 of POST"),
            ("$context.error.message", "-"),
            ("$context.authorizer.principalId", "-"),
            ("$context.identity.user", "-"),
            ("$context.noSuchVariable", "-"),
        ],
    )
    def test_it_prints(self, logged, variable, value):
        api = logged(variable)
        api.call("POST", "/items/7", {"User-Agent": "curl/8.0"})
        assert api.entry() == value

    @pytest.mark.parametrize(
        ("variable", "pattern"),
        [
            ("$context.requestTime", r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000"),
            ("$context.requestTimeEpoch", r"\d{10}"),
            ("$context.responseLatency", r"\d+"),
            ("$context.integrationLatency", r"\d+"),
            ("$context.integration.latency", r"\d+"),
            ("$context.dataProcessed", r"\d+"),
        ],
    )
    def test_its_form(self, logged, variable, pattern):
        api = logged(variable)
        api.call("GET", "/items/7")
        assert re.fullmatch(pattern, api.entry())

    @pytest.mark.parametrize("variable", ["$context.apiId", "$context.domainPrefix"])
    def test_it_names_the_api(self, logged, variable):
        api = logged(variable)
        api.call("GET", "/items/7")
        assert api.entry() == api.id

    def test_it_names_the_domain(self, logged):
        api = logged("$context.domainName")
        api.call("GET", "/items/7")
        assert api.entry() == api.host

    @pytest.mark.parametrize("variable", ["$context.requestId", "$context.extendedRequestId"])
    def test_the_request_id_is_the_one_of_the_answer(self, logged, variable):
        api = logged(variable)
        assert api.call("GET", "/items/7").header("apigw-requestid") == api.entry()

    def test_the_path_has_the_named_stage(self, logged):
        api = logged("$context.path", stage="dev")
        api.call("GET", "/dev/items/7")
        assert api.entry() == "/dev/items/7"

    def test_the_status_is_the_clients_and_the_integrations_its_own(self, logged, origin):
        origin.answer(reply(500))
        api = logged(
            "$context.status $context.integration.status", ResponseParameters={"500": {"overwrite:statuscode": "403"}}
        )
        api.call("GET", "/items/7")
        assert api.entry() == "403 500"

    def test_a_function_has_its_own_status_beside_lambdas(self, http_api, function, entries):
        api, mark = http_api(stage=None), uuid.uuid4().hex
        target = function("def handler(event, context): return {'statusCode': 401, 'body': ''}")
        api.route("$default", api.integrate_function(target))
        text = f"{mark} $context.requestId $context.integration.status $context.integration.integrationStatus"
        api.stage(AccessLogSettings={"DestinationArn": DESTINATION, "Format": text})
        api.call()
        assert entries(mark)[0].split(" ")[2:] == ["401", "200"]

    def test_a_missing_permission_is_explained(self, http_api, function, entries):
        api, mark = http_api(stage=None), uuid.uuid4().hex
        target = function("def handler(event, context): pass")
        api.route("$default", api.integrate_function(target, permit=False))
        text = f"{mark} $context.requestId $context.integrationErrorMessage"
        api.stage(AccessLogSettings={"DestinationArn": DESTINATION, "Format": text})
        api.call()
        assert entries(mark)[0].split(" ", 2)[2] == (
            "The IAM role configured on the integration or API Gateway doesn't have permissions to call the "
            "integration. Check the permissions and try again."
        )


class TestFormats:
    def format(self, http_api, origin, text):
        api = http_api(stage=None)
        api.route("$default", api.integrate(origin.url))
        api.stage(AccessLogSettings={"DestinationArn": DESTINATION, "Format": text})
        return api

    def test_json_stays_json_whatever_the_client_sends(self, http_api, origin, entries):
        mark = uuid.uuid4().hex
        text = '{"mark":"%s","requestId":"$context.requestId","agent":"$context.identity.userAgent"}' % mark
        api = self.format(http_api, origin, text)
        api.call(headers={"User-Agent": 'quote " backslash \\ end'})
        assert json.loads(entries(mark)[0])["agent"] == 'quote " backslash \\ end'

    def test_an_unset_variable_prints_a_dash_inside_quotes(self, http_api, origin, entries):
        mark = uuid.uuid4().hex
        text = '{"mark":"%s","requestId":"$context.requestId","user":"$context.identity.user"}' % mark
        self.format(http_api, origin, text).call()
        assert json.loads(entries(mark)[0])["user"] == "-"

    def test_the_common_log_format(self, http_api, origin, entries):
        mark = uuid.uuid4().hex
        text = (
            f"{mark} $context.identity.sourceIp - - [$context.requestTime] "
            '"$context.httpMethod $context.routeKey $context.protocol" '
            "$context.status $context.responseLength $context.requestId"
        )
        self.format(http_api, origin, text).call("GET", "/x")
        assert re.fullmatch(
            mark + r' 127\.0\.0\.1 - - \[[^]]+\] "GET \$default HTTP/1\.1" 200 6 [A-Za-z0-9_-]{15}=',
            entries(mark)[0],
        )

    def test_a_client_cannot_write_a_line_of_its_own(self, http_api, origin, entries):
        mark = uuid.uuid4().hex
        api = self.format(http_api, origin, f"{mark} $context.requestId $context.path")
        with api.connect() as client:
            client.exchange("GET", f"/a%0A{mark}%20forged", api.host)
            client.exchange("GET", "/last", api.host)
        until(lambda: entries(mark)[-1].endswith(" /last"), "the second entry")
        assert len(entries(mark)) == 2


class TestEntries:
    def test_each_request_has_one(self, logged, entries):
        api = logged("$context.path")
        with api.connect() as client:
            for number in range(20):
                client.exchange("GET", f"/items/{number}", api.host)
        assert [line.split("[")[1] for line in entries(api.mark, 20)] == [f"/items/{number}]" for number in range(20)]

    def test_a_route_that_is_not_found_has_one(self, logged):
        api = logged("$context.status")
        api.call("GET", "/elsewhere")
        assert api.entry() == "404"

    def test_a_request_without_a_stage_has_none(self, logged, entries):
        """Both requests go over one connection, so that a first entry would stand before the second."""
        api = logged("$context.path", stage="dev")
        with api.connect() as client:
            client.exchange("GET", "/nowhere/items/7", api.host)
            client.exchange("GET", "/dev/items/7", api.host)
        assert api.entry() == "/dev/items/7"

    def test_deleted_settings_end_them(self, logged, entries):
        api, other = logged("$context.path"), logged("$context.path")
        api.client.delete_access_log_settings(ApiId=api.id, StageName="$default")
        with api.connect() as client:
            client.exchange("GET", "/items/7", api.host)
            client.exchange("GET", "/items/7", other.host)
        assert other.entry() == "/items/7"
        assert api.mark not in api.server.access_log.read_text()

    def test_each_stage_has_its_own(self, http_api, origin, entries):
        api, marks = http_api(stage=None), {"dev": uuid.uuid4().hex, "prod": uuid.uuid4().hex}
        api.route("$default", api.integrate(origin.url))
        for name, mark in marks.items():
            text = f"{mark} $context.requestId $context.stage"
            api.stage(name, AccessLogSettings={"DestinationArn": DESTINATION, "Format": text})
            api.call("GET", f"/{name}/x")
        assert [entries(mark)[0].split(" ")[2] for mark in marks.values()] == ["dev", "prod"]

    def test_standard_output_can_be_the_destination(self, own_gatehouse, origin):
        server = own_gatehouse(options=["--access-log", "-"])
        api = HttpApi(server)
        api.route("$default", api.integrate(origin.url))
        settings = {"DestinationArn": DESTINATION, "Format": "entry $context.requestId $context.path"}
        api.stage(AccessLogSettings=settings)
        request_id = api.call("GET", "/to/standard/output").header("apigw-requestid")
        server.line(rf"^entry {re.escape(request_id)} /to/standard/output$")
