"""Environments side by side, and the limits on them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.clients import error_of
from harness.origin import held

WAITS_AT_THE_ORIGIN = """
import os, urllib.request

def handler(event, context):
    urllib.request.urlopen(event["url"]).read()
    return os.getpid()
"""


@pytest.fixture
def waiting(function, origin):
    """A function whose invocations stay until the test lets them go."""
    target = function(WAITS_AT_THE_ORIGIN)
    target.gate = threading.Event()
    origin.answer(held(target.gate))
    target.start = lambda pool: pool.submit(target.invoke, {"url": origin.url})
    yield target
    target.gate.set()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(max_workers=8) as workers:
        yield workers


def reserve(target, count):
    return target.client.put_function_concurrency(FunctionName=target.name, ReservedConcurrentExecutions=count)


def test_invocations_at_once_have_an_environment_each(waiting, origin, pool):
    running = [waiting.start(pool) for _ in range(4)]
    origin.wait(4)
    waiting.gate.set()
    assert len({answer.result().json() for answer in running}) == 4


def test_environments_are_used_again_after_a_burst(waiting, origin, pool):
    first = [waiting.start(pool) for _ in range(2)]
    origin.wait(2)
    waiting.gate.set()
    pids = {answer.result().json() for answer in first}
    assert waiting.start(pool).result().json() in pids


def test_beyond_the_reserved_concurrency_an_invocation_is_throttled(waiting, origin, pool):
    reserve(waiting, 1)
    running = waiting.start(pool)
    origin.wait(1)
    error = error_of(waiting.client.invoke, FunctionName=waiting.name)
    assert (error.status, error.code, error.message) == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert error.fields["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    waiting.gate.set()
    assert running.result().error is None


def test_within_the_reserved_concurrency_invocations_run(waiting, origin, pool):
    reserve(waiting, 2)
    running = [waiting.start(pool) for _ in range(2)]
    origin.wait(2)
    waiting.gate.set()
    assert [answer.result().error for answer in running] == [None, None]


def test_after_an_invocation_its_place_is_free(waiting, origin, pool):
    reserve(waiting, 1)
    waiting.gate.set()
    assert [waiting.start(pool).result().status for _ in range(3)] == [200, 200, 200]


def test_a_reserved_concurrency_of_0_switches_the_function_off(function):
    target = function("def handler(event, context): pass")
    reserve(target, 0)
    assert error_of(target.client.invoke, FunctionName=target.name).status == 429


def test_without_a_reserved_concurrency_the_function_runs_again(function):
    target = function("def handler(event, context): pass")
    reserve(target, 0)
    target.client.delete_function_concurrency(FunctionName=target.name)
    assert target.invoke().status == 200


def test_a_throttled_call_of_an_api_is_service_unavailable_at_once(waiting, http_api, origin, pool):
    reserve(waiting, 1)
    running = waiting.start(pool)
    origin.wait(1)
    api = http_api()
    api.route("$default", api.integrate_function(waiting))
    answer = api.call()
    assert (answer.status, answer.body) == (503, b'{"message":"Service Unavailable"}')
    waiting.gate.set()
    running.result()


class TestSettings:
    def test_put_answers_the_value(self, function):
        assert reserve(function("def handler(event, context): pass"), 5)["ReservedConcurrentExecutions"] == 5

    def test_get_answers_it_too(self, function):
        target = function("def handler(event, context): pass")
        reserve(target, 5)
        read = target.client.get_function_concurrency(FunctionName=target.name)
        assert read["ReservedConcurrentExecutions"] == 5

    def test_get_function_shows_it(self, function):
        target = function("def handler(event, context): pass")
        reserve(target, 5)
        read = target.client.get_function(FunctionName=target.name)
        assert read["Concurrency"] == {"ReservedConcurrentExecutions": 5}

    def test_unset_it_is_absent(self, function):
        target = function("def handler(event, context): pass")
        read = target.client.get_function_concurrency(FunctionName=target.name)
        assert "ReservedConcurrentExecutions" not in read
