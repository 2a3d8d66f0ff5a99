"""HTTP_PROXY through a route with CORS, access log and metrics on, against other proxies to the same origin."""

from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, processes, requirements
from harness.report import Goal, Report, median

CONNECTIONS = 64
CPU, RATIO, P99, P50, RATE = "us CPU/request", "x nginx", "p99 us", "p50 us", "requests/s"
REFERENCE = "nginx, plain proxy"


def run(settings):
    requirements.program("nginx", "nginx")
    requirements.program("wrk", "wrk")
    server_core, load_core = requirements.cores()
    log = settings.scratch / "access.log"
    samples = {}
    with ExitStack() as stack:
        candidates = start(stack, settings.scratch, log, server_core, load_core)
        names = list(candidates)
        for process, target in candidates.values():
            load.measured(process, target, CONNECTIONS, 1, load_core)
        for turn in range(settings.rounds):
            # Each round begins with another candidate, so that none always follows the same one.
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                process, target = candidates[name]
                samples.setdefault(name, []).append(
                    load.measured(process, target, CONNECTIONS, settings.seconds, load_core)
                )
    check_log(log, sum(sample.requests for name in samples if "Gatehouse" in name for sample, _ in samples[name]))
    return report(samples)


def start(stack, scratch, log, server_core, load_core):
    """The candidates by name: the process to measure and its target. All stay up, idle while another is measured."""
    stack.enter_context(peers.origin(scratch, load_core))
    nginx = stack.enter_context(peers.plain_proxy(scratch, server_core))
    gatehouse = stack.enter_context(gateway.serving(scratch, "--access-log", str(log), core=server_core))
    host = apis.host(apis.create_proxy_api(apis.clients(gatehouse.management)))
    plain, cross_origin = {"Host": host}, {"Host": host, "Origin": apis.ALLOWED_ORIGIN}
    candidates = {
        REFERENCE: (nginx, load.Target(peers.NGINX_PORT, "/proxy", plain)),
        "Gatehouse": (gatehouse.process, load.Target(gatehouse.traffic_port, "/proxy", plain)),
        "Gatehouse, Origin sent": (gatehouse.process, load.Target(gatehouse.traffic_port, "/proxy", cross_origin)),
    }
    for name, optional, port in [
        ("HAProxy", peers.haproxy(scratch, server_core), peers.HAPROXY_PORT),
        ("Envoy", peers.envoy(scratch, server_core), peers.ENVOY_PORT),
    ]:
        if optional:
            candidates[name] = (stack.enter_context(optional), load.Target(port, "/proxy", plain))
    for name, (_, target) in candidates.items():
        check_answer(name, target)
    return candidates


def check_answer(name, target):
    parts = [b"hello from upstream"]
    if "Gatehouse" in name:
        parts.append(b"\r\napigw-requestid:")
    if "Origin" in target.headers:
        parts.append(b"\r\naccess-control-allow-origin:")
    with connection.Connection(target.port) as client:
        connection.expect(client.send(connection.get(target.path, **lowered(target.headers))), 200, *parts)


def lowered(headers):
    return {name.lower(): value for name, value in headers.items()}


def check_log(log, requests):
    """The access log has to have been written, or the figure is of something else."""
    with open(log, "rb") as lines:
        written = sum(1 for _ in lines)
    if written < requests:
        raise processes.Failed(f"{requests} requests, but {written} lines in the access log")


def report(samples):
    def middle(name, value):
        return median(value(load, cpu) for load, cpu in samples[name])

    reference = middle(REFERENCE, lambda _, cpu: cpu)
    rows = []
    for name, rounds in samples.items():
        rows.append({
            "server": name,
            CPU: middle(name, lambda _, cpu: cpu),
            RATIO: middle(name, lambda _, cpu: cpu) / reference,
            P99: middle(name, lambda load, _: load.p99_us),
            P50: middle(name, lambda load, _: load.p50_us),
            RATE: middle(name, lambda load, _: load.rate),
            "rounds": [vars(load) | {"cpu_us": cpu} for load, cpu in rounds],
        })
    by_name = {row["server"]: row for row in rows}
    goals = []
    for name in ("Gatehouse", "Gatehouse, Origin sent"):
        goals.append(Goal(f"{name}: CPU per request, x nginx", by_name[name][RATIO], 1.3))
        goals.append(Goal(f"{name}: p99 us, nginx's", by_name[name][P99], by_name[REFERENCE][P99]))
    return Report(
        f"HTTP_PROXY with CORS, access log and metrics, {CONNECTIONS} connections, one core each",
        ["server", CPU, RATIO, P99, P50, RATE],
        rows,
        goals,
    )
