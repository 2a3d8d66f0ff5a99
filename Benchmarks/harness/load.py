"""wrk as the load, and what a server's processor time is per request under it."""

import re
import subprocess
from dataclasses import dataclass

from harness import processes, requirements

SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass
class Target:
    """One URL under load. `refused` says that error answers are the expected ones."""

    port: int
    path: str
    headers: dict
    script: tuple = ()
    refused: bool = False


@dataclass
class Load:
    requests: int
    rate: float
    p50_us: float
    p99_us: float


def wrk(target, connections, seconds, core):
    """Runs wrk on its core; anything but the expected answers fails."""
    command = [
        requirements.program("wrk", "wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency",
    ]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    if target.script:
        command += ["-s", str(target.script[0])]
    command += [f"http://127.0.0.1:{target.port}{target.path}"]
    if target.script:
        command += ["--", *map(str, target.script[1:])]
    with processes.on_cores({core}):
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if run.returncode != 0:
        raise processes.Failed(f"{' '.join(command)}:\n{run.stdout}{run.stderr}")
    return parsed(run.stdout, target)


def parsed(output, target):
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if "Socket errors" in output or requests == 0 or (int(errors.group(1)) if errors else 0) != (
        requests if target.refused else 0
    ):
        raise processes.Failed(f"wrong answers from port {target.port} {target.path}:\n{output}")
    return Load(
        requests=requests,
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)),
        p50_us=percentile(output, 50),
        p99_us=percentile(output, 99),
    )


def percentile(output, which):
    value, unit = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)\s*$", output, re.MULTILINE).groups()
    return float(value) * SECONDS[unit] * 1e6


def measured(process, target, connections, seconds, core):
    """The load's result and the microseconds of processor time that the process spent per request."""
    before = process.cpu_seconds()
    load = wrk(target, connections, seconds, core)
    return load, (process.cpu_seconds() - before) / load.requests * 1e6
