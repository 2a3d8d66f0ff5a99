"""Calls of REST APIs, from the client's side and from the integration's; the facts are recorded from the service."""

import json
import re

import pytest

from harness.origin import Origin, reply
from harness.rest import patch
from harness.server import ACCOUNT, REGION

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def integrate(api, resource, verb, status="200", parameters=None, method=None, answers=None, **integration):
    """A method with an integration, and the answers that it may give."""
    at = {"resourceId": resource, "httpMethod": verb}
    api("put_method", **{"authorizationType": "NONE"} | at | (method or {}))
    api("put_integration", **at, **integration)
    for code, answer in (answers or {}).items():
        headers = {name: False for name in answer.get("responseParameters", {})}
        api("put_method_response", **at, statusCode=code, responseParameters=headers)
        api("put_integration_response", **at, statusCode=code, **answer)
    return at


def message(answer):
    return answer.status, answer.body.decode()


class TestMock:
    TEMPLATE = """#set($names = $input.path('$.names'))
{ "stage": "$context.stage", "id": "$input.params('id')", "query": "$input.params('q')",
  "variable": "$stageVariables.color", "ip": "$context.identity.sourceIp" }"""

    def test_answers_by_its_templates(self, rest_api):
        api = rest_api()
        pets = api.resource("{id}", api.resource("pets"))
        integrate(
            api, pets, "POST", type="MOCK", requestTemplates={"application/json": "{statusCode: 200}"},
            answers={"200": {"responseTemplates": {"application/json": self.TEMPLATE},
                             "responseParameters": {"method.response.header.x-stage": "stageVariables.color"}}})  # fmt: skip
        api.deploy("prod", variables={"color": "red"})
        answer = api.call("POST", "/prod/pets/7%20b?q=1&q=2", {"Content-Type": "application/json"}, b'{"names":[1]}')
        assert json.loads(answer.body) == {"stage": "prod", "id": "7 b", "query": "2", "variable": "red", "ip": "127.0.0.1"}
        assert answer.status == 200
        assert answer.header("x-stage") == "red"
        assert UUID.match(answer.header("x-amzn-requestid"))
        assert answer.header("x-amzn-trace-id") is None
        assert answer.header("content-type") == "application/json"

    def test_selects_its_answer_by_a_pattern(self, rest_api):
        api = rest_api()
        integrate(
            api, api.root, "GET", type="MOCK",
            requestTemplates={"application/json": '{"statusCode": $input.params("code")}'},
            answers={"200": {}, "404": {"selectionPattern": r"4\d\d", "responseTemplates": {"text/plain": "gone"}}})  # fmt: skip
        api.deploy("prod")
        assert message(api.call("GET", "/prod?code=200")) == (200, "")
        answer = api.call("GET", "/prod?code=451")
        assert (message(answer), answer.header("content-type")) == ((404, "gone"), "text/plain")
        for code in "x", "'200'":
            assert message(api.call("GET", f"/prod?code={code}")) == (500, '{"message": "Internal server error"}')


class TestHTTP:
    @pytest.fixture
    def origin(self):
        origin = Origin()
        yield origin
        origin.close()

    def test_a_proxy_passes_what_it_may(self, rest_api, origin):
        origin.answer(reply(418, [("X-Own", "1"), ("Via", "x"), ("Content-Type", "text/plain")], "tea"))
        api = rest_api()
        proxy = api.resource("{proxy+}")
        integrate(api, proxy, "ANY", type="HTTP_PROXY", integrationHttpMethod="ANY", uri=origin.url + "/base/{proxy}",
                  requestParameters={"integration.request.path.proxy": "method.request.path.proxy",
                                     "integration.request.header.x-from": "'gateway'"},
                  method={"requestParameters": {"method.request.path.proxy": True}})  # fmt: skip
        api.deploy("prod")
        answer = api.call("PUT", "/prod/a/b%20c/?q=1%202", {"X-Own": "mine", "Via": "1.1 me", "Content-MD5": "x"}, b"body")
        assert message(answer) == (418, "tea")
        assert (answer.header("x-own"), answer.header("via"), answer.header("content-type")) == ("1", None, "text/plain")
        seen = origin.requests[0]
        assert (seen.method, seen.target, seen.body) == ("PUT", "/base/a/b%20c?q=1%202", b"body")
        assert (seen.header("x-own"), seen.header("x-from"), seen.header("via"), seen.header("content-md5")) == (
            "mine", "gateway", None, None)  # fmt: skip
        assert seen.header("x-amzn-apigateway-api-id") == api.id
        assert seen.header("host") == origin.authority
        assert [seen.all(f"x-forwarded-{name}") for name in ("for", "port", "proto")] == [["127.0.0.1"], ["443"], ["https"]]
        api.call("GET", "/prod/a", {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http"})
        seen = origin.requests[1]
        assert [seen.all(f"x-forwarded-{name}") for name in ("for", "proto")] == [["192.0.2.7, 127.0.0.1"], ["https"]]

    def test_an_origin_is_told_the_length_of_a_body_in_chunks(self, rest_api, origin):
        api = rest_api()
        integrate(api, api.root, "POST", type="HTTP_PROXY", integrationHttpMethod="POST", uri=origin.url)
        api.deploy("prod")
        for chunks, body in ("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"), ("0\r\n\r\n", b""):
            assert api.call("POST", "/prod", {"Transfer-Encoding": "chunked"}, chunks.encode()).status == 200
            seen = origin.requests[-1]
            assert (seen.header("content-length"), seen.header("transfer-encoding")) == (str(len(body)), None)
            assert seen.body == body

    def test_a_custom_integration_sends_what_is_mapped(self, rest_api, origin):
        origin.answer(reply(200, [("X-Count", "3"), ("Content-Type", "application/json")], '{"items":[1,2,3]}'))
        api = rest_api()
        integrate(
            api, api.root, "POST", type="HTTP", integrationHttpMethod="POST", uri=origin.url + "/in",
            requestParameters={"integration.request.querystring.who": "method.request.header.X-Who"},
            requestTemplates={"application/json": '{"first": $input.json("$.list[0]"), "all": "$util.escapeJavaScript($input.body)"}'},
            method={"requestParameters": {"method.request.header.X-Who": False}},
            answers={"200": {
                "responseParameters": {"method.response.header.x-n": "integration.response.header.X-Count"},
                "responseTemplates": {"application/json": '{"n": $input.path("$.items").size()}'}}})  # fmt: skip
        api.deploy("prod")
        answer = api.call("POST", "/prod", {"Content-Type": "application/json", "X-Who": "a b", "X-Not": "1"}, b'{"list":["x"]}')
        assert message(answer) == (200, '{"n": 3}')
        assert answer.header("x-n") == "3"
        seen = origin.requests[0]
        assert seen.target == "/in?who=a%20b"
        assert json.loads(seen.body) == {"first": "x", "all": '{"list":["x"]}'}
        assert (seen.header("x-not"), seen.header("user-agent")) == (None, f"AmazonAPIGateway_{api.id}")

    @pytest.mark.parametrize("accept, handling, seen", [
        ("image/png", None, b"\x89PNG"), ("*/*", None, b"iVBORw=="), ("*/*", "CONVERT_TO_BINARY", b"\x89PNG"),
        ("image/png", "CONVERT_TO_TEXT", b"iVBORw==")])  # fmt: skip
    def test_binary_answers(self, rest_api, origin, accept, handling, seen):
        origin.answer(reply(200, [("Content-Type", "image/png")], b"\x89PNG"))
        api = rest_api(binaryMediaTypes=["image/png"])
        integrate(api, api.root, "GET", type="HTTP", integrationHttpMethod="GET", uri=origin.url,
                  answers={"200": {"contentHandling": handling} if handling else {}})  # fmt: skip
        api.deploy("prod")
        answer = api.call("GET", "/prod", {"Accept": accept})
        assert (answer.status, answer.body) == (200, seen)

    def test_a_media_type_without_template_is_refused_where_asked(self, rest_api, origin):
        api = rest_api()
        integrate(api, api.root, "POST", type="HTTP", integrationHttpMethod="POST", uri=origin.url,
                  passthroughBehavior="NEVER", requestTemplates={"application/json": "{}"}, answers={"200": {}})  # fmt: skip
        api.deploy("prod")
        assert message(api.call("POST", "/prod", {"Content-Type": "text/xml"}, b"<a/>")) == (
            415, '{"message": "Unsupported Media Type"}')  # fmt: skip
        assert origin.requests == []

    def test_an_origin_that_is_not_there(self, rest_api):
        api = rest_api()
        integrate(api, api.root, "GET", type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://127.0.0.1:1/")
        api.deploy("prod")
        assert message(api.call("GET", "/prod")) == (504, '{"message": "Network error communicating with endpoint"}')


class TestRefusals:
    def test_are_told_in_the_words_of_rest(self, rest_api):
        api = rest_api()
        api.mock()
        api.deploy("prod")
        answer = api.call("GET", "/prod/none")
        assert message(answer) == (403, '{"message":"Missing Authentication Token"}')
        assert answer.header("x-amzn-errortype") == "MissingAuthenticationTokenException"
        assert message(api.call("POST", "/prod")) == (403, '{"message":"Missing Authentication Token"}')
        assert message(api.call("GET", "/other")) == (403, '{"message":"Forbidden"}')
        assert message(api.call("GET", "/")) == (403, '{"message":"Forbidden"}')

    def test_need_a_deployment_to_go(self, rest_api):
        api = rest_api()
        api.mock()
        api.deploy("prod")
        api.mock(api.resource("late"))
        assert api.call("GET", "/prod/late").status == 403
        api.deploy("prod")
        assert api.call("GET", "/prod/late").status == 200

    @pytest.mark.parametrize(
        ("method", "words"),
        [({"authorizationType": "AWS_IAM"}, "Missing Authentication Token"), ({"apiKeyRequired": True}, "Forbidden")],
        ids=["AWS_IAM", "key"],
    )
    def test_what_asks_for_somebody_is_never_open(self, rest_api, method, words):
        api = rest_api()
        integrate(api, api.root, "GET", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
                  answers={"200": {}}, method=method)  # fmt: skip
        api.deploy("prod")
        assert message(api.call("GET", "/prod")) == (403, f'{{"message":"{words}"}}')

    def test_a_throttled_method(self, rest_api):
        api = rest_api()
        api.mock()
        api.deploy("prod")
        api("update_stage", stageName="prod", patchOperations=[
            patch("/*/*/throttling/rateLimit", "0.001"), patch("/*/*/throttling/burstLimit", "2")])  # fmt: skip
        assert [api.call("GET", "/prod").status for _ in range(4)] == [200, 200, 429, 429]
        assert message(api.call("GET", "/prod")) == (429, '{"message":"Too Many Requests"}')

    def test_a_body_that_is_not_as_its_model(self, rest_api):
        api = rest_api()
        schema = {"type": "object", "required": ["price"], "properties": {"price": {"type": "number", "maximum": 9}}}
        api("create_model", name="Pet", contentType="application/json", schema=json.dumps(schema))
        validator = api("create_request_validator", name="all", validateRequestBody=True, validateRequestParameters=True)["id"]
        integrate(api, api.root, "POST", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
                  answers={"200": {}}, method={
                      "requestValidatorId": validator, "requestModels": {"application/json": "Pet"},
                      "requestParameters": {"method.request.querystring.q": True}})  # fmt: skip
        api("put_gateway_response", responseType="BAD_REQUEST_BODY", statusCode="422", responseTemplates={
            "application/json": '{"why": "$context.error.validationErrorString"}'})  # fmt: skip
        api.deploy("prod")
        assert message(api.call("POST", "/prod", body=b"{}")) == (
            400, '{"message": "Missing required request parameters: [q]"}')  # fmt: skip
        answer = api.call("POST", "/prod?q=1", body=b'{"price": 10}')
        assert answer.status == 422
        assert json.loads(answer.body) == {
            "why": "[numeric instance is greater than the required maximum (maximum: 9, found: 10)]"}  # fmt: skip
        assert api.call("POST", "/prod?q=1", body=b'{"price": 1}').status == 200


class TestCanary:
    def test_takes_its_share_of_requests(self, rest_api):
        api = rest_api()
        at = api.mock(template={"v": "$stageVariables.v", "canary": "$context.isCanaryRequest"})
        api.deploy("prod", variables={"v": "1"})
        api.deploy("prod", canarySettings={"percentTraffic": 50.0, "stageVariableOverrides": {"v": "2"}})
        seen = [json.loads(api.call("GET", "/prod").body) for _ in range(60)]
        assert {"v": "1", "canary": "false"} in seen and {"v": "2", "canary": "true"} in seen
        api("update_stage", stageName="prod", patchOperations=[patch("/canarySettings/percentTraffic", "0")])
        assert json.loads(api.call("GET", "/prod").body) == {"v": "1", "canary": "false"}
        assert at


class TestFunctions:
    CODE = """
import json
def handler(event, context):
    if event.get("fail"):
        raise RuntimeError(event["fail"])
    if "resource" not in event:
        return {"got": event}
    return {"statusCode": 201, "headers": {"X-Own": "1", "Date": "x"}, "body": json.dumps(event)}
"""

    @pytest.fixture
    def made(self, function):
        return function(self.CODE)

    def integrate(self, api, function, resource, verb, kind="AWS_PROXY", source=None, **others):
        at = integrate(api, resource, verb, type=kind, integrationHttpMethod="POST", uri=function.uri, **others)
        if source:
            function.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/{source}")
        return at

    def test_a_proxy_is_told_the_request(self, rest_api, made):
        api = rest_api()
        self.integrate(api, made, api.resource("{id}", api.resource("pets")), "ANY", source="*/ANY/pets/{id}")
        api.deploy("prod", variables={"color": "red"})
        answer = api.call("POST", "/prod/pets/a%2Bb?q=1&q=2", {"X-Own": "v", "user-agent": "me"}, b"body")
        assert answer.status == 201
        assert (answer.header("x-own"), answer.header("x-amzn-remapped-date")) == ("1", "x")
        assert answer.header("x-amzn-trace-id").startswith("Root=1-")
        event = json.loads(answer.body)
        assert list(event) == [
            "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
            "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
            "isBase64Encoded"]  # fmt: skip
        assert (event["resource"], event["path"], event["httpMethod"]) == ("/pets/{id}", "/pets/a%2Bb", "POST")
        assert (event["queryStringParameters"], event["multiValueQueryStringParameters"]) == ({"q": "2"}, {"q": ["1", "2"]})
        assert (event["pathParameters"], event["stageVariables"]) == ({"id": "a%2Bb"}, {"color": "red"})
        assert (event["body"], event["isBase64Encoded"]) == ("body", False)
        assert (event["headers"]["X-Own"], event["headers"]["User-Agent"]) == ("v", "me")
        context = event["requestContext"]
        assert (context["path"], context["resourcePath"], context["stage"]) == ("/prod/pets/a%2Bb", "/pets/{id}", "prod")
        assert context["requestId"] == answer.header("x-amzn-requestid")
        assert context["extendedRequestId"] == answer.header("x-amz-apigw-id")

    def test_a_permission_of_a_verb_is_not_that_of_any(self, rest_api, made):
        """The source has the configured verb, the literal ANY, and the resource's template."""
        api = rest_api()
        self.integrate(api, made, api.root, "ANY", source="*/GET/")
        api.deploy("prod")
        assert message(api.call("GET", "/prod")) == (500, '{"message": "Internal server error"}')
        made.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/ANY/")
        assert api.call("GET", "/prod").status == 201

    def test_a_custom_integration_maps_both_ways(self, rest_api, made):
        api = rest_api()
        self.integrate(
            api, made, api.root, "POST", kind="AWS", source="*/*/",
            requestTemplates={"application/json": '{"n": $input.json("$.n"), "fail": $input.json("$.fail")}'},
            answers={"200": {"responseTemplates": {"application/json": '{"n": $input.json("$.got.n")}'}},
                     "400": {"selectionPattern": "bad.*", "responseTemplates": {
                         "application/json": '{"why": "$input.path("$.errorMessage")"}'}}})  # fmt: skip
        api.deploy("prod")
        json_type = {"Content-Type": "application/json"}
        assert message(api.call("POST", "/prod", json_type, b'{"n": 1.5}')) == (200, '{"n": 1.5}')
        assert message(api.call("POST", "/prod", json_type, b'{"fail": "bad luck"}')) == (400, '{"why": "bad luck"}')

    def test_a_function_that_fails_is_a_bad_gateway(self, rest_api, function):
        failing = function("def handler(event, context):\n    raise RuntimeError('no')\n")
        api = rest_api()
        self.integrate(api, failing, api.root, "GET", source="*/GET/")
        api.deploy("prod")
        answer = api.call("GET", "/prod")
        assert message(answer) == (502, '{"message": "Internal server error"}')
        assert answer.header("x-amzn-errortype") == "InternalServerErrorException"
