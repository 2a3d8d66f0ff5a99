"""HTTP_PROXY behind a JWT authorizer, with tokens that have been seen and with tokens that have not, beside an open route."""

import re
import subprocess
from contextlib import ExitStack

from harness import apis, callers, connection, gateway, peers, requirements, tokens
from harness.report import Goal, Report

WARM, COLD = 1_000, 60_000
SEEN, NEW = f"JWT, {WARM:,} tokens in turn", "JWT, every token new"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    made = tokens.Tokens(settings.scratch)
    warm, cold = made.write("warm.txt", WARM), made.write("cold.txt", COLD)
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(
            gateway.serving(settings.scratch, "--issuer", f"{tokens.ISSUER}={made.jwks}", core=server_core))
        host = apis.host(tokens.create_api(apis.clients(server.management)))
        check(server.traffic_port, host, callers.first(warm))

        def candidate(path, file):
            return server.process, callers.target(server.traffic_port, host, path, file)

        seen = {callers.OPEN: candidate("/open", warm), SEEN: candidate("/guarded", warm)}
        samples = callers.measure(seen, settings, load_core)
        # A loop keeps fewer tokens than these, so that each is new again when its turn comes.
        samples |= callers.measure({NEW: candidate("/guarded", cold)}, settings, load_core)
    return report(samples, openssl())


def check(port, host, caller):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 401)
        connection.expect(client.send(connection.get("/guarded", host, **caller)), 200)


def openssl():
    """Microseconds of one RSA-2048 verification by OpenSSL, or None where it is not installed."""
    binary = requirements.optional("openssl")
    if not binary:
        return None
    output = subprocess.run([binary, "speed", "-seconds", "2", "rsa2048"], capture_output=True, text=True).stdout
    rate = re.search(r"^rsa\s+2048 bits\s+\S+\s+\S+\s+\S+\s+(\S+)", output, re.MULTILINE)
    return rate and 1e6 / float(rate.group(1))


def report(samples, verification):
    cost = callers.costs(samples)
    goals = [Goal(f"{SEEN}: x the open route", cost[SEEN] / cost[callers.OPEN], 1.15)]
    notes = ["the open route is sent the same tokens"]
    if verification:
        goals.append(Goal(
            "a new token: us beyond 1.3 times OpenSSL's verification", cost[NEW] - cost[SEEN] - 1.3 * verification, 15))
        notes.append(f"OpenSSL verifies RSA-2048 in {verification:.1f} us here")
    return Report(
        f"JWT authorizers, {callers.CONNECTIONS} connections, one core each", callers.columns(callers.OPEN),
        callers.rows(samples), goals, notes)
