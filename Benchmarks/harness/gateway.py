"""The Gatehouse under measurement, started as its users start it."""

import os
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from harness import processes, requirements

MANAGEMENT_PORT = 4599
TRAFFIC_PORT = 9006
# Where a scenario has a second server.
FURTHER = 100
REGION = "us-east-1"


class Gateway:
    def __init__(self, process, management, traffic):
        self.process = process
        self.management = management
        self.traffic_port = urlsplit(traffic).port


def command(verb, *options, number=0):
    """`number` tells servers apart that run at once."""
    management, traffic = MANAGEMENT_PORT + number * FURTHER, TRAFFIC_PORT + number * FURTHER
    addresses = ["--listen", f"127.0.0.1:{management}", "--traffic", f"127.0.0.1:{traffic}"]
    return [requirements.gatehouse(), verb, *addresses, *options]


def environment(**changes):
    """The caller's environment without AWS settings that would lead functions or clients elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | changes


@contextmanager
def serving(scratch, *options, core=None, env=None, data=None, loops=1, number=0):
    """`gatehouse serve` in memory or with a data folder, ready."""
    processes.check_free(MANAGEMENT_PORT + number * FURTHER, TRAFFIC_PORT + number * FURTHER)
    log = scratch / "gatehouse.log"
    state = ["--in-memory"] if data is None else ["--data", str(data)]
    full = command("serve", *state, "--loops", str(loops), *options, number=number)
    with processes.started(full, log, core=core, env=env or environment(), cwd=scratch) as process:
        processes.wait_until(lambda: printed(log, r"^ready\b"), process, "`ready` on standard output")
        management = printed(log, r"^management\s+(http://\S+)").group(1)
        traffic = printed(log, r"^traffic\s+(http://\S+)").group(1)
        yield Gateway(process, management, traffic)


def printed(log, pattern):
    return re.search(pattern, log.read_text(errors="replace"), re.MULTILINE)
