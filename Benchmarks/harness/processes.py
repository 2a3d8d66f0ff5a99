"""Processes that a scenario starts, measures and always stops."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_LIMIT = 30.0
STOP_LIMIT = 10.0


class Failed(Exception):
    """A process did not start, died, or answered what it should not."""


class Process:
    """A started process, with what /proc knows of it and of its descendants."""

    def __init__(self, popen, log):
        self.popen = popen
        self.pid = popen.pid
        self.log = log

    def cpu_seconds(self):
        """User and system time of the process and its present descendants (nginx works in a child)."""
        ticks = 0
        for pid in family(self.pid):
            fields = stat_fields(pid)
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def memory_kib(self):
        """Resident and proportional set size of the process itself, in KiB."""
        sizes = {}
        with open(f"/proc/{self.pid}/smaps_rollup") as rollup:
            for line in rollup:
                name, _, rest = line.partition(":")
                if name in ("Rss", "Pss"):
                    sizes[name] = int(rest.split()[0])
        return sizes["Rss"], sizes["Pss"]

    def confine(self, cores):
        """Keeps every thread of the process and its descendants on the cores."""
        for pid in family(self.pid):
            for thread in os.listdir(f"/proc/{pid}/task"):
                os.sched_setaffinity(int(thread), cores)

    def check_alive(self):
        if self.popen.poll() is not None:
            raise Failed(f"{self.popen.args[0]} ended with {self.popen.returncode}:\n{self.log_tail()}")

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def stat_fields(pid):
    """The fields of /proc/PID/stat after the command's name, which may itself contain spaces."""
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()


def family(root):
    """The process and its descendants, from every process's parent: not every kernel offers `children` files."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(stat_fields(entry)[1]), []).append(int(entry))
            except OSError:
                continue
    found, pending = [], [root]
    while pending:
        pid = pending.pop()
        found.append(pid)
        pending += children.get(pid, [])
    return found


@contextmanager
def on_cores(cores):
    """Runs the block on the cores; what is started inside inherits them. With None nothing changes."""
    before = os.sched_getaffinity(0)
    if cores is not None:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def started(command, log, *, core=None, env=None, cwd=None, piped=False):
    """Starts a command with its output in the file `log`, and stops it when the block ends. `piped` has its input written."""
    source = subprocess.PIPE if piped else subprocess.DEVNULL
    with open(log, "wb") as output, on_cores(None if core is None else {core}):
        popen = subprocess.Popen(
            command, stdin=source, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd
        )
    try:
        yield Process(popen, log)
    finally:
        stop(popen)


def stop(popen):
    if popen.poll() is not None:
        return
    popen.send_signal(signal.SIGTERM)
    try:
        popen.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_free(*ports):
    taken = [str(port) for port in ports if listens(port)]
    if taken:
        raise Failed(f"something listens on port {', '.join(taken)} already: stop it first")


def wait_until(ready, process, what):
    """Waits for a condition on a live process; the short pause only spares the processor."""
    deadline = time.monotonic() + START_LIMIT
    while not ready():
        process.check_alive()
        if time.monotonic() > deadline:
            raise Failed(f"{what} did not happen in {START_LIMIT:.0f} s:\n{process.log_tail()}")
        time.sleep(0.002)


@contextmanager
def listening(command, log, port, **options):
    """As `started`, for a server that is ready when its port answers."""
    check_free(port)
    with started(command, log, **options) as process:
        wait_until(lambda: listens(port), process, f"listening on port {port}")
        yield process
