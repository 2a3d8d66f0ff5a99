"""CORS: what the gateway answers itself, and what it puts in place of the backend's headers."""

import pytest

from harness.functions import create_function
from harness.origin import reply

ALLOWED = {
    "AllowOrigins": ["https://app.example", "http://localhost:3000"],
    "AllowMethods": ["GET", "POST", "OPTIONS"],
    "AllowHeaders": ["Content-Type", "Authorization"],
    "ExposeHeaders": ["X-Request-Id", "ETag"],
    "MaxAge": 600,
}
PREFLIGHT = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}


@pytest.fixture
def cors_api(http_api, origin):
    """Makes an API with one route, `GET /items`, and the given CORS configuration."""

    def make(**configuration):
        api = http_api(CorsConfiguration=configuration or ALLOWED)
        api.route("GET /items", api.integrate(origin.url))
        return api

    return make


def of_cors(answer):
    return {name for name in answer.names if name.startswith("access-control-")}


def listed(value):
    return {part.strip().lower() for part in value.split(",")}


class TestPreflight:
    @pytest.fixture
    def answer(self, cors_api):
        return cors_api().call("OPTIONS", "/items", PREFLIGHT)

    def test_the_status_is_204_without_a_body(self, answer):
        assert (answer.status, answer.body) == (204, b"")

    def test_it_has_no_content_type(self, answer):
        assert answer.header("content-type") is None

    def test_the_origin_is_allowed(self, answer):
        assert answer.all("access-control-allow-origin") == ["https://app.example"]

    def test_the_methods_are_listed_without_spaces(self, answer):
        value = answer.header("access-control-allow-methods")
        assert (listed(value), " " in value) == ({"get", "post", "options"}, False)

    def test_the_headers_are_listed_in_lower_case_without_spaces(self, answer):
        value = answer.header("access-control-allow-headers")
        assert (sorted(value.split(",")), value) == (["authorization", "content-type"], value.lower())

    def test_the_time_to_keep_it_is_told(self, answer):
        assert answer.header("access-control-max-age") == "600"

    def test_it_has_a_request_id(self, answer):
        assert answer.header("apigw-requestid")

    def test_it_does_not_reach_the_backend(self, cors_api, origin):
        api = cors_api()
        api.call("OPTIONS", "/items", PREFLIGHT)
        api.call("GET", "/items")
        assert [request.method for request in origin.requests] == ["GET"]

    def test_it_is_answered_where_no_route_is(self, cors_api):
        assert cors_api().call("OPTIONS", "/elsewhere", PREFLIGHT).status == 204

    def test_it_is_answered_where_a_default_route_is(self, cors_api, origin):
        api = cors_api()
        api.route("$default", api.integrate(origin.url))
        answer = api.call("OPTIONS", "/items", PREFLIGHT)
        assert (answer.status, answer.header("access-control-allow-origin")) == (204, "https://app.example")

    def test_another_allowed_origin_is_answered_with_its_own_name(self, cors_api):
        answer = cors_api().call("OPTIONS", "/items", PREFLIGHT | {"Origin": "http://localhost:3000"})
        assert answer.header("access-control-allow-origin") == "http://localhost:3000"

    def test_an_origin_that_is_not_allowed_gets_no_permission(self, cors_api):
        answer = cors_api().call("OPTIONS", "/items", PREFLIGHT | {"Origin": "https://evil.example"})
        assert answer.header("access-control-allow-origin") is None

    @pytest.mark.parametrize(
        "origin_",
        ["https://app.example.evil", "https://app.exampl", "http://app.example", "https://app.example:8443", "null"],
    )
    def test_an_origin_that_resembles_an_allowed_one_gets_no_permission(self, cors_api, origin_):
        answer = cors_api().call("OPTIONS", "/items", PREFLIGHT | {"Origin": origin_})
        assert answer.header("access-control-allow-origin") is None

    def test_it_works_in_a_named_stage(self, http_api, origin):
        api = http_api("dev", CorsConfiguration=ALLOWED)
        api.route("GET /items", api.integrate(origin.url))
        answer = api.call("OPTIONS", "/dev/items", PREFLIGHT)
        assert (answer.status, answer.header("access-control-allow-origin")) == (204, "https://app.example")

    def test_credentials_are_allowed_when_configured(self, cors_api):
        answer = cors_api(**ALLOWED, AllowCredentials=True).call("OPTIONS", "/items", PREFLIGHT)
        assert answer.header("access-control-allow-credentials") == "true"

    def test_credentials_are_not_allowed_otherwise(self, answer):
        assert answer.header("access-control-allow-credentials") is None

    @pytest.mark.parametrize("missing", list(PREFLIGHT))
    def test_an_options_request_without_one_of_its_headers_is_an_ordinary_request(self, cors_api, missing):
        headers = {name: value for name, value in PREFLIGHT.items() if name != missing}
        answer = cors_api().call("OPTIONS", "/items", headers)
        assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')

    def test_without_cors_it_is_an_ordinary_request(self, http_api, origin):
        api = http_api()
        api.route("GET /items", api.integrate(origin.url))
        assert api.call("OPTIONS", "/items", PREFLIGHT).status == 404

    def test_without_cors_an_options_route_gets_it(self, http_api, origin):
        api = http_api()
        api.route("OPTIONS /items", api.integrate(origin.url))
        assert api.call("OPTIONS", "/items", PREFLIGHT).body == b"origin"


class TestWildcards:
    @pytest.mark.parametrize(
        ("pattern", "origin_", "allowed"),
        [
            ("*", "https://anything.example", True),
            ("*", "http://anything.example:8080", True),
            ("https://*", "https://anything.example", True),
            ("https://*", "http://anything.example", False),
            ("http://*", "http://anything.example:8080", True),
            ("http://*", "https://anything.example", False),
        ],
    )
    def test_an_origin_pattern(self, cors_api, pattern, origin_, allowed):
        api = cors_api(AllowOrigins=[pattern], AllowMethods=["GET"])
        answer = api.call("GET", "/items", {"Origin": origin_})
        assert (answer.header("access-control-allow-origin") in ("*", origin_)) is allowed

    @pytest.mark.parametrize(
        ("member", "name"),
        [
            ("AllowMethods", "access-control-allow-methods"),
            ("AllowHeaders", "access-control-allow-headers"),
        ],
    )
    def test_methods_and_headers_may_be_any(self, cors_api, member, name):
        api = cors_api(**ALLOWED | {member: ["*"]})
        assert api.call("OPTIONS", "/items", PREFLIGHT).header(name)


class TestOrdinaryAnswers:
    def test_a_request_with_an_origin_gets_its_permission(self, cors_api):
        answer = cors_api().call("GET", "/items", {"Origin": "https://app.example"})
        assert answer.all("access-control-allow-origin") == ["https://app.example"]

    def test_exposed_headers_are_named(self, cors_api):
        answer = cors_api().call("GET", "/items", {"Origin": "https://app.example"})
        assert listed(answer.header("access-control-expose-headers")) == {"x-request-id", "etag"}

    def test_a_request_without_an_origin_gets_nothing_of_it(self, cors_api):
        assert of_cors(cors_api().call("GET", "/items")) == set()

    def test_an_origin_that_is_not_allowed_gets_the_answer_without_permission(self, cors_api):
        answer = cors_api().call("GET", "/items", {"Origin": "https://evil.example"})
        assert (answer.body, answer.header("access-control-allow-origin")) == (b"origin", None)

    def test_with_credentials_the_three_headers_come_in_aws_order(self, cors_api):
        api = cors_api(**ALLOWED, AllowCredentials=True)
        answer = api.call("GET", "/items", {"Origin": "https://app.example"})
        wanted = ["access-control-allow-origin", "vary", "access-control-allow-credentials"]
        assert [name for name in answer.names if name in wanted] == wanted
        assert [answer.header(name) for name in wanted] == ["https://app.example", "origin", "true"]

    def test_an_error_of_the_gateway_has_them_too(self, cors_api):
        answer = cors_api().call("GET", "/elsewhere", {"Origin": "https://app.example"})
        assert (answer.status, answer.header("access-control-allow-origin")) == (404, "https://app.example")

    @pytest.mark.parametrize(
        "name",
        [
            "Access-Control-Allow-Origin",
            "Access-Control-Allow-Methods",
            "Access-Control-Allow-Headers",
            "Access-Control-Allow-Credentials",
            "Access-Control-Expose-Headers",
            "Access-Control-Max-Age",
        ],
    )
    @pytest.mark.parametrize("headers", [{}, {"Origin": "https://app.example"}], ids=["no origin", "origin"])
    def test_the_backends_own_are_discarded(self, cors_api, origin, name, headers):
        origin.answer(reply(200, [(name, "of-the-backend")], "x"))
        assert "of-the-backend" not in cors_api().call("GET", "/items", headers).all(name)

    def test_the_backends_own_pass_without_a_configuration(self, proxy, origin):
        origin.answer(reply(200, [("Access-Control-Allow-Origin", "https://backend.example")]))
        assert proxy.call().header("access-control-allow-origin") == "https://backend.example"

    def test_a_functions_own_are_discarded(self, http_api, clients):
        source = (
            "def handler(event, context):\n"
            "    return {'statusCode': 200, 'headers': {'Access-Control-Allow-Origin': '*'}, 'body': 'x'}\n"
        )
        api = http_api(CorsConfiguration=ALLOWED)
        api.route("$default", api.integrate_function(create_function(clients, source)))
        answer = api.call("GET", "/", {"Origin": "https://app.example"})
        assert answer.all("access-control-allow-origin") == ["https://app.example"]

    def test_a_deleted_configuration_no_longer_counts(self, cors_api):
        api = cors_api()
        api.client.delete_cors_configuration(ApiId=api.id)
        assert of_cors(api.call("GET", "/items", {"Origin": "https://app.example"})) == set()
        assert api.call("OPTIONS", "/items", PREFLIGHT).status == 404
