"""What CloudFormation refuses beyond templates that are none: policies, parameters, forms."""

import json

import pytest
from test_cloudformation import client, created, fault, name, parameter, template  # noqa: F401


@pytest.fixture(scope="module")
def cloudformation(gatehouse):
    return client(gatehouse)


ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def test_a_policy_is_changed_not_removed(cloudformation, name):  # noqa: F811
    policy = json.dumps({"Statement": [ALLOW]})
    created(cloudformation, name, TemplateBody=template({"P": parameter(f"/{name}")}), StackPolicyBody=policy)
    assert fault(cloudformation.set_stack_policy, StackName=name)[:2] == (400, "ValidationError")
    for wrong in [{"Efect": "Deny"}, {"NotAction": "Update:*"}, {"NotResource": "*"}]:
        body = json.dumps({"Statement": [ALLOW | wrong]})
        refused = fault(cloudformation.set_stack_policy, StackName=name, StackPolicyBody=body)
        assert refused == (400, "ValidationError", "Error validating stack policy: Invalid stack policy")
    assert cloudformation.get_stack_policy(StackName=name)["StackPolicyBody"] == policy


def test_a_parameter_is_given_once(cloudformation, name):  # noqa: F811
    body = template({"P": parameter(f"/{name}", {"Ref": "A"})}, Parameters={"A": {"Type": "String"}})
    twice = [{"ParameterKey": "A", "ParameterValue": value} for value in ["x", "y"]]
    refused = fault(cloudformation.create_stack, StackName=name, TemplateBody=body, Parameters=twice)
    assert refused[:2] == (400, "ValidationError") and "A" in refused[2]


@pytest.mark.parametrize(
    "definition, message",
    [
        ({"Type": "Number", "Default": "x"}, "Parameter 'A' must be a number."),
        ({"Type": "String", "Default": "c", "AllowedValues": ["a"]}, "Parameter 'A' must be one of AllowedValues"),
    ],
)
def test_defaults_are_looked_at(cloudformation, definition, message):
    body = template({"P": parameter("/x")}, Parameters={"A": definition})
    assert fault(cloudformation.validate_template, TemplateBody=body) == (400, "ValidationError", message)


@pytest.mark.parametrize("form", [b"Action=ListStacks&NextToken=%G1", b"Action=ListStacks&NextToken=\xff"])
def test_a_form_that_cannot_be_read(gatehouse, form):
    fields = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
    answer = gatehouse.clients.signed("cloudformation", "POST", "/", form, fields)
    assert "<Code>MalformedQueryString</Code>" in answer.text
