"""HTTP_PROXY behind a function authorizer whose answers are kept, beside an open route; what 100,000 of them take."""

import threading
from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, processes, requirements
from harness.report import Goal, Report, median

CONNECTIONS = 64
WARM, MANY = 1_000, 100_000
# How many connections ask for the many: each call of the function that is under way has an environment.
CALLERS = 8
# `LoopAuthorizers.limit`.
MEMORY_MIB = 160
CPU, RATIO, MORE = "us CPU/request", "x the open route", "us more than it"
OPEN, KEPT = "open route", f"function authorizer, {WARM:,} kept answers in turn"
# The whole policy is asked for each request.
FUNCTION = """
def handler(event, context):
    stage = "/".join(event["routeArn"].split("/")[:2])
    return {"principalId": event["identitySource"][0][-8:], "context": {"plan": "gold"}, "policyDocument": {
        "Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": stage + "/*/admin/*"},
            {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [stage + "/GET/*", stage + "/POST/*"]}]}}
"""


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    warm = settings.scratch / "warm.txt"
    warm.write_text("".join(token(number) + "\n" for number in range(WARM)))
    samples = {OPEN: [], KEPT: []}
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        host = apis.host(create_api(apis.clients(server.management)))
        check(server.traffic_port, host)
        ask(server.traffic_port, host, range(WARM))
        targets = {
            name: load.Target(
                server.traffic_port, path, {}, (requirements.BENCHMARKS / "load/tokens.lua", warm, host, path))
            for name, path in ((OPEN, "/open"), (KEPT, "/guarded"))
        }
        for target in targets.values():
            load.measured(server.process, target, CONNECTIONS, 1, load_core)
        for turn in range(settings.rounds):
            for name in sorted(targets, reverse=turn % 2 == 1):
                samples[name].append(
                    load.measured(server.process, targets[name], CONNECTIONS, settings.seconds, load_core)[1])
        before, _ = server.process.memory_kib()
        ask(server.traffic_port, host, range(WARM, WARM + MANY))
        after, _ = server.process.memory_kib()
    return report(samples, (after - before) / 1024)


def token(number):
    return f"token-of-some-sixty-characters-as-a-session-has-it-{number:08}"


def create_api(aws):
    function = apis.create_function(aws, name="authorizer", source=FUNCTION)
    api_id = aws.gateway.create_api(Name="authorizer", ProtocolType="HTTP")["ApiId"]
    integration = aws.gateway.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=apis.ORIGIN_URL,
        PayloadFormatVersion="1.0")["IntegrationId"]
    authorizer = aws.gateway.create_authorizer(
        ApiId=api_id, AuthorizerType="REQUEST", Name="function", IdentitySource=["$request.header.Authorization"],
        AuthorizerUri=f"arn:aws:apigateway:{apis.REGION}:lambda:path/2015-03-31/functions/{function}/invocations",
        AuthorizerPayloadFormatVersion="2.0", AuthorizerResultTtlInSeconds=3600)["AuthorizerId"]
    aws.functions.add_permission(
        FunctionName="authorizer", StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{apis.REGION}:{apis.ACCOUNT}:{api_id}/authorizers/{authorizer}")
    route = {"ApiId": api_id, "Target": f"integrations/{integration}"}
    aws.gateway.create_route(**route, RouteKey="GET /open")
    aws.gateway.create_route(
        **route, RouteKey="GET /guarded", AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    apis.create_default_stage(aws, api_id)
    return api_id


def check(port, host):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 401)
        connection.expect(client.send(guarded(host, 0)), 200)


def guarded(host, number):
    return connection.get("/guarded", host, Authorization="Bearer " + token(number))


def ask(port, host, numbers):
    """Has the function asked about each of these tokens."""
    failures = []

    def call(share):
        try:
            with connection.Connection(port) as client:
                for number in share:
                    connection.expect(client.send(guarded(host, number)), 200)
        except Exception as failure:
            failures.append(failure)

    callers = [threading.Thread(target=call, args=(numbers[first::CALLERS],)) for first in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    if failures:
        raise processes.Failed(str(failures[0]))


def report(samples, memory):
    cost = {name: median(rounds) for name, rounds in samples.items()}
    rows = [
        {"route": name, CPU: cost[name], RATIO: cost[name] / cost[OPEN], MORE: cost[name] - cost[OPEN], "rounds": rounds}
        for name, rounds in samples.items()
    ]
    goals = [
        Goal(f"{KEPT}: x the open route", cost[KEPT] / cost[OPEN], 1.1),
        Goal(f"MiB more after {MANY:,} identities", memory, MEMORY_MIB, binding=True),
    ]
    return Report(
        f"Function authorizer, {CONNECTIONS} connections, one core each", ["route", CPU, RATIO, MORE], rows, goals,
        notes=["the open route is sent the same tokens", "a policy of two statements is asked for each request"])
