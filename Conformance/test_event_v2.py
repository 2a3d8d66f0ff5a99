"""The event of payload format version 2.0, field by field."""

import base64
import re
import time
from datetime import datetime, timezone

import pytest

from harness import wire
from harness.echo import Echo


@pytest.fixture(scope="module")
def echo(gatehouse):
    return Echo(gatehouse, "2.0")


def test_the_version_is_2_0(echo):
    assert echo.event()["version"] == "2.0"


def test_the_top_level_has_these_keys_and_no_others(echo):
    assert set(echo.event("GET", "/plain")) == {
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "headers",
        "requestContext",
        "isBase64Encoded",
    }


@pytest.mark.parametrize("key", ["cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"])
def test_what_a_request_has_not_is_absent_and_not_null(echo, key):
    assert key not in echo.event("GET", "/plain")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/plain", "GET /plain"),
        ("/items/1", "ANY /items/{id}"),
        ("/greedy/a/b", "ANY /greedy/{proxy+}"),
        ("/elsewhere", "$default"),
        ("/dev/plain", "GET /plain"),
    ],
)
def test_the_route_key_is_the_selected_routes(echo, target, key):
    event = echo.event("GET", target)
    assert (event["routeKey"], event["requestContext"]["routeKey"]) == (key, key)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/plain", "/plain"),
        ("/", "/"),
        ("/items/space%20value", "/items/space value"),
        ("/items/%E2%98%95", "/items/\u2615"),
        ("/items/%40", "/items/@"),
        ("/items/%23", "/items/#"),
        ("/items/a+b", "/items/a+b"),
        ("/items/a%2Bb", "/items/a+b"),
        ("/greedy/a%2Fb", "/greedy/a/b"),
        ("/elsewhere/", "/elsewhere/"),
        ("/dev/plain", "/dev/plain"),
        ("/dev/items/1", "/dev/items/1"),
        ("/plain?a=b", "/plain"),
    ],
)
def test_the_raw_path_is_decoded_and_keeps_a_named_stage(echo, target, path):
    event = echo.event("GET", target)
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == (path, path)


def test_the_raw_path_of_a_call_by_path_starts_after_the_stage(echo, gatehouse):
    target = f"/_aws/execute-api/{echo.api.id}/$default/items/1"
    answer = wire.fetch(gatehouse.management, "GET", target, "localhost")
    assert answer.json()["event"]["rawPath"] == "/items/1"


@pytest.mark.parametrize(
    "query", ["", "a=b&c=d", "q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core", "a=1%2B1+2", "flag", "a=?b/c"]
)
def test_the_raw_query_string_is_as_sent(echo, query):
    assert echo.event("GET", f"/plain?{query}")["rawQueryString"] == query


def test_the_raw_query_string_is_empty_without_a_query(echo):
    assert echo.event("GET", "/plain")["rawQueryString"] == ""


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("active=true", {"active": "true"}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2&a=3", {"a": "1,2,3"}),
        ("a=1,2&a=3", {"a": "1,2,3"}),
        ("a=b+c", {"a": "b c"}),
        ("a=b%2Bc", {"a": "b+c"}),
        ("a=b%20c", {"a": "b c"}),
        ("a=%E2%98%95", {"a": "\u2615"}),
        ("a%20b=c", {"a b": "c"}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
    ],
)
def test_query_string_parameters_are_decoded_and_joined(echo, query, parameters):
    assert echo.event("GET", f"/plain?{query}")["queryStringParameters"] == parameters


@pytest.mark.parametrize(
    ("target", "parameters"),
    [
        ("/items/123", {"id": "123"}),
        ("/items/a%20b", {"id": "a b"}),
        ("/items/%E2%98%95", {"id": "\u2615"}),
        ("/greedy/a/b/c", {"proxy": "a/b/c"}),
        ("/greedy/a%20b/c", {"proxy": "a b/c"}),
        ("/dev/items/123", {"id": "123"}),
    ],
)
def test_path_parameters_are_decoded(echo, target, parameters):
    assert echo.event("GET", target)["pathParameters"] == parameters


def test_stage_variables_are_the_stages(echo):
    assert echo.event("GET", "/dev/plain")["stageVariables"] == {"tableName": "Products", "flag": "on"}


class TestCookies:
    @pytest.mark.parametrize(
        ("headers", "cookies"),
        [
            ([("Cookie", "a=1")], ["a=1"]),
            ([("Cookie", "a=1; b=2")], ["a=1", "b=2"]),
            ([("Cookie", "a=1; b=2"), ("Cookie", "c=3")], ["a=1", "b=2", "c=3"]),
            ([("Cookie", "a=b=c; d=")], ["a=b=c", "d="]),
        ],
    )
    def test_each_pair_is_one_element(self, echo, headers, cookies):
        assert echo.event("GET", "/plain", headers)["cookies"] == cookies

    def test_the_cookie_header_is_not_among_the_headers(self, echo):
        assert "cookie" not in echo.event("GET", "/plain", {"Cookie": "a=1"})["headers"]


class TestHeaders:
    def test_names_are_lower_case(self, echo):
        headers = echo.event("GET", "/plain", {"X-Custom-HEADER": "Value"})["headers"]
        assert headers["x-custom-header"] == "Value"
        assert all(name == name.lower() for name in headers)

    @pytest.mark.parametrize(
        ("sent", "value"),
        [
            ([("X-A", "first"), ("X-A", "second")], "first,second"),
            ([("X-A", "first"), ("x-a", "second"), ("X-a", "third")], "first,second,third"),
            ([("X-A", "first, second")], "first, second"),
            ([("X-A", "")], ""),
            ([("X-A", "  padded\t")], "padded"),
        ],
    )
    def test_values_are_as_sent_and_repeats_are_joined(self, echo, sent, value):
        assert echo.event("GET", "/plain", sent)["headers"]["x-a"] == value

    def test_the_host_is_the_one_that_was_called(self, echo):
        assert echo.event()["headers"]["host"] == echo.api.host

    def test_a_get_without_a_body_has_content_length_0(self, echo):
        assert echo.event()["headers"]["content-length"] == "0"

    def test_a_body_has_its_content_length(self, echo):
        assert echo.event("POST", "/items/1", body="12345")["headers"]["content-length"] == "5"

    @pytest.mark.parametrize(
        ("name", "pattern"),
        [
            ("x-amzn-trace-id", "Root=1-[0-9a-f]{8}-[0-9a-f]{24}.*"),
            ("x-forwarded-for", r"127\.0\.0\.1"),
            ("x-forwarded-port", r"\d+"),
            ("x-forwarded-proto", "https?"),
        ],
    )
    def test_the_gateway_adds(self, echo, name, pattern):
        assert re.fullmatch(pattern, echo.event()["headers"][name])

    def test_a_trace_id_that_the_client_sent_is_kept(self, echo):
        sent = "Root=1-5759e988-bd862e3fe1be46a994272793"
        assert sent in echo.event("GET", "/plain", {"X-Amzn-Trace-Id": sent})["headers"]["x-amzn-trace-id"]

    def test_the_connection_header_is_not_passed_on(self, echo):
        assert "connection" not in echo.event("GET", "/plain", {"Connection": "keep-alive"})["headers"]


class TestBody:
    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "text/html; charset=utf-8",
            "TEXT/CSV",
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/xml",
            "application/javascript",
        ],
    )
    def test_a_text_type_is_text(self, echo, content_type):
        event = echo.event("POST", "/items/1", {"Content-Type": content_type}, "hall\u00f6 \u2615")
        assert (event["body"], event["isBase64Encoded"]) == ("hall\u00f6 \u2615", False)

    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "image/png",
            "application/pdf",
        ],
    )
    def test_every_other_type_is_base64(self, echo, content_type):
        headers = {"Content-Type": content_type} if content_type else {}
        event = echo.event("POST", "/items/1", headers, "a=b&c=d")
        assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"a=b&c=d").decode(), True)

    @pytest.mark.parametrize("size", [1, 2, 3, 255, 70_000])
    def test_bytes_survive(self, echo, size):
        body = bytes(number % 256 for number in range(size))
        event = echo.event("PUT", "/items/1", {"Content-Type": "application/octet-stream"}, body)
        assert base64.b64decode(event["body"]) == body

    def test_a_chunked_body_arrives_whole(self, echo):
        chunks = wire.chunk(b'{"a":') + wire.chunk(b"1}") + wire.LAST_CHUNK
        headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
        assert echo.event("POST", "/items/1", headers, chunks)["body"] == '{"a":1}'

    def test_characters_that_json_must_escape_survive(self, echo):
        text = '"\\/\b\f\n\r\t\x01\x7f\u2028\U0001f600'
        assert echo.event("POST", "/items/1", {"Content-Type": "text/plain"}, text)["body"] == text


class TestRequestContext:
    def test_it_has_these_keys_and_no_others(self, echo):
        assert set(echo.event()["requestContext"]) == {
            "accountId",
            "apiId",
            "domainName",
            "domainPrefix",
            "http",
            "requestId",
            "routeKey",
            "stage",
            "time",
            "timeEpoch",
        }

    def test_http_has_these_keys_and_no_others(self, echo):
        assert set(echo.event()["requestContext"]["http"]) == {"method", "path", "protocol", "sourceIp", "userAgent"}

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("accountId", lambda echo: "123456789012"),
            ("apiId", lambda echo: echo.api.id),
            ("domainName", lambda echo: echo.api.host),
            ("domainPrefix", lambda echo: echo.api.id),
            ("stage", lambda echo: "$default"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_names_the_api(self, echo, key, value):
        assert echo.event()["requestContext"][key] == value(echo)

    def test_it_names_a_named_stage(self, echo):
        assert echo.event("GET", "/dev/plain")["requestContext"]["stage"] == "dev"

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def test_it_has_the_method(self, echo, method):
        assert echo.event(method, "/items/1")["requestContext"]["http"]["method"] == method

    def test_it_has_the_protocol(self, echo):
        assert echo.event()["requestContext"]["http"]["protocol"] == "HTTP/1.1"

    def test_it_has_the_clients_address(self, echo):
        assert echo.event()["requestContext"]["http"]["sourceIp"] == "127.0.0.1"

    @pytest.mark.parametrize(("headers", "agent"), [({"User-Agent": "curl/8.0"}, "curl/8.0"), ({}, "")])
    def test_it_has_the_user_agent_or_nothing(self, echo, headers, agent):
        assert echo.event("GET", "/plain", headers)["requestContext"]["http"]["userAgent"] == agent

    def test_the_request_id_is_the_one_of_the_answer(self, echo):
        answer = echo.answer()
        request_id = answer.json()["event"]["requestContext"]["requestId"]
        assert re.fullmatch("[A-Za-z0-9_-]{15}=", request_id)
        assert answer.header("apigw-requestid") == request_id

    def test_two_requests_have_two_request_ids(self, echo):
        first, second = (echo.event()["requestContext"]["requestId"] for _ in range(2))
        assert first != second

    def test_time_and_time_epoch_are_now_in_their_two_forms(self, echo):
        before = int(time.time() * 1000)
        context = echo.event()["requestContext"]
        after = int(time.time() * 1000)
        assert isinstance(context["timeEpoch"], int)
        assert before - 1 <= context["timeEpoch"] <= after + 1
        written = datetime.fromtimestamp(context["timeEpoch"] // 1000, timezone.utc)
        assert context["time"] == written.strftime("%d/%b/%Y:%H:%M:%S +0000")
