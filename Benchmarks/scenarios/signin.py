"""Traffic while many sign in at a user pool of the same server, and what making a pool costs a steady client."""

import json
import os
import threading
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from harness import apis, connection, gateway, load, peers, requirements
from harness.report import Goal, Report, median
from harness.requirements import BENCHMARKS

CONNECTIONS = 16
# Sign-ins a second, by so many clients.
OFFERED, CLIENTS = 200, 20
USERS = 100
POOLS = 10
PASSWORD = "Correct-horse-1"
P99, RATE, SIGN_INS, REFUSED = "p99 us", "requests/s", "sign-ins/s", "refused/s"
# A connection waits up to so many milliseconds before each request: some processor time is left, as where p99 is looked after.
# Without a wait server, origin and load have no core to spare, and whatever else is done takes from the traffic.
PACES = {"paced traffic": 5, "as much as goes": 0}
ALONE, FLOODED = "alone", f"with {OFFERED} sign-ins/s offered"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    _, load_core = requirements.cores()
    samples = {(pace, beside): [] for pace in PACES for beside in (ALONE, FLOODED)}
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        # On all cores, as its users run it: what signs people in must not take the loop's.
        server = stack.enter_context(gateway.serving(settings.scratch))
        pools = apis.client(server.management, "cognito-idp")
        host = apis.host(create_api(apis.clients(server.management)))
        calls = create_users(pools)
        management = urlsplit(server.management).port
        with connection.Connection(management) as client:
            connection.expect(client.send(calls[0]), 200, b'"accesstoken"')
        targets = {
            pace: load.Target(server.traffic_port, "/open", {"Host": host}, (BENCHMARKS / "load/paced.lua", wait))
            for pace, wait in PACES.items()
        }
        for _ in range(settings.rounds):
            for pace, target in targets.items():
                samples[pace, ALONE].append((load.wrk(target, CONNECTIONS, settings.seconds, load_core), 0, 0))
                with flood(management, calls) as counts:
                    found = load.wrk(target, CONNECTIONS, settings.seconds, load_core)
                samples[pace, FLOODED].append((found, counts[200] / counts["s"], counts[400] / counts["s"]))
        made, idle, waits = making(pools, server.traffic_port, host)
    return report(samples, made, idle, waits)


def create_api(aws):
    api_id = aws.gateway.create_api(Name="signin", ProtocolType="HTTP")["ApiId"]
    integration = aws.gateway.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=apis.ORIGIN_URL,
        PayloadFormatVersion="1.0")["IntegrationId"]
    aws.gateway.create_route(ApiId=api_id, RouteKey="GET /open", Target=f"integrations/{integration}")
    apis.create_default_stage(aws, api_id)
    return api_id


def create_users(pools):
    """The calls that sign each of them in."""
    pool = pools.create_user_pool(PoolName="signin")["UserPool"]["Id"]
    client = pools.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    for name in names():
        pools.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        pools.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
    return [call(client, name) for name in names()]


def names():
    return [f"user-{number}" for number in range(USERS)]


def call(client, name):
    body = json.dumps({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD}}).encode()
    return (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
        "X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\n"
        f"Content-Length: {len(body)}\r\n\r\n").encode() + body


@contextmanager
def flood(port, calls):
    """Offers sign-ins at a steady rate; who is told to come later counts as refused."""
    counts, lock, is_over, failures = {200: 0, 400: 0}, threading.Lock(), threading.Event(), []
    begin = time.monotonic()

    def sign_in(first):
        # Clients are elsewhere: of this machine's cores they take what nobody else wants.
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        try:
            with connection.Connection(port) as client:
                turn = first
                while not is_over.is_set():
                    # Each client has its turns; one that is late takes the next at once.
                    is_over.wait(max(0, begin + turn / OFFERED - time.monotonic()))
                    answer = client.send(calls[turn % len(calls)])
                    status = 200 if answer.startswith(b"HTTP/1.1 200") else 400
                    if status == 400:
                        connection.expect(answer, 400, b"toomanyrequestsexception")
                    with lock:
                        counts[status] += 1
                    turn += CLIENTS
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=sign_in, args=(first,)) for first in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        counts["s"] = time.monotonic() - begin
        is_over.set()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


def making(pools, port, host):
    """Milliseconds of each CreateUserPool, and the longest waits of a steady client without and with them."""
    waits, is_over = [], threading.Event()

    def steady():
        with connection.Connection(port) as client:
            request = connection.get("/open", host)
            while not is_over.is_set():
                begin = time.monotonic()
                connection.expect(client.send(request), 200)
                waits.append((begin, (time.monotonic() - begin) * 1e3))
                is_over.wait(0.002)

    thread = threading.Thread(target=steady)
    thread.start()
    made = []
    time.sleep(2)
    begin = time.monotonic()
    for number in range(POOLS):
        start = time.monotonic()
        pools.create_user_pool(PoolName=f"more-{number}")
        made.append((time.monotonic() - start) * 1e3)
    is_over.set()
    thread.join()
    return made, max(wait for at, wait in waits if at < begin), max(wait for at, wait in waits if at >= begin)


def report(samples, made, idle, waits):
    rows = [
        {
            "traffic": f"{pace}, {beside}", P99: median(found.p99_us for found, _, _ in rounds),
            RATE: median(found.rate for found, _, _ in rounds), SIGN_INS: median(done for _, done, _ in rounds),
            REFUSED: median(refused for _, _, refused in rounds), "rounds": [found.p99_us for found, _, _ in rounds],
        }
        for (pace, beside), rounds in samples.items()
    ]
    goals = [
        Goal("p99 of paced traffic with sign-ins: x alone", rows[1][P99] / rows[0][P99], 1.2),
        Goal("the slowest of 10 CreateUserPool: ms", max(made), 1_000),
        Goal("longest wait of a steady client while pools are made: ms more than without", waits - idle, 10),
    ]
    return Report(
        f"Sign-ins beside traffic, {CONNECTIONS} connections, the server on all cores",
        ["traffic", P99, RATE, SIGN_INS, REFUSED], rows, goals,
        notes=[f"CreateUserPool: {median(made):.0f} ms", f"longest wait without: {idle:.1f} ms, with: {waits:.1f} ms"])
