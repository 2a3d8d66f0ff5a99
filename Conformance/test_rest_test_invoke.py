"""TestInvokeMethod: the method as it is now, and the log of its execution; answers are recorded from the service."""

import json
import re

import pytest

from harness.origin import reply
from harness.server import ACCOUNT, REGION
from test_rest_traffic import integrate

STAMP = re.compile(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} UTC \d{4} : ")


def log_of(answer):
    """The lines without their times, with the request's id as `ID`."""
    lines = answer["log"].split("\n")
    assert lines.pop() == ""
    request = lines[0].removeprefix("Execution log for request ")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", request)
    assert all(STAMP.match(line) for line in lines[1:])
    return [STAMP.sub("", line).replace(request, "ID") for line in lines]


def path_and_query(path, variables, query="{}", headers="{}", body=""):
    return [
        f"HTTP Method: GET, Resource Path: {path}",
        f"Method request path: {variables}",
        f"Method request query string: {query}",
        f"Method request headers: {headers}",
        f"Method request body before transformations: {body}",
    ]


START = ["Execution log for request ID", "Starting execution for request: ID"]


def end(body, headers="{Content-Type=application/json}", status=200):
    return [
        f"Method response body after transformations: {body}",
        f"Method response headers: {headers}",
        "Successfully completed execution",
        f"Method completed with status: {status}",
    ]


@pytest.fixture
def pet(rest_api):
    """GET /pets/{petId} of an API that has never been deployed."""
    api = rest_api()
    resource = api.resource("{petId}", api.resource("pets"))
    integrate(
        api, resource, "GET", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
        answers={"200": {"responseTemplates": {"application/json": '{"petId": "$input.params(\'petId\')"}'}}})  # fmt: skip
    return api, {"resourceId": resource, "httpMethod": "GET"}


class TestMock:
    @pytest.mark.parametrize(
        "given, path, variables, query, value",
        [
            ("/pets/123", "/pets/123", "{petId=123}", "{}", "123"),
            ("/pets/123?foo=bar", "/pets/123", "{petId=123}", "{foo=bar}", "123"),
            (None, "/pets/{petId}", "{petId={petId}}", "{}", "{petId}"),
            ("/random/test", "/random/test", "{}", "{}", ""),
        ],
    )
    def test_answers_and_tells_how(self, pet, given, path, variables, query, value):
        api, at = pet
        answer = api("test_invoke_method", **at, **({"pathWithQueryString": given} if given else {}))
        body = json.dumps({"petId": value})
        assert answer["status"] == 200
        assert answer["body"] == body
        assert answer["headers"] == {"Content-Type": "application/json"}
        assert answer["multiValueHeaders"] == {"Content-Type": ["application/json"]}
        assert isinstance(answer["latency"], int)
        assert log_of(answer) == START + path_and_query(path, variables, query) + end(body)

    def test_a_body_and_headers_are_the_requests(self, rest_api):
        api = rest_api()
        at = integrate(
            api, api.root, "POST", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
            answers={"200": {"responseTemplates": {"application/json":
                "$input.body $input.params('a') $context.stage $context.identity.sourceIp $stageVariables.v $context.path"}}})  # fmt: skip
        answer = api(
            "test_invoke_method", **at, body='{"foo": "bar"}', headers={"a": "1", "Authorization": "Bearer 1234567890"},
            multiValueHeaders={"b": ["2", "3"]}, stageVariables={"v": "w"})  # fmt: skip
        assert answer["body"] == '{} 1 test-invoke-stage test-invoke-source-ip w /'
        log = log_of(answer)
        assert "Method request headers: {b=3, a=1, Authorization=***********567890}" in log
        assert 'Method request body before transformations: {"foo": "bar"}' in log

    def test_a_long_line_is_cut(self, pet):
        api, at = pet
        answer = api("test_invoke_method", **at, body="é" * 4000)
        line = next(line for line in log_of(answer) if line.startswith("Method request body"))
        assert len(line.encode()) <= 1024
        assert line.endswith("é [TRUNCATED]")

    def test_keys_and_authorizers_are_left_out_and_validation_is_not(self, rest_api):
        api = rest_api()
        validator = api("create_request_validator", name="all", validateRequestBody=True)["id"]
        api("create_model", name="Pet", contentType="application/json",
            schema='{"type": "object", "required": ["name"]}')  # fmt: skip
        at = integrate(
            api, api.root, "POST", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
            method={"apiKeyRequired": True, "authorizationType": "AWS_IAM", "requestValidatorId": validator,
                    "requestModels": {"application/json": "Pet"}}, answers={"200": {}})  # fmt: skip
        assert api("test_invoke_method", **at, body='{"name": "x"}')["status"] == 200
        answer = api("test_invoke_method", **at, body="{}")
        assert (answer["status"], answer["body"]) == (400, '{"message": "Invalid request body"}')
        assert answer["headers"] == {"x-amzn-ErrorType": "BadRequestException"}
        assert log_of(answer)[-2:] == [
            "Request body does not match model schema for content type application/json: "
            '[object has missing required properties (["name"])]',
            "Method completed with status: 400",
        ]

    def test_what_is_not_there_is_told(self, pet):
        api, at = pet
        missing = ("NotFoundException", "Invalid Method identifier specified")
        for verb in "HEAD", "FOO", "get":
            assert api.error("test_invoke_method", **at | {"httpMethod": verb}) == missing
        missing = ("NotFoundException", "Invalid Resource identifier specified")
        assert api.error("test_invoke_method", **at | {"resourceId": "nothing"}) == missing
        assert api.error("test_invoke_method", **at | {"restApiId": "nothing"}) == missing

    @pytest.mark.parametrize(
        "parameters",
        [{"headers": {f"h{number}": "1" for number in range(300)}}, {"pathWithQueryString": "/" + "a" * 70000},
         {"headers": {"a b": "1"}}, {"headers": {"a": "1\r\nX-B: 2"}}, {"multiValueHeaders": {"": ["1"]}}],
    )
    def test_a_header_that_is_none_is_refused(self, pet, parameters):
        api, at = pet
        assert api.error("test_invoke_method", **at, **parameters)[0] == "BadRequestException"

    def test_a_path_may_hold_anything(self, pet):
        api, at = pet
        answer = api("test_invoke_method", **at, pathWithQueryString="pets/a b#\r\nX: y?q=1")
        assert answer["body"] == '{"petId": "a b#\r\nX: y"}'


class TestHTTP:
    def test_an_undefined_host_fails_as_recorded(self, rest_api):
        api = rest_api()
        api("put_method", resourceId=api.root, httpMethod="ANY", authorizationType="NONE")
        api("put_integration", resourceId=api.root, httpMethod="ANY", type="HTTP_PROXY",
            uri="https://${stageVariables.testHost}", integrationHttpMethod="ANY")  # fmt: skip
        answer = api("test_invoke_method", resourceId=api.root, httpMethod="GET")
        assert (answer["status"], answer["body"]) == (500, '{"message": "Internal server error"}')
        assert answer["headers"] == {"x-amzn-ErrorType": "InternalServerErrorException"}
        assert log_of(answer) == START + path_and_query("/", "{}") + [
            "Execution failed due to configuration error: Invalid endpoint address",
            "Method completed with status: 500",
        ]

    def test_a_proxy_tells_what_it_sent_and_got(self, rest_api, origin):
        origin.answer(reply(headers=[("X-Pet", "dog")], body=b"woof"))
        api = rest_api()
        at = {"resourceId": api.root, "httpMethod": "ANY"}
        api("put_method", **at, authorizationType="NONE")
        api("put_integration", **at, type="HTTP_PROXY", uri=origin.url + "/p", integrationHttpMethod="ANY")
        answer = api("test_invoke_method", **at | {"httpMethod": "POST"}, pathWithQueryString="/?a=1", body="b")
        assert (answer["status"], answer["body"]) == (200, "woof")
        assert answer["headers"]["X-Pet"] == "dog"
        assert origin.requests[0].body == b"b"
        log = log_of(answer)
        assert log[7] == f"Endpoint request URI: {origin.url}/p?a=1"
        assert log[8].startswith("Endpoint request headers: {") and f"X-Amzn-Apigateway-Api-Id={api.id}" in log[8]
        assert log[9:11] == ["Endpoint request body after transformations: b", f"Sending request to {origin.url}/p?a=1"]
        assert re.fullmatch(r"Received response\. Status: 200, Integration latency: \d+ ms", log[11])
        assert log[12].startswith("Endpoint response headers: {") and "X-Pet=dog" in log[12]
        assert log[13:15] == [
            "Endpoint response body before transformations: woof",
            "Method response body after transformations: woof",
        ]


class TestTables:
    def test_a_call_of_a_table_is_told_as_one_of_its_service(self, rest_api):
        api = rest_api()
        at = integrate(
            api, api.root, "GET", type="AWS", integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGION}:dynamodb:action/ListTables", credentials="arn:aws:iam::123456789012:role/any",
            requestTemplates={"application/json": '{"Limit": 1}'}, answers={"200": {}})  # fmt: skip
        answer = api("test_invoke_method", **at)
        assert answer["status"] == 200
        log = log_of(answer)
        uri = f"https://dynamodb.{REGION}.amazonaws.com/?Action=ListTables"
        assert log[7] == f"Endpoint request URI: {uri}"
        assert log[9:11] == ['Endpoint request body after transformations: {"Limit": 1}', f"Sending request to {uri}"]
        assert re.fullmatch(r"Received response\. Status: 200, Integration latency: \d+ ms", log[11])
        assert log[12].startswith("Endpoint response headers: {") and "x-amzn-RequestId=" in log[12].replace("requestid", "RequestId")
        assert log[13].startswith('Endpoint response body before transformations: {"TableNames":[')


class TestFunctions:
    def integrate(self, api, function, kind):
        return integrate(api, api.resource("foo"), "GET", type=kind, uri=function.uri, integrationHttpMethod="POST",
                         answers={"200": {}})  # fmt: skip

    def test_the_permission_is_that_of_the_test_stage(self, rest_api, function):
        api = rest_api()
        target = function("def handler(event, context):\n    return {'statusCode': 200}\n")
        at = self.integrate(api, target, "AWS_PROXY")
        source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/%s/GET/foo"
        target.permit(source % "prod")
        answer = api("test_invoke_method", **at)
        assert answer["status"] == 500
        assert log_of(answer)[-2:] == [
            "Execution failed due to configuration error: Invalid permissions on Lambda function",
            "Method completed with status: 500",
        ]
        target.permit(source % "test-invoke-stage")
        assert api("test_invoke_method", **at)["status"] == 200

    def test_an_answer_is_told_as_recorded(self, rest_api, function):
        api = rest_api()
        target = function("def handler(event, context):\n    return {'event': event}\n")
        at = self.integrate(api, target, "AWS")
        target.permit()
        answer = api("test_invoke_method", **at, pathWithQueryString="/foo?queryTest=value", body='{"test": "val123"}',
                     headers={"content-type": "application/json"})  # fmt: skip
        assert answer["status"] == 200
        assert set(answer["headers"]) == {"Content-Type", "X-Amzn-Trace-Id"}
        trace = answer["headers"]["X-Amzn-Trace-Id"]
        uri = f"https://lambda.{REGION}.amazonaws.com/2015-03-31/functions/{target.arn}/invocations"
        log = log_of(answer)
        assert log[:8] == START + path_and_query(
            "/foo", "{}", "{queryTest=value}", "{content-type=application/json}", '{"test": "val123"}'
        ) + [f"Endpoint request URI: {uri}"]
        assert log[8].startswith("Endpoint request headers: {x-amzn-lambda-integration-tag=ID, ")
        assert log[9:11] == ['Endpoint request body after transformations: {"test": "val123"}', f"Sending request to {uri}"]
        assert re.fullmatch(r"Received response\. Status: 200, Integration latency: \d+ ms", log[11])
        assert re.match(r"Endpoint response headers: \{Date=\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT, Content-Type=application/json, "
                        r"Content-Length=\d+, Connection=keep-alive, x-amzn-RequestId=[0-9a-f-]{36}, "
                        r"x-amzn-Remapped-Content-Length=0, ", log[12])  # fmt: skip
        body = '{"event": {"test": "val123"}}'
        assert log[13] == f"Endpoint response body before transformations: {body}"
        assert log[14:] == end(body, "{X-Amzn-Trace-Id=" + trace + ", Content-Type=application/json}")

    def test_an_event_of_a_test(self, rest_api, function):
        api = rest_api()
        target = function("import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n")
        at = self.integrate(api, target, "AWS_PROXY")
        target.permit()
        event = json.loads(api("test_invoke_method", **at)["body"])
        for name in ["headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters",
                     "pathParameters", "stageVariables", "body"]:  # fmt: skip
            assert event[name] is None, name
        context = event["requestContext"]
        assert list(context) == [
            "resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol",
            "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName", "apiId",
        ]  # fmt: skip
        assert (context["stage"], context["path"]) == ("test-invoke-stage", "/foo")
        assert (context["domainPrefix"], context["domainName"]) == ("testPrefix", "testPrefix.testDomainName")
        identity = context["identity"]
        assert identity["apiKey"] == "test-invoke-api-key"
        assert identity["sourceIp"] == "test-invoke-source-ip"
        assert identity["userAgent"].startswith("Boto3/")
        given = json.loads(api("test_invoke_method", **at, headers={"X-A": "1"})["body"])
        assert (given["headers"], given["multiValueHeaders"]) == ({"X-A": "1"}, {"X-A": ["1"]})

    def test_a_failure_is_told(self, rest_api, function):
        api = rest_api()
        target = function("def handler(event, context):\n    raise Exception('no\\nway')\n")
        at = self.integrate(api, target, "AWS_PROXY")
        target.permit()
        answer = api("test_invoke_method", **at)
        assert (answer["status"], answer["body"]) == (502, '{"message": "Internal server error"}')
        assert "Lambda execution failed with status 200 due to customer function error: no" in answer["log"]
        assert answer["log"].endswith(" : Method completed with status: 502\n")
