"""Templates with user pools: their members sign in, and APIs let them pass."""

import pytest

from harness import wire
from test_stacks import Project

HANDLER = """
def handler(event, context):
    if "triggerSource" in event:
        event["response"]["autoConfirmUser"] = True
        return event
    authorizer = event["requestContext"]["authorizer"]
    claims = authorizer["jwt"]["claims"] if "jwt" in authorizer else authorizer["claims"]
    return {"statusCode": 200, "body": claims.get("cognito:username", claims.get("username", "nobody"))}
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Level: {Type: Number, Default: 8}
Resources:
  Members:
    Type: AWS::Cognito::UserPool
    Properties:
      Policies: {PasswordPolicy: {MinimumLength: !Ref Level, RequireSymbols: false}}
      Schema: [{Name: tenant, AttributeDataType: String, Mutable: true}]
      MfaConfiguration: OPTIONAL
      EnabledMfas: [SOFTWARE_TOKEN_MFA]
      UserPoolTags: {team: shop}
  Web:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref Members
      ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
      AccessTokenValidity: !Ref Level
  Staff:
    Type: AWS::Cognito::UserPoolGroup
    Properties: {UserPoolId: !Ref Members, GroupName: staff, Precedence: !Ref Level}
  Orders:
    Type: AWS::Cognito::UserPoolResourceServer
    Properties:
      UserPoolId: !Ref Members
      Identifier: orders
      Name: orders
      Scopes: [{ScopeName: read, ScopeDescription: !Sub "level ${Level}"}]
  Name:
    Type: AWS::Cognito::UserPoolDomain
    Properties: {UserPoolId: !Ref Members, Domain: the-shop}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Members
        Authorizers:
          Members:
            IdentitySource: $request.header.Authorization
            JwtConfiguration:
              issuer: !Sub "https://cognito-idp.${AWS::Region}.amazonaws.com/${Members}"
              audience: [!Ref Web]
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /hello, Method: get}}
        SignUp: {Type: Cognito, Properties: {UserPool: !Ref Members, Trigger: PreSignUp}}
  Ada:
    Type: AWS::Cognito::UserPoolUser
    DependsOn: HelloCognitoPermission
    Properties:
      UserPoolId: !Ref Members
      Username: ada
      MessageAction: SUPPRESS
      UserAttributes: [{Name: "custom:tenant", Value: shop}]
  AdaIsStaff:
    Type: AWS::Cognito::UserPoolUserToGroupAttachment
    Properties: {UserPoolId: !Ref Members, GroupName: !Ref Staff, Username: !Ref Ada}
Outputs:
  ApiId: {Value: !Ref Api}
  PoolId: {Value: !Ref Members}
  ClientId: {Value: !GetAtt Web.ClientId}
  Arn: {Value: !GetAtt Members.Arn}
  Provider: {Value: !GetAtt Members.ProviderURL}
"""


@pytest.fixture
def project(tmp_path, own_gatehouse):
    project = Project(tmp_path / "project", own_gatehouse())
    (project.folder / "src/app.py").write_text(HANDLER)
    project.write(TEMPLATE)
    return project


def outputs(project):
    return {output["name"]: output["value"] for output in project.stack()["outputs"]}


def test_a_pool_with_all_that_belongs_to_it(project):
    project.deploy()
    pools, names = project.server.clients.service("cognito-idp"), outputs(project)
    pool, client = names["PoolId"], names["ClientId"]
    assert names["Provider"].endswith(f".amazonaws.com/{pool}")
    described = pools.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Arn"] == names["Arn"]
    assert described["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert described["UserPoolTags"] == {"team": "shop"}
    assert any(attribute["Name"] == "custom:tenant" for attribute in described["SchemaAttributes"])
    assert pools.get_user_pool_mfa_config(UserPoolId=pool)["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    groups = pools.admin_list_groups_for_user(UserPoolId=pool, Username="ada")["Groups"]
    assert [group["GroupName"] for group in groups] == ["staff"]
    assert pools.describe_user_pool_domain(Domain="the-shop")["DomainDescription"]["UserPoolId"] == pool
    assert "nothing to change" in project.deploy()

    # The trigger confirms whoever signs up.
    pools.sign_up(ClientId=client, Username="eve", Password="Passw0rd")
    tokens = pools.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "eve", "PASSWORD": "Passw0rd"}
    )["AuthenticationResult"]

    def call(token):
        host = f"{names['ApiId']}.execute-api.localhost:{project.server.management[1]}"
        return wire.fetch(
            project.server.management, "GET", "/hello", host, {"Authorization": f"Bearer {token}"}, timeout=30
        )

    assert (call(tokens["IdToken"]).status, call(tokens["IdToken"]).text) == (200, "eve")
    assert call("none").status == 401

    project.deploy("--parameter", "Level=10")
    described = pools.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert "PreSignUp" in described["LambdaConfig"]
    changed = pools.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    assert changed["AccessTokenValidity"] == 10
    assert pools.get_group(UserPoolId=pool, GroupName="staff")["Group"]["Precedence"] == 10
    scopes = pools.describe_resource_server(UserPoolId=pool, Identifier="orders")["ResourceServer"]["Scopes"]
    assert scopes == [{"ScopeName": "read", "ScopeDescription": "level 10"}]
    assert call(tokens["IdToken"]).status == 200

    project.run("delete")
    assert pools.list_user_pools(MaxResults=60)["UserPools"] == []


def test_attributes_come_and_never_go(project):
    project.deploy()
    pool = outputs(project)["PoolId"]
    more = "Schema: [{Name: level, AttributeDataType: Number, Mutable: true}, {Name: tenant,"
    project.write(TEMPLATE.replace("Schema: [{Name: tenant,", more))
    project.deploy()
    described = project.server.clients.service("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]
    assert any(attribute["Name"] == "custom:level" for attribute in described["SchemaAttributes"])
    project.write(TEMPLATE)
    failed = project.run("deploy")
    assert failed.returncode == 1
    assert "Existing schema attributes cannot be modified or deleted." in failed.stderr
    assert outputs(project)["PoolId"] == pool
