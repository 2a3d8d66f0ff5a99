"""Function authorizers of REST and HTTP APIs: who is asked, what functions are told, and what their answers mean."""

import base64
import concurrent.futures
import hmac
import json
import os
import time

import pytest

from harness import wire
from harness.clients import error_of
from harness.deadline import until
from harness.functions import create_function, unique
from harness.rest import RestApi
from harness.server import ACCOUNT, REGION, REPOSITORY
from test_up import Up

MODULE = '''
import json

def policy(effect, resource):
    return {"Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}]}
'''
TOKENS = MODULE + '''
def handler(event, context):
    token, arn = event["authorizationToken"], event["methodArn"]
    if token == "nobody":
        raise Exception("Unauthorized")
    if token == "broken":
        raise Exception("broken")
    document = policy("Deny" if token == "deny" else "Allow", arn if token != "elsewhere" else arn + "/elsewhere")
    return {"principalId": "user", "policyDocument": document, "context": {"text": token, "number": 1, "flag": True}}
'''


@pytest.fixture
def guarded_rest(rest_api, function):
    """A REST API whose methods ask a function; stage `prod`."""

    def make(source=TOKENS, permit=True, template=None, verbs=("GET",), **changes):
        api = rest_api()
        target = function(source, Timeout=changes.pop("timeout", 20))
        parameters = {
            "name": "auth", "type": "TOKEN", "authorizerUri": target.uri,
            "identitySource": "method.request.header.Authorization", "authorizerResultTtlInSeconds": 0,
        }
        made = api("create_authorizer", **parameters | changes)
        api.authorizer, api.function = made["id"], target
        if permit:
            target.permit(api.authorizer_arn(made["id"]))
        for verb in verbs:
            api.mock(verb=verb, template=template, authorizationType="CUSTOM", authorizerId=made["id"])
        api.deploy("prod")
        return api

    return make


def outcome(answer):
    return answer.status, answer.header("x-amzn-errortype"), answer.body


def bearer(token):
    return [("Authorization", token)]


def test_a_token_is_let_in_or_refused_by_its_policy(guarded_rest):
    api = guarded_rest(template={"user": "$context.authorizer.principalId", "text": "$context.authorizer.text",
                                 "number": "$context.authorizer.number", "flag": "$context.authorizer.flag"})
    answer = api.call("GET", "/prod", bearer("allow"))
    assert answer.status == 200, answer.body
    assert json.loads(answer.body) == {"user": "user", "text": "allow", "number": "1", "flag": "true"}
    denied = "with an explicit deny in an identity-based policy"
    for token, expected in [
        ("deny", (403, "AccessDeniedException",
                  f'{{"Message":"User is not authorized to access this resource {denied}"}}'.encode())),
        ("elsewhere", (403, "AccessDeniedException", b'{"Message":"User is not authorized to access this resource"}')),
        ("nobody", (401, "UnauthorizedException", b'{"message":"Unauthorized"}')),
        ("broken", (500, "AuthorizerConfigurationException", b'{"message":null}')),
    ]:
        assert outcome(api.call("GET", "/prod", bearer(token))) == expected, token


@pytest.mark.parametrize("headers", [[], [("Authorization", "")], [("Authorization", "a"), ("Authorization", "a")]])
def test_without_one_token_nobody_is_asked(guarded_rest, headers):
    api = guarded_rest("def handler(event, context):\n    raise Exception('asked')\n")
    assert outcome(api.call("GET", "/prod", headers)) == (401, "UnauthorizedException", b'{"message":"Unauthorized"}')


COUNTING = MODULE + """
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {"principalId": "user", "policyDocument": policy("Allow", "*"), "context": {"calls": calls}}
"""
CALLS = {"calls": "$context.authorizer.calls"}


def calls(answer):
    assert answer.status == 200, answer.body
    return int(json.loads(answer.body)["calls"])


def test_an_answer_stands_for_its_time_and_until_it_is_flushed(guarded_rest):
    api = guarded_rest(COUNTING, template=CALLS, authorizerResultTtlInSeconds=300)
    # A loop keeps answers of its own, and a connection stays on one.
    with wire.Connection(api.server.traffic) as client:
        def call():
            return calls(client.exchange("GET", "/prod", api.host, bearer("t")))

        first = call()
        assert [call() for _ in range(5)] == [first] * 5
        api("flush_stage_authorizers_cache", stageName="prod")
        second = call()
        assert second > first and call() == second
        api.deploy("prod")
        assert call() > second


def test_a_burst_of_one_token_while_nothing_is_kept_is_answered_whole(guarded_rest, tmp_path):
    asked = tmp_path / "asked"
    slow = COUNTING.replace(
        "    calls += 1", f"    calls += 1\n    open({str(asked)!r}, 'a').write('.')\n    __import__('time').sleep(0.5)")
    api = guarded_rest(slow, template=CALLS, authorizerResultTtlInSeconds=300)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: api.call("GET", "/prod", bearer("t")), range(24)))
    assert {answer.status for answer in answers} == {200}
    # Each loop asks once, however many requests wait.
    assert max(map(calls, answers)) <= 8
    assert 1 <= len(asked.read_text()) <= os.cpu_count()


def test_with_no_time_the_function_is_asked_each_time(guarded_rest):
    api = guarded_rest(COUNTING, template=CALLS)
    assert [calls(api.call("GET", "/prod", bearer("t"))) for _ in range(3)] == [1, 2, 3]


def test_escapes_in_a_path_pass_by_no_deny(guarded_rest):
    """Origins and functions may decode what REST APIs match as it was sent."""
    api = guarded_rest(MODULE + """
def handler(event, context):
    stage = "/".join(event["methodArn"].split("/")[:2])
    document = policy("Allow", "*")
    document["Statement"] += policy("Deny", stage + "/GET/admin/*")["Statement"]
    return {"principalId": "user", "policyDocument": document}
""")
    api.mock(resource=api.resource("{proxy+}"), authorizationType="CUSTOM", authorizerId=api.authorizer)
    api.deploy("prod")
    paths = {"open/x": 200, "admin/x": 403, "%61dmin/x": 403, "admin%2fx": 403, "%6fpen/x": 200}
    assert {path: api.call("GET", f"/prod/{path}", bearer("t")).status for path in paths} == paths


def test_a_failure_is_nobody_else_s(guarded_rest):
    """Requests of one identity may differ in what its function fails at."""
    api = guarded_rest(MODULE + """
import time
def handler(event, context):
    time.sleep(0.3)
    if event["headers"].get("X-Bad"):
        raise Exception("bad")
    return {"principalId": "user", "policyDocument": policy("Allow", "*")}
""", type="REQUEST", identitySource="method.request.header.X-Tenant", authorizerResultTtlInSeconds=300)
    headers = [[("X-Tenant", "t")] + ([("X-Bad", "1")] if number < 4 else []) for number in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda fields: api.call("GET", "/prod", fields).status, headers))
    assert set(answers[4:]) == {200}


def test_the_context_names_no_principal(guarded_rest):
    api = guarded_rest(MODULE + """
def handler(event, context):
    return {"principalId": "user", "policyDocument": policy("Allow", "*"),
            "context": {"principalId": "admin", "integrationLatency": "0", "own": "1"}}
""", template={"user": "$context.authorizer.principalId", "own": "$context.authorizer.own"})
    assert json.loads(api.call("GET", "/prod", bearer("t")).body) == {"user": "user", "own": "1"}


HOSTILE = {
    "large": "{'principalId': 'a', 'policyDocument': policy('Allow', ['arn:aws:execute-api:%d' % n for n in range(200000)])}",
    "text": "'text'",
    "null": "None",
    "number": "5",
    "effect": "{'principalId': 'a', 'policyDocument': policy('maybe', '*')}",
    "nested": "{'principalId': 'a', 'policyDocument': policy('Allow', '*'), 'context': {'a': {'b': 1}}}",
    "nobody": "{'policyDocument': policy('Allow', '*')}",
    "nothing": "{'principalId': 'a'}",
    "throws": "1 / 0",
    "slow": "__import__('time').sleep(5)",
    "ends": "__import__('os')._exit(1)",
}


def test_what_is_no_answer_is_500(guarded_rest):
    api = guarded_rest(
        MODULE + f"def handler(event, context):\n    return eval({HOSTILE!r}[event['authorizationToken']])\n", timeout=1)
    for token in HOSTILE:
        answer = outcome(api.call("GET", "/prod", bearer(token)))
        assert answer == (500, "AuthorizerConfigurationException", b'{"message":null}'), token


def test_wildcards_that_take_long_are_bounded(guarded_rest):
    stars = "'arn:' + '*?' * 200 + 'x'"
    api = guarded_rest(
        MODULE + f"def handler(event, context):\n    return {{'principalId': 'a', "
        f"'policyDocument': policy('Deny', [{stars}] * 50) | {{}}, 'context': {{}}}}\n")
    began = time.monotonic()
    answer = api.call("GET", "/prod", bearer("t"))
    assert answer.status == 403 and b"explicit" not in answer.body
    assert time.monotonic() - began < 10


def test_a_function_that_may_not_be_called_is_500(guarded_rest):
    api = guarded_rest(permit=False)
    assert outcome(api.call("GET", "/prod", bearer("allow"))) == (
        500, "AuthorizerConfigurationException", b'{"message":null}')
    # A permission that comes later is heard at once, for this authorizer and no other.
    api.function.permit(api.authorizer_arn("other1"))
    assert api.call("GET", "/prod", bearer("allow")).status == 500
    api.function.permit(api.authorizer_arn(api.authorizer))
    assert api.call("GET", "/prod", bearer("allow")).status == 200


def test_a_throttled_function_is_500(guarded_rest):
    api = guarded_rest()
    api.function.client.put_function_concurrency(FunctionName=api.function.name, ReservedConcurrentExecutions=0)
    assert outcome(api.call("GET", "/prod", bearer("allow")))[0] == 500


def test_a_request_authorizer_is_told_the_request(guarded_rest):
    source = MODULE + """
def handler(event, context):
    return {"principalId": "user", "policyDocument": policy("Allow", event["methodArn"]),
            "context": {"event": json.dumps(event)}}
"""
    api = guarded_rest(source, template={"event": "$util.escapeJavaScript($context.authorizer.event)"}, type="REQUEST",
                       identitySource="method.request.header.X-User,method.request.querystring.q",
                       authorizerResultTtlInSeconds=60)
    assert api.call("GET", "/prod", [("X-User", "a")]).status == 401
    assert api.call("GET", "/prod?q=1&q=2", [("X-User", "a")]).status == 401
    answer = api.call("GET", "/prod?q=1", [("x-user", "a")])
    assert answer.status == 200, answer.body
    event = json.loads(json.loads(answer.body)["event"])
    assert event["type"] == "REQUEST" and event["methodArn"].endswith(f"{api.id}/prod/GET/")
    assert event["queryStringParameters"] == {"q": "1"} and event["headers"]["x-user"] == "a"
    assert event["pathParameters"] == event["stageVariables"] == {}
    assert event["requestContext"]["apiId"] == api.id and "body" not in event


def test_a_key_comes_from_the_authorizer(guarded_rest, gatehouse):
    source = MODULE + """
def handler(event, context):
    return {"principalId": "user", "policyDocument": policy("Allow", "*"),
            "usageIdentifierKey": event["authorizationToken"]}
"""
    api = guarded_rest(source)
    api("update_rest_api", patchOperations=[{"op": "replace", "path": "/apiKeySource", "value": "AUTHORIZER"}])
    api("update_method", resourceId=api.root, httpMethod="GET",
        patchOperations=[{"op": "replace", "path": "/apiKeyRequired", "value": "true"}])
    api.deploy("prod")
    value = unique("a-key-of-twenty-characters")
    key = api.client.create_api_key(name=unique("key"), enabled=True, value=value)["id"]
    plan = api.client.create_usage_plan(
        name=unique("plan"), apiStages=[{"apiId": api.id, "stage": "prod"}], quota={"limit": 2, "period": "DAY"})["id"]
    api.client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    try:
        # A key that the client sends says nothing here.
        answer = api.call("GET", "/prod", bearer("unknown") + [("x-api-key", value)])
        assert outcome(answer) == (403, "ForbiddenException", b'{"message":"Forbidden"}')
        statuses = [api.call("GET", "/prod", bearer(value)).status for _ in range(3)]
        assert statuses == [200, 200, 429]
    finally:
        api.client.update_usage_plan(usagePlanId=plan, patchOperations=[
            {"op": "remove", "path": "/apiStages", "value": f"{api.id}:prod"}])
        api.client.delete_usage_plan(usagePlanId=plan)
        api.client.delete_api_key(apiKey=key)


def test_any_may_deny_what_a_get_allows(guarded_rest):
    source = MODULE + """
def handler(event, context):
    arn = event["methodArn"].replace("/POST/", "/GET/")
    return {"principalId": "user", "policyDocument": policy("Allow", arn)}
"""
    api = guarded_rest(source, verbs=("GET", "POST"), authorizerResultTtlInSeconds=300)
    assert api.call("GET", "/prod", bearer("t")).status == 200
    assert api.call("POST", "/prod", bearer("t"), b"x" * 70_000).status == 403
    assert api.call("POST", "/prod", bearer("t") + [("X-HTTP-Method-Override", "GET")]).status == 200


# HTTP APIs

SIMPLE = MODULE + """
def handler(event, context):
    token = event["identitySource"][0]
    if token == "unauthorized":
        return {"errorMessage": "Unauthorized"}
    if token == "event":
        return {"isAuthorized": True, "context": {"event": event}}
    if token == "wrong":
        return {"isAuthorized": "yes"}
    return {"isAuthorized": token == "allow", "context": {"n": 1, "list": [True, None]}}
"""
ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"])}
"""


@pytest.fixture
def guarded_http(http_api, function):
    """An HTTP API with `GET /pets/{id}` behind a function authorizer, to a function that answers what it is told of it."""

    def make(source=SIMPLE, version="2.0", format="2.0", **changes):
        api = http_api(**changes.pop("api", {}))
        target = function(source)
        parameters = {
            "ApiId": api.id, "Name": "auth", "AuthorizerType": "REQUEST", "AuthorizerUri": target.uri,
            "AuthorizerPayloadFormatVersion": format, "IdentitySource": ["$request.header.Authorization"],
        }
        if format == "2.0":
            parameters["EnableSimpleResponses"] = True
        made = api.client.create_authorizer(**parameters | changes)
        api.authorizer, api.function = made["AuthorizerId"], target
        target.permit(api.authorizer_arn(api.authorizer))
        api.integration = api.integrate_function(function(ECHO), version)
        api.route("GET /pets/{id}", api.integration, AuthorizationType="CUSTOM", AuthorizerId=api.authorizer)
        return api

    return make


def test_a_simple_response_decides(guarded_http):
    api = guarded_http()
    answer = api.call("GET", "/pets/1", bearer("allow"))
    assert (answer.status, json.loads(answer.body)) == (200, {"lambda": {"n": 1, "list": [True, None]}})
    for token, status, body in [
        ("deny", 403, b'{"message":"Forbidden"}'), ("unauthorized", 401, b'{"message":"Unauthorized"}'),
        ("wrong", 500, b'{"message":"Internal Server Error"}'),
    ]:
        answer = api.call("GET", "/pets/1", bearer(token))
        assert (answer.status, answer.body) == (status, body)
        assert answer.header("www-authenticate") is None
    assert api.call("GET", "/pets/1").status == 401
    assert api.call("GET", "/pets/1", bearer("allow") + bearer("allow")).status == 401


def test_the_event_of_format_2(guarded_http):
    api = guarded_http()
    answer = api.call("GET", "/pets/1?a=b", bearer("event") + [("Cookie", "c=d")])
    event = json.loads(answer.body)["lambda"]["event"]
    assert event["routeArn"] == f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/$default/GET/pets/1"
    assert (event["version"], event["type"], event["routeKey"]) == ("2.0", "REQUEST", "GET /pets/{id}")
    assert (event["cookies"], event["rawPath"], event["rawQueryString"]) == (["c=d"], "/pets/1", "a=b")
    assert event["pathParameters"] == {"id": "1"} and event["identitySource"] == ["event"]
    assert "body" not in event and "authorizer" not in event["requestContext"]


def test_format_1_answers_a_policy(guarded_http):
    source = TOKENS
    api = guarded_http(source, version="1.0", format="1.0")
    answer = api.call("GET", "/pets/1", bearer("allow"))
    told = json.loads(answer.body)
    assert told.pop("integrationLatency") >= 0
    assert (answer.status, told) == (200, {"principalId": "user", "text": "allow", "number": 1, "flag": True})
    for token, status in [("deny", 403), ("elsewhere", 403), ("nobody", 401), ("broken", 500)]:
        assert api.call("GET", "/pets/1", bearer(token)).status == status, token


def test_answers_are_kept_and_given_up(guarded_http):
    source = COUNTING.replace('"policyDocument": policy("Allow", "*")', '"isAuthorized": True')
    api = guarded_http(source, AuthorizerResultTtlInSeconds=3600)
    with wire.Connection(api.server.traffic) as client:
        def call():
            answer = client.exchange("GET", "/pets/1", api.host, bearer("t"))
            return json.loads(answer.body)["lambda"]["calls"]

        first = call()
        assert call() == first
        api.client.reset_authorizers_cache(ApiId=api.id, StageName="$default")
        assert call() > first
    assert error_of(api.client.reset_authorizers_cache, ApiId=api.id, StageName="none").status == 404


def test_an_authorizer_reads_back_as_it_was_made(guarded_http):
    credentials = f"arn:aws:iam::{ACCOUNT}:role/r"
    api = guarded_http(AuthorizerResultTtlInSeconds=60, AuthorizerCredentialsArn=credentials)
    found = api.client.get_authorizer(ApiId=api.id, AuthorizerId=api.authorizer)
    found.pop("ResponseMetadata")
    assert found == {
        "AuthorizerCredentialsArn": credentials, "AuthorizerId": api.authorizer,
        "AuthorizerPayloadFormatVersion": "2.0", "AuthorizerResultTtlInSeconds": 60, "AuthorizerType": "REQUEST",
        "AuthorizerUri": api.function.uri, "EnableSimpleResponses": True,
        "IdentitySource": ["$request.header.Authorization"], "Name": "auth",
    }
    changed = api.client.update_authorizer(
        ApiId=api.id, AuthorizerId=api.authorizer, AuthorizerResultTtlInSeconds=0, EnableSimpleResponses=False)
    assert (changed["AuthorizerResultTtlInSeconds"], changed["EnableSimpleResponses"]) == (0, False)
    assert error_of(api.client.delete_authorizer, ApiId=api.id, AuthorizerId=api.authorizer).status == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"AuthorizerPayloadFormatVersion": "3.0"}, {"AuthorizerPayloadFormatVersion": None},
        {"AuthorizerPayloadFormatVersion": "1.0"}, {"AuthorizerResultTtlInSeconds": 3601},
        {"AuthorizerResultTtlInSeconds": -1}, {"AuthorizerResultTtlInSeconds": 1, "IdentitySource": []},
        {"IdentitySource": ["$request.body"]}, {"IdentitySource": ["$request.header."]}, {"AuthorizerUri": None},
        {"AuthorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:f"},
        {"JwtConfiguration": {"Issuer": "https://a", "Audience": ["a"]}},
    ],
)
def test_an_authorizer_that_is_none_is_refused(http_api, changes):
    api = http_api()
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:f/invocations"
    parameters = {
        "ApiId": api.id, "Name": "auth", "AuthorizerType": "REQUEST", "AuthorizerUri": uri,
        "AuthorizerPayloadFormatVersion": "2.0", "EnableSimpleResponses": True,
        "IdentitySource": ["$request.header.A"],
    } | changes
    given = {name: value for name, value in parameters.items() if value is not None}
    error = error_of(api.client.create_authorizer, **given)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert api.client.get_authorizers(ApiId=api.id)["Items"] == []


def test_a_document_carries_it(guarded_http, gatehouse):
    api = guarded_http(AuthorizerResultTtlInSeconds=60)
    text = api.client.export_api(ApiId=api.id, OutputType="JSON", Specification="OAS30")["body"].read()
    scheme = json.loads(text)["components"]["securitySchemes"]["auth"]
    assert scheme["type"] == "apiKey"
    assert scheme["x-amazon-apigateway-authorizer"] == {
        "identitySource": "$request.header.Authorization", "authorizerUri": api.function.uri,
        "authorizerPayloadFormatVersion": "2.0", "authorizerResultTtlInSeconds": 60, "type": "request",
        "enableSimpleResponses": True,
    }
    copy = api.client.import_api(Body=text.decode())["ApiId"]
    try:
        [route] = [r for r in api.client.get_routes(ApiId=copy)["Items"] if r["RouteKey"] == "GET /pets/{id}"]
        [made] = api.client.get_authorizers(ApiId=copy)["Items"]
        assert (route["AuthorizationType"], route["AuthorizerId"]) == ("CUSTOM", made["AuthorizerId"])
        assert made["AuthorizerResultTtlInSeconds"] == 60 and made["EnableSimpleResponses"] is True
    finally:
        api.client.delete_api(ApiId=copy)


# Logs, and why a call was refused

def test_logs_and_the_terminal_tell_of_it(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data", options=["--access-log", str(tmp_path / "all.log"), "--explain"])
    target = create_function(server.clients, TOKENS)
    api = RestApi(server)
    made = api("create_authorizer", name="auth", type="TOKEN", authorizerUri=target.uri,
               identitySource="method.request.header.Authorization", authorizerResultTtlInSeconds=0)
    target.permit(api.authorizer_arn(made["id"]))
    api.mock(authorizationType="CUSTOM", authorizerId=made["id"])
    api.deploy("prod")
    api("update_stage", stageName="prod", patchOperations=[
        {"op": "replace", "path": "/accessLogSettings/destinationArn",
         "value": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:calls"},
        {"op": "replace", "path": "/accessLogSettings/format",
         "value": "$context.requestId $context.status $context.authorizer.principalId $context.authorizer.text "
                  "$context.authorizer.error"},
    ])
    assert api.call("GET", "/prod", bearer("allow")).status == 200
    assert api.call("GET", "/prod", bearer("deny")).status == 403
    assert api.call("GET", "/prod", bearer("broken")).status == 500
    assert api.call("GET", "/prod").status == 401

    def lines():
        path = tmp_path / "all.log"
        found = path.read_text().splitlines() if path.exists() else []
        return found if len(found) >= 4 else None

    told = [line.split(" ", 1)[1] for line in until(lines, "four lines of the access log")]
    # Each loop writes its own.
    assert sorted(told) == [
        "200 user allow -", "401 - - -", "403 user deny -", "500 - - The authorizer's function failed"]
    until(lambda: "401: " in server.output, "the last refusal on the terminal")
    assert f"403: route GET / is denied by the policy of its authorizer {made['id']}: statement 1 denies" in server.output
    assert "401: route GET / was called without method.request.header.Authorization" in server.output
    for secret in "allow", "Bearer":
        assert f" {secret}" not in server.output


class TestGuarded:
    """The template in `Examples/guarded`, whose function verifies tokens with PyJWT."""

    SECRET = b"a-secret-for-development-only-0123456789"

    @pytest.fixture
    def up(self, command):
        return Up(command, REPOSITORY / "Examples/guarded/template.yaml", routes=1)

    @staticmethod
    def token(key=SECRET, algorithm="HS256", **claims):
        def part(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")

        payload = {"sub": "ada", "aud": "notes", "scope": "read", "exp": time.time() + 60} | claims
        body = b".".join(part(json.dumps(value).encode()) for value in ({"alg": algorithm}, payload))
        signature = hmac.digest(key, body, "sha256") if algorithm == "HS256" else b""
        return bearer("Bearer " + (body + b"." + part(signature)).decode())

    def test_a_token_lets_its_bearer_do_what_its_scope_says(self, up):
        # What is printed is ANY's.
        up.urls[("GET", "/prod/notes")] = up.urls[("POST", "/prod/notes")] = next(iter(up.urls.values()))
        answer = up.call("GET", "/notes", self.token())
        assert (answer.status, answer.json()) == (200, {"caller": "ada", "scope": "read"})
        assert up.call("POST", "/notes", self.token()).status == 403
        assert up.call("POST", "/notes", self.token(scope="read write")).status == 201
        assert up.call("GET", "/notes", self.token(scope="")).status == 403
        for refused in [
            [], bearer("Basic YTpi"), self.token(key=b"another secret of some thirty-two bytes"), self.token(exp=1),
            self.token(aud="other"), self.token(algorithm="none"),
        ]:
            assert up.call("GET", "/notes", refused).status == 401, refused
        until(lambda: "says Unauthorized" in up.process.output, lambda: up.process.output)
