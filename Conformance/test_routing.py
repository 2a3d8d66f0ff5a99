"""Which API, stage and route a request reaches."""

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.clients import curl
from harness.origin import Origin

NOT_FOUND = b'{"message":"Not Found"}'

PETS = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"]

# routes of the API, request, the route that answers (None: no route does)
TABLE = [
    (PETS, "GET /pets/dog/1", "GET /pets/dog/1"),
    (PETS, "GET /pets/dog/2", "GET /pets/dog/{id}"),
    (PETS, "GET /pets/cat/1", "GET /pets/{proxy+}"),
    (PETS, "GET /pets/dog/1/2", "GET /pets/{proxy+}"),
    (PETS, "POST /pets/dog/1", "ANY /{proxy+}"),
    (PETS, "POST /test/5", "ANY /{proxy+}"),
    (["GET /a", "$default"], "POST /a", "$default"),
    (["GET /a", "$default"], "GET /b", "$default"),
    (["GET /a", "$default"], "GET /", "$default"),
    (["GET /a"], "GET /a", "GET /a"),
    (["GET /a"], "POST /a", None),
    (["GET /a"], "GET /b", None),
    (["GET /a"], "GET /a/b", None),
    (["GET /a/b"], "GET /a", None),
    (["GET /a", "ANY /a"], "GET /a", "GET /a"),
    (["GET /a", "ANY /a"], "PUT /a", "ANY /a"),
    (["ANY /a"], "PATCH /a", "ANY /a"),
    (["ANY /a"], "OPTIONS /a", "ANY /a"),
    (["ANY /a"], "HEAD /a", "ANY /a"),
    (["GET /a", "POST /a", "DELETE /a"], "DELETE /a", "DELETE /a"),
    (["GET /{one}", "GET /literal"], "GET /literal", "GET /literal"),
    (["GET /{one}", "GET /literal"], "GET /other", "GET /{one}"),
    (["GET /{one}", "POST /literal"], "POST /literal", "POST /literal"),
    (["GET /{one}/{two}"], "GET /a/b", "GET /{one}/{two}"),
    (["GET /{one}/{two}"], "GET /a", None),
    (["GET /{one}/{two}"], "GET /a/b/c", None),
    (["GET /a/{id}", "GET /a/{rest+}"], "GET /a/b", "GET /a/{id}"),
    (["GET /a/{id}", "GET /a/{rest+}"], "GET /a/b/c", "GET /a/{rest+}"),
    (["GET /a/{rest+}", "GET /{rest+}"], "GET /a/b", "GET /a/{rest+}"),
    (["GET /a/{rest+}", "GET /{rest+}"], "GET /b/a", "GET /{rest+}"),
    (["GET /a/{rest+}", "GET /a/b/{rest+}"], "GET /a/b/c", "GET /a/b/{rest+}"),
    (["GET /a/b/c", "GET /a/{rest+}"], "GET /a/b/d", "GET /a/{rest+}"),
    (["GET /a/{id}/b", "GET /a/{rest+}"], "GET /a/1/c", "GET /a/{rest+}"),
    (["GET /parent/{proxy+}"], "GET /parent", None),
    (["GET /parent/{proxy+}", "$default"], "GET /parent", "$default"),
    (["ANY /{proxy+}"], "GET /", "ANY /{proxy+}"),
    (["ANY /{proxy+}", "$default"], "GET /x", "ANY /{proxy+}"),
    (["GET /"], "GET /", "GET /"),
    (["GET /", "$default"], "GET /x", "$default"),
    (["$default"], "DELETE /any/thing/at/all", "$default"),
    ([], "GET /", None),
]


@pytest.fixture(scope="module")
def table_apis(gatehouse):
    """One API for each list of routes; every route has a backend path of its own, by which it is told."""
    origin, made = Origin(), {}

    def api_of(keys):
        if tuple(keys) not in made:
            api = HttpApi(gatehouse)
            for number, key in enumerate(keys):
                api.route(key, api.integrate(f"{origin.url}/route-{number}/"))
            api.stage()
            made[tuple(keys)] = api
        return made[tuple(keys)], origin

    yield api_of
    origin.close()


@pytest.mark.parametrize(
    ("keys", "request_line", "expected"), TABLE, ids=[f"{line} in {' '.join(keys)}"[:70] for keys, line, _ in TABLE]
)
def test_the_route_that_answers(table_apis, keys, request_line, expected):
    api, origin = table_apis(keys)
    before = len(origin.requests)
    answer = api.call(*request_line.split(" "))
    if expected is None:
        assert (answer.status, answer.body, len(origin.requests)) == (404, NOT_FOUND, before)
    else:
        (request,) = origin.requests[before:]
        assert keys[int(request.target.split("/")[1].removeprefix("route-"))] == expected


def test_a_query_does_not_take_part_in_routing(proxy, origin):
    proxy.route("GET /a", proxy.integrate(f"{origin.url}/the-route"))
    proxy.call("GET", "/a?b=/c")
    assert origin.only().target.startswith("/the-route")


@pytest.mark.parametrize(
    "domain",
    [
        "execute-api.localhost",
        "execute-api.us-east-1.amazonaws.com",
        "execute-api.localhost.localstack.cloud",
        "execute-api.internal.example",
    ],
)
@pytest.mark.parametrize("port", ["", ":4566"])
@pytest.mark.parametrize("listener", ["management", "traffic"])
def test_an_api_is_found_by_its_host(gatehouse, proxy, listener, domain, port):
    answer = wire.fetch(getattr(gatehouse, listener), "GET", "/x", f"{proxy.id}.{domain}{port}")
    assert (answer.status, answer.body) == (200, b"origin")


def test_a_host_is_found_in_any_case(proxy):
    assert proxy.call(host=f"{proxy.id.upper()}.Execute-API.LOCALHOST").status == 200


@pytest.mark.parametrize("stage", ["$default", "%24default"])
def test_an_api_is_found_by_its_path(gatehouse, proxy, origin, stage):
    path = f"/_aws/execute-api/{proxy.id}/{stage}/pets/1?a=b"
    assert wire.fetch(gatehouse.management, "GET", path, "localhost").status == 200
    assert origin.only().target == "/pets/1?a=b"


def test_a_named_stage_is_found_by_its_path(gatehouse, http_api, origin):
    api = http_api("dev")
    api.route("GET /pets", api.integrate(f"{origin.url}/pets-of-dev"))
    path = f"/_aws/execute-api/{api.id}/dev/pets"
    assert wire.fetch(gatehouse.management, "GET", path, "localhost").status == 200
    assert origin.only().target == "/pets-of-dev"


def test_a_path_without_anything_after_the_stage_is_the_root(gatehouse, http_api, origin):
    api = http_api()
    api.route("GET /", api.integrate(f"{origin.url}/root"))
    assert wire.fetch(gatehouse.management, "GET", f"/_aws/execute-api/{api.id}/$default", "localhost").status == 200


def test_curl_calls_an_api_by_its_path(gatehouse, proxy):
    assert curl(f"{gatehouse.url}/_aws/execute-api/{proxy.id}/$default/hello") == "origin"


@pytest.mark.parametrize("listener", ["management", "traffic"])
def test_an_unknown_api_is_refused_with_a_message(gatehouse, listener):
    host = "zzzzzzzzzz.execute-api.us-east-1.amazonaws.com"
    answer = wire.fetch(getattr(gatehouse, listener), "GET", "/", host)
    assert answer.status in (403, 404)
    assert "message" in answer.json()


def test_a_traffic_listener_answers_no_management_calls(gatehouse):
    answer = wire.fetch(gatehouse.traffic, "GET", "/v2/apis", "localhost")
    assert answer.status in (403, 404)


def test_a_host_of_an_api_wins_over_a_management_path(gatehouse, proxy, origin):
    answer = wire.fetch(gatehouse.management, "GET", "/v2/apis", proxy.host)
    assert (answer.body, origin.only().target) == (b"origin", "/v2/apis")


def test_apis_with_the_same_route_keep_apart(http_api, origin):
    first, second = http_api(), http_api()
    for number, api in enumerate((first, second)):
        api.route("GET /same", api.integrate(f"{origin.url}/{number}"))
    second.call("GET", "/same")
    assert origin.only().target == "/1"
