"""Route: keys and their checks, targets, and the life of a route under an API."""

import re

import pytest

from harness.clients import error_of

BAD_KEY = re.compile(
    r'The provided route key is not formatted properly for HTTP protocol\. Format should be '
    r'"[<\[]HTTP METHOD[>\]] /[<\[]RESOURCE PATH[>\]]" or "\$default"'
)


@pytest.fixture
def api(http_api, origin):
    made = http_api(stage=None)
    made.integration = made.integrate(origin.url)
    return made


@pytest.fixture
def route(api):
    return api.client.get_route(ApiId=api.id, RouteId=api.route("GET /items/{id}", api.integration))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("RouteKey", "GET /items/{id}"),
        ("AuthorizationType", "NONE"),
        ("ApiKeyRequired", False),
    ],
)
def test_a_fresh_route_reads_back_its_defaults(route, member, value):
    assert route[member] == value


def test_a_route_id_has_six_or_seven_letters_and_digits(route):
    assert re.fullmatch("[a-z0-9]{6,7}", route["RouteId"])


@pytest.mark.parametrize(
    "key",
    [
        "$default",
        "GET /",
        "ANY /",
        "HEAD /a",
        "OPTIONS /a",
        "PATCH /a",
        "POST /a/b/c",
        "PUT /a/{id}",
        "DELETE /a/{id}/b/{other}",
        "ANY /{proxy+}",
        "GET /a/{rest+}",
        "GET /with-dash_underscore.dot",
    ],
)
def test_a_route_key_of_the_grammar_is_accepted_and_kept(api, key):
    identifier = api.route(key, api.integration)
    assert api.client.get_route(ApiId=api.id, RouteId=identifier)["RouteKey"] == key


@pytest.mark.parametrize("key", ["GET", "/pets", "GET pets", "FETCH /pets", "GET/pets"])
def test_a_route_key_outside_the_grammar_is_refused_with_the_format(api, key):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey=key)
    assert (error.status, error.code) == (400, "BadRequestException")
    assert BAD_KEY.search(error.message)


@pytest.mark.parametrize(
    "key", ["", "GET /a/{rest+}/b", "GET /a/{id", "GET /a/id}", "GET /a/x{id}", "$connect", "$other"]
)
def test_a_route_key_with_a_malformed_path_is_refused(api, key):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey=key)
    assert (error.status, error.code) == (400, "BadRequestException")


def test_a_second_route_with_the_same_key_conflicts(api, route):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /items/{id}")
    assert (error.status, error.code) == (409, "ConflictException")
    assert error.message == "Route with key GET /items/{id} already exists for this API"


def test_an_update_to_the_key_of_another_route_conflicts(api, route):
    other = api.route("GET /other", api.integration)
    error = error_of(api.client.update_route, ApiId=api.id, RouteId=other, RouteKey="GET /items/{id}")
    assert error.code == "ConflictException"


def test_variables_of_two_names_at_one_place_conflict(api, route):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /items/{other}/more")
    assert error.code == "ConflictException"
    assert "has a conflicting variable on the same hierarchical level as" in error.message


def test_the_same_key_may_stand_in_two_apis(api, route, http_api, origin):
    other = http_api(stage=None)
    assert other.route("GET /items/{id}", other.integrate(origin.url))


def test_a_route_may_have_no_target(api):
    created = api.client.create_route(ApiId=api.id, RouteKey="GET /nowhere")
    assert "Target" not in created


def test_a_call_to_a_route_without_a_target_is_an_error(http_api):
    api = http_api()
    api.client.create_route(ApiId=api.id, RouteKey="GET /nowhere")
    assert api.call("GET", "/nowhere").status in (404, 500)


def test_a_target_must_name_an_integration_of_the_api(api):
    error = error_of(api.client.create_route, ApiId=api.id, RouteKey="GET /x", Target="integrations/zzzzzzz")
    assert error.status in (400, 404)


def test_a_route_keeps_its_operation_name(api):
    created = api.client.create_route(ApiId=api.id, RouteKey="GET /named", OperationName="ListThings")
    assert created["OperationName"] == "ListThings"


def test_an_updated_key_moves_the_route(http_api, origin):
    api = http_api()
    identifier = api.route("GET /before", api.integrate(origin.url))
    api.client.update_route(ApiId=api.id, RouteId=identifier, RouteKey="GET /after")
    assert [api.call("GET", path).status for path in ("/before", "/after")] == [404, 200]


def test_an_updated_target_changes_the_backend(http_api, origin):
    api = http_api()
    identifier = api.route("GET /x", api.integrate(f"{origin.url}/one"))
    target = f"integrations/{api.integrate(f'{origin.url}/two')}"
    api.client.update_route(ApiId=api.id, RouteId=identifier, Target=target)
    api.call("GET", "/x")
    assert origin.only().target == "/two"


def test_a_deleted_route_is_not_found(api, route):
    api.client.delete_route(ApiId=api.id, RouteId=route["RouteId"])
    assert error_of(api.client.get_route, ApiId=api.id, RouteId=route["RouteId"]).status == 404


def test_a_deleted_route_no_longer_answers(http_api, origin):
    api = http_api()
    api.route("GET /stays", api.integrate(origin.url))
    identifier = api.route("GET /goes", api.integrate(origin.url))
    api.client.delete_route(ApiId=api.id, RouteId=identifier)
    assert [api.call("GET", path).status for path in ("/stays", "/goes")] == [200, 404]


def test_get_routes_lists_every_route(api):
    keys = {"GET /a", "POST /a", "ANY /b/{id}"}
    for key in keys:
        api.route(key, api.integration)
    assert {route["RouteKey"] for route in api.client.get_routes(ApiId=api.id)["Items"]} == keys
