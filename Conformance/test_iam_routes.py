"""AWS_IAM: routes and methods that are open to callers whom policies let in, and to nobody else."""

import json

import pytest
from botocore.credentials import Credentials

from harness.functions import unique
from harness.iam import name, signed
from harness.server import ACCOUNT, REGION

HANDLER = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event['requestContext'])}\n"


@pytest.fixture
def route(http_api, function):
    """An HTTP API that answers with its event's context, to callers of IAM."""

    def make(version="2.0"):
        api = http_api()
        target = api.integrate_function(function(HANDLER), version)
        api.route("ANY /pets/{id}", target, AuthorizationType="AWS_IAM")
        return api

    return make


def test_a_signed_call_of_a_route(route, caller):
    api = route()
    user, credentials = caller(Action="execute-api:Invoke", Resource=f"arn:aws:execute-api:*:*:{api.id}/*/GET/pets/*")
    answer = signed(api, credentials, target="/pets/1?b=2&a=1%20x")
    assert answer.status == 200, answer.text
    assert json.loads(answer.text)["authorizer"] == {
        "iam": {
            "accessKey": credentials.access_key, "accountId": ACCOUNT, "callerId": user["UserId"],
            "cognitoIdentity": None, "principalOrgId": None, "userArn": user["Arn"], "userId": user["UserId"],
        }
    }  # fmt: skip
    assert signed(api, credentials, target="/pets/1", presigned=True).status == 200
    # The verb is another one than the policy allows.
    refused = signed(api, credentials, "POST", "/pets/1", body=b"{}")
    assert (refused.status, refused.text) == (403, '{"message":"Forbidden"}')


def test_a_document_carries_it(route):
    api = route()
    text = api.client.export_api(ApiId=api.id, OutputType="JSON", Specification="OAS30")["body"].read().decode()
    copy = api.client.import_api(Body=text)["ApiId"]
    try:
        [made] = api.client.get_routes(ApiId=copy)["Items"]
        assert (made["RouteKey"], made["AuthorizationType"]) == ("ANY /pets/{id}", "AWS_IAM")
    finally:
        api.client.delete_api(ApiId=copy)


def test_format_1_0_tells_who_calls(route, caller):
    api = route("1.0")
    user, credentials = caller(Action="execute-api:*", Resource="*")
    identity = json.loads(signed(api, credentials, "POST", "/pets/1", body=b"body").text)["identity"]
    assert (identity["accessKey"], identity["accountId"], identity["caller"], identity["user"], identity["userArn"]) == (
        credentials.access_key, ACCOUNT, user["UserId"], user["UserId"], user["Arn"],
    )  # fmt: skip


def test_who_is_not_let_in_to_a_route(route, caller):
    api = route()
    _, good = caller(Action="execute-api:Invoke", Resource="*")
    _, powerless = caller()
    wrong = Credentials(good.access_key, "x" * 40)
    unknown = Credentials("AKIAUNKNOWN000000000", "x" * 40)
    forbidden = (403, '{"message":"Forbidden"}')
    for credentials in (powerless, wrong, unknown):
        answer = signed(api, credentials, target="/pets/1")
        assert (answer.status, answer.text) == forbidden
    answer = api.call("GET", "/pets/1")
    assert (answer.status, answer.text) == forbidden
    answer = api.call("GET", "/pets/1", {"Authorization": "Bearer x"})
    assert (answer.status, answer.text) == forbidden
    # A body that is not the one that was signed.
    assert signed(api, good, "POST", "/pets/1", body=b"one", sent=b"two").status == 403
    assert signed(api, good, "POST", "/pets/1", body=b"one").status == 200


@pytest.fixture
def method(rest_api):
    api = rest_api()
    pets = api.resource("pets")
    api.mock(pets, template={"arn": "$context.identity.userArn"}, authorizationType="AWS_IAM")
    api.deploy("prod")
    return api


def test_a_signed_call_of_a_method(method, caller):
    _, credentials = caller(
        Action="execute-api:Invoke", Resource=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{method.id}/prod/GET/pets"
    )
    assert signed(method, credentials, target="/prod/pets").status == 200
    assert signed(method, credentials, target="/prod/pets", presigned=True).status == 200


def test_slashes_and_escapes_pass_by_no_deny(rest_api, iam, caller):
    api = rest_api()
    for resource in api.root, api.resource("{proxy+}"):
        api.mock(resource, authorizationType="AWS_IAM")
    api.deploy("prod")
    user, credentials = caller(Action="execute-api:Invoke", Resource="*")
    stage = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/GET"
    deny = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": [stage + "/admin", stage + "/admin/*"]}
    iam.put_user_policy(
        UserName=user["UserName"], PolicyName="deny", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    paths = {"/prod/open": 200, "/prod/admin": 403, "/prod/admin/": 403, "/prod/admin/x": 403, "/prod/%61dmin/x": 403}
    assert {path: signed(api, credentials, target=path).status for path in paths} == paths


def test_a_method_says_why_it_refuses(method, caller):
    user, powerless = caller()
    _, denied = caller(Effect="Deny", Action="*", Resource="*")
    resource = f"arn:aws:execute-api:{REGION}:********{ACCOUNT[-4:]}:{method.id}/prod/GET/pets"

    def told(answer):
        return answer.status, answer.header("x-amzn-errortype"), json.loads(answer.text)

    assert told(method.call("GET", "/prod/pets")) == (
        403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"},
    )  # fmt: skip
    words = (f"User: {user['Arn']} is not authorized to perform: execute-api:Invoke on resource: {resource} "
             "because no identity-based policy allows the execute-api:Invoke action")  # fmt: skip
    assert told(signed(method, powerless, target="/prod/pets")) == (403, "AccessDeniedException", {"Message": words})
    assert told(signed(method, denied, target="/prod/pets"))[2]["Message"].endswith(" with an explicit deny in an identity-based policy")
    unknown = Credentials("AKIAUNKNOWN000000000", "x" * 40)
    assert told(signed(method, unknown, target="/prod/pets")) == (
        403, "UnrecognizedClientException", {"message": "The security token included in the request is invalid."},
    )  # fmt: skip
    status, kind, answer = told(signed(method, Credentials(powerless.access_key, "x"), target="/prod/pets"))
    assert (status, kind) == (403, "InvalidSignatureException")
    assert answer["message"].startswith("The request signature we calculated does not match the signature you provided.")
    assert "The Canonical String for this request should have been\n'GET\n/prod/pets\n\nhost:" in answer["message"]
    late = "AWS4-HMAC-SHA256 Credential=A/20200101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0"
    answer = told(method.call("GET", "/prod/pets", {"Authorization": late, "X-Amz-Date": "20200101T000000Z"}))
    assert answer[1] == "InvalidSignatureException" and answer[2]["message"].startswith("Signature expired: 20200101T")


def test_a_change_of_a_policy_is_seen_at_once(route, caller, iam):
    api = route()
    user, credentials = caller()
    assert signed(api, credentials, target="/pets/1").status == 403
    group = name()
    iam.create_group(GroupName=group)
    iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess")
    assert signed(api, credentials, target="/pets/1").status == 403
    iam.add_user_to_group(GroupName=group, UserName=user["UserName"])
    assert signed(api, credentials, target="/pets/1").status == 200
    iam.update_access_key(UserName=user["UserName"], AccessKeyId=credentials.access_key, Status="Inactive")
    assert signed(api, credentials, target="/pets/1").status == 403


def test_a_role_calls(route, iam, gatehouse):
    api = route()
    role = unique("role")
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    allowed = {"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(allowed))
    got = gatehouse.clients.service("sts").assume_role(RoleArn=made["Arn"], RoleSessionName="ss")["Credentials"]
    credentials = Credentials(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    answer = signed(api, credentials, target="/pets/1")
    assert json.loads(answer.text)["authorizer"]["iam"]["userArn"].endswith(f":assumed-role/{role}/ss")
    assert signed(api, Credentials(got["AccessKeyId"], got["SecretAccessKey"]), target="/pets/1").status == 403
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    assert signed(api, credentials, target="/pets/1").status == 403
