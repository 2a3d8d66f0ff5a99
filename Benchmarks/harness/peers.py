"""The other servers of a comparison, each with its configuration of `peers/`."""

import os
import subprocess
from contextlib import contextmanager

from harness import processes, requirements

CONFIGURATIONS = requirements.BENCHMARKS / "peers"
ORIGIN_PORT = 9001
NGINX_PORT, HAPROXY_PORT, ENVOY_PORT, FIXED_TABLE_PORT, FIXED_PORT = 9002, 9003, 9005, 9007, 9008
NIO_PORT, NODE_PORT, WRITE_LOOP_PORT = 9009, 9010, 9011
PYTHON_PORTS = {"websockets": 9012, "picows": 9013, "socketify": 9014}


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


def nio_echo(scratch, core):
    """SwiftNIO's WebSocket by itself, built as the Makefile builds Gatehouse."""
    package = CONFIGURATIONS / "nio-echo"
    command = [requirements.program("swift", "swiftlang"), "build", "--package-path", package, "-c", "release"]
    command += ["--static-swift-stdlib", "-Xswiftc", "-enforce-exclusivity=unchecked"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise processes.Failed(f"nio-echo does not build:\n{done.stdout[-2000:]}")
    program = [package / ".build/release/nio-echo", str(NIO_PORT)]
    return processes.listening(program, scratch / "nio-echo.log", NIO_PORT, core=core)


def python_echo(scratch, python, library, core):
    """A library's echo, or None where the Python has not got it."""
    if python is None or subprocess.run([python, "-c", f"import {library}"], capture_output=True).returncode != 0:
        return None
    command = [python, str(CONFIGURATIONS / "echo.py"), library, str(PYTHON_PORTS[library])]
    return processes.listening(command, scratch / f"{library}.log", PYTHON_PORTS[library], core=core)


def node_echo(scratch, core):
    """Node's ws, of Debian's node-ws, or None where one of both is missing."""
    environment = os.environ | {"NODE_PATH": "/usr/share/nodejs"}
    node = requirements.optional("node")
    if not node or subprocess.run([node, "-e", "require('ws')"], env=environment, capture_output=True).returncode != 0:
        return None
    command = [node, str(CONFIGURATIONS / "echo.js"), str(NODE_PORT)]
    return processes.listening(command, scratch / "ws.log", NODE_PORT, core=core, env=environment)
