"""Many calls at once for a function that has no environment: how many are answered, and when the last one is."""

import threading
import time

from harness import apis, connection, gateway
from harness.report import Goal, Report, median

COMPUTES = "0.4 s of init CPU"
BOTO3 = "import boto3"
INIT = {
    COMPUTES: "import time\nwhile time.process_time() < 0.4:\n    pass\n",
    BOTO3: "import boto3\nclient = boto3.client('dynamodb', region_name='us-east-1')\n",
}
HANDLER = "def handler(event, context):\n    return 'hello from a function'\n"
COUNTS = [60, 200, 500]
TIMEOUT = 3
LIMIT = 60


def run(settings):
    samples = {}
    with gateway.serving(settings.scratch, "--function-concurrency", "500") as gatehouse:
        clients = apis.clients(gatehouse.management)
        for _ in range(min(settings.rounds, 3)):
            for init, source in INIT.items():
                for count in COUNTS:
                    # A new function each time, so that it is cold.
                    name = f"burst-{len(samples)}-{count}-{time.monotonic_ns()}"
                    apis.create_function(clients, name, source + HANDLER, TIMEOUT)
                    samples.setdefault((init, count), []).append(burst(gatehouse, name, count))
                    clients.functions.delete_function(FunctionName=name)
    rows, goals = [], []
    for (init, count), rounds in samples.items():
        answered = min(answers for answers, _ in rounds)
        seconds = median([last for _, last in rounds])
        rows.append({"init": init, "calls": count, "answered, worst round": answered, "all answered after s": seconds,
                     "rounds": rounds})
        goals.append(Goal(f"{count} calls, {init}: not answered", float(count - answered), 0.0, binding=True))
    columns = ["init", "calls", "answered, worst round", "all answered after s"]
    return Report(f"Bursts of cold calls, time-out {TIMEOUT} s, all cores", columns, rows, goals)


def burst(gatehouse, name, count):
    """How many of the calls succeed, and after how many seconds the last one has its answer."""
    request = connection.post(f"/2015-03-31/functions/{name}/invocations", "localhost", b"{}")
    port = int(gatehouse.management.rsplit(":", 1)[1])
    barrier, lock = threading.Barrier(count + 1), threading.Lock()
    answered, ends = [0], []

    def call():
        with connection.Connection(port, timeout=LIMIT) as client:
            barrier.wait()
            answer = client.send(request)
            with lock:
                ends.append(time.perf_counter())
                answered[0] += answer.startswith(b"HTTP/1.1 200 ") and b"hello from a function" in answer

    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    barrier.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    return answered[0], (max(ends) if ends else begin) - begin
