"""A Python function through an API, warm, one client, against the runtime client by itself and against MiniStack."""

import os
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Callable

from harness import apis, connection, gateway, processes, requirements, runtime_api
from harness.report import Goal, Report, median

CALLS, WARM_UP = 1000, 200
MINISTACK_CALLS = 20
MINISTACK_PORT = 4598
PAUSE = 0.002
ONE_CORE, ALL_CORES, PAUSED = "one core us", "all cores us", "paused us"
ALONE, GATEHOUSE, MINISTACK = "runtime client alone", "through Gatehouse", "through MiniStack"


@dataclass
class Candidate:
    """A process that has the function, how to time calls of it (a count and a pause), and how many to make."""

    process: processes.Process
    timed: Callable
    calls: int = CALLS


def run(settings):
    python = requirements.python_with("awslambdaric", "FUNCTION_PYTHON", sys.executable)
    ministack_python = requirements.python_with("ministack", "MINISTACK_PYTHON")
    server_core, _ = requirements.cores()
    every_core = os.sched_getaffinity(0)
    samples = {}
    with ExitStack() as stack:
        runtime, process = stack.enter_context(runtime_api.running(settings.scratch, python))
        candidates = {ALONE: Candidate(process, lambda count, pause: time_runtime(runtime, count, pause))}
        gatehouse = stack.enter_context(gateway.serving(settings.scratch))
        through = caller(stack, gatehouse.management, gatehouse.traffic_port)
        candidates[GATEHOUSE] = Candidate(gatehouse.process, through)
        if ministack_python:
            process = stack.enter_context(ministack(settings.scratch, ministack_python))
            beside = caller(stack, f"http://127.0.0.1:{MINISTACK_PORT}", MINISTACK_PORT)
            candidates[MINISTACK] = Candidate(process, beside, MINISTACK_CALLS)
        for candidate in candidates.values():
            candidate.timed(min(WARM_UP, candidate.calls), 0)
        for _ in range(settings.rounds):
            for way, cores, pause in [
                (ONE_CORE, {server_core}, 0), (ALL_CORES, every_core, 0), (PAUSED, every_core, PAUSE),
            ]:
                for name, candidate in candidates.items():
                    candidate.process.confine(cores)
                    with processes.on_cores(cores):
                        samples.setdefault((name, way), []).append(candidate.timed(candidate.calls, pause))
    return report(samples, list(candidates))


def caller(stack, endpoint, port):
    """Times calls of the function through its API on the server of the endpoint, over a kept connection."""
    api_id = apis.create_function_api(apis.clients(endpoint))
    request = connection.get("/hello", apis.host(api_id))
    client = stack.enter_context(connection.Connection(port))
    connection.expect(client.send(request), 200, b"hello from a function")
    return lambda count, pause: time_calls(lambda: client.send(request), count, pause)


def time_calls(call, count, pause):
    """The median call in microseconds."""
    times = []
    for _ in range(count):
        if pause:
            time.sleep(pause)
        begin = time.perf_counter_ns()
        answer = call()
        times.append(time.perf_counter_ns() - begin)
        if not answer.startswith(b"HTTP/1.1 200 "):
            connection.expect(answer, 200)
    return median(times) / 1000


def time_runtime(runtime, count, pause):
    """As `time_calls`, for the runtime client alone. Back to back, a call lasts until the client asks for the next
    event, since only then can the next call begin; after a pause it has asked already, and a call lasts until the
    function's answer."""
    times = []
    for _ in range(count):
        if pause:
            time.sleep(pause)
        begin = time.perf_counter_ns()
        runtime.call()
        answered = time.perf_counter_ns()
        runtime.accept()
        runtime.wait_for_next()
        times.append((answered if pause else time.perf_counter_ns()) - begin)
    return median(times) / 1000


@contextmanager
def ministack(scratch, python):
    """MiniStack, with its functions in warm local processes as it comes."""
    environment = gateway.environment(
        GATEWAY_PORT=str(MINISTACK_PORT), BIND_HOST="127.0.0.1", LOG_LEVEL="ERROR", TMPDIR=str(scratch)
    )
    command = [python, "-m", "ministack"]
    with processes.listening(
        command, scratch / "ministack.log", MINISTACK_PORT, env=environment, cwd=scratch
    ) as process:
        yield process


def report(samples, names):
    ways = [ONE_CORE, ALL_CORES, PAUSED]
    middle = {key: median(values) for key, values in samples.items()}
    rows = [
        {"call": name}
        | {way: middle[name, way] for way in ways}
        | {"rounds": {way: samples[name, way] for way in ways}}
        for name in names
    ]
    added = {way: middle[GATEHOUSE, way] - middle[ALONE, way] for way in ways}
    rows.insert(2, {"call": "added by Gatehouse"} | added)
    goals = [Goal(f"added by Gatehouse, {way}", added[way], 150.0) for way in ways]
    notes = [
        "one core: client, gateway and function share it, which leaves out what waking another core costs;",
        "paused: on all cores, each call 2 ms after the last, when everything sleeps; otherwise calls are back to back",
    ]
    if MINISTACK in names:
        limit = middle[MINISTACK, ALL_CORES] / 30
        goals.append(Goal(f"whole call, {ALL_CORES}, a thirtieth of MiniStack's", middle[GATEHOUSE, ALL_CORES], limit))
    else:
        notes.append("MiniStack not measured: set MINISTACK_PYTHON to a Python that has it (pip install ministack)")
    return Report("A warm Python function through an API, one client, medians", ["call", *ways], rows, goals, notes)
