"""Api: create, read, update, delete, and the quick create that makes everything under it."""

import re

import pytest

from harness.clients import curl, error_of
from harness.functions import unique

LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group"


@pytest.fixture
def apis(clients):
    return clients.apis


def test_an_api_id_is_ten_lower_case_alphanumerics(http_api):
    assert re.fullmatch("[a-z0-9]{10}", http_api(stage=None).id)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ProtocolType", "HTTP"),
        ("ApiKeySelectionExpression", "$request.header.x-api-key"),
        ("DisableExecuteApiEndpoint", False),
    ],
)
def test_a_fresh_api_reads_back_its_defaults(http_api, apis, member, value):
    assert apis.get_api(ApiId=http_api(stage=None).id)[member] == value


def test_the_route_selection_expression_is_method_and_path(http_api, apis):
    expression = apis.get_api(ApiId=http_api(stage=None).id)["RouteSelectionExpression"]
    assert expression.replace("{", "").replace("}", "") == "$request.method $request.path"


def test_the_endpoint_is_the_execute_api_host_of_the_region(http_api, apis):
    api = http_api(stage=None)
    assert apis.get_api(ApiId=api.id)["ApiEndpoint"] == f"https://{api.id}.execute-api.us-east-1.amazonaws.com"


def test_an_api_has_the_time_of_its_creation(http_api, apis):
    assert apis.get_api(ApiId=http_api(stage=None).id)["CreatedDate"].tzinfo is not None


def test_timestamps_are_iso_8601_with_seconds_and_z_on_the_wire(http_api, clients):
    answer = clients.signed("apigateway", "GET", f"/v2/apis/{http_api(stage=None).id}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer.json()["createdDate"])


@pytest.mark.parametrize("member", ["corsConfiguration", "description", "version", "apiGatewayManaged"])
def test_unset_members_are_left_out(http_api, clients, member):
    assert member not in clients.signed("apigateway", "GET", f"/v2/apis/{http_api(stage=None).id}").json()


def test_create_and_get_answer_the_same(apis):
    created = apis.create_api(Name=unique("api"), ProtocolType="HTTP", Description="d", Version="3")
    read = apis.get_api(ApiId=created["ApiId"])
    for answer in (created, read):
        answer.pop("ResponseMetadata")
        answer.pop("Tags", None)
    assert read == created


def test_update_changes_what_it_names_and_keeps_the_rest(http_api, apis):
    api = http_api(stage=None, Description="before", Version="1")
    api.update(Description="after")
    read = apis.get_api(ApiId=api.id)
    assert (read["Description"], read["Version"]) == ("after", "1")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Name", "another-name"),
        ("Description", "another description"),
        ("Version", "2.0"),
        ("DisableExecuteApiEndpoint", True),
    ],
)
def test_update_answers_the_new_value(http_api, member, value):
    assert http_api(stage=None).update(**{member: value})[member] == value


def test_update_answers_the_new_cors_configuration(http_api):
    wanted = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "MaxAge": 60}
    assert http_api(stage=None).update(CorsConfiguration=wanted)["CorsConfiguration"].items() >= wanted.items()


def test_a_deleted_api_is_not_found(http_api, apis):
    api = http_api(stage=None)
    api.delete()
    assert error_of(apis.get_api, ApiId=api.id).status == 404


def test_a_deleted_api_no_longer_serves(proxy, origin):
    assert proxy.call().status == 200
    proxy.delete()
    assert proxy.call().status in (403, 404)


def test_get_apis_lists_a_created_api(http_api, apis):
    api = http_api(stage=None)
    ids = [item["ApiId"] for page in apis.get_paginator("get_apis").paginate() for item in page["Items"]]
    assert api.id in ids


def test_delete_cors_configuration_removes_it(http_api, apis):
    api = http_api(stage=None, CorsConfiguration={"AllowOrigins": ["*"]})
    apis.delete_cors_configuration(ApiId=api.id)
    assert "CorsConfiguration" not in apis.get_api(ApiId=api.id)


def test_a_disabled_execute_api_endpoint_does_not_serve(proxy):
    proxy.update(DisableExecuteApiEndpoint=True)
    assert proxy.call().status in (403, 404)


def test_an_enabled_again_execute_api_endpoint_serves(proxy):
    proxy.update(DisableExecuteApiEndpoint=True)
    proxy.update(DisableExecuteApiEndpoint=False)
    assert proxy.call().status == 200


def test_curl_reaches_an_api_by_its_local_host_name(proxy, gatehouse):
    port = gatehouse.management[1]
    host = f"{proxy.id}.execute-api.localhost"
    assert curl("--resolve", f"{host}:{port}:127.0.0.1", f"http://{host}:{port}/hello") == "origin"


class TestQuickCreate:
    @pytest.fixture
    def quick(self, http_api, origin):
        return http_api(stage=None, Target=origin.url)

    def test_an_url_makes_an_http_proxy_integration(self, quick, apis, origin):
        (integration,) = apis.get_integrations(ApiId=quick.id)["Items"]
        assert (integration["IntegrationType"], integration["IntegrationUri"]) == ("HTTP_PROXY", origin.url)

    def test_a_function_arn_makes_a_lambda_proxy_integration(self, http_api, apis, function):
        target = function("def handler(event, context): return event['rawPath']")
        (integration,) = apis.get_integrations(ApiId=http_api(stage=None, Target=target.arn).id)["Items"]
        assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")

    def test_the_function_may_be_invoked_without_another_command(self, http_api, function):
        target = function("def handler(event, context): return event['rawPath']")
        assert http_api(stage=None, Target=target.arn).call("GET", "/quick").body == b"/quick"

    def test_everything_is_forwarded_at_once(self, quick, origin):
        assert quick.call("POST", "/some/path", body="x").status == 200
        assert origin.only().target == "/some/path"

    def test_a_route_key_takes_the_place_of_the_default_one(self, http_api, apis, origin):
        api = http_api(stage=None, Target=origin.url, RouteKey="GET /only")
        (route,) = apis.get_routes(ApiId=api.id)["Items"]
        assert route["RouteKey"] == "GET /only"

    @pytest.mark.parametrize("listing", ["get_routes", "get_integrations", "get_stages"])
    def test_what_it_makes_is_managed_by_api_gateway(self, quick, apis, listing):
        (item,) = getattr(apis, listing)(ApiId=quick.id)["Items"]
        assert item["ApiGatewayManaged"] is True

    def test_the_managed_route_keeps_its_key(self, quick, apis):
        (route,) = apis.get_routes(ApiId=quick.id)["Items"]
        error = error_of(apis.update_route, ApiId=quick.id, RouteId=route["RouteId"], RouteKey="GET /else")
        assert error.code == "BadRequestException"

    def test_the_managed_integration_cannot_be_deleted(self, quick, apis):
        (integration,) = apis.get_integrations(ApiId=quick.id)["Items"]
        identifier = integration["IntegrationId"]
        assert error_of(apis.delete_integration, ApiId=quick.id, IntegrationId=identifier).status in (400, 409)

    def test_the_managed_integration_can_be_updated(self, quick, apis):
        (integration,) = apis.get_integrations(ApiId=quick.id)["Items"]
        identifier = integration["IntegrationId"]
        updated = apis.update_integration(ApiId=quick.id, IntegrationId=identifier, TimeoutInMillis=5000)
        assert updated["TimeoutInMillis"] == 5000

    def test_the_managed_stage_takes_access_log_settings(self, quick):
        settings = {"DestinationArn": f"{LOG_GROUP}:any", "Format": "$context.requestId"}
        assert quick.update_stage(AccessLogSettings=settings)["AccessLogSettings"] == settings

    def test_update_api_moves_the_target(self, quick, origin):
        quick.update(Target=f"{origin.url}/moved")
        assert quick.call("GET", "/x").status == 200
        assert origin.only().target == "/moved/x"
