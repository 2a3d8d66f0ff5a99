"""Lambda integrations without an answer of the function: errors, permissions, time-outs, throttling, sizes."""

import threading

import pytest

from harness.origin import reply

INTERNAL_SERVER_ERROR = b'{"message":"Internal Server Error"}'
SERVICE_UNAVAILABLE = b'{"message":"Service Unavailable"}'


@pytest.fixture
def api_of(http_api, function):
    def make(source, permit=True, integration=(), **configuration):
        target = function(source, **configuration)
        api = http_api()
        api.function = target
        api.route("$default", api.integrate_function(target, permit=permit, **dict(integration)))
        return api

    return make


@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context): raise ValueError('no')",
        "import os\ndef handler(event, context): os._exit(1)",
        "raise ValueError('at import')",
        "def another(event, context): pass",
    ],
    ids=["raises", "exits", "fails to load", "has no handler"],
)
def test_a_function_error_is_an_internal_server_error(api_of, source):
    answer = api_of(source).call()
    assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)


def test_a_function_that_times_out_is_an_internal_server_error(api_of):
    answer = api_of("import time\ndef handler(event, context): time.sleep(60)", Timeout=1).call()
    assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)


def test_without_the_permission_it_is_an_internal_server_error(api_of):
    answer = api_of("def handler(event, context): return 'called'", permit=False).call()
    assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)


def test_with_the_permission_it_answers(api_of):
    api = api_of("def handler(event, context): return 'called'", permit=False)
    api.function.permit(api.source_arn)
    assert api.call().body == b"called"


@pytest.mark.parametrize(
    ("route_key", "target", "source_arn", "allowed"),
    [
        ("GET /pets/{id}", "/pets/1", "{arn}/$default/GET/pets/{{id}}", True),
        ("GET /pets/{id}", "/pets/1", "{arn}/*/GET/pets/*", True),
        ("GET /pets/{id}", "/pets/1", "{arn}/*/*/pets/*", True),
        ("GET /pets/{id}", "/pets/1", "{arn}/*/POST/pets/*", False),
        ("GET /pets/{id}", "/pets/1", "{arn}/prod/GET/pets/*", False),
        ("GET /pets/{id}", "/pets/1", "{arn}/*/GET/cats/*", False),
        ("$default", "/any", "{arn}/*/$default", True),
        ("$default", "/any", "{arn}/$default/$default", True),
        ("GET /pets/{id}", "/pets/1", "arn:aws:execute-api:us-east-1:123456789012:zzzzzzzzzz/*", False),
        ("GET /pets/{id}", "/pets/1", "arn:aws:execute-api:eu-west-1:123456789012:*", False),
        ("GET /pets/{id}", "/pets/1", "arn:aws:execute-api:us-east-1:123456789012:*", True),
    ],
)
def test_the_source_arn_of_a_route_decides(http_api, function, route_key, target, source_arn, allowed):
    called = function("def handler(event, context): return 'called'")
    api = http_api()
    api.route(route_key, api.integrate_function(called, permit=False))
    called.permit(source_arn.format(arn=api.source_arn.removesuffix("/*")))
    assert api.call("GET", target).status == (200 if allowed else 500)


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({"Principal": "apigateway.amazonaws.com"}, True),
        ({"Principal": "s3.amazonaws.com"}, False),
        ({"Action": "lambda:GetFunction"}, False),
        ({"Action": "lambda:*"}, True),
    ],
    ids=str,
)
def test_principal_and_action_of_the_permission_decide(http_api, function, parameters, allowed):
    called = function("def handler(event, context): return 'called'")
    api = http_api()
    api.route("$default", api.integrate_function(called, permit=False))
    called.permit(api.source_arn, **parameters)
    assert api.call().status == (200 if allowed else 500)


def test_a_removed_permission_counts_at_once(http_api, function):
    called = function("def handler(event, context): return 'called'")
    api = http_api()
    api.route("$default", api.integrate_function(called, permit=False))
    called.permit(api.source_arn, StatementId="once")
    assert api.call().status == 200
    called.client.remove_permission(FunctionName=called.name, StatementId="once")
    assert api.call().status == 500


def test_a_deleted_function_is_an_internal_server_error(api_of):
    api = api_of("def handler(event, context): return 'called'")
    api.function.delete()
    answer = api.call()
    assert (answer.status, answer.body) == (500, INTERNAL_SERVER_ERROR)


def test_no_answer_in_the_integrations_time_is_service_unavailable(api_of):
    source = "import time\ndef handler(event, context): time.sleep(8)"
    answer = api_of(source, integration={"TimeoutInMillis": 300}).call()
    assert (answer.status, answer.body) == (503, SERVICE_UNAVAILABLE)


def test_a_function_without_concurrency_is_service_unavailable(api_of):
    api = api_of("def handler(event, context): return 'called'")
    api.function.client.put_function_concurrency(
        FunctionName=api.function.name, ReservedConcurrentExecutions=0
    )
    answer = api.call()
    assert (answer.status, answer.body) == (503, SERVICE_UNAVAILABLE)


def test_a_request_too_large_for_a_function_is_refused(api_of):
    answer = api_of("def handler(event, context): return 'called'").call("POST", body=b"x" * (7 * 1024 * 1024))
    assert (answer.status, answer.body) == (413, b'{"message":"Request Entity Too Large"}')


def test_calls_run_side_by_side(api_of, origin):
    """Each of the two calls ends only when the other has begun."""
    gate = threading.Barrier(2)

    def answer(exchange):
        gate.wait(timeout=30)
        reply(200)(exchange)

    origin.answer(answer)
    api = api_of(
        f"import urllib.request\ndef handler(event, context): return urllib.request.urlopen('{origin.url}').status"
    )
    answers = []
    callers = [threading.Thread(target=lambda: answers.append(api.call().status)) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [200, 200]
