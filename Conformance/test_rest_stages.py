"""Deployments, stages and canaries of REST APIs, as AWS answers; the facts are recorded from the service."""

from unittest.mock import ANY

import pytest

from harness import wire
from harness.rest import patch
from harness.server import ACCOUNT, REGION

NOT_FOUND, BAD, CONFLICT = "NotFoundException", "BadRequestException", "ConflictException"
IN_USE = BAD, "Active stages pointing to this deployment must be moved or deleted"


@pytest.fixture
def api(rest_api):
    made = rest_api()
    made.mock()
    return made


def update(api, *patches, stage="dev"):
    return api("update_stage", stageName=stage, patchOperations=list(patches))


def fault(api, *patches, stage="dev"):
    return api.error("update_stage", stageName=stage, patchOperations=list(patches))


def fresh(deployment, name="dev", **others):
    return {
        "cacheClusterEnabled": False, "cacheClusterStatus": "NOT_AVAILABLE", "createdDate": ANY,
        "deploymentId": deployment, "lastUpdatedDate": ANY, "methodSettings": {}, "stageName": name,
        "tracingEnabled": False,
    } | others  # fmt: skip


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_deployment_with_a_stage_stays(api, by_hand):
    for _ in range(2):
        deployment = api.deploy(None if by_hand else "s1")
        if by_hand:
            api("create_stage", stageName="s1", deploymentId=deployment)
        assert api("get_stages") == {"item": [fresh(deployment, "s1")]}
        assert api("get_deployments") == {"items": [{"createdDate": ANY, "id": deployment}]}
        assert api.error("delete_deployment", deploymentId=deployment) == IN_USE
        api("delete_stage", stageName="s1")
        api("delete_deployment", deploymentId=deployment)


def test_a_stage_moves_to_its_next_deployment(api):
    first = api.deploy("s1")
    second = api.deploy("s1")
    assert api("get_stages") == {"item": [fresh(second, "s1")]}
    api("delete_deployment", deploymentId=first)
    assert api.error("delete_deployment", deploymentId=second) == IN_USE
    assert api.error("get_deployment", deploymentId=first) == (NOT_FOUND, "Invalid Deployment identifier specified")
    changed = api("update_deployment", deploymentId=second, patchOperations=[patch("/description", "new")])
    assert changed == {"createdDate": ANY, "description": "new", "id": second}


def test_what_cannot_be_deployed(rest_api):
    api = rest_api()
    assert api.error("create_deployment") == (BAD, "The REST API doesn't contain any methods")
    api("put_method", resourceId=api.root, httpMethod="GET", authorizationType="NONE")
    assert api.error("create_deployment") == (BAD, "No integration defined for method")


def test_a_summary_of_what_was_deployed(api):
    deployment = api.deploy()
    answer = api("get_deployment", deploymentId=deployment, embed=["apisummary"])
    assert answer["apiSummary"] == {"/": {"GET": {"apiKeyRequired": False, "authorizationType": "NONE"}}}


def test_stages_of_one_deployment(api):
    first, second = api.deploy("stage1"), api.deploy("stage2")
    assert api("get_stages", deploymentId=first) == {"item": [fresh(first, "stage1")]}
    assert api("get_stages", deploymentId=second) == {"item": [fresh(second, "stage2")]}


def test_faults_of_stages(api):
    deployment = api.deploy("dev")
    create = lambda name, **others: api.error("create_stage", stageName=name, deploymentId=deployment, **others)  # noqa: E731
    assert create("dev") == (CONFLICT, "Stage already exists")
    assert create("a b") == (BAD, "Stage name only allows a-zA-Z0-9_-")
    assert create("x", canarySettings={"deploymentId": "deploy"}) == (BAD, "Deployment id does not exist")
    assert api.error("get_stage", stageName="nothing") == (NOT_FOUND, "Invalid stage identifier specified")
    assert fault(api, stage="nothing") == (NOT_FOUND, "Invalid stage identifier specified")


SETTING = {
    "cacheDataEncrypted": False, "cacheTtlInSeconds": 300, "cachingEnabled": False, "dataTraceEnabled": False,
    "metricsEnabled": False, "requireAuthorizationForCacheControl": True, "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0, "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}  # fmt: skip


def test_settings_of_methods(api):
    deployment = api.deploy("dev")
    changed = update(
        api, patch("/description", "new"), patch("/variables/var1", "test"), patch("/variables/var2", "test2"),
        patch("/*/*/throttling/burstLimit", "123"), patch("/*/*/metrics/enabled", "true"),
        patch("/tracingEnabled", "true"), patch("/test/GET/throttling/burstLimit", "124"),
    )  # fmt: skip
    counted = SETTING | {"metricsEnabled": True}
    settings = {"*/*": counted | {"throttlingBurstLimit": 123}, "test/GET": counted | {"throttlingBurstLimit": 124}}
    assert changed == fresh(deployment, description="new", methodSettings=settings, tracingEnabled=True,
                            variables={"var1": "test", "var2": "test2"})  # fmt: skip
    assert api("get_stage", stageName="dev") == changed
    # What holds for all is where a method's own begin, and nothing afterwards.
    changed = update(api, patch("/*/*/throttling/burstLimit", "100"))["methodSettings"]
    assert (changed["*/*"]["throttlingBurstLimit"], changed["test/GET"]["throttlingBurstLimit"]) == (100, 124)
    assert update(api, patch("/~1a~1{b}/POST/logging/loglevel", "OFF"))["methodSettings"]["a/{b}/POST"]["loggingLevel"] == "OFF"
    assert list(update(api, patch("/test/GET", op="remove"))["methodSettings"]) == ["*/*", "a/{b}/POST"]


def test_all_settings_go_by_the_wildcard(api):
    deployment = api.deploy("dev")
    missing = "Cannot remove method setting {} because there is no method setting for this method "
    assert fault(api, patch("/*/*", op="remove")) == (BAD, missing.format("*/*"))
    assert update(api, patch("/*/*/metrics/enabled", "true"))["methodSettings"] == {"*/*": SETTING | {"metricsEnabled": True}}
    assert update(api, patch("/*/*", op="remove")) == fresh(deployment)


@pytest.mark.parametrize(
    "path", ["/documentation_version", "/tags/tag1", "/canarySettings", "/canarySettings/badPath", "/*/*/caching/x",
             "/x/TEST/caching/enabled", "/x"]
)  # fmt: skip
def test_unknown_paths_are_told_with_the_known_ones(api, path):
    api.deploy("dev")
    code, message = fault(api, patch(path, "x"))
    assert code == BAD
    assert message.startswith(f"Invalid method setting path: {path}. Must be one of: [/deploymentId, /description, ")
    assert "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit" in message
    assert message.endswith(
        "/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, "
        "/*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, "
        "/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]")


@pytest.mark.parametrize("value", ["0x10", "nan", "inf", "1e999", ""])
def test_what_no_rate_is(api, value):
    api.deploy("dev")
    assert fault(api, patch("/*/*/throttling/rateLimit", value))[0] == BAD


LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:rest"


def test_access_log_settings(api):
    deployment = api.deploy("dev")
    assert update(api, patch("/accessLogSettings/destinationArn", LOG_GROUP, "add")) == fresh(
        deployment, accessLogSettings={"destinationArn": LOG_GROUP})  # fmt: skip
    update(api, patch("/accessLogSettings/destinationArn", LOG_GROUP + "a:*"))
    whole = update(api, patch("/accessLogSettings/format", "$context.requestId $context.identity.sourceIp", "add"))
    assert whole["accessLogSettings"] == {
        "destinationArn": LOG_GROUP + "a", "format": "$context.requestId $context.identity.sourceIp"}  # fmt: skip
    assert update(api, patch("/accessLogSettings", op="remove")) == fresh(deployment)


PATHS = (
    "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]"
)
MISSING = "Cannot remove method setting accessLogSettings/{} because there is no method setting for this method "


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (patch("/accessLogSettings/randomValue", "x", "add"), PATHS),
        (patch("/accessLogSettings/randomValue", "x", "remove"), MISSING.format("randomValue")),
        (patch("/accessLogSettings/randomValue", "x"), PATHS),
        (patch("/accessLogSettings/*", "x", "add"), PATHS),
        (patch("/accessLogSettings/*", "x", "remove"), MISSING.format("*")),
        (patch("/accessLogSettings", "x", "add"), PATHS),
        (patch("/accessLogSettings", "x"), PATHS),
        (patch("/accessLogSettings/destinationArn", ""), "Access Log value must not be empty"),
        (patch("/accessLogSettings/format", ""), "Access Log value must not be empty"),
        (patch("/accessLogSettings/destinationArn", op="remove"), MISSING.format("destinationArn")),
    ],
)  # fmt: skip
def test_faults_of_access_log_settings(api, operation, message):
    api.deploy("dev")
    assert fault(api, operation) == (BAD, message)


def test_logging_needs_the_accounts_role(own_gatehouse):
    from harness.rest import RestApi

    server = own_gatehouse()
    api = RestApi(server)
    api.mock()
    api.deploy("dev")
    client = server.clients.service("apigateway")
    assert client.get_account()["cloudwatchRoleArn"].startswith("arn:aws:iam::")
    update(api, patch("/accessLogSettings/destinationArn", LOG_GROUP))
    client.update_account(patchOperations=[patch("/cloudwatchRoleArn", "")])
    assert "cloudwatchRoleArn" not in client.get_account()
    for operation in patch("/*/*/logging/loglevel", "ERROR"), patch("/accessLogSettings/destinationArn", LOG_GROUP + "b"):
        assert fault(api, operation) == (
            BAD, "CloudWatch Logs role ARN must be set in account settings to enable logging")  # fmt: skip
    update(api, patch("/description", "goes on"))


# Canaries


def test_a_canary_of_a_new_stage(api):
    base, other = api.deploy(), api.deploy()
    canary = {"deploymentId": other, "percentTraffic": 50.0, "stageVariableOverrides": {"testVar": "canary"},
              "useStageCache": False}  # fmt: skip
    stage = api("create_stage", stageName="dev", deploymentId=base, variables={"testVar": "default"},
                canarySettings={"deploymentId": other, "percentTraffic": 50,
                                "stageVariableOverrides": {"testVar": "canary"}})  # fmt: skip
    assert stage == fresh(base, variables={"testVar": "default"}, canarySettings=canary)
    assert type(stage["canarySettings"]["percentTraffic"]) is float
    changed = update(api, patch("/canarySettings/stageVariableOverrides/testVar", "updated"))
    assert changed["canarySettings"]["stageVariableOverrides"] == {"testVar": "updated"}
    assert api.error("delete_deployment", deploymentId=other) == (
        BAD, "Active stages with canary settings pointing to this deployment must be moved or deleted")  # fmt: skip
    assert update(api, patch("/canarySettings", op="remove")) == fresh(base, variables={"testVar": "default"})


def test_a_canary_of_a_new_deployment(api):
    base = api.deploy("dev", variables={"testVar": "default"})
    settings = {"percentTraffic": 50, "stageVariableOverrides": {"testVar": "canary"}}
    canary = api.deploy("dev", canarySettings=settings)
    stage = api("get_stage", stageName="dev")
    assert stage["deploymentId"] == base
    assert stage["canarySettings"] == {**settings, "deploymentId": canary, "useStageCache": False}
    assert api.error("create_deployment", stageName="dev") == (
        BAD, "Invalid deployment content specified.Non canary deployment not supported on stage dev because Canary is "
             "enabled. Provide CanarySettings in deploymentInput.")  # fmt: skip


def test_a_canary_made_by_patches(api):
    base, other = api.deploy("dev"), api.deploy()
    assert update(api, patch("/canarySettings/deploymentId", other))["canarySettings"] == {
        "deploymentId": other, "percentTraffic": 0.0, "useStageCache": False}  # fmt: skip
    update(api, patch("/canarySettings", op="remove"))
    assert update(api, patch("/canarySettings/percentTraffic", "50"))["canarySettings"] == {
        "deploymentId": base, "percentTraffic": 50.0, "useStageCache": False}  # fmt: skip


def test_faults_of_canary_deployments(api):
    prefix = "Invalid deployment content specified."
    name = prefix + "Non null and non empty stageName must be provided for canary deployment. Provided value is "
    for stage, message in [
        ({}, name + "null"), ({"stageName": ""}, name),
        ({"stageName": "non-existing"},
         prefix + "Stage non-existing must already be created before making a canary release deployment"),
    ]:  # fmt: skip
        assert api.error("create_deployment", **stage, canarySettings={"percentTraffic": 50}) == (BAD, message)


def test_faults_of_canary_patches(api):
    api.deploy("dev")
    deployment = api.deploy("dev2")
    api.deploy("dev", canarySettings={"percentTraffic": 50, "stageVariableOverrides": {"testVar": "canary"}})
    missing = "Cannot remove method setting canarySettings/{} because there is no method setting for this method "
    for path in "stageVariableOverrides", "badPath":
        assert fault(api, patch(f"/canarySettings/{path}", op="remove")) == (BAD, missing.format(path))
    assert fault(api, patch("/canarySettings/deploymentId", deployment, "add"), stage="dev2") == (
        BAD, "Invalid add operation with path: /canarySettings/deploymentId")  # fmt: skip
    assert fault(api, patch("/canarySettings/deploymentId", "deploy"), stage="dev2") == (
        BAD, "Deployment id does not exist")  # fmt: skip
    assert fault(api, patch("/canarySettings/percentTraffic", "100.1"))[0] == BAD


def copy(path, source):
    return {"op": "copy", "path": path, "from": source}


def test_promotion(api):
    deployment = api.deploy("dev", variables={"testVar": "test", "testVar2": "test2"})
    assert fault(api, copy("/canarySettings/stageVariableOverrides", "/variables")) == (
        BAD, "Invalid copy operation with path: /canarySettings/stageVariableOverrides and from /variables. Valid "
             "copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, "
             "/canarySettings/stageVariableOverrides]")  # fmt: skip
    promotion = [
        copy("/variables", "/canarySettings/stageVariableOverrides"), copy("/deploymentId", "/canarySettings/deploymentId")
    ]  # fmt: skip
    assert fault(api, *promotion) == (BAD, "Promotion not available. Canary does not exist.")
    stop = patch("/canarySettings/percentTraffic", "0.0")
    promoted = update(api, stop, *promotion)
    assert promoted["canarySettings"] == {"deploymentId": deployment, "percentTraffic": 0.0, "useStageCache": False}
    assert promoted["variables"] == {"testVar": "test", "testVar2": "test2"}
    canary = api.deploy("dev", canarySettings={"percentTraffic": 50, "stageVariableOverrides": {"testVar": "override"}})
    promoted = update(api, stop, *promotion)
    assert promoted == fresh(
        canary, variables={"testVar": "override", "testVar2": "test2"},
        canarySettings={"deploymentId": canary, "percentTraffic": 0.0, "useStageCache": False,
                        "stageVariableOverrides": {"testVar": "override"}})  # fmt: skip


# Never open


def test_a_client_certificate_on_a_stage_is_refused(api):
    api.deploy("dev")
    assert "client certificates" in fault(api, patch("/clientCertificateId", "abc"))[1]


def test_a_method_that_nobody_authorizes_is_not_open(api):
    api.deploy("dev")
    api("update_method", resourceId=api.root, httpMethod="GET", patchOperations=[patch("/authorizationType", "AWS_IAM")])
    api.deploy("dev")
    host = f"{api.id}.execute-api.{REGION}.amazonaws.com"
    answer = wire.fetch(api.server.traffic, "GET", "/dev/", host)
    assert answer.status == 403
