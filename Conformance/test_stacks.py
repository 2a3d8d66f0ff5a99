"""`gatehouse deploy`, `diff` and `delete` against a running server."""

import json
import random
import re
import threading
import urllib.parse
import zipfile

import pytest

from harness import wire
from harness.deadline import until
from harness.server import ACCOUNT, REGION, run

HANDLER = """
def handler(event, context):
    return {"statusCode": 200, "body": "%s"}
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Description: {Type: String, Default: says hello}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Description: !Ref Description
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: get}}
  Items:
    Type: AWS::Serverless::SimpleTable
Outputs:
  Url: {Value: !Sub "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.amazonaws.com/hello"}
"""


class Project:
    """A template and the code beside it, deployed to a server."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        (folder / "src").mkdir(parents=True)
        self.edit("one")
        self.write(TEMPLATE)

    def edit(self, text):
        (self.folder / "src/app.py").write_text(HANDLER % text)

    def write(self, template):
        (self.folder / "template.yaml").write_text(template)

    def run(self, command, *options):
        host, port = self.server.management
        template = [] if command == "delete" else ["template.yaml"]
        endpoint = f"http://{host}:{port}"
        return run(command, *template, "--stack", "shop", "--endpoint", endpoint, *options, cwd=self.folder, timeout=60)

    def deploy(self, *options):
        done = self.run("deploy", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path):
        return wire.fetch(self.server.management, "GET", path, "localhost")

    def stack(self):
        return self.ask("/_gatehouse/stacks/shop").json()

    def hello(self):
        url = self.stack()["outputs"][0]["value"]
        api = urllib.parse.urlsplit(url).netloc.split(".")[0]
        host = f"{api}.execute-api.localhost:{self.server.management[1]}"
        return wire.fetch(self.server.management, "GET", "/hello", host, timeout=30).text


@pytest.fixture
def project(tmp_path, own_gatehouse):
    return Project(tmp_path / "project", own_gatehouse())


def test_a_template_is_deployed_with_progress(project):
    said = project.deploy()
    assert re.search(r"CREATE_IN_PROGRESS +AWS::Lambda::Function +Hello$", said, re.M)
    assert re.search(r"CREATE_COMPLETE +AWS::DynamoDB::Table +Items$", said, re.M)
    assert re.search(r"^Url: http://\w+\.execute-api\.localhost:\d+/hello$", said, re.M)
    assert project.hello() == "one"
    assert project.stack()["status"] == "CREATE_COMPLETE"


def test_only_what_differs_is_deployed_again(project):
    project.deploy()
    assert "nothing to change" in project.run("diff").stdout
    assert "nothing to change" in project.deploy()
    project.edit("two")
    assert project.run("diff").stdout == "~   Hello (AWS::Lambda::Function): Code\n"
    assert project.hello() == "one"
    assert "done: 1 resource changed" in project.deploy()
    assert project.hello() == "two"


def test_the_template_is_planned_for_the_region_of_the_server(tmp_path, own_gatehouse):
    project = Project(tmp_path / "project", own_gatehouse(options=["--region", "eu-central-1"]))
    project.write(
        TEMPLATE.replace("Resources:", "Mappings: {Names: {eu-central-1: {Word: from Frankfurt}}}\nResources:").replace(
            "!Ref Description", "!FindInMap [Names, !Ref AWS::Region, Word]"
        )
    )
    project.deploy()
    assert "nothing to change" in project.run("diff").stdout
    functions = project.server.clients.functions.list_functions()["Functions"]
    assert [function["Description"] for function in functions] == ["from Frankfurt"]


def test_code_that_is_sent_without_its_packages_is_said(project):
    (project.folder / "src/requirements.txt").write_text("requests\n")
    done = project.run("deploy")
    assert done.returncode == 0
    assert f"{project.folder}/src/requirements.txt names must be installed in it already" in done.stderr


def test_a_parameter_is_given(project):
    project.deploy()
    said = project.run("diff", "--parameter", "Description=other").stdout
    assert said == "~   Hello (AWS::Lambda::Function): Description\n"


def test_a_deployment_that_fails_is_rolled_back(project):
    project.deploy()
    with zipfile.ZipFile(project.folder / "code.zip", "w") as package:
        package.writestr("app.py", HANDLER % "two")
    # What only unpacking finds: the content is not what the archive says that it is.
    broken = (project.folder / "code.zip").read_bytes().replace(b"two", b"TWO", 1)
    (project.folder / "code.zip").write_bytes(broken)
    project.write(TEMPLATE.replace("CodeUri: src/", "CodeUri: code.zip").replace("/hello,", "/new,"))
    failed = project.run("deploy")
    assert failed.returncode == 1
    assert "template.yaml:6: Resources.Hello: UpdateFunctionCode" in failed.stderr
    assert "UPDATE_ROLLBACK_COMPLETE" in failed.stdout
    assert project.hello() == "one"
    assert project.stack()["status"] == "UPDATE_ROLLBACK_COMPLETE"


REFUSED = {
    "MemorySize: 64": "template.yaml:6: Resources.Hello: CreateFunction",
    "Architectures: [x86_64, arm64]": "template.yaml:6: Resources.Hello: CreateFunction",
    "Role: 2": "template.yaml:6: Resources.Hello: CreateFunction",
    "EphemeralStorage: {Size: 100}": "template.yaml:6: Resources.Hello: CreateFunction",
    "Runtime: java21": "template.yaml:6: Resources.Hello: CreateFunction",
    "Runtime: provided.al2023": "src there is no bootstrap",
}


@pytest.mark.parametrize("command", ["diff", "deploy"])
def test_what_would_be_refused_is_told_and_nothing_made(project, command):
    for added, message in REFUSED.items():
        project.write(TEMPLATE.replace("CodeUri: src/", "CodeUri: src/\n      " + added))
        refused = project.run(command)
        assert refused.returncode == 1, added
        assert message in refused.stderr, refused.stderr
        assert refused.stdout == ""
    # The same in an update, and together with what else is wrong.
    project.write(TEMPLATE)
    project.deploy()
    project.write(
        TEMPLATE.replace("CodeUri: src/", "CodeUri: src/\n      MemorySize: 64")
        + "  Table: {Value: !Select [9, !Split [',', a]]}\n"
    )
    refused = project.run(command)
    assert "Resources.Hello: UpdateFunctionConfiguration" in refused.stderr
    assert project.stack()["status"] == "CREATE_COMPLETE"
    assert project.hello() == "one"


def test_a_table_that_would_be_refused_is_told(project):
    project.write(TEMPLATE.replace("SimpleTable", "SimpleTable\n    Properties: {TableName: a}"))
    refused = project.run("diff")
    assert refused.returncode == 1
    assert "Resources.Items: CreateTable: ValidationException" in refused.stderr


def test_a_creation_that_fails_leaves_nothing(project):
    project.write(TEMPLATE.replace("CodeUri: src/", "CodeUri: src/\n      MemorySize: 64"))
    assert project.run("deploy").returncode == 1
    assert project.ask("/_gatehouse/stacks").json() == {"stacks": []}
    assert project.server.clients.functions.list_functions()["Functions"] == []


def test_mistakes_are_told_with_their_lines(project):
    project.write(TEMPLATE.replace("Runtime:", "Runtme:"))
    failed = project.run("deploy")
    assert failed.returncode == 1
    assert "template.yaml:9: Resources.Hello.Properties: AWS::Serverless::Function has no property Runtme" in failed.stderr


def test_a_stack_is_deleted(project):
    project.deploy()
    assert project.run("delete").returncode == 0
    assert project.server.clients.apis.get_apis()["Items"] == []
    assert project.server.clients.functions.list_functions()["Functions"] == []
    again = project.run("delete")
    assert again.returncode == 1
    assert "Stack with id shop does not exist" in again.stderr


def test_a_server_that_is_not_there_is_told(tmp_path):
    (tmp_path / "template.yaml").write_text("Resources: {Logs: {Type: AWS::Logs::LogGroup}}")
    failed = run("deploy", "template.yaml", "--stack", "shop", "--endpoint", "http://127.0.0.1:1", cwd=tmp_path)
    assert failed.returncode == 1
    assert "There is no answer from 127.0.0.1:1" in failed.stderr


def test_templates_that_are_sent_read_nothing_of_the_server(project):
    body = {"template": {"text": TEMPLATE.replace("src/", "/etc"), "file": "t.yaml", "folder": "/"}}
    answer = wire.fetch(
        project.server.management, "POST", "/_gatehouse/stacks/shop", "localhost", body=json.dumps(body).encode()
    )
    assert answer.status == 400
    assert "CodeUri /etc: /etc does not exist" in answer.text


def test_web_pages_cannot_deploy(project):
    origin = [("origin", "https://example.com")]
    for method, path in [("POST", "/stacks/shop"), ("DELETE", "/stacks/shop"), ("PUT", "/assets/" + "0" * 64)]:
        answer = wire.fetch(project.server.management, method, "/_gatehouse" + path, "localhost", origin, b"{}")
        assert answer.status == 403


def test_a_server_that_is_killed_takes_deployments_back(tmp_path, own_gatehouse):
    project = Project(tmp_path / "project", own_gatehouse(data=tmp_path / "data"))
    project.deploy()
    chance = random.Random(7)
    for round in range(10):
        project.edit(f"round {round}")
        options = ["--parameter", f"Description=round {round}"]
        deployment = threading.Thread(target=project.run, args=("deploy", *options))
        deployment.start()
        # Somewhere in the middle: once it has begun, after as many looks at it as chance has it.
        events = "/_gatehouse/stacks/shop/events?after=0"
        until(lambda: project.ask(events).status == 200, "the deployment", every=0.001)
        for _ in range(chance.randrange(8)):
            project.ask("/_gatehouse/stacks")
        project.server.kill()
        deployment.join()
        project.server = own_gatehouse(data=tmp_path / "data")
        status = project.stack()["status"]
        assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), status
        function = project.server.clients.functions.get_function_configuration(FunctionName="shop-Hello")
        said = project.hello()
        # Code and configuration belong to one deployment.
        if said.startswith("round"):
            assert function["Description"] == said
        else:
            assert (said, function["Description"]) == ("one", "says hello")


class TestLeavingOut:
    """`--allow-missing`: types that nobody serves, by name."""

    TEMPLATE = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Acl: {Type: AWS::WAFv2::WebACL}
  Parameter:
    Type: AWS::SSM::Parameter
    DependsOn: Queue
    Properties: {Type: String, Name: /left-out, Value: !Ref Queue}
Outputs:
  Queue: {Value: !Ref Queue}
"""

    def test_types_are_left_out_by_name(self, own_gatehouse, tmp_path):
        server = own_gatehouse(data=tmp_path / "data")
        file = tmp_path / "template.yaml"
        file.write_text(self.TEMPLATE)

        def command(name, *options):
            done = run(name, str(file), "--stack", "s", "--endpoint", server.url, *options, timeout=60)
            return done.returncode, done.stdout + done.stderr

        for name in "deploy", "diff":
            code, said = command(name)
            assert code == 1 and "the resource type AWS::SQS::Queue is not supported yet" in said
            assert "--allow-missing AWS::SQS::Queue\n" in said
        code, said = command("deploy", "--allow-missing", "AWS::SQS::Queue,AWS::WAFv2::WebACL")
        assert code == 1 and "resources of the type AWS::WAFv2::WebACL protect what they are about" in said
        file.write_text(self.TEMPLATE.replace("  Acl: {Type: AWS::WAFv2::WebACL}\n", ""))
        code, said = command("diff", "--allow-missing", "AWS::SQS::Queue")
        assert code == 0 and "Queue (AWS::SQS::Queue) is left out" in said, said
        code, said = command("deploy", "--allow-missing", "AWS::SQS::Queue")
        assert code == 0 and "Queue (AWS::SQS::Queue) is left out" in said, said
        value = server.clients.service("ssm").get_parameter(Name="/left-out")["Parameter"]["Value"]
        assert value == f"https://left-out.{REGION}.amazonaws.com/{ACCOUNT}/left-out-Queue"
        # By default it is refused, and the server says at each start what a stack lacks.
        assert command("deploy")[0] == 1
        server.stop()
        again = own_gatehouse(data=tmp_path / "data")
        said = "the stack s was deployed without what nobody serves: Queue (AWS::SQS::Queue)"
        until(lambda: said in again.output, "the server says what the stack lacks")
