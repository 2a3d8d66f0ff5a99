"""Resource policies of REST APIs: who is let in, what others are told, and when a change counts."""

import json

import pytest
from botocore.credentials import Credentials

from harness.iam import signed
from harness.pools import Pool, bearer
from harness.rest import patch
from harness.server import ACCOUNT, REGION
from test_stacks_auth import project  # noqa: F401

BAD = ("BadRequestException", "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
DENIED = " with an explicit deny in a resource-based policy"
SILENT = " because no resource-based policy allows the execute-api:Invoke action"


def statement(effect="Allow", resource="execute-api:/*", principal="*", **others):
    return {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": resource} | others


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def pets(rest_api):
    """An API with `/pets`, open but for what its policy says; stage `prod`."""

    def make(*statements, authorization="NONE"):
        api = rest_api(**({"policy": policy(*statements)} if statements else {}))
        api.at = api.mock(
            api.resource("pets"), template={"who": "$context.identity.userArn"}, authorizationType=authorization)
        api.deploy("prod")
        return api

    return make


def told(answer):
    return answer.status, answer.header("x-amzn-errortype"), json.loads(answer.text).get("Message")


def refused(api, ending, who="anonymous"):
    resource = f"arn:aws:execute-api:{REGION}:********{ACCOUNT[-4:]}:{api.id}/prod/GET/pets"
    words = f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {resource}{ending}"
    return 403, "AccessDeniedException", words


def test_whom_no_statement_allows_is_refused_and_whom_one_denies(pets):
    assert pets(statement()).call(target="/prod/pets").status == 200
    api = pets(statement(), statement("Deny", "execute-api:/prod/GET/pets"))
    assert told(api.call(target="/prod/pets")) == refused(api, DENIED)
    api = pets(statement(resource="execute-api:/prod/POST/*"))
    assert told(api.call(target="/prod/pets")) == refused(api, SILENT)
    from_elsewhere = {"Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}}
    api = pets(statement(**from_elsewhere))
    assert told(api.call(target="/prod/pets", headers={"X-Forwarded-For": "203.0.113.7"})) == refused(api, SILENT)


def test_a_change_counts_when_it_is_deployed(pets, gatehouse):
    api = pets()
    api("update_rest_api", patchOperations=[patch("/policy", policy(statement("Deny")))])
    assert api.call(target="/prod/pets").status == 200
    api.deploy("prod")
    assert api.call(target="/prod/pets").status == 403
    api("update_rest_api", patchOperations=[patch("/policy", "")])
    assert api.call(target="/prod/pets").status == 403
    # What is tested is not asked about.
    assert api("test_invoke_method", **api.at)["status"] == 200
    api.deploy("prod")
    assert api.call(target="/prod/pets").status == 200


def test_a_document_brings_its_policy(rest_api):
    api = rest_api()
    get = {
        "responses": {"200": {"description": "OK"}},
        "x-amazon-apigateway-integration": {
            "type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {"default": {"statusCode": "200"}},
        },
    }
    document = {
        "openapi": "3.0.1", "info": {"title": "pets", "version": "1"}, "paths": {"/pets": {"get": get}, "/cats": {"get": get}},
        "x-amazon-apigateway-policy": json.loads(policy(statement(), statement("Deny", ["execute-api:/prod/GET/cats"]))),
    }  # fmt: skip
    shown = api("put_rest_api", mode="overwrite", body=json.dumps(document))["policy"]
    assert rf'\"Resource\":\"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/GET/cats\"' in shown
    api.deploy("prod")
    assert [api.call(target=f"/prod/{name}").status for name in ["pets", "cats"]] == [200, 403]


@pytest.mark.parametrize(
    "text",
    [
        "{}", "[]", '{"Statement": []}', policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        policy(statement("allow")), policy(statement(principal="arn:aws:iam::1:root")),
        policy(statement(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"})), policy(statement(principal={"AWS": "bob"})),
        policy(statement(resource=[])), policy(statement(resource="pets")), policy(statement(Action="invoke")),
        policy(statement(Condition={"Near": {"aws:SourceIp": "1.2.3.4"}})),
        policy(statement(Condition={"IpAddress": {"aws:SourceIp": "1.2.3.4/33"}})), policy(statement(Resources="*")),
        policy(statement(Sid="a"), statement(Sid="a")), policy(statement(NotResource="*")), "\0", "{" * 8_000,
    ],
)  # fmt: skip
def test_what_is_no_policy_is_not_stored(rest_api, text):
    api = rest_api()
    assert api.error("update_rest_api", patchOperations=[patch("/policy", text)]) == BAD
    assert "policy" not in api("get_rest_api")


def test_a_policy_has_8192_bytes(rest_api):
    api = rest_api()
    short = policy(statement(Sid=""))
    longest = policy(statement(Sid="a" * (8_192 - len(short))))
    assert "policy" in api("update_rest_api", patchOperations=[patch("/policy", longest)])
    code, message = api.error("update_rest_api", patchOperations=[patch("/policy", longest + " ")])
    assert (code, message) == ("BadRequestException", "Policy document size exceeds 8192 bytes")


def test_a_caller_of_iam_needs_either_policy_and_no_deny(pets, caller):
    user, credentials = caller()
    allowed, powerful = caller(Action="execute-api:Invoke", Resource="*")
    by_name = pets(statement(principal={"AWS": user["Arn"]}), authorization="AWS_IAM")
    assert signed(by_name, credentials, target="/prod/pets").status == 200
    assert signed(by_name, powerful, target="/prod/pets").status == 200
    _, other = caller()
    assert signed(by_name, other, target="/prod/pets").status == 403
    # The account leaves it to the policies of its users.
    account = pets(statement(principal={"AWS": ACCOUNT}), authorization="AWS_IAM")
    assert signed(account, credentials, target="/prod/pets").status == 403
    assert signed(account, powerful, target="/prod/pets").status == 200
    deny = {"NotPrincipal": {"AWS": [user["Arn"], ACCOUNT]}, "Effect": "Deny", "Action": "*", "Resource": "*"}
    only = pets(statement(), deny, authorization="AWS_IAM")
    assert signed(only, credentials, target="/prod/pets").status == 200
    assert told(signed(only, powerful, target="/prod/pets")) == refused(only, DENIED, allowed["Arn"])
    named = pets(
        statement(Condition={"StringEquals": {"aws:username": user["UserName"]}}), authorization="AWS_IAM")
    assert signed(named, credentials, target="/prod/pets").status == 200
    assert signed(named, other, target="/prod/pets").status == 403
    assert told(named.call(target="/prod/pets"))[:2] == (403, "MissingAuthenticationTokenException")


def test_a_policy_does_not_mean_those_who_have_the_name_later(pets, caller, iam):
    user, credentials = caller()
    api = pets(statement(principal={"AWS": user["Arn"]}), authorization="AWS_IAM")
    assert signed(api, credentials, target="/prod/pets").status == 200
    assert user["Arn"] in api("get_rest_api")["policy"]
    iam.delete_access_key(UserName=user["UserName"], AccessKeyId=credentials.access_key)
    iam.delete_user(UserName=user["UserName"])
    assert user["UserId"] in api("get_rest_api")["policy"]
    iam.create_user(UserName=user["UserName"])
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    later = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    assert signed(api, later, target="/prod/pets").status == 403
    api.deploy("prod")
    assert signed(api, later, target="/prod/pets").status == 403
    api("update_rest_api", patchOperations=[patch("/policy", policy(statement(principal={"AWS": user["Arn"]})))])
    assert signed(api, later, target="/prod/pets").status == 403
    api.deploy("prod")
    assert signed(api, later, target="/prod/pets").status == 200


def test_a_token_is_looked_at_first_and_does_not_suffice(gatehouse, pets):
    pool = Pool(gatehouse)
    pool.user("ada")
    token = bearer(pool.sign_in("ada")["IdToken"])
    for statements, status in [([statement()], 200), ([statement(resource="execute-api:/other/*")], 403)]:
        api = pets(*statements)
        made = api("create_authorizer", name="pool", type="COGNITO_USER_POOLS", providerARNs=[pool.arn],
                   identitySource="method.request.header.Authorization")["id"]  # fmt: skip
        api("update_method", **api.at, patchOperations=[
            patch("/authorizationType", "COGNITO_USER_POOLS"), patch("/authorizerId", made)])  # fmt: skip
        api.deploy("prod")
        assert api.call(target="/prod/pets").status == 401
        assert api.call(target="/prod/pets", headers=token).status == status


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        ResourcePolicy:
          CustomStatements:
            - {Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*/GET/custom"}
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Events:
        Custom: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /custom, Method: get}}
        Silent: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /silent, Method: get}}
        Local:
          Type: Api
          Properties:
            {RestApiId: !Ref Api, Path: /local, Method: get, Auth: {ResourcePolicy: {IpRangeWhitelist: [127.0.0.1]}}}
        Remote:
          Type: Api
          Properties:
            {RestApiId: !Ref Api, Path: /remote, Method: get, Auth: {ResourcePolicy: {IpRangeBlacklist: [127.0.0.0/8]}}}
        Inside:
          Type: Api
          Properties:
            {RestApiId: !Ref Api, Path: /inside, Method: get, Auth: {ResourcePolicy: {SourceVpcWhitelist: [vpc-1]}}}
        Outside:
          Type: Api
          Properties:
            {RestApiId: !Ref Api, Path: /outside, Method: get, Auth: {ResourcePolicy: {SourceVpcBlacklist: [vpce-1]}}}
Outputs:
  ApiId: {Value: !Ref Api}
"""


def test_the_resource_policies_of_sam(project):  # noqa: F811
    from test_stacks_auth import status

    project.write(SAM)
    project.deploy()
    paths = {"custom": 200, "silent": 403, "local": 200, "remote": 403, "inside": 403, "outside": 200}
    assert {path: status(project, f"/prod/{path}") for path in paths} == paths
