"""CloudFormation's API with boto3 and the AWS CLI: stacks, change sets, events, nested stacks, faults."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, WaiterError
from harness.clients import SESSION
from harness.deadline import until
from harness.iam import create_user
from harness.server import ACCOUNT, REGION, run

QUICK = {"Delay": 1, "MaxAttempts": 30}


def parameter(name, value="v", **attributes):
    properties = {"Name": name, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **attributes}


def template(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


def role(name=None):
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
    named = {"RoleName": name} if name else {}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **named}}


@pytest.fixture(scope="module")
def cloudformation(gatehouse):
    return client(gatehouse)


def client(server, service="cloudformation", credentials=None, **settings):
    if credentials:
        settings |= {"aws_access_key_id": credentials.access_key, "aws_secret_access_key": credentials.secret_key}
    return SESSION.client(service, endpoint_url=server.url, **settings)


@pytest.fixture
def name():
    return f"stack-{uuid.uuid4().hex[:8]}"


def fault(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response
    return error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"], error["Error"]["Message"]


def created(cloudformation, name, **parameters):
    stack_id = cloudformation.create_stack(StackName=name, **parameters)["StackId"]
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
    return stack_id


def stack(cloudformation, name):
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]


def settled(cloudformation, name):
    return until(
        lambda: (found := stack(cloudformation, name)) and not found["StackStatus"].endswith("IN_PROGRESS") and found,
        f"{name} is settled",
    )


class TestStacks:
    def test_the_life_of_a_stack(self, cloudformation, gatehouse, name):
        ssm = client(gatehouse, "ssm")
        body = template(
            {"P": parameter(f"/{name}", {"Ref": "Text"})},
            Description="of a test",
            Parameters={"Text": {"Type": "String"}, "Secret": {"Type": "String", "NoEcho": True, "Default": "s3cr3t"}},
            Outputs={"Name": {"Value": {"Ref": "P"}, "Description": "its name", "Export": {"Name": f"{name}-export"}}},
        )
        stack_id = created(
            cloudformation,
            name,
            TemplateBody=body,
            Parameters=[{"ParameterKey": "Text", "ParameterValue": "one"}],
            Tags=[{"Key": "team", "Value": "a"}],
        )
        assert re.fullmatch(rf"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/[0-9a-f-]{{36}}", stack_id)
        found = stack(cloudformation, stack_id)
        assert found["StackStatus"] == "CREATE_COMPLETE"
        assert found["Description"] == "of a test"
        assert found["Parameters"] == [
            {"ParameterKey": "Secret", "ParameterValue": "****"},
            {"ParameterKey": "Text", "ParameterValue": "one"},
        ]
        assert found["Outputs"] == [
            {
                "OutputKey": "Name",
                "OutputValue": f"/{name}",
                "Description": "its name",
                "ExportName": f"{name}-export",
            }
        ]
        assert found["Tags"] == [{"Key": "team", "Value": "a"}]
        assert found["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
        assert not found["EnableTerminationProtection"] and not found["DisableRollback"]
        cloudformation.update_stack(
            StackName=name, UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Text", "ParameterValue": "two"}]
        )
        cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=QUICK)
        assert ssm.get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "two"
        assert fault(
            cloudformation.update_stack,
            StackName=name,
            UsePreviousTemplate=True,
            Parameters=[{"ParameterKey": "Text", "UsePreviousValue": True}],
        ) == (400, "ValidationError", "No updates are to be performed.")
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig=QUICK)
        assert stack(cloudformation, stack_id)["StackStatus"] == "DELETE_COMPLETE"
        assert fault(cloudformation.describe_stacks, StackName=name) == (
            400,
            "ValidationError",
            f"Stack with id {name} does not exist",
        )
        assert [s["StackId"] for s in cloudformation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
                if s["StackName"] == name] == [stack_id]
        # Nobody is told that there was nothing to delete.
        cloudformation.delete_stack(StackName=name)

    def test_events_come_newest_first_with_times_that_tell_their_order(self, cloudformation, name):
        stack_id = created(cloudformation, name, TemplateBody=template({"P": parameter(f"/{name}")}))
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        assert [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason"))
            for event in reversed(events)
        ] == [
            (name, "CREATE_IN_PROGRESS", "User Initiated"),
            ("P", "CREATE_IN_PROGRESS", None),
            ("P", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
            ("P", "CREATE_COMPLETE", None),
            (name, "CREATE_COMPLETE", None),
        ]
        times = [event["Timestamp"] for event in events]
        assert times == sorted(times, reverse=True) and len(set(times)) == len(times)
        assert {event["StackId"] for event in events} == {stack_id}
        assert len({event["EventId"] for event in events}) == len(events)
        root = events[0]
        assert (root["ResourceType"], root["PhysicalResourceId"]) == ("AWS::CloudFormation::Stack", stack_id)
        assert fault(cloudformation.describe_stack_events, StackName="nobody") == (
            400,
            "ValidationError",
            "Stack [nobody] does not exist",
        )

    def test_resources_are_told_with_their_status(self, cloudformation, name):
        created(cloudformation, name, TemplateBody=template({"P": parameter(f"/{name}"), "Q": parameter(f"/{name}/q")}))
        summaries = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        assert [(r["LogicalResourceId"], r["PhysicalResourceId"], r["ResourceStatus"]) for r in summaries] == [
            ("P", f"/{name}", "CREATE_COMPLETE"),
            ("Q", f"/{name}/q", "CREATE_COMPLETE"),
        ]
        one = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="P")["StackResourceDetail"]
        assert (one["ResourceType"], one["PhysicalResourceId"]) == ("AWS::SSM::Parameter", f"/{name}")
        by_id = cloudformation.describe_stack_resources(PhysicalResourceId=f"/{name}/q")["StackResources"]
        assert {r["StackName"] for r in by_id} == {name}
        cloudformation.update_stack(StackName=name, TemplateBody=template({"P": parameter(f"/{name}/new")}))
        settled(cloudformation, name)
        summaries = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        assert [(r["LogicalResourceId"], r["PhysicalResourceId"], r["ResourceStatus"]) for r in summaries] == [
            ("P", f"/{name}/new", "UPDATE_COMPLETE")
        ]

    def test_the_same_token_is_the_same_call(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")})
        first = cloudformation.create_stack(StackName=name, TemplateBody=body, ClientRequestToken="token")["StackId"]
        second = cloudformation.create_stack(StackName=name, TemplateBody=body, ClientRequestToken="token")["StackId"]
        assert first == second
        assert fault(cloudformation.create_stack, StackName=name, TemplateBody=body) == (
            400,
            "AlreadyExistsException",
            f"Stack [{name}] already exists",
        )
        settled(cloudformation, name)

    def test_a_token_is_that_of_one_operation(self, cloudformation, gatehouse, name):
        created(cloudformation, name, TemplateBody=template({"P": parameter(f"/{name}", "1")}), ClientRequestToken="t")
        new = {"TemplateBody": template({"P": parameter(f"/{name}", "2")}), "ClientRequestToken": "t"}
        cloudformation.update_stack(StackName=name, **new)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        # Once more is the same; with another token there would be nothing to do.
        cloudformation.update_stack(StackName=name, **new)
        assert stack(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert fault(cloudformation.update_stack, StackName=name, **(new | {"ClientRequestToken": "u"}))[2] == (
            "No updates are to be performed."
        )

    @pytest.mark.parametrize("token", ["-a", "a_b", "a b", "é"])
    def test_tokens_that_are_none(self, cloudformation, name, token):
        status, code, message = fault(
            cloudformation.create_stack,
            StackName=name,
            TemplateBody=template({"P": parameter(f"/{name}")}),
            ClientRequestToken=token,
        )
        assert (status, code) == (400, "ValidationError")
        assert "'clientRequestToken' failed to satisfy constraint" in message
        assert "[a-zA-Z0-9][-a-zA-Z0-9]*" in message

    def test_a_protected_stack_stays(self, cloudformation, name):
        created(
            cloudformation,
            name,
            TemplateBody=template({"P": parameter(f"/{name}")}),
            EnableTerminationProtection=True,
        )
        assert fault(cloudformation.delete_stack, StackName=name) == (
            400,
            "ValidationError",
            f"Stack [{name}] cannot be deleted while TerminationProtection is enabled",
        )
        cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        cloudformation.delete_stack(StackName=name)

    def test_a_stack_of_deploy_is_seen_here(self, cloudformation, gatehouse, name, tmp_path):
        (tmp_path / "template.json").write_text(template({"P": parameter(f"/{name}")}))
        done = run("deploy", str(tmp_path / "template.json"), "--stack", name, "--endpoint", gatehouse.url)
        assert done.returncode == 0, done.stderr
        assert stack(cloudformation, name)["StackStatus"] == "CREATE_COMPLETE"
        assert [r["LogicalResourceId"] for r in cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]] == ["P"]
        cloudformation.update_stack(StackName=name, TemplateBody=template({"P": parameter(f"/{name}", "other")}))
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"


    def test_a_logical_id_keeps_its_type(self, cloudformation, name):
        group = {"Type": "AWS::IAM::Group"}
        created(
            cloudformation, name, TemplateBody=template({"A": parameter(f"/{name}"), "B": group}),
            Capabilities=["CAPABILITY_IAM"])  # fmt: skip
        body = template({"A": group, "B": parameter(f"/{name}"), "C": group})
        refusal = (
            400, "ValidationError",
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            "resources: [A, B]",
        )  # fmt: skip
        given = {"StackName": name, "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}
        assert fault(cloudformation.update_stack, **given) == refusal
        assert fault(cloudformation.create_change_set, ChangeSetName="c", **given) == refusal
        assert stack(cloudformation, name)["StackStatus"] == "CREATE_COMPLETE"


class TestFailures:
    @pytest.fixture
    def failing(self, cloudformation, name):
        """A template whose second resource cannot be made: its name is taken."""
        taken = f"{name}-taken"
        created(cloudformation, taken, TemplateBody=template({"P": parameter(f"/{taken}")}))
        return template({"A": parameter(f"/{name}"), "B": parameter(f"/{taken}", DependsOn="A")})

    def test_what_was_made_is_taken_back_and_the_name_stays(self, cloudformation, gatehouse, name, failing):
        cloudformation.create_stack(StackName=name, TemplateBody=failing)
        with pytest.raises(WaiterError):
            cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        found = stack(cloudformation, name)
        assert found["StackStatus"] == "ROLLBACK_COMPLETE"
        assert found["StackStatusReason"] == "The following resource(s) failed to create: [B]. Rollback requested by user."
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        assert [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(events)][-5:] == [
            ("B", "CREATE_FAILED"),
            (name, "ROLLBACK_IN_PROGRESS"),
            ("A", "DELETE_IN_PROGRESS"),
            ("A", "DELETE_COMPLETE"),
            (name, "ROLLBACK_COMPLETE"),
        ]
        with pytest.raises(ClientError):
            client(gatehouse, "ssm").get_parameter(Name=f"/{name}")
        assert fault(cloudformation.update_stack, StackName=name, TemplateBody=failing) == (
            400,
            "ValidationError",
            f"Stack:{found['StackId']} is in ROLLBACK_COMPLETE state and can not be updated.",
        )
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=found["StackId"], WaiterConfig=QUICK)

    def test_without_rollback_it_stands_until_it_is_taken_back(self, cloudformation, gatehouse, name, failing):
        cloudformation.create_stack(StackName=name, TemplateBody=failing, DisableRollback=True)
        found = settled(cloudformation, name)
        assert (found["StackStatus"], found["DisableRollback"]) == ("CREATE_FAILED", True)
        ssm = client(gatehouse, "ssm")
        assert ssm.get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "v"
        cloudformation.rollback_stack(StackName=name)
        assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        with pytest.raises(ClientError):
            ssm.get_parameter(Name=f"/{name}")

    def test_what_failed_may_be_deleted_at_once(self, cloudformation, name, failing):
        stack_id = cloudformation.create_stack(StackName=name, TemplateBody=failing, OnFailure="DELETE")["StackId"]
        until(lambda: stack(cloudformation, stack_id)["StackStatus"] == "DELETE_COMPLETE", "it is deleted")

    def test_updates_that_fail_one_after_the_other_are_taken_back_together(
        self, cloudformation, gatehouse, name, failing
    ):
        first = template({"A": parameter(f"/{name}", "1")})
        created(cloudformation, name, TemplateBody=first)
        value = lambda: client(gatehouse, "ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"]
        cloudformation.update_stack(StackName=name, TemplateBody=failing.replace('"v"', '"2"'), DisableRollback=True)
        assert (settled(cloudformation, name)["StackStatus"], value()) == ("UPDATE_FAILED", "2")
        cloudformation.update_stack(StackName=name, TemplateBody=failing.replace('"v"', '"3"'))
        assert (settled(cloudformation, name)["StackStatus"], value()) == ("UPDATE_ROLLBACK_COMPLETE", "1")

    def test_an_update_that_fails_is_taken_back(self, cloudformation, gatehouse, name):
        taken = f"{name}-taken"
        created(cloudformation, taken, TemplateBody=template({"P": parameter(f"/{taken}")}))
        created(cloudformation, name, TemplateBody=template({"A": parameter(f"/{name}")}))
        changed = template({"A": parameter(f"/{name}", "new"), "B": parameter(f"/{taken}", DependsOn="A")})
        cloudformation.update_stack(StackName=name, TemplateBody=changed)
        found = settled(cloudformation, name)
        assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert client(gatehouse, "ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "v"
        cloudformation.update_stack(StackName=name, TemplateBody=changed, DisableRollback=True)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_FAILED"
        assert client(gatehouse, "ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "new"
        cloudformation.rollback_stack(StackName=name)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert client(gatehouse, "ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "v"
        assert [r["LogicalResourceId"] for r in cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]] == ["A"]


class TestChangeSets:
    def test_a_new_stack_waits_for_a_review(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")})
        made = cloudformation.create_change_set(
            StackName=name, ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body, Description="d"
        )
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig=QUICK)
        found = stack(cloudformation, name)
        assert (found["StackStatus"], found["StackId"]) == ("REVIEW_IN_PROGRESS", made["StackId"])
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName="first")
        assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
        assert described["Changes"] == [
            {
                "Type": "Resource",
                "ResourceChange": {
                    "Action": "Add",
                    "LogicalResourceId": "P",
                    "ResourceType": "AWS::SSM::Parameter",
                    "Scope": [],
                    "Details": [],
                },
            }
        ]
        assert [s["ChangeSetName"] for s in cloudformation.list_change_sets(StackName=name)["Summaries"]] == ["first"]
        cloudformation.execute_change_set(StackName=name, ChangeSetName="first")
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        assert stack(cloudformation, name)["ChangeSetId"] == made["Id"]
        assert fault(cloudformation.describe_change_set, StackName=name, ChangeSetName="first") == (
            404,
            "ChangeSetNotFound",
            "ChangeSet [first] does not exist",
        )
        by_id = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        assert by_id["ExecutionStatus"] == "EXECUTE_COMPLETE"
        assert fault(
            cloudformation.create_change_set,
            StackName=name,
            ChangeSetName="again",
            ChangeSetType="CREATE",
            TemplateBody=body,
        ) == (
            400,
            "ValidationError",
            f"Stack [{name}] already exists and cannot be created again with the changeSet [again].",
        )

    def test_changes_are_told_by_resource(self, cloudformation, name):
        created(cloudformation, name, TemplateBody=template({"A": parameter(f"/{name}"), "B": parameter(f"/{name}/b")}))
        changed = template({"A": parameter(f"/{name}", "new"), "C": parameter(f"/{name}/c")})
        cloudformation.create_change_set(StackName=name, ChangeSetName="change", TemplateBody=changed)
        changes = cloudformation.describe_change_set(StackName=name, ChangeSetName="change")["Changes"]
        told = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"] for c in changes}
        assert {name: change["Action"] for name, change in told.items()} == {"A": "Modify", "B": "Remove", "C": "Add"}
        assert (told["A"]["Replacement"], told["A"]["Details"][0]["Target"]["Name"]) == ("False", "Value")

    def test_one_without_changes_fails(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")})
        created(cloudformation, name, TemplateBody=body)
        made = cloudformation.create_change_set(StackName=name, ChangeSetName="same", TemplateBody=body)
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName="same")
        assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
        assert described["StatusReason"] == (
            "The submitted information didn't contain changes. Submit different information to create a change set."
        )
        assert fault(cloudformation.execute_change_set, StackName=name, ChangeSetName="same") == (
            400,
            "InvalidChangeSetStatus",
            f"ChangeSet [{made['Id']}] cannot be executed in its current status of [FAILED]",
        )
        cloudformation.delete_change_set(StackName=name, ChangeSetName="same")
        # Once more is no fault.
        cloudformation.delete_change_set(StackName=name, ChangeSetName="same")

    def test_what_is_not_made_yet_may_be_taken_apart(self, cloudformation, name):
        apart = {"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["R", "Arn"]}]}]}
        body = template(
            {"R": role(), "P": parameter(f"/{name}", apart), "Q": parameter(f"/{name}/id", {"Ref": "AWS::StackId"})}
        )
        made = cloudformation.create_change_set(
            StackName=name, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
        )
        described = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        assert described["Status"] == "CREATE_COMPLETE", described["StatusReason"]
        cloudformation.execute_change_set(ChangeSetName=made["Id"])
        assert settled(cloudformation, name)["StackStatus"] == "CREATE_COMPLETE"

    def test_many_made_at_once_are_all_kept(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")})

        def make(number):
            return cloudformation.create_change_set(
                StackName=name, ChangeSetName=f"c{number}", ChangeSetType="CREATE", TemplateBody=body
            )["Id"]

        make(0)
        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(make, range(1, 17)))
        listed = [s["ChangeSetId"] for s in cloudformation.list_change_sets(StackName=name)["Summaries"]]
        assert set(ids) <= set(listed) and len(listed) == 17

    def test_a_stack_in_review_may_be_made_without_its_change_set(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")})
        made = cloudformation.create_change_set(
            StackName=name, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body
        )
        assert created(cloudformation, name, TemplateBody=body) == made["StackId"]

    def test_unknown_stacks_and_change_sets(self, cloudformation):
        missing = (400, "ValidationError", "Stack [nobody] does not exist")
        body = template({"P": parameter("/p")})
        assert fault(
            cloudformation.create_change_set, StackName="nobody", ChangeSetName="c", TemplateBody=body
        ) == missing
        assert fault(cloudformation.describe_change_set, StackName="nobody", ChangeSetName="c") == missing
        assert fault(cloudformation.list_change_sets, StackName="nobody") == missing

    def test_what_was_looked_at_is_what_is_made(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        s3, ssm = client(server, "s3"), client(server, "ssm")
        s3.create_bucket(Bucket=name)

        def write(value, resources):
            included = json.dumps({"Resources": {"P": parameter(f"/{name}/p", value), **resources}})
            s3.put_object(Bucket=name, Key="included.json", Body=included)
            ssm.put_parameter(Name=f"/{name}/stored", Value=value, Type="String", Overwrite=True)

        write("seen", {})
        include = {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{name}/included.json"}}
        stored = {"X": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": f"/{name}/stored"}}
        resources = {"Q": parameter(f"/{name}/q", {"Ref": "X"})}
        client(server).create_change_set(
            StackName=name,
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateBody=template(resources, Transform=include, Parameters=stored),
            ResourceTypes=["AWS::SSM::*"],
        )
        write("other", {"R": role(f"{name}-role")})
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        client(server).execute_change_set(StackName=name, ChangeSetName="c")
        # Nor does a start that goes on with it look again.
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert settled(client(server), name)["StackStatus"] == "CREATE_COMPLETE"
        made = client(server).describe_stack_resources(StackName=name)["StackResources"]
        assert sorted(r["LogicalResourceId"] for r in made) == ["P", "Q"]
        values = client(server, "ssm").get_parameters(Names=[f"/{name}/p", f"/{name}/q"])["Parameters"]
        assert [v["Value"] for v in values] == ["seen", "seen"]
        assert stack(client(server), name)["Parameters"][0]["ResolvedValue"] == "seen"

    def test_one_of_a_stack_that_has_changed_since_is_obsolete(self, cloudformation, name):
        created(cloudformation, name, TemplateBody=template({"P": parameter(f"/{name}", "1")}))
        for change_set in ["a", "b"]:
            cloudformation.create_change_set(
                StackName=name, ChangeSetName=change_set, TemplateBody=template({"P": parameter(f"/{name}", "2")})
            )
        cloudformation.update_stack(StackName=name, TemplateBody=template({"P": parameter(f"/{name}", "3")}))
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName="a")
        assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "OBSOLETE")
        listed = cloudformation.list_change_sets(StackName=name)["Summaries"]
        assert {s["ExecutionStatus"] for s in listed} == {"OBSOLETE"}
        status, code, message = fault(cloudformation.execute_change_set, StackName=name, ChangeSetName="b")
        assert (status, code) == (400, "InvalidChangeSetStatus")
        assert message.endswith("cannot be executed in its current status of [OBSOLETE]")
        cloudformation.delete_change_set(StackName=name, ChangeSetName="a")
        assert stack(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"

    def test_imports_are_refused(self, cloudformation, name):
        status, code, message = fault(
            cloudformation.create_change_set,
            StackName=name,
            ChangeSetName="c",
            ChangeSetType="IMPORT",
            TemplateBody=template({"P": parameter("/p")}),
        )
        assert (status, code) == (400, "ValidationError") and "IMPORT" in message


class TestTemplates:
    def test_both_stages(self, cloudformation, name):
        body = {
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {"T": {"Type": "AWS::Serverless::SimpleTable"}},
        }
        assert fault(cloudformation.create_stack, StackName=name, TemplateBody=json.dumps(body)) == (
            400,
            "InsufficientCapabilitiesException",
            "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
        )
        created(
            cloudformation, name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_AUTO_EXPAND"]
        )
        original = cloudformation.get_template(StackName=name)
        assert original["TemplateBody"] == body
        assert original["StagesAvailable"] == ["Original", "Processed"]
        processed = cloudformation.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        assert "Transform" not in processed
        assert processed["Resources"]["T"]["Type"] == "AWS::DynamoDB::Table"

    @pytest.mark.parametrize(
        "resource, given, missing",
        [
            (role(), [], "CAPABILITY_IAM"),
            (role("named"), ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
        ],
    )
    def test_capabilities_are_asked_for(self, cloudformation, name, resource, given, missing):
        assert fault(
            cloudformation.create_stack, StackName=name, TemplateBody=template({"R": resource}), Capabilities=given
        ) == (400, "InsufficientCapabilitiesException", f"Requires capabilities : [{missing}]")
        assert fault(cloudformation.describe_stacks, StackName=name)[2] == f"Stack with id {name} does not exist"

    def test_summary_and_validation(self, cloudformation):
        body = template(
            {"R": role(), "P": parameter("/p")},
            Description="d",
            AWSTemplateFormatVersion="2010-09-09",
            Parameters={
                "A": {"Type": "String", "Default": "x", "AllowedValues": ["x", "y"], "Description": "an a"},
                "N": {"Type": "Number", "NoEcho": True},
            },
            Metadata={"m": 1},
        )
        summary = cloudformation.get_template_summary(TemplateBody=body)
        assert summary["Parameters"] == [
            {
                "ParameterKey": "A",
                "DefaultValue": "x",
                "ParameterType": "String",
                "NoEcho": False,
                "Description": "an a",
                "ParameterConstraints": {"AllowedValues": ["x", "y"]},
            },
            {"ParameterKey": "N", "ParameterType": "Number", "NoEcho": True, "ParameterConstraints": {}},
        ]
        assert summary["Capabilities"] == ["CAPABILITY_IAM"]
        assert summary["CapabilitiesReason"] == "The following resource(s) require capabilities: [AWS::IAM::Role]"
        assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::SSM::Parameter"]
        assert (summary["Version"], json.loads(summary["Metadata"])) == ("2010-09-09", {"m": 1})
        validated = cloudformation.validate_template(TemplateBody=body)
        assert (validated["Description"], validated["Capabilities"]) == ("d", ["CAPABILITY_IAM"])

    @pytest.mark.parametrize(
        "body, message",
        [
            ("{}", "Template format error: At least one Resources member must be defined."),
            ('{"Resources": {"A": {}}}', "Template format error: [/Resources/A] Every Resources object must contain a Type member."),
            (
                template({"P": parameter({"Ref": "Gone"})}),
                "Template format error: Unresolved resource dependencies [Gone] in the Resources block of the template",
            ),
            (
                template({"P": parameter("/p")}, Parameters={"A": {"Type": "String"}}),
                "Parameters: [A] must have values",
            ),
        ],
    )
    def test_what_is_no_template(self, cloudformation, name, body, message):
        assert fault(cloudformation.create_stack, StackName=name, TemplateBody=body) == (400, "ValidationError", message)

    @pytest.mark.parametrize(
        "body, message",
        [
            ('{"Resources": ""}', "Template format error: Any Resources member must be an object."),
            ('{"Resources": {"A": }', "Template format error: JSON not well-formed. (line 1, column 22)"),
            (
                {"A": parameter("/a", None)},
                "[/Resources/A/Properties/Value] 'null' values are not allowed in templates",
            ),
            (
                {"A": parameter("/a", {"Ref": "X"}), "B": parameter("/b", {"Fn::Sub": "${Y}"})},
                "Template format error: Unresolved resource dependencies [X, Y] in the Resources block of the template",
            ),
            (
                {"A": parameter("/a", {"Fn::If": ["Gone", "a", "b"]})},
                "Template error: unresolved condition dependency Gone in Fn::If",
            ),
            (
                {"A": parameter("/a", {"Fn::Select": [100, ["a"]]})},
                "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
            ),
        ],
        ids=["no map", "no JSON", "null", "unresolved", "no condition", "no item"],
    )
    def test_faults_are_told_as_aws_tells_them(self, cloudformation, name, body, message):
        body = body if isinstance(body, str) else template(body)
        told = fault(cloudformation.create_stack, StackName=name, TemplateBody=body)
        assert told == (400, "ValidationError", message)

    def test_outputs_of_what_a_condition_leaves_out(self, cloudformation, name):
        body = template(
            {"A": parameter("/a"), "B": parameter("/b", Condition="Never")},
            Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
            Outputs={"O": {"Value": {"Ref": "B"}}},
        )
        assert fault(cloudformation.create_stack, StackName=name, TemplateBody=body)[2] == (
            "Unresolved resource dependencies [B] in the Outputs block of the template"
        )

    def test_validation_looks_at_names(self, cloudformation):
        body = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "X"}}, "DependsOn": "Y"}})
        assert fault(cloudformation.validate_template, TemplateBody=body)[2] == (
            "Template format error: Unresolved resource dependencies [X, Y] in the Resources block of the template"
        )
        body = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["X", "Arn"]}}}})
        assert fault(cloudformation.validate_template, TemplateBody=body)[2] == (
            "Template error: instance of Fn::GetAtt references undefined resource X"
        )

    def test_what_names_no_template(self, cloudformation, name):
        told = [
            fault(client_call, **given)[2]
            for client_call, given in [
                (cloudformation.get_template, {}),
                (cloudformation.get_template, {"ChangeSetName": "c"}),
                (cloudformation.get_template, {"StackName": name}),
                (cloudformation.create_stack, {"StackName": name, "TemplateURL": "s3://bucket/key"}),
            ]
        ]
        assert told == [
            "StackName is required if ChangeSetName is not specified.",
            "StackName is a required parameter.",
            f"Stack with id {name} does not exist",
            "S3 error: Domain name specified in bucket is not a valid S3 domain",
        ]

    def test_what_has_macros_is_always_updated(self, cloudformation, name):
        body = template({"P": parameter(f"/{name}")}, Transform="AWS::LanguageExtensions")
        created(cloudformation, name, TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
        cloudformation.update_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
        cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=QUICK)

    def test_sections_come_from_s3(self, cloudformation, gatehouse, name):
        s3 = client(gatehouse, "s3")
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="all.json", Body=template({"B": parameter(f"/{name}/b")}))
        include = {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{name}/all.json"}}
        body = template({"A": parameter(f"/{name}/a")}, Transform=include)
        assert fault(cloudformation.create_stack, StackName=name, TemplateBody=body)[1] == (
            "InsufficientCapabilitiesException"
        )
        created(cloudformation, name, TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
        processed = cloudformation.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        assert set(processed["Resources"]) == {"A", "B"} and "Transform" not in processed

    def test_long_templates_come_by_s3(self, cloudformation, gatehouse, name):
        body = template({"P": parameter(f"/{name}", "v" * 3000)}, Metadata={"x": "y" * 60_000})
        status, code, message = fault(cloudformation.create_stack, StackName=name, TemplateBody=body)
        assert (status, code) == (400, "ValidationError")
        assert message.endswith("'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200")
        assert len(message) < 300
        s3 = client(gatehouse, "s3")
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="a/template b.json", Body=body)
        created(cloudformation, name, TemplateURL=f"{gatehouse.url}/{name}/a/template%20b.json")
        for url, message in [
            (f"{gatehouse.url}/{name}/gone.json", "S3 error: The specified key does not exist."),
            ("https://example.com/bucket/key", "TemplateURL must be a supported URL."),
            ("http://169.254.169.254/latest/meta-data", "TemplateURL must be a supported URL."),
            ("file:///etc/passwd", "TemplateURL must be a supported URL."),
            (f"http://127.0.0.1:1/{name}/a/template%20b.json", "TemplateURL must be a supported URL."),
        ]:
            assert fault(cloudformation.create_stack, StackName=f"{name}-x", TemplateURL=url)[2] == message
        for url in [f"https://{name}.s3.amazonaws.com/a/template%20b.json", f"https://s3.us-east-1.amazonaws.com/{name}/a/template%20b.json"]:
            assert cloudformation.validate_template(TemplateURL=url)["Parameters"] == []

    def test_files_of_the_server_are_out_of_reach(self, cloudformation, name, tmp_path):
        (tmp_path / "app.py").write_text("def handler(event, context): return 1")
        function = {"Handler": "app.handler", "Runtime": "python3.12", "Role": f"arn:aws:iam::{ACCOUNT}:role/r"}
        for code in [str(tmp_path), {"S3Bucket": "gatehouse.local", "S3Key": str(tmp_path)}]:
            body = template({"F": {"Type": "AWS::Lambda::Function", "Properties": {**function, "Code": code}}})
            try:
                cloudformation.create_stack(StackName=name, TemplateBody=body)
            except ClientError:
                continue
            assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
            cloudformation.delete_stack(StackName=name)


class TestNesting:
    @pytest.fixture
    def child(self, gatehouse, name):
        s3 = client(gatehouse, "s3")
        s3.create_bucket(Bucket=name)

        def put(body):
            s3.put_object(Bucket=name, Key="child.json", Body=body)
            return f"https://{name}.s3.amazonaws.com/child.json"

        return put

    def test_a_stack_within_a_stack(self, cloudformation, gatehouse, name, child):
        inner = template(
            {"P": parameter(f"/{name}/inner", {"Ref": "Text"})},
            Parameters={"Text": {"Type": "String"}},
            Outputs={"Name": {"Value": {"Ref": "P"}}},
        )
        outer = {
            "Inner": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": child(inner), "Parameters": {"Text": "one"}},
            },
            "Q": parameter(f"/{name}/outer", {"Fn::GetAtt": ["Inner", "Outputs.Name"]}),
        }
        created(cloudformation, name, TemplateBody=template(outer))
        ssm = client(gatehouse, "ssm")
        assert ssm.get_parameter(Name=f"/{name}/outer")["Parameter"]["Value"] == f"/{name}/inner"
        resource = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="Inner")
        inner_id = resource["StackResourceDetail"]["PhysicalResourceId"]
        below = stack(cloudformation, inner_id)
        parent = stack(cloudformation, name)["StackId"]
        assert (below["ParentId"], below["RootId"]) == (parent, parent)
        outer["Inner"]["Properties"]["Parameters"]["Text"] = "two"
        cloudformation.update_stack(StackName=name, TemplateBody=template(outer))
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert ssm.get_parameter(Name=f"/{name}/inner")["Parameter"]["Value"] == "two"
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=parent, WaiterConfig=QUICK)
        assert stack(cloudformation, inner_id)["StackStatus"] == "DELETE_COMPLETE"

    def test_its_failure_is_that_of_the_resource(self, cloudformation, name, child):
        taken = f"{name}-taken"
        created(cloudformation, taken, TemplateBody=template({"P": parameter(f"/{taken}")}))
        nested = {
            "Inner": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": child(template({"P": parameter(f"/{taken}")}))},
            }
        }
        cloudformation.create_stack(StackName=name, TemplateBody=template(nested))
        assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = next(e for e in events if e["ResourceStatus"] == "CREATE_FAILED")
        assert failed["LogicalResourceId"] == "Inner"
        assert "was not successfully created" in failed["ResourceStatusReason"]

    def test_one_that_makes_itself_ends(self, cloudformation, name, child):
        url = f"https://{name}.s3.amazonaws.com/child.json"
        nested = template({"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}})
        child(nested)
        cloudformation.create_stack(StackName=name, TemplateBody=nested)
        assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        left = [s["StackName"] for s in cloudformation.describe_stacks()["Stacks"] if s["StackName"].startswith(name)]
        assert left == [name]


class TestTags:
    CODE = "def handler(event, context): return 1"

    def resources(self, name):
        own = [{"Key": "own", "Value": "resource"}]
        key = {"AttributeName": "id", "AttributeType": "S"}
        return {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role(name)["Properties"]},
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": name, "Tags": own}},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, "Tags": own}},
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, "Tags": own}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": name, "Runtime": "python3.12", "Handler": "index.handler", "Tags": own,
                    "Role": {"Fn::GetAtt": "Role.Arn"}, "Code": {"ZipFile": self.CODE},
                },
            },
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TableName": name, "Tags": own, "BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [key],
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                },
            },
            "Parameter": parameter(f"/{name}", Properties={
                "Name": f"/{name}", "Type": "String", "Value": "v", "Tags": {"own": "resource"}}),
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name, "Tags": own}},
            "Http": {
                "Type": "AWS::ApiGatewayV2::Api",
                "Properties": {"Name": name, "ProtocolType": "HTTP", "Tags": {"own": "resource"}},
            },
        }  # fmt: skip

    def found(self, gatehouse, cloudformation, name):
        def pairs(tags):
            return {tag["Key"]: tag["Value"] for tag in tags}

        listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
        functions, tables = client(gatehouse, "lambda"), client(gatehouse, "dynamodb")
        arn = tables.describe_table(TableName=name)["Table"]["TableArn"]
        tagged = client(gatehouse, "ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=f"/{name}")
        return {
            "Api": client(gatehouse, "apigateway").get_rest_api(restApiId=ids["Api"])["tags"],
            "Bucket": pairs(client(gatehouse, "s3").get_bucket_tagging(Bucket=name)["TagSet"]),
            "Group": client(gatehouse, "logs").list_tags_log_group(logGroupName=name)["tags"],
            "Function": functions.get_function(FunctionName=name)["Tags"],
            "Table": pairs(tables.list_tags_of_resource(ResourceArn=arn)["Tags"]),
            "Parameter": pairs(tagged["TagList"]),
            "Secret": pairs(client(gatehouse, "secretsmanager").describe_secret(SecretId=name)["Tags"]),
            "Http": client(gatehouse, "apigatewayv2").get_api(ApiId=ids["Http"])["Tags"],
            "Role": pairs(client(gatehouse, "iam").list_role_tags(RoleName=name)["Tags"]),
        }

    SYSTEM = {"Api", "Bucket", "Group", "Function", "Parameter", "Secret"}

    def expected(self, stack_id, name, **tags):
        def system(logical_id):
            prefix = "aws:cloudformation:"
            return {f"{prefix}stack-name": name, f"{prefix}stack-id": stack_id, f"{prefix}logical-id": logical_id}

        return {
            logical_id: tags
            | ({} if logical_id == "Role" else {"own": "resource"})
            | (system(logical_id) if logical_id in self.SYSTEM else {})
            for logical_id in self.resources(name)
        }

    def test_they_reach_the_resources(self, cloudformation, gatehouse, name):
        body = template(self.resources(name))
        settings = {"StackName": name, "TemplateBody": body, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
        tags = [{"Key": "team", "Value": "a"}]
        created(cloudformation, name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], Tags=tags)
        stack_id = stack(cloudformation, name)["StackId"]
        assert self.found(gatehouse, cloudformation, name) == self.expected(stack_id, name, team="a")
        assert fault(cloudformation.update_stack, **settings)[2] == "No updates are to be performed."

        # Its own tag stays above the stack's.
        tags = [{"Key": "team", "Value": "b"}, {"Key": "own", "Value": "stack"}]
        cloudformation.create_change_set(ChangeSetName="c", Tags=tags, **settings)
        cloudformation.get_waiter("change_set_create_complete").wait(
            StackName=name, ChangeSetName="c", WaiterConfig=QUICK)
        told = cloudformation.describe_change_set(StackName=name, ChangeSetName="c")["Changes"]
        changes = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in told}
        assert set(changes) == set(self.resources(name))
        api = changes["Api"]
        assert (api["Action"], api["Replacement"], api["Scope"]) == ("Modify", "False", ["Tags"])
        assert api["Details"] == [
            {
                "Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
        ]  # fmt: skip
        cloudformation.execute_change_set(StackName=name, ChangeSetName="c")
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        expected = self.expected(stack_id, name, team="b")
        expected["Role"]["own"] = "stack"
        assert self.found(gatehouse, cloudformation, name) == expected

        cloudformation.update_stack(Tags=[], **settings)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert stack(cloudformation, name)["Tags"] == []
        assert self.found(gatehouse, cloudformation, name) == self.expected(stack_id, name)

    def test_those_of_aws_are_not_the_callers(self, cloudformation, gatehouse, name):
        resources = self.resources(name)
        created(cloudformation, name, TemplateBody=template(resources), Capabilities=["CAPABILITY_NAMED_IAM"])
        before = self.found(gatehouse, cloudformation, name)
        listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
        functions, rest = client(gatehouse, "lambda"), client(gatehouse, "apigateway")
        arn = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        api = f"arn:aws:apigateway:{REGION}::/restapis/{ids['Api']}"
        key = "aws:cloudformation:stack-name"
        bad, reserved = "BadRequestException", "Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)"
        for call, parameters in [
            (rest.tag_resource, {"resourceArn": api, "tags": {key: "x"}}),
            (rest.tag_resource, {"resourceArn": api, "tags": {"AWS:x": "x"}}),
            (rest.untag_resource, {"resourceArn": api, "tagKeys": [key]}),
            (rest.create_rest_api, {"name": name, "tags": {key: "x"}}),
        ]:
            assert fault(call, **parameters) == (400, bad, reserved)
        for call, parameters in [
            (functions.tag_resource, {"Resource": arn, "Tags": {key: "x"}}),
            (functions.untag_resource, {"Resource": arn, "TagKeys": [key]}),
        ]:
            assert fault(call, **parameters)[:2] == (400, "InvalidParameterValueException")
        logs = client(gatehouse, "logs")
        for call, parameters in [
            (logs.tag_log_group, {"logGroupName": name, "tags": {key: "x"}}),
            (logs.untag_log_group, {"logGroupName": name, "tags": [key]}),
            (logs.create_log_group, {"logGroupName": f"{name}-2", "tags": {key: "x"}}),
        ]:
            assert fault(call, **parameters)[:2] == (400, "InvalidParameterException")
        ssm, parameter_tags = client(gatehouse, "ssm"), {"ResourceType": "Parameter", "ResourceId": f"/{name}"}
        for call, parameters in [
            (ssm.add_tags_to_resource, {"Tags": [{"Key": key, "Value": "x"}]}),
            (ssm.remove_tags_from_resource, {"TagKeys": [key]}),
        ]:
            assert fault(call, **parameter_tags, **parameters)[:2] == (400, "ValidationException")
        secrets = client(gatehouse, "secretsmanager")
        for call, parameters in [
            (secrets.tag_resource, {"Tags": [{"Key": key, "Value": "x"}]}),
            (secrets.untag_resource, {"TagKeys": [key]}),
        ]:
            assert fault(call, SecretId=name, **parameters)[:2] == (400, "InvalidParameterException")
        s3 = client(gatehouse, "s3")
        put = lambda tags: fault(s3.put_bucket_tagging, Bucket=name, Tagging={"TagSet": tags})  # noqa: E731
        present = s3.get_bucket_tagging(Bucket=name)["TagSet"]
        changed = [tag | {"Value": "x"} if tag["Key"] == key else tag for tag in present]
        removed = (400, "InvalidTag", "System Tags cannot be removed by requester")
        assert put(changed) == (400, "InvalidTag", "System tags cannot be added/updated by requester")
        assert put([{"Key": "more", "Value": "x"}]) == removed
        assert fault(s3.delete_bucket_tagging, Bucket=name) == removed
        # Those that are the caller's may change, up to 50 of them.
        more = [{"Key": f"k{number}", "Value": "x"} for number in range(49)]
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": present + more})
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": present})
        functions.tag_resource(Resource=arn, Tags={f"k{number}": "x" for number in range(49)})
        functions.untag_resource(Resource=arn, TagKeys=[f"k{number}" for number in range(49)])
        rest.tag_resource(resourceArn=api, tags={f"k{number}": "x" for number in range(49)})
        rest.untag_resource(resourceArn=api, tagKeys=[f"k{number}" for number in range(49)])
        assert self.found(gatehouse, cloudformation, name) == before

    def test_they_need_no_permission_alone(self, cloudformation, gatehouse, name):
        """Those of AWS's own are put on by whoever may make the resource."""
        allowed = [
            "apigateway:POST", "apigateway:GET", "apigateway:PATCH", "cloudformation:*", "logs:CreateLogGroup",
            "logs:ListTagsLogGroup", "s3:CreateBucket", "s3:ListBucket", "ssm:PutParameter", "ssm:GetParameter*",
        ]  # fmt: skip
        _, user = create_user(client(gatehouse, "iam"), Action=allowed, Resource="*")
        resources = {
            "Group": {"Type": "AWS::Logs::LogGroup"}, "Bucket": {"Type": "AWS::S3::Bucket"},
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": name}}, "P": parameter(f"/{name}"),
        }  # fmt: skip
        mine = client(gatehouse, credentials=user)
        mine.create_stack(StackName=name, TemplateBody=template(resources))
        found = settled(cloudformation, name)
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        assert found["StackStatus"] == "CREATE_COMPLETE", [event.get("ResourceStatusReason") for event in events]

    def test_a_stack_within_a_stack_inherits_them(self, cloudformation, gatehouse, name):
        s3 = client(gatehouse, "s3")
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="child.json", Body=template({"P": parameter(f"/{name}")}))
        url = f"https://{name}.s3.amazonaws.com/child.json"
        own = [{"Key": "own", "Value": "inner"}]
        inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Tags": own}}
        body = template({"Inner": inner})

        def tags():
            listed = client(gatehouse, "ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=f"/{name}")
            return {tag["Key"]: tag["Value"] for tag in listed["TagList"] if not tag["Key"].startswith("aws:")}

        given = [{"Key": "team", "Value": "a"}, {"Key": "own", "Value": "outer"}]
        created(cloudformation, name, TemplateBody=body, Tags=given)
        assert tags() == {"own": "inner", "team": "a"}
        cloudformation.update_stack(StackName=name, TemplateBody=body, Tags=[])
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert tags() == {"own": "inner"}
        inner["Properties"].pop("Tags")
        cloudformation.update_stack(StackName=name, TemplateBody=template({"Inner": inner}))
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert tags() == {}


class TestExports:
    def test_a_name_is_one_stack_s(self, cloudformation, name):
        def make(number):
            outputs = {"O": {"Value": "x", "Export": {"Name": f"{name}-x"}}}
            body = template({"P": parameter(f"/{name}/{number}")}, Outputs=outputs)
            cloudformation.create_stack(StackName=f"{name}-{number}", TemplateBody=body)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(make, range(8)))
        statuses = [settled(cloudformation, f"{name}-{number}")["StackStatus"] for number in range(8)]
        assert sorted(statuses) == ["CREATE_COMPLETE"] + ["ROLLBACK_COMPLETE"] * 7

    def test_what_others_use_stays(self, cloudformation, name):
        exporting = template(
            {"P": parameter(f"/{name}")}, Outputs={"O": {"Value": "x", "Export": {"Name": f"{name}-x"}}}
        )
        created(cloudformation, name, TemplateBody=exporting)
        user = f"{name}-user"
        importing = template({"Q": parameter(f"/{user}", {"Fn::ImportValue": f"{name}-x"})})
        created(cloudformation, user, TemplateBody=importing)
        exports = {e["Name"]: e["Value"] for e in cloudformation.list_exports()["Exports"]}
        assert exports[f"{name}-x"] == "x"
        assert cloudformation.list_imports(ExportName=f"{name}-x")["Imports"] == [user]
        assert fault(cloudformation.delete_stack, StackName=name)[2] == (
            f"Export {name}-x cannot be deleted as it is in use by {user}"
        )
        assert fault(cloudformation.list_imports, ExportName="nobody")[2] == "Export 'nobody' is not imported by any stack."


class TestPolicies:
    def test_a_stack_policy_counts(self, cloudformation, name):
        created(cloudformation, name, TemplateBody=template({"A": parameter(f"/{name}"), "B": parameter(f"/{name}/b")}))
        policy = {
            "Statement": [
                {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "LogicalResourceId/A"},
            ]
        }
        cloudformation.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(policy))
        assert json.loads(cloudformation.get_stack_policy(StackName=name)["StackPolicyBody"]) == policy
        denied = template({"A": parameter(f"/{name}", "new"), "B": parameter(f"/{name}/b")})
        cloudformation.update_stack(StackName=name, TemplateBody=denied)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [e for e in events if e["ResourceStatus"] == "UPDATE_FAILED"]
        assert [e["LogicalResourceId"] for e in failed] == ["A"]
        assert failed[0]["ResourceStatusReason"] == (
            "Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource "
            "[LogicalResourceId/A]"
        )
        allowed = template({"A": parameter(f"/{name}"), "B": parameter(f"/{name}/b", "new")})
        cloudformation.update_stack(StackName=name, TemplateBody=allowed)
        settled(cloudformation, name)
        open_policy = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
        cloudformation.update_stack(
            StackName=name, TemplateBody=denied, StackPolicyDuringUpdateBody=json.dumps(open_policy)
        )
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
        assert json.loads(cloudformation.get_stack_policy(StackName=name)["StackPolicyBody"]) == policy
        assert fault(cloudformation.set_stack_policy, StackName=name, StackPolicyBody='{"Statement": []}')[2].startswith(
            "Error validating stack policy"
        )

    def test_a_caller_makes_no_more_than_he_may(self, cloudformation, gatehouse, name):
        iam = client(gatehouse, "iam")
        _, credentials = create_user(iam, Action="cloudformation:*", Resource="*")
        bounded = client(gatehouse, credentials=credentials)
        bounded.create_stack(StackName=name, TemplateBody=template({"P": parameter(f"/{name}")}))
        assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        failed = next(
            e
            for e in cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            if e["ResourceStatus"] == "CREATE_FAILED"
        )
        assert "is not authorized to perform: ssm:" in failed["ResourceStatusReason"]
        _, nobody = create_user(iam)
        assert fault(client(gatehouse, credentials=nobody).describe_stacks, StackName=name)[:2] == (403, "AccessDenied")

    def test_a_change_set_is_its_stack_s(self, cloudformation, gatehouse, name):
        made = cloudformation.create_change_set(
            StackName=name, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template({"P": parameter(f"/{name}")})
        )
        mine = f"{name}-mine"
        created(cloudformation, mine, TemplateBody=template({"P": parameter(f"/{mine}")}))
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{mine}/*"
        _, credentials = create_user(client(gatehouse, "iam"), Action="cloudformation:*", Resource=arn)
        other = client(gatehouse, credentials=credentials)
        for call in other.describe_change_set, other.execute_change_set, other.delete_change_set, other.get_template:
            assert fault(call, ChangeSetName=made["Id"], StackName=mine)[:2] == (403, "AccessDenied")
        assert fault(cloudformation.describe_change_set, ChangeSetName=made["Id"], StackName=mine)[1] == "ChangeSetNotFound"

    def test_a_role_makes_what_it_may(self, cloudformation, gatehouse, name):
        iam = client(gatehouse, "iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "cloudformation.amazonaws.com"},
                }
            ],
        }
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        body = template({"P": parameter(f"/{name}")})
        cloudformation.create_stack(StackName=name, TemplateBody=body, RoleARN=arn)
        assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        allowed = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}],
        }
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(allowed))
        created(cloudformation, f"{name}-2", TemplateBody=body, RoleARN=arn)
        assert stack(cloudformation, f"{name}-2")["RoleARN"] == arn
        nobody = f"arn:aws:iam::{ACCOUNT}:role/nobody"
        assert fault(cloudformation.create_stack, StackName=f"{name}-3", TemplateBody=body, RoleARN=nobody)[2] == (
            f"Role {nobody} is invalid or cannot be assumed"
        )


class TestBadInput:
    @pytest.mark.parametrize(
        "parameters, message",
        [
            ({}, "Either Template URL or Template Body must be specified."),
            ({"TemplateBody": "{}", "TemplateURL": "https://s3.amazonaws.com/b/k"}, "You cannot specify both TemplateURL and TemplateBody"),
            ({"NotificationARNs": [f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"]}, "Gatehouse does not serve NotificationARNs."),
            ({"TimeoutInMinutes": 9223372036854775807}, "1 validation error detected: Value '9223372036854775807'"),
            ({"RollbackConfiguration": {"RollbackTriggers": [{"Arn": "a", "Type": "t"}]}}, "Gatehouse does not serve RollbackConfiguration"),
            ({"Tags": [{"Key": "aws:x", "Value": "v"}]}, "aws: prefixed tag key names are not allowed for external use: aws:x"),
            ({"ResourceTypes": ["AWS::IAM::*"]}, "Resource type AWS::SSM::Parameter is not allowed by parameter ResourceTypes"),
        ],
    )
    def test_it_is_refused_with_nothing_made(self, cloudformation, name, parameters, message):
        if parameters and "TemplateBody" not in parameters:
            parameters = {"TemplateBody": template({"P": parameter("/p")}), **parameters}
        status, code, said = fault(cloudformation.create_stack, StackName=name, **parameters)
        assert (status, code) == (400, "ValidationError") and said.startswith(message)
        assert fault(cloudformation.describe_stacks, StackName=name)[0] == 400

    @pytest.mark.parametrize("bad", ["1st", "a_b", "a" * 129, "../x", "a b"])
    def test_names(self, cloudformation, bad):
        status, code, message = fault(
            cloudformation.create_stack, StackName=bad, TemplateBody=template({"P": parameter("/p")})
        )
        assert (status, code) == (400, "ValidationError")
        assert "'stackName' failed to satisfy constraint" in message

    def test_what_is_not_served_says_so(self, cloudformation, name):
        for call, parameters in [
            (cloudformation.detect_stack_drift, {"StackName": name}),
            (cloudformation.list_stack_sets, {}),
            (cloudformation.register_type, {"TypeName": "Own::Kind::Type", "SchemaHandlerPackage": "s3://b/k"}),
        ]:
            status, code, message = fault(call, **parameters)
            assert (status, code) == (400, "InvalidAction") and "Gatehouse does not serve" in message


def test_the_cli_deploys_and_waits(gatehouse, name, tmp_path):
    path = tmp_path / "template.json"
    path.write_text(template({"P": parameter(f"/{name}", {"Ref": "V"})}, Parameters={"V": {"Type": "String", "Default": "1"}}))
    deploy = f"aws cloudformation deploy --stack-name {name} --template-file {path}"
    first = gatehouse.clients.shell(deploy)
    assert first.returncode == 0 and f"Successfully created/updated stack - {name}" in first.stdout
    again = gatehouse.clients.shell(f"{deploy} --parameter-overrides V=2")
    assert again.returncode == 0, again.stderr
    same = gatehouse.clients.shell(f"{deploy} --no-fail-on-empty-changeset")
    assert same.returncode == 0 and "No changes to deploy" in same.stdout + same.stderr
    gone = gatehouse.clients.shell(
        f"aws cloudformation delete-stack --stack-name {name} && aws cloudformation wait stack-delete-complete --stack-name {name}"
    )
    assert gone.returncode == 0, gone.stderr


class TestRestarts:
    """What was accepted is done, whatever becomes of the server meanwhile."""

    MANY = 60

    def many(self, name, value="v"):
        return template({f"P{number}": parameter(f"/{name}/{number}", value) for number in range(self.MANY)})

    def finished(self, server, name):
        cloudformation = client(server)
        found = settled(cloudformation, name)
        parameters = client(server, "ssm").get_paginator("get_parameters_by_path").paginate(Path=f"/{name}")
        return found["StackStatus"], {p["Value"] for page in parameters for p in page["Parameters"]}

    @pytest.mark.parametrize("after", [0, 5, 40])
    def test_a_stack_is_made_though_the_server_was_killed(self, own_gatehouse, tmp_path, name, after):
        server = own_gatehouse(data=tmp_path / "data")
        cloudformation = client(server)
        stack_id = cloudformation.create_stack(StackName=name, TemplateBody=self.many(name))["StackId"]
        events = cloudformation.describe_stack_events
        until(lambda: len(events(StackName=name)["StackEvents"]) > after, "it has begun", every=0.001)
        told = {e["EventId"] for e in events(StackName=name)["StackEvents"]}
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert self.finished(server, name) == ("CREATE_COMPLETE", {"v"})
        assert stack(client(server), name)["StackId"] == stack_id
        pages = client(server).get_paginator("describe_stack_events").paginate(StackName=name)
        kept = {e["EventId"] for page in pages for e in page["StackEvents"]}
        # The latest belong to the step that was under way.
        assert len(told - kept) <= 2
        resources = client(server).get_paginator("list_stack_resources").paginate(StackName=name)
        assert sum(len(page["StackResourceSummaries"]) for page in resources) == self.MANY

    def test_stacks_within_stacks_are_neither_doubled_nor_left(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        s3 = client(server, "s3")
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="child.json", Body=self.many(name))
        properties = {"TemplateURL": f"https://{name}.s3.amazonaws.com/child.json"}
        outer = template({"N": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}})
        client(server).create_stack(StackName=name, TemplateBody=outer)
        until(lambda: len(client(server).describe_stacks()["Stacks"]) == 2, "the inner one has begun", every=0.001)
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert self.finished(server, name) == ("CREATE_COMPLETE", {"v"})
        stacks = client(server).describe_stacks()["Stacks"]
        assert [s["StackStatus"] for s in stacks] == ["CREATE_COMPLETE"] * 2

    def test_what_is_taken_back_keeps_its_name(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        created(client(server), f"{name}-taken", TemplateBody=template({"P": parameter("/taken")}))
        failing = json.loads(self.many(name))
        failing["Resources"]["Z"] = parameter("/taken", DependsOn=list(failing["Resources"]))
        client(server).create_stack(StackName=name, TemplateBody=json.dumps(failing), DisableRollback=True)
        assert settled(client(server), name)["StackStatus"] == "CREATE_FAILED"
        client(server).rollback_stack(StackName=name)
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert self.finished(server, name) == ("ROLLBACK_COMPLETE", set())
        events = client(server).describe_stack_events(StackName=name)["StackEvents"]
        assert [e["ResourceStatus"] for e in events if e["LogicalResourceId"] == name][0] == "ROLLBACK_COMPLETE"

    def test_an_update_that_was_cancelled_is_taken_back(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        created(client(server), name, TemplateBody=self.many(name))
        client(server).update_stack(StackName=name, TemplateBody=self.many(name, "new"))
        client(server).cancel_update_stack(StackName=name)
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert self.finished(server, name) == ("UPDATE_ROLLBACK_COMPLETE", {"v"})

    def test_a_role_that_is_gone_makes_nothing(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        iam = client(server, "iam")
        principal = {"Service": "cloudformation.amazonaws.com"}
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}],
        }
        allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(allowed))
        client(server).create_stack(StackName=name, TemplateBody=self.many(name), RoleARN=arn)
        iam.delete_role_policy(RoleName=name, PolicyName="p")
        iam.delete_role(RoleName=name)
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        status, values = self.finished(server, name)
        assert (status, values) in [("ROLLBACK_COMPLETE", set()), ("CREATE_COMPLETE", {"v"})]
        if status == "ROLLBACK_COMPLETE":
            assert "cannot be assumed" in stack(client(server), name)["StackStatusReason"]

    def test_an_update_and_a_deletion_too(self, own_gatehouse, tmp_path, name):
        server = own_gatehouse(data=tmp_path / "data")
        created(client(server), name, TemplateBody=self.many(name))
        client(server).update_stack(StackName=name, TemplateBody=self.many(name, "new"))
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        assert self.finished(server, name) == ("UPDATE_COMPLETE", {"new"})
        stack_id = stack(client(server), name)["StackId"]
        client(server).delete_stack(StackName=name)
        server.kill()
        server = own_gatehouse(data=tmp_path / "data")
        until(lambda: stack(client(server), stack_id)["StackStatus"] == "DELETE_COMPLETE", "it is deleted")
        assert client(server, "ssm").describe_parameters()["Parameters"] == []
