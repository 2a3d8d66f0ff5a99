"""Logs make nobody wait, are bounded, and give back what they hold; so do the folders of servers that were killed."""

import fcntl
import os
import re
import resource
import subprocess
from pathlib import Path

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.deadline import until
from harness.functions import PYTHON, create_function
from harness.server import Server, binary, inherited_environment


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


def test_what_an_access_log_loses_at_the_end_is_told(own_gatehouse, tmp_path, origin):
    fifo = tmp_path / "access.fifo"
    os.mkfifo(fifo)
    server = own_gatehouse(options=["--access-log", str(fifo)])
    api = HttpApi(server)
    api.route("$default", api.integrate(origin.url))
    api.stage()
    log = {"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "Format": "$context.requestId"}
    api.update_stage(AccessLogSettings=log)
    for _ in range(7):
        assert api.call().status == 200
    server.stop()
    assert f"The log {fifo} was not written in time: up to 7 lines are lost." in server.output


@pytest.fixture
def unread():
    """A small pipe that nobody reads; its writing end."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    yield writing
    os.close(reading)
    os.close(writing)


def test_tables_go_on_when_nobody_reads_what_is_told_of_their_faults(own_gatehouse, tmp_path, unread):
    # Beyond a size of files, writing fails as on a disk that is full.
    server = own_gatehouse(data=tmp_path / "data", popen={"stderr": unread, "restore_signals": False})
    tables = server.clients.service("dynamodb")
    tables.create_table(
        TableName="full",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )

    def put(number):
        try:
            tables.put_item(TableName="full", Item={"id": {"S": str(number)}, "v": {"S": "x" * 5000}})
            return 200
        except tables.exceptions.ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]

    assert put(0) == 200
    size = (tmp_path / "data/tables.sqlite-wal").stat().st_size
    limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, limits[1]))
    assert {put(number) for number in range(1, 200)} == {500}
    assert tables.get_item(TableName="full", Key={"id": {"S": "0"}})["Item"]
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)
    assert put(1) == 200


def test_what_the_terminal_does_not_take_is_counted(own_gatehouse, unread):
    server = own_gatehouse(options=["--log-level", "debug"], popen={"stderr": unread})
    source = "import os\ndef handler(event, context):\n    for _ in range(400): os.write(1, b'y\\n' * 32768)\n"
    assert create_function(server.clients, source, runtime=PYTHON).invoke().status == 200
    assert until(lambda: lost_lines(server, "stderr"), "lines that are counted as lost") > 0
    assert lost_lines(server, "stdout") == 0


RELOADED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Events: {Get: {Type: HttpApi, Properties: {Path: /, Method: GET}}}
"""


def test_up_follows_changes_when_nobody_reads_what_it_says(tmp_path):
    (tmp_path / "src").mkdir()
    code = tmp_path / "src/app.py"
    code.write_text("def handler(event, context): return '0'")
    (tmp_path / "template.yaml").write_text(RELOADED)
    process = subprocess.Popen(
        [binary(), "up", "template.yaml", "--listen", "127.0.0.1:0"],
        cwd=tmp_path,
        env=inherited_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pipesize=4096,
    )
    try:
        said = b""
        while b"ready\n" not in said:
            piece = os.read(process.stdout.fileno(), 65536)
            assert piece, said
            said += piece
        address = ("127.0.0.1", int(re.search(rb"management http://127\.0\.0\.1:(\d+)", said)[1]))
        host = re.search(rb"http://(\S+execute-api[^/\s]+)", said)[1].decode()

        def call():
            return wire.fetch(address, "GET", "/", host).text

        # Each writes START, END, REPORT and a line of its own.
        for _ in range(50):
            assert call() == "0"
        for text in ("1", "2"):
            code.write_text(f"def handler(event, context): return '{text}'")
            until(lambda text=text: call() == text, f"the answer {text}", 30)
    finally:
        process.kill()
        process.wait()


def test_output_without_a_line_end_is_in_the_log_of_its_call(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    source = """
import sys
sys.stdout.write("of the init")
sys.stdout.flush()
def handler(event, context):
    sys.stdout.write(f"of call {event}")
    sys.stdout.flush()
"""
    function = create_function(server.clients, source, runtime=PYTHON)
    for number in range(2):
        log = function.invoke(number, LogType="Tail").log
        assert re.fullmatch(rf"START .*\nof call {number}\nEND .*\nREPORT .*\n", log), log
    file = tmp_path / "data" / "logs" / f"lambda-{function.name}.log"
    server.stop()
    words = [line.split(" RequestId")[0] for line in file.read_text().splitlines()]
    call = ["START", "of call {}", "END", "REPORT"]
    expected = ["of the init", *(word.format(number) for number in range(2) for word in call)]
    assert [word for word in words if not word.startswith("note: ")] == expected


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
