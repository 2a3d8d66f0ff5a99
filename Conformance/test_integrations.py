"""Integration: defaults, checks, updates and how parameter mappings are edited."""

import pytest

from harness.clients import error_of
from harness.functions import function_arn


@pytest.fixture
def api(http_api):
    return http_api(stage=None)


def read(api, identifier):
    return api.client.get_integration(ApiId=api.id, IntegrationId=identifier)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("IntegrationType", "HTTP_PROXY"),
        ("IntegrationMethod", "GET"),
        ("IntegrationUri", "https://example.com/"),
        ("ConnectionType", "INTERNET"),
        ("PayloadFormatVersion", "1.0"),
        ("TimeoutInMillis", 30000),
    ],
)
def test_a_fresh_http_integration_reads_back_its_defaults(api, member, value):
    assert read(api, api.integrate("https://example.com/", "GET"))[member] == value


@pytest.mark.parametrize(
    "uri",
    [
        function_arn("any"),
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn('any')}/invocations",
        function_arn("any:live"),
    ],
)
def test_a_lambda_integration_keeps_its_uri_as_written(api, uri):
    created = api.client.create_integration(
        ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=uri, PayloadFormatVersion="2.0"
    )
    assert read(api, created["IntegrationId"])["IntegrationUri"] == uri


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_lambda_integration_keeps_its_payload_format_version(api, version):
    created = api.client.create_integration(
        ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=function_arn("any"), PayloadFormatVersion=version
    )
    assert created["PayloadFormatVersion"] == version


@pytest.mark.parametrize(
    "parameters",
    [
        {"IntegrationUri": None},
        {"IntegrationUri": "not a uri"},
        {"PayloadFormatVersion": "3.0"},
        {"PayloadFormatVersion": "2.0"},
        {"IntegrationMethod": "FETCH"},
        {"IntegrationMethod": None},
        {"IntegrationType": "NOTHING"},
        {"IntegrationType": None},
        {"ConnectionType": "CARRIER_PIGEON"},
    ],
    ids=str,
)
def test_an_http_integration_outside_the_rules_is_refused(api, parameters):
    whole = {
        "ApiId": api.id,
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "GET",
        "IntegrationUri": "https://example.com/",
        "PayloadFormatVersion": "1.0",
    } | parameters
    error = error_of(
        api.client.create_integration, **{name: value for name, value in whole.items() if value is not None}
    )
    assert (error.status, error.code) == (400, "BadRequestException")


def test_a_lambda_integration_needs_a_payload_format_version(api):
    error = error_of(
        api.client.create_integration, ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=function_arn("any")
    )
    assert (error.status, error.code) == (400, "BadRequestException")


@pytest.mark.parametrize("integration_type", ["AWS", "HTTP", "MOCK"])
def test_an_http_api_takes_proxy_integrations_only(api, integration_type):
    error = error_of(
        api.client.create_integration,
        ApiId=api.id,
        IntegrationType=integration_type,
        IntegrationMethod="GET",
        IntegrationUri="https://example.com/",
        PayloadFormatVersion="1.0",
    )
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message == (
        "Currently, an API with a protocol type of HTTP may only be associated with "
        "proxy integrations (AWS_PROXY, HTTP_PROXY)"
    )


@pytest.mark.parametrize("milliseconds", [50, 30000])
def test_a_time_out_within_the_limits_is_kept(api, milliseconds):
    identifier = api.integrate("https://example.com/", TimeoutInMillis=milliseconds)
    assert read(api, identifier)["TimeoutInMillis"] == milliseconds


@pytest.mark.parametrize("milliseconds", [0, 49, 30001])
def test_a_time_out_beyond_the_limits_is_refused(api, milliseconds):
    error = error_of(
        api.client.create_integration,
        ApiId=api.id,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="GET",
        IntegrationUri="https://example.com/",
        PayloadFormatVersion="1.0",
        TimeoutInMillis=milliseconds,
    )
    assert (error.status, error.code) == (400, "BadRequestException")
    assert "Timeout should be between 50 ms and 30000 ms" in error.message


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("IntegrationUri", "https://example.org/other"),
        ("IntegrationMethod", "POST"),
        ("TimeoutInMillis", 1000),
        ("Description", "what it is for"),
        ("RequestParameters", {"overwrite:header.x-a": "b"}),
        ("ResponseParameters", {"200": {"append:header.x-a": "b"}}),
    ],
)
def test_update_answers_the_new_value_and_keeps_it(api, member, value):
    identifier = api.integrate("https://example.com/", "GET")
    assert api.client.update_integration(ApiId=api.id, IntegrationId=identifier, **{member: value})[member] == value
    assert read(api, identifier)[member] == value


def test_a_removing_mapping_is_stored_as_two_quotes(api):
    parameters = {"remove:querystring.qs1": "''"}
    assert read(api, api.integrate("https://example.com/", RequestParameters=parameters))["RequestParameters"] == (
        parameters
    )


def test_an_update_adds_to_the_request_parameters(api):
    identifier = api.integrate("https://example.com/", RequestParameters={"overwrite:header.x-a": "a"})
    api.client.update_integration(
        ApiId=api.id, IntegrationId=identifier, RequestParameters={"overwrite:header.x-b": "b"}
    )
    assert read(api, identifier)["RequestParameters"] == {"overwrite:header.x-a": "a", "overwrite:header.x-b": "b"}


def test_an_empty_value_deletes_a_request_parameter(api):
    parameters = {"overwrite:header.x-a": "a", "overwrite:header.x-b": "b"}
    identifier = api.integrate("https://example.com/", RequestParameters=parameters)
    api.client.update_integration(
        ApiId=api.id, IntegrationId=identifier, RequestParameters={"overwrite:header.x-a": ""}
    )
    assert read(api, identifier)["RequestParameters"] == {"overwrite:header.x-b": "b"}


def test_an_empty_map_empties_the_response_parameters_of_a_status(api):
    parameters = {"200": {"append:header.x-a": "a"}, "404": {"append:header.x-b": "b"}}
    identifier = api.integrate("https://example.com/", ResponseParameters=parameters)
    api.client.update_integration(ApiId=api.id, IntegrationId=identifier, ResponseParameters={"200": {}})
    assert read(api, identifier)["ResponseParameters"] == {"200": {}, "404": {"append:header.x-b": "b"}}


def test_a_deleted_integration_is_not_found(api):
    identifier = api.integrate("https://example.com/")
    api.client.delete_integration(ApiId=api.id, IntegrationId=identifier)
    assert error_of(read, api, identifier).code == "NotFoundException"


def test_an_integration_that_a_route_needs_is_not_deleted(api):
    identifier = api.integrate("https://example.com/")
    route = api.route("GET /x", identifier)
    error = error_of(api.client.delete_integration, ApiId=api.id, IntegrationId=identifier)
    assert (error.status, error.code) == (409, "ConflictException")
    assert error.message == (
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route}]"
    )


def test_get_integrations_lists_every_integration(api):
    identifiers = {api.integrate(f"https://example.com/{number}") for number in range(3)}
    listed = api.client.get_integrations(ApiId=api.id)["Items"]
    assert {integration["IntegrationId"] for integration in listed} == identifiers
