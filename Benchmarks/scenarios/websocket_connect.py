"""How long a client waits for its WebSocket connection while a warm Python function decides about it."""

import os
import time

from harness import apis, connection, gateway, processes, requirements, websocket
from harness.report import Goal, Report, median

# Fewer a second than AWS lets in, which is enforced: each waits for the one before, and the next begins after a pause.
HANDSHAKES, WARM_UP = 300, 50
PAUSE = 0.002
FUNCTION = "def handler(event, context):\n    return {'statusCode': 200}\n"
DECIDED, OPEN = "$connect by a function", "no $connect route"
WHO, ONE_CORE, ALL_CORES = "handshake", "one core us", "all cores us"


def run(settings):
    server_core, _ = requirements.cores()
    every_core = os.sched_getaffinity(0)
    samples = {}
    with gateway.serving(settings.scratch) as gatehouse:
        aws = apis.clients(gatehouse.management)
        decide = apis.create_function(aws, "decide", FUNCTION)
        servers = {
            OPEN: websocket.server(gatehouse, websocket.create_api(aws, "open")),
            DECIDED: websocket.server(gatehouse, websocket.create_api(aws, "decided", connect=decide)),
        }
        for server in servers.values():
            timed(server, WARM_UP)
        for _ in range(settings.rounds):
            for way, cores in ((ONE_CORE, {server_core}), (ALL_CORES, every_core)):
                gatehouse.process.confine(cores)
                with processes.on_cores(cores):
                    for name, server in servers.items():
                        samples.setdefault((name, way), []).append(timed(server, HANDSHAKES))
    return report(samples)


def timed(server, count):
    """The median from before TCP's connect to the whole 101, in microseconds."""
    request = connection.get(
        server.target, server.host, Upgrade="websocket", Connection="Upgrade",
        **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})  # fmt: skip
    times = []
    for _ in range(count):
        time.sleep(PAUSE)
        begin = time.perf_counter_ns()
        with connection.Connection(server.port) as client:
            answer = client.send(request)
            times.append(time.perf_counter_ns() - begin)
        connection.expect(answer, 101, b"s3pplmbitxaq9kygzzhzrbk+xoo=")
    return median(times) / 1000


def report(samples):
    middle = {key: median(values) for key, values in samples.items()}
    rows = [
        {WHO: name, "rounds": {way: samples[name, way] for way in (ONE_CORE, ALL_CORES)}}
        | {way: middle[name, way] for way in (ONE_CORE, ALL_CORES)}
        for name in (OPEN, DECIDED)
    ]
    goals = [Goal(f"{DECIDED}, {way}", middle[DECIDED, way], 3_000.0) for way in (ONE_CORE, ALL_CORES)]
    notes = ["one client after the other, 2 ms between them; TCP's connect is part of it"]
    return Report("The opening handshake of a WebSocket API, medians", [WHO, ONE_CORE, ALL_CORES], rows, goals, notes)
