"""WebSocket APIs as they are managed, with boto3 and the AWS CLI."""

import json
import threading

import boto3
import pytest

from harness import wire
from harness.clients import error_of
from harness.functions import unique
from harness.server import ACCOUNT, REGION
from harness.websocket import WebSocketApi

FUNCTION = (
    f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/"
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:chat/invocations"
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SCHEMA = json.dumps({"type": "object", "properties": {"text": {"type": "string"}}})


@pytest.fixture
def api(websocket_api):
    return websocket_api()


# Create, read back every member, update, list in pages, delete


def owner_of_responses(api, kind):
    """What responses belong to: a route or an integration."""
    if kind == "RouteResponse":
        return {"RouteId": api("create_route", RouteKey=unique("key"))["RouteId"]}
    return {"IntegrationId": api.mock()}


CREATED = {
    "Route": {
        "RouteKey": "$connect", "ApiKeyRequired": True, "AuthorizationType": "AWS_IAM", "OperationName": "Connect",
        "ModelSelectionExpression": "$request.body.type", "RequestModels": {"$default": "Message"},
        "RequestParameters": {"route.request.querystring.token": {"Required": True}},
        "RouteResponseSelectionExpression": "$default"},
    "Integration": {
        "IntegrationType": "HTTP", "ConnectionType": "INTERNET", "ContentHandlingStrategy": "CONVERT_TO_TEXT",
        "Description": "to the backend", "IntegrationMethod": "POST", "IntegrationUri": "https://backend.example/chat",
        "PassthroughBehavior": "NEVER", "PayloadFormatVersion": "1.0", "TimeoutInMillis": 28999,
        "RequestParameters": {
            "integration.request.header.ConnectionId": "context.connectionId",
            "integration.request.querystring.stage": "'prod'"},
        "RequestTemplates": {"application/json": "", "$default": "#set($number=42)"},
        "TemplateSelectionExpression": "$request.body.name"},
    "RouteResponse": {
        "RouteResponseKey": "$default", "ModelSelectionExpression": "action", "ResponseModels": {"test": "Message"},
        "ResponseParameters": {"route.response.header.a": {"Required": False}}},
    "IntegrationResponse": {
        "IntegrationResponseKey": "/2\\d\\d/", "ContentHandlingStrategy": "CONVERT_TO_BINARY",
        "ResponseParameters": {"method.response.header.a": "integration.response.header.b"},
        "ResponseTemplates": {"application/json": "$input.json('$')"},
        "TemplateSelectionExpression": "${integration.response.statuscode}"},
    "Model": {"Name": "Reply", "ContentType": "application/json", "Description": "an answer", "Schema": SCHEMA},
    "Authorizer": {
        "Name": "guard", "AuthorizerType": "REQUEST", "AuthorizerUri": FUNCTION, "AuthorizerCredentialsArn": ROLE,
        "IdentitySource": ["route.request.header.Auth", "route.request.querystring.Name"]},
}  # fmt: skip
UPDATED = {
    "Route": {"OperationName": "Open", "ApiKeyRequired": False, "RequestModels": {"other": "Message"}},
    "Integration": {"IntegrationMethod": "PUT", "TimeoutInMillis": 50, "RequestTemplates": {"a": "b"}},
    "RouteResponse": {"ModelSelectionExpression": "$request.body.kind"},
    "IntegrationResponse": {"IntegrationResponseKey": "$default", "ResponseTemplates": {"$default": "ok"}},
    "Model": {"Name": "Answer", "Description": "a reply"},
    "Authorizer": {"Name": "keeper", "IdentitySource": ["stageVariables.secret"]},
}
NAMES = {"Route": "route", "Integration": "integration", "RouteResponse": "route_response",
         "IntegrationResponse": "integration_response", "Model": "model", "Authorizer": "authorizer"}  # fmt: skip


@pytest.mark.parametrize("kind", CREATED)
def test_a_resource_is_made_read_changed_listed_and_deleted(api, kind):
    api("create_model", Name="Message", Schema=SCHEMA)
    name, owner = NAMES[kind], owner_of_responses(api, kind) if "Response" in kind else {}
    made = api(f"create_{name}", **owner, **CREATED[kind])
    at = owner | {f"{kind}Id": made[f"{kind}Id"]}
    assert {member: made[member] for member in CREATED[kind]} == CREATED[kind]
    assert api(f"get_{name}", **at) == made
    changed = api(f"update_{name}", **at, **UPDATED[kind])
    assert changed == made | UPDATED[kind]
    assert api(f"get_{name}", **at) == changed
    assert changed in api(f"get_{name}s", **owner)["Items"]
    assert api(f"delete_{name}", **at) == {}
    status, code, message = api.error(f"get_{name}", **at)
    assert (status, code) == (404, "NotFoundException")
    assert message == f"Invalid {kind} identifier specified {made[f'{kind}Id']}"


@pytest.mark.parametrize("kind", ["Route", "Integration", "IntegrationResponse", "Model", "Authorizer"])
def test_a_list_comes_in_pages(api, kind):
    name, owner = NAMES[kind], owner_of_responses(api, kind) if "Response" in kind else {}
    variants = {
        "Route": lambda number: {"RouteKey": f"key{number}"},
        "Integration": lambda _: {"IntegrationType": "MOCK"},
        "IntegrationResponse": lambda number: {"IntegrationResponseKey": f"/20{number}/"},
        "Model": lambda number: {"Name": f"Model{number}", "Schema": SCHEMA},
        "Authorizer": lambda number: {"Name": f"a{number}", "AuthorizerType": "REQUEST", "AuthorizerUri": FUNCTION,
                                      "IdentitySource": []},
    }  # fmt: skip
    made = [api(f"create_{name}", **owner, **variants[kind](number))[f"{kind}Id"] for number in range(3)]
    listed, token, pages = [], {}, 0
    while True:
        page = api(f"get_{name}s", **owner, MaxResults="2", **token)
        listed += [item[f"{kind}Id"] for item in page["Items"]]
        pages += 1
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert (listed, pages) == (made, 2)


def test_an_api_reads_back_what_it_was_made_with(websocket_api):
    wanted = {
        "RouteSelectionExpression": "${request.body.service}/${request.body.action}", "Description": "talk",
        "ApiKeySelectionExpression": "$context.authorizer.usageIdentifierKey", "DisableSchemaValidation": True,
        "DisableExecuteApiEndpoint": False, "Tags": {"team": "doors"}, "Version": "1"}  # fmt: skip
    api = websocket_api(**wanted)
    read = api("get_api")
    assert {member: read[member] for member in wanted} == wanted
    assert read["ProtocolType"] == "WEBSOCKET"
    assert read["ApiEndpoint"] == f"wss://{api.id}.execute-api.{REGION}.amazonaws.com"
    changed = api("update_api", Name="other", RouteSelectionExpression="$request.body.type")
    assert changed == read | {"Name": "other", "RouteSelectionExpression": "$request.body.type"}
    assert api.id in [item["ApiId"] for item in api.client.get_apis()["Items"]]
    arn = f"arn:aws:apigateway:{REGION}::/apis/{api.id}"
    api.client.tag_resource(ResourceArn=arn, Tags={"more": "tags"})
    api.client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert api.client.get_tags(ResourceArn=arn)["Tags"] == {"more": "tags"}
    api("delete_api")
    assert api.error("get_api")[:2] == (404, "NotFoundException")


@pytest.mark.parametrize(
    ("members", "expression", "behavior"),
    [
        ({"IntegrationType": "MOCK"}, "${integration.response.statuscode}", "WHEN_NO_MATCH"),
        ({"IntegrationType": "AWS", "IntegrationUri": FUNCTION}, "${integration.response.body.errorMessage}", "WHEN_NO_MATCH"),
        ({"IntegrationType": "AWS", "IntegrationMethod": "POST", "CredentialsArn": ROLE,
          "IntegrationUri": f"arn:aws:apigateway:{REGION}:dynamodb:action/PutItem"},
         "${integration.response.statuscode}", "WHEN_NO_MATCH"),
        ({"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION}, None, None),
        ({"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "PUT", "IntegrationUri": "http://www.example.net",
          "ConnectionType": "VPC_LINK", "ConnectionId": "abc123", "PassthroughBehavior": "NEVER"}, None, "NEVER"),
    ],
    ids=lambda value: value["IntegrationType"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_an_integration_reads_back_its_defaults(api, members, expression, behavior):
    made = api("create_integration", **members)
    read = api("get_integration", IntegrationId=made["IntegrationId"])
    assert read == made
    assert read.get("IntegrationResponseSelectionExpression") == expression
    assert read.get("PassthroughBehavior") == behavior
    assert (read["PayloadFormatVersion"], read["TimeoutInMillis"]) == ("1.0", 29000)
    assert read["ConnectionType"] == members.get("ConnectionType", "INTERNET")


def test_a_parameter_of_a_route_is_deleted_alone(api):
    parameters = {"route.request.header.a": {"Required": True}, "route.request.querystring.b": {"Required": False}}
    route = api("create_route", RouteKey="$connect", RequestParameters=parameters)["RouteId"]
    api("delete_route_request_parameter", RouteId=route, RequestParameterKey="route.request.header.a")
    left = api("get_route", RouteId=route)["RequestParameters"]
    assert left == {"route.request.querystring.b": {"Required": False}}
    assert api.error("delete_route_request_parameter", RouteId=route, RequestParameterKey="x")[0] == 404


def test_a_model_makes_a_template(api):
    model = api("create_model", Name="Message", ContentType="application/json", Schema=SCHEMA)["ModelId"]
    assert '"text" : "foo"' in api("get_model_template", ModelId=model)["Value"]


def test_what_is_in_use_stays(api):
    integration, model = api.mock(), api("create_model", Name="Message", Schema=SCHEMA)["ModelId"]
    authorizer = api("create_authorizer", **CREATED["Authorizer"])["AuthorizerId"]
    api("create_route", RouteKey="$connect", Target=f"integrations/{integration}", AuthorizationType="CUSTOM",
        AuthorizerId=authorizer, RequestModels={"$default": "Message"})  # fmt: skip
    assert api.error("delete_integration", IntegrationId=integration)[:2] == (409, "ConflictException")
    assert api.error("delete_model", ModelId=model)[:2] == (409, "ConflictException")
    assert api.error("delete_authorizer", AuthorizerId=authorizer)[:2] == (409, "ConflictException")


# What is refused

REFUSED_APIS = [
    ({"RouteSelectionExpression": None}, "RouteSelectionExpression is required"),
    ({"RouteSelectionExpression": "$request.header.a"}, "Invalid routeSelectionExpression specified"),
    ({"ApiKeySelectionExpression": "$request.header.k"}, "Invalid apiKeySelectionExpression specified"),
    ({"CorsConfiguration": {"AllowOrigins": ["*"]}}, "corsConfiguration is only supported for HTTP APIs."),
    ({"Target": FUNCTION}, "target is only supported for HTTP APIs."),
]


@pytest.mark.parametrize(("members", "words"), REFUSED_APIS, ids=[next(iter(row[0])) for row in REFUSED_APIS])
def test_an_api_is_refused_what_it_does_not_have(gatehouse, members, words):
    wanted = {"Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.a"} | members
    error = error_of(
        gatehouse.clients.apis.create_api, **{name: value for name, value in wanted.items() if value is not None})  # fmt: skip
    assert (error.status, error.code) == (400, "BadRequestException")
    assert words in error.message


REFUSED = [
    ("create_route", {"RouteKey": "$nonsense"}, "The provided route key is not formatted properly"),
    ("create_route", {"RouteKey": "a", "AuthorizationType": "AWS_IAM"}, "only supported for the $connect route"),
    ("create_route", {"RouteKey": "a", "ApiKeyRequired": True}, "only supported for the $connect route"),
    ("create_route", {"RouteKey": "$default", "RequestParameters": {"route.request.header.a": {"Required": True}}},
     "only supported for the $connect route"),
    ("create_route", {"RouteKey": "$connect", "AuthorizationType": "JWT"}, "Invalid authorizer ID specified."),
    ("create_route", {"RouteKey": "a", "RequestModels": {"$default": "Nobody"}}, "Invalid model identifier specified"),
    ("create_route", {"RouteKey": "a", "Target": "integrations/zzzzzzz"}, "Invalid Integration identifier specified"),
    ("create_integration", {"IntegrationType": "SQL"}, "Invalid integration type specified."),
    ("create_integration", {"IntegrationType": "MOCK", "TimeoutInMillis": 29001}, "between 50 ms and 29000 ms"),
    ("create_integration", {"IntegrationType": "HTTP", "IntegrationUri": "https://a.example"}, "HttpMethod parameter"),
    ("create_integration", {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage"},
     "integrationSubtype is only supported for HTTP APIs."),
    ("create_integration", {"IntegrationType": "MOCK", "RequestParameters": {"append:header.a": "'b'"}},
     "Invalid mapping expression specified: append:header.a"),
    ("create_authorizer", {"Name": "a", "AuthorizerType": "JWT", "IdentitySource": ["route.request.header.A"]},
     "JWT is only supported for HTTP APIs."),
    ("create_authorizer", CREATED["Authorizer"] | {"AuthorizerResultTtlInSeconds": 300},
     "authorizerResultTtlInSeconds is only supported for HTTP APIs."),
    ("create_authorizer", CREATED["Authorizer"] | {"IdentitySource": ["$request.header.A"]},
     "Invalid identity source specified: $request.header.A"),
    ("create_model", {"Name": "a-b", "Schema": SCHEMA}, "Model name must be alphanumeric: a-b"),
    ("create_model", {"Name": "A", "Schema": "no JSON"}, ""),
    ("reimport_api", {"Body": "{}"}, "ReimportApi is only supported for HTTP APIs."),
    ("export_api", {"Specification": "OAS30", "OutputType": "JSON"}, "ExportApi is only supported for HTTP APIs."),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "members", "words"), REFUSED, ids=[str(row[1])[:50] for row in REFUSED])
def test_what_is_none_is_refused(api, operation, members, words):
    status, code, message = api.error(operation, **members)
    assert (status, code) == (400, "BadRequestException")
    assert words in message


def test_responses_are_refused_what_nothing_would_choose(api):
    route, integration = api("create_route", RouteKey="a")["RouteId"], api.mock()
    status, _, message = api.error("create_route_response", RouteId=route, RouteResponseKey="200")
    assert (status, message) == (400, "Invalid route response key specified. Must be $default")
    status, _, message = api.error("create_integration_response", IntegrationId=integration, IntegrationResponseKey="200")
    assert status == 400 and message.startswith("Invalid integration response key specified.")


def test_what_is_not_deployed_is_not_served(gatehouse, api):
    api("create_route", RouteKey="$default", Target=f"integrations/{api.mock()}")
    assert api.error("create_stage", StageName="$default")[2] == "Stages cannot be named $default for WebSocket APIs."
    api("create_stage", StageName="prod")
    host = f"{api.id}.execute-api.{REGION}.amazonaws.com"
    assert wire.fetch(gatehouse.traffic, "GET", "/prod", host).status == 404
    api("create_deployment", StageName="prod")
    assert wire.fetch(gatehouse.traffic, "GET", "/prod", host).status == 426
    assert wire.fetch(gatehouse.traffic, "GET", "/dev", host).status == 403


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_model", {"Name": "A", "Schema": SCHEMA}),
        ("create_route_response", {"RouteResponseKey": "$default"}),
        ("create_integration_response", {"IntegrationResponseKey": "$default"}),
    ],
)
def test_http_apis_have_none_of_it(http_api, operation, parameters):
    api = http_api(stage=None)
    integration = api.integrate("https://origin.example")
    route = api.route("GET /", integration)
    owners = {"RouteId": route} if "route" in operation else {"IntegrationId": integration}
    owners = {} if operation == "create_model" else owners
    error = error_of(getattr(api.client, operation), ApiId=api.id, **owners, **parameters)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message.endswith("is only supported for WebSocket APIs.")


# Durability, and many at once


def test_all_of_it_is_there_after_a_kill(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    api = WebSocketApi(server)
    api("create_model", Name="Message", Schema=SCHEMA)
    integration = api.mock()
    route = api("create_route", RouteKey="join", RequestModels={"$default": "Message"})["RouteId"]
    api("create_route_response", RouteId=route, RouteResponseKey="$default")
    api("create_integration_response", IntegrationId=integration, IntegrationResponseKey="/200/")
    looks = [
        ("get_api", {}), ("get_models", {}), ("get_routes", {}), ("get_integrations", {}),
        ("get_route_responses", {"RouteId": route}), ("get_integration_responses", {"IntegrationId": integration})]  # fmt: skip
    before = [api(operation, **parameters) for operation, parameters in looks]
    server.kill()
    api.client = own_gatehouse(data=tmp_path / "data").clients.apis
    assert [api(operation, **parameters) for operation, parameters in looks] == before
    assert api.error("create_route", RouteKey="join")[:2] == (409, "ConflictException")


def test_many_make_responses_at_once_and_none_is_lost(api):
    integration = api.mock()

    def make(worker):
        for number in range(5):
            key = f"/{worker}{number}/"
            api("create_integration_response", IntegrationId=integration, IntegrationResponseKey=key)

    workers = [threading.Thread(target=make, args=(worker,)) for worker in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    listed = api("get_integration_responses", IntegrationId=integration)["Items"]
    assert len(listed) == len({item["IntegrationResponseId"] for item in listed}) == 30


# The AWS CLI


def test_the_aws_cli_manages_a_chat(gatehouse):
    """As the chat tutorial has it."""
    script = """
    api=$(aws apigatewayv2 create-api --name chat --protocol-type WEBSOCKET \
        --route-selection-expression '$request.body.action' --query ApiId --output text)
    integration=$(aws apigatewayv2 create-integration --api-id $api --integration-type AWS_PROXY \
        --integration-uri %s --query IntegrationId --output text)
    for key in '$connect' '$disconnect' sendmessage; do
        aws apigatewayv2 create-route --api-id $api --route-key "$key" --target integrations/$integration >&2
    done
    route=$(aws apigatewayv2 get-routes --api-id $api --query 'Items[2].RouteId' --output text)
    aws apigatewayv2 update-route --api-id $api --route-id $route \
        --route-response-selection-expression '$default' >&2
    aws apigatewayv2 create-route-response --api-id $api --route-id $route --route-response-key '$default' >&2
    deployment=$(aws apigatewayv2 create-deployment --api-id $api --query DeploymentId --output text)
    aws apigatewayv2 create-stage --api-id $api --stage-name prod --deployment-id $deployment >&2
    aws apigatewayv2 get-routes --api-id $api --query 'Items[].RouteKey'
    aws apigatewayv2 delete-api --api-id $api
    """
    assert gatehouse.clients.aws(script % FUNCTION) == ["$connect", "$disconnect", "sendmessage"]


# Permissions


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("create_model", {"Name": "A", "Schema": SCHEMA}, "POST /apis/{}/models"),
        ("get_model_template", {"ModelId": "m"}, "GET /apis/{}/models/m/template"),
        ("update_route_response", {"RouteId": "r", "RouteResponseId": "x"}, "PATCH /apis/{}/routes/r/routeresponses/x"),
        ("delete_integration_response", {"IntegrationId": "i", "IntegrationResponseId": "x"},
         "DELETE /apis/{}/integrations/i/integrationresponses/x"),
        ("delete_route_request_parameter", {"RouteId": "r", "RequestParameterKey": "k"},
         "DELETE /apis/{}/routes/r/requestparameters/k"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" not in value else "",
)  # fmt: skip
def test_an_operation_asks_for_its_verb_on_its_path(gatehouse, api, caller, operation, parameters, resource):
    _, key = caller()
    client = boto3.client(
        "apigatewayv2", endpoint_url=gatehouse.url, region_name=REGION, aws_access_key_id=key.access_key,
        aws_secret_access_key=key.secret_key)  # fmt: skip
    error = error_of(getattr(client, operation), ApiId=api.id, **parameters)
    verb, path = resource.format(api.id).split()
    assert (error.status, error.code) == (403, "AccessDeniedException")
    assert f"apigateway:{verb} on resource: arn:aws:apigateway:{REGION}::{path}" in error.message
