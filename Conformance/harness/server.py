"""The built binary as a process of its own."""

import os
import re
import signal
import subprocess
import threading
from pathlib import Path

from harness import wire
from harness.clients import Clients
from harness.deadline import until

REPOSITORY = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
REGION = "us-east-1"


def binary():
    return os.environ.get("GATEHOUSE", str(REPOSITORY / ".build/debug/gatehouse"))


def inherited_environment():
    """The caller's environment without its AWS settings, and with a mark that no function may see."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"SECRET_OF_THE_HOST": "not for functions"}


def run(*arguments, cwd=None, timeout=30):
    """A command that ends by itself: its exit status and both outputs."""
    return subprocess.run(
        [binary(), *arguments], cwd=cwd, env=inherited_environment(), capture_output=True, text=True, timeout=timeout
    )


class Process:
    """A running `gatehouse`, its two outputs gathered line by line unless `popen` says where they go."""

    def __init__(self, arguments, cwd, popen=None):
        self.arguments = list(arguments)
        self.cwd = cwd
        self.stdout, self.stderr = [], []
        self.is_draining = False
        self.process = subprocess.Popen(
            [binary(), *self.arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            **({"env": inherited_environment(), "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | (popen or {})),
        )
        outputs = (self.process.stdout, self.stdout), (self.process.stderr, self.stderr)
        self.readers = [
            threading.Thread(target=self.gather, args=output, daemon=True) for output in outputs if output[0]
        ]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def gather(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    @property
    def output(self):
        return "\n".join([*self.stdout, *self.stderr])

    @property
    def pid(self):
        return self.process.pid

    def line(self, pattern, within=15.0):
        """The first line of standard output that matches, as the match."""

        def found():
            matches = (re.search(pattern, line) for line in list(self.stdout))
            match = next((match for match in matches if match), None)
            if match is None and self.process.poll() is not None:
                self.join_readers()
                raise AssertionError(f"gatehouse ended with {self.process.returncode}:\n{self.output}")
            return match

        return until(found, lambda: f"a line like {pattern!r} in:\n{self.output}", within)

    def says(self, pattern):
        """Waits for text on either output."""
        until(lambda: re.search(pattern, self.output), lambda: f"{pattern!r} in:\n{self.output}")

    def terminate(self):
        """Asks for a drain, once: a second SIGTERM ends the server at once."""
        if not self.is_draining:
            self.is_draining = True
            self.process.send_signal(signal.SIGTERM)

    def ended(self, within=20.0):
        """The exit status, once there is one."""
        status = self.process.wait(timeout=within)
        self.join_readers()
        return status

    def ends_well(self):
        """After SIGTERM, and with status 0: not by a crash on the way out."""
        status = self.ended()
        assert status == 0, f"gatehouse ended with {status}:\n{self.output}"

    def join_readers(self):
        for reader in self.readers:
            reader.join(timeout=5)

    def stop(self):
        if self.process.poll() is None:
            self.terminate()
            try:
                self.ends_well()
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.join_readers()


class Server(Process):
    """`gatehouse serve`, ready, on ports of the kernel's choice."""

    def __init__(self, scratch, data=None, options=(), traffic=1, popen=None):
        self.access_log = Path(scratch) / "access.log"
        arguments = ["serve", "--listen", "127.0.0.1:0", *(["--data", str(data)] if data else ["--in-memory"])]
        for _ in range(traffic):
            arguments += ["--traffic", "127.0.0.1:0"]
        defaults = {"--account": ACCOUNT, "--region": REGION, "--access-log": str(self.access_log)}
        if runtimes := os.environ.get("GATEHOUSE_RUNTIMES"):
            defaults["--runtimes"] = runtimes
        for name, value in defaults.items():
            if name not in options:
                arguments += [name, value]
        super().__init__([*arguments, *options], scratch, popen)
        try:
            self.line(r"^ready$")
        except AssertionError:
            self.kill()
            raise
        self.management = self.listener(r"^management http://127\.0\.0\.1:(\d+)")
        self.traffic = self.listener(r"^traffic http://127\.0\.0\.1:(\d+)") if traffic else None
        self.url = f"http://127.0.0.1:{self.management[1]}"
        self.clients = Clients(self.url, self.management)

    def generation(self):
        """The number of the last configuration that the server swapped in."""
        return int(wire.fetch(self.management, "GET", "/_gatehouse/generation", "localhost").text)

    def listener(self, pattern):
        return "127.0.0.1", int(self.line(pattern)[1])

    def memory_peak(self):
        """The most bytes the process has held at once."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def processes_of(function_name):
    """Processes of a function, found by the name that every one of them carries in its environment."""
    mark = f"AWS_LAMBDA_FUNCTION_NAME={function_name}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
