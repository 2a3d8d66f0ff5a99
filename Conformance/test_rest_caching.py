"""Response caching and compression of REST APIs, set up as users do it: by boto3, from clients' and origins' sides."""

import gzip
import json
import zlib

import pytest

from harness import wire
from harness.iam import signed
from harness.origin import reply
from harness.rest import patch

CACHE_ON = [patch("/cacheClusterEnabled", "true"), patch("/cacheClusterSize", "0.5")]
KEYS = ["method.request.querystring.q", "method.request.path.id"]


@pytest.fixture
def origin(origin):
    """Answers with the number of its request."""
    origin.answer(lambda exchange: reply(200, [("X-Own", "o")], f"answer {len(origin.requests)}")(exchange))
    return origin


def proxied(rest_api, origin, verb="GET", **parameters):
    """`{verb} /pets/{id}` to the origin, with its path and one query parameter as the cache's key."""
    api = rest_api(**parameters)
    at = {"resourceId": api.resource("{id}", api.resource("pets")), "httpMethod": verb}
    api("put_method", **at, authorizationType="NONE", requestParameters=dict.fromkeys(KEYS, False))
    api(
        "put_integration", **at, type="HTTP_PROXY", integrationHttpMethod=verb, uri=origin.url + "/{id}",
        requestParameters={"integration.request.path.id": "method.request.path.id"}, cacheKeyParameters=KEYS)  # fmt: skip
    api.deploy("prod")
    return api


def settle(api, *operations):
    return api("update_stage", stageName="prod", patchOperations=[*operations])


def texts(api, *targets, headers=()):
    return [api.call("GET", "/prod/pets/" + target, headers).text for target in targets]


class TestCache:
    def test_is_switched_on_by_patches(self, rest_api, origin):
        api = proxied(rest_api, origin)
        assert texts(api, "1", "1") == ["answer 1", "answer 2"]
        stage = settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        assert stage["cacheClusterStatus"] == "AVAILABLE"
        assert texts(api, "1", "1", "1?q=2", "2", "1?x=1", "1?q=2") == [
            "answer 3", "answer 3", "answer 4", "answer 5", "answer 3", "answer 4"
        ]  # fmt: skip
        settle(api, patch("/~1pets~1{id}/GET/caching/enabled", "false"))
        assert texts(api, "1", "1") == ["answer 6", "answer 7"]

    def test_keeps_any_status_and_the_origins_fields(self, rest_api, origin):
        api = proxied(rest_api, origin)
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        origin.answer(reply(503, [("X-Own", "o"), ("Cache-Control", "no-store")], "busy"))
        first, second = (api.call("GET", "/prod/pets/1") for _ in range(2))
        assert (first.status, second.status, second.text) == (503, 503, "busy")
        assert second.header("x-own") == "o" and second.header("cache-control") == "no-store"
        assert second.header("x-amzn-requestid") != first.header("x-amzn-requestid")
        assert len(origin.requests) == 1

    def test_is_flushed(self, rest_api, origin):
        api = proxied(rest_api, origin)
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        assert texts(api, "1", "1") == ["answer 1", "answer 1"]
        answer = api.client.flush_stage_cache(restApiId=api.id, stageName="prod")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
        assert texts(api, "1", "1") == ["answer 2", "answer 2"]

    def test_is_invalidated_by_clients_as_the_method_says(self, rest_api, origin):
        api = proxied(rest_api, origin)
        fresh = {"Cache-Control": "max-age=0"}
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        assert texts(api, "1") == ["answer 1"]
        warned = api.call("GET", "/prod/pets/1", fresh)
        assert warned.text == "answer 1"
        assert warned.header("warning") == (
            "199 Cache-control headers were ignored because the caller was unauthorized."
        )
        strategy = "/*/*/caching/unauthorizedCacheControlHeaderStrategy"
        settle(api, patch(strategy, "FAIL_WITH_403"))
        assert api.call("GET", "/prod/pets/1", fresh).status == 403
        settle(api, patch(strategy, "SUCCEED_WITHOUT_RESPONSE_HEADER"))
        assert api.call("GET", "/prod/pets/1", fresh).header("warning") is None
        assert texts(api, "1") == ["answer 1"]
        settle(api, patch("/*/*/caching/requireAuthorizationForCacheControl", "false"))
        assert texts(api, "1", headers=fresh) == ["answer 2"]
        assert texts(api, "1") == ["answer 2"]

    def test_is_invalidated_by_callers_whom_policies_let(self, rest_api, origin, caller):
        api = proxied(rest_api, origin)
        at = {"resourceId": api("get_resources")["items"][-1]["id"], "httpMethod": "GET"}
        invoke, invalidate = "execute-api:Invoke", "execute-api:InvalidateCache"
        pets = {"Principal": "*", "Resource": "execute-api:/prod/GET/pets/*"}
        api("update_rest_api", patchOperations=[patch("/policy", json.dumps({"Statement": [
            pets | {"Effect": "Allow", "Action": invoke},
            pets | {"Effect": "Allow", "Action": invalidate, "Condition": {"StringEquals": {"aws:UserAgent": "fresh"}}},
        ]}))])  # fmt: skip
        api.deploy("prod")
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        fresh = {"Cache-Control": "max-age=0"}
        assert texts(api, "1", "1") == ["answer 1", "answer 1"]
        assert texts(api, "1", headers=fresh) == ["answer 1"]
        assert texts(api, "1", headers=fresh | {"User-Agent": "fresh"}) == ["answer 2"]
        api("update_method", **at, patchOperations=[patch("/authorizationType", "AWS_IAM")])
        api("update_rest_api", patchOperations=[patch("/policy", "")])
        api.deploy("prod")
        settle(api, patch("/*/*/caching/unauthorizedCacheControlHeaderStrategy", "FAIL_WITH_403"))
        _, reader = caller(Action=invoke, Resource="*")
        _, refresher = caller(Action=[invoke, invalidate], Resource="*")
        target = "/prod/pets/1"
        assert signed(api, reader, target=target).text == "answer 3"
        assert signed(api, reader, target=target, **fresh).status == 403
        assert signed(api, refresher, target=target, **fresh).text == "answer 4"
        assert signed(api, reader, target=target).text == "answer 4"

    def test_goes_with_its_deployment(self, rest_api, origin):
        api = proxied(rest_api, origin)
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        assert texts(api, "1", "1") == ["answer 1", "answer 1"]
        api.deploy("prod")
        assert texts(api, "1", "1") == ["answer 2", "answer 2"]

    def test_counts_hits_and_misses(self, rest_api, origin):
        api = proxied(rest_api, origin)
        settle(api, *CACHE_ON, patch("/*/*/caching/enabled", "true"))
        texts(api, "1", "1", "1", "2")
        metrics = wire.fetch(api.server.management, "GET", "/_gatehouse/metrics", "localhost").text
        counted = {
            line.split("{")[0]: line.split()[-1] for line in metrics.splitlines() if api.id in line and "cache" in line
        }
        assert counted == {"apigateway_cache_hit_total": "2", "apigateway_cache_miss_total": "2"}

    def test_needs_a_key_that_its_method_declares(self, rest_api, origin):
        api = rest_api()
        at = {"resourceId": api.root, "httpMethod": "GET"}
        api("put_method", **at, authorizationType="NONE")
        assert api.error(
            "put_integration", **at, type="HTTP_PROXY", integrationHttpMethod="GET", uri=origin.url,
            cacheKeyParameters=["method.request.querystring.q"],
        ) == ("BadRequestException", "Invalid cache key parameter specified")  # fmt: skip


class TestCompression:
    BODY = b"0123456789" * 100

    def test_packs_answers_of_the_size_that_is_set(self, rest_api, origin):
        api = proxied(rest_api, origin, minimumCompressionSize=1000)
        origin.answer(reply(200, [], self.BODY))
        answer = api.call("GET", "/prod/pets/1", {"Accept-Encoding": "gzip, deflate, br"})
        assert answer.header("content-encoding") == "gzip"
        assert gzip.decompress(answer.body) == self.BODY
        answer = api.call("GET", "/prod/pets/1", {"Accept-Encoding": "deflate"})
        assert zlib.decompress(answer.body) == self.BODY
        assert api.call("GET", "/prod/pets/1").body == self.BODY
        origin.answer(reply(200, [], self.BODY[1:]))
        answer = api.call("GET", "/prod/pets/1", {"Accept-Encoding": "gzip"})
        assert answer.header("content-encoding") is None and answer.body == self.BODY[1:]

    def test_unpacks_requests(self, rest_api, origin):
        api = proxied(rest_api, origin, "POST", minimumCompressionSize=0)
        for coding, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
            answer = api.call("POST", "/prod/pets/1", {"Content-Encoding": coding}, pack(self.BODY))
            assert answer.status == 200
            assert origin.requests[-1].body == self.BODY
            assert origin.requests[-1].header("content-encoding") is None
        assert api.call("POST", "/prod/pets/1", {"Content-Encoding": "br"}, b"x").status == 415
        assert api.call("POST", "/prod/pets/1", {"Content-Encoding": "gzip"}, b"x").status == 415
        bomb = gzip.compress(bytes(10_485_761))
        answer = api.call("POST", "/prod/pets/1", {"Content-Encoding": "gzip"}, bomb)
        assert (answer.status, answer.text) == (413, "HTTP content length exceeded 10485760 bytes.")
        assert len(origin.requests) == 2
