"""API keys, usage plans and VPC links, as AWS answers; the facts are recorded from the service."""

from unittest.mock import ANY

import pytest

from harness.clients import error_of
from harness.functions import unique
from harness.rest import body, patch
from harness.server import ACCOUNT, REGION

NOT_FOUND, BAD, CONFLICT = "NotFoundException", "BadRequestException", "ConflictException"


class Account:
    """The operations on what belongs to the account; what they make is removed."""

    def __init__(self, client):
        self.client = client
        self.removals = []

    def __call__(self, operation, /, **parameters):
        answer = body(getattr(self.client, operation)(**parameters))
        removals = {
            "create_api_key": lambda: self.client.delete_api_key(apiKey=answer["id"]),
            "create_usage_plan": lambda: self.client.delete_usage_plan(usagePlanId=answer["id"]),
            "create_vpc_link": lambda: self.client.delete_vpc_link(vpcLinkId=answer["id"]),
        }
        if operation in removals:
            self.removals.append(removals[operation])
        return answer

    def error(self, operation, /, **parameters):
        error = error_of(getattr(self.client, operation), **parameters)
        return error.code, error.message

    def clear(self):
        for removal in self.removals:
            try:
                removal()
            except self.client.exceptions.NotFoundException:
                continue


@pytest.fixture
def account(clients):
    made = Account(clients.service("apigateway"))
    yield made
    made.clear()


# API keys


def test_a_fresh_key(account):
    key = account("create_api_key", name=unique("key"))
    assert key == {"createdDate": ANY, "enabled": False, "id": ANY, "lastUpdatedDate": ANY, "name": key["name"],
                   "stageKeys": [], "value": ANY}  # fmt: skip
    assert (len(key["id"]), len(key["value"])) == (10, 40)
    shown = account("get_api_key", apiKey=key["id"])
    assert "value" not in shown
    assert account("get_api_key", apiKey=key["id"], includeValue=True)["value"] == key["value"]
    for empty in {"name": ""}, {}, {"value": ""}:
        made = account("create_api_key", **empty)
        assert "name" not in made and len(made["value"]) == 40


def test_keys_are_listed_by_the_beginning_of_their_names(account):
    prefix = unique("test-key")
    first, second = (account("create_api_key", name=f"{prefix}-{number}")["id"] for number in range(2))
    names = lambda query: [key["id"] for key in account("get_api_keys", nameQuery=query)["items"]]  # noqa: E731
    assert names(prefix) == [second, first]
    assert names(prefix + "-1") == [second]
    assert names(prefix.upper()) == names(prefix[2:]) == names("nothing") == []
    page = account("get_api_keys", nameQuery=prefix, limit=1)
    assert [key["id"] for key in page["items"]] == [second]
    rest = account("get_api_keys", nameQuery=prefix, limit=1, position=page["position"])
    assert [key["id"] for key in rest["items"]] == [first] and "position" not in rest
    assert account("get_api_keys", nameQuery="nothing", limit=-1) == {"items": []}


def test_updating_a_key(account):
    key = account("create_api_key", name="x")["id"]
    update = lambda *patches: account("update_api_key", apiKey=key, patchOperations=list(patches))  # noqa: E731
    assert update(patch("/name", "new-name")) == {
        "createdDate": ANY, "enabled": False, "id": key, "lastUpdatedDate": ANY, "name": "new-name", "stageKeys": [],
        "tags": {}}  # fmt: skip
    assert update(patch("/enabled", "true"))["enabled"] is True
    assert update(patch("/enabled", "nonsense"))["enabled"] is False
    assert account.error("update_api_key", apiKey=key, patchOperations=[patch("/id", "x")]) == (
        BAD, "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description, /enabled, /name, "
             "/customerId]")  # fmt: skip
    assert account.error("update_api_key", apiKey=key, patchOperations=[patch("/description", "x" * 130_000)]) == (
        BAD, "Invalid API Key description specified.")  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"name": "x" * 1025}, "Invalid API Key name, can be at most 1024 characters."),
        ({"value": "x" * 19}, "API Key value should be at least 20 characters"),
        ({"value": "x" * 129}, "API Key value exceeds maximum size of 128 characters"),
        ({"description": "x" * 130_000}, "Invalid API Key description specified."),
    ],
)
def test_what_no_key_can_be(account, parameters, message):
    assert account.error("create_api_key", **parameters) == (BAD, message)


def test_a_value_belongs_to_one_key(account):
    value = unique("value") * 3
    account("create_api_key", value=value)
    assert account.error("create_api_key", value=value) == (CONFLICT, "API Key already exists")
    assert account.error("get_api_key", apiKey="nothing") == (NOT_FOUND, "Invalid API Key identifier specified")


def test_keys_come_from_a_table(account):
    plan = account("create_usage_plan", name="imported")["id"]
    value, other = unique("value") * 3, unique("other") * 3
    table = f'name,KEY,"UsagePlanIds",Enabled,unknown\nfirst,{value},"{plan},nothing",,x\n"se""cond",{other},,false,\n'
    imported = account("import_api_keys", format="csv", body=table)
    assert imported["warnings"] == ["Invalid Usage Plan ID specified: nothing"]
    first, second = (account("get_api_key", apiKey=one) for one in imported["ids"])
    assert (first["name"], first["enabled"], second["name"], second["enabled"]) == ("first", True, 'se"cond', False)
    assert [key["id"] for key in account("get_usage_plan_keys", usagePlanId=plan)["items"]] == [first["id"]]
    again = account("import_api_keys", format="csv", body=f"\ufeffName,Key\nrenamed,{value}\n")
    assert again["ids"] == [first["id"]]
    assert account("get_api_key", apiKey=first["id"])["name"] == "renamed"
    assert account("import_api_keys", format="csv", body=table)["ids"] == imported["ids"]
    assert account.error("import_api_keys", format="csv", body="Name\nx\n")[0] == BAD
    for one in imported["ids"]:
        account("delete_api_key", apiKey=one)


# Usage plans


@pytest.fixture
def stage(rest_api):
    """A deployed API, as usage plans name it."""
    api = rest_api()
    api.mock(api.resource("pets"))
    api.deploy("dev")
    return {"apiId": api.id, "stage": "dev"}


@pytest.mark.parametrize("name", ["x/GET", "*/*", "/*/*", "/y", "/y/get", "/nope/GET", "/POST"])
def test_a_plan_limits_only_methods_that_are_there(account, stage, name):
    throttle = {name: {"rateLimit": 1, "burstLimit": 1}}
    code, message = account.error("create_usage_plan", name="plan", apiStages=[stage | {"throttle": throttle}])
    assert (code, name in message) == (BAD, True)


def test_the_life_of_a_usage_plan(account, stage):
    made = account("create_usage_plan", name="plan", description="mine", apiStages=[stage])
    assert made == {"apiStages": [stage], "description": "mine", "id": ANY, "name": "plan"}
    at = {"usagePlanId": made["id"]}
    assert account("get_usage_plan", **at) == {**made, "tags": {}}
    assert made in account("get_usage_plans", limit=500)["items"]
    changed = account("update_usage_plan", **at, patchOperations=[
        patch("/throttle/burstLimit", "100"), patch("/throttle/rateLimit", "200"),
        patch("/quota/period", "MONTH"), patch("/quota/limit", "5000")])  # fmt: skip
    assert changed == {**made, "quota": {"limit": 5000, "offset": 0, "period": "MONTH"}, "tags": {},
                       "throttle": {"burstLimit": 100, "rateLimit": 200.0}}  # fmt: skip
    assert account("get_usage_plan", **at) == changed
    name = f"{stage['apiId']}:{stage['stage']}"
    assert account.error("delete_usage_plan", **at) == (
        BAD, f"Cannot delete Usage Plan {made['id']} because there are API Stages associated with it, including {name}")  # fmt: skip
    throttle = f"/apiStages/{name}/throttle/~1pets/GET"
    limited = account("update_usage_plan", **at, patchOperations=[
        patch(throttle + "/rateLimit", "5", "add"), patch(throttle + "/burstLimit", "10", "add")])  # fmt: skip
    assert limited["apiStages"] == [{**stage, "throttle": {"/pets/GET": {"burstLimit": 10, "rateLimit": 5.0}}}]
    freed = account("update_usage_plan", **at, patchOperations=[patch(throttle, op="remove")])
    assert freed["apiStages"] == [stage]
    account("update_usage_plan", **at, patchOperations=[patch("/apiStages", name, "remove")])
    account("delete_usage_plan", **at)


def test_a_burst_may_be_above_the_rate(account):
    made = account("create_usage_plan", name="plan", throttle={"burstLimit": 20, "rateLimit": 10})
    assert made == {"apiStages": [], "id": ANY, "name": "plan", "throttle": {"burstLimit": 20, "rateLimit": 10.0}}
    assert type(made["throttle"]["rateLimit"]) is float


def test_faults_of_usage_plans(account, stage):
    plan = account("create_usage_plan", name="plan", apiStages=[stage])["id"]
    error = lambda *patches, to=plan: account.error("update_usage_plan", usagePlanId=to, patchOperations=list(patches))  # noqa: E731
    assert error(patch("/throttle/burstLimit", "1"), to="nothing") == (NOT_FOUND, "Invalid Usage Plan ID specified")
    for value in {}, {"value": "fakevalue"}:
        assert error(patch("/apiStages", op="remove", **value)) == (BAD, "Invalid API Stage specified")
    for api, name in (stage["apiId"] + "b", "dev"), (stage["apiId"], "fakestagename"):
        for op in "remove", "add":
            assert error(patch("/apiStages", f"{api}:{name}", op)) == (
                NOT_FOUND, f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {plan}")  # fmt: skip
    path = f"/apiStages/{stage['apiId']}:dev"
    assert error(patch(path, op="remove")) == (
        BAD, f"Invalid patch path  '{path}' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, "
             "/productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, "
             "/apiStages/<apidId:stageName>/throttle]")  # fmt: skip
    account("update_usage_plan", usagePlanId=plan, patchOperations=[
        patch("/apiStages", f"{stage['apiId']}:dev", "remove")])


def test_a_stage_that_goes_leaves_its_plans(account, stage, clients):
    plan = account("create_usage_plan", name="plan", apiStages=[stage])["id"]
    clients.service("apigateway").delete_stage(restApiId=stage["apiId"], stageName="dev")
    assert account("get_usage_plan", usagePlanId=plan)["apiStages"] == []


def test_keys_of_a_plan(account):
    first = account("create_api_key", name="test-key-1")
    second = account("create_api_key", name="test-key-2")
    plan = account("create_usage_plan", name="plan")["id"]
    keys = lambda **query: account("get_usage_plan_keys", usagePlanId=plan, **query)["items"]  # noqa: E731
    assert keys() == []
    shown = [{"id": key["id"], "name": key["name"], "type": "API_KEY", "value": key["value"]} for key in (first, second)]
    for key in shown:
        assert account("create_usage_plan_key", usagePlanId=plan, keyId=key["id"], keyType="API_KEY") == key
    assert keys() == keys(nameQuery="test-key") == [shown[1], shown[0]]
    assert keys(nameQuery="test-key-1") == [shown[0]]
    assert keys(nameQuery="TEST-key") == keys(nameQuery="nothing") == []
    assert account("get_usage_plans", keyId=first["id"])["items"][0]["id"] == plan
    for key in first, second:
        account("delete_api_key", apiKey=key["id"])
    assert keys() == []
    assert account("get_usage_plan_keys", usagePlanId="bad-id") == {"items": []}


def test_a_key_comes_to_a_stage_by_one_plan(account, stage):
    key = account("create_api_key", name="x")["id"]
    plans = [account("create_usage_plan", name="plan", apiStages=[stage])["id"] for _ in range(2)]
    account("create_usage_plan_key", usagePlanId=plans[0], keyId=key, keyType="API_KEY")
    error = account.error("create_usage_plan_key", usagePlanId=plans[1], keyId=key, keyType="API_KEY")
    assert error[0] == CONFLICT
    name = f"{stage['apiId']}:dev"
    account("update_usage_plan", usagePlanId=plans[1], patchOperations=[patch("/apiStages", name, "remove")])
    account("create_usage_plan_key", usagePlanId=plans[1], keyId=key, keyType="API_KEY")
    error = account.error("update_usage_plan", usagePlanId=plans[1], patchOperations=[patch("/apiStages", name, "add")])
    assert error[0] == CONFLICT
    account("update_usage_plan", usagePlanId=plans[0], patchOperations=[patch("/apiStages", name, "remove")])


def test_usage_is_told_by_day(account):
    key = account("create_api_key", name="x")["id"]
    plan = account("create_usage_plan", name="plan", quota={"limit": 10, "period": "DAY"})["id"]
    account("create_usage_plan_key", usagePlanId=plan, keyId=key, keyType="API_KEY")
    usage = account("get_usage", usagePlanId=plan, startDate="2026-02-28", endDate="2026-03-01")
    assert usage == {"endDate": "2026-03-01", "items": {key: [[0, 10], [0, 10]]}, "startDate": "2026-02-28",
                     "usagePlanId": plan}  # fmt: skip
    assert account.error("get_usage", usagePlanId=plan, startDate="x", endDate="y")[0] == BAD


# VPC links


def test_the_life_of_a_vpc_link(account):
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/my-nlb/1"
    link = account("create_vpc_link", name="link", targetArns=[arn])
    assert link == {"id": ANY, "name": "link", "status": "PENDING", "targetArns": [arn]}
    at = {"vpcLinkId": link["id"]}
    ready = {**link, "status": "AVAILABLE", "statusMessage": "Your vpc link is ready for use"}
    assert account("get_vpc_link", **at) == {**ready, "tags": {}}
    assert ready in account("get_vpc_links", limit=500)["items"]
    changed = account("update_vpc_link", **at, patchOperations=[patch("/name", "link-updated")])
    assert changed == {**ready, "name": "link-updated", "tags": {}}
    account("delete_vpc_link", **at)
    for operation in "get_vpc_link", "delete_vpc_link":
        assert account.error(operation, **at) == (NOT_FOUND, "Invalid Vpc Link identifier specified")
    create = lambda name, *arns: account.error("create_vpc_link", name=name, targetArns=list(arns))  # noqa: E731
    assert create("x", "invalid-arn") == (BAD, "Invalid ARN. ARN is not well formed invalid-arn")
    assert create("", arn) == (BAD, "Name cannot be empty")
    assert create("x", arn, arn) == (BAD, "More than one target arn specified for vpc link.")


def test_a_vpc_link_that_is_deployed_stays(account, rest_api):
    """The message is reported; deployed stages count."""
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/my-nlb/1"
    link = account("create_vpc_link", name="link", targetArns=[arn])["id"]
    api = rest_api()
    at = {"resourceId": api.root, "httpMethod": "GET"}
    api("put_method", **at, authorizationType="NONE")
    api("put_integration", **at, type="HTTP_PROXY", uri="http://nlb.example.com", integrationHttpMethod="GET",
        connectionType="VPC_LINK", connectionId=link)
    api.deploy("prod")
    assert account.error("delete_vpc_link", vpcLinkId=link) == (
        BAD, f"Cannot delete vpc link. Vpc link '{link}', is referenced in [{api.id}:GET:{api.root}:prod] in format of "
        "[RESTApiId:Method:Resource:Stage].")
    api.delete()


# Client certificates


def test_a_client_certificate_is_one(account, tmp_path):
    import subprocess

    made = account("generate_client_certificate", description="mine")
    pem = tmp_path / "certificate.pem"
    pem.write_text(made["pemEncodedCertificate"])
    text = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-subject", "-enddate"], capture_output=True, text=True)
    assert "ApiGateway" in text.stdout, text.stderr
    verified = subprocess.run(["openssl", "verify", "-CAfile", pem, pem], capture_output=True, text=True)
    assert verified.returncode == 0, verified.stderr
    assert (made["expirationDate"] - made["createdDate"]).days == 365
    account("delete_client_certificate", clientCertificateId=made["clientCertificateId"])
