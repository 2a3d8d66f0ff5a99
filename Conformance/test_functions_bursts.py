"""Many calls at once for a function that has no environment yet."""

import json
from concurrent.futures import ThreadPoolExecutor

from harness import wire

# Starting costs processor time, as importing a package does; nothing is waited for.
COMPUTES_AT_START = """
import os, time
while time.process_time() < 0.4: pass

def handler(event, context):
    return os.getpid()
"""


def burst(server, target, count):
    path = f"/2015-03-31/functions/{target.name}/invocations"

    def call(_):
        return wire.fetch(server.management, "POST", path, "localhost", body=b"{}", timeout=60)

    with ThreadPoolExecutor(max_workers=count) as workers:
        return list(workers.map(call, range(count)))


def test_a_burst_of_cold_calls_is_answered(gatehouse, function):
    target = function(COMPUTES_AT_START, Timeout=3)
    answers = burst(gatehouse, target, 60)
    assert [answer.status for answer in answers] == [200] * 60
    assert not any(answer.header("x-amz-function-error") for answer in answers)
    assert all(isinstance(json.loads(answer.body), int) for answer in answers)
