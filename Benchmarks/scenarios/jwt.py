"""HTTP_PROXY behind a JWT authorizer, with tokens that have been seen and with tokens that have not, beside an open route."""

import re
import subprocess
from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, requirements
from harness.report import Goal, Report, median

CONNECTIONS = 64
WARM, COLD = 1_000, 60_000
ISSUER = "https://issuer.example/"
CPU, RATIO, MORE = "us CPU/request", "x the open route", "us more than it"
OPEN, SEEN, NEW = "open route", f"JWT, {WARM:,} tokens in turn", "JWT, every token new"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    scratch = settings.scratch
    tokens(scratch, "warm.txt", WARM)
    tokens(scratch, "cold.txt", COLD)
    samples = {OPEN: [], SEEN: [], NEW: []}
    with ExitStack() as stack:
        stack.enter_context(peers.origin(scratch, load_core))
        options = "--issuer", f"{ISSUER}={scratch / 'jwks.json'}"
        server = stack.enter_context(gateway.serving(scratch, *options, core=server_core))
        host = apis.host(create_api(apis.clients(server.management)))
        check(server.traffic_port, host, (scratch / "warm.txt").read_text().split()[0])
        targets = {
            OPEN: target(server.traffic_port, host, scratch / "warm.txt", "/open"),
            SEEN: target(server.traffic_port, host, scratch / "warm.txt", "/guarded"),
        }
        for name in OPEN, SEEN:
            load.measured(server.process, targets[name], CONNECTIONS, 1, load_core)
        for _ in range(settings.rounds):
            for name in OPEN, SEEN:
                samples[name].append(
                    load.measured(server.process, targets[name], CONNECTIONS, settings.seconds, load_core)[1])
        # A loop keeps fewer tokens than these, so that each is new again when its turn comes.
        cold = target(server.traffic_port, host, scratch / "cold.txt", "/guarded")
        for _ in range(settings.rounds):
            samples[NEW].append(load.measured(server.process, cold, CONNECTIONS, settings.seconds, load_core)[1])
    return report(samples, openssl())


def gatehouse(*arguments):
    return subprocess.run([requirements.gatehouse(), *arguments], check=True, capture_output=True, text=True).stdout


def tokens(scratch, name, count):
    key = scratch / "issuer.pem"
    if not key.exists():
        gatehouse("token", "key", str(key))
        (scratch / "jwks.json").write_text(gatehouse("token", "jwks", str(key)))
    made = gatehouse(
        "token", "mint", "--key", str(key), "--issuer", ISSUER, "--audience", "bench", "--scope", "read", "--count", str(count))
    (scratch / name).write_text(made)


def target(port, host, file, path):
    return load.Target(port, path, {}, script=(requirements.BENCHMARKS / "load/tokens.lua", file, host, path))


def create_api(aws):
    api_id = aws.gateway.create_api(Name="jwt", ProtocolType="HTTP")["ApiId"]
    integration = aws.gateway.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=apis.ORIGIN_URL,
        PayloadFormatVersion="1.0")["IntegrationId"]
    authorizer = aws.gateway.create_authorizer(
        ApiId=api_id, AuthorizerType="JWT", Name="jwt", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": ISSUER, "Audience": ["bench"]})["AuthorizerId"]
    route = {"ApiId": api_id, "Target": f"integrations/{integration}"}
    aws.gateway.create_route(**route, RouteKey="GET /open")
    aws.gateway.create_route(
        **route, RouteKey="GET /guarded", AuthorizationType="JWT", AuthorizerId=authorizer,
        AuthorizationScopes=["read"])
    aws.gateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return api_id


def check(port, host, token):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 401)
        connection.expect(client.send(connection.get("/guarded", host, Authorization=f"Bearer {token}")), 200)


def openssl():
    """Microseconds of one RSA-2048 verification by OpenSSL, or None where it is not installed."""
    binary = requirements.optional("openssl")
    if not binary:
        return None
    output = subprocess.run([binary, "speed", "-seconds", "2", "rsa2048"], capture_output=True, text=True).stdout
    rate = re.search(r"^rsa\s+2048 bits\s+\S+\s+\S+\s+\S+\s+(\S+)", output, re.MULTILINE)
    return rate and 1e6 / float(rate.group(1))


def report(samples, verification):
    cost = {name: median(rounds) for name, rounds in samples.items()}
    rows = [
        {"route": name, CPU: cost[name], RATIO: cost[name] / cost[OPEN], MORE: cost[name] - cost[OPEN], "rounds": rounds}
        for name, rounds in samples.items()
    ]
    goals = [Goal(f"{SEEN}: x the open route", cost[SEEN] / cost[OPEN], 1.15)]
    notes = ["the open route is sent the same tokens"]
    if verification:
        goals.append(Goal(
            "a new token: us beyond 1.3 times OpenSSL's verification", cost[NEW] - cost[SEEN] - 1.3 * verification, 15))
        notes.append(f"OpenSSL verifies RSA-2048 in {verification:.1f} us here")
    return Report(f"JWT authorizers, {CONNECTIONS} connections, one core each", ["route", CPU, RATIO, MORE], rows, goals, notes)
