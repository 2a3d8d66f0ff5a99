"""ImportApi, ReimportApi and ExportApi: OpenAPI 3.0 with the extensions that HTTP APIs use."""

import json
import re

import pytest

from harness import wire
from harness.clients import error_of
from harness.functions import function_arn


def integration(uri, **more):
    return {
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "uri": uri,
            "httpMethod": "ANY",
            "payloadFormatVersion": "1.0",
        }
        | more
    }


def document(paths, **more):
    return {"openapi": "3.0.1", "info": {"title": "imported", "version": "1.2"}, "paths": paths} | more


@pytest.fixture
def imports(clients):
    """Imports a document and answers what the service says; deletes the API afterwards."""
    made = []

    def run(body, **parameters):
        text = body if isinstance(body, str) else json.dumps(body)
        made.append(clients.apis.import_api(Body=text, **parameters))
        return made[-1]

    yield run
    for api in made:
        clients.apis.delete_api(ApiId=api["ApiId"])


@pytest.fixture
def imported(imports, clients):
    """Imports a document and answers its routes and integrations, the former with their integration inside."""

    def read(body, **parameters):
        api_id = imports(body, **parameters)["ApiId"]
        by_id = {item["IntegrationId"]: item for item in clients.apis.get_integrations(ApiId=api_id)["Items"]}
        routes = clients.apis.get_routes(ApiId=api_id)["Items"]
        return {route["RouteKey"]: by_id.get(route.get("Target", "/").split("/")[1]) for route in routes}

    return read


class TestImport:
    def test_title_and_version_become_the_apis(self, imports):
        api = imports(document({"/a": {"get": integration("https://example.com/")}}))
        assert (api["Name"], api["Version"], api["ProtocolType"]) == ("imported", "1.2", "HTTP")

    def test_it_answers_201(self, imports):
        api = imports(document({"/a": {"get": integration("https://example.com/")}}))
        assert api["ResponseMetadata"]["HTTPStatusCode"] == 201

    def test_every_operation_becomes_a_route(self, imported):
        one = integration("https://example.com/")
        paths = {"/a": {"get": one, "post": one}, "/a/{id}": {"delete": one}, "/b/{rest+}": {"put": one}}
        assert set(imported(document(paths))) == {"GET /a", "POST /a", "DELETE /a/{id}", "PUT /b/{rest+}"}

    def test_the_any_method_becomes_an_any_route(self, imported):
        any_method = {"x-amazon-apigateway-any-method": integration("https://example.com/")}
        assert set(imported(document({"/a": any_method}))) == {"ANY /a"}

    def test_an_http_integration_is_read(self, imported):
        made = imported(document({"/a": {"get": integration("https://example.com/x", timeoutInMillis=900)}}))["GET /a"]
        assert (made["IntegrationType"], made["IntegrationUri"], made["TimeoutInMillis"]) == (
            "HTTP_PROXY",
            "https://example.com/x",
            900,
        )

    @pytest.mark.parametrize("kind", ["aws_proxy", "AWS_PROXY"])
    def test_a_lambda_integration_is_read_in_any_case(self, imported, kind):
        lambda_ = integration(function_arn("f"), type=kind, httpMethod="POST", payloadFormatVersion="2.0")
        made = imported(document({"/a": {"get": lambda_}}))["GET /a"]
        assert (made["IntegrationType"], made["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")

    def test_a_payload_format_version_may_be_a_number(self, imported):
        numbered = integration(function_arn("f"), type="aws_proxy", httpMethod="POST", payloadFormatVersion=1.0)
        assert imported(document({"/a": {"get": numbered}}))["GET /a"]["PayloadFormatVersion"] == "1.0"

    def test_an_integration_may_be_a_reference(self, imported):
        components = {
            "x-amazon-apigateway-integrations": {
                "shared": integration("https://example.com/shared")["x-amazon-apigateway-integration"]
            }
        }
        reference = {
            "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/shared"}
        }
        routes = imported(document({"/a": {"get": reference}}, components=components))
        assert routes["GET /a"]["IntegrationUri"] == "https://example.com/shared"

    def test_parameter_mappings_are_read(self, imported):
        mapped = integration(
            "https://example.com/",
            requestParameters={"overwrite:header.x-a": "$request.path.id"},
            responseParameters={"200": {"remove:header.x-b": "''"}},
        )
        made = imported(document({"/a/{id}": {"get": mapped}}))["GET /a/{id}"]
        assert made["RequestParameters"] == {"overwrite:header.x-a": "$request.path.id"}
        assert made["ResponseParameters"] == {"200": {"remove:header.x-b": "''"}}

    def test_the_cors_extension_becomes_the_cors_configuration(self, imports):
        cors = {"allowOrigins": ["https://a.example"], "allowMethods": ["GET"], "maxAge": 5, "allowCredentials": True}
        paths = {"/a": {"get": integration("https://example.com/")}}
        api = imports(document(paths, **{"x-amazon-apigateway-cors": cors}))
        wanted = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "MaxAge": 5, "AllowCredentials": True}
        assert api["CorsConfiguration"].items() >= wanted.items()

    def test_aws_variables_are_resolved(self, imported):
        uri = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f"
        made = imported(document({"/a": {"get": integration(uri, type="aws_proxy", payloadFormatVersion="2.0")}}))
        assert made["GET /a"]["IntegrationUri"] == function_arn("f")

    def test_tags_with_the_value_extension_become_tags(self, imports):
        tags = [{"name": "team", "x-amazon-apigateway-tag-value": "doors"}, {"name": "bare"}]
        api = imports(document({"/a": {"get": integration("https://example.com/")}}, tags=tags))
        assert {name: api["Tags"].get(name) for name in ("team", "bare")} == {"team": "doors", "bare": ""}

    def test_an_endpoint_configuration_disables_the_execute_api_endpoint(self, imports):
        servers = [{"url": "/", "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}]
        api = imports(document({"/a": {"get": integration("https://example.com/")}}, servers=servers))
        assert api["DisableExecuteApiEndpoint"] is True

    def test_yaml_is_accepted(self, imported):
        text = """
openapi: "3.0.1"
info: {title: yaml, version: "1"}
paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: https://example.com/
        payloadFormatVersion: 1.0
"""
        assert set(imported(text)) == {"GET /a"}

    @pytest.mark.parametrize(("basepath", "key"), [(None, "GET /a"), ("ignore", "GET /a"), ("prepend", "GET /v1/a")])
    def test_the_base_path_of_the_server_is_used_as_asked(self, imported, basepath, key):
        body = document({"/a": {"get": integration("https://example.com/")}}, servers=[{"url": "https://x.test/v1"}])
        assert set(imported(body, **({"Basepath": basepath} if basepath else {}))) == {key}

    def test_what_is_valid_but_unsupported_is_told_in_import_info(self, imports):
        operation = integration("https://example.com/") | {"requestBody": {"content": {}}}
        body = document({"/pets": {"post": operation}}, components={"schemas": {"Pet": {"type": "object"}}})
        assert set(imports(body)["ImportInfo"]) >= {
            "components: key [schemas] will be ignored by API Gateway",
            "paths./pets.post: key [requestBody] will be ignored by API Gateway",
        }

    def test_an_unsupported_integration_type_is_a_warning(self, imports):
        paths = {
            "/a": {"get": integration("https://example.com/")},
            "/b": {"get": integration("https://example.com/", type="mock")},
        }
        assert imports(document(paths))["Warnings"]

    def test_a_warning_fails_the_import_when_asked(self, clients):
        body = json.dumps(document({"/b": {"get": integration("https://example.com/", type="mock")}}))
        error = error_of(clients.apis.import_api, Body=body, FailOnWarnings=True)
        assert (error.status, error.code) == (400, "BadRequestException")
        assert error.message.startswith("Warnings found during import:\n\t")

    def test_the_default_route_has_a_path_of_its_own(self, imported):
        default = {"x-amazon-apigateway-any-method": {"isDefaultRoute": True} | integration("https://example.com/")}
        assert set(imported(document({"/$default": default}))) == {"$default"}

    @pytest.mark.parametrize(
        "body",
        [
            '{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}}',
            "{not json",
            "[]",
            "",
        ],
    )
    def test_a_document_that_is_no_openapi_3_is_refused(self, clients, body):
        error = error_of(clients.apis.import_api, Body=body)
        assert (error.status, error.code) == (400, "BadRequestException")

    def test_an_imported_api_serves_once_it_has_a_stage(self, imports, clients, origin, gatehouse):
        api_id = imports(document({"/a/{id}": {"get": integration(f"{origin.url}/{{id}}")}}))["ApiId"]
        clients.apis.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
        answer = wire.fetch(gatehouse.traffic, "GET", "/a/7", f"{api_id}.execute-api.us-east-1.amazonaws.com")
        assert (answer.status, origin.only().target) == (200, "/7")

    def test_the_aws_cli_imports_a_file(self, clients, tmp_path):
        (tmp_path / "api.json").write_text(json.dumps(document({"/a": {"get": integration("https://example.com/")}})))
        api = clients.aws("aws apigatewayv2 import-api --body file://api.json", cwd=tmp_path)
        assert [route["RouteKey"] for route in clients.apis.get_routes(ApiId=api["ApiId"])["Items"]] == ["GET /a"]


class TestReimport:
    @pytest.fixture
    def api_id(self, imports):
        return imports(document({"/before": {"get": integration("https://example.com/")}}))["ApiId"]

    def reimport(self, clients, api_id, paths):
        return clients.apis.reimport_api(ApiId=api_id, Body=json.dumps(document(paths)))

    def test_it_keeps_the_api_id(self, clients, api_id):
        answer = self.reimport(clients, api_id, {"/after": {"get": integration("https://example.com/")}})
        assert answer["ApiId"] == api_id

    def test_it_replaces_the_routes(self, clients, api_id):
        self.reimport(clients, api_id, {"/after": {"get": integration("https://example.com/")}})
        assert [route["RouteKey"] for route in clients.apis.get_routes(ApiId=api_id)["Items"]] == ["GET /after"]

    def test_a_refused_document_changes_nothing(self, clients, api_id):
        error_of(clients.apis.reimport_api, ApiId=api_id, Body='{"swagger": "2.0"}')
        assert [route["RouteKey"] for route in clients.apis.get_routes(ApiId=api_id)["Items"]] == ["GET /before"]


class TestExport:
    @pytest.fixture
    def api(self, http_api):
        made = http_api(stage=None, Version="7", CorsConfiguration={"AllowOrigins": ["https://a.example"]})
        made.integration = made.integrate("https://example.com/", "GET", TimeoutInMillis=1234)
        made.route("GET /a/{id}", made.integration)
        made.route("ANY /b", made.integration)
        return made

    def export(self, api, output="JSON", **parameters):
        answer = api.client.export_api(ApiId=api.id, Specification="OAS30", OutputType=output, **parameters)
        return answer["body"].read().decode()

    def test_it_is_openapi_3_0(self, api):
        exported = json.loads(self.export(api))
        assert re.fullmatch(r"3\.0\.\d", exported["openapi"])
        assert exported["info"]["version"] == "7"

    def test_it_has_a_path_for_every_route(self, api):
        assert set(json.loads(self.export(api))["paths"]) == {"/a/{id}", "/b"}

    def test_it_has_the_integration_of_every_route(self, api):
        exported = json.loads(self.export(api))
        made = exported["paths"]["/a/{id}"]["get"]["x-amazon-apigateway-integration"]
        assert (made["type"].lower(), made["uri"], made["timeoutInMillis"]) == (
            "http_proxy",
            "https://example.com/",
            1234,
        )

    def test_an_any_route_is_the_any_method(self, api):
        assert list(json.loads(self.export(api))["paths"]["/b"]) == ["x-amazon-apigateway-any-method"]

    def test_it_has_the_cors_configuration(self, api):
        assert json.loads(self.export(api))["x-amazon-apigateway-cors"]["allowOrigins"] == ["https://a.example"]

    def test_extensions_can_be_left_out(self, api):
        exported = self.export(api, IncludeExtensions=False)
        assert "x-amazon-apigateway-integration" not in exported

    def test_yaml_can_be_asked_for(self, api):
        assert re.search(r"^openapi: [\"']?3\.0", self.export(api, "YAML"), re.MULTILINE)

    def test_a_stage_gives_its_deployed_copy(self, api):
        api.stage("dev", auto_deploy=False)
        api.deploy("dev")
        api.route("GET /later", api.integration)
        assert "/later" not in json.loads(self.export(api, StageName="dev"))["paths"]

    def test_an_export_can_be_imported_again(self, api, imported):
        assert set(imported(self.export(api))) == {"GET /a/{id}", "ANY /b"}

    def test_another_specification_is_refused(self, api):
        error = error_of(api.client.export_api, ApiId=api.id, Specification="OAS20", OutputType="JSON")
        assert (error.status, error.code) == (400, "BadRequestException")
