"""Logs make nobody wait, are bounded, and give back what they hold; so do the folders of servers that were killed."""

import os
import re
from pathlib import Path

from harness import wire
from harness.apis import HttpApi
from harness.deadline import until
from harness.functions import PYTHON, create_function
from harness.server import Server


def lost_lines(server, log):
    text = wire.fetch(server.management, "GET", "/_gatehouse/metrics", "localhost").text
    return int(re.search(rf'gatehouse_log_lines_dropped_total{{log="{log}"}} (\d+)', text)[1])


def end_of(log):
    """What stands at the end of the file; a killed process may still have filled its pipe behind the last words."""
    if not log.exists():
        return b""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - (4 << 20)))
        return file.read()


def open_files(server):
    names = []
    for entry in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            names.append(os.readlink(entry))
        except OSError:
            continue
    return names


def test_an_access_log_that_nobody_reads_stops_nobody(own_gatehouse, tmp_path, origin):
    fifo = tmp_path / "access.fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    server = own_gatehouse(options=["--access-log", str(fifo)])
    api = HttpApi(server)
    api.route("$default", api.integrate(origin.url))
    # Each line has some 180 KB: a pipe holds 64 KB, and 8 MB may wait.
    line = "$context.requestId " + "$context.identity.userAgent " * 20
    api.stage()
    api.update_stage(AccessLogSettings={"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "Format": line})
    for _ in range(100):
        assert api.call(headers=[("User-Agent", "x" * 9000)]).status == 200
    assert until(lambda: lost_lines(server, "access"), "lines that are counted as lost") > 0
    assert wire.fetch(server.management, "GET", "/_gatehouse/health", "localhost").status == 200
    server.says(r"access\.fifo is written more slowly than lines come")
    os.close(reader)


def test_a_function_that_floods_its_output_stops_nobody(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    source = "import os\ndef handler(event, context):\n    while True: os.write(1, b'y\\n' * 32768)\n"
    flood = create_function(server.clients, source, runtime=PYTHON, Timeout=3)
    flood.invoke(InvocationType="Event")
    quick = create_function(server.clients, "def handler(event, context): return 7", runtime=PYTHON)
    assert quick.invoke().json() == 7
    log = tmp_path / "data" / "logs" / f"lambda-{flood.name}.log"
    until(lambda: b"Task timed out" in end_of(log), "the end of the flood", 30)
    assert server.memory_peak() < 500 << 20


def test_the_log_of_a_function_that_is_deleted_is_closed(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    function = create_function(server.clients, "def handler(event, context): return 7", runtime=PYTHON)
    function.invoke()
    file = str(tmp_path / "data" / "logs" / f"lambda-{function.name}.log")
    assert file in open_files(server)
    server.clients.functions.delete_function(FunctionName=function.name)
    until(lambda: file not in open_files(server), "the log to be closed")


def test_what_a_killed_server_left_is_removed_by_the_next(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    first, living = Server(tmp_path), Server(tmp_path)
    source = """
import os
def handler(event, context):
    os.chdir(os.environ["TMPDIR"])
    for _ in range(2000):
        os.mkdir("folder")
        os.chdir("folder")
"""
    create_function(first.clients, source, runtime=PYTHON).invoke()
    left = [folder for folder in scratch.iterdir() if f"-{first.pid}-" in folder.name]
    kept = [folder for folder in scratch.iterdir() if f"-{living.pid}-" in folder.name]
    assert len(left) == len(kept) == 1
    first.kill()
    assert left[0].exists()
    # Its watchdog ends a moment later, and with it the lock: a start before that leaves the folder to the next.
    until(lambda: not holders(left[0] / "lock"), "the lock to be free")
    second = Server(tmp_path)
    until(lambda: not left[0].exists(), "the folder to be removed")
    assert kept[0].exists()
    second.stop()
    living.stop()
    assert not list(scratch.glob("gatehouse-*"))


def holders(lock):
    """The processes that have a file open."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(entry) == str(lock):
                found.append(entry.parts[2])
        except OSError:
            continue
    return found
