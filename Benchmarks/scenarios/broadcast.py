"""One POST to a group of 10,000 WebSocket clients, against a C loop of `write`, and against a post for each of them."""

import time
from contextlib import ExitStack, contextmanager

from harness import apis, connection, gateway, peers, processes, requirements, websocket
from harness.report import Goal, Report, median

CLIENTS, LENGTH = 10_000, 200
GROUP = "everybody"
# Each takes about a millisecond; the goal is about as many as there are clients.
POSTS = 1_000
# Every client joins by the answer to its `$connect`.
CONNECT = f"""
def handler(event, context):
    return {{"statusCode": 200, "headers": {{"x-gatehouse-groups": "{GROUP}"}}}}
"""
WAY, RATE, LAST, SPREAD, RATIO = "way", "deliveries/s", "last after ms", "spread ms", "x write"
LOOP, GATEHOUSE, SINGLE = "C, a loop of write", "Gatehouse, one POST", "Gatehouse, a post each by boto3"


def run(settings):
    server_core, load_core = requirements.cores()
    client = websocket.compiled("load/websocket.c", settings.scratch)
    with ExitStack() as stack:
        loop = stack.enter_context(write_loop(settings.scratch, server_core))
        held = stack.enter_context(websocket.connected(client, loop.server, CLIENTS, load_core))
        ways = {LOOP: (held, loop.write)}
        gatehouse = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        aws = apis.clients(gatehouse.management)
        join = apis.create_function(aws, "join", CONNECT)
        server = websocket.server(gatehouse, websocket.create_api(aws, "broadcast", connect=join))
        held = stack.enter_context(websocket.connected(client, server, CLIENTS, load_core))
        ids = held.ask()
        ways[GATEHOUSE] = (held, poster(stack, gatehouse, server))
        samples = {name: [] for name in ways}
        for turn in range(settings.rounds + 1):
            for name in sorted(ways, reverse=turn % 2 == 1):
                sample = delivered(*ways[name])
                # The first round fills buffers that stay.
                if turn > 0:
                    samples[name].append(sample)
        samples[SINGLE] = [singly(held, gatehouse, server, ids[:POSTS], load_core)]
    return report(samples)


def delivered(held, send):
    """How long the message took to the last client from its beginning, and from the first one, in seconds."""
    held.expect(CLIENTS)
    begin = time.monotonic()
    send()
    first, last = held.received()
    return {"clients": CLIENTS, "seconds": last - begin, "spread": last - first}


def poster(stack, gatehouse, server):
    client = stack.enter_context(connection.Connection(gatehouse.traffic_port))
    path = f"{server.target}/@connections/groups/{GROUP}"
    endpoint = f"http://{server.host}"
    request = apis.signed_request(endpoint, "POST", path, "x" * (LENGTH - 2), service="execute-api")

    def send():
        connection.expect(client.send(request), 200, f'{{"delivered":{CLIENTS},"gone":0,"slow":0}}'.encode())

    return send


def singly(held, gatehouse, server, ids, core):
    """The same message to one client after the other, as it is done on AWS."""
    endpoint = f"http://127.0.0.1:{gatehouse.traffic_port}/_aws/execute-api/{server.host.split('.')[0]}{server.target}"
    callbacks = apis.client(endpoint, "apigatewaymanagementapi")
    held.expect(len(ids))
    with processes.on_cores({core}):
        begin = time.monotonic()
        for id in ids:
            callbacks.post_to_connection(ConnectionId=id, Data=b"x" * LENGTH)
        first, last = held.received()
    return {"clients": len(ids), "seconds": last - begin, "spread": last - first}


class Loop:
    def __init__(self, process):
        self.process = process
        self.server = websocket.Server(process, peers.WRITE_LOOP_PORT)

    def write(self):
        self.process.popen.stdin.write(b"write\n")
        self.process.popen.stdin.flush()


@contextmanager
def write_loop(scratch, core):
    program = websocket.compiled("peers/write_loop.c", scratch)
    command = [program, str(peers.WRITE_LOOP_PORT), str(LENGTH)]
    with processes.listening(command, scratch / "write_loop.log", peers.WRITE_LOOP_PORT, core=core, piped=True) as process:
        yield Loop(process)


def report(samples):
    rate = {name: median(one["clients"] / one["seconds"] for one in rounds) for name, rounds in samples.items()}
    rows = [
        {
            WAY: name, RATE: rate[name], RATIO: rate[name] / rate[LOOP],
            LAST: median(one["seconds"] for one in rounds) * 1000,
            SPREAD: median(one["spread"] for one in rounds) * 1000,
            "rounds": rounds,
        }
        for name, rounds in samples.items()
    ]  # fmt: skip
    goals = [
        Goal(f"{LOOP}: deliveries/s, x {GATEHOUSE}", rate[LOOP] / rate[GATEHOUSE], 1 / 0.7),
        Goal(f"{SINGLE}: deliveries/s, x one POST", rate[SINGLE] / rate[GATEHOUSE], 1 / 20),
    ]
    notes = [
        "from the beginning of the POST, or of the loop, until the last of all clients has read the message;",
        f"boto3: {POSTS:,} posts measured, not {CLIENTS:,}; last and spread are theirs",
    ]
    title = f"{LENGTH} bytes to {CLIENTS:,} WebSocket clients, one core, clients on another"
    return Report(title, [WAY, RATE, RATIO, LAST, SPREAD], rows, goals, notes)
