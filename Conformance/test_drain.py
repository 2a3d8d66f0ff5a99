"""Nothing in flight is dropped: not by a change of configuration, not by SIGTERM; and nothing outlives the server."""

import threading
from pathlib import Path

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.deadline import until
from harness.functions import create_function
from harness.origin import held, reply
from harness.server import processes_of

SLEEPS_AT_THE_ORIGIN = """
import os, urllib.request

def handler(event, context):
    return urllib.request.urlopen(os.environ["ORIGIN"]).read().decode()
"""


class Load:
    """Clients that call one API over kept connections until they are told to stop."""

    def __init__(self, api, target, count=4):
        self.api, self.target = api, target
        self.done = threading.Event()
        self.statuses, self.failures = [], []
        self.clients = [threading.Thread(target=self.call) for _ in range(count)]

    def call(self):
        try:
            with self.api.connect() as client:
                while not self.done.is_set():
                    self.statuses.append(client.exchange("GET", self.target, self.api.host).status)
        except (OSError, wire.Truncated) as error:
            self.failures.append(error)

    def __enter__(self):
        for client in self.clients:
            client.start()
        until(lambda: len(self.statuses) >= len(self.clients) or self.failures, "the first answers")
        return self

    def __exit__(self, *_):
        self.done.set()
        for client in self.clients:
            client.join(timeout=30)


@pytest.fixture
def server(own_gatehouse):
    return own_gatehouse()


@pytest.fixture
def api(server, origin):
    made = HttpApi(server)
    made.integration = made.integrate(origin.url)
    made.route("GET /stays", made.integration)
    made.stage()
    return made


class TestSwaps:
    def change(self, api, number):
        """One of the changes that put a new configuration in the place of the old one."""
        identifier = api.route(f"GET /{number}", api.integration)
        api.update_stage(StageVariables={"number": str(number)})
        api.update(CorsConfiguration={"AllowOrigins": [f"https://{number}.example"]})
        api.client.delete_route(ApiId=api.id, RouteId=identifier)

    def test_under_load_no_request_is_dropped(self, server, api):
        before = server.generation()
        with Load(api, "/stays") as load:
            for number in range(40):
                self.change(api, number)
        assert server.generation() >= before + 40
        assert load.failures == []
        assert set(load.statuses) == {200}

    def test_under_load_another_api_comes_and_goes(self, server, api, origin):
        with Load(api, "/stays") as load:
            for _ in range(20):
                other = HttpApi(server)
                other.route("$default", other.integrate(origin.url))
                other.stage()
                assert other.call().status == 200
                other.delete()
        assert (load.failures, set(load.statuses)) == ([], {200})

    def test_under_load_a_function_is_replaced(self, server, api):
        target = create_function(server.clients, "def handler(event, context): return 'v0'")
        api.route("GET /function", api.integrate_function(target))
        with Load(api, "/function", count=2) as load:
            for number in range(1, 6):
                target.replace_code(f"def handler(event, context): return 'v{number}'")
                assert api.call("GET", "/function").text == f"v{number}"
        assert (load.failures, set(load.statuses)) == ([], {200})

    @pytest.mark.parametrize("change", ["route", "stage", "api"])
    def test_a_request_in_flight_ends_as_it_began(self, api, origin, change):
        release = threading.Event()
        origin.answer(held(release))
        route = api.client.get_routes(ApiId=api.id)["Items"][0]["RouteId"]
        with api.connect() as client:
            client.send(wire.request_bytes("GET", "/stays", api.host))
            origin.wait(1)
            if change == "route":
                api.client.delete_route(ApiId=api.id, RouteId=route)
            elif change == "stage":
                api.client.delete_stage(ApiId=api.id, StageName="$default")
            else:
                api.delete()
            assert api.call("GET", "/stays").status in (403, 404)
            release.set()
            assert client.response().body == b"held"

    def test_an_invocation_in_flight_ends_on_its_old_code(self, server, origin):
        release = threading.Event()
        origin.answer(held(release))
        target = create_function(
            server.clients, SLEEPS_AT_THE_ORIGIN, Environment={"Variables": {"ORIGIN": origin.url}}
        )
        answers = []
        caller = threading.Thread(target=lambda: answers.append(target.invoke().json()))
        caller.start()
        origin.wait(1)
        target.replace_code("def handler(event, context): return 'new'")
        assert target.invoke().json() == "new"
        release.set()
        caller.join(timeout=30)
        assert answers == ["held"]


class TestSigterm:
    def test_a_request_in_flight_is_finished(self, server, api, origin):
        release = threading.Event()
        origin.answer(held(release))
        with api.connect() as client:
            client.send(wire.request_bytes("GET", "/stays", api.host))
            origin.wait(1)
            server.terminate()
            wire.refuses_connections(server.traffic)
            release.set()
            assert client.response().body == b"held"
            assert client.is_closed()
        server.ends_well()

    def test_a_body_in_flight_is_finished(self, server, api, origin):
        release = threading.Event()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000003\r\n\r\n" + b"x" * 1_000_000)
            assert release.wait(timeout=60)
            exchange.send(b"end")

        origin.answer(answer)
        with api.connect() as client:
            client.send(wire.request_bytes("GET", "/stays", api.host))
            head = client.head()
            server.terminate()
            wire.refuses_connections(server.traffic)
            release.set()
            assert len(client.rest(head)) == 1_000_003
        server.ends_well()

    def test_an_invocation_in_flight_is_finished(self, server, api, origin):
        release = threading.Event()
        origin.answer(held(release))
        target = create_function(
            server.clients, SLEEPS_AT_THE_ORIGIN, Environment={"Variables": {"ORIGIN": origin.url}}
        )
        api.route("GET /function", api.integrate_function(target))
        with api.connect() as client:
            client.send(wire.request_bytes("GET", "/function", api.host))
            origin.wait(1)
            server.terminate()
            wire.refuses_connections(server.traffic)
            release.set()
            assert client.response().body == b"held"
        server.ends_well()

    def test_an_idle_connection_is_closed(self, server, api):
        with api.connect() as client:
            assert client.exchange("GET", "/stays", api.host).status == 200
            server.terminate()
            assert client.is_closed()
        server.ends_well()

    def test_a_connection_that_never_sent_anything_does_not_hold_the_server(self, server):
        with wire.Connection(server.traffic):
            server.terminate()
            server.ends_well()

    def test_the_answer_to_the_last_request_announces_the_close(self, server, api, origin):
        release = threading.Event()
        origin.answer(held(release, reply(200)))
        with api.connect() as client:
            client.send(wire.request_bytes("GET", "/stays", api.host))
            origin.wait(1)
            server.terminate()
            wire.refuses_connections(server.traffic)
            release.set()
            assert client.response().header("connection") == "close"


class TestFunctionProcesses:
    SPAWNS = """
import subprocess

def handler(event, context):
    if event.get("spawn"):
        subprocess.Popen(["sleep", "1000"])
    return "running"
"""

    def started(self, server, **event):
        target = create_function(server.clients, self.SPAWNS)
        assert target.invoke(event).json() == "running"
        assert processes_of(target.name)
        return target

    def gone(self, target):
        until(lambda: not processes_of(target.name), "the end of the function's processes")

    def test_they_are_gone_after_sigterm(self, server):
        target = self.started(server)
        server.terminate()
        server.ends_well()
        self.gone(target)

    def test_they_are_gone_after_kill_9(self, server):
        target = self.started(server)
        server.kill()
        self.gone(target)

    def test_those_of_a_busy_function_are_gone_after_kill_9(self, server, origin):
        release = threading.Event()
        origin.answer(held(release))
        target = create_function(
            server.clients, SLEEPS_AT_THE_ORIGIN, Environment={"Variables": {"ORIGIN": origin.url}}
        )
        target.invoke(InvocationType="Event")
        origin.wait(1)
        server.kill()
        self.gone(target)
        release.set()

    def test_those_that_a_function_started_are_gone_with_it(self, server):
        target = self.started(server, spawn=True)
        target.delete()
        self.gone(target)

    def test_after_a_restart_on_the_same_data_nothing_of_before_runs(self, own_gatehouse, tmp_path):
        first = own_gatehouse(data=tmp_path / "data")
        target = self.started(first)
        before = processes_of(target.name)
        first.kill()
        second = own_gatehouse(data=tmp_path / "data")
        second.clients.functions.invoke(FunctionName=target.name)
        until(lambda: not [pid for pid in before if Path(f"/proc/{pid}").exists()], "the end of the old processes")
