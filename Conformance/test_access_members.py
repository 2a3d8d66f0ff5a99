"""No member of API Gateway's inputs that decides who may call is kept without being enforced.

`access_members.py` says of every one what it is; here it is held against botocore's models and the server.
"""

import ast
import functools
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import access_members as table
from harness.clients import SESSION, error_of
from harness.functions import unique
from harness.pools import Pool, bearer
from harness.rest import patch

MODELS = {
    name: SESSION.client(name, endpoint_url="http://localhost").meta.service_model for name in ("apigateway", "apigatewayv2")
}
LAMBDA = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
)
CLASSES = {
    "enforced": [line for lines in table.ENFORCED.values() for line in lines],
    "rejected": list(table.REJECTED),
    "refused": table.REFUSED,
    "no matter": [line for lines in table.NO_MATTER.values() for line in lines],
}
LINES = [line for lines in CLASSES.values() for line in lines]


def members(shape, path, outer=()):
    """The paths of all members below a shape; a shape within itself is not gone through again."""
    if shape.type_name == "list":
        yield from members(shape.member, path, outer)
    elif shape.type_name == "map":
        yield from members(shape.value, path, outer)
    elif shape.type_name == "structure" and shape.name not in outer:
        for name, member in shape.members.items():
            yield f"{path}.{name}"
            yield from members(member, f"{path}.{name}", (*outer, shape.name))


@functools.cache
def lines_by_member():
    """The line that counts for every member of every input; None where there is none."""
    return {
        member: next((line for line in LINES if fnmatchcase(member, line if ":" in line else "*:" + line)), None)
        for service, model in MODELS.items()
        for operation in model.operation_names
        if (shape := model.operation_model(operation).input_shape)
        for member in members(shape, f"{service}:{operation}")
    }


def test_every_member_has_a_line():
    assert [member for member, line in lines_by_member().items() if line is None] == []


def test_every_line_counts_for_some_member():
    assert sorted(set(LINES) - set(lines_by_member().values())) == []


def test_no_line_stands_twice():
    assert sorted(line for line in set(LINES) if LINES.count(line) > 1) == []


def test_every_test_that_is_named_is_there():
    named = set(table.ENFORCED) | {
        test for paths in table.PATCHES.values() for test in paths.values() if isinstance(test, str)}  # fmt: skip
    there = {
        f"{file.name}::{node.name}"
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert sorted(named - there) == []


class Served:
    """One of each thing, and what every operation needs to be called on it."""

    def __init__(self, rest_api, http_api):
        rest, http = rest_api(), http_api()
        at = rest.mock()
        rest.deploy("prod")
        integration = http.integrate("https://origin.example")
        route = http.route("GET /", integration)
        function = {
            "AuthorizerType": "REQUEST", "Name": unique("authorizer"), "AuthorizerUri": LAMBDA,
            "AuthorizerPayloadFormatVersion": "2.0", "IdentitySource": ["$request.header.Authorization"]}  # fmt: skip
        authorizer = http.client.create_authorizer(ApiId=http.id, **function)["AuthorizerId"]
        of_rest, of_http = {"restApiId": rest.id}, {"ApiId": http.id}
        self.needs = {
            "CreateRestApi": {"name": unique("rest")}, "UpdateRestApi": of_rest, "UpdateMethod": of_rest | at,
            "PutIntegration": of_rest | at | {"type": "MOCK"}, "UpdateIntegration": of_rest | at,
            "TestInvokeMethod": of_rest | at, "UpdateStage": of_rest | {"stageName": "prod"}, "UpdateAccount": {},
            "CreateApi": {"Name": unique("http"), "ProtocolType": "HTTP"}, "UpdateApi": of_http,
            "CreateRoute": of_http | {"RouteKey": "GET /other"}, "apigatewayv2:UpdateRoute": of_http | {"RouteId": route},
            "apigatewayv2:CreateStage": of_http | {"StageName": "other"},
            "apigatewayv2:UpdateStage": of_http | {"StageName": "$default"},
            "CreateAuthorizer": of_http | function | {"Name": unique("other")},
            "UpdateAuthorizer": of_http | {"AuthorizerId": authorizer},
            "CreateIntegration": of_http | {
                "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://origin.example", "IntegrationMethod": "GET",
                "PayloadFormatVersion": "1.0"},
            "apigatewayv2:UpdateIntegration": of_http | {"IntegrationId": integration},
        }  # fmt: skip
        self.clients = rest.server.clients

    def call(self, member, parameters):
        """Calls the member's operation with what it needs and the parameters."""
        service, operation = member.split(".")[0].split(":")
        needs = self.needs.get(f"{service}:{operation}", self.needs.get(operation))
        return self.clients.service(service)._make_api_call(operation, needs | parameters)


@pytest.fixture
def served(rest_api, http_api):
    return Served(rest_api, http_api)


def assert_refused(error, words):
    assert 400 <= error.status < 500 and error.status != 404, error
    assert words.lower() in error.message.lower(), error.message


@pytest.mark.parametrize("line", table.REJECTED)
def test_what_is_not_served_is_refused(served, line):
    """Each operation takes what it needs, and with the member in it nothing."""
    parameters, words = table.REJECTED[line]
    for operation in sorted({member.split(".")[0] for member, one in lines_by_member().items() if one == line}):
        if operation.split(":")[1].startswith("Update"):
            served.call(operation, {})
        assert_refused(error_of(served.call, operation, parameters), words)


def refused_operations():
    return sorted({member.split(".")[0] for member, line in lines_by_member().items() if line in table.REFUSED})


@pytest.mark.parametrize("operation", refused_operations())
def test_an_operation_that_is_not_served_is_refused_by_name(clients, operation):
    service, name = operation.split(":")
    shape = MODELS[service].operation_model(name).input_shape
    parameters = {
        member: {"blob": b"{}", "list": [], "structure": {}, "integer": 1}.get(shape.members[member].type_name, "x")
        for member in shape.required_members
    }
    error = error_of(clients.service(service)._make_api_call, name, parameters)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert name in error.message


@pytest.mark.parametrize(
    ("operation", "path", "value", "words"),
    [(operation, path, *rule) for operation, paths in table.PATCHES.items()
     for path, rule in paths.items() if isinstance(rule, tuple)],
)  # fmt: skip
def test_a_patch_that_is_not_served_is_refused(served, operation, path, value, words):
    op = "add" if path.endswith("Ids") else "replace"
    assert_refused(
        error_of(served.call, f"apigateway:{operation}", {"patchOperations": [patch(path, value, op)]}), words)


# Members that no other test looks at


@pytest.fixture
def guard(rest_api):
    """An API, deployed, whose method asks an authorizer, and that authorizer's id."""
    api = rest_api()
    authorizer = api("create_authorizer", name="guard", type="TOKEN", authorizerUri=LAMBDA,
                     identitySource="method.request.header.Authorization")["id"]  # fmt: skip
    api.mock(authorizationType="CUSTOM", authorizerId=authorizer)
    api.deploy("prod")
    return api, authorizer


def test_a_guard_in_use_stays(guard):
    api, authorizer = guard
    code, message = api.error("delete_authorizer", authorizerId=authorizer)
    assert code == "ConflictException" and "is referenced in method" in message


def test_a_patched_authorizer_holds_when_it_is_deployed(guard):
    """Its function is not there: who has the token is a failure, who has none is nobody."""
    api, authorizer = guard
    call = lambda name: api.call(target="/prod", headers={name: "token"}).status  # noqa: E731
    assert (call("authorization"), call("other")) == (500, 401)
    source = patch("/identitySource", "method.request.header.Other")
    api("update_authorizer", authorizerId=authorizer, patchOperations=[source])
    assert (call("authorization"), call("other")) == (500, 401)
    api.deploy("prod")
    assert (call("authorization"), call("other")) == (401, 500)


def test_a_patched_method_is_guarded_when_it_is_deployed(rest_api, gatehouse):
    """By an authorizer, then by a scope that only access tokens can have, then by a key alone."""
    pool = Pool(gatehouse)
    pool.user("ada")
    token = bearer(pool.sign_in("ada")["IdToken"])
    api = rest_api()
    at = api.mock()
    authorizer = api("create_authorizer", name="pool", type="COGNITO_USER_POOLS", providerARNs=[pool.arn],
                     identitySource="method.request.header.Authorization")["id"]  # fmt: skip
    steps = [
        ([], 200, 200),
        ([patch("/authorizationType", "COGNITO_USER_POOLS"), patch("/authorizerId", authorizer)], 401, 200),
        ([patch("/authorizationScopes", "shop/read", "add")], 401, 401),
        ([patch("/authorizationScopes", "shop/read", "remove"), patch("/authorizationType", "NONE")], 200, 200),
        ([patch("/apiKeyRequired", "true")], 403, 403),
    ]
    for patches, *statuses in steps:
        if patches:
            api("update_method", **at, patchOperations=patches)
        api.deploy("prod")
        assert [api.call(target="/prod").status, api.call(target="/prod", headers=token).status] == statuses, patches


def test_a_disabled_endpoint_of_a_rest_api_is_shut(rest_api):
    """With the next deployment, as AWS has it."""
    api = rest_api(disableExecuteApiEndpoint=True)
    api.mock()
    api.deploy("prod")
    assert api.call(target="/prod").status == 403
    for value, status in ("false", 200), ("true", 403):
        api("update_rest_api", patchOperations=[patch("/disableExecuteApiEndpoint", value)])
        api.deploy("prod")
        assert api.call(target="/prod").status == status


def test_a_key_of_a_stage_without_a_plan_lets_nobody_in(rest_api):
    """`stageKeys` are from before there were usage plans, which alone let a key in here."""
    api = rest_api()
    api.mock(apiKeyRequired=True)
    api.deploy("prod")
    key = api.client.create_api_key(
        name=unique("key"), enabled=True, stageKeys=[{"restApiId": api.id, "stageName": "prod"}])  # fmt: skip
    assert api.call(target="/prod", headers={"x-api-key": key["value"]}).status == 403
    api.client.delete_api_key(apiKey=key["id"])


def test_scopes_that_nobody_would_look_at_are_refused(guard):
    api, authorizer = guard
    at = {"resourceId": api.root, "httpMethod": "POST", "authorizationScopes": ["read"]}
    for authorization in {"authorizationType": "CUSTOM", "authorizerId": authorizer}, {"authorizationType": "AWS_IAM"}:
        code, message = api.error("put_method", **at, **authorization)
        assert code == "BadRequestException" and "Authorization Scopes are only valid" in message
