"""API keys, quotas and throttles at work, from the client's side."""

import datetime

import pytest

from harness.clients import error_of
from harness.functions import unique
from harness.rest import RestApi, body, patch


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


class Keyed:
    """An API whose method asks for a key, with a plan and a key."""

    def __init__(self, server, **plan):
        self.api = RestApi(server)
        self.client = self.api.client
        self.api.mock(apiKeyRequired=True)
        self.api.deploy("prod")
        self.stage = {"apiId": self.api.id, "stage": "prod"}
        self.plan = self.client.create_usage_plan(name=unique("plan"), apiStages=[self.stage], **plan)["id"]
        self.key = self.client.create_api_key(name=unique("key"), enabled=True)
        self.client.create_usage_plan_key(usagePlanId=self.plan, keyId=self.key["id"], keyType="API_KEY")

    def call(self, key=None):
        return self.api.call("GET", "/prod", {"x-api-key": key or self.key["value"]})

    def statuses(self, count):
        return [self.call().status for _ in range(count)]

    def usage(self, **parameters):
        at = {"usagePlanId": self.plan, "startDate": today(), "endDate": today()}
        return body(self.client.get_usage(**at | parameters))


@pytest.fixture
def keyed(gatehouse):
    made = []

    def make(**plan):
        made.append(Keyed(gatehouse, **plan))
        return made[-1]

    yield make
    for one in made:
        one.client.delete_api_key(apiKey=one.key["id"])
        one.client.update_usage_plan(
            usagePlanId=one.plan, patchOperations=[patch("/apiStages", f"{one.api.id}:prod", "remove")])
        one.client.delete_usage_plan(usagePlanId=one.plan)
        one.api.delete()


@pytest.mark.parametrize(
    "start, end, said",
    [("2026-02-30", "2026-03-03", "yyyy-mm-dd"), ("2026-02-02", "2026-02-01", "must not be after"),
     ("0001-01-01", "9999-12-31", "more than 366 days")],
)  # fmt: skip
def test_dates_of_usage(keyed, start, end, said):
    one = keyed()
    error = error_of(one.client.get_usage, usagePlanId=one.plan, startDate=start, endDate=end)
    assert error.code == "BadRequestException" and said in error.message


def test_a_key_lets_in_as_long_as_it_may(keyed):
    one = keyed()
    assert one.call().status == 200
    for key in "", "nothing", one.key["id"]:
        answer = one.api.call("GET", "/prod", {"x-api-key": key} if key else {})
        assert (answer.status, answer.body, answer.header("x-amzn-errortype")) == (
            403, b'{"message":"Forbidden"}', "ForbiddenException")  # fmt: skip
    change = lambda value: one.client.update_api_key(apiKey=one.key["id"], patchOperations=[patch("/enabled", value)])  # noqa: E731
    change("false")
    assert one.call().status == 403
    change("true")
    assert one.call().status == 200
    one.client.delete_usage_plan_key(usagePlanId=one.plan, keyId=one.key["id"])
    assert one.call().status == 403
    one.client.create_usage_plan_key(usagePlanId=one.plan, keyId=one.key["id"], keyType="API_KEY")
    assert one.call().status == 200


def test_a_stage_that_is_in_no_plan_lets_nobody_in(keyed):
    one = keyed()
    one.api.deploy("dev")
    assert one.api.call("GET", "/dev", {"x-api-key": one.key["value"]}).status == 403
    one.client.update_usage_plan(
        usagePlanId=one.plan, patchOperations=[patch("/apiStages", f"{one.api.id}:dev", "add")])
    assert one.api.call("GET", "/dev", {"x-api-key": one.key["value"]}).status == 200
    one.client.update_usage_plan(
        usagePlanId=one.plan, patchOperations=[patch("/apiStages", f"{one.api.id}:dev", "remove")])
    assert one.api.call("GET", "/dev", {"x-api-key": one.key["value"]}).status == 403


def test_a_quota_is_counted_and_told(keyed):
    one = keyed(quota={"limit": 3, "period": "DAY"})
    assert one.statuses(2) == [200, 200]
    assert one.usage() == {"usagePlanId": one.plan, "startDate": today(), "endDate": today(),
                           "items": {one.key["id"]: [[2, 1]]}}  # fmt: skip
    assert one.statuses(2) == [200, 429]
    answer = one.call()
    assert (answer.status, answer.body, answer.header("x-amzn-errortype")) == (
        429, b'{"message":"Limit Exceeded"}', "LimitExceededException")  # fmt: skip
    more = body(one.client.update_usage(
        usagePlanId=one.plan, keyId=one.key["id"], patchOperations=[patch("/remaining", "2")]))
    assert more["items"] == {one.key["id"]: [[3, 2]]}
    assert one.statuses(3) == [200, 200, 429]
    assert one.usage(keyId=one.key["id"])["items"] == {one.key["id"]: [[5, 0]]}


def test_a_quota_can_be_raised(keyed):
    one = keyed(quota={"limit": 1, "period": "MONTH"})
    assert one.statuses(2) == [200, 429]
    one.client.update_usage_plan(usagePlanId=one.plan, patchOperations=[patch("/quota/limit", "2")])
    assert one.statuses(2) == [200, 429]
    one.client.update_usage_plan(usagePlanId=one.plan, patchOperations=[patch("/quota", op="remove")])
    assert one.statuses(2) == [200, 200]


def test_a_plan_throttles_its_keys(keyed):
    one = keyed(throttle={"rateLimit": 0.001, "burstLimit": 2})
    assert one.statuses(3) == [200, 200, 429]
    answer = one.call()
    assert (answer.body, answer.header("x-amzn-errortype")) == (
        b'{"message":"Too Many Requests"}', "TooManyRequestsException")  # fmt: skip
    one.client.update_usage_plan(usagePlanId=one.plan, patchOperations=[
        patch(f"/apiStages/{one.api.id}:prod/throttle/~1/GET/rateLimit", "0.001", "add"),
        patch(f"/apiStages/{one.api.id}:prod/throttle/~1/GET/burstLimit", "1", "add"),
        patch("/throttle", op="remove")])  # fmt: skip
    assert one.statuses(2) == [200, 429]


def test_what_was_used_survives_a_stop_and_a_kill(own_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = own_gatehouse(data=data)
    one = Keyed(server, quota={"limit": 50, "period": "WEEK"})
    assert one.statuses(5) == [200] * 5
    server.stop()
    again = own_gatehouse(data=data)
    one.api.server, one.client = again, again.clients.service("apigateway")
    assert one.usage()["items"] == {one.key["id"]: [[5, 45]]}
    assert one.statuses(10) == [200] * 10
    again.kill()
    # At most the last second is forgotten, and nothing is counted twice.
    last = own_gatehouse(data=data)
    one.api.server, one.client = last, last.clients.service("apigateway")
    used, remaining = one.usage()["items"][one.key["id"]][0]
    assert 5 <= used <= 15 and used + remaining == 50
    assert one.statuses(remaining + 1) == [200] * remaining + [429]


class TestHTTPStages:
    @pytest.fixture
    def api(self, http_api, origin):
        api = http_api(stage=None)
        api.route("GET /a", api.integrate(origin.url))
        api.route("GET /b", api.integrate(origin.url))
        return api

    def statuses(self, api, *paths):
        return [api.call("GET", f"/dev{path}").status for path in paths]

    def test_throttles_each_route(self, api):
        api.stage("dev", DefaultRouteSettings={"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2},
                  RouteSettings={"GET /b": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}})  # fmt: skip
        assert self.statuses(api, "/a", "/b", "/a", "/b", "/a") == [200, 200, 200, 429, 429]
        assert api.call("GET", "/dev/a").body == b'{"message":"Too Many Requests"}'
        stage = api.client.get_stage(ApiId=api.id, StageName="dev")
        assert stage["DefaultRouteSettings"] == {
            "DetailedMetricsEnabled": False, "ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.001}  # fmt: skip

    def test_a_limit_of_0_lets_nothing_pass(self, api):
        api.stage("dev", DefaultRouteSettings={"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0})
        assert self.statuses(api, "/a", "/b") == [429, 429]
        api.update_stage("dev", DefaultRouteSettings={"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 50})
        assert self.statuses(api, "/a", "/b") == [200, 200]
        # An update that does not speak of it changes nothing.
        api.update_stage("dev", DefaultRouteSettings={"ThrottlingRateLimit": 0})
        api.update_stage("dev", Description="x")
        assert self.statuses(api, "/a") == [429]

    @pytest.mark.parametrize("settings", [{"ThrottlingRateLimit": -1.0}, {"ThrottlingBurstLimit": -1}])
    def test_no_limit_is_below_0(self, api, settings):
        assert error_of(
            api.client.create_stage, ApiId=api.id, StageName="dev", DefaultRouteSettings=settings
        ).code == "BadRequestException"
        assert api.client.get_stages(ApiId=api.id)["Items"] == []


def test_the_account_throttles_all_apis_together(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data", options=["--account-throttle", "0.001/3"])
    first, second = RestApi(server), RestApi(server)
    for api in first, second:
        api.mock()
        api.deploy("prod")
    assert [api.call("GET", "/prod").status for api in (first, second, first, second)] == [200, 200, 200, 429]
