"""The event of payload format version 1.0 on an HTTP API, field by field."""

import base64
import re

import pytest

from harness.echo import Echo


@pytest.fixture(scope="module")
def echo(gatehouse):
    return Echo(gatehouse, "1.0")


def test_the_version_is_1_0(echo):
    assert echo.event()["version"] == "1.0"


def test_the_top_level_has_these_keys_and_no_others(echo):
    assert set(echo.event()) == {
        "version",
        "resource",
        "path",
        "httpMethod",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "pathParameters",
        "stageVariables",
        "body",
        "isBase64Encoded",
    }


@pytest.mark.parametrize(
    "key",
    ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"],
)
def test_what_a_request_has_not_is_null(echo, key):
    assert echo.event("GET", "/plain")[key] is None


@pytest.mark.parametrize(
    ("target", "resource", "resource_id"),
    [
        ("/plain", "/plain", "GET /plain"),
        ("/items/1", "/items/{id}", "ANY /items/{id}"),
        ("/greedy/a/b", "/greedy/{proxy+}", "ANY /greedy/{proxy+}"),
        ("/dev/items/1", "/items/{id}", "ANY /items/{id}"),
    ],
)
def test_the_resource_is_the_path_of_the_route_key(echo, target, resource, resource_id):
    event = echo.event("GET", target)
    context = event["requestContext"]
    assert (event["resource"], context["resourcePath"], context["resourceId"]) == (resource, resource, resource_id)


@pytest.mark.parametrize(
    ("target", "path", "decoded"),
    [
        ("/plain", "/plain", "/plain"),
        ("/items/%E2%98%95%20Coffee", "/items/%E2%98%95%20Coffee", "/items/\u2615 Coffee"),
        ("/dev/items/a%20b", "/dev/items/a%20b", "/dev/items/a b"),
        ("/plain?a=b", "/plain", "/plain"),
    ],
)
def test_the_path_keeps_its_encoding_and_that_of_the_context_is_decoded(echo, target, path, decoded):
    event = echo.event("GET", target)
    assert (event["path"], event["requestContext"]["path"]) == (path, decoded)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_method_is_in_both_places(echo, method):
    event = echo.event(method, "/items/1")
    assert (event["httpMethod"], event["requestContext"]["httpMethod"]) == (method, method)


@pytest.mark.parametrize(
    ("query", "single", "multi"),
    [
        ("a=1", {"a": "1"}, {"a": ["1"]}),
        ("tag=important&tag=urgent", {"tag": "urgent"}, {"tag": ["important", "urgent"]}),
        ("a=b%20c+d%2Be", {"a": "b c d+e"}, {"a": ["b c d+e"]}),
        ("a=1,2", {"a": "1,2"}, {"a": ["1,2"]}),
        ("a=", {"a": ""}, {"a": [""]}),
    ],
)
def test_query_parameters_are_decoded_last_value_and_all_values(echo, query, single, multi):
    event = echo.event("GET", f"/plain?{query}")
    assert (event["queryStringParameters"], event["multiValueQueryStringParameters"]) == (single, multi)


@pytest.mark.parametrize(
    ("target", "parameters"),
    [
        ("/items/123", {"id": "123"}),
        ("/items/%E2%98%95%20Coffee", {"id": "\u2615 Coffee"}),
        ("/greedy/a/b", {"proxy": "a/b"}),
    ],
)
def test_path_parameters_are_decoded(echo, target, parameters):
    assert echo.event("GET", target)["pathParameters"] == parameters


def test_stage_variables_are_the_stages(echo):
    assert echo.event("GET", "/dev/plain")["stageVariables"] == {"tableName": "Products", "flag": "on"}


class TestHeaders:
    @pytest.mark.parametrize(
        "name",
        [
            "Content-Length",
            "Host",
            "User-Agent",
            "X-Amzn-Trace-Id",
            "X-Forwarded-For",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
        ],
    )
    @pytest.mark.parametrize("map_name", ["headers", "multiValueHeaders"])
    def test_well_known_names_have_their_canonical_case(self, echo, map_name, name):
        assert name in echo.event("GET", "/plain", {"user-agent": "test"})[map_name]

    def test_the_content_type_has_its_canonical_case(self, echo):
        event = echo.event("POST", "/items/1", {"content-type": "text/plain"}, "x")
        assert event["headers"]["Content-Type"] == "text/plain"

    @pytest.mark.parametrize("name", ["x-lower", "X-Mixed-Case", "ACCEPT"])
    def test_other_names_are_as_received(self, echo, name):
        assert echo.event("GET", "/plain", {name: "v"})["headers"][name] == "v"

    def test_the_cookie_stays_a_header(self, echo):
        assert echo.event("GET", "/plain", {"Cookie": "a=1; b=2"})["headers"]["Cookie"] == "a=1; b=2"

    def test_every_value_of_a_repeated_header_is_in_the_multi_value_map(self, echo):
        event = echo.event("GET", "/plain", [("X-A", "first"), ("X-A", "second")])
        assert event["multiValueHeaders"]["X-A"] == ["first", "second"]

    def test_every_header_is_in_both_maps(self, echo):
        event = echo.event("GET", "/plain", {"X-A": "v"})
        assert set(event["headers"]) == set(event["multiValueHeaders"])


class TestBody:
    def test_a_text_type_is_text(self, echo):
        event = echo.event("POST", "/items/1", {"Content-Type": "application/json"}, '{"a":1}')
        assert (event["body"], event["isBase64Encoded"]) == ('{"a":1}', False)

    def test_another_type_is_base64(self, echo):
        event = echo.event("POST", "/items/1", {"Content-Type": "application/x-www-form-urlencoded"}, "a=b")
        assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"a=b").decode(), True)


class TestRequestContext:
    def test_it_has_these_keys(self, echo):
        assert set(echo.event()["requestContext"]) - {"authorizer"} == {
            "accountId",
            "apiId",
            "domainName",
            "domainPrefix",
            "extendedRequestId",
            "httpMethod",
            "identity",
            "path",
            "protocol",
            "requestId",
            "requestTime",
            "requestTimeEpoch",
            "resourceId",
            "resourcePath",
            "stage",
        }

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("accountId", lambda echo: "123456789012"),
            ("apiId", lambda echo: echo.api.id),
            ("domainName", lambda echo: echo.api.host),
            ("domainPrefix", lambda echo: echo.api.id),
            ("protocol", lambda echo: "HTTP/1.1"),
            ("stage", lambda echo: "$default"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_names_the_api(self, echo, key, value):
        assert echo.event()["requestContext"][key] == value(echo)

    def test_the_request_id_is_the_one_of_the_answer(self, echo):
        answer = echo.answer()
        context = answer.json()["event"]["requestContext"]
        assert context["requestId"] == context["extendedRequestId"] == answer.header("apigw-requestid")

    def test_request_time_and_its_epoch_are_of_their_forms(self, echo):
        context = echo.event()["requestContext"]
        assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
        assert re.fullmatch(r"\d{13}", str(context["requestTimeEpoch"]))

    def test_the_identity_has_the_client(self, echo):
        identity = echo.event("GET", "/plain", {"User-Agent": "curl/8.0"})["requestContext"]["identity"]
        assert (identity["sourceIp"], identity["userAgent"]) == ("127.0.0.1", "curl/8.0")

    @pytest.mark.parametrize(
        "key",
        [
            "accessKey",
            "accountId",
            "caller",
            "cognitoAmr",
            "cognitoAuthenticationProvider",
            "cognitoAuthenticationType",
            "cognitoIdentityId",
            "cognitoIdentityPoolId",
            "principalOrgId",
            "user",
            "userArn",
        ],
    )
    def test_the_identity_has_nulls_for_what_nobody_proved(self, echo, key):
        assert echo.event()["requestContext"]["identity"].get(key, "absent") is None
