"""Parameter mapping: requests on their way to the origin, answers on their way back."""

import json

import pytest

from harness.origin import reply

CONTEXT = {
    "$context.routeKey": "ANY /items/{id}",
    "$context.stage": "$default",
    "$context.httpMethod": "POST",
    "$context.path": "/items/7",
    "$context.protocol": "HTTP/1.1",
    "$context.accountId": "123456789012",
    "$context.identity.sourceIp": "127.0.0.1",
}

BODY = {"name": "door", "size": {"height": 210}, "tags": ["a", "b"], "open": True}


@pytest.fixture
def mapped(http_api, origin):
    """Makes an API whose route `ANY /items/{id}` has the given mappings."""

    def make(request=None, response=None, path="/backend", key="ANY /items/{id}", stage="$default"):
        api = http_api(stage, stage_options={"StageVariables": {"flavour": "vanilla"}})
        parameters = {}
        if request:
            parameters["RequestParameters"] = request
        if response:
            parameters["ResponseParameters"] = response
        api.route(key, api.integrate(origin.url + path, **parameters))
        return api

    return make


class TestSources:
    """Each value a request can be mapped from, shown in a header that the origin gets."""

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("static text", "static text"),
            ("$request.header.x-in", "in"),
            ("$request.header.X-IN", "in"),
            ("$request.header.x-repeated", "1,2"),
            ("$request.querystring.color", "blue"),
            ("$request.querystring.repeated", "1,2"),
            ("$request.path", "/items/7"),
            ("$request.path.id", "7"),
            ("$request.body.name", "door"),
            ("$request.body.size.height", "210"),
            ("$request.body.tags[1]", "b"),
            ("$request.body.open", "true"),
            ("$stageVariables.flavour", "vanilla"),
            ("${request.path.id}", "7"),
            ("${request.path.id}-${request.header.x-in}", "7-in"),
            ("id is ${request.path.id} of ${stageVariables.flavour}", "id is 7 of vanilla"),
            *CONTEXT.items(),
        ],
    )
    def test_it_reaches_the_origin(self, mapped, origin, source, value):
        api = mapped({"overwrite:header.x-out": source})
        headers = [("X-In", "in"), ("X-Repeated", "1"), ("X-Repeated", "2"), ("Content-Type", "application/json")]
        target = "/items/7?color=blue&repeated=1&repeated=2"
        assert api.call("POST", target, headers, json.dumps(BODY)).status == 200
        (seen,) = origin.only().all("x-out")
        assert seen.replace(", ", ",") == value

    def test_the_whole_body(self, mapped, origin):
        mapped({"overwrite:header.x-out": "$request.body"}).call("POST", "/items/7", {}, "whole")
        assert origin.only().header("x-out") == "whole"

    def test_the_request_id_is_the_one_of_the_answer(self, mapped, origin):
        answer = mapped({"overwrite:header.x-out": "$context.requestId"}).call("GET", "/items/7")
        assert origin.only().header("x-out") == answer.header("apigw-requestid")

    def test_the_api_id(self, mapped, origin):
        api = mapped({"overwrite:header.x-out": "$context.apiId"})
        api.call("GET", "/items/7")
        assert origin.only().header("x-out") == api.id

    def test_query_parameter_names_are_case_sensitive(self, mapped, origin):
        mapped({"append:header.x-out": "$request.querystring.Color"}).call("GET", "/items/7?color=blue")
        assert "blue" not in (origin.only().header("x-out") or "")

    def test_the_path_has_no_stage(self, mapped, origin):
        api = mapped({"overwrite:header.x-out": "$request.path"}, stage="dev")
        api.call("GET", "/dev/items/7")
        assert origin.only().header("x-out") == "/items/7"


class TestRequestHeaders:
    def test_append_adds_a_header(self, mapped, origin):
        mapped({"append:header.x-new": "value"}).call("GET", "/items/7")
        assert origin.only().all("x-new") == ["value"]

    def test_append_keeps_what_the_client_sent(self, mapped, origin):
        mapped({"append:header.x-a": "2"}).call("GET", "/items/7", {"X-A": "1"})
        assert ",".join(origin.only().all("x-a")).replace(" ", "") == "1,2"

    def test_overwrite_replaces_what_the_client_sent(self, mapped, origin):
        mapped({"overwrite:header.x-a": "2"}).call("GET", "/items/7", [("X-A", "1"), ("x-a", "3")])
        assert origin.only().all("x-a") == ["2"]

    def test_remove_takes_every_one_away(self, mapped, origin):
        mapped({"remove:header.x-a": "''"}).call("GET", "/items/7", [("X-A", "1"), ("x-a", "3"), ("X-B", "4")])
        assert (origin.only().all("x-a"), origin.only().all("x-b")) == ([], ["4"])

    def test_append_of_what_is_missing_adds_nothing(self, mapped, origin):
        mapped({"append:header.x-new": "$request.header.x-missing"}).call("GET", "/items/7")
        assert not origin.only().header("x-new")

    def test_a_value_from_the_client_cannot_smuggle_a_header(self, mapped, origin):
        mapped({"overwrite:header.x-out": "$request.querystring.q"}).call("GET", "/items/7?q=a%0D%0AX-Evil:%20b")
        assert all(request.header("x-evil") is None for request in origin.requests)


class TestRequestQuery:
    @pytest.mark.parametrize(
        ("mapping", "query", "seen"),
        [
            ({"append:querystring.a": "1"}, "", ["a=1"]),
            ({"append:querystring.a": "2"}, "?b=1", ["a=2", "b=1"]),
            ({"overwrite:querystring.a": "2"}, "?a=1&b=1", ["a=2", "b=1"]),
            ({"remove:querystring.a": "''"}, "?a=1&b=1&a=2", ["b=1"]),
            ({"overwrite:querystring.id": "$request.path.id"}, "", ["id=7"]),
            ({"overwrite:querystring.a": "x y&z"}, "", ["a=x%20y%26z"]),
        ],
        ids=str,
    )
    def test_the_origins_query(self, mapped, origin, mapping, query, seen):
        mapped(mapping).call("GET", f"/items/7{query}")
        assert sorted(origin.only().target.partition("?")[2].replace("+", "%20").split("&")) == seen

    def test_append_keeps_what_the_client_sent(self, mapped, origin):
        mapped({"append:querystring.a": "2"}).call("GET", "/items/7?a=1")
        assert origin.only().target in ("/backend?a=1&a=2", "/backend?a=1,2", "/backend?a=1%2C2")


class TestRequestPath:
    @pytest.mark.parametrize(
        ("value", "seen"),
        [
            ("/fixed", "/fixed"),
            ("$request.path", "/items/7"),
            ("/other/${request.path.id}", "/other/7"),
            ("/${stageVariables.flavour}/${request.path.id}", "/vanilla/7"),
        ],
    )
    def test_overwrite_replaces_the_integrations_path(self, mapped, origin, value, seen):
        mapped({"overwrite:path": value}).call("GET", "/items/7")
        assert origin.only().target == seen

    def test_overwrite_keeps_the_query(self, mapped, origin):
        mapped({"overwrite:path": "/fixed"}).call("GET", "/items/7?a=b")
        assert origin.only().target == "/fixed?a=b"


class TestSeveralAtOnce:
    def test_all_of_them_apply(self, mapped, origin):
        mapped(
            {
                "overwrite:path": "/fixed",
                "append:header.x-a": "$request.path.id",
                "remove:header.x-b": "''",
                "overwrite:querystring.c": "d",
            }
        ).call("GET", "/items/7", {"X-B": "gone"})
        request = origin.only()
        assert (request.target, request.header("x-a"), request.header("x-b")) == ("/fixed?c=d", "7", None)


class TestResponse:
    def call(self, mapped, origin, parameters, status=200, headers=(), body="", **request):
        origin.answer(reply(status, headers, body))
        return mapped(response=parameters).call("GET", "/items/7", **request)

    def test_append_adds_a_header(self, mapped, origin):
        answer = self.call(mapped, origin, {"200": {"append:header.x-new": "value"}})
        assert answer.all("x-new") == ["value"]

    def test_append_keeps_what_the_origin_sent(self, mapped, origin):
        answer = self.call(mapped, origin, {"200": {"append:header.x-a": "2"}}, headers=[("X-A", "1")])
        assert ",".join(answer.all("x-a")).replace(" ", "") == "1,2"

    def test_overwrite_replaces_what_the_origin_sent(self, mapped, origin):
        answer = self.call(mapped, origin, {"200": {"overwrite:header.x-a": "2"}}, headers=[("X-A", "1"), ("X-A", "3")])
        assert answer.all("x-a") == ["2"]

    def test_remove_takes_every_one_away(self, mapped, origin):
        answer = self.call(mapped, origin, {"200": {"remove:header.x-a": "''"}}, headers=[("X-A", "1"), ("x-a", "3")])
        assert answer.all("x-a") == []

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("static", "static"),
            ("$response.header.x-origin", "from the origin"),
            ("$response.body.name", "door"),
            ("$context.routeKey", "ANY /items/{id}"),
            ("$stageVariables.flavour", "vanilla"),
            ("${response.header.x-origin}, ${stageVariables.flavour}", "from the origin, vanilla"),
        ],
    )
    def test_a_source_reaches_the_client(self, mapped, origin, source, value):
        answer = self.call(
            mapped,
            origin,
            {"200": {"overwrite:header.x-out": source}},
            headers=[("X-Origin", "from the origin"), ("Content-Type", "application/json")],
            body=json.dumps(BODY),
        )
        assert (answer.header("x-out"), answer.json()) == (value, BODY)

    def test_overwrite_replaces_the_status(self, mapped, origin):
        assert self.call(mapped, origin, {"500": {"overwrite:statuscode": "403"}}, status=500).status == 403

    def test_a_status_keeps_its_body_when_replaced(self, mapped, origin):
        answer = self.call(mapped, origin, {"500": {"overwrite:statuscode": "403"}}, status=500, body="why")
        assert answer.body == b"why"

    @pytest.mark.parametrize(("status", "mapped_header"), [(200, "ok"), (404, "missing"), (201, None)])
    def test_each_status_has_its_own_mappings(self, mapped, origin, status, mapped_header):
        parameters = {"200": {"append:header.x-a": "ok"}, "404": {"append:header.x-a": "missing"}}
        assert self.call(mapped, origin, parameters, status=status).header("x-a") == mapped_header
