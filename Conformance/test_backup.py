"""A state can be copied: after a clean stop by hand, while it is in service with `gatehouse backup`."""

import io
import json
import shlex
import shutil
import sqlite3
import subprocess
import threading
import zipfile

import pytest

from harness.clients import error_of
from harness.functions import PYTHON, ROLE, package, unique
from harness.server import binary, run


def make_function(server, name, text):
    code = package({"handler.py": f"def handler(event, context): return '{text}'"})
    return server.clients.functions.create_function(
        FunctionName=name, Runtime=PYTHON, Handler="handler.handler", Role=ROLE, Code={"ZipFile": code}
    )


def answer_of(server, name):
    return json.loads(server.clients.functions.invoke(FunctionName=name, Payload=b"{}")["Payload"].read())


def make_table(server, name):
    tables = server.clients.service("dynamodb")
    tables.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return tables


def packages(data):
    return sorted(path.name for path in (data / "functions").glob("*/*.zip"))


def test_after_a_clean_stop_the_databases_alone_are_the_state(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    api = server.clients.apis.create_api(Name="kept", ProtocolType="HTTP")["ApiId"]
    make_function(server, "kept", "yes")
    make_table(server, "kept").put_item(TableName="kept", Item={"id": {"S": "1"}})
    server.stop()
    (tmp_path / "copy").mkdir()
    for name in ("state.sqlite", "tables.sqlite"):
        assert not (tmp_path / "data" / f"{name}-wal").exists() or (
            tmp_path / "data" / f"{name}-wal"
        ).stat().st_size == 0
        shutil.copy(tmp_path / "data" / name, tmp_path / "copy" / name)
    shutil.copytree(tmp_path / "data/functions", tmp_path / "copy/functions")
    copy = own_gatehouse(data=tmp_path / "copy")
    assert [item["ApiId"] for item in copy.clients.apis.get_apis()["Items"]] == [api]
    assert answer_of(copy, "kept") == "yes"
    assert copy.clients.service("dynamodb").scan(TableName="kept")["Count"] == 1


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_an_empty_state_takes_no_code_with_it(own_gatehouse, tmp_path, damage):
    data = tmp_path / "data"
    server = own_gatehouse(data=data)
    make_function(server, "kept", "yes")
    server.stop()
    before = packages(data)
    shutil.copy(data / "state.sqlite", tmp_path / "state.sqlite")
    (data / "state.sqlite").unlink()
    if damage == "empty":
        (data / "state.sqlite").touch()
    server = own_gatehouse(data=data)
    assert server.clients.functions.list_functions()["Functions"] == []
    # Not even a function of the same name, made and failed, takes it.
    make_function(server, "other", "no")
    error_of(
        server.clients.functions.create_function,
        FunctionName="kept",
        Runtime="python2.0",
        Handler="handler.handler",
        Role=ROLE,
        Code={"ZipFile": package({"handler.py": ""})},
    )
    server.stop()
    assert set(before) <= set(packages(data))
    shutil.copy(tmp_path / "state.sqlite", data / "state.sqlite")
    server = own_gatehouse(data=data)
    assert answer_of(server, "kept") == "yes"


def test_a_state_of_a_later_version_is_refused(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    server.stop()
    with sqlite3.connect(tmp_path / "data/state.sqlite") as database:
        database.execute("INSERT INTO grdb_migrations VALUES ('future')")
    database.close()
    refused = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "was written by a later version of Gatehouse" in refused.stderr


class Writer(threading.Thread):
    """Changes everything there is to change, and notes what was answered."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.isOver, self.failure = server, threading.Event(), None
        self.apis, self.items, self.functions = [], [], {}

    def run(self):
        try:
            self.work()
        except Exception as error:  # noqa: BLE001
            self.failure = error

    def work(self):
        clients = self.server.clients
        tables = clients.service("dynamodb")
        number = 0
        while not self.isOver.is_set():
            number += 1
            self.apis.append(clients.apis.create_api(Name=f"a{number}", ProtocolType="HTTP")["ApiId"])
            tables.put_item(TableName="busy", Item={"id": {"S": str(number)}})
            self.items.append(number)
            name = f"f{number % 3}"
            if name in self.functions:
                code = package({"handler.py": f"def handler(event, context): return '{number}'"})
                clients.functions.update_function_code(FunctionName=name, ZipFile=code)
            else:
                make_function(self.server, name, number)
            self.functions[name] = str(number)


def test_a_backup_during_writes_is_a_state_of_its_own(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    make_table(server, "busy")
    writer = Writer(server)
    writer.start()
    backups = []
    try:
        for number in range(3):
            before = (list(writer.apis), list(writer.items), set(writer.functions))
            target = tmp_path / f"backup{number}"
            done = run("backup", str(target), "--data", str(tmp_path / "data"))
            assert done.returncode == 0, done.stderr
            assert "state.sqlite" in done.stdout and done.stdout.endswith("done\n")
            backups.append((target, before))
    finally:
        writer.isOver.set()
        writer.join()
    assert writer.failure is None
    assert server.clients.functions.list_functions()["Functions"]
    server.stop()
    for target, (apis, items, functions) in backups:
        copy = own_gatehouse(data=target)
        there = {api["ApiId"] for api in copy.clients.apis.get_paginator("get_apis").paginate().build_full_result()["Items"]}
        assert set(apis) <= there
        assert copy.clients.service("dynamodb").scan(TableName="busy")["Count"] >= len(items)
        names = {function["FunctionName"] for function in copy.clients.functions.list_functions()["Functions"]}
        assert functions <= names
        for name in names:
            assert answer_of(copy, name).isdigit()
        copy.stop()


def test_a_backup_of_nothing_or_over_something_is_refused(tmp_path):
    nothing = run("backup", str(tmp_path / "b"), "--data", str(tmp_path / "none"))
    assert nothing.returncode == 1 and "There is no state in" in nothing.stderr
    assert not (tmp_path / "b").exists()


def test_a_slash_at_the_end_of_the_target_changes_nothing(own_gatehouse, tmp_path):
    own_gatehouse(data=tmp_path / "data").stop()
    done = run("backup", f"{tmp_path}/b//", "--data", f"{tmp_path}/./data/")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.glob("b*")) == ["b"]
    assert (tmp_path / "b/state.sqlite").exists()


def test_a_backup_below_a_folder_that_is_missing_says_so(own_gatehouse, tmp_path):
    own_gatehouse(data=tmp_path / "data").stop()
    refused = run("backup", f"{tmp_path}/no/b", "--data", f"{tmp_path}/data")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"gatehouse: There is no folder {tmp_path}/no. Make it, or name a place in one that is there.\n"
    )


def test_a_backup_onto_a_full_disk_says_so(own_gatehouse, tmp_path):
    own_gatehouse(data=tmp_path / "data").stop()
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=8k none {shlex.quote(str(disk))}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True).returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    backup = shlex.join([binary(), "backup", str(disk / "b"), "--data", str(tmp_path / "data")])
    refused = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"{mount}; {backup}; echo $?; ls {shlex.quote(str(disk))}"],
        capture_output=True,
        text=True,
    )
    assert refused.stderr.startswith(f"gatehouse: The backup {disk}/b could not be made: {disk}/b.incomplete/")
    assert "database or disk is full). Nothing of it is left." in refused.stderr
    assert refused.stdout.endswith("1\n")


def raw_zip(names):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return archive.getvalue()


@pytest.mark.parametrize(
    "names",
    [["a", "a/b"], ["x" * 300], ["d/" * 2500 + "f"], [f"{number}/" + "d/" * 1900 + "f" for number in range(100)]],
    ids=["file-and-folder", "long-name", "deep", "many-deep"],
)
def test_a_zip_that_no_folder_can_hold_is_refused_at_once(own_gatehouse, tmp_path, names):
    server = own_gatehouse(data=tmp_path / "data")
    error = error_of(
        server.clients.functions.create_function,
        FunctionName=unique("zip"),
        Runtime=PYTHON,
        Handler="handler.handler",
        Role=ROLE,
        Code={"ZipFile": raw_zip(names)},
    )
    assert (error.status, error.code) == (400, "InvalidParameterValueException")
    assert error.message == "Could not unzip uploaded file. Please check your file, then try to upload again."
    assert server.memory_peak() < 300_000_000
