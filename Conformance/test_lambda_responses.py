"""What a client sees of what a function returned."""

import base64
import json

import pytest

from harness.apis import HttpApi
from harness.functions import create_function

RETURNS_ITS_REQUEST_BODY = """
import base64

def handler(event, context):
    body = event.get("body") or ""
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
"""

INTERNAL_SERVER_ERROR = b'{"message":"Internal Server Error"}'


class Returning:
    """An API whose function returns, byte for byte, what the client sends."""

    def __init__(self, server, version):
        self.api = HttpApi(server)
        self.api.route(
            "$default",
            self.api.integrate_function(create_function(server.clients, RETURNS_ITS_REQUEST_BODY), version),
        )
        self.api.stage()

    def answer(self, returned, method="POST"):
        payload = returned if isinstance(returned, bytes) else json.dumps(returned).encode()
        return self.api.call(method, "/", {"Content-Type": "application/octet-stream"}, payload)


@pytest.fixture(scope="module")
def v2(gatehouse):
    return Returning(gatehouse, "2.0")


@pytest.fixture(scope="module")
def v1(gatehouse):
    return Returning(gatehouse, "1.0")


class TestFormat2WithoutAStatusCode:
    """The whole result is the body: 200, application/json."""

    RESULTS = [
        (b'{"message":"hi"}', b'{"message":"hi"}'),
        (b'{ "spacing" :  [ 1,2 ] }', b'{ "spacing" :  [ 1,2 ] }'),
        (b"[1, 2, 3]", b"[1, 2, 3]"),
        (b"42", b"42"),
        (b"true", b"true"),
        (b'"Hello"', b"Hello"),
        (b'"with \\"quotes\\" and \\u2615"', 'with "quotes" and \u2615'.encode()),
        (b'""', b""),
        (b'{"partial": ', b'{"partial": '),
        (b"plain text", b"plain text"),
    ]

    @pytest.mark.parametrize(("returned", "body"), RESULTS, ids=[repr(row[0]) for row in RESULTS])
    def test_the_body(self, v2, returned, body):
        answer = v2.answer(returned)
        assert (answer.status, answer.body) == (200, body)

    @pytest.mark.parametrize("returned", [b'{"a":1}', b"[1]", b"42", b'"Hello"', b'""', b'{"partial": '])
    def test_the_content_type_is_json(self, v2, returned):
        assert v2.answer(returned).header("content-type") == "application/json"

    def test_an_empty_string_has_content_length_0(self, v2):
        assert v2.answer(b'""').header("content-length") == "0"


class TestFormat2WithAStatusCode:
    @pytest.mark.parametrize("status", [200, 201, 202, 301, 400, 404, 418, 500, 503])
    def test_the_status(self, v2, status):
        assert v2.answer({"statusCode": status, "body": "x"}).status == status

    def test_the_body(self, v2):
        assert v2.answer({"statusCode": 200, "body": "text \u2615"}).text == "text \u2615"

    def test_a_body_is_not_needed(self, v2):
        answer = v2.answer({"statusCode": 202})
        assert (answer.body, answer.header("content-length")) == (b"", "0")

    def test_a_base64_body_is_decoded(self, v2):
        body = base64.b64encode(bytes(range(256))).decode()
        answer = v2.answer({"statusCode": 200, "isBase64Encoded": True, "body": body})
        assert answer.body == bytes(range(256))

    def test_a_body_that_only_looks_like_base64_is_text(self, v2):
        assert v2.answer({"statusCode": 200, "isBase64Encoded": False, "body": "YWJj"}).body == b"YWJj"

    def test_headers_are_sent(self, v2):
        answer = v2.answer({"statusCode": 200, "headers": {"X-One": "1", "Location": "/there"}})
        assert (answer.header("x-one"), answer.header("location")) == ("1", "/there")

    def test_without_a_content_type_it_is_plain_text(self, v2):
        answer = v2.answer({"statusCode": 200, "body": "x"})
        assert answer.all("content-type") == ["text/plain; charset=utf-8"]

    def test_a_content_type_of_any_case_is_the_only_one(self, v2):
        answer = v2.answer({"statusCode": 200, "headers": {"CONTENT-TYPE": "text/html"}, "body": "x"})
        assert answer.all("content-type") == ["text/html"]

    def test_each_cookie_is_a_set_cookie_line(self, v2):
        cookies = ["a=1; Path=/; HttpOnly", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
        assert v2.answer({"statusCode": 200, "cookies": cookies}).all("set-cookie") == cookies

    @pytest.mark.parametrize("status", [0, 200.5], ids=["zero", "a fraction"])
    def test_a_status_code_that_is_none_is_an_internal_server_error(self, v2, status):
        answer = v2.answer({"statusCode": status, "body": "x"})
        assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)
        assert (answer.header("content-type"), answer.header("content-length")) == ("application/json", "35")

    def test_a_header_cannot_smuggle_a_second_one(self, v2):
        answer = v2.answer({"statusCode": 200, "headers": {"X-One": "1\r\nX-Two: 2"}, "body": "x"})
        assert answer.header("x-two") is None

    def test_a_framing_header_of_the_function_does_not_break_the_message(self, v2):
        headers = {"Content-Length": "3", "Transfer-Encoding": "chunked"}
        answer = v2.answer({"statusCode": 200, "headers": headers, "body": "longer than three"})
        assert answer.body == b"longer than three" or answer.status == 500

    def test_head_has_the_headers_and_no_body(self, v2):
        answer = v2.answer({"statusCode": 200, "headers": {"X-One": "1"}, "body": "12345"}, "HEAD")
        assert (answer.status, answer.header("x-one"), answer.body) == (200, "1", b"")


class TestFormat1:
    def test_status_headers_and_body(self, v1):
        answer = v1.answer({"statusCode": 201, "headers": {"X-One": "1"}, "body": "made"})
        assert (answer.status, answer.header("x-one"), answer.body) == (201, "1", b"made")

    def test_without_a_content_type_it_is_plain_text(self, v1):
        assert v1.answer({"statusCode": 200, "body": "x"}).header("content-type") == "text/plain; charset=utf-8"

    @pytest.mark.parametrize("returned", [b'{"message":"hi"}', b'"Hello"', b"[1]", b"not json", b'{"statusCode":0}'])
    def test_a_result_of_another_form_is_an_internal_server_error(self, v1, returned):
        answer = v1.answer(returned)
        assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)

    def test_multi_value_headers_are_lines_of_their_own(self, v1):
        answer = v1.answer({"statusCode": 200, "multiValueHeaders": {"X-A": ["1", "2"]}})
        assert answer.all("x-a") == ["1", "2"]

    def test_a_name_in_both_maps_has_the_single_value_first(self, v1):
        answer = v1.answer({"statusCode": 200, "headers": {"X-A": "0"}, "multiValueHeaders": {"X-A": ["1", "2"]}})
        assert answer.all("x-a") == ["0", "1", "2"]

    def test_a_comma_in_a_value_is_kept(self, v1):
        assert v1.answer({"statusCode": 200, "headers": {"X-A": "1, 2"}}).all("x-a") == ["1, 2"]

    def test_a_base64_body_is_decoded(self, v1):
        body = base64.b64encode(b"\x00\xff").decode()
        assert v1.answer({"statusCode": 200, "isBase64Encoded": True, "body": body}).body == b"\x00\xff"


class TestHeadersOfEveryAnswer:
    @pytest.mark.parametrize("name", ["date", "content-type", "content-length", "apigw-requestid"])
    def test_an_answer_of_a_function_has(self, v2, name):
        assert len(v2.answer({"statusCode": 200, "body": "x"}).all(name)) == 1

    @pytest.mark.parametrize("name", ["x-amzn-requestid", "x-amzn-trace-id", "x-amzn-errortype"])
    def test_no_answer_has(self, v2, http_api, name):
        answers = [v2.answer({"statusCode": 200}), v2.answer({"statusCode": 0}), http_api().call()]
        assert [answer.header(name) for answer in answers] == [None] * 3

    def test_the_order_of_an_error(self, http_api):
        names = [name for name in http_api().call().names if name != "connection"]
        assert names == ["date", "content-type", "content-length", "apigw-requestid"]

    def test_a_functions_own_headers_stand_before_the_request_id(self, v2):
        answer = v2.answer({"statusCode": 200, "headers": {"X-One": "1"}, "body": "x"})
        names = [name for name in answer.names if name != "connection"]
        assert names.index("content-length") < names.index("x-one") < names.index("apigw-requestid")

    def test_an_error_is_compact_json(self, http_api):
        answer = http_api().call()
        assert (answer.status, answer.header("content-type")) == (404, "application/json")
        assert answer.body == b'{"message":"Not Found"}'
