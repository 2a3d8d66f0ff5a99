"""What policies would say: simulations, the keys that they ask for, and all that an account has."""

import json

import pytest

from harness.iam import name
from harness.server import ACCOUNT
from test_iam import BASIC, TRUST, error_of, make_role


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource} | more


def custom(iam, policies, actions, **parameters):
    answer = iam.simulate_custom_policy(PolicyInputList=policies, ActionNames=actions, **parameters)
    assert answer["IsTruncated"] is False
    return answer["EvaluationResults"]


def decisions(results):
    return [result["EvalDecision"] for result in results]


@pytest.mark.parametrize("kind", ["role", "group", "user"])
def test_a_simulation_as_recorded(iam, kind):
    document = {
        "Version": "2012-10-17",
        "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
    }
    managed = iam.create_policy(PolicyName=name(), PolicyDocument=json.dumps(document))["Policy"]
    holder = name()
    if kind == "role":
        arn = make_role(iam, RoleName=holder)["Arn"]
        iam.attach_role_policy(RoleName=holder, PolicyArn=managed["Arn"])
    elif kind == "group":
        arn = iam.create_group(GroupName=holder)["Group"]["Arn"]
        iam.attach_group_policy(GroupName=holder, PolicyArn=managed["Arn"])
    else:
        arn = iam.create_user(UserName=holder)["User"]["Arn"]
        iam.attach_user_policy(UserName=holder, PolicyArn=managed["Arn"])
    answer = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["s3:PutObject", "s3:GetObjectVersion"], ResourceArns=["arn:aws:s3:::bucket"]
    )
    matched = {
        "SourcePolicyId": managed["PolicyName"],
        "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": 1, "Column": 41},
        "EndPosition": {"Line": 1, "Column": 113},
    }

    def result(action, decision, matched):
        return {
            "EvalActionName": action,
            "EvalDecision": decision,
            "EvalDecisionDetails": {},
            "EvalResourceName": "arn:aws:s3:::bucket",
            "MatchedStatements": matched,
            "MissingContextValues": [],
            "ResourceSpecificResults": [
                {
                    "EvalResourceDecision": decision,
                    "EvalResourceName": "arn:aws:s3:::bucket",
                    "MatchedStatements": matched,
                    "MissingContextValues": [],
                }
            ],
        }

    assert answer["EvaluationResults"] == [
        result("s3:PutObject", "allowed", [matched]), result("s3:GetObjectVersion", "implicitDeny", []),
    ]  # fmt: skip
    assert answer["IsTruncated"] is False


def test_every_policy_of_a_user_counts(iam):
    user, group = name(), name()
    arn = iam.create_user(UserName=user, Path="/team/")["User"]["Arn"]
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=policy(allow("sqs:*")))
    iam.put_group_policy(GroupName=group, PolicyName="shared", PolicyDocument=policy(allow("sns:*"), deny("sqs:Purge*")))
    iam.attach_group_policy(GroupName=group, PolicyArn=BASIC)

    def simulate(*actions, **parameters):
        answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions), **parameters)
        return answer["EvaluationResults"]

    results = simulate("sqs:SendMessage", "sns:Publish", "sqs:PurgeQueue", "logs:PutLogEvents", "ec2:RunInstances")
    assert decisions(results) == ["allowed", "allowed", "explicitDeny", "allowed", "implicitDeny"]
    sources = [[one["SourcePolicyId"] for one in result["MatchedStatements"]] for result in results]
    assert sources == [[f"user_{user}_own"], [f"group_{group}_shared"], [f"group_{group}_shared"],
                       ["AWSLambdaBasicExecutionRole"], []]  # fmt: skip
    assert results[0]["EvalResourceName"] == "*" and "ResourceSpecificResults" not in results[0]
    assert decisions(simulate("ec2:RunInstances", PolicyInputList=[policy(allow("ec2:*"))])) == ["allowed"]
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=BASIC)
    results = simulate("sqs:SendMessage", "logs:PutLogEvents")
    assert decisions(results) == ["implicitDeny", "allowed"]
    assert [one["PermissionsBoundaryDecisionDetail"] for one in results] == [
        {"AllowedByPermissionsBoundary": False}, {"AllowedByPermissionsBoundary": True},
    ]  # fmt: skip
    results = simulate("sqs:SendMessage", PermissionsBoundaryPolicyInputList=[policy(allow("sqs:*"))])
    assert decisions(results) == ["allowed"]
    # What is known of the user needs no entry.
    own = policy(allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"))
    resource = f"arn:aws:iam::{ACCOUNT}:user/{user}"
    results = simulate(
        "iam:GetUser", PolicyInputList=[own], ResourceArns=[resource, resource + "x"],
        PermissionsBoundaryPolicyInputList=[policy(allow("*"))],
    )  # fmt: skip
    assert decisions(results) == ["allowed", "implicitDeny"]
    assert results[0]["ResourceSpecificResults"][0]["MissingContextValues"] == []


def test_context_entries_and_what_is_missing(iam):
    tagged = {"StringLike": {"aws:PrincipalTag/allowed": "s3"}}
    text = policy(
        allow("s3:ListBucket", "arn:aws:s3:::b", Condition=tagged), allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}")
    )
    listed = iam.get_context_keys_for_custom_policy(PolicyInputList=[text, text])["ContextKeyNames"]
    assert listed == ["aws:PrincipalTag/allowed", "aws:username"]
    # All keys of all policies, whether they are about the action or not.
    result = custom(iam, [text], ["s3:ListBucket"], ResourceArns=["arn:aws:s3:::b"])[0]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", [])
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == listed
    entry = {"ContextKeyName": "aws:principaltag/Allowed", "ContextKeyType": "string", "ContextKeyValues": ["s3"]}
    result = custom(iam, [text], ["s3:ListBucket"], ResourceArns=["arn:aws:s3:::b"], ContextEntries=[entry])[0]
    assert result["EvalDecision"] == "allowed"
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:username"]
    assert custom(iam, [text], ["s3:ListBucket"])[0]["MissingContextValues"] == listed
    for key, kind, values, condition, decision in [
        ("aws:CurrentTime", "date", ["2020-01-01T00:00:00Z"], {"DateLessThan": {"aws:CurrentTime": "2021-01-01T00:00:00Z"}}, "allowed"),
        ("aws:SourceIp", "ip", ["10.1.2.3"], {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "allowed"),
        ("aws:SourceIp", "ip", ["11.1.2.3"], {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "implicitDeny"),
        ("s3:max-keys", "numeric", ["11"], {"NumericLessThanEquals": {"s3:max-keys": "10"}}, "implicitDeny"),
        ("aws:TagKeys", "stringList", ["a", "b"], {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, "allowed"),
        ("aws:TagKeys", "stringList", ["a", "c"], {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, "implicitDeny"),
        ("aws:MultiFactorAuthPresent", "boolean", ["true"], {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "allowed"),
    ]:  # fmt: skip
        entry = {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": values}
        results = custom(iam, [policy(allow("a:B", Condition=condition))], ["a:B"], ContextEntries=[entry])
        assert decisions(results) == [decision], key


def test_statements_are_found_by_their_place(iam):
    text = json.dumps(
        {"Statement": [allow("a:B"), deny("c:*"), allow("a:*"), deny("c:D")], "Id": 'a "Statement": [{', "Version": "2012-10-17"},
        indent=2,
    )  # fmt: skip
    results = custom(iam, [policy(allow("z:*")), text], ["a:B", "c:D", "e:F"])
    places = [[one["StartPosition"]["Line"] for one in result["MatchedStatements"]] for result in results]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line == "    {"]
    assert places == [[lines[0], lines[2]], [lines[1], lines[3]], []]
    assert {one["SourcePolicyId"] for one in results[0]["MatchedStatements"]} == {"PolicyInputList.2"}
    assert all(one["StartPosition"]["Column"] == 6 for one in results[0]["MatchedStatements"])


def test_resource_policies_and_other_accounts(iam):
    user = f"arn:aws:iam::{ACCOUNT}:user/ada"
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"

    def resource_policy(effect, principal):
        return policy({"Effect": effect, "Principal": principal, "Action": "sqs:*", "Resource": queue})

    nothing, something = [policy(allow("a:B"))], [policy(allow("sqs:*"))]
    here = {"CallerArn": user, "ResourceArns": [queue]}
    granted = resource_policy("Allow", {"AWS": user})

    def result(policies, **parameters):
        return custom(iam, policies, ["sqs:SendMessage"], **here | parameters)[0]

    assert result(nothing)["EvalDecision"] == "implicitDeny"
    answer = result(nothing, ResourcePolicy=granted)
    assert answer["EvalDecision"] == "allowed" and answer["EvalDecisionDetails"] == {}
    assert [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in answer["MatchedStatements"]] == [
        ("ResourcePolicy", "Resource Policy")
    ]
    assert result(something, ResourcePolicy=resource_policy("Deny", "*"))["EvalDecision"] == "explicitDeny"
    other = {"ResourcePolicy": granted, "ResourceOwner": "arn:aws:iam::999999999999:root"}
    answer = result(nothing, **other)
    assert answer["EvalDecision"] == "implicitDeny"
    assert answer["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}
    assert result(something, **other)["EvalDecision"] == "allowed"
    assert result(something, ResourceOwner="999999999999")["EvalDecision"] == "implicitDeny"
    code, _ = error_of(
        iam.simulate_custom_policy, PolicyInputList=something, ActionNames=["a:B"], ResourcePolicy=granted
    )
    assert code == "InvalidInput"


def test_pages(iam):
    actions = [f"a:B{number}" for number in range(7)]
    arguments = {"PolicyInputList": [policy(allow("a:*"))], "ActionNames": actions, "ResourceArns": ["arn:x", "arn:y"]}
    whole = iam.simulate_custom_policy(**arguments)["EvaluationResults"]
    assert [(one["EvalActionName"], one["EvalResourceName"]) for one in whole] == [
        (action, resource) for action in actions for resource in ("arn:x", "arn:y")
    ]
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**arguments, PaginationConfig={"PageSize": 5}))
    assert [len(page["EvaluationResults"]) for page in pages] == [5, 5, 4]
    assert [one for page in pages for one in page["EvaluationResults"]] == whole
    assert error_of(iam.simulate_custom_policy, **arguments, Marker="MTAw")[0] == "InvalidInput"


def test_a_costly_simulation_ends_its_page_early(iam):
    """Patterns that are held against long names: a page has fewer results, and the rest comes with the next ones."""
    patterns = ["arn:" + "*a?" * 300 + str(number) for number in range(100)]
    arguments = {
        "PolicyInputList": [policy(allow("a:*", patterns))],
        "ActionNames": [f"a:B{number}" for number in range(40)],
        "ResourceArns": ["arn:" + "a" * 2044],
    }
    first = iam.simulate_custom_policy(**arguments)
    assert first["IsTruncated"] is True and 0 < len(first["EvaluationResults"]) < 40
    assert set(decisions(first["EvaluationResults"])) == {"implicitDeny"}
    second = iam.simulate_custom_policy(**arguments, Marker=first["Marker"])["EvaluationResults"][0]
    assert second["EvalActionName"] == f"a:B{len(first['EvaluationResults'])}"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/nobody-here"}, "NoSuchEntity"),
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/nobody-here"}, "NoSuchEntity"),
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:group/nobody-here"}, "NoSuchEntity"),
        ({"PolicySourceArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/role/session"}, "InvalidInput"),
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:root"}, "InvalidInput"),
        ({"PolicySourceArn": "no arn of anything at all"}, "InvalidInput"),
    ],
)
def test_sources_that_are_none(iam, parameters, code):
    assert error_of(iam.simulate_principal_policy, ActionNames=["a:B"], **parameters)[0] == code
    assert error_of(iam.get_context_keys_for_principal_policy, **parameters)[0] == code


@pytest.mark.parametrize(
    "parameters",
    [
        {"PolicyInputList": ["{}"]},
        {"PolicyInputList": ["no json"]},
        {"PolicyInputList": [policy(allow("a:B")), policy({"Effect": "Allow", "Action": "a:B"})]},
        {"PolicyInputList": [policy(allow("a:" + "b" * 60_000)), policy(allow("a:" + "b" * 80_000))]},
        {"ActionNames": ["a:*"]},
        {"ActionNames": ["abc"]},
        {"ActionNames": ["a:b:c"]},
        {"ActionNames": [":abc"]},
        {"ResourceArns": ["bucket"]},
        {"CallerArn": "arn:aws:sts::123456789012:assumed-role/role/session"},
        {"ResourceOwner": "somebody"},
        {"ResourcePolicy": policy(allow("a:B"))},
        {"PermissionsBoundaryPolicyInputList": [policy(allow("a:B"))] * 2},
        {"ContextEntries": [{"ContextKeyName": "aws:x", "ContextKeyValues": ["1"]}, {"ContextKeyName": "AWS:X", "ContextKeyValues": ["2"]}]},
        {"Marker": "x"},
    ],
)  # fmt: skip
def test_bad_input(iam, parameters):
    arguments = {"PolicyInputList": [policy(allow("a:B"))], "ActionNames": ["a:B"]} | parameters
    assert error_of(iam.simulate_custom_policy, **arguments)[0] == "InvalidInput"


def test_what_is_not_served_is_refused(iam):
    arguments = {"PolicyInputList": [policy(allow("a:B"))], "ActionNames": ["a:B"]}
    code, message = error_of(iam.simulate_custom_policy, **arguments, ResourceHandlingOption="EC2-VPC-InstanceStore")
    assert code == "ValidationError" and "ResourceHandlingOption" in message


def test_context_keys_of_a_principal(iam):
    role = make_role(iam)
    condition = {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:UserAgent": "${aws:Referer, 'x'}${$}"}}
    iam.put_role_policy(
        RoleName=role["RoleName"], PolicyName="p", PolicyDocument=policy(allow("a:B", "arn:${aws:userid}", Condition=condition))
    )  # fmt: skip
    keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=role["Arn"])["ContextKeyNames"]
    assert keys == ["aws:userid", "aws:SecureTransport", "aws:UserAgent", "aws:Referer"]


def test_all_that_an_account_has(iam):
    role, user, group, profile = make_role(iam), name(), name(), name()
    text = policy(allow("a:B"))
    made = iam.create_policy(PolicyName=name(), PolicyDocument=text)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=made, PolicyDocument=policy(allow("a:C")), SetAsDefault=True)
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=made)
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=BASIC)
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="own", PolicyDocument=text)
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role["RoleName"])
    iam.create_user(UserName=user, Tags=[{"Key": "k", "Value": "v"}], PermissionsBoundary=made)
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=user)
    iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=text)

    def details(**parameters):
        pages = iam.get_paginator("get_account_authorization_details").paginate(**parameters)
        found = {}
        for page in pages:
            for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
                found.setdefault(kind, []).extend(page[kind])
        return found

    everything = details()
    seen = next(one for one in everything["RoleDetailList"] if one["RoleName"] == role["RoleName"])
    assert seen["AssumeRolePolicyDocument"] == TRUST and seen["Arn"] == role["Arn"]
    assert seen["RolePolicyList"] == [{"PolicyName": "own", "PolicyDocument": json.loads(text)}]
    assert {one["PolicyArn"] for one in seen["AttachedManagedPolicies"]} == {made, BASIC}
    assert [one["InstanceProfileName"] for one in seen["InstanceProfileList"]] == [profile]
    seen = next(one for one in everything["UserDetailList"] if one["UserName"] == user)
    assert (seen["GroupList"], seen["Tags"]) == ([group], [{"Key": "k", "Value": "v"}])
    assert seen["PermissionsBoundary"]["PermissionsBoundaryArn"] == made
    seen = next(one for one in everything["GroupDetailList"] if one["GroupName"] == group)
    assert [one["PolicyName"] for one in seen["GroupPolicyList"]] == ["own"]
    policies = {one["Arn"]: one for one in everything["Policies"]}
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in policies[made]["PolicyVersionList"]] == [
        ("v1", False), ("v2", True),
    ]  # fmt: skip
    assert (policies[made]["AttachmentCount"], policies[made]["PermissionsBoundaryUsageCount"]) == (1, 1)
    assert policies[BASIC]["PolicyVersionList"][0]["Document"]["Statement"]
    assert details(PaginationConfig={"PageSize": 3}) == everything
    some = details(Filter=["Role", "AWSManagedPolicy"])
    assert some["RoleDetailList"] == everything["RoleDetailList"] and some["UserDetailList"] == []
    assert {one["Arn"].split(":")[4] for one in some["Policies"]} == {"aws"}
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["UsersQuota"] == 5000 and summary["Users"] >= 1 and summary["Roles"] >= 1
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role["RoleName"])
