"""Odd corners of calls of REST APIs, as documented or recorded of the service."""

import base64
import json

import pytest

from harness import wire
from harness.origin import Origin, chunked, reply
from harness.rest import patch
from test_rest_traffic import integrate, message


@pytest.fixture
def origin():
    origin = Origin()
    yield origin
    origin.close()


class TestMethodOverride:
    """api-gateway-known-issues: the header overrides the method, and reaches the backend only where it is mapped."""

    def test_the_header_names_the_method(self, rest_api, origin):
        api = rest_api()
        mapped = {"requestParameters": {"integration.request.header.X-Sent": "method.request.header.X-HTTP-Method-Override"},
                  "method": {"requestParameters": {"method.request.header.X-HTTP-Method-Override": False}}}  # fmt: skip
        integrate(api, api.root, "DELETE", type="HTTP_PROXY", integrationHttpMethod="ANY", uri=origin.url, **mapped)
        integrate(api, api.resource("a"), "ANY", type="MOCK", requestTemplates={"application/json": "{statusCode: 200}"},
                  answers={"200": {"responseTemplates": {"application/json": "$context.httpMethod"}}})  # fmt: skip
        api.deploy("prod")
        assert api.call("POST", "/prod", {"X-HTTP-Method-Override": "DELETE"}, b"body").status == 200
        seen = origin.only()
        assert (seen.method, seen.header("x-http-method-override"), seen.header("x-sent")) == ("DELETE", None, "DELETE")
        assert api.call("DELETE", "/prod", {"X-HTTP-Method-Override": "GET"}).status == 403
        for method, name, expected in ("POST", "PATCH", "PATCH"), ("GET", "nonsense", "GET"), ("GET", "HEAD", "GET"):
            assert api.call(method, "/prod/a", {"x-http-method-override": name}).body.decode() == expected


class TestPathOverrides:
    """A URI's name is filled from a mapping or from a template's override; else it stays as it is written."""

    def called(self, rest_api, origin, template, **more):
        api = rest_api()
        integrate(api, api.root, "POST", type="HTTP", integrationHttpMethod="POST", uri=origin.url + "/a/{one}/{two}?q={three}",
                  requestTemplates={"application/json": template}, answers={"200": {}}, **more)  # fmt: skip
        api.deploy("prod")
        answer = api.call("POST", "/prod", (), b"{}")
        return answer.status, origin.requests[0].target if origin.requests else None

    def test_without_a_mapping(self, rest_api, origin):
        template = "#set($context.requestOverride.path.two = 'x y')#set($context.requestOverride.path.three = 'a&b'){}"
        assert self.called(rest_api, origin, template) == (200, "/a/%7Bone%7D/x%20y?q=a%26b")

    def test_over_a_mapping(self, rest_api, origin):
        template = "#set($context.requestOverride.path.one = '1'){}"
        mapped = {"requestParameters": {"integration.request.path.one": "'mapped'", "integration.request.path.two": "'2'"}}
        assert self.called(rest_api, origin, template, **mapped) == (200, "/a/1/2?q=%7Bthree%7D")

    def test_never_leads_away(self, rest_api, origin):
        template = "#set($context.requestOverride.path.one = '..'){}"
        assert self.called(rest_api, origin, template) == (400, None)


class TestLongAnswers:
    LIMIT = 10 * 1024 * 1024

    def api(self, rest_api, origin):
        api = rest_api()
        integrate(api, api.root, "GET", type="HTTP_PROXY", integrationHttpMethod="GET", uri=origin.url)
        api.deploy("prod")
        return api

    def test_of_10_mb_pass_and_longer_ones_are_500(self, rest_api, origin):
        api = self.api(rest_api, origin)
        origin.answer(reply(200, [("Content-Type", "text/plain")], b"x" * self.LIMIT))
        assert len(api.call("GET", "/prod").body) == self.LIMIT
        origin.answer(reply(200, [("Content-Type", "text/plain")], b"x" * (self.LIMIT + 1)))
        assert message(api.call("GET", "/prod")) == (500, '{"message": "Internal server error"}')

    def test_that_do_not_tell_their_length_break_the_connection(self, rest_api, origin):
        api = self.api(rest_api, origin)
        origin.answer(chunked([b"x" * 1_048_576] * 11))
        with pytest.raises((wire.Truncated, OSError)):
            api.call("GET", "/prod")


def test_gateway_responses_read_the_paths_parameters(rest_api):
    api = rest_api()
    integrate(api, api.resource("{id}", api.resource("pets")), "GET", type="MOCK", requestTemplates={"application/json": "no"})
    api("put_gateway_response", responseType="DEFAULT_5XX", statusCode="503",
        responseParameters={"gatewayresponse.header.x-id": "method.request.path.id", "gatewayresponse.header.x-no": "method.request.path.no"},
        responseTemplates={"application/json": '{"m":$context.error.messageString}'})  # fmt: skip
    api.deploy("prod")
    answer = api.call("GET", "/prod/pets/7%20b")
    # After "Starting execution" a space stands before the quotes, as in the built-in template.
    assert message(answer) == (503, '{"m": "Internal server error"}')
    assert (answer.header("x-id"), answer.header("x-no")) == ("7 b", None)


def test_a_response_headers_name_is_told_by_case(rest_api, origin):
    origin.answer(reply(200, [("X-Count", "3")], "{}"))
    api = rest_api()
    integrate(api, api.root, "GET", type="HTTP", integrationHttpMethod="GET", uri=origin.url, answers={"200": {"responseParameters": {
        "method.response.header.x-same": "integration.response.header.X-Count",
        "method.response.header.x-other": "integration.response.header.x-count"}}})  # fmt: skip
    api.deploy("prod")
    answer = api.call("GET", "/prod")
    assert (answer.header("x-same"), answer.header("x-other")) == ("3", None)


def test_a_small_share_of_a_canary_is_something(rest_api):
    """0.04 % is 4 of 10,000 in the long run: exact in each million, and more than nothing."""
    api = rest_api()
    api.mock(template="old")
    api.deploy("prod")
    api("update_stage", stageName="prod", patchOperations=[patch("/canarySettings/percentTraffic", "0.04")])
    assert json.dumps(api("get_stage", stageName="prod")["canarySettings"]["percentTraffic"]) == "0.04"


class TestText:
    """Bodies of media types that are not binary are text: bytes that are no UTF-8 become U+FFFD."""

    PNG = b"\x89PNG\r\n\x1a\n\xff\xfe"
    TEXT = PNG.decode("utf-8", "replace").encode()

    @pytest.mark.parametrize("handling", [{}, {"contentHandling": "CONVERT_TO_TEXT"}])
    @pytest.mark.parametrize("types, passes", [([], False), (["audio/x"], False), (["image/png"], True)])
    def test_both_ways(self, rest_api, origin, types, passes, handling):
        origin.answer(reply(200, {"Content-Type": "image/png"}, self.PNG))
        api = rest_api(binaryMediaTypes=types)
        integrate(api, api.root, "POST", type="HTTP", integrationHttpMethod="POST", uri=origin.url, answers={"200": {}}, **handling)
        api.deploy("prod")
        answer = api.call("POST", "/prod", {"Content-Type": "image/png", "Accept": "image/png"}, self.PNG)
        if passes and handling:
            assert origin.only().body == base64.b64encode(self.PNG)
        else:
            assert origin.only().body == (self.PNG if passes else self.TEXT)
        assert answer.body == (self.PNG if passes else self.TEXT)


def test_what_an_origin_has_packed_is_not_packed_again(rest_api, origin):
    body = b"packed " * 50
    origin.answer(reply(200, {"Content-Encoding": "gzip", "Content-Type": "text/plain"}, body))
    api = rest_api(minimumCompressionSize=10)
    integrate(api, api.root, "GET", type="HTTP", integrationHttpMethod="GET", uri=origin.url, answers={"200": {}})
    api.deploy("prod")
    answer = api.call("GET", "/prod", {"Accept-Encoding": "gzip"})
    assert (answer.header("content-encoding"), answer.body) == (None, body)


@pytest.mark.parametrize("length, status", [(1_400, 200), (1_700, 414), (5_000, 414)])
def test_a_method_s_arn_has_its_length(rest_api, length, status):
    """rest-api: 1,600 bytes, else 414."""
    api = rest_api()
    integrate(api, api.resource("{proxy+}"), "GET", type="MOCK", requestTemplates={"application/json": "{statusCode: 200}"},
              answers={"200": {}})  # fmt: skip
    api.deploy("prod")
    answer = api.call("GET", "/prod/" + "x" * length)
    assert answer.status == status
    if status == 414:
        assert answer.json() == {"message": "Request URI too long"}
