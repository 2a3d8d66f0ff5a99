"""Roles of integrations and authorizers: who is called as which, what the role has to be let, and who may assume it."""

import json

import pytest

from harness.apis import HttpApi
from harness.clients import error_of
from harness.functions import unique
from harness.iam import name
from harness.rest import RestApi
from harness.server import ACCOUNT, REGION
from test_caller_credentials import FAILED, told
from test_function_authorizers import MODULE, TOKENS, bearer
from test_iam import make_role
from test_iam_routes import HANDLER
from test_management_access import client, guarded  # noqa: F401
from test_rest_test_invoke import log_of
from test_rest_traffic import integrate, message
from test_stacks_auth import project, status  # noqa: F401

MADE_UP = f"arn:aws:iam::{ACCOUNT}:role/made-up"
HTTP_FAILED = 500, '{"message":"Internal Server Error"}'
PERMISSIONS = "Execution failed due to configuration error: Invalid permissions on Lambda function"


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})


def trust(service="apigateway.amazonaws.com", **condition):
    more = {"Condition": condition} if condition else {}
    return document(Principal={"Service": service}, Action="sts:AssumeRole", **more)


def assume_fault(arn):
    return f"Execution failed due to configuration error: API Gateway does not have permission to assume the provided role {arn}"


class Role:
    """A role that API Gateway may assume, and what it may do."""

    def __init__(self, iam, **parameters):
        self.iam = iam
        made = make_role(iam, AssumeRolePolicyDocument=trust(), **parameters)
        self.name, self.arn = made["RoleName"], made["Arn"]

    def allow(self, action, resource="*"):
        self.iam.put_role_policy(
            RoleName=self.name, PolicyName="p", PolicyDocument=document(Action=action, Resource=resource))  # fmt: skip

    def allow_nothing(self):
        self.iam.delete_role_policy(RoleName=self.name, PolicyName="p")

    def trust(self, document):
        self.iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=document)

    def delete(self):
        for policy in self.iam.list_role_policies(RoleName=self.name)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=self.name, PolicyName=policy)
        self.iam.delete_role(RoleName=self.name)


@pytest.fixture
def role(iam):
    return Role(iam, Path="/gateway/")


@pytest.fixture
def method(rest_api, function):
    """A REST API whose `GET /pets` calls a function as a role; the function's policy lets nobody."""

    def make(arn, **parameters):
        api = rest_api()
        api.function = function(HANDLER)
        api.at = integrate(
            api, api.resource("pets"), "GET", type="AWS_PROXY", integrationHttpMethod="POST", uri=api.function.uri,
            credentials=arn, **parameters)  # fmt: skip
        api.deploy("prod")
        api.get = lambda: told(api.call("GET", "/prod/pets"))
        return api

    return make


@pytest.fixture
def route(http_api, function):
    """An HTTP API whose `GET /pets` calls a function as a role; the function's policy lets nobody."""

    def make(arn):
        api = http_api()
        api.function = function(HANDLER)
        api.route("GET /pets", api.integrate_function(api.function, permit=False, CredentialsArn=arn))
        return api

    return make


def test_a_method_calls_its_function_as_its_role_is_at_the_moment(method, role):
    api = method(role.arn)
    assert api.get() == FAILED
    role.allow("lambda:InvokeFunction", api.function.arn)
    assert api.get()[0] == 200
    role.allow("lambda:InvokeFunction", api.function.arn + ":live")
    assert api.get() == FAILED
    # What the function's own policy says is not asked.
    api.function.permit()
    assert api.get() == FAILED
    role.allow("lambda:*")
    assert api.get()[0] == 200
    role.trust(trust("lambda.amazonaws.com"))
    assert api.get() == FAILED
    role.trust(trust())
    assert api.get()[0] == 200
    role.allow_nothing()
    assert api.get() == FAILED


def test_api_gateway_tells_no_source_to_trust_policies(method, role):
    api = method(role.arn)
    role.allow("lambda:InvokeFunction")
    for condition in {"aws:SourceAccount": ACCOUNT}, {"aws:SourceArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/*"}:
        role.trust(trust(StringLike=condition))
        assert api.get() == FAILED


def test_a_role_that_is_not_here_is_taken_as_it_is(method, route):
    api = method(MADE_UP)
    assert api.get()[0] == 200
    assert route(MADE_UP).call("GET", "/pets").status == 200
    # A user is no role.
    assert api.error("update_integration", **api.at, patchOperations=[
        {"op": "replace", "path": "/credentials", "value": f"arn:aws:iam::{ACCOUNT}:user/ada"}]) == (
        "BadRequestException", "Invalid ARN specified in the request")  # fmt: skip


def test_a_test_of_a_method_tells_why_its_role_does_not_do(method, role):
    api = method(role.arn)
    denied = api("test_invoke_method", **api.at)
    assert (denied["status"], json.loads(denied["body"])) == (500, FAILED[2])
    assert PERMISSIONS in log_of(denied)
    role.trust(trust("ec2.amazonaws.com"))
    assert assume_fault(role.arn) in log_of(api("test_invoke_method", **api.at))
    role.trust(trust())
    role.allow("lambda:InvokeFunction", api.function.arn)
    assert api("test_invoke_method", **api.at)["status"] == 200


def test_a_route_calls_its_function_as_its_role_is_at_the_moment(route, role):
    api = route(role.arn)

    def get():
        answer = api.call("GET", "/pets")
        return answer.status, answer.text

    assert get() == HTTP_FAILED
    role.allow("lambda:InvokeFunction", api.function.arn)
    assert get()[0] == 200
    role.trust(trust("lambda.amazonaws.com"))
    assert get() == HTTP_FAILED


def test_quick_create_takes_a_role(gatehouse, function, role):
    target = function(HANDLER)
    api = HttpApi(gatehouse, Target=target.arn, CredentialsArn=role.arn)
    try:
        [integration] = api.client.get_integrations(ApiId=api.id)["Items"]
        assert integration["CredentialsArn"] == role.arn
        assert api.call("GET", "/any").status == 500
        role.allow("lambda:InvokeFunction", target.arn)
        assert api.call("GET", "/any").status == 200
        other = Role(role.iam)
        api.update(CredentialsArn=other.arn)
        assert api.call("GET", "/any").status == 500
        # Without a role it is the function's policy that counts, and quick create has a line in it.
        api.update(CredentialsArn="")
        assert api.call("GET", "/any").status == 200
    finally:
        api.delete()


def test_an_authorizer_of_a_rest_api_is_called_as_its_role(rest_api, function, role):
    api, target = rest_api(), function(TOKENS)
    made = api(
        "create_authorizer", name="auth", type="TOKEN", authorizerUri=target.uri, authorizerCredentials=role.arn,
        identitySource="method.request.header.Authorization", authorizerResultTtlInSeconds=0)["id"]  # fmt: skip
    api.mock(authorizationType="CUSTOM", authorizerId=made)
    api.deploy("prod")

    def get():
        return told(api.call("GET", "/prod", bearer("allow")))[:2]

    def test():
        return api("test_invoke_authorizer", authorizerId=made, headers={"Authorization": "allow"})

    misconfigured = 500, "AuthorizerConfigurationException"
    assert get() == misconfigured
    assert PERMISSIONS in test()["log"]
    role.allow("lambda:InvokeFunction", target.arn)
    assert api.call("GET", "/prod", bearer("allow")).status == 200
    assert test()["clientStatus"] == 0
    role.trust(trust("lambda.amazonaws.com"))
    assert get() == misconfigured
    answer = test()
    assert answer["clientStatus"] == 500 and assume_fault(role.arn) in answer["log"]


def test_an_authorizer_of_an_http_api_is_called_as_its_role(http_api, function, role):
    source = MODULE + "def handler(event, context):\n    return {'isAuthorized': True}\n"
    api, target = http_api(), function(source)
    made = api.client.create_authorizer(
        ApiId=api.id, Name="auth", AuthorizerType="REQUEST", AuthorizerUri=target.uri, EnableSimpleResponses=True,
        AuthorizerPayloadFormatVersion="2.0", IdentitySource=["$request.header.Authorization"],
        AuthorizerCredentialsArn=role.arn)["AuthorizerId"]  # fmt: skip
    api.route("GET /pets", api.integrate_function(function(HANDLER)), AuthorizationType="CUSTOM", AuthorizerId=made)
    assert api.call("GET", "/pets", bearer("t")).status == 500
    role.allow("lambda:InvokeFunction", target.arn)
    assert api.call("GET", "/pets", bearer("t")).status == 200
    # Another role counts at once.
    other = Role(role.iam)
    api.client.update_authorizer(ApiId=api.id, AuthorizerId=made, AuthorizerCredentialsArn=other.arn)
    assert api.call("GET", "/pets", bearer("t")).status == 500


@pytest.fixture
def table(clients):
    dynamodb, made = clients.service("dynamodb"), unique("pets")
    dynamodb.create_table(
        TableName=made, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])  # fmt: skip
    yield made
    dynamodb.delete_table(TableName=made)


def reading(api, action, body, arn, verb="POST"):
    return integrate(
        api, api.root, verb, type="AWS", integrationHttpMethod="POST", credentials=arn,
        uri=f"arn:aws:apigateway:{REGION}:dynamodb:action/{action}",
        requestTemplates={"application/json": json.dumps(body)},
        answers={"200": {}, "418": {"selectionPattern": "400"}})  # fmt: skip


def test_tables_ask_for_every_permission_of_the_role(rest_api, role, table):
    api = rest_api()
    items = [{"Put": {"TableName": table, "Item": {"id": {"S": "1"}}}},
             {"Delete": {"TableName": table, "Key": {"id": {"S": "2"}}}}]  # fmt: skip
    reading(api, "TransactWriteItems", {"TransactItems": items}, role.arn)
    reading(api, "Scan", {"TableName": table}, role.arn, "GET")
    api.deploy("prod")
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"

    def denial(action):
        who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/BackplaneAssumeRoleSession"
        return 418, {
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": f"User: {who} is not authorized to perform: dynamodb:{action} on resource: {arn} because no "
                       f"identity-based policy allows the dynamodb:{action} action",
        }  # fmt: skip

    def call(verb):
        status, body = message(api.call(verb, "/prod"))
        return status, json.loads(body)

    assert call("GET") == denial("Scan")
    role.allow(["dynamodb:PutItem", "dynamodb:Scan"], arn)
    assert call("POST") == denial("DeleteItem")
    assert call("GET") == (200, {"Count": 0, "Items": [], "ScannedCount": 0})
    role.allow("dynamodb:*Item", arn)
    assert call("POST") == (200, {})
    assert call("GET") == denial("Scan")
    role.trust(trust("lambda.amazonaws.com"))
    assert told(api.call("GET", "/prod")) == FAILED


def test_a_role_that_is_not_here_cannot_be_assumed_where_credentials_are_required(guarded):  # noqa: F811
    """A table stands for whatever an integration leads to; of functions and authorizers see the unit tests."""
    iam = client(guarded.url, "iam", guarded.key)
    rest = client(guarded.url, "apigateway", guarded.key)

    class Guarded(RestApi):
        def __init__(self):
            self.server, self.client = guarded, rest
            made = rest.create_rest_api(name=unique("rest"))
            self.id, self.root = made["id"], made["rootResourceId"]

    given = name()
    arn = f"arn:aws:iam::{ACCOUNT}:role/{given}"
    api = Guarded()
    at = reading(api, "ListTables", {}, arn, "GET")
    api.deploy("prod")
    assert told(api.call("GET", "/prod")) == FAILED
    assert assume_fault(arn) in log_of(api("test_invoke_method", **at))
    iam.create_role(RoleName=given, AssumeRolePolicyDocument=trust())
    assert message(api.call("GET", "/prod"))[0] == 418
    allowed = document(Action="dynamodb:ListTables", Resource="*")
    iam.put_role_policy(RoleName=given, PolicyName="p", PolicyDocument=allowed)
    assert message(api.call("GET", "/prod"))[0] == 200
    iam.delete_role_policy(RoleName=given, PolicyName="p")
    iam.delete_role(RoleName=given)
    assert told(api.call("GET", "/prod")) == FAILED
    api.delete()


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: call
          PolicyDocument:
            Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt Hello.Arn}]
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: src/}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: HTTP, Target: !GetAtt Hello.Arn, CredentialsArn: !GetAtt Role.Arn}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Hello.Arn
      PayloadFormatVersion: '2.0'
      CredentialsArn: !GetAtt Role.Arn
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: GET /pets, Target: !Sub 'integrations/${Integration}'}
Outputs:
  ApiId: {Value: !Ref Api}
"""


def test_templates_name_roles(project):  # noqa: F811
    project.write(TEMPLATE)
    project.deploy()
    assert status(project, "/pets") == status(project, "/any") == 200
    # Nobody has let API Gateway call the function otherwise.
    functions = project.server.clients.functions
    [made] = functions.list_functions()["Functions"]
    assert error_of(functions.get_policy, FunctionName=made["FunctionName"]).code == "ResourceNotFoundException"
    project.write(TEMPLATE.replace(", CredentialsArn: !GetAtt Role.Arn}", "}").replace("'lambda:InvokeFunction'", "'lambda:GetFunction'"))
    project.deploy()
    # Quick create lets its API in, whatever route of it; the other integration still has its role, which may do less now.
    assert (status(project, "/any"), status(project, "/pets")) == (200, 500)
