"""Methods of a REST API: a MOCK whose template has 30 lines, and HTTP_PROXY beside the same as a route of an HTTP API."""

from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, requirements
from harness.report import Goal, Report, median

CONNECTIONS = 64
CPU, RATIO, P99, RATE = "us CPU/request", "x its reference", "p99 us", "requests/s"
FIXED, MOCK = "nginx, return 200", "MOCK, template of 30 lines"
ROUTE, METHOD = "HTTP API, HTTP_PROXY", "REST API, HTTP_PROXY"
REFERENCES = {FIXED: FIXED, MOCK: FIXED, ROUTE: ROUTE, METHOD: ROUTE}
TEMPLATE = """#set($id = $input.params('id'))
#set($names = ['first', 'second', 'third'])
#if($id == "404")
  #set($context.responseOverride.status = 404)
#end
{
  "id": "$id",
  "stage": "$context.stage",
  "requestId": "$context.requestId",
  "method": "$context.httpMethod",
  "path": "$context.resourcePath",
  "ip": "$context.identity.sourceIp",
  "agent": "$util.escapeJavaScript($input.params('x-client'))",
  "table": "$stageVariables.table",
  "query": "$input.params('q')",
  "names": [
    #foreach($name in $names)
    "$name"#if($foreach.hasNext),#end
    #end
  ],
  "found": #if($id == "404")false#else true#end,
  "items": [
    { "a": 1 },
    { "b": 2 },
    { "c": 3 }
  ],
  "links": {
    "self": "/users/$id"
  },
  "done": true
}
"""


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    samples = {}
    with ExitStack() as stack:
        candidates = start(stack, settings.scratch, server_core, load_core)
        names = list(candidates)
        for process, target in candidates.values():
            load.measured(process, target, CONNECTIONS, 1, load_core)
        for turn in range(settings.rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                process, target = candidates[name]
                samples.setdefault(name, []).append(
                    load.measured(process, target, CONNECTIONS, settings.seconds, load_core)
                )
    return report(samples)


def start(stack, scratch, server_core, load_core):
    stack.enter_context(peers.origin(scratch, load_core))
    fixed = stack.enter_context(peers.fixed_answer(scratch, server_core))
    log = scratch / "access.log"
    gatehouse = stack.enter_context(gateway.serving(scratch, "--access-log", str(log), core=server_core))
    route = apis.host(apis.create_proxy_api(apis.clients(gatehouse.management)))
    method = apis.host(create_rest_api(apis.client(gatehouse.management, "apigateway")))
    port = gatehouse.traffic_port
    candidates = {
        FIXED: (fixed, load.Target(peers.FIXED_PORT, "/", {})),
        MOCK: (gatehouse.process, load.Target(port, "/quiet/users/17?q=1", {"Host": method})),
        ROUTE: (gatehouse.process, load.Target(port, "/proxy", {"Host": route})),
        METHOD: (gatehouse.process, load.Target(port, "/prod/proxy", {"Host": method})),
    }
    with connection.Connection(port) as client:
        answer = connection.get("/quiet/users/17?q=1", host=method)
        connection.expect(client.send(answer), 200, b'"self": "/users/17"', b"\r\nx-amzn-requestid: ")
        connection.expect(client.send(connection.get("/prod/proxy", host=method)), 200, b"hello from upstream")
    return candidates


def create_rest_api(client):
    """`GET /users/{id}` and `GET /proxy`, at a stage without and one with an access log and a throttle."""
    api = client.create_rest_api(name="rest")
    at = {"restApiId": api["id"]}
    users = client.create_resource(**at, parentId=api["rootResourceId"], pathPart="users")["id"]
    user = client.create_resource(**at, parentId=users, pathPart="{id}")["id"]
    proxy = client.create_resource(**at, parentId=api["rootResourceId"], pathPart="proxy")["id"]
    for resource in user, proxy:
        client.put_method(**at, resourceId=resource, httpMethod="GET", authorizationType="NONE")
    client.put_integration(
        **at, resourceId=user, httpMethod="GET", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    client.put_method_response(**at, resourceId=user, httpMethod="GET", statusCode="200")
    client.put_integration_response(
        **at, resourceId=user, httpMethod="GET", statusCode="200", responseTemplates={"application/json": TEMPLATE}
    )
    client.put_integration(
        **at, resourceId=proxy, httpMethod="GET", type="HTTP_PROXY", integrationHttpMethod="GET", uri=apis.ORIGIN_URL
    )
    client.create_deployment(**at, stageName="quiet", variables={"table": "Users"})
    client.create_deployment(**at, stageName="prod")
    changes = {
        "/accessLogSettings/destinationArn": f"arn:aws:logs:{gateway.REGION}:{apis.ACCOUNT}:log-group:rest",
        "/accessLogSettings/format": apis.LOG_FORMAT,
        "/*/*/metrics/enabled": "true",
        "/*/*/throttling/rateLimit": "1000000",
        "/*/*/throttling/burstLimit": "100000",
    }
    patches = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
    client.update_stage(**at, stageName="prod", patchOperations=patches)
    return api["id"]


def mock_api(client):
    """`GET /fixed`, answered 200 by a MOCK."""
    api_id = client.create_rest_api(name="mock")["id"]
    at = {"restApiId": api_id}
    root = client.get_resources(**at)["items"][0]["id"]
    fixed = client.create_resource(**at, parentId=root, pathPart="fixed")["id"]
    method = at | {"resourceId": fixed, "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE")
    client.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(**method, statusCode="200")
    client.put_integration_response(**method, statusCode="200")
    return api_id


def report(samples):
    def middle(name, value):
        return median(value(load, cpu) for load, cpu in samples[name])

    cost = {name: middle(name, lambda _, cpu: cpu) for name in samples}
    rows = []
    for name, rounds in samples.items():
        rows.append({
            "server": name,
            CPU: cost[name],
            RATIO: cost[name] / cost[REFERENCES[name]],
            P99: middle(name, lambda load, _: load.p99_us),
            RATE: middle(name, lambda load, _: load.rate),
            "rounds": [vars(load) | {"cpu_us": cpu} for load, cpu in rounds],
        })
    goals = [
        Goal("MOCK: CPU per request, x nginx", cost[MOCK] / cost[FIXED], 2.0),
        Goal("HTTP_PROXY: CPU per request, x a route of an HTTP API", cost[METHOD] / cost[ROUTE], 1.1),
    ]
    return Report(
        f"REST APIs, {CONNECTIONS} connections, one core each", ["server", CPU, RATIO, P99, RATE], rows, goals
    )
