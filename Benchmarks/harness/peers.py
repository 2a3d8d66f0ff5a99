"""The other servers of a comparison, each with its configuration of `peers/`."""

import os
from contextlib import contextmanager

from harness import processes, requirements

CONFIGURATIONS = requirements.BENCHMARKS / "peers"
ORIGIN_PORT = 9001
NGINX_PORT, HAPROXY_PORT, ENVOY_PORT, FIXED_TABLE_PORT, FIXED_PORT = 9002, 9003, 9005, 9007, 9008


@contextmanager
def nginx(scratch, configuration, port, core):
    """nginx in the foreground, with its files in a folder of its own."""
    prefix = scratch / configuration
    prefix.mkdir(exist_ok=True)
    command = [
        requirements.program("nginx", "nginx"), "-p", f"{prefix}/", "-c", str(CONFIGURATIONS / configuration),
        "-e", "stderr", "-g", "daemon off;",
    ]
    with processes.listening(command, scratch / f"{configuration}.log", port, core=core) as process:
        yield process


def origin(scratch, core):
    return nginx(scratch, "origin.nginx.conf", ORIGIN_PORT, core)


def plain_proxy(scratch, core):
    return nginx(scratch, "proxy.nginx.conf", NGINX_PORT, core)


def fixed_table(scratch, core):
    """Answers GetItem and PutItem with fixed bodies."""
    return nginx(scratch, "tables.nginx.conf", FIXED_TABLE_PORT, core)


def fixed_answer(scratch, core):
    """Answers everything with a fixed body."""
    return nginx(scratch, "fixed.nginx.conf", FIXED_PORT, core)


def haproxy(scratch, core):
    """HAProxy, or None where it is not installed."""
    binary = requirements.optional("haproxy")
    command = [binary, "-f", str(CONFIGURATIONS / "haproxy.cfg"), "-db"]
    return binary and processes.listening(command, scratch / "haproxy.log", HAPROXY_PORT, core=core)


def envoy(scratch, core, configuration=CONFIGURATIONS / "envoy.yaml"):
    """Envoy (of the path, or the one that ENVOY names), or None where it is not installed."""
    binary = os.environ.get("ENVOY") or requirements.optional("envoy")
    command = [binary, "-c", str(configuration), "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
    return binary and processes.listening(command, scratch / "envoy.log", ENVOY_PORT, core=core)


def envoy_of_tokens(scratch, jwks, core):
    """Envoy with its jwt_authn filter, for tokens of these keys."""
    configuration = scratch / "tokens.envoy.yaml"
    configuration.write_text((CONFIGURATIONS / "tokens.envoy.yaml").read_text().replace("JWKS", str(jwks)))
    return envoy(scratch, core, configuration)
