"""Fixtures: one server for most tests, a server of its own for those that need it, and what one builds on them."""

import functools
import os
import subprocess

import pytest

from harness.apis import HttpApi
from harness.browser import Browser, chromium
from harness.functions import create_function
from harness.iam import checking_client, create_user
from harness.origin import Origin
from harness.rest import RestApi
from harness.s3 import client_of, new_bucket
from harness.server import Process, Server, binary
from harness.websocket import WebSocketApi


def pytest_sessionstart(session):
    """A suite that would fail test by test for one missing thing says so once."""
    if session.config.option.collectonly:
        return
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"no gatehouse to test at {binary()}; build it or set GATEHOUSE", returncode=2)
    python = os.environ.get("GATEHOUSE_PYTHON")
    if python and subprocess.run([python, "-c", "import awslambdaric"], capture_output=True).returncode != 0:
        pytest.exit(f"GATEHOUSE_PYTHON is {python}, which has no awslambdaric", returncode=2)


@pytest.fixture(scope="session")
def gatehouse(tmp_path_factory):
    """The server that most tests share, each with APIs and functions of its own."""
    server = Server(tmp_path_factory.mktemp("gatehouse"))
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def the_shared_server_lives(request):
    """A server that a test brings down fails that test with its last words, and the tests after it in one line."""
    server = request.getfixturevalue("gatehouse") if "gatehouse" in request.fixturenames else None
    if server and server.process.poll() is not None:
        pytest.fail("the shared server ended in an earlier test", pytrace=False)
    yield
    if server and server.process.poll() is not None:
        pytest.fail(f"gatehouse ended with {server.process.returncode}:\n{server.output}", pytrace=False)


@pytest.fixture
def own_gatehouse(tmp_path):
    """Starts servers that belong to the test alone: `own_gatehouse(data=..., options=[...])`."""
    started = []

    def start(**parameters):
        started.append(Server(tmp_path, **parameters))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def command(tmp_path):
    """Starts any long-running `gatehouse` command in the test's own folder."""
    started = []

    def start(*arguments):
        started.append(Process(arguments, tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture(scope="session")
def clients(gatehouse):
    return gatehouse.clients


@pytest.fixture
def http_api(gatehouse):
    """Makes HTTP APIs on the shared server: `http_api(stage=None)` has no stage, else one that deploys by itself."""
    made = []

    def make(stage="$default", auto_deploy=True, stage_options=(), **parameters):
        api = HttpApi(gatehouse, **parameters)
        made.append(api)
        if stage:
            api.stage(stage, auto_deploy, **dict(stage_options))
        return api

    yield make
    for api in made:
        try:
            api.delete()
        except api.client.exceptions.NotFoundException:
            continue


@pytest.fixture
def rest_api(gatehouse):
    """Makes REST APIs on the shared server."""
    made = []

    def make(**parameters):
        made.append(RestApi(gatehouse, **parameters))
        return made[-1]

    yield make
    for api in made:
        try:
            api.delete()
        except api.client.exceptions.NotFoundException:
            continue


@pytest.fixture
def websocket_api(gatehouse):
    made = []

    def make(server=gatehouse, **parameters):
        made.append(WebSocketApi(server, **parameters))
        return made[-1]

    yield make
    for api in made:
        try:
            api.client.delete_api(ApiId=api.id)
        except Exception:  # Its server may be gone, or the test has deleted it.
            continue


@pytest.fixture
def function(clients):
    """Makes functions on the shared server: `function("def handler(event, context): ...")`."""
    made = []

    def make(*arguments, **parameters):
        made.append(create_function(clients, *arguments, **parameters))
        return made[-1]

    yield make
    for one in made:
        try:
            one.delete()
        except one.client.exceptions.ResourceNotFoundException:
            continue


@pytest.fixture
def browser(tmp_path):
    if chromium() is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()


@pytest.fixture
def iam(gatehouse):
    return checking_client(gatehouse)


@pytest.fixture
def caller(iam):
    """Makes users who may do what the test says, with their credentials."""
    return functools.partial(create_user, iam)


@pytest.fixture
def origin():
    recording = Origin()
    yield recording
    recording.close()


@pytest.fixture
def proxy(http_api, origin):
    """An HTTP API whose every request goes to the origin."""
    api = http_api()
    api.route("$default", api.integrate(origin.url))
    return api


@pytest.fixture(scope="session")
def s3(gatehouse):
    return client_of(gatehouse)


@pytest.fixture
def bucket(s3):
    """A bucket of the shared server, the test's own."""
    return new_bucket(s3)
