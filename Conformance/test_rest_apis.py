"""REST APIs, resources, methods and what belongs to them, as AWS answers; the facts are recorded from the service."""

import json
from unittest.mock import ANY

import pytest

from harness.clients import error_of
from harness.rest import body, no_api, patch
from harness.server import ACCOUNT, REGION

NOT_FOUND, BAD, CONFLICT, INVALID = (
    "NotFoundException", "BadRequestException", "ConflictException", "ValidationException",
)  # fmt: skip
NO_RESOURCE = NOT_FOUND, "Invalid Resource identifier specified"
NO_METHOD = NOT_FOUND, "Invalid Method identifier specified"
NO_INTEGRATION = NOT_FOUND, "Invalid Integration identifier specified"
OPS = "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
TYPES = (
    "Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]"
)


def mapping(fault):
    return BAD, f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{fault}]"


def test_a_fresh_api(rest_api):
    api = rest_api(description="this is my api")
    assert api.created == {
        "apiKeySource": "HEADER", "createdDate": ANY, "description": "this is my api",
        "disableExecuteApiEndpoint": False, "endpointConfiguration": {"ipAddressType": "ipv4", "types": ["EDGE"]},
        "id": api.id, "name": ANY, "rootResourceId": api.root,
    }  # fmt: skip
    assert len(api.id) == 10 and len(api.root) == 10
    assert api("get_rest_api") == api.created | {"tags": {}}
    assert api.created in api.client.get_rest_apis(limit=500)["items"]
    assert api("get_resources") == {"items": [{"id": api.root, "path": "/"}]}
    assert [(model["name"], model["description"]) for model in api("get_models")["items"]] == [
        ("Empty", "This is a default empty schema model"), ("Error", "This is a default error schema model")
    ]  # fmt: skip


def test_tags_are_shown_when_there_are_any(rest_api):
    api = rest_api(tags={"MY_TAG1": "MY_VALUE1"})
    assert api.created["tags"] == {"MY_TAG1": "MY_VALUE1"}
    assert api("get_rest_api")["tags"] == {"MY_TAG1": "MY_VALUE1"}
    assert rest_api()("update_rest_api", patchOperations=[patch("/name", "x")])["tags"] == {}


def test_an_id_of_the_makers_choice(rest_api):
    api = rest_api(tags={"_custom_id_": "my-api-1"})
    assert api.id == "my-api-1"
    error = error_of(api.client.create_rest_api, name="x", tags={"_custom_id_": "UpperCase"})
    assert (error.code, error.message) == (BAD, "The RestApiId 'UpperCase' cannot contain uppercase characters")
    assert error_of(api.client.create_rest_api, name="x", tags={"_custom_id_": "my-api-1"}).code == CONFLICT


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"description": ""}, (BAD, "Description cannot be an empty string")),
        ({"minimumCompressionSize": -1},
         (BAD, "Invalid minimum compression size, must be between 0 and 10485760")),
        ({"endpointConfiguration": {"types": []}},
         (BAD, "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")),
        ({"endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
         (BAD, "Cannot create an api with multiple Endpoint Types.")),
        ({"endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}},
         (BAD, "Only dualstack ipAddressType is supported for Private APIs.")),
        ({"endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}, "description": ""},
         (BAD, "Description cannot be an empty string")),
        ({"endpointConfiguration": {"types": ["wrong"], "ipAddressType": "wrong"}, "description": ""},
         (INVALID, f"2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' "
                   f"failed to satisfy constraint: {TYPES}; Value 'wrong' at "
                   "'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: "
                   "Member must satisfy enum value set: [ipv4, dualstack]")),
        ({"endpointConfiguration": {"types": ["PRIVATE"]}},
         (BAD, "Gatehouse does not serve private APIs yet: the endpoint type PRIVATE is refused.")),
        ({"policy": "{"}, (BAD, "Invalid policy document. Please check the policy syntax and ensure that Principals "
                                "are valid.")),
    ],
)  # fmt: skip
def test_what_no_api_can_be(clients, parameters, error):
    found = error_of(clients.service("apigateway").create_rest_api, **{"name": "x"} | parameters)
    assert (found.code, found.message) == error


def test_an_api_id_counts_in_lower_case_only(rest_api):
    api = rest_api()
    assert api.error("get_rest_api", restApiId=api.id.upper()) == no_api(api.id.upper())


def update(api, *patches):
    return api("update_rest_api", patchOperations=list(patches))


def test_binary_media_types_are_entries(rest_api):
    api = rest_api(description="mine", binaryMediaTypes=[])
    added = update(api, patch("/binaryMediaTypes/image~1png", op="add"), patch("/binaryMediaTypes/image~1jpeg", op="add"))
    assert added["binaryMediaTypes"] == ["image/png", "image/jpeg"]
    replaced = update(api, patch("/binaryMediaTypes/image~1png", "image/gif"))
    assert replaced["binaryMediaTypes"] == ["image/jpeg", "image/gif"]
    removed = update(api, patch("/binaryMediaTypes/image~1gif", op="remove"), patch("/description", op="remove"))
    assert removed["binaryMediaTypes"] == ["image/jpeg"] and "description" not in removed
    assert update(rest_api(), patch("/binaryMediaTypes/-", "image/png", "add"))["binaryMediaTypes"] == ["-"]


def test_compression_goes_on_and_off(rest_api):
    api = rest_api()
    assert update(api, patch("/minimumCompressionSize", "10"))["minimumCompressionSize"] == 10
    assert "minimumCompressionSize" not in update(api, patch("/minimumCompressionSize"))
    assert update(api, patch("/minimumCompressionSize", "0"))["minimumCompressionSize"] == 0


def test_the_policy_is_expanded_and_escaped(rest_api):
    api = rest_api()
    statement = '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api:/*"]}'
    policy = update(api, patch("/policy", f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'))["policy"]
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/*"
    assert rf'\"Resource\":\"{arn}\"' in policy
    assert "policy" not in update(api, patch("/policy", ""))


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (patch("/binaryMediaTypes", "image/gif", "add"), "Invalid patch path /binaryMediaTypes"),
        (patch("/binaryMediaTypes", "image/gif"), "Invalid patch path /binaryMediaTypes"),
        (patch("/binaryMediaTypes", op="remove"), "Invalid patch path /binaryMediaTypes"),
        (patch("/minimumCompressionSize", "-1"),
         "Invalid minimum compression size, must be between 0 and 10485760"),
        (patch("/minimumCompressionSize", "nope"),
         "Invalid minimum compression size, must be between 0 and 10485760"),
        (patch("/minimumCompressionSize", "1", "add"), "Invalid patch operation specified. Must be one of: [replace]"),
        (patch("/endpointConfiguration/ipAddressType", "wrong"), "ipAddressType must be either ipv4 or dualstack."),
        (patch("/endpointConfiguration/types/0", "wrong"),
         "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"),
        (patch("/endpointConfiguration/ipAddressType", "dualstack", "remove"),
         "Invalid patch operation specified. Must be one of: [replace]"),
        (patch("/endpointConfiguration/types/0", "EDGE", "remove"),
         "Invalid patch operation specified. Must be 'add'|'remove'|'replace'"),
    ],
)  # fmt: skip
def test_wrong_patches_of_an_api(rest_api, operation, message):
    assert rest_api().error("update_rest_api", patchOperations=[operation]) == (BAD, message)


def test_wrong_operations_are_told_together_and_first(rest_api):
    wrong = [patch("/x", "y", "wrong"), patch("/x", "y", "wrong")]
    at = "at 'updateRestApiInput.patchOperations.{}.member.op' failed to satisfy constraint: " + OPS
    assert rest_api().error("update_rest_api", restApiId="nothing", patchOperations=wrong) == (
        INVALID,
        f"2 validation errors detected: Value 'wrong' {at.format(1)}; Value 'wrong' {at.format(2)}",
    )


def test_a_patch_is_all_or_nothing(rest_api):
    api = rest_api()
    patches = [patch("/description", "new"), patch("/nothing", "x")]
    assert api.error("update_rest_api", patchOperations=patches) == (BAD, "Invalid patch path /nothing")
    assert "description" not in api("get_rest_api")


def test_a_clone_has_the_parts_and_no_stages(rest_api):
    api = rest_api()
    api.mock(api.resource("pets"))
    api.deploy("prod")
    clone = rest_api(cloneFrom=api.id)
    assert [one["path"] for one in clone("get_resources")["items"]] == ["/", "/pets"]
    assert clone("get_stages") == {"item": []} and clone.id != api.id
    error = error_of(api.client.create_rest_api, name="x", cloneFrom="nothing")
    assert (error.code, error.message) == no_api()


def test_a_clone_keeps_out_whom_its_original_keeps_out(rest_api):
    policy = {"Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}  # fmt: skip
    closed = rest_api(policy=json.dumps(policy), apiKeySource="AUTHORIZER", disableExecuteApiEndpoint=True)
    clone = rest_api(cloneFrom=closed.id).created
    assert f":{clone['id']}/*" in clone["policy"]
    assert clone["policy"] == closed.created["policy"].replace(closed.id, clone["id"])
    for name in "apiKeySource", "disableExecuteApiEndpoint":
        assert clone[name] == closed.created[name]
    assert rest_api(cloneFrom=closed.id, apiKeySource="HEADER").created["apiKeySource"] == "HEADER"


# Resources


def test_the_life_of_a_resource(rest_api):
    api = rest_api()
    pets = api("create_resource", parentId=api.root, pathPart="pets")
    assert pets == {"id": ANY, "parentId": api.root, "path": "/pets", "pathPart": "pets"}
    sub = api.resource("subpets", pets["id"])
    changed = api("update_resource", resourceId=pets["id"], patchOperations=[patch("/pathPart", "dogs")])
    assert changed == {"id": pets["id"], "parentId": api.root, "path": "/dogs", "pathPart": "dogs"}
    assert api("get_resource", resourceId=sub)["path"] == "/dogs/subpets"
    api("delete_resource", resourceId=pets["id"])
    assert api("get_resources")["items"] == [{"id": api.root, "path": "/"}]
    assert api.error("delete_resource", resourceId=sub) == NO_RESOURCE


def test_methods_are_named_and_embedded(rest_api):
    api = rest_api()
    api.mock()
    bare = api("get_resources")["items"][0]
    assert bare["resourceMethods"] == {"GET": {}}
    whole = api("get_resources", embed=["methods"])["items"][0]["resourceMethods"]["GET"]
    assert whole["methodIntegration"]["type"] == "MOCK"


def test_moving_a_resource(rest_api):
    api = rest_api()
    pets = api.resource("pets")
    sub = api.resource("subpets", pets)
    child = api.resource("pets", sub)
    move = lambda one, *patches: api.error("update_resource", resourceId=one, patchOperations=list(patches))  # noqa: E731
    sibling = CONFLICT, "Another resource with the same parent already has this name: pets"
    assert move("nothing", patch("/pathPart", "x")) == NO_RESOURCE
    assert move(pets, patch("/parentId", "nothing")) == NO_RESOURCE
    assert move(child, patch("/parentId", api.root)) == sibling
    assert move(sub, patch("/parentId", child)) == (BAD, "Resources cannot be cyclical.")
    moved = api("update_resource", resourceId=sub, patchOperations=[patch("/parentId", api.root)])
    assert moved["path"] == "/subpets"
    assert api("get_resource", resourceId=child)["path"] == "/subpets/pets"
    assert move(sub, patch("/pathPart", "pets")) == sibling
    wrong = "Invalid patch path  '{}' specified for op '{}'. {}"
    assert move(pets, patch("/invalid", "x")) == (
        BAD, wrong.format("/invalid", "replace", "Must be one of: [/parentId, /pathPart]"))  # fmt: skip
    for op in "add", "remove":
        assert move(pets, patch("/pathPart", "x", op)) == (
            BAD, wrong.format("/pathPart", op, "Please choose supported operations"))  # fmt: skip
    assert move(api.root, patch("/pathPart", "x")) == (BAD, "Root resource cannot update its pathPart.")
    assert move(api.root, patch("/parentId", pets)) == (BAD, "Root resource cannot update its parentId.")


def test_variables_and_greedy_ones(rest_api):
    api = rest_api()
    greedy = api.resource("{proxy+}")
    parent = api.resource("parent")
    api.resource("{child+}", parent)
    static = api.resource("child", parent)
    assert api("get_resource", resourceId=api.resource("{proxy+}", static))["path"] == "/parent/child/{proxy+}"
    create = lambda part, under: api.error("create_resource", parentId=under, pathPart=part)  # noqa: E731
    assert create("{dynamic}", api.root) == (
        BAD, "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed")  # fmt: skip
    for part in "child", "{child}":
        assert create(part, greedy) == (
            BAD, "Cannot create a child of a resource with a greedy path variable: {proxy+}")  # fmt: skip
    assert create("parent", api.root) == (
        CONFLICT, "Another resource with the same parent already has this name: parent")  # fmt: skip
    assert create("x", "nothing") == NO_RESOURCE
    for part in "", "a b", "a/b", "{x", "{}", "{+}", "a{x}":
        assert create(part, parent)[0] == BAD


# Methods


def test_the_life_of_a_method(rest_api):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    method = {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY"}
    assert api("put_method", **at, authorizationType="NONE") == method
    assert api("get_method", **at) == method
    assert api.error("put_method", **at, authorizationType="NONE") == (
        CONFLICT, "Method already exists for this resource")  # fmt: skip
    assert api("delete_method", **at) == {}
    assert api.error("get_method", **at) == NO_METHOD
    assert api.error("delete_method", **at) == NO_METHOD


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"restApiId": "nothing"}, NO_RESOURCE),
        ({"resourceId": "nothing"}, NO_RESOURCE),
        ({"httpMethod": "TEST"}, (BAD, "Invalid HttpMethod specified. Valid options are "
                                       "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")),
        ({"authorizationType": "CUSTOM"}, (BAD, "Invalid authorizer ID specified. Setting the authorization type to "
                                                "CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")),
        ({"requestValidatorId": "x"}, (BAD, "Invalid Request Validator identifier specified")),
        ({"requestModels": {"application/json": "petModel"}}, (BAD, "Invalid model identifier specified: petModel")),
        ({"requestParameters": {"method.request.querystring.q": True, "method.request.header.q": True}},
         (BAD, "Parameter names must be unique across querystring, header and path")),
        ({"requestParameters": {"true": True}}, mapping("Invalid mapping expression specified: true")),
    ],
)  # fmt: skip
def test_what_no_method_can_be(rest_api, parameters, error):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "GET", "authorizationType": "NONE"}
    assert api.error("put_method", **at | parameters) == error


def token_authorizer(api, name="token"):
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:f/invocations"
    return api("create_authorizer", name=name, type="TOKEN", authorizerUri=uri,
               identitySource="method.request.header.Authorization")  # fmt: skip


def test_updating_a_method(rest_api):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    api("put_method", **at, authorizationType="NONE")
    change = lambda *patches: api("update_method", **at, patchOperations=list(patches))  # noqa: E731
    parameter = "/requestParameters/method.request.querystring.optional"
    assert change(patch(parameter, "true", "add"), patch("/requestModels/application~1json", "Empty", "add")) == {
        "apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY",
        "requestModels": {"application/json": "Empty"},
        "requestParameters": {"method.request.querystring.optional": True},
    }  # fmt: skip
    changed = change(patch("/operationName", "Name"), patch("/apiKeyRequired", "true"),
                     patch("/authorizationType", "AWS_IAM"), patch(parameter, "false"))  # fmt: skip
    assert changed["authorizationType"] == "AWS_IAM" and changed["apiKeyRequired"] is True
    assert changed["requestParameters"] == {"method.request.querystring.optional": False}
    authorizer = token_authorizer(api)
    assert authorizer == {
        "authType": "custom", "authorizerUri": ANY, "id": ANY, "identitySource": "method.request.header.Authorization",
        "name": "token", "type": "TOKEN",
    }  # fmt: skip
    custom = change(patch("/authorizerId", authorizer["id"]), patch("/authorizationType", "CUSTOM"))
    assert (custom["authorizationType"], custom["authorizerId"]) == ("CUSTOM", authorizer["id"])
    removed = change(patch(parameter, "true", "remove"), patch("/requestModels/application~1json", "Empty", "remove"))
    assert "requestParameters" not in removed and "requestModels" not in removed
    assert api.error("delete_authorizer", authorizerId=authorizer["id"]) == (
        CONFLICT, "Cannot delete authorizer 'token', is referenced in method: ANY//")  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (patch("/operationName", "x", "add"), "Invalid patch operation specified. Must be one of: [replace]"),
        (patch("/requestValidatorId", "x", "add"), "Invalid patch operation specified. Must be one of: [replace]"),
        (patch("/httpMethod", "PUT", "add"), "Invalid patch path /httpMethod"),
        (patch("/requestParameters", "x"), "Invalid patch path /requestParameters"),
        (patch("/requestModels/application/json", "Empty", "add"),
         "Invalid patch path /requestModels/application/json"),
        (patch("/authorizationType", "CUSTOM"), "Invalid authorizer ID specified. Setting the authorization type to "
                                                "CUSTOM or COGNITO_USER_POOLS requires a valid authorizer."),
        (patch("/requestValidatorId", "x"), "Invalid Request Validator identifier specified"),
    ],
)  # fmt: skip
def test_wrong_patches_of_a_method(rest_api, operation, message):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    api("put_method", **at, authorizationType="NONE")
    assert api.error("update_method", **at, patchOperations=[operation]) == (BAD, message)


def test_what_a_method_overlooks(rest_api):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    api("put_method", **at, authorizationType="NONE", apiKeyRequired=True)
    assert api("update_method", **at, patchOperations=[patch("/apiKeyRequired", "whatever")])["apiKeyRequired"] is False
    assert "authorizerId" not in api("update_method", **at, patchOperations=[patch("/authorizerId", "abc123")])
    assert api.error("update_method", **at | {"httpMethod": "GET"}, patchOperations=[]) == NO_METHOD


# Method responses


def test_the_life_of_a_method_response(rest_api):
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "GET"}
    api("put_method", **at, authorizationType="NONE")
    one = {**at, "statusCode": "200"}
    empty = {"responseModels": {}, "responseParameters": {}, "statusCode": "200"}
    assert api("put_method_response", **one, responseModels={}, responseParameters={}) == empty
    assert api("get_method_response", **one) == empty
    added = api("update_method_response", **one, patchOperations=[
        patch("/responseParameters/method.response.header.my-header", "true", "add"),
        patch("/responseModels/application~1json", "Empty", "add")])  # fmt: skip
    assert added == {
        "responseModels": {"application/json": "Empty"},
        "responseParameters": {"method.response.header.my-header": True}, "statusCode": "200",
    }  # fmt: skip
    assert api("get_method", **at)["methodResponses"] == {"200": added}
    removed = api("update_method_response", **one, patchOperations=[
        patch("/responseParameters/method.response.header.my-header", "true", "remove"),
        patch("/responseModels/application~1json", "Empty", "remove")])  # fmt: skip
    assert removed == {"statusCode": "200"}
    assert api("delete_method_response", **one) == {}


@pytest.mark.parametrize(
    ("parameters", "operation", "error"),
    [
        ({"statusCode": "201"}, patch("/responseParameters/x", "true"),
         (NOT_FOUND, "Invalid Response status code specified")),
        ({"resourceId": "wrong"}, patch("/responseParameters/x", "true"), NO_RESOURCE),
        ({"httpMethod": "POST"}, patch("/responseParameters/x", "true"), NO_METHOD),
        ({}, patch("/responseParameters/wrong", "true"), (NOT_FOUND, "Invalid parameter name specified")),
        ({}, patch("/responseParameters/wrong", "true", "remove"), (NOT_FOUND, "Invalid parameter name specified")),
        ({}, patch("/responseModels/wrong", "Empty"), (NOT_FOUND, "Content-Type specified was not found")),
        ({}, patch("/responseModels/wrong", "Empty", "remove"), (NOT_FOUND, "Content-Type specified was not found")),
        ({}, patch("/wrong/x", "true", "remove"), (BAD, "Invalid patch path /wrong/x")),
        ({"statusCode": "wrong"}, patch("/x", "y"),
         (INVALID, "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member "
                   r"must satisfy regular expression pattern: [1-5]\d\d")),
        ({"statusCode": "wrong"}, patch("/x", "y", "wrong_op"),
         (INVALID, "2 validation errors detected: Value 'wrong_op' at "
                   f"'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: {OPS}; Value "
                   "'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression "
                   r"pattern: [1-5]\d\d")),
    ],
)  # fmt: skip
def test_wrong_patches_of_a_method_response(rest_api, parameters, operation, error):
    api = rest_api()
    at = {**api.mock(), "statusCode": "200"}
    assert api.error("update_method_response", **at | parameters, patchOperations=[operation]) == error


# Models


def test_the_life_of_a_model(rest_api):
    api = rest_api()
    schema = '{"title": "Calc", "type": "object"}'
    model = api("create_model", name="Calc", contentType="application/json", description="", schema=schema)
    assert model == {"contentType": "application/json", "id": ANY, "name": "Calc", "schema": schema}
    assert api("get_model", modelName="Calc") == model
    change = lambda *patches: api.error("update_model", modelName="Calc", patchOperations=list(patches))  # noqa: E731
    updated = api("update_model", modelName="Calc", patchOperations=[patch("/schema", '{"type": "array"}')])
    assert updated["schema"] == '{"type": "array"}'
    wrong = "Invalid patch path  '{}' specified for op '{}'. {}"
    assert change(patch("/wrong-path", "x", "add")) == (
        BAD, wrong.format("/wrong-path", "add", "Please choose supported operations"))  # fmt: skip
    assert change(patch("/name", "x")) == (
        BAD, wrong.format("/name", "replace", "Must be one of: [/description, /schema]"))  # fmt: skip
    assert change(patch("/schema", "")) == (
        BAD, "Model schema must have at least 1 property or array items defined")  # fmt: skip
    api("delete_model", modelName="Calc")
    assert api.error("get_model", modelName="Calc") == (NOT_FOUND, "Invalid model name specified: Calc")


def test_models_of_apis_that_are_not_there(rest_api):
    api = rest_api()
    create = {"name": "M", "contentType": "application/json", "schema": "{}"}
    assert api.error("create_model", restApiId="nothing", **create) == no_api()
    assert api.error("get_models", restApiId="nothing") == no_api()
    for operation in "get_model", "delete_model":
        assert api.error(operation, restApiId="nothing", modelName="M") == (
            NOT_FOUND, "Invalid model name specified: M")  # fmt: skip


def model_fault(*faults):
    return BAD, f"Invalid model specified: Validation Result: warnings : [], errors : [{', '.join(faults)}]"


NO_SCHEMA = BAD, "Model schema must have at least 1 property or array items defined"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"name": "Empty"}, (CONFLICT, "Model name already exists for this REST API")),
        ({"name": ""}, (BAD, "Model name must be non-empty")),
        ({"schema": ""}, NO_SCHEMA),
        ({"schema": None}, NO_SCHEMA),
        ({"schema": None, "contentType": "application/xml"}, NO_SCHEMA),
        ({"schema": "{"}, model_fault("Invalid model schema specified")),
        ({"schema": '{"required": []}'}, model_fault("Invalid model schema specified")),
        ({"schema": '{"enum": ["a", "a"]}'}, model_fault("Invalid model schema specified")),
        ({"schema": '{"type": "text"}'}, model_fault("Invalid model schema specified")),
        ({"schema": '{"properties": {"a": {"example": 1}}}'},
         model_fault('Invalid model schema specified. Unsupported keyword(s): ["example"]')),
        ({"schema": '{"$ref": "other.json"}'}, model_fault("Model reference must be in canonical form")),
    ],
)  # fmt: skip
def test_what_no_model_can_be(rest_api, parameters, error):
    call = {"name": "M", "contentType": "application/json", "schema": "{}"} | parameters
    assert rest_api().error("create_model", **{name: value for name, value in call.items() if value is not None}) == error


def test_a_model_in_use_stays(rest_api):
    api = rest_api()
    for name in "One", "Two":
        api("create_model", name=name, contentType="application/json", schema=f'{{"title": "{name}"}}')
    at = {"resourceId": api.root, "httpMethod": "ANY"}
    api("put_method", **at, authorizationType="NONE", requestModels={"application/json": "One"})
    delete = lambda name: api.error("delete_model", modelName=name)  # noqa: E731
    used = "Cannot delete model '{}', is referenced in method request: {}"
    assert delete("One") == (CONFLICT, used.format("One", "//ANY"))
    api("update_method", **at, patchOperations=[patch("/requestModels/application~1json", "Two")])
    api("delete_model", modelName="One")
    test = {"resourceId": api.resource("test"), "httpMethod": "ANY"}
    api("put_method", **test, authorizationType="NONE", requestModels={"application/json": "Two"})
    api("update_method", **at, patchOperations=[patch("/requestModels/application~1json", op="remove")])
    assert delete("Two") == (CONFLICT, used.format("Two", "/test/ANY"))
    api("delete_method", **test)
    api("delete_model", modelName="Two")


def test_models_refer_to_each_other(rest_api):
    api = rest_api()
    reference = f"https://apigateway.amazonaws.com/restapis/{api.id}/models"
    api("create_model", name="Pet", contentType="application/json",
        schema='{"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}')
    api("create_model", name="Pets", contentType="application/json",
        schema=f'{{"type": "array", "items": {{"$ref": "{reference}/Pet"}}}}')
    flat = api("get_model", modelName="Pets", flatten=True)["schema"]
    assert '"#/definitions/Pet"' in flat and '"definitions":{"Pet":{"type":"object"' in flat
    template = api("get_model_template", modelName="Pets")["value"]
    assert template.startswith("#set($inputRoot = $input.path('$'))\n[") and '"id" : 42' in template
    assert api.error("delete_model", modelName="Pet")[0] == CONFLICT


# Validators, gateway responses, documentation


def test_the_life_of_a_request_validator(rest_api):
    api = rest_api()
    made = api("create_request_validator", name="v")
    at = {"requestValidatorId": made["id"]}
    assert made == {"id": ANY, "name": "v", "validateRequestBody": False, "validateRequestParameters": False}
    change = lambda *patches: api("update_request_validator", **at, patchOperations=list(patches))  # noqa: E731
    assert change(patch("/validateRequestBody", "true"))["validateRequestBody"] is True
    assert change(patch("/validateRequestBody"))["validateRequestBody"] is False
    wrong = lambda *patches: api.error("update_request_validator", **at, patchOperations=list(patches))  # noqa: E731
    text = "Invalid patch path  '{}' specified for op '{}'. {}"
    for op in "add", "remove":
        assert wrong(patch("/validateRequestBody", "true", op)) == (
            BAD, text.format("/validateRequestBody", op, "Please choose supported operations"))  # fmt: skip
    listed = "Must be one of: [/name, /validateRequestParameters, /validateRequestBody]"
    assert wrong(patch("/invalidPath", "true")) == (BAD, text.format("/invalidPath", "replace", listed))
    assert wrong(patch("/name", "")) == (BAD, "Request Validator name cannot be blank")
    api("delete_request_validator", **at)
    missing = NOT_FOUND, "Invalid Request Validator identifier specified"
    for operation in "get_request_validator", "delete_request_validator":
        assert api.error(operation, **at) == missing
        assert api.error(operation, restApiId="nothing", **at) == missing
    assert api("get_request_validators") == {"items": []}
    assert api.error("create_request_validator", restApiId="nothing") == (BAD, "Invalid REST API identifier specified")
    assert api.error("get_request_validators", restApiId="nothing") == no_api()


DEFAULT_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}


def test_gateway_responses_have_defaults_and_inherit(rest_api):
    api = rest_api()
    plain = {"defaultResponse": True, "responseParameters": {}, "responseTemplates": DEFAULT_TEMPLATES,
             "responseType": "MISSING_AUTHENTICATION_TOKEN", "statusCode": "403"}  # fmt: skip
    get = lambda kind: api("get_gateway_response", responseType=kind)  # noqa: E731
    assert get("MISSING_AUTHENTICATION_TOKEN") == plain
    assert "statusCode" not in get("DEFAULT_4XX")
    all_types = api("get_gateway_responses")["items"]
    assert [one["responseType"] for one in all_types] == sorted(one["responseType"] for one in all_types)
    assert len(all_types) == 21
    parameters = {"gatewayresponse.header.x-request-header": "method.request.header.Accept"}
    put = api("put_gateway_response", responseType="DEFAULT_5XX", statusCode="599", responseParameters=parameters)
    assert put == {"defaultResponse": False, "responseParameters": parameters, "responseTemplates": DEFAULT_TEMPLATES,
                   "responseType": "DEFAULT_5XX", "statusCode": "599"}  # fmt: skip
    api("put_gateway_response", responseType="AUTHORIZER_FAILURE",
        responseParameters={"gatewayresponse.header.foo": "'bar'"})
    assert get("INTEGRATION_FAILURE") == {
        **put, "defaultResponse": True, "responseType": "INTEGRATION_FAILURE"}  # fmt: skip
    assert get("AUTHORIZER_FAILURE")["statusCode"] == "500"
    assert get("BAD_REQUEST_BODY")["statusCode"] == "400"
    patched = api("update_gateway_response", responseType="DEFAULT_4XX", patchOperations=[patch("/statusCode", "444")])
    assert patched == {"defaultResponse": False, "responseParameters": {}, "responseTemplates": DEFAULT_TEMPLATES,
                       "responseType": "DEFAULT_4XX", "statusCode": "444"}  # fmt: skip
    api("delete_gateway_response", responseType="DEFAULT_5XX")
    assert get("INTEGRATION_FAILURE")["statusCode"] == "504"


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (patch("/statusCode", "444", "add"), (BAD, "Invalid patch path /statusCode")),
        (patch("/statusCode", op="remove"), (BAD, "Invalid patch path /statusCode")),
        (patch("/responseParameters/gatewayresponse.header.X", "'x'"),
         (NOT_FOUND, "Invalid parameter name specified")),
        ({"op": "add", "value": "'x'"}, (BAD, "Invalid patch path null")),
        (patch("/wrongPath", "x", "add"), (BAD, "Invalid patch path /wrongPath")),
        (patch("/responseTemplates/application~1json"),
         (BAD, "Invalid null or empty value in responseTemplates")),
        (patch("/responseParameters/gatewayresponse.header.X", op="add"),
         (BAD, "Invalid null or empty value in responseParameters")),
        (patch("/statusCode", "x", "wrong-op"),
         (INVALID, "1 validation error detected: Value 'wrong-op' at "
                   f"'updateGatewayResponseInput.patchOperations.1.member.op' failed to satisfy constraint: {OPS}")),
    ],
)  # fmt: skip
def test_wrong_patches_of_a_gateway_response(rest_api, operation, error):
    api = rest_api()
    assert api.error("update_gateway_response", responseType="DEFAULT_4XX", patchOperations=[operation]) == error


def test_gateway_responses_that_are_not_there(rest_api):
    api = rest_api()
    assert api.error("delete_gateway_response", responseType="THROTTLED") == (
        NOT_FOUND, "Gateway response type not defined on api")  # fmt: skip
    for operation in "get_gateway_response", "delete_gateway_response", "put_gateway_response":
        code, message = api.error(operation, responseType="FAKE_RESPONSE_TYPE")
        assert code == INVALID and message.startswith(
            "1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, ")
    assert api.error("get_gateway_responses", restApiId="nothing") == no_api()
    assert api.error("delete_gateway_response", restApiId="nothing", responseType="THROTTLED") == no_api()


def test_the_life_of_a_documentation_part(rest_api):
    api = rest_api()
    made = api("create_documentation_part", location={"type": "API"}, properties='{"description": "x"}')
    at = {"documentationPartId": made["id"]}
    assert made == {"id": ANY, "location": {"type": "API"}, "properties": '{"description": "x"}'}
    assert api("get_documentation_parts")["items"] == [made]
    changed = api("update_documentation_part", **at, patchOperations=[patch("/properties", '{"description": "y"}')])
    assert changed["properties"] == '{"description": "y"}'
    wrong = lambda *patches: api.error("update_documentation_part", **at, patchOperations=list(patches))  # noqa: E731
    assert wrong(patch("/properties", "x", "add")) == (
        BAD, "Invalid patch path  '/properties' specified for op 'add'. Please choose supported operations")  # fmt: skip
    assert wrong(patch("/invalidPath", "x")) == (
        BAD, "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/properties]")  # fmt: skip
    api("delete_documentation_part", **at)
    missing = NOT_FOUND, "Invalid Documentation part identifier specified"
    assert api.error("delete_documentation_part", **at) == missing
    assert api.error("get_documentation_part", restApiId="nothing", **at) == missing
    assert api.error("update_documentation_part", restApiId="nothing", **at, patchOperations=[]) == missing
    assert api.error("delete_documentation_part", restApiId="nothing", **at) == no_api()
    assert api.error("get_documentation_parts", restApiId="nothing") == no_api()
    create = {"location": {"type": "API"}, "properties": '{"a": "b"}'}
    assert api.error("create_documentation_part", restApiId="nothing", **create) == no_api()
    assert api.error("create_documentation_part", location={"type": "INVALID"}, properties="{}") == (
        INVALID,
        "1 validation error detected: Value 'INVALID' at 'createDocumentationPartInput.location.type' failed to satisfy "
        "constraint: Member must satisfy enum value set: [RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, "
        "RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER]",
    )
    for document in "{", "just: a string":
        assert api.error("import_documentation_parts", body=document) == (
            BAD, "Unable to build importer with provided input.")  # fmt: skip


def test_documentation_versions(rest_api):
    api = rest_api()
    api("create_documentation_part", location={"type": "API"}, properties='{"foo": "bar"}')
    at = {"documentationVersion": "v123"}
    assert api("create_documentation_version", **at) == {"createdDate": ANY, "version": "v123"}
    changed = api("update_documentation_version", **at, patchOperations=[patch("/description", "new")])
    assert changed == {"createdDate": ANY, "description": "new", "version": "v123"}
    assert api("get_documentation_version", **at) == changed


def test_authorizers_of_apis_that_are_not_there(rest_api):
    api = rest_api()
    create = {"name": "a", "type": "TOKEN", "authorizerUri": "x", "identitySource": "method.request.header.A"}
    assert api.error("create_authorizer", restApiId="nothing", **create) == (
        CONFLICT, "Unable to complete operation due to concurrent modification. Please try again later.")  # fmt: skip
    assert api.error("get_authorizers", restApiId="nothing") == no_api()
    assert api.error("get_authorizer", authorizerId="x") == (NOT_FOUND, "Invalid Authorizer identifier specified")


def test_tags_by_arn(rest_api):
    api = rest_api()
    tag = api.client.tag_resource
    tag(resourceArn=api.arn, tags={"a": "1", "b": "2"})
    api.client.untag_resource(resourceArn=api.arn, tagKeys=["a"])
    assert body(api.client.get_tags(resourceArn=api.arn)) == {"tags": {"b": "2"}}
    assert error_of(tag, resourceArn=api.arn, tags={"aws:x": "1"}).code == BAD
    assert error_of(tag, resourceArn="arn", tags={}).code == BAD
    assert error_of(tag, resourceArn=api.arn + "x", tags={"a": "1"}).code == NOT_FOUND
