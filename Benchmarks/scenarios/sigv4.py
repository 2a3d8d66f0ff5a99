"""Signed calls of an AWS_IAM route by many callers, beside the same calls of an open route."""

from contextlib import ExitStack

from harness import apis, callers, connection, gateway, peers, requirements, users
from harness.report import Goal, Report

CALLERS = 1_000
SIGNED = f"AWS_IAM, {CALLERS:,} callers in turn"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    file = settings.scratch / "callers.txt"
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        api_id, _ = callers.create_api(apis.clients(server.management), "signed", authorization="AWS_IAM")
        host, iam = apis.host(api_id), apis.client(server.management, "iam")
        invoke = users.policy(iam, "invoke", [users.allow(f"arn:aws:execute-api:*:*:{api_id}/*/GET/guarded")])
        made = [users.create(iam, f"user-{number}", [invoke]) for number in range(CALLERS)]

        def sign():
            users.sign(file, host, "/guarded", made)

        sign()
        check(server.traffic_port, host, callers.first(file))
        candidates = {
            name: (server.process, callers.target(server.traffic_port, host, path, file))
            for name, path in ((callers.OPEN, "/open"), (SIGNED, "/guarded"))
        }
        samples = callers.measure(candidates, settings, load_core, before=sign)
    cost = callers.costs(samples)
    return Report(
        f"Signature version 4, {callers.CONNECTIONS} connections, one core each", callers.columns(callers.OPEN),
        callers.rows(samples), goals=[Goal(f"{SIGNED}: us more than the open route", cost[SIGNED] - cost[callers.OPEN], 12)],
        notes=["the open route is sent the same signatures", "each caller has one policy of one statement"])


def check(port, host, caller):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 403)
        wrong = caller | {"Authorization": caller["Authorization"][:-8] + "0" * 8}
        connection.expect(client.send(connection.get("/guarded", host, **wrong)), 403)
        connection.expect(client.send(connection.get("/guarded", host, **caller)), 200)
