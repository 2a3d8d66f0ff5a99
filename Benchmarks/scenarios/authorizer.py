"""HTTP_PROXY behind a function authorizer whose answers are kept, beside an open route."""

from contextlib import ExitStack

from harness import apis, authorizers, callers, gateway, peers, requirements
from harness.report import Goal, Report

WARM = 1_000
KEPT = f"function authorizer, {WARM:,} kept answers in turn"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    warm = settings.scratch / "warm.txt"
    callers.write(warm, (authorizers.caller(number) for number in range(WARM)))
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        host = apis.host(authorizers.create_api(apis.clients(server.management)))
        authorizers.check(server.traffic_port, host)
        authorizers.ask(server.traffic_port, host, range(WARM))
        candidates = {
            name: (server.process, callers.target(server.traffic_port, host, path, warm))
            for name, path in ((callers.OPEN, "/open"), (KEPT, "/guarded"))
        }
        samples = callers.measure(candidates, settings, load_core)
    cost = callers.costs(samples)
    return Report(
        f"Function authorizer, {callers.CONNECTIONS} connections, one core each", callers.columns(callers.OPEN),
        callers.rows(samples), goals=[Goal(f"{KEPT}: x the open route", cost[KEPT] / cost[callers.OPEN], 1.1)],
        notes=["the open route is sent the same tokens", "a policy of two statements is asked for each request"])
