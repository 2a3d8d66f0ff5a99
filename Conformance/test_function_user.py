"""Functions that run as a user of their own (`--function-user`): what is closed to them, and that they still work."""

import fcntl
import functools
import io
import json
import os
import pty
import shutil
import stat
import subprocess
import tempfile
import termios
import zipfile
from pathlib import Path

import pytest

from harness import wire
from harness.deadline import until
from harness.functions import NODE, PYTHON, create_function, package, unique
from harness.server import REPOSITORY, Process, Server, inherited_environment, processes_of, run
from test_functions_provided import ANSWER, bootstrap

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs functions as another user")

USER = 65534

# Tries what its event names, and says how each attempt ended.
STRANGER = """
import errno, os, urllib.request
def attempt(action, *arguments):
    try:
        action(*arguments)
        return 'done'
    except urllib.request.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
def read(path):
    with open(path, 'rb') as file:
        file.read(1)
def write(path):
    with open(path, 'ab') as file:
        file.write(b'x')
ACTIONS = {
    'read': read, 'write': write, 'list': os.listdir, 'link': os.readlink, 'signal': lambda pid: os.kill(pid, 0),
    'enter': os.chdir, 'fetch': lambda url: urllib.request.urlopen(url, timeout=5),
    'root': lambda _: os.setuid(0), 'hard': lambda path: os.link(path, os.environ['TMPDIR'] + '/hard'),
    'remove': os.remove, 'chmod': lambda path: os.chmod(path, 0o777),
}
def handler(event, context):
    return [attempt(ACTIONS[kind], target) for kind, target in event]
"""

TELLS = """
import os
def handler(event, context):
    return {'pid': os.getpid(), 'tmp': os.environ['TMPDIR'], 'api': os.environ['AWS_LAMBDA_RUNTIME_API'],
            'code': os.environ['LAMBDA_TASK_ROOT']}
"""


def open_folder():
    """A folder to which every user gets; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="function-user-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def place():
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


def link_tree(source, target, *ignored):
    """The same files under second names, or copies on another file system."""

    def name(old, new):
        try:
            os.link(old, new)
        except OSError:
            shutil.copy2(old, new)

    skipped = shutil.ignore_patterns(*ignored)
    shutil.copytree(source, target, symlinks=True, copy_function=name, ignore=skipped, dirs_exist_ok=True)


@functools.cache
def given_runtimes():
    return Path(os.environ.get("GATEHOUSE_RUNTIMES", REPOSITORY / ".build/runtimes"))


@pytest.fixture(scope="module")
def runtimes():
    """The private Python where that user gets to it, else one like it that has been put elsewhere."""
    given = next(given_runtimes().glob("python3.*"), None)
    if given is None:
        pytest.skip(f"no private Python in {given_runtimes()}")
    python = given / "bin/python3"
    try:
        as_nobody = {"user": USER, "group": USER, "extra_groups": [], "cwd": "/", "capture_output": True}
        if subprocess.run([python, "-c", "import awslambdaric"], **as_nobody).returncode == 0:
            yield given_runtimes()
            return
    except OSError:
        pass
    folder = open_folder()
    base = Path(subprocess.check_output([python, "-c", "import sys; print(sys.base_prefix)"], text=True).strip())
    home, library = folder / given.name, f"lib/{given.name}"
    (home / "bin").mkdir(parents=True)
    os.link(python.resolve(), home / "bin/python3")
    link_tree(base / library, home / library, "test", "site-packages", "idlelib", "config-*")
    link_tree(given / library / "site-packages", home / library / "site-packages", "pip", "setuptools")
    for shared in (base / "lib").glob("libpython*"):
        shutil.copy2(shared, home / "lib")
    yield folder
    shutil.rmtree(folder)


class Fenced:
    """Servers whose functions run as nobody."""

    def __init__(self, place, runtimes):
        self.place, self.runtimes, self.started = place, runtimes, []
        self.data = place / "data"

    def start(self, *more, data=True, user="nobody"):
        options = [*(["--function-user", user] if user else []), "--runtimes", str(self.runtimes), *more]
        self.started.append(Server(self.place, data=self.data if data else None, options=options))
        return self.started[-1]

    def stop(self):
        for server in self.started:
            server.stop()


@pytest.fixture
def fenced(place, runtimes):
    servers = Fenced(place, runtimes)
    yield servers
    servers.stop()


def layer(server, files):
    content = {"ZipFile": package(files)}
    return server.clients.functions.publish_layer_version(LayerName=unique("layer"), Content=content)["LayerVersionArn"]


def attempts(server, *wanted):
    """Each attempt with how it ended."""
    stranger = create_function(server.clients, STRANGER)
    ends = stranger.invoke([[kind, target] for kind, target in wanted]).json()
    assert len(ends) == len(wanted)
    return {(kind, str(target)): end for (kind, target), end in zip(wanted, ends, strict=True)}


def not_refused(ends):
    return {attempt: end for attempt, end in ends.items() if end not in ("EACCES", "EPERM")}


def watchdogs(server):
    """Children of the server that root runs: the one that ends functions when the server is gone."""
    children = [path.read_text().split() for path in Path(f"/proc/{server.pid}/task").glob("*/children")]
    return [pid for pid in map(int, sum(children, [])) if Path(f"/proc/{pid}").stat().st_uid == 0]


def scratch_of(server):
    return next(Path(tempfile.gettempdir()).glob(f"gatehouse-{server.pid}-*"))


class TestClosed:
    def test_what_the_server_keeps(self, fenced):
        server = fenced.start()
        server.clients.service("dynamodb").create_table(
            TableName="things", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")  # fmt: skip
        other = create_function(server.clients, TELLS)
        other.invoke()
        until(lambda: list((fenced.data / "logs").glob("*.log")), "a log")
        files = [path for path in fenced.data.rglob("*") if path.is_file()]
        names = {path.name for path in files}
        assert names >= {"state.sqlite", "state.sqlite-wal", "tables.sqlite", "pools.sqlite", "secrets.key", "handler.py"}
        assert any(path.suffix == ".zip" for path in files) and any(path.suffix == ".log" for path in files)
        folders = [fenced.data, *(path for path in fenced.data.rglob("*") if path.is_dir())]
        scratch, kinds = scratch_of(server), ("read", "write", "hard", "remove", "chmod")
        ends = attempts(
            server,
            *((kind, str(path)) for kind in kinds for path in files),
            *(("list", str(path)) for path in [*folders, scratch]),
            *(("write", str(path / "new")) for path in (fenced.data, fenced.data / "functions", scratch)),
            ("read", str(scratch / "lock")),
        )
        assert not_refused(ends) == {}

    def test_the_server_itself(self, fenced):
        server = fenced.start()
        create_function(server.clients, TELLS).invoke()
        process = f"/proc/{server.pid}"
        ends = attempts(
            server, *(("read", f"{process}/{name}") for name in ("environ", "mem", "maps", "auxv", "syscall", "stack")),
            ("write", f"{process}/mem"), ("list", f"{process}/fd"), ("list", f"{process}/map_files"),
            *(("link", f"{process}/{name}") for name in ("exe", "cwd", "root", "fd/1")),
            ("signal", server.pid), *(("signal", pid) for pid in watchdogs(server)[:1]), ("root", ""),
            ("write", f"{process}/oom_score_adj"))  # fmt: skip
        assert not_refused(ends) == {}

    def test_its_terminal(self, place, runtimes):
        """Whoever has the server's terminal can type what root's shell reads (TIOCSTI)."""
        terminal, own = pty.openpty()
        options = ["--function-user", "nobody", "--runtimes", str(runtimes)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": inherited_environment()}
        has_terminal = {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(own, termios.TIOCSCTTY, 0)}
        server = Server(place, options=options, popen=pipes | has_terminal)
        try:
            assert Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()[4] != "0"
            assert set(attempts(server, ("read", "/dev/tty")).values()) == {"ENXIO"}
        finally:
            server.stop()
            os.close(terminal)
            os.close(own)

    def test_other_functions(self, fenced):
        server = fenced.start(data=False)
        other = create_function(server.clients, TELLS)
        known = other.invoke().json()
        files = [("enter", known["code"]), ("list", known["code"]), ("read", known["code"] + "/handler.py")]
        ends = attempts(
            server, *files, ("list", known["tmp"]), ("write", known["tmp"] + "/file"), ("chmod", known["tmp"]),
            *(("read", f"/proc/{known['pid']}/{name}") for name in ("environ", "mem", "cwd/handler.py")),
            ("list", f"/proc/{known['pid']}/cwd"), ("link", f"/proc/{known['pid']}/fd/1"),
            ("write", f"/proc/{known['pid']}/fd/1"), ("write", f"/proc/{known['pid']}/mem"))  # fmt: skip
        assert not_refused(ends) == {}
        foreign = attempts(server, ("fetch", f"http://{known['api']}/2018-06-01/runtime/invocation/next"))
        assert set(foreign.values()) == {"403"}
        assert other.invoke().json() == known


class TestOpen:
    def test_python_with_layers(self, fenced):
        server = fenced.start()
        files = [
            {"python/first.py": "NAME = 'first'", "data/a": "a"},
            {"python/second.py": "NAME = 'second'", "data/b": "b"},
        ]
        layers = [layer(server, each) for each in files]
        source = """
import first, second, grp, os, pwd, subprocess, sys, tempfile
def handler(event, context):
    with tempfile.NamedTemporaryFile('w+', delete=False) as file:
        file.write('kept')
    print('to the log', file=sys.stderr)
    subprocess.run('echo by its name > /dev/stderr', shell=True, check=True)
    opt = os.environ['PATH'].split(':')[-1].removesuffix('/bin')
    return [first.NAME, second.NAME, sorted(os.listdir(f'{opt}/data')), open(f'{opt}/data/a').read(),
            open(os.environ['LAMBDA_TASK_ROOT'] + '/data/own.txt').read(), os.getresuid(), len(os.getgroups()),
            os.getresgid()[0] > 65535, open(file.name).read(), pwd.getpwuid(os.getuid()).pw_name]
"""
        target = create_function(
            server.clients, files={"handler.py": source, "data/own.txt": "own"}, Layers=layers, runtime=PYTHON)  # fmt: skip
        answer = target.invoke(LogType="Tail")
        assert answer.json() == [
            "first", "second", ["a", "b"], "a", "own", [USER] * 3, 3, True, "kept", "nobody"]  # fmt: skip
        assert "to the log" in answer.log and "by its name" in answer.log

    def test_node_with_a_layer(self, fenced):
        server = fenced.start(data=False)
        source = """
const fs = require('fs'), os = require('os'), path = require('path');
exports.handler = async () => {
    const file = path.join(os.tmpdir(), 'file');
    fs.writeFileSync(file, 'kept');
    return [require('part').name, os.userInfo().uid, fs.readFileSync(file, 'utf8'), process.getgroups().length];
};
"""
        layers = [layer(server, {"nodejs/node_modules/part/index.js": "exports.name = 'part'"})]
        target = create_function(server.clients, source, runtime=NODE, Layers=layers)
        for _ in range(2):
            answer = target.invoke().json()
            assert answer[:3] == ["part", USER, "kept"], answer

    def test_a_runtime_of_ones_own(self, fenced):
        server = fenced.start(data=False)
        target = create_function(server.clients, files=bootstrap(ANSWER), runtime="provided.al2023", handler="any")
        for number in range(2):
            assert target.invoke({"number": number}).json()["event"] == {"number": number}
        # The shell; the programs that it starts come and go.
        assert Path(f"/proc/{min(processes_of(target.name))}").stat().st_uid == USER

    def test_files_that_the_package_shows_their_owner_only(self, fenced):
        server = fenced.start(data=False)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as target:
            # 0600, which is what writestr says of a name alone.
            target.writestr("handler.py", "from inner import part\ndef handler(event, context): return part.NAME")
            target.writestr("inner/part.py", "NAME = 'part'")
        made = create_function(server.clients, "", Code={"ZipFile": archive.getvalue()})
        assert made.invoke().json() == "part"

    def test_many_environments_at_once_and_new_code(self, fenced):
        server = fenced.start()
        made = [create_function(server.clients, f"def handler(e, c): return {number}") for number in range(6)]
        assert [one.invoke().json() for one in made] == list(range(6))
        made[0].replace_code("def handler(e, c): return 'new'")
        assert made[0].invoke().json() == "new"

    def test_up(self, fenced):
        (fenced.place / "src").mkdir()
        (fenced.place / "src/app.py").write_text(
            "import os\ndef handler(event, context): return {'statusCode': 200, 'body': str(os.getuid())}")
        template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"CodeUri": "src", "Handler": "app.handler", "Runtime": PYTHON, "Events": {
                "E": {"Type": "HttpApi", "Properties": {"Path": "/who", "Method": "GET"}}}}}}}  # fmt: skip
        (fenced.place / "template.json").write_text(json.dumps(template))
        process = Process(
            ["up", "template.json", "--listen", "127.0.0.1:0", "--function-user", "nobody", "--runtimes",
             str(fenced.runtimes)], fenced.place)  # fmt: skip
        try:
            address = process.line(r"http://([^\s/:]+):(\d+)/who")
            answer = wire.fetch(("127.0.0.1", int(address[2])), "GET", "/who", f"{address[1]}:{address[2]}")
            assert (answer.status, answer.text) == (200, str(USER))
        finally:
            process.stop()


class TestEnds:
    def test_kill_9_leaves_no_process(self, fenced):
        server = fenced.start()
        source = """
import os, subprocess
child = subprocess.Popen(['sleep', '600'])
def handler(event, context):
    return os.getpid()
"""
        targets = [
            create_function(server.clients, source),
            create_function(server.clients, files=bootstrap(ANSWER), runtime="provided.al2023"),
        ]
        for target in targets:
            target.invoke()
        assert all(processes_of(target.name) for target in targets)
        server.kill()
        fenced.started.remove(server)
        until(lambda: not any(processes_of(target.name) for target in targets), "the end of the processes")
        # And the next server finds everything.
        again = fenced.start()
        assert attempts(again, ("read", str(fenced.data / "state.sqlite"))) == {
            ("read", str(fenced.data / "state.sqlite")): "EACCES"}  # fmt: skip

    def test_one_that_ignores_the_end_is_killed(self, fenced):
        server = fenced.start(data=False)
        source = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def handler(event, context):
    time.sleep(600)
"""
        target = create_function(server.clients, source, Timeout=1)
        assert "timed out" in target.invoke().body.decode()
        until(lambda: not processes_of(target.name), "the end of the process")

    def test_a_function_that_stops_all_others_of_its_user_stops_no_start(self, fenced):
        server = fenced.start(data=False)
        source = """
import os, signal, time
def handler(event, context):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            os.kill(-1, signal.SIGSTOP)
        except OSError:
            pass
"""
        hostile = create_function(server.clients, source, Timeout=10)
        answers = create_function(server.clients, "def handler(e, c): return 1", Timeout=1)
        server.clients.functions.invoke(FunctionName=hostile.name, InvocationType="Event")
        until(lambda: processes_of(hostile.name), "its process")
        answers.invoke()
        until(lambda: answers.invoke().error is None, "a start that goes well", within=60)


class TestOlderFolders:
    def test_a_folder_with_the_modes_of_before_is_closed(self, fenced):
        server = fenced.start(user=None)
        other = create_function(server.clients, "def handler(e, c): return 1", name=unique("older"))
        assert other.invoke().json() == 1
        server.stop()
        fenced.started.remove(server)
        for path in fenced.data.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o600 if path.name == "secrets.key" else 0o644)
        again = fenced.start()
        other.clients = again.clients
        other.client = again.clients.functions
        assert other.invoke().json() == 1
        files = [path for path in fenced.data.rglob("*") if path.is_file() and older(path, other.name)]
        assert len(files) > 5
        ends = attempts(again, *(("read", str(path)) for path in files))
        assert set(ends.values()) == {"EACCES"}, ends
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in fenced.data.iterdir()}
        assert modes.pop("functions") == 0o711
        assert {mode & 0o077 for mode in modes.values()} == {0}


def older(path, name):
    """A file of the function that was there, or of the server."""
    return name in str(path) or "functions" not in path.parts


class TestRefused:
    @pytest.mark.parametrize(
        ("user", "words"),
        [
            ("no-such-user", "There is no user 'no-such-user'"),
            ("root", "is root"),
            ("0:100", "is root"),
            ("100:0", "in root's group"),
            ("4294967295:4294967295", "is no user"),
            ("1:x", "is no user"),
        ],
    )
    def test_a_user_that_cannot_be(self, tmp_path, user, words):
        for command in (["serve", "--in-memory"], ["serve", "--data", str(tmp_path / "data")]):
            ended = run(*command, "--listen", "127.0.0.1:0", "--function-user", user, cwd=tmp_path)
            assert ended.returncode == 1 and words in ended.stderr, ended.stderr
        assert not (tmp_path / "data").exists()

    def test_a_server_that_root_does_not_run(self, place):
        binary = Path(os.environ.get("GATEHOUSE", REPOSITORY / ".build/debug/gatehouse")).resolve()
        os.chown(place, USER, USER)
        ended = subprocess.run(
            [binary, "serve", "--in-memory", "--listen", "127.0.0.1:0", "--function-user", "daemon"], cwd=place,
            user=USER, group=USER, extra_groups=[], env=inherited_environment() | {"TMPDIR": str(place)},
            capture_output=True, text=True, timeout=30)  # fmt: skip
        assert ended.returncode == 1
        assert "needs a server that root runs; this one is run by user 65534" in ended.stderr

    def test_a_data_folder_behind_a_closed_one(self, place, runtimes):
        (place / "shut").mkdir(mode=0o700)
        ended = run("serve", "--data", str(place / "shut/data"), "--listen", "127.0.0.1:0", "--function-user", "nobody",
                    "--runtimes", str(runtimes), cwd=place)  # fmt: skip
        assert ended.returncode == 1
        assert f"may not enter {place}/shut, which leads to {place}/shut/data/functions" in ended.stderr
        assert f"chmod o+x {place}/shut" in ended.stderr and "--data" in ended.stderr

    def test_a_python_behind_a_closed_folder(self, place):
        real = place / "shut" / "bin" / "python3"
        real.parent.mkdir(parents=True)
        shutil.copy2("/bin/sh", real)
        home = place / "runtimes/python3.11"
        (home / "bin").mkdir(parents=True)
        (home / "lib/python3.11/site-packages/awslambdaric").mkdir(parents=True)
        (home / "bin/python3").symlink_to(real)
        (place / "shut").chmod(0o700)
        ended = run("serve", "--in-memory", "--listen", "127.0.0.1:0", "--function-user", "nobody", "--runtimes",
                    str(place / "runtimes"), cwd=place)  # fmt: skip
        assert ended.returncode == 1
        assert f"may not enter {place}/shut, which leads to {home}/bin/python3" in ended.stderr
        assert "--runtimes" in ended.stderr

    def test_a_folder_that_belongs_to_the_user(self, place, runtimes):
        data = place / "data"
        data.mkdir(mode=0o700)
        os.chown(data, USER, USER)
        ended = run("serve", "--data", str(data), "--listen", "127.0.0.1:0", "--function-user", "nobody",
                    "--runtimes", str(runtimes), cwd=place)  # fmt: skip
        assert ended.returncode == 1 and f"{data} belongs to nobody" in ended.stderr
        os.chown(data, 0, 0)
        os.chown(place, USER, USER)
        ended = run("serve", "--data", str(data), "--listen", "127.0.0.1:0", "--function-user", "nobody",
                    "--runtimes", str(runtimes), cwd="/")  # fmt: skip
        assert ended.returncode == 1 and f"{place} can be changed by nobody" in ended.stderr


class TestToldAtStart:
    SENTENCE = "functions run as root. --function-user NAME runs them as a user who may not read the state."

    def test_serve_says_that_functions_run_as_root(self, fenced):
        fenced.start(user=None, data=False).says(self.SENTENCE)

    def test_not_when_they_do_not(self, fenced):
        server = fenced.start(data=False)
        create_function(server.clients, TELLS).invoke()
        server.stop()
        assert "root" not in server.output
