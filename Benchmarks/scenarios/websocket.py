"""Messages of a WebSocket API that are answered in process, against SwiftNIO's WebSocket by itself and other servers' echo."""

import os
import re
from contextlib import ExitStack

from harness import apis, gateway, peers, requirements, websocket
from harness.processes import Failed
from harness.report import Goal, Report, median

CLIENTS = 64
CPU, RATIO, RATE, P99, P50 = "us CPU/message", "x NIO", "messages/s of a core", "p99 us", "p50 us"
REFERENCE = "SwiftNIO, echo"
GATEHOUSE, LOGGED = "Gatehouse, MOCK", "Gatehouse, access log and metrics"


def run(settings):
    server_core, load_core = requirements.cores()
    client = websocket.compiled("load/websocket.c", settings.scratch)
    samples = {}
    with ExitStack() as stack:
        candidates = start(stack, settings.scratch, server_core)
        names = list(candidates)
        for name, server in candidates.items():
            echoes, _ = websocket.echo(client, server, CLIENTS, 1, load_core)
            check(name, echoes.answer)
        for turn in range(settings.rounds):
            # Each round begins with another candidate, so that none always follows the same one.
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                sample = websocket.echo(client, candidates[name], CLIENTS, settings.seconds, load_core)
                samples.setdefault(name, []).append(sample)
    return report(samples)


def start(stack, scratch, core):
    """The candidates by name. All stay up, idle while another is measured."""
    gatehouse = stack.enter_context(gateway.serving(scratch, "--access-log", str(scratch / "access.log"), core=core))
    aws = apis.clients(gatehouse.management)
    candidates = {REFERENCE: websocket.Server(stack.enter_context(peers.nio_echo(scratch, core)), peers.NIO_PORT)}
    for name, settings in ((GATEHOUSE, {}), (LOGGED, logged())):
        candidates[name] = websocket.server(gatehouse, websocket.create_api(aws, "echo", **settings))
    python = os.environ.get("WEBSOCKET_PYTHON")
    others = [("Node ws", peers.node_echo(scratch, core), peers.NODE_PORT)]
    others += [(library, peers.python_echo(scratch, python, library, core), port)
               for library, port in peers.PYTHON_PORTS.items()]  # fmt: skip
    for name, optional, port in others:
        if optional:
            candidates[name] = websocket.Server(stack.enter_context(optional), port)
    return candidates


def logged():
    group = f"arn:aws:logs:{apis.REGION}:{apis.ACCOUNT}:log-group:/benchmark/echo"
    fields = '{"id":"$context.requestId","route":"$context.routeKey","status":"$context.status","at":"$context.requestTime"}'
    return {
        "AccessLogSettings": {"DestinationArn": group, "Format": fields},
        "DefaultRouteSettings": {"DetailedMetricsEnabled": True},
    }


def check(name, answer):
    wanted = r'"[A-Za-z0-9_=-]{16}"' if "Gatehouse" in name else re.escape(websocket.MESSAGE)
    if not re.fullmatch(wanted, answer):
        raise Failed(f"{name} answers {answer}")


def report(samples):
    cost = {name: median(cpu for _, cpu in rounds) for name, rounds in samples.items()}
    rows = [
        {
            "server": name, CPU: cost[name], RATIO: cost[name] / cost[REFERENCE], RATE: 1e6 / cost[name],
            P99: median(echoes.p99_us for echoes, _ in rounds), P50: median(echoes.p50_us for echoes, _ in rounds),
            "rounds": [vars(echoes) | {"cpu_us": cpu} for echoes, cpu in rounds],
        }
        for name, rounds in samples.items()
    ]  # fmt: skip
    goals = [Goal(f"{GATEHOUSE}: CPU per message, x NIO", cost[GATEHOUSE] / cost[REFERENCE], 1 / 0.7)]
    notes = [f"{len(websocket.MESSAGE)} bytes each way; Gatehouse finds the route in the body and renders {websocket.ANSWER}"]
    for name in set(cost) - {REFERENCE, GATEHOUSE, LOGGED}:
        notes.append(f"Gatehouse's messages/s of a core are {cost[name] / cost[GATEHOUSE]:.2f} times those of {name}")
    if missing := sorted(set(peers.PYTHON_PORTS) - set(cost)):
        notes.append(f"{', '.join(missing)} not measured: set WEBSOCKET_PYTHON to a Python with them")
    if "Node ws" not in cost:
        notes.append("Node's ws not measured: apt-get install nodejs node-ws")
    return Report(f"Messages of {CLIENTS} WebSocket clients, one under way each, one core",
                  ["server", CPU, RATIO, RATE, P99, P50], rows, goals, notes)  # fmt: skip
