"""Custom resources: functions that stacks ask to make, change and delete what they know."""

import json
import os

import pytest
from botocore.exceptions import ClientError
from harness import wire
from harness.clients import SESSION
from harness.deadline import until
from harness.functions import NODE, PYTHON
from test_stacks_objects import Stack

ROLE = "arn:aws:iam::123456789012:role/functions"

PYTHON_CODE = """
import cfnresponse
import json
import os

EVENTS = os.environ["EVENTS"]

def handler(event, context):
    if event.get("read"):
        return json.loads("[" + ",".join(open(EVENTS).read().splitlines()) + "]")
    with open(EVENTS, "a") as file:
        print(json.dumps({name: event[name] for name in event if name != "ResponseURL"}), file=file)
    properties = event["ResourceProperties"]
    if properties.get("Silent") in ("yes", event["RequestType"]):
        return
    if properties.get("Fail") == event["RequestType"]:
        return cfnresponse.send(event, context, cfnresponse.FAILED, {}, "failed", reason="told to fail")
    data = {"Word": properties["Word"] + "!", "Deep": {"Er": 3}, "Long": "x" * int(properties.get("Long", 0))}
    hides = properties.get("Hides") == "true"
    cfnresponse.send(event, context, cfnresponse.SUCCESS, data, "thing-" + properties["Word"], noEcho=hides)
"""

NODE_CODE = """
const response = require('cfn-response');
exports.handler = async (event, context) => {
  await response.send(event, context, response.SUCCESS, { Word: event.ResourceProperties.Word + '!' }, 'node-thing');
};
"""

# As CDK's own providers do it: HTTPS on its own port, whatever the URL says.
RAW_NODE_CODE = """
const https = require('https');
exports.handler = (event) => new Promise((resolve, reject) => {
  const body = JSON.stringify({
    Status: 'SUCCESS', Reason: '', StackId: event.StackId, RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId, PhysicalResourceId: 'raw', Data: { Word: 'raw' },
  });
  const url = new URL(event.ResponseURL);
  const request = https.request({ hostname: url.hostname, path: url.pathname + url.search, method: 'PUT',
    headers: { 'content-type': '', 'content-length': body.length } }, (answer) => { answer.resume(); resolve(); });
  request.on('error', reject);
  request.end(body);
});
"""


# The file into which the function of the test writes what it is asked.
EVENTS_OF_TEST = [""]


def template(properties, code=PYTHON_CODE, runtime=PYTHON, rest=""):
    handler = "index.handler"
    return json.dumps({
        "Resources": {
            "Provider": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "provider", "Runtime": runtime, "Handler": handler, "Role": ROLE, "Timeout": 20,
                    "Code": {"ZipFile": code}, "Environment": {"Variables": {"EVENTS": EVENTS_OF_TEST[0]}},
                },
            },
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {"ServiceToken": {"Fn::GetAtt": "Provider.Arn"}} | properties,
            },
            "Uses": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Type": "String", "Name": "/uses",
                    "Value": {"Fn::Sub": "${Thing} ${Thing.Word}"},
                },
            },
        },
        "Outputs": {"Word": {"Value": {"Fn::GetAtt": "Thing.Word"}}},
    })  # fmt: skip


@pytest.fixture
def stack(tmp_path, own_gatehouse):
    EVENTS_OF_TEST[0] = str(tmp_path / "events")
    return Stack(tmp_path / "project", own_gatehouse(data=tmp_path / "data"))


def events(stack):
    answer = stack.functions.invoke(FunctionName="provider", Payload=json.dumps({"read": True}))
    return json.loads(answer["Payload"].read())


def uses(stack):
    return stack.server.clients.service("ssm").get_parameter(Name="/uses")["Parameter"]["Value"]


def test_a_function_makes_changes_and_replaces(stack):
    said = stack.deploy(template({"Word": "one", "Count": 3, "Yes": True, "List": [1, {"a": False}]}))
    assert uses(stack) == "thing-one one!" and "Word: one!" in said
    (create,) = events(stack)
    assert create["RequestType"] == "Create" and create["ResourceType"] == "Custom::Thing"
    assert create["LogicalResourceId"] == "Thing" and "PhysicalResourceId" not in create
    assert create["StackId"].startswith("arn:aws:cloudformation:us-east-1:123456789012:stack/s/")
    token = create["ServiceToken"]
    assert create["ResourceProperties"] == {
        "ServiceToken": token, "Word": "one", "Count": "3", "Yes": "true", "List": ["1", {"a": "false"}],
    }  # fmt: skip
    # Nothing changes, nobody is asked.
    assert "nothing to change" in stack.deploy(
        template({"Word": "one", "Count": 3, "Yes": True, "List": [1, {"a": False}]}))
    assert len(events(stack)) == 1

    # Another id is another thing: the old one is deleted afterwards.
    stack.deploy(template({"Word": "two"}))
    assert uses(stack) == "thing-two two!"
    _, update, delete = events(stack)
    assert update["RequestType"] == "Update" and update["PhysicalResourceId"] == "thing-one"
    assert update["OldResourceProperties"]["Word"] == "one" and update["ResourceProperties"]["Word"] == "two"
    assert delete["RequestType"] == "Delete" and delete["PhysicalResourceId"] == "thing-one"
    assert delete["ResourceProperties"]["Word"] == "one" and delete["StackId"] == create["StackId"]

    stack.deploy(template({"Word": "two", "Other": "x"}))
    assert [event["RequestType"] for event in events(stack)] == ["Create", "Update", "Delete", "Update"]
    code, said = stack.run("delete")
    assert code == 0, said
    assert stack.functions.list_functions()["Functions"] == []


def test_what_is_not_echoed_is_shown_nowhere(stack):
    said = stack.deploy(template({"Word": "one", "Hides": True}))
    assert uses(stack) == "thing-one one!" and "one!" not in said and "Word: ****" in said
    cloudformation = stack.server.clients.service("cloudformation")

    def shown():
        (found,) = cloudformation.describe_stacks(StackName="s")["Stacks"]
        happened = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
        last = next(event for event in happened if event["LogicalResourceId"] == "Uses")
        return found["Outputs"][0]["OutputValue"], json.loads(last["ResourceProperties"])["Value"]

    assert shown() == ("****", "thing-one ****")
    # Nothing changes, and it is still hidden.
    assert "nothing to change" in stack.deploy(template({"Word": "one", "Hides": True}))
    assert shown() == ("****", "thing-one ****")

    # What it was hidden with counts no more.
    stack.deploy(template({"Word": "two"}))
    assert uses(stack) == "thing-two two!" and shown() == ("two!", "thing-two two!")
    stack.deploy(template({"Word": "three", "Hides": True}))
    cloudformation.create_change_set(
        StackName="s", ChangeSetName="c", TemplateBody=template({"Word": "three", "Hides": True, "Count": 1}))
    cloudformation.get_waiter("change_set_create_complete").wait(StackName="s", ChangeSetName="c")
    told = cloudformation.describe_change_set(StackName="s", ChangeSetName="c", IncludePropertyValues=True)
    assert [change["ResourceChange"]["LogicalResourceId"] for change in told["Changes"]] == ["Thing"]
    assert "three!" not in json.dumps(told["Changes"])


def test_what_is_not_echoed_goes_up_hidden(stack):
    stack.s3.put_object(Bucket="stack-code", Key="child.json", Body=template({"Word": "one", "Hides": True}))
    outer = {
        "Resources": {
            "Inner": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "https://stack-code.s3.amazonaws.com/child.json"},
            },
            "Outer": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Name": "/outer", "Value": {"Fn::GetAtt": "Inner.Outputs.Word"}},
            },
        },
        "Outputs": {"Word": {"Value": {"Fn::GetAtt": "Inner.Outputs.Word"}, "Export": {"Name": "word"}}},
    }
    cloudformation = stack.server.clients.service("cloudformation")
    cloudformation.create_stack(StackName="outer", TemplateBody=json.dumps(outer))
    waiter = {"Delay": 1, "MaxAttempts": 30}
    cloudformation.get_waiter("stack_create_complete").wait(StackName="outer", WaiterConfig=waiter)
    ssm = stack.server.clients.service("ssm")
    assert ssm.get_parameter(Name="/outer")["Parameter"]["Value"] == "one!"
    shown = [one["Outputs"][0]["OutputValue"] for one in cloudformation.describe_stacks()["Stacks"]]
    assert shown == ["****", "****"]
    assert [export["Value"] for export in cloudformation.list_exports()["Exports"]] == ["****"]
    events = cloudformation.describe_stack_events(StackName="outer")["StackEvents"]
    assert "one!" not in json.dumps(events, default=str)


def test_functions_are_asked_when_the_server_starts_again(stack, tmp_path, own_gatehouse):
    cloudformation = stack.server.clients.service("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Word": "one"}))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    cloudformation.update_stack(StackName="s", TemplateBody=template({"Word": "two", "Silent": "yes"}))
    until(lambda: len(events(stack)) == 2, "the function is asked")
    cloudformation.cancel_update_stack(StackName="s")
    stack.server.kill()
    stack.server = own_gatehouse(data=tmp_path / "data")
    stack.functions = stack.server.clients.functions
    cloudformation = stack.server.clients.service("cloudformation")
    status = lambda: cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"]
    until(lambda: not status().endswith("IN_PROGRESS"), "it is taken back")
    assert status() == "UPDATE_ROLLBACK_COMPLETE"
    assert uses(stack) == "thing-one one!"
    assert events(stack)[-1]["ResourceProperties"]["Word"] == "one"
    told = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert [e["ResourceStatus"] for e in told if e["LogicalResourceId"] == "s"][:3] == [
        "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_IN_PROGRESS",
    ]  # fmt: skip


def test_what_is_being_made_keeps_the_exports_that_it_uses(stack):
    cloudformation = stack.server.clients.service("cloudformation")
    exporting = {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}}
    output = {"O": {"Value": "x", "Export": {"Name": "exported"}}}
    cloudformation.create_stack(StackName="e", TemplateBody=json.dumps({"Resources": exporting, "Outputs": output}))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="e", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    silent = template({"Word": {"Fn::ImportValue": "exported"}, "Silent": "yes"})
    cloudformation.create_stack(StackName="s", TemplateBody=silent)
    asked = lambda: cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    until(lambda: "Thing" in [r["LogicalResourceId"] for r in asked()], "the function is asked")
    with pytest.raises(cloudformation.exceptions.ClientError, match="exported cannot be deleted as it is in use by s"):
        cloudformation.delete_stack(StackName="e")


def test_a_failure_takes_the_stack_back(stack):
    code, said = stack.run("deploy", template({"Word": "one", "Fail": "Create"}))
    assert code != 0
    assert "Received response status [FAILED] from custom resource. Message returned: told to fail (RequestId: " in said
    assert stack.functions.list_functions()["Functions"] == []

    stack.deploy(template({"Word": "one"}))
    code, said = stack.run("deploy", template({"Word": "two", "Fail": "Update"}))
    assert code != 0 and "told to fail" in said
    assert uses(stack) == "thing-one one!"
    assert [event["RequestType"] for event in events(stack)][-2:] == ["Update", "Update"]
    assert events(stack)[-1]["ResourceProperties"]["Word"] == "one"


def test_no_answer_and_a_long_one_are_failures(stack):
    code, said = stack.run("deploy", template({"Word": "one", "Silent": "yes", "ServiceTimeout": 1}))
    assert code != 0 and "CloudFormation did not receive a response from your Custom Resource." in said
    # Nor does it answer when it is asked to delete what it may have made.
    assert "the change could not be taken back" in said


def test_deletion_gives_up_what_waits_for_an_answer(stack):
    cloudformation = SESSION.client("cloudformation", endpoint_url=stack.server.url)
    body = template({"Word": "one", "Silent": "Create"})
    stack_id = cloudformation.create_stack(StackName="waiting", TemplateBody=body)["StackId"]
    until(lambda: os.path.exists(EVENTS_OF_TEST[0]), "the function is asked")
    cloudformation.delete_stack(StackName="waiting")
    # Once more is the same.
    cloudformation.delete_stack(StackName=stack_id)
    assert cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"].startswith("DELETE_")
    until(
        lambda: cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE",
        "it is deleted",
    )
    asked = [json.loads(line)["RequestType"] for line in open(EVENTS_OF_TEST[0])]
    assert asked == ["Create", "Delete"]
    told = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    (failed,) = [e for e in told if e["ResourceStatus"] == "CREATE_FAILED" and e["LogicalResourceId"] == "Thing"]
    assert failed["ResourceStatusReason"] == "Resource creation cancelled"
    assert stack.functions.list_functions()["Functions"] == []


def test_what_a_rollback_skips_is_among_what_failed(stack):
    cloudformation = SESSION.client("cloudformation", endpoint_url=stack.server.url)

    def settled(ending):
        return until(
            lambda: (found := cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"])
            and not found.endswith("IN_PROGRESS") and found,
            f"{ending} is reached",
        ) == ending  # fmt: skip

    cloudformation.create_stack(StackName="s", TemplateBody=template({"Word": "one", "Fail": "Update"}))
    assert settled("CREATE_COMPLETE")
    cloudformation.update_stack(StackName="s", TemplateBody=template({"Word": "two", "Fail": "Update"}))
    assert settled("UPDATE_ROLLBACK_FAILED")
    with pytest.raises(ClientError) as refused:
        cloudformation.continue_update_rollback(StackName="s", ResourcesToSkip=["Thing", "None"])
    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError" and "[None]" in error["Message"]
    cloudformation.continue_update_rollback(StackName="s", ResourcesToSkip=["Thing"])
    assert settled("UPDATE_ROLLBACK_COMPLETE")


def test_an_update_tells_the_new_id(stack):
    stack.deploy(template({"Word": "one"}))
    stack.deploy(template({"Word": "two"}))
    cloudformation = SESSION.client("cloudformation", endpoint_url=stack.server.url)
    told = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    ids = {e["ResourceStatus"]: e["PhysicalResourceId"] for e in told if e["LogicalResourceId"] == "Thing"}
    assert ids["UPDATE_IN_PROGRESS"] == "thing-one" and ids["UPDATE_COMPLETE"] == "thing-two"


def test_an_answer_has_at_most_4096_bytes(stack):
    code, said = stack.run("deploy", template({"Word": "one", "Long": 5000}))
    assert code != 0 and "Response object is too long." in said


@pytest.mark.parametrize(("code", "word"), [(NODE_CODE, "node-thing one!"), (RAW_NODE_CODE, "raw raw")])
def test_functions_of_node_answer_by_https(stack, code, word):
    stack.deploy(template({"Word": "one"}, code, NODE))
    assert uses(stack) == word
    assert stack.run("delete")[0] == 0


def test_a_function_that_is_not_there_is_told_before_anything_is_made(stack):
    made = json.loads(template({"Word": "one"}))
    made["Resources"]["Thing"]["Properties"]["ServiceToken"] = (
        "arn:aws:lambda:us-east-1:123456789012:function:nobody")  # fmt: skip
    code, said = stack.run("deploy", json.dumps(made))
    assert code != 0 and "GetFunctionConfiguration: ResourceNotFoundException: Function not found" in said
    assert stack.functions.list_functions()["Functions"] == []


def test_urls_of_answers_are_secret(stack):
    answer = wire.fetch(stack.server.management, "PUT", "/_gatehouse/responses/guess", "localhost", [], b"{}")
    assert answer.status == 403
    assert wire.fetch(stack.server.management, "GET", "/_gatehouse/responses/guess", "localhost").status == 405


CDK = """
Resources:
  Provider:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/functions
      Code: {ZipFile: "exports.handler = async () => { throw new Error('is never called') }"}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: auto-deleted
      VersioningConfiguration: {Status: Enabled}
      Tags: [{Key: "aws-cdk:auto-delete-objects", Value: "true"}]
  Objects:
    Type: Custom::S3AutoDeleteObjects
    Properties: {ServiceToken: !GetAtt Provider.Arn, BucketName: !Ref Bucket}
  Retention:
    Type: Custom::LogRetention
    Properties: {ServiceToken: !GetAtt Provider.Arn, LogGroupName: /aws/lambda/x, RetentionInDays: 7}
Outputs:
  Group: {Value: !GetAtt Retention.LogGroupName}
"""


def test_what_the_server_does_itself(stack):
    said = stack.deploy(CDK)
    assert "Group: /aws/lambda/x" in said
    (group,) = stack.server.clients.service("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/x")["logGroups"]
    assert group["retentionInDays"] == 7
    for number in range(3):
        stack.s3.put_object(Bucket="auto-deleted", Key=f"a&b {number}", Body=b"x")
        stack.s3.put_object(Bucket="auto-deleted", Key=f"a&b {number}", Body=b"y")
    stack.s3.delete_object(Bucket="auto-deleted", Key="a&b 1")
    code, said = stack.run("delete")
    assert code == 0, said
    assert [one["Name"] for one in stack.s3.list_buckets()["Buckets"]] == ["stack-code"]
