"""WebSocket APIs as they are called: handshakes, messages, ends, and what is sent back, over plain sockets."""

import json
import re

import pytest

from harness import wire
from harness.clients import error_of, signature
from harness.deadline import until
from harness.frames import BINARY, PING, PONG, TEXT
from harness.origin import reply
from harness.server import ACCOUNT, REGION
from harness.websocket import Closed, WebSocketApi, management

# Answers what it is told, as the whole of its answer.
ECHO = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}"


@pytest.fixture
def api(websocket_api):
    return websocket_api()


@pytest.fixture
def echo(function):
    made = function(ECHO)
    made.permit()
    return made


@pytest.fixture
def told(api, function):
    """What a function that takes all events was told, in order, as it wrote it down in a table."""
    made = function(
        "import boto3, json, os\n"
        "table = boto3.client('dynamodb')\n"
        "def handler(event, context):\n"
        "    context = event['requestContext']\n"
        "    table.put_item(TableName=os.environ['TABLE'], Item={\n"
        "        'id': {'S': context['connectionId']}, 'at': {'S': context['requestId']},\n"
        "        'event': {'S': json.dumps(event)}})\n"
        "    return {'statusCode': 200}\n",
        Environment={"Variables": {"TABLE": api.id}},
    )
    made.permit()
    tables = api.server.clients.service("dynamodb")
    tables.create_table(
        TableName=api.id, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}])  # fmt: skip

    def events(kind, count=1):
        def found():
            items = tables.scan(TableName=api.id, ConsistentRead=True)["Items"]
            events = [json.loads(item["event"]["S"]) for item in items]
            wanted = [event for event in events if event["requestContext"]["eventType"] == kind]
            return wanted if len(wanted) >= count else None

        return until(found, f"{count} events {kind}")

    events.function = made
    yield events
    tables.delete_table(TableName=api.id)


# Events


def test_events_are_those_of_aws(api, told):
    """Keys, their order and their values, as captured of AWS."""
    for key in ("$connect", "$disconnect", "$default"):
        api.route(key, api.function(told.function))
    api.stage(StageVariables={"color": "blue"})
    headers = {"User-Agent": "wscat", "X-Mine": "1", "Sec-WebSocket-Protocol": "a, b"}
    with api.connect("/prod?name=a&name=b", headers) as client:
        client.send("hello")
        (message,) = told("MESSAGE")
        client.close(1000, "bye")
        assert client.next() == Closed(1000, "")
    (connect,), (disconnect,) = told("CONNECT"), told("DISCONNECT")
    assert list(connect) == [
        "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "stageVariables",
        "requestContext", "isBase64Encoded"]  # fmt: skip
    assert connect["headers"]["Host"] == api.host
    assert connect["headers"]["Sec-WebSocket-Version"] == "13"
    assert "Connection" not in connect["headers"] and "Upgrade" not in connect["headers"]
    assert connect["multiValueHeaders"]["X-Mine"] == ["1"]
    assert connect["queryStringParameters"] == {"name": "b"}
    assert connect["multiValueQueryStringParameters"] == {"name": ["a", "b"]}
    assert connect["stageVariables"] == {"color": "blue"}
    common = {"extendedRequestId", "requestTime", "messageDirection", "stage", "connectedAt", "requestTimeEpoch", "identity",
              "requestId", "domainName", "connectionId", "apiId", "routeKey", "eventType"}  # fmt: skip
    contexts = [event["requestContext"] for event in (connect, message, disconnect)]
    assert [set(context) - common for context in contexts] == [
        set(), {"messageId"}, {"disconnectStatusCode", "disconnectReason"}]
    assert [context["routeKey"] for context in contexts] == ["$connect", "$default", "$disconnect"]
    assert len({context["connectionId"] for context in contexts}) == 1
    assert len({context["connectedAt"] for context in contexts}) == 1
    assert len({context["requestId"] for context in contexts}) == 3
    for context in contexts:
        assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", context["connectionId"])
        assert context["requestId"] == context["extendedRequestId"]
        assert context["identity"] == {"userAgent": "wscat", "sourceIp": "127.0.0.1"}
        assert (context["domainName"], context["stage"], context["apiId"]) == (api.host, "prod", api.id)
        assert context["messageDirection"] == "IN"
    assert list(message) == ["stageVariables", "requestContext", "body", "isBase64Encoded"]
    assert (message["body"], message["isBase64Encoded"]) == ("hello", False)
    ended = disconnect["requestContext"]
    assert (ended["disconnectStatusCode"], ended["disconnectReason"]) == (1000, "bye")
    assert disconnect["headers"] == {"Host": api.host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}


@pytest.mark.parametrize(
    ("end", "pair"),
    [
        (lambda client: client.close(), (1005, "Client-side close frame status not set")),
        (lambda client: client.close(1001), (1001, "")),
        (lambda client: client.connection.close(), (1006, "Connection Closed Abnormally")),
        (lambda client: client.frame(TEXT, b"\xff"), (1007, "")),
        (lambda client: client.frame(BINARY, b"1"), (1003, "")),
        (lambda client: client.frame(TEXT, b"a" * 32_769), (1009, "")),
        (lambda client: client.frame(TEXT, b"a", masked=False), (1002, "")),
    ],
    ids=["no code", "going away", "vanished", "no UTF-8", "binary", "frame too long", "unmasked"],
)
def test_how_a_connection_ended_is_told_once(api, told, end, pair):
    api.route("$disconnect", api.function(told.function))
    api.stage()
    client = api.connect()
    end(client)
    (event,) = told("DISCONNECT")
    client.connection.close()
    assert (event["requestContext"]["disconnectStatusCode"], event["requestContext"]["disconnectReason"]) == pair
    assert len(told("DISCONNECT")) == 1


def test_a_message_may_come_in_pieces(api, echo):
    api.route("$default", api.function(echo), two_way=True)
    api.stage()
    with api.connect() as client:
        client.frame(TEXT, "a" * 32_768, final=False)
        client.frame(PING, "between")
        client.frame(0, "b" * 32_768, final=False)
        client.frame(0, "c")
        assert client.next_frame() == (True, PONG, b"between")
        assert client.json()["body"] == "a" * 32_768 + "b" * 32_768 + "c"


def test_a_message_of_more_than_128_kb_ends_the_connection(api):
    api.stage()
    with api.connect() as client:
        for _ in range(4):
            client.frame(TEXT if _ == 0 else 0, "a" * 32_768, final=False)
        client.frame(0, "a")
        assert client.next() == Closed(1009, "")


# Routes


@pytest.mark.parametrize(
    ("expression", "message", "route"),
    [
        ("$request.body.action", '{"action":"join"}', "join"),
        ("${request.body.service}/${request.body.action}", '{"service":"chat","action":"join"}', "chat/join"),
        ("${request.body.action}-${request.body.nothing}", '{"action":"join"}', "join-"),
        ("join", '{"a":1}', "join"),
        ("join", "no JSON", "$default"),
        ("$request.body.action", "no JSON", "$default"),
        ("$request.body.action", '{"action":"JOIN"}', "$default"),
        ("$request.body.action", '{"action":"other","action":"join"}', "join"),
        ("$request.body.action", '{"action":"$connect"}', "$default"),
        ("$request.body.action", '{"action":"$default"}', "$default"),
        ("$request.body.action", '{"action":7}', "7"),
        ("$request.body.action", '{"action":true}', "true"),
        ("$request.body.action", '{"action":["a","b"]}', "[a, b]"),
        ("$request.body.a.b[1]", '{"a":{"b":["x","join"]}}', "join"),
        ("$request.body.action", "[" * 300 + "]" * 300, "$default"),
        ("$request.body.action", '{"action":"j\\u006fin"}', "join"),
    ],
)
def test_a_route_is_selected(websocket_api, expression, message, route):
    api = websocket_api(RouteSelectionExpression=expression)
    mock = api.answers('"$context.routeKey"')
    for key in ("$connect", "$disconnect"):
        api.route(key, api.answers("{}"))
    for key in ("$default", "join", "chat/join", "join-", "7", "true", "[a, b]"):
        api.route(key, mock, two_way=True)
    api.stage()
    with api.connect() as client:
        assert client.ask(message) == route


def test_what_no_route_is_for_is_forbidden_in_awss_bytes(api):
    api.route("join", api.answers("{}"))
    api.stage()
    with api.connect() as client:
        for message in ("hi", '{"action":"leave"}'):
            client.send(message)
            assert re.fullmatch(
                r'\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}', client.next())


def test_without_a_route_of_its_own_a_handshake_is_let_in(api):
    api.route("$default", api.answers('"here"'), two_way=True)
    api.stage()
    for target in ("/prod", "/prod/"):
        with api.connect(target) as client:
            assert client.ask("hi") == "here"


# What functions answer


ANSWERS = """
import json, os
def handler(event, context):
    if event['requestContext']['eventType'] != 'MESSAGE':
        return {'statusCode': 200}
    return json.loads(json.loads(event['body'])['answer'])
"""


@pytest.mark.parametrize(
    ("answer", "one_way", "two_way"),
    [
        ({"statusCode": 200, "body": "hi"}, None, "hi"),
        ({"statusCode": 500, "body": "hi"}, None, "hi"),
        ({"statusCode": 200}, None, None),
        ({"statusCode": 200, "body": ""}, None, ""),
        ({"statusCode": 200, "body": "ä€😀"}, None, "ä€😀"),
        ({"statusCode": 200, "body": "hi", "cookies": []}, "Internal server error", "Internal server error"),
        ({"body": "hi"}, "Internal server error", "Internal server error"),
        (None, "Internal server error", "Internal server error"),
        ("hi", "Internal server error", "Internal server error"),
    ],
)
def test_what_a_function_answers_a_message(api, function, answer, one_way, two_way):
    made = function(ANSWERS)
    made.permit()
    integration = api.function(made)
    api.route("one", integration)
    api.route("two", integration, two_way=True)
    api.stage()
    end = {"action": "two", "answer": json.dumps({"statusCode": 200, "body": "end"})}
    for action, expected in (("one", one_way), ("two", two_way)):
        with api.connect() as client:
            client.send({"action": action, "answer": json.dumps(answer)})
            client.send(end)
            # Messages may overtake each other.
            texts = [client.next() for _ in range(1 if expected is None else 2)]
            texts = [json.loads(text)["message"] if text.startswith('{"message"') else text for text in texts]
            assert sorted(texts) == sorted(["end"] + ([] if expected is None else [expected]))


def test_a_function_that_fails_is_told_and_the_connection_stays(api, function):
    made = function("def handler(event, context):\n    raise Exception('boom')")
    made.permit()
    api.route("$default", api.function(made))
    api.stage()
    with api.connect() as client:
        for _ in range(2):
            answer = client.ask("hi")
            assert answer["message"] == "Internal server error"
            assert set(answer) == {"message", "connectionId", "requestId"}


@pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 401, 403, 404, 500, 501])
def test_the_status_of_connect_decides(api, function, status):
    made = function(f"def handler(event, context):\n    return {{'statusCode': {status}, 'body': 'secret'}}")
    made.permit()
    api.route("$connect", api.function(made))
    api.stage()
    if status < 300:
        with api.connect():
            return
    refused = api.refused()
    assert refused.status == status
    assert set(refused.json()) == {"message", "connectionId", "requestId"}
    assert "secret" not in refused.text


@pytest.mark.parametrize(
    ("source", "permitted", "status"),
    [
        ("def handler(event, context):\n    raise Exception('boom')", True, 502),
        ("def handler(event, context):\n    return 'yes'", True, 502),
        ("def handler(event, context):\n    return {'statusCode': 200}", False, 500),
    ],
    ids=["fails", "malformed", "not permitted"],
)
def test_a_connect_that_cannot_be_asked_refuses(api, function, source, permitted, status):
    made = function(source)
    if permitted:
        made.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/$connect")
    api.route("$connect", api.function(made))
    api.stage()
    assert api.refused().status == status


def test_the_permission_names_the_route(api, echo, function):
    made = function(ECHO)
    made.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/*join")
    integration = api.function(made)
    api.route("join", integration, two_way=True)
    api.route("leave", integration, two_way=True)
    api.stage()
    with api.connect() as client:
        assert "requestContext" in client.ask({"action": "join"})
        assert client.ask({"action": "leave"})["message"] == "Internal server error"


@pytest.mark.parametrize(
    ("offered", "answered", "chosen"),
    [
        ("chat, other", "chat", "chat"),
        ("chat, other", None, None),
        ("chat", "foreign", None),
        (None, "chat", None),
    ],
)
def test_of_all_fields_only_a_subprotocol_reaches_the_client(api, function, offered, answered, chosen):
    headers = {"X-Other": "1"} | ({"sec-websocket-PROTOCOL": answered} if answered else {})
    made = function(f"def handler(event, context):\n    return {{'statusCode': 200, 'headers': {headers!r}, 'body': 'x'}}")
    made.permit()
    api.route("$connect", api.function(made))
    api.stage()
    with api.connect(headers={"Sec-WebSocket-Protocol": offered}) as client:
        assert client.response.header("sec-websocket-protocol") == chosen
        assert client.response.header("x-other") is None
        assert client.response.header("sec-websocket-extensions") is None


# Handshakes


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"Upgrade": None, "Connection": None}, 426, ("upgrade", "websocket")),
        ({"Sec-WebSocket-Version": "8"}, 426, ("sec-websocket-version", "13")),
        ({"Sec-WebSocket-Key": "short"}, 400, None),
        ({"Sec-WebSocket-Key": None}, 400, None),
    ],
)
def test_what_is_no_handshake(api, headers, status, field):
    api.stage()
    refused = api.refused(headers=headers)
    assert refused.status == status
    if field:
        assert refused.header(field[0]) == field[1]


def test_a_url_of_more_than_4096_characters(api):
    api.stage()
    with api.connect("/prod?a=" + "b" * (4096 - 8)):
        pass
    assert api.refused("/prod?a=" + "b" * (4096 - 7)).status == 414


@pytest.mark.parametrize("target", ["/dev", "/", "/prod/more", "/prod/@connection/x"])
def test_what_is_not_there_is_forbidden(api, target):
    api.stage()
    refused = api.refused(target)
    assert (refused.status, refused.json()) == (403, {"message": "Forbidden"})


def test_a_disabled_endpoint_is_forbidden(websocket_api):
    api = websocket_api(DisableExecuteApiEndpoint=True)
    api.stage()
    assert api.refused().status == 403


def test_extensions_are_not_negotiated(api):
    api.stage()
    with api.connect(headers={"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}) as client:
        assert client.response.header("sec-websocket-extensions") is None


# Who may connect


AUTHORIZER = """
def handler(event, context):
    token = event['queryStringParameters'].get('token')
    if token == 'fail':
        raise Exception('boom')
    if token == 'unauthorized':
        raise Exception('Unauthorized')
    return {
        'principalId': 'me', 'usageIdentifierKey': token,
        'context': {'number': 1, 'flag': True, 'arn': event['methodArn'], 'type': event['type']},
        'policyDocument': {'Version': '2012-10-17', 'Statement': [{
            'Action': 'execute-api:Invoke', 'Resource': event['methodArn'],
            'Effect': 'Allow' if token == 'allow' else 'Deny'}]}}
"""


@pytest.fixture
def guarded(api, function, echo):
    made = function(AUTHORIZER)
    authorizer = api(
        "create_authorizer", AuthorizerType="REQUEST", Name="a", AuthorizerUri=made.uri,
        IdentitySource=["route.request.querystring.token"])["AuthorizerId"]  # fmt: skip
    made.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/authorizers/{authorizer}")
    api.route("$connect", api.function(echo), AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    api.route("$default", api.function(echo), two_way=True)
    api.stage()
    return api


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 401), ("?token=", 401), ("?token=unauthorized", 401), ("?token=deny", 403), ("?token=fail", 500)],
)
def test_an_authorizer_refuses(guarded, query, status):
    assert guarded.refused("/prod" + query).status == status


def test_an_authorizers_context_stays_for_the_connection(guarded):
    with guarded.connect("/prod?token=allow") as client:
        context = client.ask("hi")["requestContext"]
    latency = context["authorizer"].pop("integrationLatency")
    assert isinstance(latency, int) and latency >= 0
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{guarded.id}/prod/$connect"
    assert context["authorizer"] == {
        "principalId": "me", "number": "1", "flag": "true", "arn": arn, "type": "REQUEST"}


def test_signatures_open_a_connection(api, caller):
    api.route("$connect", api.answers("{}"), AuthorizationType="AWS_IAM")
    api.stage()
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/$connect"
    _, allowed = caller(Action="execute-api:Invoke", Resource=arn)
    _, other = caller(Action="execute-api:Invoke", Resource=arn + "x")
    assert api.refused().status == 403
    allowed, other = (
        signature(key, "execute-api", "GET", f"https://{api.host}/prod") for key in (allowed, other))
    assert api.refused(headers=other).status == 403
    with api.connect(headers=allowed):
        pass


def test_keys_open_a_connection(api, clients):
    api.route("$connect", api.answers("{}"), ApiKeyRequired=True)
    api.stage()
    rest = clients.service("apigateway")
    plan = rest.create_usage_plan(name=api.id, apiStages=[{"apiId": api.id, "stage": "prod"}])["id"]
    key = rest.create_api_key(name=api.id, enabled=True)
    rest.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    assert api.refused().status == 403
    assert api.refused(headers={"x-api-key": "nobody's"}).status == 403
    with api.connect(headers={"x-api-key": key["value"]}):
        pass


def test_required_parameters_of_a_handshake(api):
    api.route(
        "$connect", api.answers("{}"),
        RequestParameters={"route.request.querystring.token": {"Required": True}})
    api.stage()
    assert api.refused().status == 400
    with api.connect("/prod?token=1"):
        pass


# Templates, mappings, models


def test_the_template_is_selected_by_the_message(api, echo):
    integration = api.integrate(
        "AWS", ("$default", None), IntegrationUri=echo.uri, IntegrationMethod="POST",
        TemplateSelectionExpression="${request.body.kind}",
        RequestTemplates={
            "a": '{"chosen": "a", "said": $input.json("$.said"), "id": "$context.connectionId"}',
            "$default": '{"chosen": "otherwise", "stage": "$stageVariables.color"}'})
    api.route("$default", integration, two_way=True)
    api.stage(StageVariables={"color": "blue"})
    with api.connect() as client:
        told = json.loads(client.ask({"kind": "a", "said": [1, "x"]})["body"])
        assert (told["chosen"], told["said"]) == ("a", [1, "x"])
        assert re.fullmatch(r"[\w-]{15}=", told["id"])
        assert json.loads(client.ask({"kind": "b"})["body"]) == {"chosen": "otherwise", "stage": "blue"}


def test_a_functions_error_selects_the_integration_response(api, function):
    made = function("def handler(event, context):\n    raise Exception(event['say'])")
    made.permit()
    api.route("$default", api.integrate(
        "AWS", ("/.*late.*/", '{"was": "late"}'), ("$default", '{"was": "fine"}'),
        IntegrationUri=made.uri, IntegrationMethod="POST"), two_way=True)
    api.stage()
    with api.connect() as client:
        assert client.ask({"say": "too late"}) == {"was": "late"}
        assert client.ask({"say": "something"}) == {"was": "fine"}


def test_tables_are_reached_without_functions(api, clients):
    tables = clients.service("dynamodb")
    tables.create_table(
        TableName=api.id, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])  # fmt: skip
    item = '{"TableName": "%s", "%s": {"id": {"S": "$context.connectionId"}}}'

    def integrate(action, member):
        return api.integrate(
            "AWS", ("/200/", None), IntegrationMethod="POST", CredentialsArn=f"arn:aws:iam::{ACCOUNT}:role/tables",
            IntegrationUri=f"arn:aws:apigateway:{REGION}:dynamodb:action/{action}",
            RequestTemplates={"application/json": item % (api.id, member)})

    api.route("$connect", integrate("PutItem", "Item"))
    api.route("$disconnect", integrate("DeleteItem", "Key"))
    api.stage()
    with api.connect() as client:
        assert tables.scan(TableName=api.id)["Count"] == 1
        client.close()
        until(lambda: tables.scan(TableName=api.id)["Count"] == 0, "the item is deleted")
    tables.delete_table(TableName=api.id)
    assert api.refused().status == 500


def test_an_origin_is_told_what_is_mapped_and_nothing_else(api, origin):
    proxy = api.integrate(
        "HTTP_PROXY", IntegrationUri=origin.url + "/messages", IntegrationMethod="POST",
        RequestParameters={
            "integration.request.header.ConnectionId": "context.connectionId",
            "integration.request.header.Kind": "route.request.body.kind",
            "integration.request.querystring.fixed": "'yes'"})
    api.route("$default", proxy, two_way=True)
    api.stage()
    origin.answer(reply(200, [("Content-Type", "text/plain")], "from the origin"))
    with api.connect(headers={"X-Secret": "1"}) as client:
        client.send({"kind": "greeting"})
        assert client.next() == "from the origin"
    request = origin.only()
    assert request.body == b'{"kind": "greeting"}'
    assert request.target == "/messages?fixed=yes"
    assert re.fullmatch(r"[\w-]{15}=", request.header("connectionid"))
    assert request.header("kind") == "greeting"
    assert request.header("x-secret") is None


def test_models_refuse_messages(api):
    api("create_model", Name="Message", ContentType="application/json", Schema=json.dumps(
        {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}))
    api.route(
        "$default", api.answers('"good"'), two_way=True, ModelSelectionExpression="$request.body.kind",
        RequestModels={"chat": "Message"})
    api.stage()
    with api.connect() as client:
        assert client.ask({"kind": "chat", "text": "hi"}) == "good"
        assert client.ask({"kind": "chat", "text": 1})["message"] == "Bad request body"
        assert client.ask({"kind": "other"})["message"] == "Bad request body"


def test_messages_beyond_a_routes_throttle_are_told_so(api):
    api.route("$default", api.answers('"good"'), two_way=True)
    api.stage(RouteSettings={"$default": {"ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 0.001}})
    with api.connect() as client:
        assert client.ask("one") == "good"
        assert client.ask("two")["message"] == "Too Many Requests"


# Deployments and ends


def test_a_connection_outlives_deployments(api):
    integration = api.answers('"old"')
    api.route("$default", integration, two_way=True)
    api.stage()
    with api.connect() as client:
        assert client.ask("hi") == "old"
        response = api("get_integration_responses", IntegrationId=integration)["Items"][0]
        api("update_integration_response", IntegrationId=integration,
            IntegrationResponseId=response["IntegrationResponseId"], ResponseTemplates={"$default": '"new"'})
        assert client.ask("hi") == "new"


@pytest.mark.parametrize("what", ["stage", "api"])
def test_what_is_deleted_closes_its_connections(api, what):
    api.stage()
    with api.connect() as client:
        if what == "stage":
            api("delete_stage", StageName="prod")
        else:
            api("delete_api")
        assert client.next() == Closed(1001, "Going away")
    assert api.refused().status in (403, 404)


def test_a_client_that_goes_while_it_comes_is_told_of_twice(api, told):
    """A function that has heard of the connection hears of its end."""
    told.function.configure(Environment={"Variables": {"TABLE": api.id, "WAIT": "1"}})
    told.function.replace_code(
        "import boto3, json, os, time\n"
        "table = boto3.client('dynamodb')\n"
        "def handler(event, context):\n"
        "    context = event['requestContext']\n"
        "    table.put_item(TableName=os.environ['TABLE'], Item={\n"
        "        'id': {'S': context['connectionId']}, 'at': {'S': context['requestId']},\n"
        "        'event': {'S': json.dumps(event)}})\n"
        "    if context['eventType'] == 'CONNECT':\n"
        "        time.sleep(0.3)\n"
        "    return {'statusCode': 200}\n")
    for key in ("$connect", "$disconnect"):
        api.route(key, api.function(told.function))
    api.stage()
    connection = wire.Connection(api.server.traffic)
    connection.send(wire.request_bytes("GET", "/prod", api.host, {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}))
    (connect,) = told("CONNECT")
    connection.close()
    (disconnect,) = told("DISCONNECT")
    assert connect["requestContext"]["connectionId"] == disconnect["requestContext"]["connectionId"]
    assert disconnect["requestContext"]["disconnectStatusCode"] == 1006


# Callbacks


@pytest.fixture
def connected(api):
    api.route("$default", api.answers('"$context.connectionId"'), two_way=True)
    api.stage()
    with api.connect(headers={"User-Agent": "me"}) as client:
        client.id = client.ask("who am I")
        yield client


def test_a_client_is_sent_messages(api, connected):
    callbacks = management(api)
    callbacks.post_to_connection(ConnectionId=connected.id, Data=b"hello")
    assert connected.next() == "hello"
    callbacks.post_to_connection(ConnectionId=connected.id, Data=b"a" * 100_000)
    frames = [connected.next_frame() for _ in range(4)]
    assert [len(payload) for _, _, payload in frames] == [32_768, 32_768, 32_768, 1_696]
    assert [(final, opcode) for final, opcode, _ in frames] == [(False, TEXT), (False, 0), (False, 0), (True, 0)]


def test_a_client_is_described(api, connected):
    described = management(api).get_connection(ConnectionId=connected.id)
    assert described["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "me"}
    assert described["ConnectedAt"] <= described["LastActiveAt"]


def test_a_client_is_sent_away(api, connected):
    callbacks = management(api)
    assert callbacks.delete_connection(ConnectionId=connected.id)["ResponseMetadata"]["HTTPStatusCode"] == 204
    # The client has not said goodbye yet.
    for operation in ("post_to_connection", "get_connection", "delete_connection"):
        data = {"Data": b"x"} if operation == "post_to_connection" else {}
        error = error_of(getattr(callbacks, operation), ConnectionId=connected.id, **data)
        assert (error.status, error.code, error.message) == (410, "GoneException", None)
    assert callback(api, "PUT", f"/prod/@connections/{connected.id}/groups/room").status == 410
    assert connected.next() == Closed(1000, "")


@pytest.mark.parametrize(
    ("id", "data", "expected"),
    [
        ("XDmENcnwIE0CFEQ=", b"x", (410, "GoneException", None)),
        ("nobody", b"x", (400, "BadRequestException", "Invalid connectionId: nobody")),
        (None, b"a" * 131_073, (413, "PayloadTooLargeException", "Message too long")),
    ],
)
def test_callbacks_that_fail(api, connected, id, data, expected):
    error = error_of(management(api).post_to_connection, ConnectionId=id or connected.id, Data=data)
    assert (error.status, error.code, error.message) == expected


def callback(api, method, target, headers=(), body=None, sign=True):
    if sign:
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/execute-api/aws4_request, "
                   "SignedHeaders=host, Signature=00"} | dict(headers)  # fmt: skip
    return wire.fetch(api.server.traffic, method, target, api.host, headers, body)


def test_a_410_has_no_body(api, connected):
    answer = callback(api, "POST", "/prod/@connections/XDmENcnwIE0CFEQ%3D", body="x")
    assert (answer.status, answer.body, answer.header("x-amzn-errortype")) == (410, b"", "GoneException")


@pytest.mark.parametrize("target", ["/prod/@connections/{}", "/prod/%40connections/{}", "/prod/@connections/{}".replace("=", "%3D")])
def test_a_path_may_be_escaped(api, connected, target):
    answer = callback(api, "POST", target.format(connected.id), body="hi")
    assert (answer.status, answer.body) == (200, b"")
    assert connected.next() == "hi"


def test_unsigned_callbacks_are_nobodys(api, connected):
    answer = callback(api, "POST", f"/prod/@connections/{connected.id}", body="x", sign=False)
    assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})


@pytest.mark.parametrize("in_query", [True, False])
def test_a_web_page_is_not_the_account(api, connected, in_query):
    """Which it could say without its browser asking beforehand: a POST of text, signed in the query by a key of nobody's."""
    query = (
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fexecute-api%2Faws4_request"
        "&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00") if in_query else ""  # fmt: skip
    for target in (f"/prod/@connections/{connected.id}{query}", f"/prod/@connections/groups/room{query}"):
        assert callback(api, "POST", target, body="x", sign=not in_query).status == 200
        page = {"Origin": "https://page.example"}
        refused = callback(api, "POST", target, page, body="x", sign=not in_query)
        assert (refused.status, refused.json()) == (403, {"message": "Forbidden"})


def test_a_known_key_is_verified_and_its_policies_asked(api, connected, caller):
    resource = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/prod/POST/@connections/*"
    _, allowed = caller(Action="execute-api:ManageConnections", Resource=resource)
    client = management(
        api, aws_access_key_id=allowed.access_key, aws_secret_access_key=allowed.secret_key)
    client.post_to_connection(ConnectionId=connected.id, Data=b"hello")
    assert connected.next() == "hello"
    client.post_to_connection(ConnectionId="groups/a room", Data=b"to nobody")
    error = error_of(client.delete_connection, ConnectionId=connected.id)
    assert (error.status, error.code) == (403, "AccessDeniedException")
    assert "is not authorized to perform: execute-api:ManageConnections on resource:" in error.message
    wrong = management(api, aws_access_key_id=allowed.access_key, aws_secret_access_key="wrong")
    assert error_of(wrong.post_to_connection, ConnectionId=connected.id, Data=b"x").code == "InvalidSignatureException"


def test_a_connection_of_another_stage_is_gone(api, connected):
    api.stage("other")
    assert callback(api, "POST", f"/other/@connections/{connected.id}", body="x").status == 410
    assert callback(api, "POST", f"/nothing/@connections/{connected.id}", body="x").status == 403


@pytest.mark.parametrize(
    ("query", "closed"),
    [
        ("?code=4401&reason=token%20expired", Closed(4401, "token expired")),
        ("?code=1000", Closed(1000, "")),
        ("?code=1001", None),
        ("?code=99999", None),
        ("?code=4000&reason=" + "a" * 124, None),
        ("?code=4000&reason=%ff", None),
    ],
)
def test_a_code_may_be_chosen(api, connected, query, closed):
    answer = callback(api, "DELETE", f"/prod/@connections/{connected.id}{query}")
    if closed is None:
        assert answer.status == 400
        assert connected.ask("still here") == connected.id
    else:
        assert answer.status == 204
        assert connected.next() == closed


# Groups


def test_a_group_is_sent_one_message(api):
    api.route("$default", api.answers('"$context.connectionId"'), two_way=True)
    api.stage()
    clients = [api.connect() for _ in range(5)]
    ids = [client.ask("who") for client in clients]
    for id in ids[:4]:
        assert callback(api, "PUT", f"/prod/@connections/{id}/groups/room").status == 204
    assert callback(api, "DELETE", f"/prod/@connections/{ids[3]}/groups/room").status == 204
    clients[0].connection.close()
    until(lambda: callback(api, "GET", f"/prod/@connections/{ids[0]}").status == 410, "the first is gone")
    answer = callback(api, "POST", "/prod/@connections/groups/room", body="all")
    assert (answer.status, answer.json()) == (200, {"delivered": 2, "gone": 0, "slow": 0})
    assert [clients[1].next(), clients[2].next()] == ["all", "all"]
    assert clients[3].ask("still") == ids[3] and clients[4].ask("still") == ids[4]
    assert callback(api, "POST", "/prod/@connections/groups/nobody", body="x").json()["delivered"] == 0
    for client in clients:
        client.connection.close()


def test_the_sdks_call_for_one_connection_reaches_a_group(api, connected):
    assert callback(api, "PUT", f"/prod/@connections/{connected.id}/groups/room%20one").status == 204
    client = management(api)
    client.post_to_connection(ConnectionId="groups/room one", Data=b"all")
    assert connected.next() == "all"
    error = error_of(client.post_to_connection, ConnectionId="groups/a/b", Data=b"x")
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error_of(client.get_connection, ConnectionId="groups/room one").status == 403


def test_connect_may_say_the_groups(api, function):
    made = function("def handler(event, context):\n    return {'statusCode': 200, 'headers': {'x-gatehouse-groups': 'a, b'}}")
    made.permit()
    api.route("$connect", api.function(made))
    api.stage()
    with api.connect() as client:
        for group in ("a", "b"):
            assert callback(api, "POST", f"/prod/@connections/groups/{group}", body=group).json()["delivered"] == 1
            assert client.next() == group
        assert client.response.header("x-gatehouse-groups") is None


@pytest.mark.parametrize("groups", ["a/b", "a, \x01", "b" * 257, ",".join(map(str, range(65)))])
def test_connect_may_not_say_what_are_no_groups(api, function, groups):
    made = function(f"def handler(event, context):\n    return {{'statusCode': 200, 'headers': {{'x-gatehouse-groups': {groups!r}}}}}")
    made.permit()
    api.route("$connect", api.function(made))
    api.stage()
    assert api.refused().status == 502


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("PUT", "/other/@connections/{}/groups/room", 403),
        ("PUT", "/prod/@connections/nobody/groups/room", 400),
        ("PUT", "/prod/@connections/XDmENcnwIE0CFEQ=/groups/room", 410),
        ("PUT", "/prod/@connections/{}/groups/" + "a" * 257, 400),
        ("PUT", "/prod/@connections/{}/groups/%ff", 400),
        ("POST", "/prod/@connections/groups/%E2%82", 400),
        ("POST", "/prod/@connections/{}/groups/room", 403),
        ("GET", "/prod/@connections/groups/room", 403),
        ("PATCH", "/prod/@connections/{}", 403),
    ],
)
def test_groups_that_are_refused(api, connected, method, target, status):
    api.stage("other")
    assert callback(api, method, target.format(connected.id)).status == status


def test_groups_of_one_stage_are_not_those_of_another(api, connected):
    api.stage("other")
    assert callback(api, "PUT", f"/prod/@connections/{connected.id}/groups/room").status == 204
    assert callback(api, "POST", "/other/@connections/groups/room", body="x").json()["delivered"] == 0
    assert callback(api, "POST", "/prod/@connections/groups/room", body="x").json()["delivered"] == 1


# Logs


@pytest.fixture
def log_role(gatehouse):
    """Logs of WebSocket APIs are written as the account's role."""
    rest = gatehouse.clients.service("apigateway")

    def set_role(arn):
        patch = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
        rest.update_account(patchOperations=[patch])

    set_role(f"arn:aws:iam::{ACCOUNT}:role/logs")


def test_the_execution_log_tells_each_event(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    rest = server.clients.service("apigateway")
    role = f"arn:aws:iam::{ACCOUNT}:role/logs"
    rest.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
    api = WebSocketApi(server)
    api.route("$connect", api.answers("{}"))
    api.route("$default", api.answers('"x"'), two_way=True)
    api.stage(DefaultRouteSettings={"LoggingLevel": "INFO", "DataTraceEnabled": True})
    with api.connect(headers={"User-Agent": "me"}) as client:
        client.ask("hello")
    path = tmp_path / "data/logs" / f"API-Gateway-Execution-Logs_{api.id}-prod.log"
    text = until(lambda: path.exists() and (text := path.read_text()).count("Successfully completed execution") == 2 and text,
                 "both events")  # fmt: skip
    for line in (
        "WebSocket Request Route: [$connect]",
        f"Client [UserAgent: me, SourceIp: 127.0.0.1] is connecting to WebSocket API [{api.id}].",
        f"connected to API [{api.id}] successfully.",
        f"WebSocket API [{api.id}] received message from client [Connection Id: ",
        "Message: [hello]",
    ):
        assert line in text


def test_the_access_log_has_a_line_for_each_event(gatehouse, api, log_role):
    api.route("$default", api.answers('"x"'), two_way=True)
    api.route("$disconnect", api.answers('"x"'))
    api.stage(AccessLogSettings={
        "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:ws",
        "Format": f"{api.id} $context.eventType $context.routeKey $context.status $context.connectionId $context.requestId"})
    with api.connect() as client:
        client.ask("hi")
        client.close()

    def lines():
        text = gatehouse.access_log.read_text() if gatehouse.access_log.exists() else ""
        found = [line.split() for line in text.splitlines() if line.startswith(api.id)]
        return found if len(found) == 3 else None

    lines = until(lines, "three lines")
    assert [line[1:4] for line in lines] == [
        ["CONNECT", "-", "200"], ["MESSAGE", "$default", "200"], ["DISCONNECT", "$disconnect", "200"]]
    assert len({line[4] for line in lines}) == 1


def test_events_are_counted_as_aws_counts_them(api):
    api.route("$connect", api.answers("{}"))
    api.route("$default", api.answers('"x"'), two_way=True)
    api.route("broken", api.answers("{}", status=404), two_way=True)
    api.stage()
    with api.connect() as client:
        client.ask("one")
        client.ask({"action": "broken"})
    text = wire.fetch(api.server.management, "GET", "/_gatehouse/metrics", "localhost").text
    counted = dict(re.findall(rf'apigateway_(\w+)_total\{{api_id="{api.id}",stage="prod"\}} (\d+)', text))
    assert (counted["connect_count"], counted["message_count"], counted["integration_error"]) == ("1", "4", "1")


def test_who_has_gone_with_its_first_frame_is_in_no_group(api, told, function):
    made = function("def handler(event, context):\n    return {'statusCode': 200, 'headers': {'x-gatehouse-groups': 'room'}}")
    made.permit()
    api.route("$connect", api.function(made))
    api.route("$disconnect", api.function(told.function))
    api.stage()
    with wire.Connection(api.server.traffic) as connection:
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        connection.send(wire.request_bytes("GET", "/prod", api.host, fields) + b"\x88\x80abcd")
        assert connection.head().status == 101
        told("DISCONNECT")
    report = callback(api, "POST", "/prod/@connections/groups/room", body="x").json()
    assert report == {"delivered": 0, "gone": 0, "slow": 0}
