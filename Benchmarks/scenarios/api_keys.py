"""Calls of a method that asks for an API key, among 10 keys and among 10,000."""

import secrets
from contextlib import ExitStack

from harness import apis, callers, connection, gateway, peers, requirements
from harness.report import Goal, Report

FEW, MANY = "10 keys", "10,000 keys"
COUNTS = {FEW: 10, MANY: 10_000}


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    candidates = {}
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        for number, (name, count) in enumerate(COUNTS.items()):
            scratch = settings.scratch / str(count)
            scratch.mkdir()
            server = stack.enter_context(gateway.serving(scratch, core=server_core, number=number))
            file = scratch / "callers.txt"
            host = apis.host(create_api(apis.client(server.management, "apigateway"), file, count))
            check(server.traffic_port, host, callers.first(file))
            candidates[name] = server.process, callers.target(server.traffic_port, host, "/prod", file)
        samples = callers.measure(candidates, settings, load_core)
    cost = callers.costs(samples)
    return Report(
        f"API keys, {callers.CONNECTIONS} connections, one core each", callers.columns(FEW), callers.rows(samples, FEW),
        goals=[Goal(f"{MANY}: x {FEW}", cost[MANY] / cost[FEW], 1.1)],
        notes=["two servers; each is sent all of its keys in turn"])


def create_api(client, file, count):
    """`GET /` to the origin, for who has one of the keys of a plan."""
    api = client.create_rest_api(name="keys")
    method = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE", apiKeyRequired=True)
    client.put_integration(**method, type="HTTP_PROXY", integrationHttpMethod="GET", uri=apis.ORIGIN_URL)
    client.create_deployment(restApiId=api["id"], stageName="prod")
    plan = client.create_usage_plan(name="plan", apiStages=[{"apiId": api["id"], "stage": "prod"}])["id"]
    keys = [secrets.token_hex(20) for _ in range(count)]
    table = "Name,Key,Enabled,UsageplanIds\n" + "".join(
        f"key-{number},{key},true,{plan}\n" for number, key in enumerate(keys))
    client.import_api_keys(format="csv", failOnWarnings=True, body=table)
    callers.write(file, ({"x-api-key": key} for key in keys))
    return api["id"]


def check(port, host, caller):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/prod", host)), 403)
        connection.expect(client.send(connection.get("/prod", host, **{"x-api-key": "0" * 40})), 403)
        connection.expect(client.send(connection.get("/prod", host, **caller)), 200, b"hello from upstream")
