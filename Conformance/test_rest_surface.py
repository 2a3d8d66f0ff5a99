"""The judge of the management API of REST APIs: botocore's own model.

Every operation is called with what it needs and nothing more, on things that are there; botocore parses each answer, and
names, verbs, paths, statuses and members are held against the model.
"""

import json
import re
import uuid

import pytest
from botocore import model as shapes

from harness.clients import SESSION, error_of
from harness.server import REGION

MODEL = SESSION.client("apigateway", endpoint_url="http://localhost").meta.service_model

# Custom domain names come with their own issue; SDKs are not generated.
REFUSED = {
    "CreateBasePathMapping", "CreateDomainName", "CreateDomainNameAccessAssociation", "DeleteBasePathMapping",
    "DeleteDomainName", "DeleteDomainNameAccessAssociation", "GetBasePathMapping", "GetBasePathMappings",
    "GetDomainName", "GetDomainNameAccessAssociations", "GetDomainNames", "RejectDomainNameAccessAssociation",
    "UpdateBasePathMapping", "UpdateDomainName", "GetSdk",
}  # fmt: skip

# Source: the errors that the model gives to most of its operations.
ERRORS = {"BadRequestException": 400, "NotFoundException": 404, "ConflictException": 409}


def served(gatehouse):
    finished = gatehouse.clients.shell(f"{json.dumps(gatehouse.process.args[0])} operations --json")
    return {one["name"]: one for one in json.loads(finished.stdout) if one["service"] == "apigateway"}


def test_only_what_is_refused_is_missing(gatehouse):
    missing = set(MODEL.operation_names) - set(served(gatehouse))
    print("missing:", *sorted(missing))
    assert missing == REFUSED


def test_names_verbs_paths_and_statuses_are_the_models(gatehouse):
    wrong = []
    for name, one in served(gatehouse).items():
        http = MODEL.operation_model(name).http
        expected = (http["method"], http["requestUri"], http.get("responseCode", 200))
        if (one["method"], one["path"], one["status"]) != expected:
            wrong.append((name, one, expected))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refusal_is_told_by_name(clients, name):
    operation = MODEL.operation_model(name)
    parameters = {}
    for member in operation.input_shape.required_members:
        shape = operation.input_shape.members[member]
        parameters[member] = b"{}" if shape.type_name == "blob" else "x"
    error = error_of(clients.service("apigateway")._make_api_call, name, parameters)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert name in error.message


class Everything:
    """One of each resource, made through the operations themselves; every answer is kept for the comparison."""

    def __init__(self, client):
        self.client = client
        self.answers = {}

    def __call__(self, operation, /, **parameters):
        self.answers[operation] = self.client._make_api_call(operation, parameters)
        return self.answers[operation]


@pytest.fixture(scope="module")
def answers(gatehouse):
    """All operations that work, called in an order in which each has what it needs."""
    do = Everything(gatehouse.clients.service("apigateway"))
    api = do("CreateRestApi", name="surface")
    at = {"restApiId": api["id"]}
    root = {**at, "resourceId": api["rootResourceId"]}
    resource = do("CreateResource", **at, parentId=api["rootResourceId"], pathPart="pets")
    below = {**at, "resourceId": resource["id"]}
    method = {**below, "httpMethod": "GET"}
    do("PutMethod", **method, authorizationType="NONE")
    do("PutMethodResponse", **method, statusCode="200")
    do("PutIntegration", **method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    do("PutIntegrationResponse", **method, statusCode="200")
    do("GetMethod", **method), do("GetMethodResponse", **method, statusCode="200")
    do("GetIntegration", **method), do("GetIntegrationResponse", **method, statusCode="200")
    do("UpdateMethod", **method, patchOperations=[patch("/operationName", "list")])
    do("UpdateMethodResponse", **method, statusCode="200", patchOperations=[
        patch("/responseModels/application~1json", "Empty", "add")])
    do("UpdateIntegration", **method, patchOperations=[patch("/timeoutInMillis", "1000")])
    do("UpdateIntegrationResponse", **method, statusCode="200", patchOperations=[patch("/selectionPattern", "2..")])
    do("CreateModel", **at, name="Pet", contentType="application/json", schema='{"type": "object"}')
    do("GetModel", **at, modelName="Pet"), do("GetModels", **at), do("GetModelTemplate", **at, modelName="Pet")
    do("UpdateModel", **at, modelName="Pet", patchOperations=[patch("/description", "a pet")])
    validator = do("CreateRequestValidator", **at, name="body", validateRequestBody=True)
    validator = {**at, "requestValidatorId": validator["id"]}
    do("GetRequestValidator", **validator), do("GetRequestValidators", **at)
    do("UpdateRequestValidator", **validator, patchOperations=[patch("/name", "all")])
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:123456789012:function:f/invocations"
    authorizer = do("CreateAuthorizer", **at, name="token", type="TOKEN", authorizerUri=uri,
                    identitySource="method.request.header.Authorization")
    authorizer = {**at, "authorizerId": authorizer["id"]}
    do("GetAuthorizer", **authorizer), do("GetAuthorizers", **at)
    do("UpdateAuthorizer", **authorizer, patchOperations=[patch("/name", "t")])
    answer = {**at, "responseType": "THROTTLED"}
    do("PutGatewayResponse", **answer, statusCode="430"), do("GetGatewayResponse", **answer)
    do("GetGatewayResponses", **at), do("UpdateGatewayResponse", **answer, patchOperations=[patch("/statusCode", "431")])
    part = do("CreateDocumentationPart", **at, location={"type": "API"}, properties='{"a": "b"}')
    part = {**at, "documentationPartId": part["id"]}
    do("GetDocumentationPart", **part), do("GetDocumentationParts", **at)
    do("UpdateDocumentationPart", **part, patchOperations=[patch("/properties", '{"c": "d"}')])
    do("ImportDocumentationParts", **at, body=json.dumps({"x-amazon-apigateway-documentation": {"documentationParts": [
        {"location": {"type": "MODEL", "name": "Pet"}, "properties": {"a": "b"}}]}}))
    version = {**at, "documentationVersion": "1"}
    do("CreateDocumentationVersion", **version), do("GetDocumentationVersion", **version)
    do("GetDocumentationVersions", **at)
    do("UpdateDocumentationVersion", **version, patchOperations=[patch("/description", "first")])
    deployment = {**at, "deploymentId": do("CreateDeployment", **at)["id"]}
    do("GetDeployment", **deployment, embed=["apisummary"]), do("GetDeployments", **at)
    do("UpdateDeployment", **deployment, patchOperations=[patch("/description", "first")])
    stage = {**at, "stageName": "prod"}
    do("CreateStage", **stage, deploymentId=deployment["deploymentId"]), do("GetStage", **stage), do("GetStages", **at)
    do("UpdateStage", **stage, patchOperations=[patch("/variables/a", "b")])
    do("GetExport", **stage, exportType="oas30", parameters={"extensions": "apigateway"})
    do("FlushStageCache", **stage), do("FlushStageAuthorizersCache", **stage)
    key = do("CreateApiKey", name="key")
    do("GetApiKey", apiKey=key["id"], includeValue=True), do("GetApiKeys")
    do("UpdateApiKey", apiKey=key["id"], patchOperations=[patch("/enabled", "true")])
    imported = do("ImportApiKeys", format="csv", body=f"Name,Key\nimported,{uuid.uuid4().hex}\n")
    plan = do("CreateUsagePlan", name="plan", apiStages=[{"apiId": api["id"], "stage": "prod"}])
    plan = {"usagePlanId": plan["id"]}
    do("GetUsagePlan", **plan), do("GetUsagePlans")
    do("UpdateUsagePlan", **plan, patchOperations=[patch("/quota/limit", "10"), patch("/quota/period", "DAY")])
    member = {**plan, "keyId": key["id"]}
    do("CreateUsagePlanKey", **member, keyType="API_KEY"), do("GetUsagePlanKey", **member)
    do("UpdateUsage", **member, patchOperations=[patch("/remaining", "5")])
    do("GetUsagePlanKeys", **plan), do("GetUsage", **plan, startDate="2026-01-01", endDate="2026-01-02")
    do("GetAccount"), do("UpdateAccount", patchOperations=[patch("/features", "UsagePlans", "add")])
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api['id']}"
    do("TagResource", resourceArn=arn, tags={"a": "b"}), do("GetTags", resourceArn=arn)
    do("UntagResource", resourceArn=arn, tagKeys=["a"])
    certificate = {"clientCertificateId": do("GenerateClientCertificate")["clientCertificateId"]}
    do("GetClientCertificate", **certificate), do("GetClientCertificates")
    do("UpdateClientCertificate", **certificate, patchOperations=[patch("/description", "mine")])
    target = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/net/n/1"
    link = {"vpcLinkId": do("CreateVpcLink", name="link", targetArns=[target])["id"]}
    do("GetVpcLink", **link), do("GetVpcLinks")
    do("UpdateVpcLink", **link, patchOperations=[patch("/name", "other")])
    do("GetSdkTypes"), do("GetSdkType", id="javascript")
    document = json.dumps({"openapi": "3.0.1", "info": {"title": "imported"}, "paths": {}})
    do("PutRestApi", restApiId=do("ImportRestApi", body=document)["id"], body=document)
    do("GetRestApi", **at), do("GetRestApis"), do("GetResource", **root), do("GetResources", **at)
    do("UpdateRestApi", **at, patchOperations=[patch("/name", "other")])
    do("TestInvokeMethod", **method), do("TestInvokeAuthorizer", **authorizer)
    do("UpdateResource", **below, patchOperations=[patch("/pathPart", "animals")])
    do("DeleteIntegrationResponse", **method, statusCode="200"), do("DeleteIntegration", **method)
    do("DeleteMethodResponse", **method, statusCode="200"), do("DeleteMethod", **method)
    do("DeleteResource", **below), do("DeleteModel", **at, modelName="Pet")
    do("DeleteRequestValidator", **validator), do("DeleteAuthorizer", **authorizer), do("DeleteGatewayResponse", **answer)
    do("DeleteDocumentationPart", **part), do("DeleteDocumentationVersion", **version)
    do("DeleteUsagePlanKey", **member), do("DeleteStage", **stage), do("DeleteDeployment", **deployment)
    do("DeleteUsagePlan", **plan), do("DeleteApiKey", apiKey=key["id"])
    for one in imported["ids"]:
        do("DeleteApiKey", apiKey=one)
    do("DeleteClientCertificate", **certificate), do("DeleteVpcLink", **link), do("DeleteRestApi", **at)
    return do.answers


def patch(path, value=None, op="replace"):
    return {"op": op, "path": path, **({} if value is None else {"value": value})}


def test_every_operation_is_called(answers):
    assert set(MODEL.operation_names) - set(answers) == REFUSED


def test_statuses_on_the_wire_are_the_models(answers):
    wrong = []
    for name, answer in answers.items():
        expected = MODEL.operation_model(name).http.get("responseCode", 200)
        if answer["ResponseMetadata"]["HTTPStatusCode"] != expected:
            wrong.append((name, answer["ResponseMetadata"]["HTTPStatusCode"], expected))
    assert wrong == []


# What the service leaves out when nothing has set it; found in no recording of a fresh resource.
OPTIONAL = {
    "RestApi": {"description", "version", "warnings", "binaryMediaTypes", "minimumCompressionSize", "policy", "tags",
                "securityPolicy", "endpointAccessMode", "apiStatus", "apiStatusMessage"},
    "Stage": {"clientCertificateId", "description", "cacheClusterSize", "variables", "documentationVersion",
              "accessLogSettings", "canarySettings", "webAclArn", "tags"},
}  # fmt: skip


def members_of(value, shape, path, wrong):
    """Every member that is answered is the model's, and of its type."""
    if isinstance(shape, shapes.StructureShape):
        for name, one in value.items():
            if name not in shape.members:
                wrong.append(f"{path}.{name} is not in {shape.name}")
            else:
                members_of(one, shape.members[name], f"{path}.{name}", wrong)
    elif isinstance(shape, shapes.ListShape):
        for one in value:
            members_of(one, shape.member, f"{path}[]", wrong)
    elif isinstance(shape, shapes.MapShape):
        for one in value.values():
            members_of(one, shape.value, f"{path}{{}}", wrong)
    elif value is not None:
        kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "double": float}
        if kind := kinds.get(shape.type_name):
            if type(value) is not kind:
                wrong.append(f"{path} is {value!r}, not {shape.type_name}")


def test_members_are_the_models(answers):
    wrong = []
    for name, answer in answers.items():
        output = MODEL.operation_model(name).output_shape
        body = {key: value for key, value in answer.items() if key not in ("ResponseMetadata", "body")}
        if output is None:
            assert body == {}, name
        else:
            members_of(body, output, name, wrong)
    assert wrong == []


@pytest.mark.parametrize("name", ["CreateRestApi", "CreateStage"])
def test_what_is_always_there_is_answered(answers, name):
    shape = MODEL.operation_model(name).output_shape
    assert set(shape.members) - set(answers[name]) <= OPTIONAL[shape.name]


def test_all_bytes_are_members_of_the_model(gatehouse):
    """What botocore would drop: members on the wire that no client reads."""
    client = gatehouse.clients.service("apigateway")
    api = client.create_rest_api(name="bytes")
    wire = gatehouse.clients.signed("apigateway", "GET", f"/restapis/{api['id']}").json()
    assert set(wire) <= set(MODEL.shape_for("RestApi").members)
    listed = gatehouse.clients.signed("apigateway", "GET", "/restapis").json()
    assert set(listed) <= {"item", "position"}
    client.delete_rest_api(restApiId=api["id"])


def without_api(name):
    """Parameters that are right but name nothing that is there."""
    operation = MODEL.operation_model(name)
    parameters = {}
    for member in operation.input_shape.required_members:
        shape = operation.input_shape.members[member]
        value = {"httpMethod": "GET", "statusCode": "200", "responseType": "THROTTLED", "type": "MOCK",
                 "authorizationType": "NONE", "startDate": "2026-01-01", "endDate": "2026-01-01",
                 "location": {"type": "API"}, "properties": '{"a": "b"}', "keyType": "API_KEY",
                 "contentType": "application/json", "exportType": "oas30",
                 "resourceArn": f"arn:aws:apigateway:{REGION}::/restapis/nothing", "tags": {"a": "b"}, "tagKeys": ["a"],
                 "authorizerUri": "arn:aws"}.get(member, "nothing")  # fmt: skip
        document = b'{"openapi": "3.0.1", "info": {"title": "x"}, "paths": {}}'
        parameters[member] = document if shape.type_name == "blob" else value
    if "type" in parameters and name == "CreateAuthorizer":
        parameters["type"] = "TOKEN"
    return parameters


def named_things():
    """The operations of the model that name something by a path."""
    for name in MODEL.operation_names:
        operation = MODEL.operation_model(name)
        if name not in REFUSED and re.search(r"{", operation.http["requestUri"]):
            yield name


@pytest.mark.parametrize("name", sorted(named_things()))
def test_what_is_not_there_is_an_error_of_the_model(clients, name):
    if name == "GetUsagePlanKeys":
        pytest.skip("recorded: a plan that is not there has no keys")
    error = error_of(clients.service("apigateway")._make_api_call, name, without_api(name))
    declared = {shape.name for shape in MODEL.operation_model(name).error_shapes}
    assert error.code in declared, error.message
    assert error.status == ERRORS[error.code]
    if name not in ("CreateAuthorizer", "CreateRequestValidator"):
        assert error.code == "NotFoundException", error.message


def test_the_cli_calls_it_too(clients):
    made = clients.aws("aws apigateway create-rest-api --name cli")
    assert clients.aws(f"aws apigateway get-rest-api --rest-api-id {made['id']}") == made | {"tags": {}}
    clients.aws(f"aws apigateway delete-rest-api --rest-api-id {made['id']}")


def test_lists_come_in_pages(clients):
    client = clients.service("apigateway")
    api = client.create_rest_api(name="pages")
    for number in range(7):
        client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart=f"p{number}")
    seen, position = [], {}
    for _ in range(10):
        page = client.get_resources(restApiId=api["id"], limit=3, **position)
        seen += [one["path"] for one in page["items"]]
        if "position" not in page:
            break
        position = {"position": page["position"]}
    assert seen == ["/"] + [f"/p{number}" for number in range(7)]
    paginator = client.get_paginator("get_resources")
    assert len(paginator.paginate(restApiId=api["id"], PaginationConfig={"PageSize": 2}).build_full_result()["items"]) == 8
    client.delete_rest_api(restApiId=api["id"])
