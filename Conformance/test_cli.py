"""The command line: help, version, exit codes, what it lists and what it finds on the machine."""

import json
import re
import signal
import socket
import subprocess

import botocore.session
import pytest

from harness.apis import HttpApi
from harness.functions import create_function
from harness.server import run

COMMANDS = ["serve", "up", "operations", "doctor", "vtl"]

# Operations of the service models that botocore has, by the beginning of their paths.
SERVED = {
    "apigateway": [
        *("CreateRestApi", "PutRestApi", "ImportRestApi", "GetResources", "PutMethod", "PutIntegration"),
        *("CreateDeployment", "CreateStage", "UpdateStage", "CreateApiKey", "CreateUsagePlan", "GetExport"),
    ],
    "apigatewayv2": [
        *("CreateApi", "GetApi", "GetApis", "UpdateApi", "DeleteApi", "ImportApi", "ReimportApi", "ExportApi"),
        *("DeleteCorsConfiguration", "CreateRoute", "GetRoute", "GetRoutes", "UpdateRoute", "DeleteRoute"),
        *("CreateIntegration", "GetIntegration", "GetIntegrations", "UpdateIntegration", "DeleteIntegration"),
        *("CreateRouteResponse", "GetRouteResponse", "GetRouteResponses", "UpdateRouteResponse", "DeleteRouteResponse"),
        *("CreateIntegrationResponse", "GetIntegrationResponse", "GetIntegrationResponses"),
        *("UpdateIntegrationResponse", "DeleteIntegrationResponse", "DeleteRouteRequestParameter"),
        *("CreateModel", "GetModel", "GetModels", "GetModelTemplate", "UpdateModel", "DeleteModel"),
        *("CreateStage", "GetStage", "GetStages", "UpdateStage", "DeleteStage"),
        *("DeleteRouteSettings", "DeleteAccessLogSettings"),
        *("CreateDeployment", "GetDeployment", "GetDeployments", "UpdateDeployment", "DeleteDeployment"),
        *("TagResource", "UntagResource", "GetTags"),
    ],
    "lambda": [
        *("CreateFunction", "GetFunction", "GetFunctionConfiguration", "ListFunctions", "DeleteFunction", "Invoke"),
        *("UpdateFunctionCode", "UpdateFunctionConfiguration", "AddPermission", "RemovePermission", "GetPolicy"),
        *("PublishVersion", "ListVersionsByFunction"),
        *("CreateAlias", "GetAlias", "ListAliases", "UpdateAlias", "DeleteAlias"),
        *("TagResource", "UntagResource", "ListTags"),
        *("PutFunctionConcurrency", "GetFunctionConcurrency", "DeleteFunctionConcurrency"),
    ],
}

# What the service was seen to answer where its model says something else; SDKs take either.
SEEN_STATUS = {
    ("lambda", "DeleteFunction"): 204,
    ("apigatewayv2", "UpdateApi"): 201,
    ("apigatewayv2", "UpdateRoute"): 201,
    ("apigatewayv2", "UpdateDeployment"): 201,
}


def shape(path):
    """A path with every variable alike, and without the query that some models write into it."""
    return re.sub(r"\{[^}]*\}", "{}", path.split("?")[0]).rstrip("/")


@pytest.fixture(scope="module")
def models():
    session = botocore.session.get_session()
    return {service: session.get_service_model(service) for service in SERVED}


@pytest.fixture(scope="module")
def listed():
    """What `gatehouse operations --json` lists, by service and name."""
    finished = run("operations", "--json")
    assert finished.returncode == 0, finished.stderr
    return {(entry["service"], entry["name"]): entry for entry in json.loads(finished.stdout)}


class TestOperations:
    @pytest.mark.parametrize(
        ("service", "name"), [(service, name) for service, names in SERVED.items() for name in names]
    )
    def test_what_is_served_is_listed(self, listed, service, name):
        assert (service, name) in listed

    def test_every_one_is_in_the_service_model(self, listed, models):
        assert [key for key in listed if key[1] not in models[key[0]].operation_names] == []

    @pytest.mark.parametrize("member", ["method", "path", "status"])
    def test_every_one_agrees_with_the_service_model(self, listed, models, member):
        wrong = {}
        for (service, name), entry in listed.items():
            http = models[service].operation_model(name).http
            told = {"method": entry["method"], "path": shape(entry["path"]), "status": entry["status"]}
            status = http.get("responseCode", 200)
            right = {
                "method": [http["method"]],
                "path": [shape(http["requestUri"])],
                "status": [status, SEEN_STATUS.get((service, name), status)],
            }
            if told[member] not in right[member]:
                wrong[service, name] = (told[member], right[member])
        assert wrong == {}

    def test_without_json_it_is_a_list_for_people(self):
        finished = run("operations")
        assert finished.returncode == 0
        assert "CreateApi" in finished.stdout

    def test_a_listed_operation_that_reads_is_answered(self, listed, clients):
        """Lists of the account need no parameter: each must be served, not only listed."""
        for name in ("GetApis", "ListFunctions"):
            (entry,) = [entry for (_, listed_name), entry in listed.items() if listed_name == name]
            signing_name = {"apigatewayv2": "apigateway"}.get(entry["service"], entry["service"])
            assert clients.signed(signing_name, entry["method"], entry["path"]).status == entry["status"]


class TestHelp:
    @pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
    def test_it_names_every_command(self, arguments):
        finished = run(*arguments)
        assert finished.returncode == 0
        assert [command for command in COMMANDS if command not in finished.stdout] == []

    @pytest.mark.parametrize(
        ("command", "options"),
        [
            (
                "serve",
                ["--listen", "--traffic", "--data", "--in-memory", "--region", "--account", "--log-level"]
                + ["--access-log", "--runtimes"],
            ),
            ("up", ["--listen", "--parameter", "--data"]),
            ("operations", ["--json"]),
            ("doctor", []),
        ],
    )
    def test_it_names_every_option_of_a_command(self, command, options):
        finished = run(command, "--help")
        assert finished.returncode == 0
        assert [option for option in options if option not in finished.stdout] == []

    def test_it_names_the_defaults_of_serve(self):
        text = run("serve", "--help").stdout
        assert [default for default in ("127.0.0.1:4566", "us-east-1", ".gatehouse") if default not in text] == []

    def test_the_version_is_a_number(self):
        finished = run("--version")
        assert finished.returncode == 0
        assert re.search(r"\d+\.\d+", finished.stdout)


class TestExitCodes:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["no-such-command"],
            ["serve", "--no-such-option"],
            ["serve", "--listen"],
            ["serve", "--listen", "nonsense", "--in-memory"],
            ["serve", "--listen", "127.0.0.1:99999", "--in-memory"],
            ["serve", "--listen", "127.0.0.1:0", "--in-memory", "--account", "12"],
            ["serve", "--listen", "127.0.0.1:0", "--in-memory", "--data", "folder"],
            ["serve", "--listen", "127.0.0.1:0", "--in-memory", "--log-level", "shouting"],
            ["up"],
            ["up", "template.yaml", "--parameter", "no-value"],
        ],
        ids=" ".join,
    )
    def test_arguments_that_make_no_sense_fail_and_explain(self, arguments, tmp_path):
        finished = run(*arguments, cwd=tmp_path)
        assert finished.returncode not in (0, None) and finished.returncode > 0
        assert finished.stderr.strip()

    def test_a_port_in_use_fails_and_names_it(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            finished = run("serve", "--in-memory", "--listen", f"127.0.0.1:{port}")
        assert finished.returncode > 0
        assert str(port) in finished.stderr

    def test_a_data_folder_that_cannot_be_made_fails_and_names_it(self, tmp_path):
        (tmp_path / "file").write_text("")
        finished = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "file" / "data"))
        assert finished.returncode > 0
        assert f"The folder {tmp_path}/file/data cannot be made: not a directory." in finished.stderr

    def test_certificates_that_cannot_be_read_fail_and_say_why(self, tmp_path):
        (tmp_path / "empty.pem").write_text("nothing")
        for name, reason in (("none.pem", "no such file or directory"), ("empty.pem", "it has none that is PEM")):
            file = tmp_path / name
            finished = run("serve", "--in-memory", "--listen", "127.0.0.1:0", "--trusted-certificates", str(file))
            assert finished.returncode == 1
            assert finished.stderr == f"gatehouse: The certificates in {file} cannot be read: {reason}.\n"

    @pytest.mark.parametrize("name", ["state.sqlite", "tables.sqlite"])
    def test_a_database_that_is_none_fails_and_is_named(self, tmp_path, name):
        (tmp_path / name).write_text("no database " * 1000)
        finished = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path))
        assert finished.returncode == 1
        assert "file is not a database" in finished.stderr
        assert str(tmp_path / name) in finished.stderr

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
    def test_a_server_that_is_told_to_stop_ends_well(self, own_gatehouse, number):
        server = own_gatehouse()
        server.process.send_signal(number)
        server.ends_well()


class TestServe:
    def test_every_listener_is_printed_and_then_ready(self, own_gatehouse):
        server = own_gatehouse(traffic=2)
        lines = [line.split(" ")[0] for line in server.stdout]
        assert lines[lines.index("management") :][:5] == ["management", "access", "traffic", "traffic", "ready"]

    def test_a_listener_may_be_the_only_one(self, own_gatehouse):
        server = own_gatehouse(traffic=0)
        assert server.clients.apis.get_apis()["Items"] == []

    def test_the_region_and_the_account_are_in_arns(self, own_gatehouse):
        server = own_gatehouse(options=["--region", "eu-west-1", "--account", "210987654321"])
        target = create_function(server.clients, "def handler(event, context): pass")
        read = server.clients.functions.get_function_configuration(FunctionName=target.name)
        assert read["FunctionArn"].startswith("arn:aws:lambda:eu-west-1:210987654321:function:")

    def test_the_data_folder_keeps_what_was_made(self, own_gatehouse, tmp_path):
        first = own_gatehouse(data=tmp_path / "data")
        api = HttpApi(first)
        first.stop()
        second = own_gatehouse(data=tmp_path / "data")
        assert [item["ApiId"] for item in second.clients.apis.get_apis()["Items"]] == [api.id]

    def test_the_data_folder_is_dot_gatehouse_by_default(self, command, tmp_path):
        command("serve", "--listen", "127.0.0.1:0").line("^ready$")
        assert list((tmp_path / ".gatehouse").iterdir())

    def test_in_memory_nothing_is_kept(self, own_gatehouse, tmp_path):
        first = own_gatehouse()
        HttpApi(first)
        first.stop()
        assert own_gatehouse().clients.apis.get_apis()["Items"] == []

    def test_the_generation_is_a_number_that_grows_with_each_change(self, own_gatehouse):
        server = own_gatehouse()
        before = server.generation()
        api = HttpApi(server)
        api.route("$default", api.integrate("https://example.com/"))
        api.stage()
        assert server.generation() > before


@pytest.fixture(scope="module")
def report():
    return run("doctor")


class TestDoctor:
    def test_it_ends_well(self, report):
        assert report.returncode == 0

    @pytest.mark.parametrize("runtime", ["python", "nodejs", "provided"])
    def test_it_reports_on(self, report, runtime):
        assert runtime in report.stdout

    def test_it_finds_the_node_of_this_machine(self, report):
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
        assert version.strip().removeprefix("v").split(".")[0] in report.stdout
