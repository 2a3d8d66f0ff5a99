"""`gatehouse diff API --stage` and `gatehouse rollback`: what a stage does not serve yet, and a former deployment."""

import json

import pytest

from harness import wire
from harness.server import run


class Api:
    """A REST API with one method, deployed once to the stage live."""

    def __init__(self, server):
        self.server = server
        self.gateway = server.clients.service("apigateway")
        self.id = self.gateway.create_rest_api(name="shop")["id"]
        (root,) = self.gateway.get_resources(restApiId=self.id)["items"]
        self.root = root["id"]
        self.mock(self.root, "GET", "one")
        self.first = self.deploy()

    def resource(self, part):
        made = self.gateway.create_resource(restApiId=self.id, parentId=self.root, pathPart=part)
        return made["id"]

    def mock(self, resource, method, word):
        where = {"restApiId": self.id, "resourceId": resource, "httpMethod": method}
        self.gateway.put_method(**where, authorizationType="NONE")
        self.gateway.put_method_response(**where, statusCode="200")
        self.gateway.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode":200}'})
        self.gateway.put_integration_response(
            **where, statusCode="200", responseTemplates={"application/json": json.dumps({"word": word})}
        )

    def deploy(self):
        return self.gateway.create_deployment(restApiId=self.id, stageName="live")["id"]

    def word(self):
        host = f"{self.id}.execute-api.localhost:{self.server.management[1]}"
        return wire.fetch(self.server.management, "GET", "/live", host).json()["word"]

    def run(self, command, *options, api=None):
        host, port = self.server.management
        done = run(command, api or self.id, "--stage", "live", "--endpoint", f"http://{host}:{port}", *options)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def api(own_gatehouse):
    return Api(own_gatehouse())


def test_the_difference_is_told_by_method_and_path(api):
    assert api.run("diff") == (0, "nothing to deploy\n", "")
    gone = api.resource("gone")
    api.mock(gone, "POST", "soon")
    api.deploy()
    api.gateway.delete_resource(restApiId=api.id, resourceId=gone)
    api.mock(api.resource("{id}"), "ANY", "new")
    api.gateway.update_integration_response(
        restApiId=api.id,
        resourceId=api.root,
        httpMethod="GET",
        statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": "{}"}],
    )
    api.gateway.put_gateway_response(restApiId=api.id, responseType="DEFAULT_4XX", statusCode="418")
    assert api.run("diff", api="shop") == (
        0,
        "~ GET /\n- POST /gone\n+ ANY /{id}\n~ the gateway response DEFAULT_4XX\n",
        "",
    )
    api.deploy()
    assert api.run("diff")[1] == "nothing to deploy\n"


def test_a_resource_that_is_made_anew_is_the_same(api):
    first = api.resource("items")
    api.mock(first, "GET", "one")
    api.deploy()
    api.gateway.delete_resource(restApiId=api.id, resourceId=first)
    api.mock(api.resource("items"), "GET", "one")
    assert api.run("diff")[1] == "nothing to deploy\n"


def test_a_former_deployment_is_put_back(api):
    api.gateway.delete_method(restApiId=api.id, resourceId=api.root, httpMethod="GET")
    api.mock(api.root, "GET", "two")
    second = api.deploy()
    assert api.word() == "two"
    said = f"stage live of shop ({api.id}) is served from deployment {api.first} again; it was {second}\n"
    assert api.run("rollback") == (0, said, "")
    assert api.word() == "one"
    assert "~ GET /" in api.run("diff")[1]
    status, _, error = api.run("rollback")
    assert (status, error) == (1, f"gatehouse: There is no deployment before {api.first}, which the stage has.\n")
    assert api.run("rollback", "--to", second)[0] == 0
    assert api.word() == "two"
    assert f"has deployment {second} already" in api.run("rollback", "--to", second)[1]


def test_a_canary_is_no_former_deployment_and_is_told(api):
    second = api.deploy()
    canary = api.gateway.create_deployment(restApiId=api.id, stageName="live", canarySettings={"percentTraffic": 10})
    third = api.gateway.create_deployment(restApiId=api.id)["id"]
    api.gateway.update_stage(
        restApiId=api.id,
        stageName="live",
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": third}],
    )
    status, said, _ = api.run("rollback")
    assert (status, f"from deployment {second} again" in said) == (0, True), said
    assert f"its canary, deployment {canary['id']}, still takes 10.0 % of the requests" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing", "--stage", "live"), "There is no REST API nothing."),
        (("shop", "--stage", "other"), "The REST API shop has no stage other."),
        (("twins", "--stage", "live"), "2 REST APIs are called twins; name one by its id."),
        (("front", "--stage", "live"), "is an HTTP API; only REST APIs are compared."),
    ],
)
def test_what_is_not_there_is_told(api, arguments, sentence):
    for _ in range(2):
        api.gateway.create_rest_api(name="twins")
    name, *rest = arguments
    if name == "front":
        name = api.server.clients.apis.create_api(Name="front", ProtocolType="HTTP")["ApiId"]
    host, port = api.server.management
    for command in ("diff", "rollback"):
        done = run(command, name, *rest, "--endpoint", f"http://{host}:{port}")
        assert done.returncode == 1
        assert sentence in done.stderr


def test_a_deployment_that_is_not_there_changes_nothing(api):
    status, _, error = api.run("rollback", "--to", "nothing")
    assert (status, "Deployment" in error) == (1, True), error
    assert api.word() == "one"


def test_diff_wants_a_stack_or_a_stage(api):
    done = run("diff", "shop")
    assert done.returncode == 64
    assert "--stage" in done.stderr
