"""Functions: read, list, update, delete and tags."""

import base64
import hashlib

import pytest

from harness.clients import error_of
from harness.functions import create_parameters, function_arn, package, unique

SOURCE = "def handler(event, context): return 'first'"


@pytest.fixture
def api(clients):
    return clients.functions


@pytest.fixture
def parameters():
    return create_parameters(SOURCE)


@pytest.fixture
def created(api, parameters):
    yield api.create_function(**parameters)
    api.delete_function(FunctionName=parameters["FunctionName"])


class TestRead:
    @pytest.mark.parametrize(
        "form",
        ["{name}", "123456789012:function:{name}", "arn:aws:lambda:us-east-1:123456789012:function:{name}"],
    )
    def test_a_function_is_found_by_each_form_of_its_name(self, api, created, form):
        name = created["FunctionName"]
        assert api.get_function(FunctionName=form.format(name=name))["Configuration"]["FunctionName"] == name

    def test_the_latest_version_is_found_by_its_qualifier(self, api, created):
        name = created["FunctionName"]
        assert api.get_function(FunctionName=name, Qualifier="$LATEST")["Configuration"]["Version"] == "$LATEST"

    def test_its_code_has_a_location(self, api, created):
        code = api.get_function(FunctionName=created["FunctionName"])["Code"]
        assert code["RepositoryType"] == "S3"
        assert code["Location"].startswith("http")

    @pytest.mark.parametrize("operation", ["get_function", "get_function_configuration", "delete_function"])
    def test_an_unknown_one_is_not_found(self, api, operation):
        error = error_of(getattr(api, operation), FunctionName="never-made")
        assert (error.status, error.code) == (404, "ResourceNotFoundException")
        assert error.message.startswith(f"Function not found: {function_arn('never-made')}")

    def test_the_error_has_its_code_in_the_header_and_an_upper_case_message(self, clients):
        answer = clients.signed("lambda", "GET", "/2015-03-31/functions/never-made")
        assert answer.header("x-amzn-errortype").split(":")[0] == "ResourceNotFoundException"
        assert set(answer.json()) == {"Message", "Type"}

    def test_list_functions_has_it(self, api, created):
        pages = api.get_paginator("list_functions").paginate()
        assert created["FunctionName"] in {item["FunctionName"] for page in pages for item in page["Functions"]}

    def test_list_functions_comes_in_pages(self, own_gatehouse, parameters):
        api = own_gatehouse().clients.functions
        names = {unique("listed") for _ in range(3)}
        for name in names:
            api.create_function(**parameters | {"FunctionName": name})
        first = api.list_functions(MaxItems=2)
        second = api.list_functions(MaxItems=2, Marker=first["NextMarker"])
        assert [len(page["Functions"]) for page in (first, second)] == [2, 1]
        assert {item["FunctionName"] for page in (first, second) for item in page["Functions"]} == names
        assert "NextMarker" not in second


class TestUpdate:
    def test_new_code_is_invoked(self, function):
        target = function(SOURCE)
        assert target.invoke().json() == "first"
        target.replace_code("def handler(event, context): return 'second'")
        assert target.invoke().json() == "second"

    def test_new_code_has_a_new_hash(self, function, api):
        target = function(SOURCE)
        code = package({"handler.py": "def handler(event, context): return 'second'"})
        answer = api.update_function_code(FunctionName=target.name, ZipFile=code)
        assert answer["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("Description", "after"),
            ("Timeout", 7),
            ("MemorySize", 512),
            ("Handler", "handler.other"),
            ("Runtime", "python3.11"),
            ("Environment", {"Variables": {"NEW": "value"}}),
        ],
    )
    def test_a_new_configuration_is_read_back(self, function, api, member, value):
        target = function(SOURCE)
        target.configure(**{member: value})
        assert api.get_function_configuration(FunctionName=target.name)[member] == value

    def test_what_an_update_does_not_name_is_kept(self, function, api):
        target = function(SOURCE, Description="kept")
        target.configure(Timeout=7)
        read = api.get_function_configuration(FunctionName=target.name)
        assert (read["Description"], read["Timeout"]) == ("kept", 7)

    def test_variables_are_replaced_as_a_whole(self, function, api):
        target = function(SOURCE, Environment={"Variables": {"OLD": "1"}})
        target.configure(Environment={"Variables": {"NEW": "2"}})
        assert api.get_function_configuration(FunctionName=target.name)["Environment"] == {"Variables": {"NEW": "2"}}

    def test_an_update_changes_the_revision(self, function, api):
        target = function(SOURCE)
        before = api.get_function_configuration(FunctionName=target.name)["RevisionId"]
        target.configure(Timeout=7)
        assert api.get_function_configuration(FunctionName=target.name)["RevisionId"] != before

    @pytest.mark.parametrize(
        ("operation", "change"),
        [
            ("update_function_configuration", {"Timeout": 7}),
            ("update_function_code", {"ZipFile": package({"handler.py": SOURCE})}),
        ],
    )
    def test_another_revision_than_the_latest_is_refused(self, function, api, operation, change):
        name, stale = function(SOURCE).name, "00000000-0000-0000-0000-000000000000"
        error = error_of(getattr(api, operation), FunctionName=name, RevisionId=stale, **change)
        assert (error.status, error.code) == (412, "PreconditionFailedException")
        assert error.message.startswith("The Revision Id provided does not match the latest Revision Id.")

    def test_a_refused_update_changes_nothing(self, function, api):
        target = function(SOURCE)
        error_of(api.update_function_configuration, FunctionName=target.name, Timeout=901, Description="after")
        assert api.get_function_configuration(FunctionName=target.name)["Description"] == ""


class TestDelete:
    def test_it_answers_without_a_body(self, api, parameters, clients):
        api.create_function(**parameters)
        answer = clients.signed("lambda", "DELETE", f"/2015-03-31/functions/{parameters['FunctionName']}")
        assert (answer.status, answer.body) == (204, b"")

    def test_a_deleted_function_is_not_found(self, api, parameters):
        api.create_function(**parameters)
        api.delete_function(FunctionName=parameters["FunctionName"])
        assert error_of(api.get_function, FunctionName=parameters["FunctionName"]).status == 404

    def test_its_name_can_be_used_again(self, api, parameters):
        for _ in range(2):
            api.create_function(**parameters)
            api.delete_function(FunctionName=parameters["FunctionName"])

    def test_the_latest_version_is_not_deleted_alone(self, function, api):
        error = error_of(api.delete_function, FunctionName=function(SOURCE).name, Qualifier="$LATEST")
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message == "$LATEST version cannot be deleted without deleting the function."


class TestTags:
    def test_a_function_has_the_tags_it_was_created_with(self, function, api):
        target = function(SOURCE, Tags={"team": "doors"})
        assert api.list_tags(Resource=target.arn)["Tags"] == {"team": "doors"}
        assert api.get_function(FunctionName=target.name)["Tags"] == {"team": "doors"}

    def test_tagging_adds_and_replaces(self, function, api):
        target = function(SOURCE, Tags={"a": "1", "b": "1"})
        api.tag_resource(Resource=target.arn, Tags={"b": "2", "c": "3"})
        assert api.list_tags(Resource=target.arn)["Tags"] == {"a": "1", "b": "2", "c": "3"}

    def test_untagging_removes_the_named_keys(self, function, api):
        target = function(SOURCE, Tags={"a": "1", "b": "1", "c": "1"})
        api.untag_resource(Resource=target.arn, TagKeys=["a", "b"])
        assert api.list_tags(Resource=target.arn)["Tags"] == {"c": "1"}

    @pytest.mark.parametrize("operation", ["list_tags", "tag_resource", "untag_resource"])
    def test_an_unknown_function_is_not_found(self, api, operation):
        parameters = {"tag_resource": {"Tags": {"a": "b"}}, "untag_resource": {"TagKeys": ["a"]}}.get(operation, {})
        error = error_of(getattr(api, operation), Resource=function_arn("never-made"), **parameters)
        assert (error.status, error.code) == (404, "ResourceNotFoundException")
