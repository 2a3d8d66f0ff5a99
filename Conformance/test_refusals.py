"""What Gatehouse does not serve yet is refused in AWS's error shape, with a sentence, and leaves nothing behind."""

import json
import re

import pytest

from harness.clients import error_of
from harness.functions import PYTHON, ROLE, package, unique

ISSUER = {"Audience": ["client"], "Issuer": "https://issuer.example"}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/abc-123"

OF_THE_ACCOUNT = [
    (
        "create_domain_name",
        {"DomainName": "api.example.com", "DomainNameConfigurations": [{"CertificateArn": CERTIFICATE}]},
    ),
    (
        "create_domain_name",
        {
            "DomainName": "mtls.example.com",
            "DomainNameConfigurations": [{"CertificateArn": CERTIFICATE}],
            "MutualTlsAuthentication": {"TruststoreUri": "s3://bucket/truststore.pem"},
        },
    ),
]

OF_AN_API = [
    ("create_route", {"RouteKey": "GET /x", "AuthorizationType": "CUSTOM", "AuthorizerId": "abcdef"}),
    ("create_route", {"RouteKey": "GET /x", "ApiKeyRequired": True}),
    (
        "create_integration",
        {
            "IntegrationType": "AWS_PROXY",
            "IntegrationSubtype": "SQS-SendMessage",
            "CredentialsArn": "arn:aws:iam::123456789012:role/r",
            "PayloadFormatVersion": "1.0",
            "RequestParameters": {"QueueUrl": "https://sqs.example/q", "MessageBody": "$request.body"},
        },
    ),
    ("create_model", {"Name": "model", "Schema": "{}"}),
]


def is_a_sentence(text):
    return bool(re.match(r"[A-Z'\"$]", text)) and len(text.split()) >= 4


def names(rows):
    return [f"{operation}-{list(parameters.values())[-1]}"[:60] for operation, parameters in rows]


def assert_refusal(error):
    assert 400 <= error.status < 600 and error.status not in (404, 500), error
    assert re.fullmatch(r"\w+Exception", error.code)
    assert is_a_sentence(error.message), error.message


@pytest.fixture
def api(http_api, origin):
    made = http_api(stage=None)
    made.route("GET /", made.integrate(origin.url))
    return made


@pytest.mark.parametrize(("operation", "parameters"), OF_THE_ACCOUNT, ids=names(OF_THE_ACCOUNT))
def test_an_operation_of_later_is_refused(clients, operation, parameters):
    assert_refusal(error_of(getattr(clients.apis, operation), **parameters))


@pytest.mark.parametrize(("operation", "parameters"), OF_AN_API, ids=names(OF_AN_API))
def test_a_setting_of_later_is_refused(api, operation, parameters):
    assert_refusal(error_of(getattr(api.client, operation), ApiId=api.id, **parameters))


def test_a_route_is_not_made_without_its_authorizer(api):
    error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /x", AuthorizationType="JWT", AuthorizerId="abcdef")
    assert [route["RouteKey"] for route in api.client.get_routes(ApiId=api.id)["Items"]] == ["GET /"]


def test_a_route_without_an_authorizer_is_told_what_jwt_needs(api):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /x", AuthorizationType="JWT")
    assert (error.status, error.code) == (400, "BadRequestException")


def test_a_route_keeps_its_authorization_when_an_authorizer_is_refused(api):
    (route,) = api.client.get_routes(ApiId=api.id)["Items"]
    error = error_of(
        api.client.update_route,
        ApiId=api.id,
        RouteId=route["RouteId"],
        AuthorizationType="JWT",
        AuthorizerId="abcdef",
    )
    assert (error.status, error.code) == (400, "BadRequestException")
    assert api.client.get_route(ApiId=api.id, RouteId=route["RouteId"])["AuthorizationType"] == "NONE"


def test_a_document_with_an_authorizer_is_not_imported_open(clients):
    """A document that asks for an authorizer must not become an API that lets everyone in."""
    scheme = {
        "type": "oauth2",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "jwtConfiguration": {"issuer": "https://issuer.example", "audience": ["client"]},
            "identitySource": "$request.header.Authorization",
        },
    }
    operation = {
        "security": [{"jwt": []}],
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "uri": "https://example.com/",
            "httpMethod": "GET",
            "payloadFormatVersion": "1.0",
        },
    }
    document = {
        "openapi": "3.0.1",
        "info": {"title": "guarded", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"securitySchemes": {"jwt": scheme}},
    }
    assert error_of(clients.apis.import_api, Body=json.dumps(document)).status == 400


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("apigateway", "get_domain_names", {}),
        ("sqs", "list_queues", {}),
    ],
)
def test_a_service_of_later_is_refused(clients, service, operation, parameters):
    error = error_of(getattr(clients.service(service), operation), **parameters)
    assert 400 <= error.status < 600 and error.status != 500
    assert error.message


@pytest.mark.parametrize(
    "parameters",
    [
        {"Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/f:1"}, "PackageType": "Image"},
        {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:shared:1"]},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_a_function_with_what_cannot_be_given_to_it_is_refused(clients, parameters):
    name = unique("refused")
    whole = {
        "FunctionName": name,
        "Runtime": PYTHON,
        "Handler": "handler.handler",
        "Role": ROLE,
        "Code": {"ZipFile": package({"handler.py": "def handler(event, context): pass"})},
    } | parameters
    if "PackageType" in parameters:
        whole = {key: value for key, value in whole.items() if key not in ("Runtime", "Handler")}
    assert 400 <= error_of(clients.functions.create_function, **whole).status < 500
    assert error_of(clients.functions.get_function, FunctionName=name).status == 404
