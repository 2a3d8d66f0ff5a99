"""TestInvokeAuthorizer: a function authorizer is asked, and what it says is judged."""

import json

import pytest

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}],
}
ALLOWING = f"def handler(event, context):\n    return {{'principalId': 'bob', 'policyDocument': {POLICY!r}}}\n"


@pytest.fixture
def tested(rest_api, function):
    """Makes an API with an authorizer that the function answers, permitted unless a test says otherwise."""

    def make(source=ALLOWING, permit=True, **parameters):
        api, target = rest_api(), function(source)
        made = api(
            "create_authorizer",
            **{"name": "a", "type": "TOKEN", "authorizerUri": target.uri, "identitySource": "method.request.header.Auth"}
            | parameters,
        )
        if permit:
            target.permit(api.authorizer_arn(made["id"]))
        return lambda **call: api("test_invoke_authorizer", authorizerId=made["id"], **call)

    return make


def test_a_token_gets_a_policy(tested):
    answer = tested()(headers={"auth": "secret-token"})
    assert (answer["clientStatus"], answer["principalId"]) == (0, "bob")
    assert json.loads(answer["policy"]) == POLICY
    assert answer["latency"] >= 0
    log = answer["log"]
    assert log.startswith("Execution log for request test-request\n")
    assert "Starting authorizer" in log and log.endswith("Successfully completed authorizer execution\n")
    assert "Incoming identity: secret-token\n" in log


def test_the_function_is_told_the_token_and_the_method(tested):
    source = "def handler(event, context):\n    raise Exception(__import__('json').dumps(event))\n"
    answer = tested(source)(headers={"Auth": "abc"}, pathWithQueryString="/pets/1?x=y")
    assert answer["clientStatus"] == 500
    for part in ['\\"type\\": \\"TOKEN\\"', '\\"authorizationToken\\": \\"abc\\"', "/null/GET/pets/1"]:
        assert part in answer["log"], answer["log"]


@pytest.mark.parametrize("headers", [{}, {"Auth": ""}, {"Other": "abc"}])
def test_without_a_token_nobody_is_asked(tested, headers):
    answer = tested("def handler(event, context):\n    raise Exception('asked')\n")(headers=headers)
    assert answer["clientStatus"] == 401
    assert "asked" not in answer["log"]


def test_a_token_has_to_match_its_expression(tested):
    test = tested(identityValidationExpression="Bearer [a-z]+")
    assert test(headers={"Auth": "Bearer abc"})["clientStatus"] == 0
    assert test(headers={"Auth": "xBearer abc"})["clientStatus"] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("raise Exception('Unauthorized')", 401),
        ("raise Exception('other')", 500),
        ("return {'principalId': 'bob'}", 500),
        ("return 'text'", 500),
        (f"return {{'principalId': 1, 'policyDocument': {POLICY!r}}}", 500),
        (f"return {{'principalId': 'a', 'policyDocument': {POLICY!r}, 'context': {{'a': []}}}}", 500),
        ("return {'principalId': 'a', 'policyDocument': {'Statement': [{'Effect': 'Maybe'}]}}", 500),
    ],
)
def test_what_is_no_policy_is_no_answer(tested, body, status):
    answer = tested(f"def handler(event, context):\n    {body}\n")(headers={"Auth": "a"})
    assert answer["clientStatus"] == status
    assert "policy" not in answer


def test_a_function_that_may_not_be_called_is_told(tested):
    answer = tested(permit=False)(headers={"Auth": "a"})
    assert answer["clientStatus"] == 500
    assert "Invalid permissions on Lambda function" in answer["log"]


def test_a_request_is_told_whole_once_its_identity_is_there(tested):
    source = f"""
def handler(event, context):
    assert event["type"] == "REQUEST", event
    assert event["queryStringParameters"] == {{"a": "1"}}, event
    assert event["multiValueQueryStringParameters"] == {{"a": ["0", "1"]}}, event
    assert event["headers"] == {{"X": "y"}}, event
    assert event["stageVariables"] == {{"v": "w"}}, event
    return {{"principalId": "bob", "policyDocument": {POLICY!r}}}
"""
    test = tested(source, type="REQUEST", identitySource="method.request.header.X, method.request.querystring.a")
    call = {"headers": {"X": "y"}, "pathWithQueryString": "/?a=0&a=1", "stageVariables": {"v": "w"}}
    answer = test(**call)
    assert answer["clientStatus"] == 0, answer["log"]
    assert test(**call | {"pathWithQueryString": "/"})["clientStatus"] == 401
