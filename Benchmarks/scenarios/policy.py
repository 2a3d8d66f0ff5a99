"""Signed calls of an AWS_IAM route by a caller with policies of 100 statements, beside one with a single statement."""

from contextlib import ExitStack

from harness import apis, callers, connection, gateway, peers, requirements, users
from harness.report import Goal, Report

# What fits into a managed policy, and what a user may be given of them: 6,144 characters each, 10.
STATEMENTS, POLICIES = 100, 10
ONE, MANY = "1 statement", f"{STATEMENTS} statements"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        api_id, _ = callers.create_api(apis.clients(server.management), "policy", authorization="AWS_IAM")
        host, iam = apis.host(api_id), apis.client(server.management, "iam")
        credentials = {ONE: create_user(iam, api_id, 1), MANY: create_user(iam, api_id, STATEMENTS)}
        files = {name: settings.scratch / f"{number}.txt" for number, name in enumerate(credentials)}

        def sign():
            for name, file in files.items():
                users.sign(file, host, "/guarded", [credentials[name]])

        sign()
        with connection.Connection(server.traffic_port) as client:
            for file in files.values():
                connection.expect(client.send(connection.get("/guarded", host, **callers.first(file))), 200)
        candidates = {
            name: (server.process, callers.target(server.traffic_port, host, "/guarded", file))
            for name, file in files.items()
        }
        samples = callers.measure(candidates, settings, load_core, before=sign)
    cost = callers.costs(samples)
    return Report(
        f"Policies of callers, {callers.CONNECTIONS} connections, one core each", callers.columns(ONE),
        callers.rows(samples, ONE), goals=[Goal(f"{MANY}: us more than {ONE}", cost[MANY] - cost[ONE], 5)],
        notes=[f"in {POLICIES} managed policies, the last of which allows the call; every fifth is a Deny"])


def create_user(iam, api_id, count):
    """All but the last statement are about the API's other routes."""
    statements = [
        users.allow(f"arn:aws:execute-api:*:*:{api_id}/*/GET/pets/{number}/*") | ({} if number % 5 else {"Effect": "Deny"})
        for number in range(count - 1)
    ]
    statements.append(users.allow(f"arn:aws:execute-api:*:*:{api_id}/*/GET/guarded"))
    size = -(-count // POLICIES)
    policies = [
        users.policy(iam, f"of-{count}-{first}", statements[first : first + size]) for first in range(0, count, size)
    ]
    return users.create(iam, f"user-{count}", policies)
