"""IAM as its clients see it: botocore parses each answer, and the answer has what the model and AWS's recorded ones have."""

import json

import pytest

from harness import clients
from harness.clients import SESSION
from harness.iam import name
from harness.server import ACCOUNT

MODEL = SESSION.client("iam", endpoint_url="http://localhost").meta.service_model

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/%3Akey *"}],
}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def error_of(call, *arguments, **parameters):
    """Code and message."""
    error = clients.error_of(call, *arguments, **parameters)
    return error.code, error.message


def make_role(iam, **parameters):
    parameters = {"RoleName": name(), "AssumeRolePolicyDocument": json.dumps(TRUST)} | parameters
    return iam.create_role(**parameters)["Role"]


def members(answer):
    return set(answer) - {"ResponseMetadata"}


def test_every_operation_is_served_or_refused_by_name(gatehouse):
    """A call without parameters says which it is: what is served asks for them."""
    from botocore.config import Config

    client = SESSION.client(
        "iam", endpoint_url=gatehouse.url, config=Config(parameter_validation=False, retries={"total_max_attempts": 1})
    )
    unknown = []
    for operation in MODEL.operation_names:
        try:
            client._make_api_call(operation, {})
        except client.exceptions.ClientError as error:
            facts = error.response["Error"]
            if facts["Code"] == "InvalidAction" and f"does not serve '{operation}' of the service 'iam'" in facts["Message"]:
                continue
            if facts["Code"] not in ("ValidationError", "InvalidInput", "NoSuchEntity", "AccessDenied"):
                unknown.append((operation, facts))
    assert unknown == []


def test_a_role_as_recorded(iam):
    role = make_role(iam, Path="/team/", Tags=[{"Key": "test", "Value": "value"}])
    assert set(role) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument", "Tags"}
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/{role['RoleName']}"
    assert role["RoleId"].startswith("AROA") and len(role["RoleId"]) == 21
    assert role["AssumeRolePolicyDocument"] == TRUST
    got = iam.get_role(RoleName=role["RoleName"])["Role"]
    assert got == role | {"MaxSessionDuration": 3600, "RoleLastUsed": {}}
    listed = iam.list_roles(PathPrefix="/team/")["Roles"]
    assert [one for one in listed if one["RoleName"] == role["RoleName"]] == [
        {key: value for key, value in got.items() if key not in ("Tags", "RoleLastUsed")}
    ]
    plain = iam.get_role(RoleName=make_role(iam)["RoleName"])["Role"]
    assert "Tags" not in plain and "Description" not in plain and "PermissionsBoundary" not in plain


def test_a_role_is_changed(iam):
    role = make_role(iam)["RoleName"]
    assert iam.update_role_description(RoleName=role, Description="said")["Role"]["Description"] == "said"
    iam.update_role(RoleName=role, MaxSessionDuration=7200)
    other = TRUST | {"Statement": [TRUST["Statement"][0] | {"Principal": {"AWS": ACCOUNT}}]}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(other))
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.tag_role(RoleName=role, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    iam.tag_role(RoleName=role, Tags=[{"Key": "A", "Value": "2"}])
    got = iam.get_role(RoleName=role)["Role"]
    assert (got["Description"], got["MaxSessionDuration"], got["AssumeRolePolicyDocument"]) == ("said", 7200, other)
    assert got["PermissionsBoundary"]["PermissionsBoundaryArn"] == "arn:aws:iam::aws:policy/PowerUserAccess"
    assert iam.list_role_tags(RoleName=role)["Tags"] == [{"Key": "A", "Value": "2"}, {"Key": "b", "Value": ""}]
    iam.untag_role(RoleName=role, TagKeys=["A", "b", "c"])
    iam.delete_role_permissions_boundary(RoleName=role)
    got = iam.get_role(RoleName=role)["Role"]
    assert "Tags" not in got and "PermissionsBoundary" not in got


def test_policies_of_a_role(iam):
    role = make_role(iam)["RoleName"]
    text = json.dumps(DOCUMENT, indent=2)
    iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=text)
    got = iam.get_role_policy(RoleName=role, PolicyName="own")
    assert (got["RoleName"], got["PolicyName"], got["PolicyDocument"]) == (role, "own", DOCUMENT)
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["own"]
    made = iam.create_policy(PolicyName=name(), PolicyDocument=text)["Policy"]
    iam.attach_role_policy(RoleName=role, PolicyArn=BASIC)
    iam.attach_role_policy(RoleName=role, PolicyArn=made["Arn"])
    iam.attach_role_policy(RoleName=role, PolicyArn=made["Arn"])
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert {one["PolicyName"] for one in attached} == {"AWSLambdaBasicExecutionRole", made["PolicyName"]}
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"]["AttachmentCount"] == 1
    assert [one["RoleName"] for one in iam.list_entities_for_policy(PolicyArn=made["Arn"])["PolicyRoles"]] == [role]
    error = error_of(iam.delete_policy, PolicyArn=made["Arn"])
    assert error == ("DeleteConflict", "Cannot delete a policy attached to entities.")
    assert error_of(iam.delete_role, RoleName=role)[0] == "DeleteConflict"
    for arn in (BASIC, made["Arn"]):
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    assert error_of(iam.delete_role, RoleName=role) == (
        "DeleteConflict", "Cannot delete entity, must delete policies first.",
    )  # fmt: skip
    iam.delete_role_policy(RoleName=role, PolicyName="own")
    assert iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"] == []
    iam.delete_role(RoleName=role)
    iam.delete_policy(PolicyArn=made["Arn"])
    assert error_of(iam.get_role, RoleName=role) == ("NoSuchEntity", f"The role with name {role} cannot be found.")


def test_a_document_survives_encoding(iam):
    """Recorded: what is percent-encoded in a document stays so."""
    role = make_role(iam)["RoleName"]
    text = '{"Version":"2012-10-17","Statement":[{"Resource":"arn:aws:s3:::b/a%3Ab + c","Effect":"Allow","Action":"s3:*"}]}'
    iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=text)
    got = iam.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"]
    assert json.dumps(got, separators=(",", ":")) == text


def test_a_managed_policy_and_its_versions(iam):
    tags = [{"Key": "k", "Value": "v"}]
    policy = iam.create_policy(
        PolicyName=name(), Path="/p/", PolicyDocument=json.dumps(DOCUMENT), Description="why", Tags=tags
    )["Policy"]
    assert set(policy) == {
        "PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId", "AttachmentCount", "IsAttachable", "CreateDate",
        "PermissionsBoundaryUsageCount", "UpdateDate", "Tags",
    }  # fmt: skip
    arn = policy["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/p/{policy['PolicyName']}"
    assert iam.get_policy(PolicyArn=arn)["Policy"] == policy | {"Description": "why"}
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == DOCUMENT
    other = json.dumps(DOCUMENT | {"Id": "other"})
    for number in range(2, 6):
        version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=other, SetAsDefault=number == 2)["PolicyVersion"]
        assert (version["VersionId"], version["IsDefaultVersion"]) == (f"v{number}", number == 2)
    assert error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=other)[0] == "LimitExceeded"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    assert error_of(iam.delete_policy_version, PolicyArn=arn, VersionId="v2") == (
        "DeleteConflict", "Cannot delete the default version of a policy.",
    )  # fmt: skip
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v5")
    assert error_of(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
    for version in ("v1", "v2", "v3", "v4"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    assert [one["VersionId"] for one in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v5"]
    assert error_of(iam.get_policy_version, PolicyArn=arn, VersionId="v1")[0] == "NoSuchEntity"
    iam.untag_policy(PolicyArn=arn, TagKeys=["k"])
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Tags"] == []
    iam.delete_policy(PolicyArn=arn)
    assert error_of(iam.delete_policy, PolicyArn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.")


def test_policies_of_aws(iam):
    policy = iam.get_policy(PolicyArn=BASIC)["Policy"]
    assert (policy["DefaultVersionId"], policy["Path"]) == ("v1", "/service-role/")
    document = iam.get_policy_version(PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    listed = {one["PolicyName"] for one in iam.get_paginator("list_policies").paginate(Scope="AWS").search("Policies")}
    assert {"AdministratorAccess", "AWSLambda_FullAccess", "ReadOnlyAccess"} <= listed
    role = make_role(iam)["RoleName"]
    rare = "arn:aws:iam::aws:policy/AmazonWorkDocsFullAccess"
    iam.attach_role_policy(RoleName=role, PolicyArn=rare)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == [
        {"PolicyName": "AmazonWorkDocsFullAccess", "PolicyArn": rare}
    ]
    assert error_of(iam.delete_policy, PolicyArn=BASIC)[0] == "AccessDenied"


def test_instance_profiles(iam):
    role, profile = make_role(iam)["RoleName"], name()
    made = iam.create_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert made["Roles"] == [] and made["InstanceProfileId"].startswith("AIPA")
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    got = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert [one["RoleName"] for one in got["Roles"]] == [role]
    assert error_of(iam.add_role_to_instance_profile, InstanceProfileName=profile, RoleName=role)[0] == "LimitExceeded"
    assert error_of(iam.delete_role, RoleName=role) == (
        "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.",
    )  # fmt: skip
    assert error_of(iam.delete_instance_profile, InstanceProfileName=profile)[0] == "DeleteConflict"
    names = [one["InstanceProfileName"] for one in iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]]
    assert names == [profile]
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.tag_instance_profile(InstanceProfileName=profile, Tags=[{"Key": "k", "Value": "v"}])
    assert iam.list_instance_profile_tags(InstanceProfileName=profile)["Tags"] == [{"Key": "k", "Value": "v"}]
    iam.delete_instance_profile(InstanceProfileName=profile)
    assert error_of(iam.get_instance_profile, InstanceProfileName=profile) == (
        "NoSuchEntity", f"Instance Profile {profile} cannot be found.",
    )  # fmt: skip


STATEMENT = DOCUMENT["Statement"][0]
FAULTS = [
    ("no json", "This policy contains invalid Json"),
    ({"Version": "2012-10-17"}, "Syntax errors in policy."),
    ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "Policy statement must contain actions."),
    ({"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}, "Policy statement must contain resources."),
    ({"Statement": [STATEMENT | {"Action": "GetObject"}]}, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    ({"Statement": [STATEMENT | {"Action": "s3:a:b"}]}, "Actions/Condition can contain only one colon."),
    ({"Statement": [STATEMENT, STATEMENT]}, "Statement IDs (SID) in a single policy must be unique."),
    ({"Statement": [STATEMENT | {"Principal": "*"}]}, "Has prohibited field Principal."),
    ({"Statement": [STATEMENT | {"Condition": {"StringIs": {"a": "b"}}}]}, "Syntax errors in policy."),
]


@pytest.mark.parametrize(("document", "message"), FAULTS, ids=[message[:30] for _, message in FAULTS])
def test_a_policy_that_is_none(iam, document, message):
    text = document if isinstance(document, str) else json.dumps(document)
    assert error_of(iam.create_policy, PolicyName=name(), PolicyDocument=text) == ("MalformedPolicyDocument", message)


def test_a_trust_policy_that_is_none(iam):
    def fault(**changes):
        document = TRUST | {"Statement": [TRUST["Statement"][0] | changes]}
        return error_of(iam.create_role, RoleName=name(), AssumeRolePolicyDocument=json.dumps(document))

    assert fault(Resource="*") == ("MalformedPolicyDocument", "Has prohibited field Resource.")
    assert fault(Action="s3:Get*") == (
        "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.",
    )  # fmt: skip


def test_names_and_numbers(iam):
    role = make_role(iam)["RoleName"]
    assert error_of(make_role, iam, RoleName=role) == ("EntityAlreadyExists", f"Role with name {role} already exists.")
    assert error_of(make_role, iam, RoleName=role.upper())[0] == "EntityAlreadyExists"
    assert error_of(make_role, iam, RoleName="a b")[0] == "ValidationError"
    assert error_of(make_role, iam, Path="x")[0] == "ValidationError"
    assert error_of(make_role, iam, RoleName="n" * 65)[0] == "ValidationError"
    assert error_of(make_role, iam, MaxSessionDuration=50_000)[0] == "ValidationError"
    assert error_of(iam.attach_role_policy, RoleName=role, PolicyArn="longer-than-twenty-characters") == (
        "ValidationError", "Invalid ARN:  Could not be parsed!",
    )  # fmt: skip
    missing_policy = f"arn:aws:iam::{ACCOUNT}:policy/none"
    assert error_of(iam.attach_role_policy, RoleName=role, PolicyArn=missing_policy) == (
        "NoSuchEntity", f"Policy {missing_policy} does not exist or is not attachable.",
    )  # fmt: skip
    assert error_of(iam.get_role_policy, RoleName=role, PolicyName="own") == (
        "NoSuchEntity", "The role policy with name own cannot be found.",
    )  # fmt: skip
    large = json.dumps(DOCUMENT | {"Id": "x" * 10_240})
    assert error_of(iam.put_role_policy, RoleName=role, PolicyName="own", PolicyDocument=large)[0] == "LimitExceeded"


def test_lists_have_pages(iam):
    path = f"/{name()}/"
    names = sorted(make_role(iam, Path=path)["RoleName"] for _ in range(5))
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2}))
    assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [names[:2], names[2:4], names[4:]]
    assert error_of(iam.list_roles, Marker="%")[0] == "ValidationError"


def test_what_was_made_is_there_after_a_kill(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    client = SESSION.client("iam", endpoint_url=server.url)
    role = make_role(client, Tags=[{"Key": "k", "Value": "v"}])["RoleName"]
    client.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))
    client.attach_role_policy(RoleName=role, PolicyArn=BASIC)
    before = client.get_role(RoleName=role)["Role"]
    server.kill()
    client = SESSION.client("iam", endpoint_url=own_gatehouse(data=tmp_path / "data").url)
    assert client.get_role(RoleName=role)["Role"] == before
    assert client.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"] == DOCUMENT
    assert client.list_attached_role_policies(RoleName=role)["AttachedPolicies"][0]["PolicyArn"] == BASIC
