"""Change sets with boto3: what changes, what each change comes from, and what of the values is shown."""

import json
import uuid

import pytest
from harness.clients import SESSION
from harness.deadline import until

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
QUICK = {"Delay": 1, "MaxAttempts": 30}


@pytest.fixture(scope="module")
def cloudformation(gatehouse):
    return SESSION.client("cloudformation", endpoint_url=gatehouse.url)


@pytest.fixture
def name():
    return f"stack-{uuid.uuid4().hex[:8]}"


def parameter(value="v", **properties):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **properties}}


def template(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


def given(**parameters):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def created(cloudformation, name, body, **parameters):
    cloudformation.create_stack(StackName=name, TemplateBody=body, Parameters=given(**parameters))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)


def changes(cloudformation, name, body, **parameters):
    """Of a change set by resource: as it is told, and as it is told with values."""
    cloudformation.create_change_set(
        StackName=name, ChangeSetName="change", TemplateBody=body, Parameters=given(**parameters)
    )
    told = []
    for with_values in [False, True]:
        described = cloudformation.describe_change_set(
            StackName=name, ChangeSetName="change", IncludePropertyValues=with_values
        )
        assert described["Status"] == "CREATE_COMPLETE", described["StatusReason"]
        resources = [change["ResourceChange"] for change in described["Changes"]]
        told.append({resource["LogicalResourceId"]: resource for resource in resources})
    return told


def causes(resource):
    return {
        (d["Target"].get("Name"), d["ChangeSource"], d.get("CausingEntity"), d["Evaluation"])
        for d in resource["Details"]
    }


class TestCauses:
    """As AWS has told the same changes."""

    def test_a_literal(self, cloudformation, name):
        created(cloudformation, name, template({"P": parameter("one", Description="d")}))
        told, valued = changes(cloudformation, name, template({"P": parameter("two", Description="d")}))
        target = {"Attribute": "Properties", "Name": "Value", "RequiresRecreation": "Never"}
        assert told["P"]["Details"] == [
            {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}
        ]
        assert (told["P"]["Scope"], told["P"]["Replacement"]) == (["Properties"], "False")
        assert "BeforeContext" not in told["P"]
        target |= {
            "Path": "/Properties/Value",
            "BeforeValue": "one",
            "AfterValue": "two",
            "AttributeChangeType": "Modify",
        }
        assert valued["P"]["Details"] == [
            {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}
        ]
        properties = {"Type": "String", "Value": "one", "Description": "d"}
        assert json.loads(valued["P"]["BeforeContext"]) == {"Properties": properties}
        assert json.loads(valued["P"]["AfterContext"]) == {"Properties": {**properties, "Value": "two"}}

    def test_properties_come_and_go(self, cloudformation, name):
        created(cloudformation, name, template({"P": parameter(Description="d")}))
        _, valued = changes(cloudformation, name, template({"P": parameter(Tags={"a": "b"})}))
        by_name = {d["Target"]["Name"]: d["Target"] for d in valued["P"]["Details"]}
        assert (by_name["Description"]["AttributeChangeType"], by_name["Description"]["BeforeValue"]) == ("Remove", "d")
        assert (by_name["Tags"]["AttributeChangeType"], json.loads(by_name["Tags"]["AfterValue"])) == ("Add", {"a": "b"})
        assert "AfterValue" not in by_name["Description"] and "BeforeValue" not in by_name["Tags"]

    @pytest.mark.parametrize(
        "value",
        [{"Ref": "Text"}, {"Fn::Sub": "${Text}!"}, {"Fn::Join": ["-", ["a", {"Ref": "Text"}]]}],
        ids=["ref", "sub", "join"],
    )
    def test_a_parameter(self, cloudformation, name, value):
        body = template({"P": parameter(value)}, Parameters={"Text": {"Type": "String"}})
        created(cloudformation, name, body, Text="one")
        for told in changes(cloudformation, name, body, Text="two"):
            assert causes(told["P"]) == {
                ("Value", "ParameterReference", "Text", "Static"),
                ("Value", "DirectModification", None, "Dynamic"),
            }

    def test_a_parameter_that_chooses_from_a_mapping(self, cloudformation, name):
        found = {"Fn::FindInMap": ["M", {"Ref": "Environment"}, "Value"]}
        mappings = {"M": {"dev": {"Value": "d"}, "prod": {"Value": "p"}}}
        body = template({"P": parameter(found)}, Parameters={"Environment": {"Type": "String"}}, Mappings=mappings)
        created(cloudformation, name, body, Environment="dev")
        told, valued = changes(cloudformation, name, body, Environment="prod")
        assert ("Value", "ParameterReference", "Environment", "Static") in causes(told["P"])
        target = valued["P"]["Details"][0]["Target"]
        assert (target["BeforeValue"], target["AfterValue"]) == ("d", "p")

    def test_an_attribute_of_what_changes_may_change(self, cloudformation, name):
        def body(description):
            return template(
                {
                    "A": parameter(Description=description),
                    "B": parameter({"Fn::GetAtt": ["A", "Value"]}),
                    "C": parameter({"Fn::GetAtt": ["B", "Value"]}),
                }
            )

        created(cloudformation, name, body("one"))
        told, valued = changes(cloudformation, name, body("two"))
        assert causes(told["B"]) == {("Value", "ResourceAttribute", "A.Value", "Dynamic")}
        assert causes(told["C"]) == {("Value", "ResourceAttribute", "B.Value", "Dynamic")}
        assert told["B"]["Replacement"] == "False"
        assert list(valued) == ["A"]

    @pytest.mark.parametrize(
        "value, source, entity",
        [
            ({"Fn::GetAtt": ["A", "Value"]}, "ResourceAttribute", "A.Value"),
            ({"Ref": "A"}, "ResourceReference", "A"),
        ],
        ids=["attribute", "reference"],
    )
    def test_what_is_replaced_is_known_later(self, cloudformation, name, value, source, entity):
        def body(number):
            return template({"A": parameter(Name=f"/{name}/{number}"), "B": parameter(value)})

        created(cloudformation, name, body(1))
        told, valued = changes(cloudformation, name, body(2))
        assert (told["A"]["Replacement"], told["A"]["PolicyAction"]) == ("True", "ReplaceAndDelete")
        assert told["A"]["Details"][0]["Target"]["RequiresRecreation"] == "Always"
        assert causes(told["B"]) == {("Value", source, entity, "Static")}
        assert causes(valued["B"]) == {
            ("Value", source, entity, "Static"),
            ("Value", "DirectModification", None, "Dynamic"),
        }
        assert {d["Target"]["AfterValue"] for d in valued["B"]["Details"]} == {UNKNOWN}
        assert told["B"]["Replacement"] == "False"

    def test_what_may_be_replaced(self, cloudformation, name):
        def body(description):
            name_of_b = {"Fn::Sub": f"/{name}/b/${{A.Type}}"}
            return template({"A": parameter(Description=description), "B": parameter(Name=name_of_b)})

        created(cloudformation, name, body("one"))
        told, valued = changes(cloudformation, name, body("two"))
        assert told["B"]["Replacement"] == "Conditional"
        assert causes(told["B"]) == {("Name", "ResourceAttribute", "A.Type", "Dynamic")}
        assert told["B"]["Details"][0]["Target"]["RequiresRecreation"] == "Always"
        assert "B" not in valued

    def test_what_is_added_and_removed(self, cloudformation, name):
        created(cloudformation, name, template({"A": parameter("a")}))
        added = {"B": parameter("b"), "C": parameter({"Fn::Sub": "x/${B}/y"})}
        _, valued = changes(cloudformation, name, template(added))
        assert json.loads(valued["A"]["BeforeContext"])["Properties"]["Value"] == "a"
        assert valued["A"]["Action"] == "Remove" and "AfterContext" not in valued["A"]
        assert json.loads(valued["C"]["AfterContext"])["Properties"]["Value"] == f"x/{UNKNOWN}/y"
        assert valued["C"]["Action"] == "Add" and "Replacement" not in valued["C"]

    def test_what_is_made_of_what_is_not_known(self, cloudformation, name):
        attribute = {"Fn::GetAtt": ["B", "Value"]}
        values = {
            "Join": {"Fn::Join": ["-", ["a", attribute]]},
            "Sub": {"Fn::Sub": "a-${B.Value}"},
            "Own": {"Fn::Sub": ["a-${x}", {"x": attribute}]},
            "Split": {"Fn::Select": [1, {"Fn::Split": [",", attribute]}]},
            "Base64": {"Fn::Base64": attribute},
        }
        created(cloudformation, name, template({"A": parameter()}))
        added = {key: parameter(value) for key, value in values.items()}
        _, valued = changes(cloudformation, name, template({"A": parameter(), "B": parameter("b"), **added}))
        shown = {key: json.loads(valued[key]["AfterContext"])["Properties"]["Value"] for key in values}
        assert shown == {**dict.fromkeys(values, UNKNOWN), "Sub": f"a-{UNKNOWN}"}

    def test_metadata(self, cloudformation, name):
        def body(text):
            return template({"P": {**parameter(), "Metadata": {"Note": text}}})

        created(cloudformation, name, body("one"))
        resource = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="P")["StackResourceDetail"]
        assert json.loads(resource["Metadata"]) == {"Note": "one"}
        told, _ = changes(cloudformation, name, body("two"))
        assert told["P"]["Scope"] == ["Metadata"]
        assert told["P"]["Details"] == [
            {
                "Target": {"Attribute": "Metadata", "RequiresRecreation": "Never"},
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
        ]
        cloudformation.execute_change_set(StackName=name, ChangeSetName="change")
        cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=QUICK)
        resource = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="P")["StackResourceDetail"]
        assert json.loads(resource["Metadata"]) == {"Note": "two"}


class TestSecrets:
    def test_hidden_parameters_are_in_no_value(self, cloudformation, name):
        secret = {"Ref": "Secret"}
        kept = {
            "Type": "AWS::SSM::Parameter",
            "Metadata": {"Note": secret},
            "Properties": {
                "Type": "String",
                "Value": {"Fn::Sub": "is ${Secret}"},
                "Description": {"Fn::Base64": secret},
                "Tags": {"a": secret},
            },
        }
        hidden = {"Secret": {"Type": "String", "NoEcho": True}, "List": {"Type": "CommaDelimitedList", "NoEcho": True}}
        chosen = parameter({"Fn::Select": [1, {"Ref": "List"}]})
        given_back = parameter({"Fn::GetAtt": ["P", "Value"]}, Description={"Fn::Select": [0, {"Ref": "List"}]})
        body = template({"P": kept, "Q": chosen, "R": given_back}, Parameters=hidden)
        created(cloudformation, name, body, Secret="hush-one", List="l-one,m-one")
        told, valued = changes(cloudformation, name, body, Secret="hush-two", List="l-two,m-two")
        assert causes(told["P"]) >= {
            (None, "ParameterReference", "Secret", "Static"),
            (None, "DirectModification", None, "Dynamic"),
            ("Value", "ParameterReference", "Secret", "Static"),
        }
        assert told["P"]["Scope"] == ["Metadata", "Properties"]
        assert {"Q", "R"} <= set(valued)
        shown = json.dumps(valued)
        assert not any(secret in shown for secret in ["hush", "l-one", "m-one", "l-two", "m-two", "aHVzaC"])
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        told_by_events = [json.loads(e["ResourceProperties"]) for e in events if e["LogicalResourceId"] == "P"]
        assert [p["Value"] for p in told_by_events] == ["is ****"] * 3
        assert not any(secret in json.dumps(events, default=str) for secret in ["hush", "l-one", "m-one", "aHVzaC"])
        properties = json.loads(valued["P"]["BeforeContext"])["Properties"]
        assert (properties["Value"], properties["Tags"]) == ("is ****", {"a": "****"})

    def test_what_passes_through_other_resources_is_hidden(self, cloudformation, gatehouse, name):
        service = {"endpoint_url": gatehouse.url}
        SESSION.client("secretsmanager", **service).create_secret(Name=name, SecretString="hush-stored")

        def got(resource, **properties):
            return parameter({"Fn::GetAtt": [resource, "Value"]}, **properties)

        def body(description):
            return template(
                {
                    "Stored": parameter(f"{{{{resolve:secretsmanager:{name}}}}}"),
                    "FromStored": got("Stored", Description=description),
                    "U": {"Type": "AWS::IAM::User"},
                    "K": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": "U"}}},
                    "Joined": parameter({"Fn::Join": ["-", ["key", {"Fn::GetAtt": ["K", "SecretAccessKey"]}]]}),
                    "FromJoined": got("Joined", Description=description),
                    "Coded": parameter({"Fn::Base64": {"Ref": "Secret"}}),
                    "FromCoded": got("Coded", Description=description),
                },
                Parameters={"Secret": {"Type": "String", "NoEcho": True}},
            )

        capabilities = {"Capabilities": ["CAPABILITY_IAM"], "Parameters": given(Secret="hush-given")}
        cloudformation.create_stack(StackName=name, TemplateBody=body("one"), **capabilities)
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        ssm = SESSION.client("ssm", **service)
        values = []
        for resource in ["FromStored", "FromJoined", "FromCoded"]:
            described = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=resource)
            key = described["StackResourceDetail"]["PhysicalResourceId"]
            values.append(ssm.get_parameter(Name=key)["Parameter"]["Value"])
        assert values[0] == "hush-stored" and values[1].startswith("key-") and values[2] == "aHVzaC1naXZlbg=="
        cloudformation.create_change_set(
            StackName=name, ChangeSetName="c", TemplateBody=body("two"), **capabilities
        )
        told = cloudformation.describe_change_set(StackName=name, ChangeSetName="c", IncludePropertyValues=True)
        assert {"FromStored", "FromJoined", "FromCoded"} <= {
            change["ResourceChange"]["LogicalResourceId"] for change in told["Changes"]
        }
        cloudformation.execute_change_set(StackName=name, ChangeSetName="c")
        cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=QUICK)
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        shown = json.dumps([told["Changes"], events], default=str)
        assert not [value for value in values if value in shown]

    def test_what_is_refused_is_not_quoted(self, cloudformation, name):
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Secret"}}}
        body = template({"G": group}, Parameters={"Secret": {"Type": "String", "NoEcho": True}})
        secret = "hush hush?"
        cloudformation.create_stack(StackName=name, TemplateBody=body, Parameters=given(Secret=secret))
        until(
            lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE",
            "it is taken back",
        )
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        (reason,) = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
        assert "****" in reason
        assert secret not in json.dumps([events, cloudformation.describe_stacks(StackName=name)], default=str)

    def test_keys_of_users_and_secret_strings(self, cloudformation, name):
        def body(description):
            return template(
                {
                    "U": {"Type": "AWS::IAM::User"},
                    "K": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": "U"}}},
                    "S": {
                        "Type": "AWS::SecretsManager::Secret",
                        "Properties": {
                            "Description": description,
                            "SecretString": {"Fn::Join": [":", ["k", {"Fn::GetAtt": ["K", "SecretAccessKey"]}]]},
                        },
                    },
                    "P": parameter({"Fn::GetAtt": ["K", "SecretAccessKey"]}, Description=description),
                }
            )

        cloudformation.create_stack(StackName=name, TemplateBody=body("one"), Capabilities=["CAPABILITY_IAM"])
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        cloudformation.create_change_set(
            StackName=name, ChangeSetName="c", TemplateBody=body("two"), Capabilities=["CAPABILITY_IAM"]
        )
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName="c", IncludePropertyValues=True)
        for change in described["Changes"]:
            resource = change["ResourceChange"]
            properties = [json.loads(resource[key])["Properties"] for key in ["BeforeContext", "AfterContext"]]
            key = "SecretString" if resource["LogicalResourceId"] == "S" else "Value"
            assert [p[key] for p in properties] == ["****", "****"]
            assert [p["Description"] for p in properties] == ["one", "two"]


class TestParameters:
    def test_what_the_parameter_store_gave_is_told(self, cloudformation, gatehouse, name):
        ssm = SESSION.client("ssm", endpoint_url=gatehouse.url)
        ssm.put_parameter(Name=f"/{name}", Value="one", Type="String")
        stored = {"Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": f"/{name}"}}
        body = template({"P": parameter({"Ref": "Stored"})}, Parameters=stored)
        expected = [{"ParameterKey": "Stored", "ParameterValue": f"/{name}", "ResolvedValue": "one"}]
        created(cloudformation, name, body)
        assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Parameters"] == expected
        ssm.put_parameter(Name=f"/{name}", Value="two", Type="String", Overwrite=True)
        told, _ = changes(cloudformation, name, body)
        assert causes(told["P"]) == {("Value", "DirectModification", None, "Static")}
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName="change")
        assert described["Parameters"] == [{**expected[0], "ResolvedValue": "two"}]


class TestStacksThatAreGone:
    def test_change_sets_are_known_by_their_ids(self, cloudformation, name):
        body = template({"P": parameter()})
        made = [change_set(cloudformation, name, body, "CREATE", number)["Id"] for number in ["a", "b"]]
        cloudformation.create_stack(StackName=name, TemplateBody=body)
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        assert cloudformation.list_change_sets(StackName=name)["Summaries"] == []

        def statuses():
            described = [cloudformation.describe_change_set(ChangeSetName=id) for id in made]
            return [(d["Status"], d["ExecutionStatus"]) for d in described]

        assert statuses() == [("CREATE_COMPLETE", "OBSOLETE")] * 2
        with pytest.raises(cloudformation.exceptions.ClientError) as caught:
            cloudformation.execute_change_set(ChangeSetName=made[0])
        assert "current status of [OBSOLETE]" in str(caught.value)
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig=QUICK)
        assert statuses() == [("CREATE_COMPLETE", "OBSOLETE")] * 2

    def test_no_change_set_is_made_of_one(self, cloudformation, name):
        body = template({"P": parameter()})
        created(cloudformation, name, body)
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        until(
            lambda: cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE",
            "the stack is gone",
        )
        gone = f"Stack:{stack_id} is in DELETE_COMPLETE state and can not be updated."
        again = f"Stack [{stack_id}] already exists and cannot be created again with the changeSet [c]."
        for call, message in [
            (lambda: cloudformation.update_stack(StackName=stack_id, TemplateBody=body), gone),
            (lambda: change_set(cloudformation, stack_id, body, "UPDATE"), gone),
            (lambda: change_set(cloudformation, stack_id, body, "CREATE"), again),
        ]:
            with pytest.raises(cloudformation.exceptions.ClientError) as caught:
                call()
            assert caught.value.response["Error"]["Message"] == message
        operations = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["LastOperations"]
        assert [o["OperationType"] for o in operations] == ["DELETE_STACK"]


def change_set(cloudformation, name, body, kind, change_set_name="c"):
    return cloudformation.create_change_set(
        StackName=name, ChangeSetName=change_set_name, TemplateBody=body, ChangeSetType=kind
    )
