"""Stacks within stacks with boto3: what they are told, what is looked at again, and what is taken back."""

import json

import pytest
from test_cloudformation import QUICK, client, created, fault, name, parameter, settled, stack, template  # noqa: F401


@pytest.fixture(scope="module")
def cloudformation(gatehouse):
    return client(gatehouse)


@pytest.fixture
def put(gatehouse, name):  # noqa: F811
    s3 = client(gatehouse, "s3")
    s3.create_bucket(Bucket=name)

    def put(body):
        s3.put_object(Bucket=name, Key="child.json", Body=body)
        return f"https://{name}.s3.amazonaws.com/child.json"

    return put


@pytest.fixture
def value(gatehouse):
    ssm = client(gatehouse, "ssm")
    return lambda key: ssm.get_parameter(Name=key)["Parameter"]["Value"]


def nested(url, **parameters):
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}


def inner_id(cloudformation, name):  # noqa: F811
    resource = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="Inner")
    return resource["StackResourceDetail"]["PhysicalResourceId"]


def test_a_secret_is_looked_up_below(cloudformation, gatehouse, name, put, value):  # noqa: F811
    client(gatehouse, "secretsmanager").create_secret(Name=name, SecretString="hush-below")
    below = template({"P": parameter(f"/{name}", {"Ref": "Text"})}, Parameters={"Text": {"Type": "String"}})
    reference = f"{{{{resolve:secretsmanager:{name}}}}}"
    created(cloudformation, name, TemplateBody=template({"Inner": nested(put(below), Text=reference)}))
    assert value(f"/{name}") == "hush-below"
    child = inner_id(cloudformation, name)
    assert stack(cloudformation, child)["Parameters"] == [{"ParameterKey": "Text", "ParameterValue": reference}]
    for events in [cloudformation.describe_stack_events(StackName=id)["StackEvents"] for id in [name, child]]:
        assert "hush-below" not in json.dumps(events, default=str)


def test_its_template_is_looked_at_again(cloudformation, name, put, value):  # noqa: F811
    url = put(template({"P": parameter(f"/{name}", "one")}))
    outer = template({"Inner": nested(url)})
    created(cloudformation, name, TemplateBody=outer)
    child = inner_id(cloudformation, name)
    cloudformation.update_stack(StackName=name, TemplateBody=outer)
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    # Nothing has happened below.
    assert stack(cloudformation, child)["StackStatus"] == "CREATE_COMPLETE"

    put(template({"P": parameter(f"/{name}", "two")}))
    cloudformation.create_change_set(StackName=name, ChangeSetName="c", TemplateBody=outer)
    (change,) = cloudformation.describe_change_set(StackName=name, ChangeSetName="c")["Changes"]
    resource = change["ResourceChange"]
    assert (resource["Action"], resource["Replacement"], resource["Scope"]) == ("Modify", "False", ["Properties"])
    assert resource["Details"] == [
        {
            "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "Automatic",
        }
    ]
    cloudformation.execute_change_set(StackName=name, ChangeSetName="c")
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert value(f"/{name}") == "two"
    assert stack(cloudformation, child)["StackStatus"] == "UPDATE_COMPLETE"


def test_one_whose_update_fails_is_taken_back(cloudformation, name, put, value):  # noqa: F811
    outer = template({"Inner": nested(put(template({"P": parameter(f"/{name}", "one")})))})
    created(cloudformation, name, TemplateBody=outer)
    child = inner_id(cloudformation, name)
    taken = {"P": parameter(f"/{name}", "two"), "Q": {**parameter(f"/{name}"), "DependsOn": "P"}}
    for _ in range(2):
        put(template(taken))
        cloudformation.update_stack(StackName=name, TemplateBody=outer)
        assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert stack(cloudformation, child)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert value(f"/{name}") == "one"
    put("no template")
    cloudformation.update_stack(StackName=name, TemplateBody=outer)
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    put(template({"P": parameter(f"/{name}", "three")}))
    cloudformation.update_stack(StackName=name, TemplateBody=outer)
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert value(f"/{name}") == "three"


def test_a_failure_beside_it_brings_its_template_back(cloudformation, name, put, value):  # noqa: F811
    url = put(template({"P": parameter(f"/{name}", "one")}))
    created(cloudformation, name, TemplateBody=template({"Inner": nested(url)}))
    put(template({"P": parameter(f"/{name}", "two"), "New": parameter(f"/{name}/new")}))
    beside = {"Q": {**parameter(f"/{name}"), "DependsOn": "Inner"}}
    cloudformation.update_stack(StackName=name, TemplateBody=template({"Inner": nested(url), **beside}))
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert value(f"/{name}") == "one"
    child = stack(cloudformation, inner_id(cloudformation, name))
    assert child["StackStatus"] == "UPDATE_COMPLETE"
    resources = cloudformation.list_stack_resources(StackName=child["StackId"])["StackResourceSummaries"]
    assert [r["LogicalResourceId"] for r in resources if r["ResourceStatus"] != "DELETE_COMPLETE"] == ["P"]


def test_the_root_protects_it(cloudformation, name, put):  # noqa: F811
    outer = template({"Inner": nested(put(template({"P": parameter(f"/{name}")})))})
    created(cloudformation, name, TemplateBody=outer, EnableTerminationProtection=True)
    child = inner_id(cloudformation, name)
    assert stack(cloudformation, child)["EnableTerminationProtection"] is True
    refused = fault(cloudformation.delete_stack, StackName=child)
    assert refused[:2] == (400, "ValidationError") and "while TerminationProtection is enabled" in refused[2]
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    assert stack(cloudformation, child)["EnableTerminationProtection"] is False

    # Without it is gone, its parent can be taken back still.
    cloudformation.delete_stack(StackName=child)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=child, WaiterConfig=QUICK)
    cloudformation.update_stack(StackName=name, TemplateBody=outer)
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    cloudformation.update_stack(StackName=name, TemplateBody=template({"P": parameter(f"/{name}/other")}))
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"


def test_a_protected_root_may_leave_it_out(cloudformation, name, put):  # noqa: F811
    beside = {"P": parameter(f"/{name}/outer")}
    inner = {"Inner": nested(put(template({"P": parameter(f"/{name}")})))}
    created(cloudformation, name, TemplateBody=template({**inner, **beside}), EnableTerminationProtection=True)
    child = inner_id(cloudformation, name)
    cloudformation.update_stack(StackName=name, TemplateBody=template(beside))
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert stack(cloudformation, child)["StackStatus"] == "DELETE_COMPLETE"
