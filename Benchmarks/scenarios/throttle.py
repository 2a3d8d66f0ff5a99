"""How exactly a stage's throttle admits: three times its rate offered, against the token bucket worked out on paper."""

import select
import socket
import time

from harness import apis, connection, gateway
from harness.processes import Failed
from harness.report import Goal, Report, median
from scenarios.rest import mock_api

RATE, BURST, OFFERED = 1_000, 500, 3_000
CONNECTIONS = 10
PASS, ADMITTED, EXACT, ERROR, SENT = "kind of API", "admitted", "the bucket's own", "off by, %", "offered"


def run(settings):
    rows, goals = [], []
    with gateway.serving(settings.scratch) as server:
        client = apis.client(server.management, "apigateway")
        api_id = mock_api(client)
        client.create_deployment(restApiId=api_id, stageName="prod")
        set_throttle(client, api_id)
        targets = {"REST API, stage": connection.get("/prod/fixed", apis.host(api_id))}
        for name, request in targets.items():
            results = [measured(server.traffic_port, request, 10) for _ in range(max(1, settings.rounds // 2))]
            admitted, exact, offered = (median(column) for column in zip(*results))
            error = max(abs(a - e) / e * 100 for a, e, _ in results)
            rows.append({PASS: name, SENT: offered, ADMITTED: admitted, EXACT: exact, ERROR: error, "rounds": results})
            goals.append(Goal(f"{name}: off by, % of the exact bucket", error, 1.0))
    return Report(
        f"Throttle: {OFFERED:,} requests/s offered for 10 s to {RATE:,}/s, burst {BURST}",
        [PASS, SENT, ADMITTED, EXACT, ERROR], rows, goals,
        notes=["the exact bucket is worked out from when each answer was awaited; off by: the worst round"])


def set_throttle(client, api_id):
    changes = {"/*/*/throttling/rateLimit": str(RATE), "/*/*/throttling/burstLimit": str(BURST)}
    client.update_stage(
        restApiId=api_id, stageName="prod",
        patchOperations=[{"op": "replace", "path": path, "value": value} for path, value in changes.items()])


def measured(port, request, seconds):
    """How many requests were admitted, how many the exact bucket admits of the same ones, and how many there were."""
    time.sleep(BURST / RATE + 0.2)
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    begin = time.monotonic()
    tokens, last, exact, offered, admitted = float(BURST), begin, 0, 0, 0
    while (now := time.monotonic()) - begin < seconds:
        due = int((now - begin) * OFFERED) - offered
        if due <= 0:
            time.sleep(0.0005)
            continue
        client = clients[offered % CONNECTIONS]
        client.sendall(request * due)
        admitted += answers(client, due)
        tokens = min(BURST, tokens + (now - last) * RATE)
        last = now
        passed = min(due, int(tokens))
        tokens -= passed
        exact += passed
        offered += due
    for client in clients:
        client.close()
    return admitted, exact, offered


def answers(client, count):
    """How many of `count` pipelined answers are 200; the others have to be 429."""
    received = b""
    while received.count(b"\r\n\r\n") < count or not ended(received, count):
        if not select.select([client], [], [], 10)[0]:
            raise Failed("no answer within 10 s")
        piece = client.recv(1 << 20)
        if not piece:
            raise Failed("the server closed the connection")
        received += piece
    passed, refused = received.count(b"HTTP/1.1 200 "), received.count(b"HTTP/1.1 429 ")
    if passed + refused != count:
        raise Failed(f"neither 200 nor 429:\n{received[:400].decode(errors='replace')}")
    return passed


def ended(received, count):
    """Whether `count` answers are whole."""
    position = 0
    for _ in range(count):
        end = received.find(b"\r\n\r\n", position)
        if end < 0:
            return False
        position = end + 4 + connection.content_length(received[position:end].lower())
        if position > len(received):
            return False
    return True
