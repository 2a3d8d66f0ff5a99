"""Functions that are called with their callers' credentials, and what logs and templates know of these callers."""

import json

import pytest

from harness.functions import unique
from harness.iam import signed
from harness.rest import patch
from harness.server import ACCOUNT, REGION
from test_access_log import DESTINATION, entries  # noqa: F401
from test_iam_routes import HANDLER
from test_stacks_auth import project  # noqa: F401

CALLERS = "arn:aws:iam::*:user/*"
INVOKE = "execute-api:Invoke"
FAILED = (500, "InternalServerErrorException", {"message": "Internal server error"})


def told(answer):
    return answer.status, answer.header("x-amzn-errortype"), json.loads(answer.text)


@pytest.fixture
def method(rest_api, function):
    """A REST API whose `GET /pets` calls a function with the caller's credentials; API Gateway may not call it."""

    def make(authorization="AWS_IAM", **parameters):
        api = rest_api(**parameters)
        api.function = function(HANDLER)
        api.at = {"resourceId": api.resource("pets"), "httpMethod": "GET"}
        api("put_method", **api.at, authorizationType=authorization)
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{api.function.arn}/invocations"
        api("put_integration", **api.at, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        api("update_integration", **api.at, patchOperations=[patch("/credentials", CALLERS)])
        return api

    return make


def test_the_caller_of_a_method_has_to_be_let_call_its_function(method, caller):
    api = method()
    api.deploy("prod")
    user, both = caller(Action=[INVOKE, "lambda:InvokeFunction"], Resource="*")
    answer = signed(api, both, target="/prod/pets")
    assert answer.status == 200, answer.text
    assert json.loads(answer.text)["identity"]["userArn"] == user["Arn"]
    _, one = caller(Action=[INVOKE, "lambda:InvokeFunction"], Resource=["arn:aws:execute-api:*", api.function.arn])
    assert signed(api, one, target="/prod/pets").status == 200
    for function in [], [api.function.arn + ":live"]:
        _, powerless = caller(Action=[INVOKE, "lambda:InvokeFunction"], Resource=["arn:aws:execute-api:*", *function])
        assert told(signed(api, powerless, target="/prod/pets")) == FAILED
    assert api.call(target="/prod/pets").status == 403
    # Who tests the method is the account.
    assert api("test_invoke_method", **api.at)["status"] == 200


def test_a_method_that_asks_for_nobody_has_no_credentials_to_pass_on(method):
    api = method("NONE")
    api.function.permit()
    api.deploy("prod")
    assert told(api.call(target="/prod/pets")) == FAILED


def test_a_policy_of_the_api_and_credentials_of_callers_do_not_go_together(method):
    statement = {"Effect": "Allow", "Principal": "*", "Action": INVOKE, "Resource": "*"}
    api = method(policy=json.dumps({"Statement": [statement]}))
    error = "BadRequestException", "Caller provided credentials not allowed when resource policy is set"
    assert api.error("create_deployment", stageName="prod") == error
    api("update_integration", **api.at, patchOperations=[patch("/credentials", "")])
    api.deploy("prod")


def test_templates_know_who_calls(rest_api, caller):
    api = rest_api()
    names = ["accessKey", "accountId", "caller", "user", "userArn", "cognitoIdentityId", "principalOrgId", "vpcId"]
    at = api.mock(api.resource("pets"), template={name: f"$context.identity.{name}" for name in names})
    api("update_method", **at, patchOperations=[patch("/authorizationType", "AWS_IAM")])
    api.deploy("prod")
    user, credentials = caller(Action=INVOKE, Resource="*")
    expected = {
        "accessKey": credentials.access_key, "accountId": ACCOUNT, "caller": user["UserId"], "user": user["UserId"],
        "userArn": user["Arn"], "cognitoIdentityId": "", "principalOrgId": "", "vpcId": "",
    }  # fmt: skip
    assert json.loads(signed(api, credentials, target="/prod/pets").text) == expected
    tested = json.loads(api("test_invoke_method", **at)["body"])
    assert (tested["accountId"], tested["userArn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")


def test_access_logs_tell_who_calls(rest_api, caller, entries):  # noqa: F811
    mark = unique("mark")
    variables = ["requestId", "identity.caller", "identity.user", "identity.userArn", "identity.accountId"]
    checks = ["authenticate.status", "authorize.status", "authenticate.error", "authorize.error"]
    api = rest_api()
    at = api.mock(api.resource("pets"))
    api("update_method", **at, patchOperations=[patch("/authorizationType", "AWS_IAM")])
    api.deploy("prod")
    api("update_stage", stageName="prod", patchOperations=[
        patch("/accessLogSettings/format", mark + " " + " ".join(f"$context.{name}" for name in variables + checks)),
        patch("/accessLogSettings/destinationArn", DESTINATION)])  # fmt: skip
    user, credentials = caller(Action=INVOKE, Resource="*")
    nobody, powerless = caller()
    assert signed(api, credentials, target="/prod/pets").status == 200
    refused = signed(api, powerless, target="/prod/pets")
    assert refused.status == 403 and api.call(target="/prod/pets").status == 403
    lines = {line.split(" ", 2)[2] for line in entries(mark, 3)}
    who = f"{user['UserId']} {user['UserId']} {user['Arn']} {ACCOUNT}"
    other = f"{nobody['UserId']} {nobody['UserId']} {nobody['Arn']} {ACCOUNT}"
    assert lines == {
        f"{who} 200 200 - -", f"{other} 200 403 - {json.loads(refused.text)['Message']}",
        "- - - - 403 - Missing Authentication Token -",
    }  # fmt: skip


def test_an_access_log_says_that_a_caller_may_not_call_the_function(method, caller, entries):  # noqa: F811
    mark = unique("mark")
    names = ["requestId", "authenticate.status", "authorize.status", "error.responseType", "integration.error"]
    api = method()
    api.deploy("prod")
    api("update_stage", stageName="prod", patchOperations=[
        patch("/accessLogSettings/format", mark + " " + " ".join(f"$context.{name}" for name in names)),
        patch("/accessLogSettings/destinationArn", DESTINATION)])  # fmt: skip
    _, powerless = caller(Action=INVOKE, Resource="*")
    assert signed(api, powerless, target="/prod/pets").status == 500
    assert entries(mark)[0].split(" ", 2)[2] == (
        "200 200 API_CONFIGURATION_ERROR Execution failed due to configuration error: Invalid permissions on Lambda function")


def test_access_logs_of_http_apis_tell_who_calls(http_api, origin, caller, entries):  # noqa: F811
    mark = unique("mark")
    variables = ["caller", "user", "userArn", "accountId", "principalOrgId", "cognitoIdentityId"]
    format = mark + " " + " ".join(f"$context.identity.{name}" for name in variables) + " $context.requestId"
    api = http_api(stage=None)
    integration = api.integrate(origin.url)
    api.route("GET /pets", integration, AuthorizationType="AWS_IAM")
    api.route("GET /open", integration)
    api.stage(AccessLogSettings={"DestinationArn": DESTINATION, "Format": format})
    user, credentials = caller(Action=INVOKE, Resource="*")
    assert signed(api, credentials, target="/pets").status == api.call("GET", "/open").status == 200
    lines = {line.split(" ", 1)[1].rsplit(" ", 1)[0] for line in entries(mark, 2)}
    assert lines == {f"{user['UserId']} {user['UserId']} {user['Arn']} {ACCOUNT} - -", "- - - - - -"}


def test_the_caller_of_a_route_has_to_be_let_call_its_function(http_api, function, caller):
    api = http_api()
    target = function(HANDLER)
    integration = api.integrate_function(target, permit=False, CredentialsArn=CALLERS)
    api.route("GET /pets", integration, AuthorizationType="AWS_IAM")
    api.route("GET /open", integration)
    user, both = caller(Action=[INVOKE, "lambda:InvokeFunction"], Resource="*")
    answer = signed(api, both, target="/pets")
    assert answer.status == 200 and json.loads(answer.text)["authorizer"]["iam"]["userArn"] == user["Arn"]
    _, powerless = caller(Action=INVOKE, Resource="*")
    for answer in signed(api, powerless, target="/pets"), api.call("GET", "/open"):
        assert (answer.status, answer.text) == (500, '{"message":"Internal Server Error"}')


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Auth: {DefaultAuthorizer: AWS_IAM}}
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Events:
        Callers: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /callers, Method: get}}
        Own: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /own, Method: get, Auth: {Authorizer: AWS_IAM, InvokeRole: NONE}}}
Outputs:
  ApiId: {Value: !Ref Api}
"""


def test_sam_passes_credentials_on_unless_it_is_told_otherwise(project):  # noqa: F811
    project.write(SAM)
    project.deploy()
    api = {output["name"]: output["value"] for output in project.stack()["outputs"]}["ApiId"]
    client = project.server.clients.service("apigateway")
    found = client.get_resources(restApiId=api, embed=["methods"])["items"]
    credentials = {
        resource["path"]: resource["resourceMethods"]["GET"]["methodIntegration"].get("credentials")
        for resource in found if "resourceMethods" in resource
    }  # fmt: skip
    assert credentials == {"/callers": CALLERS, "/own": None}
