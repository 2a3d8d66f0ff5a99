"""Templates that say who may call: SAM's `Auth`, and authorizers as resources."""

import json
import re

import pytest

from harness import wire
from harness.issuer import AUDIENCE, Issuer
from harness.server import REPOSITORY, run
from test_stacks import Project
from test_up import Up

FUNCTION = """
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
"""

TOKENS = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Issuer: {Type: String}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Tokens
        Authorizers:
          Tokens:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: !Ref Issuer, audience: [AUDIENCE]}
  Hello:
    Type: AWS::Serverless::Function
    Properties:FUNCTION      Events:
        Guarded: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /guarded, Method: get}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /open, Method: get, Auth: {Authorizer: NONE}}}
        Scoped:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Path: /scoped, Method: get, Auth: {AuthorizationScopes: [admin]}}
Outputs:
  ApiId: {Value: !Ref Api}
""".replace("FUNCTION", FUNCTION).replace("AUDIENCE", AUDIENCE)

RESOURCES = """
Parameters:
  Issuer: {Type: String}
  Authorizes: {Type: String, Default: JWT}
  Scope: {Type: String, Default: read}
Conditions:
  IsGuarded: !Equals [!Ref Authorizes, JWT]
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: plain, ProtocolType: HTTP}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
  Origin:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: HTTP_PROXY
      IntegrationMethod: GET
      IntegrationUri: !Ref Issuer
      PayloadFormatVersion: "1.0"
  Tokens:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      AuthorizerType: JWT
      Name: tokens
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration: {Issuer: !Ref Issuer, Audience: [AUDIENCE]}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: GET /guarded
      Target: !Sub integrations/${Origin}
      AuthorizationType: !Ref Authorizes
      AuthorizerId: !If [IsGuarded, !Ref Tokens, !Ref AWS::NoValue]
      AuthorizationScopes: !If [IsGuarded, [!Ref Scope], !Ref AWS::NoValue]
Outputs:
  ApiId: {Value: !Ref Api}
""".replace("AUDIENCE", AUDIENCE)


SIGNED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: {EnableIamAuthorizer: true, DefaultAuthorizer: DEFAULT}
  Hello:
    Type: AWS::Serverless::Function
    Properties:FUNCTION      Events:
        Guarded: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /guarded, Method: get, AUTH}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /open, Method: get, OPEN}}
Outputs:
  ApiId: {Value: !Ref Api}
""".replace("FUNCTION", FUNCTION)


@pytest.fixture
def issuer(tmp_path):
    issuer = Issuer(tmp_path)
    yield issuer
    issuer.close()


@pytest.fixture
def project(tmp_path, own_gatehouse):
    return Project(tmp_path / "project", own_gatehouse())


def status(project, path, token=None):
    """The status of a call, once the function that answers it has started."""
    api = {output["name"]: output["value"] for output in project.stack()["outputs"]}["ApiId"]
    host = f"{api}.execute-api.localhost:{project.server.management[1]}"
    fields = {"Authorization": f"Bearer {token}"} if token else {}
    return wire.fetch(project.server.management, "GET", path, host, fields, timeout=30).status


def test_sam_guards_the_routes_of_an_http_api(project, issuer):
    project.write(TOKENS)
    project.deploy("--parameter", f"Issuer={issuer.url}")
    assert status(project, "/open") == 200
    assert status(project, "/guarded") == 401
    assert status(project, "/guarded", issuer.token()) == 200
    assert status(project, "/guarded", issuer.token(audience="another")) == 401
    assert status(project, "/scoped", issuer.token()) == 403
    assert status(project, "/scoped", issuer.token("--scope", "admin")) == 200
    assert "nothing to change" in project.deploy("--parameter", f"Issuer={issuer.url}")


def test_an_authorizer_is_a_resource(project, issuer):
    project.write(RESOURCES)
    guarded = ["--parameter", f"Issuer={issuer.url}"]
    project.deploy(*guarded)
    assert status(project, "/guarded") == 401
    assert status(project, "/guarded", issuer.token()) == 403
    # The origin is the issuer, which has nothing there.
    assert status(project, "/guarded", issuer.token("--scope", "read")) == 404
    project.deploy(*guarded, "--parameter", "Scope=write")
    assert status(project, "/guarded", issuer.token("--scope", "read")) == 403
    project.deploy(*guarded, "--parameter", "Authorizes=NONE")
    assert status(project, "/guarded") == 404
    project.run("delete")
    assert project.server.clients.apis.get_apis()["Items"] == []


def test_the_example_of_members(command, tmp_path):
    key, jwks = str(tmp_path / "issuer.pem"), tmp_path / "jwks.json"
    assert run("token", "key", key).returncode == 0
    jwks.write_text(run("token", "jwks", key).stdout)
    members = Up(
        command, REPOSITORY / "Examples/members/template.yaml", "--issuer", f"https://members.example/={jwks}", routes=3
    )

    assert re.search(r"GET +http://\S+/me  -> MembersFunction  needs Members$", members.process.output, re.M)
    assert re.search(r"GET +http://\S+/hours  -> MembersFunction$", members.process.output, re.M)

    def ask(path, *options):
        said = ["--key", key, "--issuer", "https://members.example/", "--audience", "members-api", *options]
        token = run("token", "mint", *said).stdout.strip()
        return members.call("GET", path, {"Authorization": f"Bearer {token}"})

    assert members.call("GET", "/hours").status == 200
    assert members.call("GET", "/me").status == 401
    assert ask("/me", "--subject", "ada").json()["member"] == "ada"
    assert ask("/me", "--expires=-5m").status == 401
    assert ask("/books").status == 403
    assert ask("/books", "--scope", "treasurer").status == 200


ROLES = """
Parameters:
  Action: {Type: String, Default: "dynamodb:GetItem"}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: shop
      Path: /shop/
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!Ref Shared]
      Policies:
        - PolicyName: own
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]}
      Tags: [{Key: action, Value: !Ref Action}]
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]}
  Written:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: written
      Roles: [!Ref Role]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "s3:*", Resource: "*"}]}
  Machine:
    Type: AWS::IAM::InstanceProfile
    Properties: {Roles: [!Ref Role]}
Outputs:
  Arn: {Value: !GetAtt Role.Arn}
"""


def test_roles_are_made_changed_and_deleted(project):
    project.write(ROLES)
    project.deploy()
    iam = project.server.clients.service("iam")
    role = iam.get_role(RoleName="shop")["Role"]
    assert role["Arn"] == project.stack()["outputs"][0]["value"]
    assert role["Arn"].endswith(":role/shop/shop")
    assert sorted(iam.list_role_policies(RoleName="shop")["PolicyNames"]) == ["own", "written"]
    assert "nothing to change" in project.deploy()

    project.deploy("--parameter", "Action=dynamodb:PutItem")
    own = iam.get_role_policy(RoleName="shop", PolicyName="own")["PolicyDocument"]
    assert own["Statement"][0]["Action"] == "dynamodb:PutItem"
    shared = iam.list_attached_role_policies(RoleName="shop")["AttachedPolicies"][0]["PolicyArn"]
    assert iam.get_policy(PolicyArn=shared)["Policy"]["DefaultVersionId"] == "v2"

    # What others have given the role stops its deletion, as in AWS.
    iam.put_role_policy(RoleName="shop", PolicyName="foreign", PolicyDocument=json.dumps(own))
    assert project.run("delete").returncode == 1
    iam.delete_role_policy(RoleName="shop", PolicyName="foreign")
    assert project.run("delete").returncode == 0
    assert iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_a_policy_that_iam_refuses_is_told_with_its_line(project):
    project.write(ROLES.replace("Action: !Ref Action, Resource: \"*\"}]}\n      Tags", "Resource: \"*\"}]}\n      Tags"))
    refused = project.run("deploy")
    assert refused.returncode == 1
    assert "template.yaml:5: Resources.Role: PutRolePolicy: MalformedPolicyDocument" in refused.stderr
    assert project.server.clients.service("iam").list_roles()["Roles"] == []


AUTHORIZER = """
def token(event, context):
    if event["authorizationToken"] == "broken":
        raise Exception("Unauthorized")
    effect = "Allow" if event["authorizationToken"] == "yes" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

def request(event, context):
    effect = "Allow" if event["headers"].get("x-tenant") == "shop" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

def simple(event, context):
    return {"isAuthorized": event["headers"].get("x-tenant") == "shop"}
"""

FUNCTIONS = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token:
            FunctionArn: !GetAtt Token.Arn
            Identity: {ReauthorizeEvery: 0}
          Request:
            FunctionArn: !GetAtt Request.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [X-Tenant], ReauthorizeEvery: 30}
  HttpApi:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Simple:
            FunctionArn: !GetAtt Simple.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [X-Tenant], ReauthorizeEvery: 30}
  Token: {Type: AWS::Serverless::Function, Properties: {Handler: authorizer.token}}
  Request: {Type: AWS::Serverless::Function, Properties: {Handler: authorizer.request}}
  Simple: {Type: AWS::Serverless::Function, Properties: {Handler: authorizer.simple}}
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Events:
        Default: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /default, Method: get}}
        Request: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /request, Method: get, Auth: {Authorizer: Request}}}
        Open: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /open, Method: get, Auth: {Authorizer: NONE}}}
        Simple: {Type: HttpApi, Properties: {ApiId: !Ref HttpApi, Path: /simple, Method: get, Auth: {Authorizer: Simple}}}
Outputs:
  ApiId: {Value: !Ref Api}
  HttpApiId: {Value: !Ref HttpApi}
"""


def test_functions_of_the_template_authorize(project):
    (project.folder / "src/authorizer.py").write_text(AUTHORIZER)
    project.write(FUNCTIONS)
    assert "warning" not in project.deploy()

    def status(path, output="ApiId", **fields):
        api = {output["name"]: output["value"] for output in project.stack()["outputs"]}[output]
        host = f"{api}.execute-api.localhost:{project.server.management[1]}"
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        return wire.fetch(project.server.management, "GET", path, host, headers, timeout=30).status

    assert status("/prod/open") == 200
    assert status("/prod/default") == 401
    assert status("/prod/default", authorization="yes") == 200
    assert status("/prod/default", authorization="no") == 403
    assert status("/prod/default", authorization="broken") == 401
    assert status("/prod/request") == 401
    assert status("/prod/request", x_tenant="shop") == 200
    assert status("/prod/request", x_tenant="other") == 403
    assert status("/simple", "HttpApiId") == 401
    assert status("/simple", "HttpApiId", x_tenant="shop") == 200
    assert status("/simple", "HttpApiId", x_tenant="other") == 403
    assert "nothing to change" in project.deploy()


@pytest.mark.parametrize(
    "parts",
    [
        {"DEFAULT": "AWS_IAM", ", AUTH": "", "OPEN": "Auth: {Authorizer: NONE}"},
        {", DefaultAuthorizer: DEFAULT": "", "AUTH": "Auth: {Authorizer: AWS_IAM}", ", OPEN": ""},
    ],
)
def test_sam_asks_for_signatures_on_the_routes_of_an_http_api(project, parts):
    template = SIGNED
    for word, text in parts.items():
        template = template.replace(word, text)
    project.write(template)
    project.deploy()
    assert (status(project, "/open"), status(project, "/guarded")) == (200, 403)
