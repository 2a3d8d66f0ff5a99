"""Integrations and their responses, as AWS answers; the facts are recorded from the service."""

import pytest

from harness.rest import patch
from harness.server import ACCOUNT, REGION

NOT_FOUND, BAD, INVALID, SERIALIZATION = (
    "NotFoundException", "BadRequestException", "ValidationException", "SerializationException",
)  # fmt: skip
NO_RESOURCE = NOT_FOUND, "Invalid Resource identifier specified"
NO_METHOD = NOT_FOUND, "Invalid Method identifier specified"
NO_INTEGRATION = NOT_FOUND, "Invalid Integration identifier specified"
NO_STATUS = NOT_FOUND, "Invalid Response status code specified"
LAMBDA = (
    f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/"
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:MyLambda/invocations"
)


@pytest.fixture
def method(rest_api):
    """An API with a method at its root, and where it is."""
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "GET"}
    api("put_method", **at, authorizationType="NONE", requestParameters={"method.request.path.testPath": True})
    return api, at


def mapping(fault):
    return BAD, f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{fault}]"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"type": "MOCK", "uri": "http://example.com"}, {"type": "MOCK"}),
        ({"type": "HTTP", "uri": "http://example.com", "integrationHttpMethod": "POST"},
         {"connectionType": "INTERNET", "httpMethod": "POST", "type": "HTTP", "uri": "http://example.com"}),
        ({"type": "HTTP_PROXY", "uri": "http://example.com", "integrationHttpMethod": "POST"},
         {"connectionType": "INTERNET", "httpMethod": "POST", "type": "HTTP_PROXY", "uri": "http://example.com"}),
        ({"type": "AWS", "uri": f"arn:aws:apigateway:{REGION}:s3:path/b/k", "integrationHttpMethod": "POST",
          "credentials": f"arn:aws:iam::{ACCOUNT}:role/r"},
         {"credentials": f"arn:aws:iam::{ACCOUNT}:role/r", "httpMethod": "POST", "type": "AWS",
          "uri": f"arn:aws:apigateway:{REGION}:s3:path/b/k"}),
        ({"type": "AWS", "uri": LAMBDA, "integrationHttpMethod": "POST"},
         {"httpMethod": "POST", "type": "AWS", "uri": LAMBDA}),
        ({"type": "AWS_PROXY", "uri": LAMBDA, "integrationHttpMethod": "POST"},
         {"httpMethod": "POST", "type": "AWS_PROXY", "uri": LAMBDA}),
        ({"type": "HTTP_PROXY", "uri": "http://nlb.example.com", "integrationHttpMethod": "GET",
          "connectionType": "VPC_LINK", "connectionId": "${stageVariables.vpcLinkId}"},
         {"connectionId": "${stageVariables.vpcLinkId}", "connectionType": "VPC_LINK", "httpMethod": "GET",
          "type": "HTTP_PROXY", "uri": "http://nlb.example.com"}),
    ],
)  # fmt: skip
def test_what_is_stored(method, given, shown):
    api, at = method
    whole = {"cacheKeyParameters": [], "cacheNamespace": api.root, "passthroughBehavior": "WHEN_NO_MATCH",
             "timeoutInMillis": 29000, **shown}  # fmt: skip
    assert api("put_integration", **at, **given) == whole
    assert api("get_integration", **at) == whole
    assert api("get_method", **at)["methodIntegration"] == whole


@pytest.mark.parametrize(
    ("given", "error"),
    [
        *[({"type": kind, "uri": "http://example.com"}, (BAD, "Enumeration value for HttpMethod must be non-empty"))
          for kind in ("HTTP", "HTTP_PROXY", "AWS")],
        *[({"type": kind, "uri": "non-valid-http", "integrationHttpMethod": "POST"},
           (BAD, "Invalid HTTP endpoint specified for URI")) for kind in ("HTTP", "HTTP_PROXY")],
        ({"type": "AWS_PROXY", "uri": f"arn:aws:apigateway:{REGION}:s3:path/b/k", "integrationHttpMethod": "POST"},
         (BAD, "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream "
               "invocations.")),
        ({"type": "AWS", "uri": "non-valid-arn", "integrationHttpMethod": "POST"},
         (BAD, "Invalid ARN specified in the request")),
        ({"type": "AWS", "uri": "arn:aws:iam::0000000000:role/service-role/asdf", "integrationHttpMethod": "POST"},
         (BAD, "AWS ARN for integration must contain path or action")),
        ({"type": "HTTPS_PROXY"},
         (INVALID, "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy "
                   "constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]")),
        ({"type": "HTTP_PROXY", "requestParameters": {"integration.request.path.testPath": True}},
         (SERIALIZATION, "class java.lang.Boolean can not be converted to an String")),
        ({"type": "MOCK", "timeoutInMillis": 49}, (BAD, "Timeout should be between 50 ms and 29000 ms")),
        ({"type": "MOCK", "timeoutInMillis": 29001}, (BAD, "Timeout should be between 50 ms and 29000 ms")),
        ({"type": "MOCK", "requestParameters": {"integration.request.header.x": "method.request.header.y"}},
         mapping("Invalid mapping expression parameter specified: method.request.header.y")),
        ({"type": "MOCK", "requestParameters": {"true": "method.request.path.testPath"}},
         mapping("Invalid mapping expression specified: true")),
        ({"type": "MOCK", "cacheKeyParameters": ["method.request.path.other"]},
         (BAD, "Invalid cache key parameter specified")),
        ({"type": "AWS", "uri": f"arn:aws:apigateway:{REGION}:s3:path/b/k", "integrationHttpMethod": "POST",
          "credentials": "arn:aws:iam::*:user/*"},
         (BAD, "Gatehouse passes the caller's credentials on to functions only: 'arn:aws:iam::*:user/*' is refused.")),
        ({"type": "MOCK", "resourceId": "nothing"}, NO_RESOURCE),
        ({"type": "MOCK", "httpMethod": "POST"}, NO_METHOD),
        ({"type": "MOCK", "restApiId": "nothing"}, NO_RESOURCE),
    ],
)  # fmt: skip
def test_what_no_integration_can_be(method, given, error):
    api, at = method
    assert api.error("put_integration", **at | given) == error


def test_what_is_not_there(method):
    api, at = method
    assert api.error("get_integration", **at) == NO_INTEGRATION
    assert api.error("get_integration", **at | {"restApiId": "nothing"}) == NO_RESOURCE
    assert api.error("get_integration", **at | {"resourceId": "nothing"}) == NO_RESOURCE
    assert api.error("get_integration", **at | {"httpMethod": "POST"}) == NO_METHOD
    assert api.error("get_integration_response", **at, statusCode="200") == NO_INTEGRATION
    assert api.error("put_integration_response", **at, statusCode="200") == NO_INTEGRATION
    api("put_integration", **at, type="MOCK")
    assert api.error("get_integration_response", **at, statusCode="201") == NO_STATUS
    wrong = {**at, "httpMethod": "wrong-method", "statusCode": "200"}
    for operation in "put_integration_response", "get_integration_response":
        assert api.error(operation, **wrong) == NO_METHOD
        assert api.error(operation, **at | {"restApiId": "nothing", "statusCode": "200"}) == NO_RESOURCE
    # The service takes a method that is not there for an integration that is not there, here alone.
    for verb in "POST", "WRONG":
        assert api.error("delete_integration_response", **at | {"httpMethod": verb, "statusCode": "200"}) == NO_INTEGRATION
    assert api.error("delete_integration_response", **at, statusCode="200") == NO_STATUS


def test_the_connection_is_patched(method):
    api, at = method
    api("put_integration", **at, type="HTTP_PROXY", uri="http://nlb.example.com", integrationHttpMethod="GET",
        connectionType="VPC_LINK", connectionId="${stageVariables.a}")
    changed = api("update_integration", **at, patchOperations=[patch("/connectionId", "${stageVariables.b}")])
    assert changed["connectionId"] == "${stageVariables.b}"


def test_the_life_of_an_integration_response(method):
    api, at = method
    api("put_integration", **at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    one = {**at, "statusCode": "200"}
    templates = {"application/json": '"created"'}
    made = {"responseTemplates": templates, "selectionPattern": "", "statusCode": "200"}
    assert api("put_integration_response", **one, selectionPattern="", responseTemplates=templates) == made
    assert api("get_integration_response", **one) == made
    changed = api("update_integration_response", **one, patchOperations=[patch("/selectionPattern", "updated-pattern")])
    assert changed == {**made, "selectionPattern": "updated-pattern"}
    again = {"responseTemplates": {"application/json": "x"}, "selectionPattern": "y", "statusCode": "200"}
    assert api("put_integration_response", **one, selectionPattern="y", responseTemplates={"application/json": "x"}) == again
    assert api("get_method", **at)["methodIntegration"]["integrationResponses"] == {"200": again}
    assert api("delete_integration_response", **one) == {}
    assert "integrationResponses" not in api("get_integration", **at)


def test_an_empty_template_is_null(method):
    api, at = method
    api("put_integration", **at, type="MOCK")
    for template in None, "":
        answer = api("put_integration_response", **at, statusCode="200", responseTemplates={"application/json": template})
        assert answer == {"responseTemplates": {"application/json": None}, "statusCode": "200"}
    assert api("get_integration_response", **at, statusCode="200")["responseTemplates"] == {"application/json": None}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"statusCode": "wrong"},
         (INVALID, "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member "
                   r"must satisfy regular expression pattern: [1-5]\d\d")),
        ({"responseTemplates": {"application/json": 123}},
         (SERIALIZATION, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
                         "String")),
        ({"responseTemplates": {"123": "x"}},
         (BAD, "Validation Result: warnings : [], errors : [Invalid content type specified: 123]")),
        ({"responseParameters": {"method.response.header.X": "'x'"}},
         mapping("Invalid mapping expression parameter specified: method.response.header.X")),
        ({"statusCode": "404", "responseParameters": {"method.response.header.X": "'x'"}},
         mapping("No method response exists for method.")),
    ],
)  # fmt: skip
def test_what_no_integration_response_can_be(method, given, error):
    api, at = method
    api("put_method_response", **at, statusCode="200")
    api("put_integration", **at, type="MOCK")
    assert api.error("put_integration_response", **{**at, "statusCode": "200"} | given) == error


def test_declared_headers_are_mapped(method):
    api, at = method
    api("put_method_response", **at, statusCode="200", responseParameters={"method.response.header.X": False})
    api("put_integration", **at, type="MOCK")
    for source in "'x'", "integration.response.header.Y", "integration.response.body.a[0].b", "context.requestId":
        answer = api("put_integration_response", **at, statusCode="200",
                     responseParameters={"method.response.header.X": source})  # fmt: skip
        assert answer["responseParameters"] == {"method.response.header.X": source}
