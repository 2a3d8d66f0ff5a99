"""Stage and Deployment: what serves is the deployed copy, and a stage says which copy that is."""

import re

import pytest

from harness.clients import error_of
from harness.deadline import until


@pytest.fixture
def api(http_api, origin):
    """An API with one route, `GET /one`, and no stage yet."""
    made = http_api(stage=None)
    made.integration = made.integrate(f"{origin.url}/one")
    made.one = made.route("GET /one", made.integration)
    return made


@pytest.fixture
def manual(api):
    """The same, deployed once to a `$default` stage that does not deploy by itself."""
    api.stage(auto_deploy=False)
    api.first = api.deploy("$default")
    return api


def statuses(api, *targets):
    return [api.call("GET", target).status for target in targets]


class TestFreshStage:
    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("StageName", "dev"),
            ("AutoDeploy", False),
            ("RouteSettings", {}),
            ("StageVariables", {}),
        ],
    )
    def test_it_reads_back_its_defaults(self, api, member, value):
        api.client.create_stage(ApiId=api.id, StageName="dev")
        assert api.client.get_stage(ApiId=api.id, StageName="dev").get(member, False) == value

    def test_its_default_route_settings_have_no_detailed_metrics(self, api):
        api.stage("dev", auto_deploy=False)
        settings = api.client.get_stage(ApiId=api.id, StageName="dev")["DefaultRouteSettings"]
        assert settings["DetailedMetricsEnabled"] is False

    def test_it_has_no_deployment(self, api):
        assert "DeploymentId" not in api.stage("dev", auto_deploy=False)

    def test_it_does_not_serve(self, api):
        api.stage(auto_deploy=False)
        assert statuses(api, "/one") == [404]


class TestDeployments:
    def test_a_deployment_serves(self, manual):
        assert statuses(manual, "/one") == [200]

    def test_a_deployment_is_deployed(self, manual):
        read = manual.client.get_deployment(ApiId=manual.id, DeploymentId=manual.first)
        assert (read["DeploymentStatus"], read["AutoDeployed"]) == ("DEPLOYED", False)

    def test_the_stage_names_its_deployment(self, manual):
        assert manual.client.get_stage(ApiId=manual.id, StageName="$default")["DeploymentId"] == manual.first

    def test_a_deployment_without_a_stage_changes_nothing(self, manual):
        manual.route("GET /two", manual.integration)
        manual.deploy()
        assert statuses(manual, "/two") == [404]

    def test_a_stage_must_exist_to_be_deployed_to(self, api):
        error = error_of(api.client.create_deployment, ApiId=api.id, StageName="$default")
        assert (error.status, error.code) == (400, "BadRequestException")
        assert error.message == (
            "Stage $default does not exist. StageName specified on a CreateDeployment request must exist so the "
            "stage can be updated with the new deployment."
        )

    def test_an_api_without_routes_cannot_be_deployed(self, http_api):
        api = http_api(stage=None)
        error = error_of(api.client.create_deployment, ApiId=api.id)
        assert (error.status, error.message) == (400, "Unable to deploy API because no routes exist in this API")

    def test_a_description_is_kept_and_can_be_changed(self, manual):
        identifier = manual.deploy(Description="before")
        manual.client.update_deployment(ApiId=manual.id, DeploymentId=identifier, Description="after")
        assert manual.client.get_deployment(ApiId=manual.id, DeploymentId=identifier)["Description"] == "after"

    def test_get_deployments_lists_them(self, manual):
        second = manual.deploy()
        listed = manual.client.get_deployments(ApiId=manual.id)["Items"]
        assert {deployment["DeploymentId"] for deployment in listed} == {manual.first, second}

    def test_a_deleted_deployment_is_not_found(self, manual):
        identifier = manual.deploy()
        manual.client.delete_deployment(ApiId=manual.id, DeploymentId=identifier)
        assert error_of(manual.client.get_deployment, ApiId=manual.id, DeploymentId=identifier).status == 404

    def test_a_deployment_that_a_stage_uses_is_not_deleted(self, manual):
        error = error_of(manual.client.delete_deployment, ApiId=manual.id, DeploymentId=manual.first)
        assert error.status in (400, 409)
        assert statuses(manual, "/one") == [200]

    def test_the_stage_can_return_to_an_earlier_deployment(self, manual):
        manual.route("GET /two", manual.integration)
        manual.deploy("$default")
        assert statuses(manual, "/two") == [200]
        manual.update_stage(DeploymentId=manual.first)
        assert statuses(manual, "/one", "/two") == [200, 404]


class TestUndeployedChanges:
    """Nothing of the API's routing serves before it is deployed; then it does."""

    def test_a_new_route_waits_for_its_deployment(self, manual):
        manual.route("GET /two", manual.integration)
        assert statuses(manual, "/two") == [404]
        manual.deploy("$default")
        assert statuses(manual, "/two") == [200]

    def test_a_deleted_route_serves_until_the_next_deployment(self, manual):
        manual.route("GET /two", manual.integration)
        manual.client.delete_route(ApiId=manual.id, RouteId=manual.one)
        assert statuses(manual, "/one") == [200]
        manual.deploy("$default")
        assert statuses(manual, "/one") == [404]

    def test_an_updated_route_key_waits(self, manual):
        manual.client.update_route(ApiId=manual.id, RouteId=manual.one, RouteKey="GET /moved")
        assert statuses(manual, "/one", "/moved") == [200, 404]
        manual.deploy("$default")
        assert statuses(manual, "/one", "/moved") == [404, 200]

    def test_an_updated_integration_waits(self, manual, origin):
        manual.client.update_integration(
            ApiId=manual.id, IntegrationId=manual.integration, IntegrationUri=f"{origin.url}/changed"
        )
        statuses(manual, "/one")
        manual.deploy("$default")
        statuses(manual, "/one")
        assert [request.target for request in origin.wait(2)] == ["/one", "/changed"]

    def test_an_updated_cors_configuration_waits(self, manual):
        def allowed():
            return manual.call("GET", "/one", {"Origin": "https://a.example"}).header("access-control-allow-origin")

        manual.update(CorsConfiguration={"AllowOrigins": ["https://a.example"]})
        assert allowed() is None
        manual.deploy("$default")
        assert allowed() == "https://a.example"

    def test_a_stage_keeps_its_copy_while_another_is_deployed(self, manual):
        manual.stage("next", auto_deploy=False)
        manual.route("GET /two", manual.integration)
        manual.deploy("next")
        assert statuses(manual, "/two", "/next/two") == [404, 200]


class TestAutoDeploy:
    def test_a_change_serves_at_once(self, api):
        api.stage()
        api.route("GET /two", api.integration)
        assert statuses(api, "/one", "/two") == [200, 200]

    def test_the_stage_gets_a_deployment_of_its_own(self, api):
        api.stage()
        stage = until(lambda: self.deployed_stage(api), "an automatic deployment")
        deployment = api.client.get_deployment(ApiId=api.id, DeploymentId=stage["DeploymentId"])
        assert deployment["AutoDeployed"] is True

    def test_the_stage_says_what_was_deployed(self, api):
        api.stage()
        stage = until(lambda: self.deployed_stage(api), "an automatic deployment")
        assert re.fullmatch(
            f"Successfully deployed stage with deployment ID '{stage['DeploymentId']}'",
            stage["LastDeploymentStatusMessage"],
        )

    def test_its_deployment_cannot_be_set(self, api):
        identifier = api.deploy()
        error = error_of(
            api.client.create_stage, ApiId=api.id, StageName="dev", AutoDeploy=True, DeploymentId=identifier
        )
        assert (error.status, error.code) == (400, "BadRequestException")

    def test_switched_on_it_serves_the_next_change(self, manual):
        manual.update_stage(AutoDeploy=True)
        manual.route("GET /two", manual.integration)
        assert statuses(manual, "/two") == [200]

    def test_switched_off_it_keeps_what_was_deployed(self, api):
        api.stage()
        api.update_stage(AutoDeploy=False)
        api.route("GET /two", api.integration)
        assert statuses(api, "/one", "/two") == [200, 404]

    @staticmethod
    def deployed_stage(api):
        stage = api.client.get_stage(ApiId=api.id, StageName="$default")
        return stage if "DeploymentId" in stage else None


class TestNamedStages:
    def test_the_first_segment_selects_the_stage(self, api):
        api.stage("dev")
        assert statuses(api, "/dev/one") == [200]

    def test_without_a_default_stage_other_paths_are_not_found(self, api):
        api.stage("dev")
        answer = api.call("GET", "/one")
        assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')

    def test_a_stage_name_wins_over_a_route_of_the_default_stage(self, api, origin):
        api.route("GET /dev/{rest+}", api.integrate(f"{origin.url}/default-stage"))
        api.stage()
        api.stage("dev")
        api.call("GET", "/dev/one")
        assert origin.only().target == "/one"

    def test_a_deleted_stage_no_longer_serves(self, api):
        api.stage("dev")
        api.client.delete_stage(ApiId=api.id, StageName="dev")
        assert statuses(api, "/dev/one") == [404]

    def test_a_second_stage_of_the_same_name_conflicts(self, api):
        api.stage("dev")
        error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev")
        assert (error.status, error.code) == (409, "ConflictException")

    @pytest.mark.parametrize("name", ["Az09_-", "x" * 128, "$default"])
    def test_a_stage_name_of_the_grammar_is_accepted(self, api, name):
        assert api.stage(name)["StageName"] == name

    @pytest.mark.parametrize("name", ["a b", "a/b", "a.b", "$other", "x" * 129, ""])
    def test_a_stage_name_outside_the_grammar_is_refused(self, api, name):
        error = error_of(api.client.create_stage, ApiId=api.id, StageName=name)
        assert (error.status, error.code) == (400, "BadRequestException")

    def test_get_stages_lists_them(self, api):
        for name in ("dev", "prod", "$default"):
            api.stage(name)
        assert {stage["StageName"] for stage in api.client.get_stages(ApiId=api.id)["Items"]} == {
            "dev",
            "prod",
            "$default",
        }

    def test_an_update_changes_what_it_names_and_keeps_the_rest(self, api):
        api.stage("dev", Description="before", StageVariables={"a": "1"})
        updated = api.update_stage("dev", Description="after")
        assert (updated["Description"], updated["StageVariables"]) == ("after", {"a": "1"})


class TestSettings:
    def test_access_log_settings_can_be_deleted(self, api):
        settings = {
            "DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:any",
            "Format": "$context.requestId",
        }
        api.stage("dev", AccessLogSettings=settings)
        api.client.delete_access_log_settings(ApiId=api.id, StageName="dev")
        assert "AccessLogSettings" not in api.client.get_stage(ApiId=api.id, StageName="dev")

    def test_route_settings_of_one_route_can_be_deleted(self, api):
        api.stage("dev", RouteSettings={"GET /one": {"DetailedMetricsEnabled": True}})
        api.client.delete_route_settings(ApiId=api.id, StageName="dev", RouteKey="GET /one")
        assert api.client.get_stage(ApiId=api.id, StageName="dev")["RouteSettings"] == {}

    def test_route_settings_of_an_unknown_route_are_refused(self, api):
        settings = {"GET /unknown": {"DetailedMetricsEnabled": True}}
        error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", RouteSettings=settings)
        assert error.message == "Unable to find Route by key GET /unknown within the provided RouteSettings"

    def test_detailed_metrics_can_be_switched_on(self, api):
        stage = api.stage("dev", DefaultRouteSettings={"DetailedMetricsEnabled": True})
        assert stage["DefaultRouteSettings"]["DetailedMetricsEnabled"] is True
