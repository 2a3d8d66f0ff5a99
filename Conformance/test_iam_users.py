"""Users, groups and keys of IAM, and who STS says that somebody is."""

import datetime
import json

import boto3
import pytest
from botocore.config import Config

from harness import wire
from harness.iam import name
from harness.server import ACCOUNT, REGION
from test_iam import DOCUMENT, TRUST, error_of, make_role


def session(gatehouse, credentials, service, **config):
    return boto3.client(
        service,
        endpoint_url=gatehouse.url,
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


@pytest.fixture
def user(iam):
    """A user with a key, whom no policy lets do anything."""
    made = iam.create_user(UserName=name(), Path="/team/")["User"]
    return made, iam.create_access_key(UserName=made["UserName"])["AccessKey"]


def test_a_user_lives_and_goes(iam):
    user_name = name()
    made = iam.create_user(UserName=user_name, Tags=[{"Key": "k", "Value": "v"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{user_name}" and made["UserId"].startswith("AIDA")
    assert iam.get_user(UserName=user_name)["User"] == made
    assert error_of(iam.create_user, UserName=user_name)[0] == "EntityAlreadyExists"
    group = name()
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=user_name)
    assert [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]] == [user_name]
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=user_name)["Groups"]] == [group]
    iam.put_user_policy(UserName=user_name, PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))
    iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))
    assert iam.get_group_policy(GroupName=group, PolicyName="own")["PolicyDocument"] == DOCUMENT
    assert error_of(iam.delete_group, GroupName=group)[0] == "DeleteConflict"
    assert error_of(iam.delete_user, UserName=user_name)[0] == "DeleteConflict"
    iam.remove_user_from_group(GroupName=group, UserName=user_name)
    iam.delete_group_policy(GroupName=group, PolicyName="own")
    iam.delete_group(GroupName=group)
    assert error_of(iam.delete_user, UserName=user_name) == (
        "DeleteConflict", "Cannot delete entity, must delete policies first.",
    )  # fmt: skip
    iam.delete_user_policy(UserName=user_name, PolicyName="own")
    iam.delete_user(UserName=user_name)
    assert error_of(iam.get_user, UserName=user_name) == (
        "NoSuchEntity", f"The user with name {user_name} cannot be found.",
    )  # fmt: skip


def test_keys_of_a_user(iam, user):
    user, key = user
    assert len(key["AccessKeyId"]) == 20 and key["AccessKeyId"].startswith("AKIA") and len(key["SecretAccessKey"]) == 40
    user_name = user["UserName"]
    other = iam.create_access_key(UserName=user_name)["AccessKey"]
    assert error_of(iam.create_access_key, UserName=user_name) == (
        "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2",
    )  # fmt: skip
    iam.update_access_key(UserName=user_name, AccessKeyId=other["AccessKeyId"], Status="Inactive")
    listed = {one["AccessKeyId"]: one["Status"] for one in iam.list_access_keys(UserName=user_name)["AccessKeyMetadata"]}
    assert listed == {key["AccessKeyId"]: "Active", other["AccessKeyId"]: "Inactive"}
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert (used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]) == (user_name, "N/A")
    iam.delete_access_key(UserName=user_name, AccessKeyId=other["AccessKeyId"])


def test_an_open_id_connect_provider(iam):
    host = name()
    arn = iam.create_open_id_connect_provider(Url=f"https://{host}.example.com/a", ClientIDList=["c"])[
        "OpenIDConnectProviderArn"
    ]
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (got["Url"], got["ClientIDList"]) == (f"{host}.example.com/a", ["c"])
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="d")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["c", "d"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert error_of(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)[0] == "NoSuchEntity"


def test_who_a_key_is(gatehouse, iam, user):
    user, key = user
    sts = session(gatehouse, key, "sts")
    identity = sts.get_caller_identity()
    assert (identity["Arn"], identity["UserId"], identity["Account"]) == (user["Arn"], user["UserId"], ACCOUNT)
    iam.attach_user_policy(UserName=user["UserName"], PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    assert session(gatehouse, key, "iam").get_user()["User"]["UserName"] == user["UserName"]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used["ServiceName"] in ("sts", "iam")
    unknown = {"AccessKeyId": "AKIAUNKNOWN", "SecretAccessKey": "x"}
    assert session(gatehouse, unknown, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", lambda client: client.get_caller_identity(), "SignatureDoesNotMatch"),
        ("lambda", lambda client: client.list_functions(), "InvalidSignatureException"),
        ("apigateway", lambda client: client.create_rest_api(name="n"), "InvalidSignatureException"),
        ("dynamodb", lambda client: client.list_tables(), "InvalidSignatureException"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_known_key_is_always_verified(gatehouse, iam, user, service, call, code):
    user, key = user
    iam.attach_user_policy(UserName=user["UserName"], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    if service != "apigateway":
        call(session(gatehouse, key, service))
    wrong = key | {"SecretAccessKey": "x" * 40}
    found, message = error_of(call, session(gatehouse, wrong, service))
    assert found == code
    assert message.startswith("The request signature we calculated does not match the signature you provided.")


def test_a_disabled_key_lets_nobody_in(gatehouse, iam, user):
    user, key = user
    iam.update_access_key(UserName=user["UserName"], AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert error_of(session(gatehouse, key, "sts").get_caller_identity) == (
        "InvalidClientTokenId", "The security token included in the request is invalid.",
    )  # fmt: skip
    assert error_of(session(gatehouse, key, "lambda").list_functions)[0] == "UnrecognizedClientException"


def test_a_role_is_assumed(gatehouse, iam, user):
    user, key = user
    trust = TRUST | {"Statement": [TRUST["Statement"][0] | {"Principal": {"AWS": user["Arn"]}}]}
    role = make_role(iam, AssumeRolePolicyDocument=json.dumps(trust), Path="/p/")
    sts = session(gatehouse, key, "sts")
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="ss")
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/ss"
    assert answer["AssumedRoleUser"] == {"Arn": arn, "AssumedRoleId": f"{role['RoleId']}:ss"}
    assert "PackedPolicySize" not in answer
    credentials = answer["Credentials"]
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)
    assumed = session(gatehouse, credentials, "sts")
    assert assumed.get_caller_identity()["Arn"] == arn
    assert assumed.get_caller_identity()["UserId"] == f"{role['RoleId']}:ss"
    wrong = credentials | {"SecretAccessKey": "x" * 40}
    assert error_of(session(gatehouse, wrong, "sts").get_caller_identity)[0] == "SignatureDoesNotMatch"
    # Nobody else may, and an unknown role is told in the same words.
    denied = f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: sts:AssumeRole on resource: "
    anybody = session(gatehouse, {"AccessKeyId": "A" * 20, "SecretAccessKey": "x"}, "sts")
    assert error_of(anybody.assume_role, RoleArn=role["Arn"], RoleSessionName="ss") == ("AccessDenied", denied + role["Arn"])
    missing = f"arn:aws:iam::{ACCOUNT}:role/none"
    assert error_of(anybody.assume_role, RoleArn=missing, RoleSessionName="ss") == ("AccessDenied", denied + missing)
    # A session ends with its role.
    iam.delete_role(RoleName=role["RoleName"])
    assert error_of(assumed.get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_trust_policy_does_not_mean_those_who_have_the_name_later(gatehouse, iam, user):
    user, key = user
    trust = TRUST | {"Statement": [TRUST["Statement"][0] | {"Principal": {"AWS": user["Arn"]}}]}
    role = make_role(iam, AssumeRolePolicyDocument=json.dumps(trust))
    asked = {"RoleArn": role["Arn"], "RoleSessionName": "ss"}
    session(gatehouse, key, "sts").assume_role(**asked)
    iam.delete_access_key(UserName=user["UserName"], AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=user["UserName"])
    shown = iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": user["UserId"]}
    update = {"RoleName": role["RoleName"], "PolicyDocument": json.dumps(trust)}
    assert error_of(iam.update_assume_role_policy, **update) == (
        "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{user["Arn"]}"',
    )  # fmt: skip
    iam.create_user(UserName=user["UserName"], Path="/team/")
    later = session(gatehouse, iam.create_access_key(UserName=user["UserName"])["AccessKey"], "sts")
    assert error_of(later.assume_role, **asked)[0] == "AccessDenied"
    iam.update_assume_role_policy(**update)
    later.assume_role(**asked)


def test_an_account_in_a_trust_policy_leaves_it_to_its_own(gatehouse, iam, user):
    user, key = user
    trust = TRUST | {"Statement": [TRUST["Statement"][0] | {"Principal": {"AWS": ACCOUNT}}]}
    role = make_role(iam, AssumeRolePolicyDocument=json.dumps(trust))
    sts = session(gatehouse, key, "sts")
    assert error_of(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="ss")[0] == "AccessDenied"
    allowed = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["Arn"]}]}
    iam.put_user_policy(UserName=user["UserName"], PolicyName="p", PolicyDocument=json.dumps(allowed))
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="ss", Policy=json.dumps(DOCUMENT))
    assert 0 < answer["PackedPolicySize"] <= 100
    iam.put_user_permissions_boundary(
        UserName=user["UserName"], PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3FullAccess"
    )
    assert error_of(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="ss")[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"RoleArn": "nothing-valid-in-here"}, "nothing-valid-in-here is invalid"),
        ({"RoleArn": "arn::b:::something/test-role"}, "arn::b:::something/test-role is invalid"),
        ({"RoleSessionName": "Session1:2"}, "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed "
            r"to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*"),
        ({"DurationSeconds": 43201}, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_role_that_cannot_be_asked_for(gatehouse, parameters, message):
    sts = session(gatehouse, {"AccessKeyId": "A" * 20, "SecretAccessKey": "x"}, "sts", parameter_validation=False)
    asked = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "RoleSessionName": "ss"} | parameters
    code, found = error_of(sts.assume_role, **asked)
    assert code == "ValidationError" and found == (message or found)


def test_a_plain_session(gatehouse, user):
    user, key = user
    credentials = session(gatehouse, key, "sts").get_session_token()["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    sts = session(gatehouse, credentials, "sts")
    assert sts.get_caller_identity()["Arn"] == user["Arn"]
    assert error_of(sts.get_session_token) == (
        "AccessDenied", "Cannot call GetSessionToken with session credentials",
    )  # fmt: skip


def test_keys_are_good_after_a_kill_and_are_not_told(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    root = {"AccessKeyId": "A" * 20, "SecretAccessKey": "x"}
    client = session(server, root, "iam")
    user = client.create_user(UserName="u")["User"]
    key = client.create_access_key(UserName="u")["AccessKey"]
    token = session(server, key, "sts").get_session_token()["Credentials"]
    server.kill()
    for file in (tmp_path / "data").iterdir():
        if file.is_file():
            assert key["SecretAccessKey"].encode() not in file.read_bytes()
    server = own_gatehouse(data=tmp_path / "data")
    for credentials in (key, token):
        assert session(server, credentials, "sts").get_caller_identity()["Arn"] == user["Arn"]


def test_a_known_key_never_passes_for_a_stranger(gatehouse, iam, user):
    """Named beside another one, in another spelling, deleted, or of a session without its token."""
    user, key = user
    scope = "20260101/us-east-1/sts/aws4_request"
    known = f"AWS4-HMAC-SHA256 Credential={key['AccessKeyId']}/{scope}, SignedHeaders=host, Signature=0"
    query = f"/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credentia%6C={key['AccessKeyId']}%2F{scope.replace('/', '%2F')}"
    for target, headers in [
        ("/?Action=GetCallerIdentity", [("Authorization", "x"), ("Authorization", known)]),
        ("/?Action=GetCallerIdentity", [("Authorization", "Bearer x"), ("Authorization", known)]),
        (query, []),
        (query, [("Authorization", "x")]),
    ]:
        answer = wire.fetch(gatehouse.management, "GET", target, "sts.localhost", headers)
        assert answer.status in (400, 403) and ":root" not in answer.text, (target, headers, answer.text)
    session_key = session(gatehouse, key, "sts").get_session_token()["Credentials"]
    del session_key["SessionToken"]
    assert error_of(session(gatehouse, session_key, "sts").get_caller_identity)[0] == "InvalidClientTokenId"
    session_key["SessionToken"] = "changed"
    assert error_of(session(gatehouse, session_key, "sts").get_caller_identity)[0] == "InvalidClientTokenId"
    iam.delete_access_key(UserName=user["UserName"], AccessKeyId=key["AccessKeyId"])
    assert error_of(session(gatehouse, key, "sts").get_caller_identity)[0] == "InvalidClientTokenId"
    iam.delete_user(UserName=user["UserName"])
    assert error_of(session(gatehouse, key, "lambda").list_functions)[0] == "UnrecognizedClientException"


def test_a_plain_session_does_not_reach_iam(gatehouse, user):
    _, key = user
    credentials = session(gatehouse, key, "sts").get_session_token()["Credentials"]
    assert error_of(session(gatehouse, credentials, "iam").list_users)[0] == "InvalidClientTokenId"


def test_what_was_let_in_as_a_pools_is_nothing_else(gatehouse):
    """The target's authority names a pool's domain, the Host field this server: no operation is reached."""
    target = "http://x.auth.us-east-1.localhost/2015-03-31/functions"
    answer = wire.fetch(gatehouse.management, "GET", target, "localhost", {"Origin": "https://evil.example"})
    assert answer.status in (400, 403, 404) and "Functions" not in answer.text
