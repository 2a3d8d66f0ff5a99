"""Resource policies of functions."""

import json

import pytest

from harness.clients import error_of
from harness.functions import create_function, function_arn

SOURCE_ARN = "arn:aws:execute-api:us-east-1:123456789012:abc123/*"


@pytest.fixture(scope="module")
def shared(gatehouse):
    """A function for tests that leave its policy as they found it."""
    return create_function(gatehouse.clients, "def handler(event, context): pass")


@pytest.fixture
def fresh(function):
    return function("def handler(event, context): pass")


def statement(answer):
    return json.loads(answer["Statement"])


def policy(target, **parameters):
    return json.loads(target.client.get_policy(FunctionName=target.name, **parameters)["Policy"])


class TestAdd:
    ROWS = [
        ({"Principal": "apigateway.amazonaws.com"}, "Principal", {"Service": "apigateway.amazonaws.com"}),
        ({"Principal": "123456789012"}, "Principal", {"AWS": "arn:aws:iam::123456789012:root"}),
        (
            {"Principal": "arn:aws:iam::123456789012:role/caller"},
            "Principal",
            {"AWS": "arn:aws:iam::123456789012:role/caller"},
        ),
        ({"Principal": "*"}, "Principal", "*"),
        ({"SourceArn": SOURCE_ARN}, "Condition", {"ArnLike": {"AWS:SourceArn": SOURCE_ARN}}),
        (
            {"SourceAccount": "123456789012"},
            "Condition",
            {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
        ),
        ({"Action": "lambda:GetFunction"}, "Action", "lambda:GetFunction"),
        ({}, "Effect", "Allow"),
    ]

    @pytest.mark.parametrize(("parameters", "member", "value"), ROWS, ids=[str(row[0]) for row in ROWS])
    def test_a_statement_has_what_was_asked_for(self, shared, parameters, member, value):
        assert statement(shared.permit(**parameters))[member] == value

    def test_it_answers_201_and_the_statement_in_the_order_of_aws(self, shared):
        answer = shared.permit(SOURCE_ARN)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert list(statement(answer)) == ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]

    def test_the_resource_is_the_function(self, shared):
        assert statement(shared.permit())["Resource"] == shared.arn

    def test_the_resource_of_a_version_has_its_qualifier(self, fresh):
        fresh.client.publish_version(FunctionName=fresh.name)
        assert statement(fresh.permit(Qualifier="1"))["Resource"] == f"{fresh.arn}:1"

    def test_a_second_statement_of_the_id_conflicts(self, shared):
        shared.permit(StatementId="twice")
        error = error_of(shared.permit, StatementId="twice")
        assert (error.status, error.code) == (409, "ResourceConflictException")
        assert error.message == (
            "The statement id (twice) provided already exists. Please provide a new statement id, or remove the "
            "existing statement."
        )

    def test_a_principal_that_is_none_is_refused(self, shared):
        error = error_of(shared.permit, Principal="nobody")
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message == "The provided principal was invalid. Please check the principal and try again."

    def test_the_latest_version_takes_none_by_its_qualifier(self, shared):
        error = error_of(shared.permit, Qualifier="$LATEST")
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message == "We currently do not support adding policies for $LATEST."

    def test_an_unknown_function_is_not_found(self, shared):
        assert error_of(shared.permit, FunctionName="never-made").code == "ResourceNotFoundException"

    def test_another_revision_than_the_latest_is_refused(self, fresh):
        fresh.permit()
        error = error_of(fresh.permit, RevisionId="00000000-0000-0000-0000-000000000000")
        assert (error.status, error.code) == (412, "PreconditionFailedException")


class TestGet:
    def test_it_is_a_policy_document_with_every_statement(self, fresh):
        for name in ("one", "two"):
            fresh.permit(StatementId=name)
        read = policy(fresh)
        assert (read["Version"], read["Id"]) == ("2012-10-17", "default")
        assert [entry["Sid"] for entry in read["Statement"]] == ["one", "two"]

    def test_each_qualifier_has_its_own(self, fresh):
        fresh.client.publish_version(FunctionName=fresh.name)
        fresh.permit(StatementId="unqualified")
        fresh.permit(StatementId="qualified", Qualifier="1")
        assert [entry["Sid"] for entry in policy(fresh)["Statement"]] == ["unqualified"]
        assert [entry["Sid"] for entry in policy(fresh, Qualifier="1")["Statement"]] == ["qualified"]

    def test_publishing_does_not_copy_it(self, fresh):
        fresh.permit()
        fresh.client.publish_version(FunctionName=fresh.name)
        assert error_of(fresh.client.get_policy, FunctionName=fresh.name, Qualifier="1").status == 404

    def test_a_function_without_one_has_none(self, fresh):
        error = error_of(fresh.client.get_policy, FunctionName=fresh.name)
        assert (error.status, error.message) == (404, "The resource you requested does not exist.")


class TestRemove:
    def test_it_removes_the_statement(self, fresh):
        for name in ("one", "two"):
            fresh.permit(StatementId=name)
        fresh.client.remove_permission(FunctionName=fresh.name, StatementId="one")
        assert [entry["Sid"] for entry in policy(fresh)["Statement"]] == ["two"]

    def test_the_last_statement_takes_the_policy_along(self, fresh):
        fresh.permit(StatementId="one")
        fresh.client.remove_permission(FunctionName=fresh.name, StatementId="one")
        assert error_of(fresh.client.get_policy, FunctionName=fresh.name).status == 404

    def test_an_unknown_statement_is_not_found(self, fresh):
        fresh.permit()
        error = error_of(fresh.client.remove_permission, FunctionName=fresh.name, StatementId="gone")
        assert (error.status, error.message) == (404, "Statement gone is not found in resource policy.")

    def test_a_function_without_a_policy_has_none_to_remove(self, fresh):
        error = error_of(fresh.client.remove_permission, FunctionName=fresh.name, StatementId="gone")
        assert (error.status, error.message) == (404, "No policy is associated with the given resource.")

    def test_an_unknown_function_has_none_to_remove(self, clients):
        error = error_of(clients.functions.remove_permission, FunctionName="never-made", StatementId="gone")
        assert (error.status, error.message) == (404, f"No policy found for: {function_arn('never-made')}")
