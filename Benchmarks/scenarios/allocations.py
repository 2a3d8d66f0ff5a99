"""Heap allocations per request of the whole gateway process, against the budgets of `budgets.json`."""

import json
import subprocess
from contextlib import contextmanager

from harness import apis, connection, gateway, peers, requirements
from harness.report import Goal, Report

PATH, REQUESTS, PER_REQUEST, BUDGET = "path", "requests", "allocations/request", "budget"


def run(settings):
    budgets = json.loads((requirements.BENCHMARKS / "budgets.json").read_text())
    compiled = compile_counter(settings.scratch)
    rows = []
    with counted_gateway(settings.scratch, compiled) as (gatehouse, count):
        aws = apis.clients(gatehouse.management)
        with peers.origin(settings.scratch, None):
            api_id = apis.create_proxy_api(aws)
            request = connection.get("/proxy", apis.host(api_id))
            rows.append(measure("GET through HTTP_PROXY", gatehouse, count, request, budgets["httpProxy"]))
        api_id = apis.create_function_api(aws)
        request = connection.get("/hello", apis.host(api_id))
        rows.append(measure("GET through a function", gatehouse, count, request, budgets["function"]))
    goals = [Goal(row[PATH], row[PER_REQUEST], row[BUDGET], binding=True) for row in rows]
    return Report("Allocations, one kept connection", [PATH, REQUESTS, PER_REQUEST, BUDGET], rows, goals)


def measure(path, gatehouse, count, request, budget):
    """The difference between N and 2N requests, over N: what a connection or a first request costs cancels out."""
    requests = budget["requests"]
    with connection.Connection(gatehouse.traffic_port) as client:
        connection.expect(client.send(request), 200, b"hello from")
        once = allocations(client, count, request, requests)
        twice = allocations(client, count, request, 2 * requests)
    return {
        PATH: path,
        REQUESTS: requests,
        PER_REQUEST: (twice - once) / requests,
        BUDGET: budget["allocationsPerRequest"],
    }


def allocations(client, count, request, requests):
    before = count()
    for _ in range(requests):
        client.send(request)
    return count() - before


def compile_counter(scratch):
    library = scratch / "counting_malloc.so"
    source = requirements.BENCHMARKS / "preload/counting_malloc.c"
    compiler = requirements.program("cc", "build-essential")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


@contextmanager
def counted_gateway(scratch, library):
    """A gateway whose allocations the yielded function tells. Functions are processes of their own: not counted."""
    counter = scratch / "allocations"
    counter.write_bytes(bytes(8))
    environment = gateway.environment(LD_PRELOAD=str(library), ALLOCATION_COUNTER=str(counter))
    log = str(scratch / "access.log")
    with gateway.serving(scratch, "--access-log", log, env=environment) as gatehouse:
        yield gatehouse, lambda: int.from_bytes(counter.read_bytes(), "little")
