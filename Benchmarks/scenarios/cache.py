"""GETs that a stage's cache answers, by one loop and by two, and what a million keys take of the memory."""

import re
import urllib.request
from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, processes, requirements
from harness.report import Goal, Report, median

CONNECTIONS = 64
# So many that each loop owns some and knows some of the other's.
SPREAD = 1_000
MANY = 1_000_000
MEMORY_MIB = 64
# What the process takes for other things while it serves so many: buffers, the allocator's own.
SLACK_MIB = 16
CPU, RATIO, P99, RATE = "us CPU/request", "x nginx", "p99 us", "requests/s"
FIXED = "nginx, return 200"
ONE, TWO, CROSSING = "one key, one loop", "one key, two loops", f"{SPREAD:,} keys, two loops"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    samples = {}
    with ExitStack() as stack:
        fixed = stack.enter_context(peers.fixed_answer(settings.scratch, server_core))
        for loops, names in ((1, [ONE]), (2, [TWO, CROSSING])):
            with gateway.serving(settings.scratch, core=server_core, loops=loops) as gatehouse:
                candidates = {FIXED: (fixed, load.Target(peers.FIXED_PORT, "/", {}))} | targets(gatehouse, names)
                for process, target in candidates.values():
                    load.measured(process, target, CONNECTIONS, 1, load_core)
                for turn in range(settings.rounds):
                    for name in sorted(candidates, reverse=turn % 2 == 1):
                        process, target = candidates[name]
                        samples.setdefault(name, []).append(
                            load.measured(process, target, CONNECTIONS, settings.seconds, load_core)
                        )
                hits, misses = hits_and_misses(gatehouse)
                if misses > 2 * SPREAD or hits < 10 * misses:
                    raise processes.Failed(f"{hits} hits and {misses} misses")
        memory = distinct(settings, server_core, load_core)
    return report(samples, memory)


def targets(gatehouse, names):
    host = apis.host(create_cached_api(gatehouse))
    with connection.Connection(gatehouse.traffic_port) as client:
        connection.expect(client.send(connection.get("/prod/cached?q=1", host=host)), 200, b"hello from the cache")
    keys = requirements.BENCHMARKS / "load/keys.lua"
    headers = {"Host": host}
    return {
        name: (
            gatehouse.process,
            load.Target(gatehouse.traffic_port, "/", headers, (keys, "/prod/cached?q=", SPREAD))
            if name == CROSSING
            else load.Target(gatehouse.traffic_port, "/prod/cached?q=1", headers),
        )
        for name in names
    }


def create_cached_api(gatehouse):
    """`GET /cached` with one query parameter as its key."""
    client = apis.client(gatehouse.management, "apigateway")
    api = client.create_rest_api(name="cached")
    at = {"restApiId": api["id"]}
    resource = client.create_resource(**at, parentId=api["rootResourceId"], pathPart="cached")["id"]
    method = {**at, "resourceId": resource, "httpMethod": "GET"}
    key = "method.request.querystring.q"
    client.put_method(**method, authorizationType="NONE", requestParameters={key: False})
    client.put_integration(
        **method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, cacheKeyParameters=[key]
    )
    client.put_method_response(**method, statusCode="200")
    client.put_integration_response(
        **method, statusCode="200",
        responseTemplates={"application/json": '{"message":"hello from the cache","ok":true}'},
    )  # fmt: skip
    client.create_deployment(**at, stageName="prod", cacheClusterEnabled=True, cacheClusterSize="0.5")
    changes = {
        "/*/*/caching/enabled": "true",
        "/*/*/caching/ttlInSeconds": "3600",
        "/*/*/metrics/enabled": "true",
        # A setting has the account's limits unless it says otherwise.
        "/*/*/throttling/rateLimit": "1000000",
        "/*/*/throttling/burstLimit": "100000",
    }
    patches = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
    client.update_stage(**at, stageName="prod", patchOperations=patches)
    return api["id"]


def distinct(settings, server_core, load_core):
    """By how many MiB the process grows while a million keys come, each once."""
    options = ("--cache-memory", str(MEMORY_MIB))
    with gateway.serving(settings.scratch, *options, core=server_core, loops=2) as gatehouse:
        host = apis.host(create_cached_api(gatehouse))
        keys = requirements.BENCHMARKS / "load/keys.lua"

        def ask(first, count, seconds):
            script = (keys, "/prod/cached?q=", count, first)
            target = load.Target(gatehouse.traffic_port, "/", {"Host": host}, script)
            load.wrk(target, CONNECTIONS, seconds, load_core)
            return hits_and_misses(gatehouse)[1]

        misses = ask(0, 1, 1)
        before, _ = gatehouse.process.memory_kib()
        # Each run begins behind the keys of those before.
        first = 0
        while misses < MANY:
            first += MANY
            misses = ask(first, 100 * MANY, settings.seconds)
        after, _ = gatehouse.process.memory_kib()
    return (after - before) / 1024


def hits_and_misses(gatehouse):
    with urllib.request.urlopen(f"{gatehouse.management}/_gatehouse/metrics") as answer:
        metrics = answer.read().decode()
    return tuple(
        sum(int(count) for count in re.findall(rf"^apigateway_cache_{kind}_total\S* (\d+)$", metrics, re.MULTILINE))
        for kind in ("hit", "miss")
    )


def report(samples, memory):
    def middle(name, value):
        return median(value(load, cpu) for load, cpu in samples[name])

    cost = {name: middle(name, lambda _, cpu: cpu) for name in samples}
    rows = []
    for name in (FIXED, ONE, TWO, CROSSING):
        rows.append({
            "server": name,
            CPU: cost[name],
            RATIO: cost[name] / cost[FIXED],
            P99: middle(name, lambda load, _: load.p99_us),
            RATE: middle(name, lambda load, _: load.rate),
            "rounds": [vars(load) | {"cpu_us": cpu} for load, cpu in samples[name]],
        })
    goals = [Goal(f"{name}: CPU per request, x nginx", cost[name] / cost[FIXED], 1.3) for name in (ONE, TWO, CROSSING)]
    goals.append(Goal(f"MiB more after {MANY:,} keys", memory, MEMORY_MIB + SLACK_MIB, binding=True))
    return Report(
        f"Cached GET of a REST API, {CONNECTIONS} connections, one core for all loops",
        ["server", CPU, RATIO, P99, RATE], rows, goals,
        notes=["two loops: half of the hits are on keys that the other loop owns"],
    )  # fmt: skip
