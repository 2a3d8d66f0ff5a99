"""Templates that say who may call: SAM's `Auth`, and authorizers as resources."""

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
