"""What a deployment of one REST API costs beside many, and what a compiled method takes."""

import json
import time

from harness import apis, connection, gateway
from harness.report import Goal, Report, median

ALL, METHODS = 1_000, 50
CHANGES = 21
MEASURE, VALUE, WORST = "measure", "median", "worst"


def run(settings):
    rows = []

    def add(name, times):
        rows.append({MEASURE: name, VALUE: median(times), WORST: max(times), "rounds": times})
        return median(times)

    with gateway.serving(settings.scratch) as server, connection.Connection(gateway.MANAGEMENT_PORT) as client:
        one = made(server, client)
        before = server.process.memory_kib()[1]
        alone = add("create_deployment alone, ms", deployed(server, client, one))
        for _ in range(ALL - 1):
            made(server, client)
        beside = add(f"create_deployment beside {ALL:,} APIs of {METHODS} methods, ms", deployed(server, client, one))
        memory = (server.process.memory_kib()[1] - before) * 1024 / ((ALL - 1) * METHODS)
        add("memory per deployed method, its stored form and the whole process included, bytes", [memory])
    goals = [Goal(f"create_deployment beside {ALL:,} APIs: x alone", beside / alone, 1.2)]
    return Report(
        f"Deployments of REST APIs of {METHODS} methods", [MEASURE, VALUE, WORST], rows, goals,
        notes=["management calls on one connection, one loop, both cores; times include the client's own work"])


def call(server, client, status, method, path, body=None):
    """The answer, and the milliseconds that it took."""
    request = apis.signed_request(server.management, method, path, body)
    begin = time.perf_counter()
    answer = client.send(request)
    elapsed = (time.perf_counter() - begin) * 1000
    connection.expect(answer, status)
    return json.loads(answer.split(b"\r\n\r\n", 1)[1]), elapsed


def made(server, client):
    """A REST API of `METHODS` methods, each with a template and a response, deployed."""
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {
            "statusCode": "200", "responseTemplates": {"application/json": '{"id": "$input.params(\'id\')"}'}}},
    }
    operation = {
        "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
        "responses": {"200": {"description": "found"}},
        "x-amazon-apigateway-integration": integration,
    }
    document = {
        "swagger": "2.0",
        "info": {"title": f"{METHODS} methods", "version": "1"},
        "paths": {f"/r{n}/{{id}}": {"get": operation} for n in range(METHODS)},
    }
    api_id = call(server, client, 201, "POST", "/restapis?mode=import", document)[0]["id"]
    call(server, client, 201, "POST", f"/restapis/{api_id}/deployments", {"stageName": "prod"})
    return api_id


def deployed(server, client, api_id):
    return [
        call(server, client, 201, "POST", f"/restapis/{api_id}/deployments", {"stageName": "prod"})[1]
        for _ in range(CHANGES)
    ]
