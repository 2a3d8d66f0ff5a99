"""Errors of the management API: codes, messages and shape."""

import json

import pytest

from harness.clients import error_of

GONE = {
    "ApiId": "zzzzzzzzzz",
    "RouteId": "zzzzzzz",
    "IntegrationId": "zzzzzzz",
    "DeploymentId": "zzzzzz",
    "StageName": "gone",
}

UNDER_AN_API = [
    ("get_route", ["RouteId"], "Invalid Route identifier specified"),
    ("update_route", ["RouteId"], "Invalid Route identifier specified"),
    ("delete_route", ["RouteId"], "Invalid Route identifier specified"),
    ("get_integration", ["IntegrationId"], "Invalid Integration identifier specified"),
    ("update_integration", ["IntegrationId"], "Invalid Integration identifier specified"),
    ("delete_integration", ["IntegrationId"], "Invalid Integration identifier specified"),
    ("get_stage", ["StageName"], "Invalid stage identifier specified"),
    ("update_stage", ["StageName"], "Invalid stage identifier specified"),
    ("delete_stage", ["StageName"], "Invalid stage identifier specified"),
    ("get_deployment", ["DeploymentId"], "Invalid"),
    ("update_deployment", ["DeploymentId"], "Invalid"),
    ("delete_deployment", ["DeploymentId"], "Invalid"),
    ("delete_access_log_settings", ["StageName"], "Invalid stage identifier specified"),
]

OF_AN_API = [
    ("get_api", {}),
    ("update_api", {"Name": "x"}),
    ("delete_api", {}),
    ("delete_cors_configuration", {}),
    ("get_routes", {}),
    ("create_route", {"RouteKey": "GET /x"}),
    ("get_integrations", {}),
    (
        "create_integration",
        {
            "IntegrationType": "HTTP_PROXY",
            "IntegrationMethod": "GET",
            "IntegrationUri": "https://example.com/",
            "PayloadFormatVersion": "1.0",
        },
    ),
    ("get_stages", {}),
    ("create_stage", {"StageName": "dev"}),
    ("get_deployments", {}),
    ("create_deployment", {}),
    ("export_api", {"Specification": "OAS30", "OutputType": "JSON"}),
    ("reimport_api", {"Body": '{"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}}'}),
]

CREATE_API = [
    ({"ProtocolType": "FTP"}, "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]"),
    ({"ProtocolType": None}, None),
    ({"Name": None}, "Invalid API name specified"),
    ({"RouteSelectionExpression": "$request.body.action"}, None),
    ({"Name": ""}, None),
    ({"Name": "x" * 129}, None),
    ({"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 86401}}, None),
    ({"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": -2}}, None),
    (
        {"CorsConfiguration": {"AllowOrigins": ["*"], "AllowCredentials": True}},
        "allow-credentials is not supported if 'allow-origin' is *",
    ),
    ({"CorsConfiguration": {"AllowOrigins": ["localhost:3000"]}}, "Invalid format for origin localhost:3000"),
    ({"CorsConfiguration": {"AllowOrigins": "https://a.example"}}, None),
]

RESERVED_HEADERS = [
    "access-control-allow-origin",
    "apigw-requestid",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Location",
    "Forwarded",
    "Keep-Alive",
    "Origin",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailers",
    "Transfer-Encoding",
    "Upgrade",
    "x-amz-date",
    "x-amzn-trace-id",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Via",
]

MAPPING_ERROR = "Invalid mapping expression specified: Validation Result: warnings : [], errors : ["
REQUEST_DESTINATION = "Invalid Request Actioned Parameter destination specified: "
RESPONSE_DESTINATION = "Invalid Response Actioned Parameter destination specified: "

BAD_MAPPINGS = [
    ("RequestParameters", {"overwrite:body": "x"}, f"{REQUEST_DESTINATION}overwrite:body]"),
    ("RequestParameters", {"header.x-a": "x"}, f"{REQUEST_DESTINATION}header.x-a]"),
    ("RequestParameters", {"append:path": "x"}, f"{REQUEST_DESTINATION}append:path]"),
    ("RequestParameters", {"overwrite:statuscode": "200"}, f"{REQUEST_DESTINATION}overwrite:statuscode]"),
    ("RequestParameters", {"badaction:header.x": "x"}, f"{REQUEST_DESTINATION}badaction:header.x]"),
    ("ResponseParameters", {"200": {"overwrite:querystring.a": "x"}}, RESPONSE_DESTINATION),
    ("ResponseParameters", {"200": {"append:statuscode": "201"}}, RESPONSE_DESTINATION),
    ("ResponseParameters", {"199": {"append:header.x-a": "x"}}, "Status Code 199 is not valid.]"),
    ("ResponseParameters", {"600": {"append:header.x-a": "x"}}, "Status Code 600 is not valid.]"),
]


@pytest.fixture
def api(http_api):
    return http_api(stage=None)


@pytest.mark.parametrize(("operation", "names", "message"), UNDER_AN_API, ids=[row[0] for row in UNDER_AN_API])
def test_what_an_api_does_not_have_is_not_found(api, operation, names, message):
    error = error_of(getattr(api.client, operation), ApiId=api.id, **{name: GONE[name] for name in names})
    assert (error.status, error.code) == (404, "NotFoundException")
    assert error.message.lower().startswith(message.lower())


@pytest.mark.parametrize(("operation", "parameters"), OF_AN_API, ids=[row[0] for row in OF_AN_API])
def test_an_unknown_api_is_not_found(clients, operation, parameters):
    error = error_of(getattr(clients.apis, operation), ApiId=GONE["ApiId"], **parameters)
    assert (error.status, error.code) == (404, "NotFoundException")
    assert error.message.startswith("Invalid API identifier specified")


@pytest.mark.parametrize(("parameters", "message"), CREATE_API, ids=str)
def test_create_api_refuses(clients, parameters, message):
    whole = {"Name": "refused", "ProtocolType": "HTTP"} | parameters
    error = error_of(
        clients.apis.create_api, **{name: value for name, value in whole.items() if value is not None}
    )
    assert (error.status, error.code) == (400, "BadRequestException")
    assert message is None or error.message == message


@pytest.mark.parametrize("name", RESERVED_HEADERS)
@pytest.mark.parametrize("where", ["RequestParameters", "ResponseParameters"])
def test_a_reserved_header_cannot_be_mapped(api, name, where):
    mapping = {f"overwrite:header.{name}": "x"}
    parameters = {where: mapping if where == "RequestParameters" else {"200": mapping}}
    error = error_of(api.integrate, "https://example.com/", **parameters)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message.startswith(MAPPING_ERROR)


@pytest.mark.parametrize(("where", "mapping", "detail"), BAD_MAPPINGS, ids=str)
def test_a_mapping_outside_the_grammar_is_refused(api, where, mapping, detail):
    error = error_of(api.integrate, "https://example.com/", **{where: mapping})
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message.startswith(MAPPING_ERROR + detail)


@pytest.mark.parametrize(
    "settings",
    [{"Format": "$context.requestId"}, {"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:any"}],
    ids=["no destination", "no format"],
)
def test_access_log_settings_need_both_of_their_members(api, settings):
    error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", AccessLogSettings=settings)
    assert (error.status, error.code) == (400, "BadRequestException")


def test_an_access_log_format_needs_a_request_id(api):
    settings = {
        "DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:any",
        "Format": "$context.stage",
    }
    error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", AccessLogSettings=settings)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message == (
        "The following errors are found in Access Log Format: Access Log format must include either "
        "$context.requestId or $context.extendedRequestId : '$context.stage'"
    )


@pytest.mark.parametrize("member", [{"LoggingLevel": "INFO"}, {"DataTraceEnabled": True}], ids=str)
def test_execution_logs_are_refused(api, member):
    error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", DefaultRouteSettings=member)
    assert (error.status, error.message) == (400, "Execution logs are not supported on protocolType HTTP")


def test_a_malformed_target_is_refused(api):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /x", Target="somewhere/else")
    assert (error.status, error.code) == (400, "BadRequestException")
    assert "malformed target" in error.message


def test_an_unknown_deployment_cannot_be_given_to_a_stage(api):
    error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", DeploymentId=GONE["DeploymentId"])
    assert error.status in (400, 404)


class TestShape:
    @pytest.fixture
    def answer(self, clients):
        return clients.signed("apigateway", "GET", "/v2/apis/zzzzzzzzzz")

    def test_the_code_is_in_the_error_type_header(self, answer):
        assert answer.header("x-amzn-errortype").split(":")[0] == "NotFoundException"

    def test_the_body_is_json_with_a_message(self, answer):
        assert answer.header("content-type").startswith("application/json")
        assert isinstance(answer.json()["message"], str)

    def test_every_answer_has_a_request_id(self, answer):
        assert answer.header("x-amzn-requestid")


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'{"name": 1, "protocolType": "HTTP"}', b""])
def test_a_body_that_is_not_the_operations_input_is_refused(clients, body):
    answer = clients.signed("apigateway", "POST", "/v2/apis", body, {"Content-Type": "application/json"})
    assert answer.status == 400
    assert answer.header("x-amzn-errortype")


def test_a_body_of_deep_nesting_is_refused_and_the_server_lives(clients):
    body = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert clients.signed("apigateway", "POST", "/v2/apis", body).status == 400
    assert clients.apis.get_apis()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/nothing"), ("PUT", "/v2/apis/zzzzzzzzzz/routes"), ("GET", "/v3/apis")]
)
def test_an_unknown_operation_is_refused_in_the_shape_of_an_error(clients, method, path):
    answer = clients.signed("apigateway", method, path)
    assert 400 <= answer.status < 500
    assert "message" in {name.lower() for name in json.loads(answer.body)}
