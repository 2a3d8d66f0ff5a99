"""REST APIs as OpenAPI documents, as AWS reads and writes them; the facts are recorded from the service."""

import json
from unittest.mock import ANY

import pytest

from harness.clients import error_of
from harness.rest import body, no_api
from harness.server import ACCOUNT, REGION

BAD = "BadRequestException"
LAMBDA = (
    f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/"
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f/invocations"
)


def mock(**others):
    return {"type": "mock", "responses": {"default": {"statusCode": "200"}},
            "requestTemplates": {"application/json": '{"statusCode": 200}'}} | others  # fmt: skip


def swagger(paths, **others):
    return {"swagger": "2.0", "info": {"title": "pets", "version": "1.0"}, "paths": paths} | others


def openapi(paths, **others):
    return {"openapi": "3.0.1", "info": {"title": "pets", "version": "1.0"}, "paths": paths} | others


def operation(**others):
    return {"responses": {}, "x-amazon-apigateway-integration": mock()} | others


@pytest.fixture
def importing(clients):
    """Imports a document, and answers its API's answer; the APIs are removed."""
    client = clients.service("apigateway")
    made = []

    def do(document, **parameters):
        answer = body(client.import_rest_api(body=json.dumps(document), **parameters))
        made.append(answer["id"])
        return answer

    do.client = client
    yield do
    for one in made:
        client.delete_rest_api(restApiId=one)


def resources(client, api):
    found = client.get_resources(restApiId=api["id"], embed=["methods"], limit=500)["items"]
    return {one["path"]: one for one in found}


def test_an_imported_api(importing):
    api = importing(swagger({}, **{"x-amazon-apigateway-binary-media-types": ["*/*"]}))
    assert api == {
        "apiKeySource": "HEADER", "binaryMediaTypes": ["*/*"], "createdDate": ANY, "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"ipAddressType": "ipv4", "types": ["EDGE"]}, "id": ANY, "name": "pets",
        "rootResourceId": ANY, "version": "1.0",
    }  # fmt: skip
    # What every other API begins with is only there when the document has it.
    assert importing.client.get_models(restApiId=api["id"])["items"] == []


def test_methods_have_what_their_operations_say(importing):
    api = importing(swagger({"/pets/{petId}": {
        "get": operation(
            operationId="GetPet", produces=["application/json"],
            parameters=[{"name": "type", "in": "query", "required": False, "type": "string"},
                        {"name": "X-A", "in": "header", "required": True, "type": "string"}],
            responses={200: {"description": "", "schema": {"$ref": "#/definitions/Pet"},
                             "headers": {"Access-Control-Allow-Origin": {"type": "string"}}}},
            **{"x-amazon-apigateway-integration": mock(responses={
                "default": {"statusCode": 200, "responseParameters": {
                    "method.response.header.Access-Control-Allow-Origin": "'*'"}}})}),
        "post": operation(consumes=["application/json"], parameters=[
            {"in": "body", "name": "Pet", "required": True, "schema": {"$ref": "#/definitions/Pet"}}]),
        "x-amazon-apigateway-any-method": operation(),
    }}, definitions={"Pet": {"type": "object", "description": "a pet", "example": {}, "properties": {
        "kind": {"$ref": "#/definitions/Kind"}}}, "Kind": {"type": "string"}}))  # fmt: skip
    found = resources(importing.client, api)
    assert list(found) == ["/", "/pets", "/pets/{petId}"]
    methods = found["/pets/{petId}"]["resourceMethods"]
    assert methods["GET"] == {
        "apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "GET", "operationName": "GetPet",
        "methodIntegration": {
            "cacheKeyParameters": [], "cacheNamespace": found["/pets/{petId}"]["id"],
            "integrationResponses": {"200": {
                "responseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
                "statusCode": "200"}},
            "passthroughBehavior": "WHEN_NO_MATCH", "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "timeoutInMillis": 29000, "type": "MOCK"},
        "methodResponses": {"200": {
            "responseModels": {"application/json": "Pet"},
            "responseParameters": {"method.response.header.Access-Control-Allow-Origin": False}, "statusCode": "200"}},
        "requestParameters": {"method.request.path.petId": True, "method.request.querystring.type": False,
                              "method.request.header.X-A": True},
    }  # fmt: skip
    assert methods["POST"]["requestModels"] == {"application/json": "Pet"}
    assert set(methods) == {"GET", "POST", "ANY"}
    model = importing.client.get_model(restApiId=api["id"], modelName="Pet")
    reference = f"https://apigateway.amazonaws.com/restapis/{api['id']}/models/Kind"
    assert model["description"] == "a pet"
    assert json.loads(model["schema"]) == {
        "type": "object", "description": "a pet", "properties": {"kind": {"$ref": reference}}}  # fmt: skip


def test_an_integration_without_responses_has_none(importing):
    api = importing(openapi({"/": {"get": operation(**{"x-amazon-apigateway-integration": {
        "type": "aws_proxy", "httpMethod": "POST", "uri": LAMBDA}})}}))  # fmt: skip
    method = resources(importing.client, api)["/"]["resourceMethods"]["GET"]
    assert "integrationResponses" not in method["methodIntegration"] and "methodResponses" not in method


@pytest.mark.parametrize(
    ("mode", "paths"),
    [("ignore", ["/", "/test"]), ("prepend", ["/", "/base", "/base/part", "/base/part/test"]),
     ("split", ["/", "/part", "/part/test"])],
)  # fmt: skip
@pytest.mark.parametrize("version", ["swagger", "url", "variable"])
def test_base_paths(importing, mode, paths, version):
    items = {"/test": {"get": operation()}}
    document = {
        "swagger": lambda: swagger(items, basePath="/base/part"),
        "url": lambda: openapi(items, servers=[{"url": "https://example.com/base/part/"}]),
        "variable": lambda: openapi(items, servers=[
            {"url": "https://example.com", "variables": {"basePath": {"default": "/base/part"}}}]),
    }[version]()  # fmt: skip
    assert list(resources(importing.client, importing(document, parameters={"basepath": mode}))) == paths


def scheme(name="Authorization", **authorizer):
    return {"type": "apiKey", "name": name, "in": "header", "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": authorizer}  # fmt: skip


def test_security(importing):
    pool = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_A"
    cognito = scheme("Token", type="cognito_user_pools", providerARNs=[pool])
    cognito["x-amazon-apigateway-authtype"] = "cognito_user_pools"
    api = importing(openapi(
        {"/": {"get": operation(security=[{"key": []}]), "post": operation(), "put": operation(security=[{"pool": ["a"]}]),
               "patch": operation(security=[{"iam": []}]), "options": operation(security=[])}},
        security=[{"token": []}],
        components={"securitySchemes": {
            "token": scheme(type="token", authorizerUri=LAMBDA, identityValidationExpression="^x-[a-z]+"),
            "pool": cognito, "key": {"type": "apiKey", "name": "X-Api-Key", "in": "header"},
            "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
        }}))  # fmt: skip
    authorizers = {one["name"]: one for one in importing.client.get_authorizers(restApiId=api["id"])["items"]}
    assert authorizers["token"] == {
        "authType": "custom", "authorizerUri": LAMBDA, "id": ANY, "name": "token", "type": "TOKEN",
        "identitySource": "method.request.header.Authorization", "identityValidationExpression": "^x-[a-z]+"}  # fmt: skip
    assert authorizers["pool"]["identitySource"] == "method.request.header.Token"
    methods = resources(importing.client, api)["/"]["resourceMethods"]
    shown = {verb: (one["authorizationType"], one.get("authorizerId"), one["apiKeyRequired"],
                    one.get("authorizationScopes")) for verb, one in methods.items()}  # fmt: skip
    assert shown == {
        "GET": ("NONE", None, True, None), "POST": ("CUSTOM", authorizers["token"]["id"], False, None),
        "PUT": ("COGNITO_USER_POOLS", authorizers["pool"]["id"], False, ["a"]),
        "PATCH": ("AWS_IAM", None, False, None), "OPTIONS": ("NONE", None, False, None)}  # fmt: skip


def test_validators_gateway_responses_and_variables(importing):
    api = importing(openapi(
        {"/": {"get": operation(), "post": operation(**{"x-amazon-apigateway-request-validator": "none"})}},
        **{"x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True},
            "none": {"validateRequestBody": False, "validateRequestParameters": False}},
           "x-amazon-apigateway-request-validator": "all", "x-amazon-apigateway-api-key-source": "AUTHORIZER",
           "x-amazon-apigateway-gateway-responses": {"THROTTLED": {"statusCode": 430, "responseParameters": {
               "gatewayresponse.header.X": "'${AWS::Region}'"}}}}))  # fmt: skip
    assert api["apiKeySource"] == "AUTHORIZER"
    validators = {one["name"]: one["id"] for one in importing.client.get_request_validators(restApiId=api["id"])["items"]}
    methods = resources(importing.client, api)["/"]["resourceMethods"]
    assert methods["GET"]["requestValidatorId"] == validators["all"]
    assert methods["POST"]["requestValidatorId"] == validators["none"]
    response = importing.client.get_gateway_response(restApiId=api["id"], responseType="THROTTLED")
    assert (response["statusCode"], response["responseParameters"]) == ("430", {"gatewayresponse.header.X": f"'{REGION}'"})


def test_warnings(importing):
    integration = mock(requestParameters={"integration.request.header.nothing": True,
                                          "integration.request.header.X": "'True'"})  # fmt: skip
    document = openapi({"/test": {"get": operation(**{"x-amazon-apigateway-integration": integration})}})
    api = importing(document)
    assert api["warnings"] == [
        "Invalid format for 'requestParameters'. Expected type string for property "
        "'integration.request.header.nothing' of resource '/test' and method 'GET' but got 'true'"
    ]
    found = resources(importing.client, api)["/test"]["resourceMethods"]["GET"]["methodIntegration"]
    assert found["requestParameters"] == {"integration.request.header.X": "'True'"}
    error = error_of(importing.client.import_rest_api, body=json.dumps(document), failOnWarnings=True)
    assert error.code == BAD and error.message.startswith("Warnings found during import:\n\tInvalid format")


DENY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]}


@pytest.mark.parametrize(
    "inner, root, said",
    [
        ({"security": {"au": []}}, {}, "Invalid security"),
        ({"security": ["au"]}, {}, "Invalid security"),
        ({"security": [{"au": "scope"}]}, {}, "the scopes of 'au'"),
        ({}, {"security": {"au": []}}, "Invalid security"),
        ({"x-amazon-apigateway-auth": "AWS_IAM"}, {}, "Invalid x-amazon-apigateway-auth"),
        ({}, {"x-amazon-apigateway-policy": json.dumps(DENY)}, "x-amazon-apigateway-policy must be an object"),
        ({}, {"x-amazon-apigateway-policy": [DENY]}, "x-amazon-apigateway-policy must be an object"),
    ],
)
def test_what_was_to_be_closed_is_not_imported_open(clients, inner, root, said):
    document = openapi({"/x": {"get": operation(**inner)}}, **root)
    error = error_of(clients.service("apigateway").import_rest_api, body=json.dumps(document))
    assert error.code == BAD and said in error.message


def test_security_without_a_value_leaves_the_document_s(importing):
    scheme = {"type": "apiKey", "name": "X-Api-Key", "in": "header"}
    document = openapi({"/": {"get": operation(security=None)}}, security=[{"key": []}],
                       components={"securitySchemes": {"key": scheme}})  # fmt: skip
    api = importing(document)
    assert resources(importing.client, api)["/"]["resourceMethods"]["GET"]["apiKeyRequired"] is True


def test_members_of_another_form_are_told(importing):
    integration = mock(cacheKeyParameters="method.request.querystring.q", timeoutInMillis={}, contentHandling=1)
    api = importing(openapi(
        {"/x": {"get": operation(**{"x-amazon-apigateway-integration": integration})}},
        **{"x-amazon-apigateway-binary-media-types": "image/png",
           "x-amazon-apigateway-request-validators": {"b": {"validateRequestBody": "perhaps"}}}))  # fmt: skip
    assert [warning.split("'")[1] for warning in api["warnings"]] == [
        "x-amazon-apigateway-binary-media-types", "validateRequestBody", "contentHandling", "timeoutInMillis",
        "cacheKeyParameters"]  # fmt: skip


def test_texts_of_numbers_and_flags(importing):
    """As CloudFormation's functions make them."""
    integration = mock(timeoutInMillis="5000")
    api = importing(openapi(
        {"/x": {"get": operation(**{"x-amazon-apigateway-integration": integration})}},
        **{"x-amazon-apigateway-request-validators": {"b": {"validateRequestBody": "true"}}}))  # fmt: skip
    found = resources(importing.client, api)["/x"]["resourceMethods"]["GET"]["methodIntegration"]
    validators = importing.client.get_request_validators(restApiId=api["id"])["items"]
    assert (found["timeoutInMillis"], validators[0]["validateRequestBody"], "warnings" in api) == (5000, True, False)


def test_a_template_that_is_null_stays(importing):
    integration = mock(responses={"default": {"statusCode": "200", "responseTemplates": {
        "application/json": None, "text/plain": "text"}}})  # fmt: skip
    api = importing(openapi({"/x": {"get": operation(**{"x-amazon-apigateway-integration": integration})}}))
    found = resources(importing.client, api)["/x"]["resourceMethods"]["GET"]["methodIntegration"]
    assert found["integrationResponses"]["200"]["responseTemplates"] == {"application/json": None, "text/plain": "text"}


def test_references_within_a_schema(importing):
    """A schema's own definitions come before the document's schemas; one that leads nowhere is told."""
    own = {"type": "object", "properties": {"r": {"$ref": "#/definitions/X"}}, "definitions": {"X": {"type": "string"}}}
    lost = {"type": "object", "properties": {"r": {"$ref": "#/components/schemas/Nowhere"}}}
    api = importing(openapi({"/x": {"get": operation()}}, components={"schemas": {"Own": own, "Lost": lost}}))
    model = importing.client.get_model(restApiId=api["id"], modelName="Own")
    assert json.loads(model["schema"])["properties"]["r"] == {"$ref": "#/definitions/X"}
    assert api["warnings"] == [
        "Unable to resolve reference '#/components/schemas/Nowhere' of model 'Lost': the document has no such schema"
    ]


@pytest.mark.parametrize("text", ["{", "- a\n- b", "just text", "{}", '{"openapi": "4.0", "info": {"title": "x"}, "paths": {}}'])
def test_what_is_no_document(clients, text):
    client = clients.service("apigateway")
    for call in client.import_rest_api, lambda **one: client.put_rest_api(restApiId="nothing", **one):
        error = error_of(call, body=text)
        assert (error.code, error.message) == (BAD, "Invalid OpenAPI input.")


def test_faults_are_collected_and_nothing_is_made(clients):
    client = clients.service("apigateway")
    before = len(client.get_rest_apis(limit=500)["items"])
    document = openapi(
        {"/a b": {"get": operation()},
         "/x": {"post": operation(**{"x-amazon-apigateway-integration": {"type": "http", "httpMethod": "GET", "uri": "x"}})}},
        components={"schemas": {"X_Y": {"type": "object"}}})  # fmt: skip
    error = error_of(client.import_rest_api, body=json.dumps(document))
    lines = error.message.split("\n\t")
    assert lines[0] == "Errors found during import:"
    assert lines[1] == "Unable to create model for 'X_Y': Model name must be alphanumeric: X_Y"
    assert lines[2].startswith("Unable to create resource at path '/a b': ")
    assert lines[3] == (
        "Unable to put integration on 'POST' for resource at path '/x': Invalid HTTP endpoint specified for URI")  # fmt: skip
    assert len(client.get_rest_apis(limit=500)["items"]) == before


@pytest.mark.parametrize(("mode", "types"), [("merge", ["image/heif", "image/png"]), ("overwrite", ["image/png"])])
def test_putting_a_document(rest_api, mode, types):
    api = rest_api(binaryMediaTypes=["image/heif"])
    kept, gone = api.resource("kept"), api.resource("gone")
    api.mock(kept, "DELETE")
    api.mock(gone)
    document = openapi({"/kept": {"get": operation()}, "/new/{id}": {"get": operation()}},
                       **{"x-amazon-apigateway-binary-media-types": ["image/png"]})  # fmt: skip
    answer = api("put_rest_api", mode=mode, body=json.dumps(document))
    assert (answer["name"], answer["binaryMediaTypes"], answer["tags"]) == ("pets", types, {})
    found = resources(api.client, {"id": api.id})
    assert found["/kept"]["id"] == kept
    methods = {path: set(one.get("resourceMethods", {})) for path, one in found.items()}
    if mode == "merge":
        assert methods == {"/": set(), "/kept": {"DELETE", "GET"}, "/gone": {"GET"}, "/new": set(), "/new/{id}": {"GET"}}
    else:
        assert methods == {"/": set(), "/kept": {"GET"}, "/new": set(), "/new/{id}": {"GET"}}
    assert api.error("put_rest_api", restApiId="nothing", body=json.dumps(document)) == no_api()


def test_a_document_without_a_title_leaves_the_name(rest_api, clients):
    """As public templates put it into an API that has its name."""
    api = rest_api()
    document = openapi({"/x": {"get": operation()}}) | {"info": {}}
    name = api("get_rest_api")["name"]
    assert api("put_rest_api", mode="overwrite", body=json.dumps(document))["name"] == name
    del document["info"]
    assert api("put_rest_api", body=json.dumps(document))["name"] == name
    error = error_of(clients.service("apigateway").import_rest_api, body=json.dumps(document))
    assert (error.code, error.message) == (BAD, "Invalid OpenAPI input.")


EXPORTED = swagger({
    "/pets": {"get": operation(
        responses={"200": {"description": "x", "schema": {"$ref": "#/definitions/Pets"},
                           "headers": {"X": {"type": "string"}}}},
        **{"x-amazon-apigateway-integration": {
            "type": "http", "httpMethod": "GET", "uri": "http://example.com/pets",
            "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X": "'*'"}}}}})},
    "/pets/{petId}": {"get": operation(operationId="GetPet", responses={"200": {"description": "x"}})},
}, definitions={"Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}, "Pet": {"type": "object"},
                "Other": {"type": "object"}}, **{"x-amazon-apigateway-binary-media-types": ["image/png"]})  # fmt: skip


def export(importing, kind, **parameters):
    api = importing(EXPORTED)
    importing.client.create_deployment(restApiId=api["id"], stageName="local")
    answer = importing.client.get_export(restApiId=api["id"], stageName="local", exportType=kind, **parameters)
    return api, answer, answer["body"].read()


def test_an_export_as_swagger(importing):
    api, answer, text = export(importing, "swagger", parameters={"extensions": "integrations"})
    assert answer["contentType"] == "application/octet-stream"
    assert answer["contentDisposition"] == 'attachment; filename="swagger_1.0.json"'
    document = json.loads(text)
    assert list(document) == ["swagger", "info", "host", "basePath", "schemes", "paths", "definitions",
                              "x-amazon-apigateway-binary-media-types"]  # fmt: skip
    assert list(document["info"]) == ["version", "title"]
    assert document["host"] == f"{api['id']}.execute-api.{REGION}.amazonaws.com" and document["basePath"] == "/local"
    assert document["definitions"] == {
        "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}, "Pet": {"type": "object"}}  # fmt: skip
    assert document["paths"]["/pets"] == {"get": {
        "produces": ["application/json"],
        "responses": {"200": {"description": "200 response", "schema": {"$ref": "#/definitions/Pets"},
                              "headers": {"X": {"type": "string"}}}},
        "x-amazon-apigateway-integration": {
            "type": "http", "httpMethod": "GET", "uri": "http://example.com/pets",
            "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X": "'*'"}}},
            "passthroughBehavior": "when_no_match"}}}  # fmt: skip
    assert document["paths"]["/pets/{petId}"]["get"]["parameters"] == [
        {"name": "petId", "in": "path", "required": True, "type": "string"}]  # fmt: skip


def test_an_export_as_openapi_3(importing):
    api, answer, text = export(importing, "oas30")
    assert answer["contentDisposition"] == 'attachment; filename="oas30_1.0.json"'
    document = json.loads(text)
    assert list(document) == ["openapi", "info", "servers", "paths", "components"]
    assert document["servers"] == [{"url": f"https://{api['id']}.execute-api.{REGION}.amazonaws.com/{{basePath}}",
                                    "variables": {"basePath": {"default": "local"}}}]  # fmt: skip
    assert document["paths"]["/pets"] == {"get": {"responses": {"200": {
        "description": "200 response", "headers": {"X": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pets"}}}}}}}  # fmt: skip
    assert document["paths"]["/pets/{petId}"]["get"]["responses"] == {"200": {"description": "200 response", "content": {}}}


def test_what_is_exported_is_imported_again(importing):
    for kind in "swagger", "oas30":
        api, _, text = export(importing, kind, parameters={"extensions": "apigateway"})
        again = importing(json.loads(text))
        simple = lambda found, own: json.loads(json.dumps(found).replace(own["id"], "ID"))  # noqa: E731
        before, after = (
            {path: {verb: (method["methodIntegration"]["type"], method.get("methodResponses"), method.get("requestParameters"))
                    for verb, method in one.get("resourceMethods", {}).items()} for path, one in
             simple(resources(importing.client, own), own).items()} for own in (api, again)
        )  # fmt: skip
        assert before == after


def test_an_export_as_yaml(importing):
    _, answer, text = export(importing, "oas30", accepts="application/yaml")
    assert answer["contentDisposition"].endswith('.yaml"') and text.startswith(b'---\nopenapi: "3.0.1"')
