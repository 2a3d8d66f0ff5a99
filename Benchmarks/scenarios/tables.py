"""Items of 1 KB through boto3, against moto's server and against a server that answers at once, which leaves boto3's own
time; the server's own CPU per GetItem; a Query in a small and a large table."""

import json
import time
from contextlib import ExitStack, contextmanager

from harness import apis, connection, gateway, load, peers, processes, requirements
from harness.report import Goal, Report, median

TABLE = "items"
MOTO_PORT = 4597
CALLS = 400
CPU_CALLS = 20_000
PAGE = 100
SMALL, LARGE = 1_000, 1_000_000
WRITERS = 25
GET, PUT, DURABLE_PUT = "GetItem", "PutItem", "PutItem, durable"
GATEHOUSE, MOTO, CLIENT = "Gatehouse", "moto", "boto3 alone"
CONNECTIONS = 16
ITEM = {"pk": {"S": "user#1"}, "sk": {"S": "order#1"}, "text": {"S": "x" * 980}}
KEY = {"pk": ITEM["pk"], "sk": ITEM["sk"]}


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    moto_python = requirements.python_with("moto", "MOTO_PYTHON")
    server_core, client_core = requirements.cores()
    samples, cpu, loaded = {}, [], []
    with ExitStack() as stack:
        gatehouse = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        stack.enter_context(peers.fixed_table(settings.scratch, server_core))
        stack.enter_context(processes.on_cores({client_core}))
        clients = {
            GATEHOUSE: dynamodb(gatehouse.management), CLIENT: dynamodb(f"http://127.0.0.1:{peers.FIXED_TABLE_PORT}"),
        }
        if moto_python:
            stack.enter_context(moto(settings.scratch, moto_python, server_core))
            clients[MOTO] = dynamodb(f"http://127.0.0.1:{MOTO_PORT}")
        for name, client in clients.items():
            if name != CLIENT:
                create_table(client)
            client.put_item(TableName=TABLE, Item=ITEM)
        for _ in range(settings.rounds):
            for name, client in clients.items():
                time_into(samples, (GET, name), lambda: client.get_item(TableName=TABLE, Key=KEY))
                time_into(samples, (PUT, name), lambda: client.put_item(TableName=TABLE, Item=ITEM))
            cpu.append(cpu_per_get(gatehouse))
            loaded.append(cpu_per_get_under_load(gatehouse, settings, client_core))
        queries = query_times(clients[GATEHOUSE], settings)
    with durable(settings.scratch, server_core) as management:
        client = dynamodb(management)
        create_table(client)
        for _ in range(settings.rounds):
            time_into(samples, (DURABLE_PUT, GATEHOUSE), lambda: client.put_item(TableName=TABLE, Item=ITEM))
    return report(samples, cpu, loaded, queries, list(clients))


def report(samples, cpu, loaded, queries, names):
    rows = [
        {"call": call} | {f"{name} us": median(samples[call, name]) if (call, name) in samples else None
                          for name in names}
        for call in (GET, PUT, DURABLE_PUT)
    ]
    rows += [{"call": f"Query of {PAGE} among {size:,}", f"{GATEHOUSE} us": median(times)}
             for size, times in queries.items()]
    goals = [
        Goal(f"server's CPU per GetItem, {CONNECTIONS} connections, us", median(loaded), 40.0),
        Goal("server's CPU per GetItem, one client that waits for each answer, us", median(cpu), 40.0),
        Goal(f"Query among {LARGE:,} over one among {SMALL:,}", median(queries[LARGE]) / median(queries[SMALL]), 1.1),
    ]
    if MOTO in names:
        for call in (GET, PUT):
            ours, theirs, client = (median(samples[call, name]) for name in (GATEHOUSE, MOTO, CLIENT))
            goals.append(Goal(f"{call} through boto3, share of moto's time", ours / theirs, 0.2))
            goals.append(
                Goal(f"{call}, the same without boto3's own time", (ours - client) / (theirs - client), 0.2))
    return Report("Tables: items of 1 KB over loopback", ["call", *(f"{name} us" for name in names)], rows, goals)


def time_into(samples, key, call):
    times = []
    for _ in range(CALLS):
        begin = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - begin)
    samples.setdefault(key, []).append(median(times) / 1000)


def cpu_per_get(gatehouse):
    """Microseconds of the server's processor time per GetItem, requests written as a client's bytes."""
    body = json.dumps({"TableName": TABLE, "Key": KEY}).encode()
    request = post("GetItem", body)
    with connection.Connection(gateway.MANAGEMENT_PORT) as client:
        connection.expect(client.send(request), 200)
        begin = gatehouse.process.cpu_seconds()
        for _ in range(CPU_CALLS):
            client.send(request)
        return (gatehouse.process.cpu_seconds() - begin) / CPU_CALLS * 1e6


def cpu_per_get_under_load(gatehouse, settings, core):
    """The same with several clients at once: then the server is not put to sleep and woken for every request."""
    body = json.dumps({"TableName": TABLE, "Key": KEY})
    script = (requirements.BENCHMARKS / "load" / "post.lua", "GetItem", body)
    target = load.Target(gateway.MANAGEMENT_PORT, "/", {}, script)
    return load.measured(gatehouse.process, target, CONNECTIONS, settings.seconds, core)[1]


def query_times(client, settings):
    """Microseconds per Query of a page in the middle of a partition, by the partition's size; one list entry per round.
    The two sizes take turns."""
    samples = {}
    with connection.Connection(gateway.MANAGEMENT_PORT) as asking:
        requests = {size: filled(client, asking, size) for size in (SMALL, LARGE)}
        for request in requests.values():
            connection.expect(asking.send(request), 200)
        for _ in range(settings.rounds):
            for size, request in requests.items():
                time_into(samples, size, lambda: asking.send(request))
    return samples


def filled(client, writer, size):
    """Makes a table with one partition of so many items; answers the query."""
    table = f"query{size}"
    create_table(client, table)
    for start in range(0, size, WRITERS):
        puts = [{"PutRequest": {"Item": {"pk": {"S": "one"}, "sk": {"S": f"{n:08}"}, "text": {"S": "x" * 100}}}}
                for n in range(start, start + WRITERS)]
        writer.send(post("BatchWriteItem", json.dumps({"RequestItems": {table: puts}}).encode()))
    return post("Query", json.dumps({
        "TableName": table, "KeyConditionExpression": "pk = :p AND sk >= :s", "Limit": PAGE,
        "ExpressionAttributeValues": {":p": {"S": "one"}, ":s": {"S": f"{size // 2:08}"}},
    }).encode())


def post(operation, body):
    head = (f"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: DynamoDB_20120810.{operation}\r\n"
            f"content-type: application/x-amz-json-1.0\r\ncontent-length: {len(body)}\r\n\r\n")
    return head.encode() + body


def dynamodb(endpoint):
    return apis.client(endpoint, "dynamodb")


def create_table(client, name=TABLE):
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                              {"AttributeName": "sk", "AttributeType": "S"}],
    )


@contextmanager
def moto(scratch, python, core):
    command = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(MOTO_PORT)]
    with processes.listening(command, scratch / "moto.log", MOTO_PORT, core=core, env=gateway.environment(),
                             cwd=scratch) as process:
        yield process


@contextmanager
def durable(scratch, core):
    """`gatehouse serve` with a folder: every write is on the disk before it is answered."""
    processes.check_free(gateway.MANAGEMENT_PORT, gateway.TRAFFIC_PORT)
    log = scratch / "durable.log"
    command = gateway.command("serve", "--data", str(scratch / "data"), "--loops", "1")
    with processes.started(command, log, core=core, env=gateway.environment(), cwd=scratch) as process:
        processes.wait_until(lambda: gateway.printed(log, r"^ready\b"), process, "`ready` on standard output")
        yield gateway.printed(log, r"^management\s+(http://\S+)").group(1)
