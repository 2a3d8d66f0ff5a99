"""From exec to the first answer, for `serve` and for `up`, and what `serve` holds in memory when idle."""

import socket
import time
from urllib.parse import urlsplit

from harness import connection, gateway, processes, requirements
from harness.report import Goal, Report, median

IDLE_SECONDS = 1.0
TEMPLATE = requirements.BENCHMARKS.parent / "Examples/products/template.yaml"
MEASURE, VALUE, WORST = "measure", "median", "worst"


def run(settings):
    server_core, client_core = requirements.cores()
    if not TEMPLATE.exists():
        raise requirements.Unavailable(f"{TEMPLATE} is not there")
    serve, memory, up = [], [], []
    for _ in range(settings.rounds):
        with processes.on_cores({client_core}):
            elapsed, sizes = serve_once(settings.scratch, server_core)
        serve.append(elapsed)
        memory.append(sizes)
        up.append(up_once(settings.scratch))
    resident, proportional = ([size / 1024 for size in sizes] for sizes in zip(*memory))
    rows = [
        row("serve: exec to first answer, ms", serve),
        row("serve: resident when idle, MiB", resident),
        row("serve: proportional (Pss) when idle, MiB", proportional),
        row("up: exec to first answer of the products function, ms", up),
    ]
    goals = [
        Goal("serve answers, ms", median(serve), 50.0),
        Goal("serve's idle resident memory, MiB", median(resident), 40.0),
        Goal("up answers, ms", median(up), 1000.0),
    ]
    return Report("Start and idle memory", [MEASURE, VALUE, WORST], rows, goals)


def row(name, values):
    return {MEASURE: name, VALUE: median(values), WORST: max(values), "rounds": values}


def serve_once(scratch, core):
    """Milliseconds until the management listener answers, and the memory after a moment of rest."""
    processes.check_free(gateway.MANAGEMENT_PORT, gateway.TRAFFIC_PORT)
    command = gateway.command("serve", "--in-memory")
    request = connection.get("/v2/apis", "localhost")
    begin = time.perf_counter()
    with processes.started(
        command, scratch / "serve.log", core=core, env=gateway.environment(), cwd=scratch
    ) as process:
        with connect_soon(gateway.MANAGEMENT_PORT, process) as client:
            answer = client.send(request)
            elapsed = time.perf_counter() - begin
        if not answer.startswith(b"HTTP/1.1 "):
            raise processes.Failed(f"no HTTP answer: {answer[:200]!r}")
        time.sleep(IDLE_SECONDS)
        return elapsed * 1000, process.memory_kib()


def connect_soon(port, process):
    """Tries to connect without a pause, as the measured time would otherwise be the pause's."""
    deadline = time.monotonic() + processes.START_LIMIT
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return connection.Connection(port)
        process.check_alive()
    raise processes.Failed(f"nothing listens on port {port} after {processes.START_LIMIT:.0f} s")


def up_once(scratch):
    """Milliseconds until the template's API lists the products through its function, with all cores for it, as a
    developer has them."""
    processes.check_free(gateway.MANAGEMENT_PORT, gateway.TRAFFIC_PORT)
    log = scratch / "up.log"
    listed = r"(http://\S+/products)(?=\s|$)"
    begin = time.perf_counter()
    with processes.started(
        gateway.command("up", str(TEMPLATE)), log, env=gateway.environment(), cwd=scratch
    ) as process:
        processes.wait_until(lambda: gateway.printed(log, listed), process, "printing the URL of /products")
        url = urlsplit(gateway.printed(log, listed).group(1))
        with connect_soon(url.port or 80, process) as client:
            answer = client.send(connection.get(url.path, url.netloc))
            elapsed = time.perf_counter() - begin
        connection.expect(answer, 200)
        return elapsed * 1000
