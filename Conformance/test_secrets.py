"""Secrets Manager as boto3 and the AWS CLI meet it."""

import json
import subprocess
import uuid
from datetime import timedelta

import pytest

from harness.clients import SESSION, environment, refusal, refused_operations
from harness.iam import create_user, name
from harness.server import ACCOUNT, REGION

ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
MARKED = (
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
)
MISSING = ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


@pytest.fixture
def secrets(gatehouse):
    return gatehouse.clients.service("secretsmanager")


def members(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def test_every_operation_is_served_or_refused_by_name(secrets):
    refused = refused_operations(secrets)
    assert all("it has no" in message for message in refused.values())
    assert set(refused) == {
        "RotateSecret", "CancelRotateSecret", "ReplicateSecretToRegions", "RemoveRegionsFromReplication",
        "StopReplicationToReplica", "AssociateCrossAccountReplica", "DisassociateCrossAccountReplica",
        "ListResourcePolicies", "BatchGetSecretValue",
    }


@pytest.mark.parametrize("ending", ["", "/_+=.@-Name", "-a1b2", "-a1b2c3-"])
def test_a_secret_from_its_creation_to_its_end(secrets, ending):
    """The calls of the recorded case test_create_and_update_secret."""
    called = name() + ending
    made = secrets.create_secret(Name=called, SecretString="my_secret", Description="Testing secret creation.")
    arn = made["ARN"]
    assert arn.startswith(f"{ARN}{called}-") and len(arn) == len(f"{ARN}{called}-") + 6
    assert made["Name"] == called
    for way in [called, arn, arn[:-7]]:
        value = members(secrets.get_secret_value(SecretId=way))
        created = value.pop("CreatedDate")
        assert value == {
            "ARN": arn, "Name": called, "SecretString": "my_secret", "VersionId": made["VersionId"],
            "VersionStages": ["AWSCURRENT"],
        }
    assert members(secrets.describe_secret(SecretId=called)) == {
        "ARN": arn, "Name": called, "Description": "Testing secret creation.", "CreatedDate": created,
        "LastChangedDate": created, "VersionIdsToStages": {made["VersionId"]: ["AWSCURRENT"]},
    }
    put = secrets.put_secret_value(SecretId=called, SecretString="new_secret")
    assert put["VersionStages"] == ["AWSCURRENT"]
    assert secrets.get_secret_value(SecretId=called)["SecretString"] == "new_secret"
    previous = secrets.get_secret_value(SecretId=called, VersionStage="AWSPREVIOUS")
    assert (previous["SecretString"], previous["VersionId"]) == ("my_secret", made["VersionId"])
    updated = secrets.update_secret(SecretId=called, SecretString="third", Description="d")
    assert secrets.get_secret_value(SecretId=called, VersionId=updated["VersionId"])["SecretString"] == "third"
    listed = secrets.list_secret_version_ids(SecretId=called)["Versions"]
    assert {v["VersionId"]: v["VersionStages"] for v in listed} == {
        updated["VersionId"]: ["AWSCURRENT"], put["VersionId"]: ["AWSPREVIOUS"],
    }
    everything = secrets.list_secret_version_ids(SecretId=called, IncludeDeprecated=True)["Versions"]
    assert len(everything) == 3
    gone = secrets.delete_secret(SecretId=called, ForceDeleteWithoutRecovery=True)
    assert (gone["ARN"], gone["Name"]) == (arn, called)
    assert refusal(secrets.get_secret_value, SecretId=called) == MISSING
    again = secrets.create_secret(Name=called)
    assert again["ARN"] != arn and "VersionId" not in again
    assert refusal(secrets.describe_secret, SecretId=arn) == MISSING
    code, message = refusal(secrets.get_secret_value, SecretId=called)
    assert (code, message) == (
        MISSING[0], "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
    )


def test_binary_values(secrets):
    called = name()
    secrets.create_secret(Name=called, SecretBinary=b"\x00\xff")
    assert secrets.get_secret_value(SecretId=called)["SecretBinary"] == b"\x00\xff"
    code, message = refusal(secrets.put_secret_value, SecretId=called, SecretBinary=b"a", SecretString="hidden")
    assert code == "InvalidParameterException" and "both a binary" in message and "hidden" not in message


def test_tokens(secrets):
    called, token = name(), str(uuid.uuid4())
    first = secrets.create_secret(Name=called, SecretString="a", ClientRequestToken=token)
    assert first["VersionId"] == token
    assert members(secrets.create_secret(Name=called, SecretString="a", ClientRequestToken=token)) == members(first)
    assert refusal(secrets.create_secret, Name=called, SecretString="a") == (
        "ResourceExistsException", f"The operation failed because the secret {called} already exists."
    )
    assert refusal(secrets.put_secret_value, SecretId=called, SecretString="b", ClientRequestToken=token) == (
        "ResourceExistsException",
        f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret "
        f"{first['ARN']}.",
    )
    assert secrets.get_secret_value(SecretId=called)["SecretString"] == "a"


def test_the_recovery_window(secrets):
    called = name()
    secrets.create_secret(Name=called, SecretString="a")
    for days in [6, 31]:
        assert refusal(secrets.delete_secret, SecretId=called, RecoveryWindowInDays=days) == (
            "InvalidParameterException",
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        )
    code, _ = refusal(
        secrets.delete_secret, SecretId=called, RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True
    )
    assert code == "InvalidParameterException"
    date = secrets.delete_secret(SecretId=called, RecoveryWindowInDays=7)["DeletionDate"]
    described = secrets.describe_secret(SecretId=called)
    assert timedelta(days=6) < date - described["DeletedDate"] <= timedelta(days=7)
    for call, parameters in [
        (secrets.get_secret_value, {}), (secrets.put_secret_value, {"SecretString": "b"}),
        (secrets.update_secret, {"Description": "d"}), (secrets.delete_secret, {}),
        (secrets.tag_resource, {"Tags": [{"Key": "k", "Value": "v"}]}), (secrets.get_resource_policy, {}),
    ]:
        assert refusal(call, SecretId=called, **parameters) == MARKED
    assert refusal(secrets.create_secret, Name=called, SecretString="a") == (
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
    named = [{"Key": "name", "Values": [called]}]
    assert secrets.list_secrets(Filters=named)["SecretList"] == []
    assert len(secrets.list_secrets(Filters=named, IncludePlannedDeletion=True)["SecretList"]) == 1
    secrets.restore_secret(SecretId=called)
    assert secrets.get_secret_value(SecretId=called)["SecretString"] == "a"
    missing = secrets.delete_secret(SecretId=name(), ForceDeleteWithoutRecovery=True)
    assert missing["ARN"].startswith(ARN)
    assert refusal(secrets.delete_secret, SecretId=name()) == MISSING


def test_stages_move_by_hand(secrets):
    called = name()
    one = secrets.create_secret(Name=called, SecretString="1")["VersionId"]
    two = secrets.put_secret_value(SecretId=called, SecretString="2", VersionStages=["AWSPENDING"])["VersionId"]
    assert secrets.get_secret_value(SecretId=called)["SecretString"] == "1"
    code, message = refusal(
        secrets.update_secret_version_stage, SecretId=called, VersionStage="AWSCURRENT", MoveToVersionId=two
    )
    assert code == "InvalidParameterException" and "RemoveFromVersionId can't be empty" in message
    secrets.update_secret_version_stage(
        SecretId=called, VersionStage="AWSCURRENT", MoveToVersionId=two, RemoveFromVersionId=one
    )
    secrets.update_secret_version_stage(SecretId=called, VersionStage="AWSPENDING", RemoveFromVersionId=two)
    assert secrets.describe_secret(SecretId=called)["VersionIdsToStages"] == {
        one: ["AWSPREVIOUS"], two: ["AWSCURRENT"],
    }
    code, message = refusal(
        secrets.get_secret_value, SecretId=called, VersionId=one, VersionStage="AWSCURRENT"
    )
    assert code == "InvalidRequestException" and "not associated" in message
    code, _ = refusal(
        secrets.update_secret_version_stage, SecretId=called, VersionStage="AWSCURRENT", RemoveFromVersionId=two
    )
    assert code == "InvalidParameterException"


def test_lists(secrets):
    prefix = name()
    made = [f"{prefix}-{letter}" for letter in "abc"]
    for position, one in enumerate(made):
        secrets.create_secret(Name=one, Description=f"the {one} Word", Tags=[{"Key": f"k{position}", "Value": prefix}])

    def found(**parameters):
        pages = secrets.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": 2}, **parameters)
        return [secret["Name"] for page in pages for secret in page["SecretList"]]

    named = {"Key": "name", "Values": [prefix]}
    assert found(Filters=[named], SortBy="name") == made
    assert found(Filters=[named], SortBy="name", SortOrder="desc") == made[::-1]
    assert sorted(found(Filters=[named])) == made
    assert found(Filters=[named, {"Key": "tag-key", "Values": ["k1"]}]) == [made[1]]
    assert found(Filters=[named, {"Key": "name", "Values": [f"!{made[0]}"]}], SortBy="name") == made[1:]
    assert sorted(found(Filters=[{"Key": "tag-value", "Values": [prefix]}])) == made
    assert sorted(found(Filters=[named, {"Key": "description", "Values": ["word"]}])) == made
    assert refusal(secrets.list_secrets, NextToken="?")[0] == "InvalidNextTokenException"
    code, message = refusal(secrets.list_secrets, SortBy="last-accessed-date")
    assert code == "InvalidParameterException" and "Gatehouse does not note" in message
    secrets.untag_resource(SecretId=made[0], TagKeys=["k0"])
    secrets.tag_resource(SecretId=made[0], Tags=[{"Key": "x", "Value": "y"}])
    assert secrets.describe_secret(SecretId=made[0])["Tags"] == [{"Key": "x", "Value": "y"}]


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"Name": "a b"}, "ValidationException", "Invalid name. Must be a valid name containing alphanumeric"),
        ({"Name": ""}, "ValidationException", "greater than or equal to 1"),
        ({"SecretString": "s" * 65_537}, "ValidationException", "65536"),
        ({"KmsKeyId": "alias/mine"}, "InvalidParameterException", "no keys of KMS"),
        ({"AddReplicaRegions": [{"Region": "eu-west-1"}]}, "ValidationException", "AddReplicaRegions"),
        ({"ClientRequestToken": "short"}, "ValidationException", "greater than or equal to 32"),
        ({"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, "InvalidParameterException", "50"),
    ],
)
def test_what_creation_refuses(secrets, parameters, code, words):
    found, message = refusal(secrets.create_secret, **({"Name": name(), "SecretString": "hidden"} | parameters))
    assert found == code and words in message
    assert "hidden" not in message and "ssss" not in message


def test_random_passwords(secrets):
    def made(**parameters):
        return secrets.get_random_password(**parameters)["RandomPassword"]

    assert len(made()) == 32
    assert set(made(PasswordLength=64, ExcludePunctuation=True, ExcludeLowercase=True, ExcludeUppercase=True)) <= set(
        "0123456789"
    )
    assert not set(made(PasswordLength=500, ExcludeCharacters="abc\"@/\\")) & set("abc\"@/\\")
    assert refusal(secrets.get_random_password, PasswordLength=3)[0] == "InvalidParameterException"
    assert refusal(secrets.get_random_password, PasswordLength=4_097)[0] == "ValidationException"


def test_values_are_sealed_on_the_disk_and_survive_a_restart(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    server.clients.service("secretsmanager").create_secret(Name="s", SecretString="plain-as-day")
    server.stop()
    for file in (tmp_path / "data").rglob("*"):
        assert file.is_dir() or b"plain-as-day" not in file.read_bytes(), file
    assert "plain-as-day" not in server.output
    again = own_gatehouse(data=tmp_path / "data").clients.service("secretsmanager")
    assert again.get_secret_value(SecretId="s")["SecretString"] == "plain-as-day"


def signed_client(gatehouse, keys):
    return SESSION.client(
        "secretsmanager", endpoint_url=gatehouse.url, aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def test_policies_of_callers_and_of_secrets(gatehouse, secrets):
    mine, other = name(), name()
    arn = secrets.create_secret(Name=mine, SecretString="a")["ARN"]
    other_arn = secrets.create_secret(Name=other, SecretString="b")["ARN"]
    user, keys = create_user(
        gatehouse.clients.service("iam"), Action="secretsmanager:GetSecretValue", Resource=f"{ARN}{mine}-??????"
    )
    client = signed_client(gatehouse, keys)
    for way in [mine, arn]:
        assert client.get_secret_value(SecretId=way)["SecretString"] == "a"
    code, message = refusal(client.get_secret_value, SecretId=other)
    assert code == "AccessDeniedException" and f"secretsmanager:GetSecretValue on resource: {other_arn}" in message
    assert refusal(client.put_secret_value, SecretId=mine, SecretString="b")[0] == "AccessDeniedException"

    assert "ResourcePolicy" not in secrets.get_resource_policy(SecretId=other)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow", "Principal": {"AWS": user["Arn"]}, "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
            }
        ],
    }
    secrets.put_resource_policy(SecretId=other, ResourcePolicy=json.dumps(policy), BlockPublicPolicy=True)
    assert json.loads(secrets.get_resource_policy(SecretId=other)["ResourcePolicy"]) == policy
    assert client.get_secret_value(SecretId=other)["SecretString"] == "b"
    policy["Statement"][0]["Effect"] = "Deny"
    secrets.put_resource_policy(SecretId=mine, ResourcePolicy=json.dumps(policy))
    assert "explicit deny" in refusal(client.get_secret_value, SecretId=mine)[1]
    secrets.delete_resource_policy(SecretId=mine)
    assert client.get_secret_value(SecretId=mine)["SecretString"] == "a"

    assert refusal(secrets.put_resource_policy, SecretId=mine, ResourcePolicy="{")[0] == (
        "MalformedPolicyDocumentException"
    )
    policy["Statement"][0] |= {"Effect": "Allow", "Principal": "*"}
    code, _ = refusal(
        secrets.put_resource_policy, SecretId=mine, ResourcePolicy=json.dumps(policy), BlockPublicPolicy=True
    )
    assert code == "PublicPolicyException"
    assert not secrets.validate_resource_policy(ResourcePolicy=json.dumps(policy))["PolicyValidationPassed"]


def test_the_cli(gatehouse):
    def aws(*arguments):
        run = subprocess.run(
            ["aws", "secretsmanager", *arguments], env=environment(gatehouse.url), capture_output=True, text=True,
            timeout=60,
        )
        return run.returncode, run.stdout, run.stderr

    called = name()
    code, output, _ = aws("create-secret", "--name", called, "--secret-string", '{"user":"u"}')
    assert code == 0 and json.loads(output)["Name"] == called
    code, output, _ = aws(
        "get-secret-value", "--secret-id", called, "--query", "SecretString", "--output", "text"
    )
    assert (code, output) == (0, '{"user":"u"}\n')
    code, _, errors = aws("rotate-secret", "--secret-id", called)
    assert code != 0 and "it has no rotation" in errors
