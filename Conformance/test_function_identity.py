"""Functions act as their roles: credentials in the environment, which end with it."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from harness.functions import Function, create_function, unique
from harness.iam import signed
from harness.server import ACCOUNT, REGION, Server
from test_iam import TRUST, error_of, make_role
from test_iam_routes import HANDLER

# Answers who it is and what it was given.
SOURCE = """
import boto3, os
def handler(event, context):
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    given = [os.environ[name] for name in names]
    if event.get("end"):
        os._exit(1)
    return {"arn": boto3.client("sts").get_caller_identity()["Arn"], "given": given}
"""


def client(gatehouse, given, service="sts"):
    return boto3.client(
        service, endpoint_url=gatehouse.url, region_name=REGION, aws_access_key_id=given[0],
        aws_secret_access_key=given[1], aws_session_token=given[2], config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def code(call, **parameters):
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]["Code"], raised.value.response["Error"]["Message"]


EXPIRED = ("ExpiredToken", "The security token included in the request is expired")
INVALID = ("InvalidClientTokenId", "The security token included in the request is invalid")


@pytest.fixture
def acting(gatehouse, iam):
    """A function with a role of its own."""
    role = make_role(iam, Path="/team/")
    function = create_function(gatehouse.clients, SOURCE, Role=role["Arn"])
    yield role, function
    function.delete()


def test_a_handler_is_its_role(gatehouse, acting):
    role, function = acting
    seen = function.invoke().json()
    expected = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/{function.name}"
    assert seen["arn"] == expected
    assert seen["given"][0].startswith("ASIA") and len(seen["given"][0]) == 20 and len(seen["given"][1]) == 40
    identity = client(gatehouse, seen["given"]).get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (expected, f"{role['RoleId']}:{function.name}")
    # A key without its token, with another secret, with another's token.
    assert code(client(gatehouse, seen["given"][:2] + [None]).get_caller_identity)[0] == "InvalidClientTokenId"
    wrong = client(gatehouse, [seen["given"][0], "w" * 40, seen["given"][2]])
    assert code(wrong.get_caller_identity)[0] == "SignatureDoesNotMatch"


def test_the_credentials_end_with_the_environment(gatehouse, acting):
    _, function = acting
    given = function.invoke().json()["given"]
    assert function.invoke({"end": True}).error
    again = function.invoke().json()["given"]
    assert again[0] != given[0] and again[2] != given[2]
    assert code(client(gatehouse, given).get_caller_identity) == EXPIRED
    assert client(gatehouse, again).get_caller_identity()["Account"] == ACCOUNT


def test_a_role_that_goes_takes_its_sessions_along(gatehouse, iam, acting):
    role, function = acting
    given = function.invoke().json()["given"]
    iam.delete_role(RoleName=role["RoleName"])
    assert code(client(gatehouse, given).get_caller_identity) == INVALID
    assert "InvalidClientTokenId" in function.invoke().json()["errorMessage"]
    other = make_role(iam, RoleName=role["RoleName"], Path="/team/")
    assert other["RoleId"] != role["RoleId"]
    seen = function.invoke().json()
    assert client(gatehouse, seen["given"]).get_caller_identity()["UserId"] == f"{other['RoleId']}:{function.name}"


def test_a_session_of_an_assumed_role_outlives_the_environment_that_asked_for_it(gatehouse, iam, acting):
    role, function = acting
    given = function.invoke().json()["given"]
    trust = {"Effect": "Allow", "Principal": {"AWS": role["Arn"]}, "Action": "sts:AssumeRole"}
    other = make_role(iam, AssumeRolePolicyDocument=json.dumps(TRUST | {"Statement": [trust]}))
    asked = client(gatehouse, given).assume_role(RoleArn=other["Arn"], RoleSessionName="other", DurationSeconds=900)
    assert asked["AssumedRoleUser"]["Arn"].endswith(f"/{other['RoleName']}/other")
    longer = client(gatehouse, given).assume_role
    assert code(longer, RoleArn=other["Arn"], RoleSessionName="other", DurationSeconds=3601)[0] == "ValidationError"


def test_a_server_that_comes_back_knows_no_environment_of_before(tmp_path):
    server = Server(tmp_path, data=tmp_path / "data")
    iam = server.clients.service("iam")
    role = make_role(iam)
    trust = {"Effect": "Allow", "Principal": {"AWS": role["Arn"]}, "Action": "sts:AssumeRole"}
    other = make_role(iam, AssumeRolePolicyDocument=json.dumps(TRUST | {"Statement": [trust]}))
    name = create_function(server.clients, SOURCE, Role=role["Arn"]).name
    given = Function(server.clients, name).invoke().json()["given"]
    assumed = client(server, given).assume_role(RoleArn=other["Arn"], RoleSessionName="other")["Credentials"]
    server.process.kill()
    server.process.wait()
    server = Server(tmp_path, data=tmp_path / "data")
    try:
        assert code(client(server, given).get_caller_identity) == EXPIRED
        longer = [assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]]
        assert client(server, longer).get_caller_identity()["Arn"].endswith(f"/{other['RoleName']}/other")
        again = Function(server.clients, name).invoke().json()
        assert again["arn"].endswith(f":assumed-role/{role['RoleName']}/{name}")
        assert code(client(server, given).get_caller_identity) == EXPIRED
        # Another one's secret under the token that lives.
        assert code(client(server, given[:2] + again["given"][2:]).get_caller_identity) == INVALID
    finally:
        server.stop()


def test_a_function_calls_an_api_by_what_its_role_may(gatehouse, iam, acting, http_api, function):  # noqa: F811
    role, caller = acting
    api = http_api()
    api.route("GET /pets", api.integrate_function(function(HANDLER), "2.0"), AuthorizationType="AWS_IAM")
    credentials = Credentials(*caller.invoke().json()["given"])
    assert signed(api, credentials, target="/pets").status == 403
    resource = f"arn:aws:execute-api:*:*:{api.id}/*/GET/pets"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=document)
    # At once, with the credentials that the environment has.
    answer = signed(api, credentials, target="/pets")
    assert answer.status == 200, answer.text
    who = json.loads(answer.text)["authorizer"]["iam"]
    assert who["userArn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/{caller.name}"
    assert caller.invoke({"end": True}).error
    caller.invoke()
    assert signed(api, credentials, target="/pets").status == 403


def test_a_role_that_is_made_up_gives_no_identity(function):
    target = function(SOURCE)
    assert target.invoke().json()["arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_lambda_has_to_be_trusted(gatehouse, iam):
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = make_role(iam, AssumeRolePolicyDocument=json.dumps(TRUST | {"Statement": [trust]}))
    refused = error_of(create_function, gatehouse.clients, SOURCE, Role=role["Arn"], name=unique("refused"))
    assert refused == (
        "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.",
    )  # fmt: skip
