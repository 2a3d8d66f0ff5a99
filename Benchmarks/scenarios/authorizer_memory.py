"""What the kept answers of a function authorizer take of the memory."""

from contextlib import ExitStack

from harness import apis, authorizers, gateway, peers, requirements
from harness.report import Goal, Report

FIRST, MANY = 1_000, 100_000
# `LoopAuthorizers.limit`.
MEMORY_MIB = 160


def run(settings):
    requirements.program("nginx", "nginx")
    server_core, load_core = requirements.cores()
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        server = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        host = apis.host(authorizers.create_api(apis.clients(server.management)))
        authorizers.check(server.traffic_port, host)
        authorizers.ask(server.traffic_port, host, range(FIRST))
        before, _ = server.process.memory_kib()
        authorizers.ask(server.traffic_port, host, range(FIRST, FIRST + MANY))
        after, _ = server.process.memory_kib()
    more = (after - before) / 1024
    return Report(
        "Function authorizer, memory of one loop", ["identities kept", "MiB more", "bytes each"],
        [{"identities kept": MANY, "MiB more": more, "bytes each": more * 1024 * 1024 / MANY}],
        goals=[Goal(f"MiB more after {MANY:,} identities", more, MEMORY_MIB, binding=True)])
