"""Versions and aliases."""

import re

import pytest

from harness.clients import error_of

FIRST = "def handler(event, context): return 'first'"
SECOND = "def handler(event, context): return 'second'"
SHOWS_ITSELF = """
import os

def handler(event, context):
    return [context.function_version, context.invoked_function_arn, os.environ["AWS_LAMBDA_FUNCTION_VERSION"]]
"""


@pytest.fixture
def api(clients):
    return clients.functions


@pytest.fixture
def published(function, api):
    """A function whose version 1 says `first` and whose latest says `second`."""
    target = function(FIRST)
    api.publish_version(FunctionName=target.name)
    target.replace_code(SECOND)
    return target


@pytest.fixture
def two_versions(published, api):
    api.publish_version(FunctionName=published.name)
    return published


class TestVersions:
    def test_the_first_is_1_and_its_arn_says_so(self, function, api):
        target = function(FIRST)
        answer = api.publish_version(FunctionName=target.name, Description="the first")
        assert (answer["Version"], answer["FunctionArn"], answer["Description"]) == (
            "1",
            f"{target.arn}:1",
            "the first",
        )

    def test_nothing_changed_is_no_new_version(self, function, api):
        target = function(FIRST)
        versions = [api.publish_version(FunctionName=target.name)["Version"] for _ in range(2)]
        assert versions == ["1", "1"]

    def test_a_change_of_code_is_a_new_version(self, published, api):
        assert api.publish_version(FunctionName=published.name)["Version"] == "2"

    def test_a_change_of_configuration_is_a_new_version(self, function, api):
        target = function(FIRST)
        api.publish_version(FunctionName=target.name)
        target.configure(Timeout=9)
        assert api.publish_version(FunctionName=target.name)["Version"] == "2"

    def test_a_version_keeps_its_code(self, published):
        assert published.invoke(Qualifier="1").json() == "first"
        assert published.invoke().json() == "second"

    def test_a_version_keeps_its_configuration(self, published, api):
        published.configure(Timeout=9)
        assert api.get_function_configuration(FunctionName=published.name, Qualifier="1")["Timeout"] == 20

    def test_the_executed_version_is_told(self, published):
        assert published.invoke(Qualifier="1").version == "1"

    def test_the_function_knows_its_version(self, function, api):
        target = function(SHOWS_ITSELF)
        api.publish_version(FunctionName=target.name)
        assert target.invoke(Qualifier="1").json() == ["1", f"{target.arn}:1", "1"]

    def test_list_versions_has_the_latest_and_the_published(self, two_versions, api):
        listed = api.list_versions_by_function(FunctionName=two_versions.name)["Versions"]
        assert [version["Version"] for version in listed] == ["$LATEST", "1", "2"]

    def test_another_hash_than_the_latest_is_refused(self, function, api):
        error = error_of(api.publish_version, FunctionName=function(FIRST).name, CodeSha256="AAAA")
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message.startswith("CodeSHA256 (AAAA) is different from current CodeSHA256 in $LATEST (")

    def test_a_deleted_version_is_not_found(self, published, api):
        api.delete_function(FunctionName=published.name, Qualifier="1")
        assert error_of(api.get_function, FunctionName=published.name, Qualifier="1").status == 404
        assert published.invoke().json() == "second"

    def test_an_unknown_version_is_not_found(self, published, api):
        assert error_of(api.get_function, FunctionName=published.name, Qualifier="9").status == 404


class TestAliases:
    @pytest.fixture
    def live(self, two_versions, api):
        return api.create_alias(FunctionName=two_versions.name, Name="live", FunctionVersion="1")

    def test_create_answers_it(self, two_versions, live):
        assert (live["AliasArn"], live["Name"], live["FunctionVersion"], live["Description"]) == (
            f"{two_versions.arn}:live",
            "live",
            "1",
            "",
        )
        assert re.fullmatch("[0-9a-f-]{36}", live["RevisionId"])

    def test_it_invokes_its_version(self, two_versions, live):
        answer = two_versions.invoke(Qualifier="live")
        assert (answer.json(), answer.version) == ("first", "1")

    def test_it_is_found_in_the_functions_name(self, two_versions, live):
        assert two_versions.invoke(FunctionName=f"{two_versions.arn}:live").json() == "first"

    def test_the_function_is_told_the_arn_it_was_called_by(self, function, api):
        target = function(SHOWS_ITSELF)
        api.publish_version(FunctionName=target.name)
        api.create_alias(FunctionName=target.name, Name="live", FunctionVersion="1")
        assert target.invoke(Qualifier="live").json() == ["1", f"{target.arn}:live", "1"]

    def test_an_update_moves_it(self, two_versions, live, api):
        api.update_alias(FunctionName=two_versions.name, Name="live", FunctionVersion="2")
        assert two_versions.invoke(Qualifier="live").json() == "second"

    def test_it_may_follow_the_latest(self, published, api):
        api.create_alias(FunctionName=published.name, Name="newest", FunctionVersion="$LATEST")
        assert published.invoke(Qualifier="newest").json() == "second"

    def test_get_function_by_it_has_its_arn_and_its_version(self, two_versions, live, api):
        read = api.get_function_configuration(FunctionName=two_versions.name, Qualifier="live")
        assert (read["FunctionArn"], read["Version"]) == (f"{two_versions.arn}:live", "1")

    def test_list_aliases_has_it(self, two_versions, live, api):
        listed = api.list_aliases(FunctionName=two_versions.name)["Aliases"]
        assert [(alias["Name"], alias["FunctionVersion"]) for alias in listed] == [("live", "1")]

    def test_a_deleted_one_is_not_found(self, two_versions, live, api):
        api.delete_alias(FunctionName=two_versions.name, Name="live")
        error = error_of(api.get_alias, FunctionName=two_versions.name, Name="live")
        assert (error.status, error.message) == (404, f"Cannot find alias arn: {two_versions.arn}:live")

    def test_a_second_one_of_the_name_conflicts(self, two_versions, live, api):
        error = error_of(api.create_alias, FunctionName=two_versions.name, Name="live", FunctionVersion="2")
        assert (error.status, error.code) == (409, "ResourceConflictException")
        assert error.message == f"Alias already exists: {two_versions.arn}:live"

    def test_an_update_of_an_unknown_one_is_not_found(self, two_versions, api):
        error = error_of(api.update_alias, FunctionName=two_versions.name, Name="gone", FunctionVersion="1")
        assert (error.status, error.message) == (404, f"Alias not found: {two_versions.arn}:gone")

    @pytest.mark.parametrize("name", ["7", "a b", ""])
    def test_a_name_that_could_be_a_version_is_refused(self, two_versions, api, name):
        error = error_of(api.create_alias, FunctionName=two_versions.name, Name=name, FunctionVersion="1")
        assert error.status == 400

    def test_an_unknown_version_is_refused(self, two_versions, api):
        error = error_of(api.create_alias, FunctionName=two_versions.name, Name="live", FunctionVersion="9")
        assert error.status in (400, 404)

    def test_an_api_can_point_to_it(self, http_api, two_versions, live):
        api = http_api()
        two_versions.permit(api.source_arn, Qualifier="live")
        integration = api.client.create_integration(
            ApiId=api.id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=live["AliasArn"],
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        api.route("$default", integration)
        assert api.call().body == b"first"


class TestWeights:
    def alias(self, api, target, weights, version="1", name="split"):
        return dict(
            FunctionName=target.name,
            Name=name,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": weights},
        )

    @pytest.mark.parametrize(("weight", "version"), [(0.0, "1"), (1.0, "2")])
    def test_all_or_nothing_is_certain(self, two_versions, api, weight, version):
        api.create_alias(**self.alias(api, two_versions, {"2": weight}))
        assert {two_versions.invoke(Qualifier="split").version for _ in range(10)} == {version}

    def test_half_reaches_both(self, two_versions, api):
        """Sixty calls miss one of two versions once in 2**59."""
        api.create_alias(**self.alias(api, two_versions, {"2": 0.5}))
        assert {two_versions.invoke(Qualifier="split").version for _ in range(60)} == {"1", "2"}

    def test_an_empty_map_removes_them(self, two_versions, api):
        api.create_alias(**self.alias(api, two_versions, {"2": 1.0}))
        api.update_alias(
            FunctionName=two_versions.name, Name="split", RoutingConfig={"AdditionalVersionWeights": {}}
        )
        assert two_versions.invoke(Qualifier="split").version == "1"

    @pytest.mark.parametrize(
        ("version", "weights", "message"),
        [
            ("1", {"2": 0.1, "3": 0.1}, "Number of items in AdditionalVersionWeights cannot be greater than 1"),
            ("$LATEST", {"1": 0.1}, "$LATEST is not supported for an alias pointing to more than 1 version"),
            (
                "1",
                {"1": 0.1},
                "Invalid function version 1. Function version 1 is already included in routing configuration.",
            ),
            ("1", {"2": 1.1}, None),
        ],
    )
    def test_a_split_that_cannot_be_is_refused(self, two_versions, api, version, weights, message):
        error = error_of(api.create_alias, **self.alias(api, two_versions, weights, version))
        assert error.status == 400
        assert message is None or error.message == message
