"""What idle clients of a WebSocket API take of the memory."""

from harness import apis, gateway, processes, requirements, websocket
from harness.report import Goal, Report

# As many as the server takes where a process may have 20,000 descriptors; the clients are another process.
CLIENTS = 18_000
KIB = 12
STATE, EACH, ALL = "clients", "bytes each", "MiB in all"


def run(settings):
    server_core, load_core = requirements.cores()
    client = websocket.compiled("load/websocket.c", settings.scratch)
    with gateway.serving(settings.scratch, core=server_core) as gatehouse:
        server = websocket.server(gatehouse, websocket.create_api(apis.clients(gatehouse.management), "idle"))
        websocket.echo(client, server, 64, 1, load_core)
        before, _ = gatehouse.process.memory_kib()
        with websocket.connected(client, server, CLIENTS, load_core) as held:
            silent, _ = gatehouse.process.memory_kib()
            if len(set(held.ask())) != CLIENTS:
                raise processes.Failed("two clients have one id")
            heard, _ = gatehouse.process.memory_kib()
    rows = [
        {STATE: state, EACH: (after - before) * 1024 / CLIENTS, ALL: (after - before) / 1024}
        for state, after in (("connected", silent), ("each has had one answer", heard))
    ]
    return Report(
        f"{CLIENTS:,} idle WebSocket clients: resident memory more than before, one loop, TLS off", [STATE, EACH, ALL],
        rows, goals=[Goal(f"{row[STATE]}: KiB each", row[EACH] / 1024, KIB) for row in rows])  # fmt: skip
