"""What a function finds around it: variables, context, folder, reuse, and runtimes that stand in for others."""

import os
import re
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from harness.deadline import until
from harness.functions import create_function, unique
from harness.server import processes_of

LOOKS_AROUND = """
import os, sys

def handler(event, context):
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "argv": sys.argv,
        "version": "%d.%d" % sys.version_info[:2],
        "pid": os.getpid(),
        "context": {
            "aws_request_id": context.aws_request_id,
            "function_name": context.function_name,
            "function_version": context.function_version,
            "invoked_function_arn": context.invoked_function_arn,
            "memory_limit_in_mb": context.memory_limit_in_mb,
            "log_group_name": context.log_group_name,
            "log_stream_name": context.log_stream_name,
            "remaining": context.get_remaining_time_in_millis(),
        },
    }
"""


@pytest.fixture(scope="module")
def looking(gatehouse):
    variables = {"TABLE_NAME": "Products", "PATH_LIKE": "/a:/b", "EMPTY_ONE": "", "QUOTED": "a \"b\" 'c' $d"}
    return create_function(
        gatehouse.clients, LOOKS_AROUND, Timeout=20, MemorySize=192, Environment={"Variables": variables}
    )


@pytest.fixture(scope="module")
def seen(looking):
    return looking.invoke().json()


class TestVariables:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("_HANDLER", "handler.handler"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"),
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "192"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("TZ", ":UTC"),
            ("TABLE_NAME", "Products"),
            ("PATH_LIKE", "/a:/b"),
            ("EMPTY_ONE", ""),
            ("QUOTED", "a \"b\" 'c' $d"),
        ],
    )
    def test_it_has(self, seen, name, value):
        assert seen["environment"][name] == value

    @pytest.mark.parametrize(
        "name",
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_LAMBDA_RUNTIME_API",
            "LAMBDA_TASK_ROOT",
            "LAMBDA_RUNTIME_DIR",
            "LANG",
            "PATH",
        ],
    )
    def test_it_has_a_value_for(self, seen, name):
        assert seen["environment"][name]

    def test_it_has_its_own_name(self, seen, looking):
        assert seen["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == looking.name

    def test_it_has_its_log_group_and_stream(self, seen, looking):
        assert seen["environment"]["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{looking.name}"
        assert re.fullmatch(
            r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", seen["environment"]["AWS_LAMBDA_LOG_STREAM_NAME"]
        )

    def test_the_runtime_api_is_a_host_and_a_port(self, seen):
        assert re.fullmatch(r"[^/:]+:\d+", seen["environment"]["AWS_LAMBDA_RUNTIME_API"])

    def test_the_aws_endpoint_is_gatehouse(self, seen, gatehouse):
        assert urllib.parse.urlsplit(seen["environment"]["AWS_ENDPOINT_URL"]).port == gatehouse.management[1]

    def test_boto3_in_a_handler_talks_to_gatehouse(self, function):
        source = "import boto3\ndef handler(event, context):\n"
        source += "    return boto3.client('lambda').get_function(FunctionName=context.function_name)['Configuration']"
        target = function(source + "['FunctionArn']")
        assert target.invoke().json() == target.arn

    def test_nothing_of_the_hosts_environment_is_there(self, seen):
        assert "SECRET_OF_THE_HOST" not in seen["environment"]

    def test_a_changed_one_reaches_the_next_invocation(self, function):
        source = "import os\ndef handler(event, context): return os.environ['NAME']"
        target = function(source, Environment={"Variables": {"NAME": "before"}})
        assert target.invoke().json() == "before"
        target.configure(Environment={"Variables": {"NAME": "after"}})
        assert target.invoke().json() == "after"


class TestSurroundings:
    def test_the_working_folder_is_the_task_root(self, seen):
        assert os.path.realpath(seen["folder"]) == os.path.realpath(seen["environment"]["LAMBDA_TASK_ROOT"])

    def test_other_files_of_the_package_are_there(self, function):
        files = {
            "handler.py": "import json\nfrom lib import part\n"
            "def handler(event, context): return [part.value, json.load(open('data/values.json'))]",
            "lib/__init__.py": "",
            "lib/part.py": "value = 'from a module'",
            "data/values.json": "[1, 2]",
        }
        assert function(files=files).invoke().json() == ["from a module", [1, 2]]

    @pytest.mark.parametrize("handler", ["nested/module.function", "nested.module.function"])
    def test_a_handler_may_be_in_a_folder(self, function, handler):
        files = {"nested/__init__.py": "", "nested/module.py": "def function(event, context): return 'nested'"}
        assert function(files=files, handler=handler).invoke().json() == "nested"

    def test_a_temporary_file_can_be_written(self, function):
        source = "import tempfile\ndef handler(event, context):\n"
        source += "    with tempfile.TemporaryFile() as file: return file.write(b'12345')"
        assert function(source).invoke().json() == 5

    def test_no_listener_of_the_server_is_open_in_it(self, function):
        source = "import os\ndef handler(event, context):\n"
        source += "    links = [f'/proc/self/fd/{number}' for number in os.listdir('/proc/self/fd')]\n"
        source += "    return [os.readlink(link) for link in links if os.path.lexists(link)]"
        open_in_it = set(function(source).invoke().json())
        connections = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = {f"socket:[{fields[9]}]" for fields in connections if fields[3] == "0A"}
        assert listening and not open_in_it & listening


class TestContext:
    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("function_name", lambda looking: looking.name),
            ("function_version", lambda looking: "$LATEST"),
            ("invoked_function_arn", lambda looking: looking.arn),
            ("memory_limit_in_mb", lambda looking: "192"),
            ("log_group_name", lambda looking: f"/aws/lambda/{looking.name}"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_has(self, seen, looking, member, value):
        assert seen["context"][member] == value(looking)

    def test_the_remaining_time_is_of_the_time_out(self, seen):
        assert 0 < seen["context"]["remaining"] <= 20_000


class TestReuse:
    COUNTS = "import os\ncalls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n"
    COUNTS += "    return [calls, os.getpid()]"

    def test_one_environment_serves_one_invocation_after_another(self, function):
        target = function(self.COUNTS)
        answers = [target.invoke().json() for _ in range(5)]
        assert [calls for calls, _ in answers] == [1, 2, 3, 4, 5]
        assert len({pid for _, pid in answers}) == 1

    def test_new_code_runs_in_a_new_environment(self, function):
        target = function(self.COUNTS)
        _, before = target.invoke().json()
        target.replace_code(self.COUNTS + "\n")
        calls, after = target.invoke().json()
        assert calls == 1 and after != before

    def test_a_deleted_function_leaves_no_process(self, clients):
        target = create_function(clients, self.COUNTS, name=unique("short-lived"))
        target.invoke()
        assert processes_of(target.name)
        target.delete()
        until(lambda: not processes_of(target.name), "the end of its processes")

    def test_replaced_code_leaves_no_process_of_the_old(self, function):
        target = function(self.COUNTS)
        _, before = target.invoke().json()
        target.replace_code(self.COUNTS + "\n")
        target.invoke()
        until(lambda: before not in processes_of(target.name), "the end of the old process")


def kept_log(folder, target):
    """What the server has kept of a function's output, wherever in its data folder."""
    return "".join(path.read_text() for path in folder.rglob(f"*{target.name}*.log"))


def test_its_output_is_kept_in_the_data_folder(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    target = create_function(server.clients, "def handler(event, context): print('kept line')")
    request_id = target.invoke().request_id
    wanted = [f"START RequestId: {request_id}", "kept line", f"END RequestId: {request_id}", "REPORT RequestId:"]
    until(lambda: all(text in kept_log(tmp_path, target) for text in wanted), "the lines of one invocation")


class TestSubstitution:
    """A runtime that is newer than what the machine has runs on the nearest one, and says so."""

    @pytest.fixture
    def python_version(self):
        interpreter = os.environ.get("GATEHOUSE_PYTHON", "python3")
        script = "import sys; print('%d.%d' % sys.version_info[:2])"
        return subprocess.run([interpreter, "-c", script], capture_output=True, text=True, check=True).stdout.strip()

    @pytest.fixture
    def node_version(self):
        answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
        return answer.stdout.strip().removeprefix("v").split(".")[0]

    def test_a_newer_python_is_replaced(self, own_gatehouse, tmp_path, python_version):
        if python_version == "3.14":
            pytest.skip("this machine has python3.14")
        server = own_gatehouse(data=tmp_path / "data")
        target = create_function(server.clients, LOOKS_AROUND, runtime="python3.14")
        assert target.invoke().json()["version"] != "3.14"
        until(lambda: "python3.14" in kept_log(tmp_path, target), "a note about python3.14")

    def test_a_newer_node_is_replaced(self, own_gatehouse, tmp_path, node_version):
        if node_version == "24":
            pytest.skip("this machine has nodejs24.x")
        server = own_gatehouse(data=tmp_path / "data")
        target = create_function(
            server.clients,
            files={"handler.mjs": "export const handler = async () => process.version"},
            runtime="nodejs24.x",
        )
        assert target.invoke().json().startswith("v")
        until(lambda: "nodejs24.x" in kept_log(tmp_path, target), "a note about nodejs24.x")

    def test_the_configuration_keeps_the_runtime_that_was_asked_for(self, function, clients):
        target = function(LOOKS_AROUND, runtime="python3.14")
        read = clients.functions.get_function_configuration(FunctionName=target.name)
        assert read["Runtime"] == "python3.14"


class TestLibraries:
    """Native libraries of a package are found without their path, by the function and by programs it starts."""

    @staticmethod
    def some_library():
        """A library of this machine, to stand for one of the package."""
        maps = Path("/proc/self/maps").read_text()
        return Path(re.search(r"(/\S+/libm\.so\S*|/\S+/libm-\S+\.so)", maps)[1]).read_bytes()

    @pytest.mark.parametrize("folder", ["", "lib/"])
    def test_they_are_found_in_the_task_root_and_its_lib(self, function, folder):
        source = "import ctypes\ndef handler(event, context): return bool(ctypes.CDLL('libseven.so'))"
        files = {"handler.py": source, f"{folder}libseven.so": self.some_library()}
        assert function(files=files).invoke().json() is True

    def test_the_task_root_comes_behind_the_system(self, function):
        source = "import os\ndef handler(e, c): return [os.environ['LD_LIBRARY_PATH'], os.environ['LAMBDA_TASK_ROOT']]"
        folders, root = function(source).invoke().json()
        assert folders.split(":")[-2:] == [root, f"{root}/lib"]
        assert "/usr/lib64" in folders.split(":")

    @pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"])
    def test_a_function_may_say_otherwise(self, function, name):
        source = f"import os\ndef handler(event, context): return os.environ['{name}']"
        assert function(source, Environment={"Variables": {name: "/own"}}).invoke().json() == "/own"
