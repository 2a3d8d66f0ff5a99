"""The SAM CLI as it comes from PyPI: build, deploy, change, list, invoke, sync, delete."""

import json

import pytest

from harness import deploy_tools, wire
from harness.clients import SESSION
from harness.deadline import until

deploy_tools.needed()

REST = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: an application as sam init makes it
Globals:
  Function:
    Timeout: 3
Resources:
  HelloWorldFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: hello_world/
      Handler: app.lambda_handler
      Runtime: python3.11
      Architectures: [x86_64]
      Events:
        HelloWorld:
          Type: EVENT
          Properties:
            Path: /hello
            Method: get
Outputs:
  HelloWorldFunction:
    Value: !GetAtt HelloWorldFunction.Arn
"""
CODE = 'def lambda_handler(event, context):\n    return {{"statusCode": 200, "body": "{said}"}}\n'


class Project:
    def __init__(self, folder, server, event):
        self.sam = deploy_tools.sam(folder, server)
        self.server = server
        self.folder = folder
        (folder / "hello_world").mkdir()
        (folder / "hello_world/requirements.txt").write_text("")
        (folder / "template.yaml").write_text(REST.replace("EVENT", event))
        self.stack = f"app-{event.lower()}"

    def write(self, said):
        (self.folder / "hello_world/app.py").write_text(CODE.format(said=said))

    def deploy(self, **options):
        self.sam("build")
        return self.sam(
            "deploy", "--stack-name", self.stack, "--resolve-s3", "--capabilities", "CAPABILITY_IAM",
            "--no-confirm-changeset", **options,
        )  # fmt: skip

    def client(self, service):
        return SESSION.client(service, endpoint_url=self.server.url)

    def answer(self):
        resources = self.client("cloudformation").list_stack_resources(StackName=self.stack)["StackResourceSummaries"]
        api = next(r for r in resources if r["ResourceType"] in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"))
        path = "/Prod/hello" if api["ResourceType"] == "AWS::ApiGateway::RestApi" else "/hello"
        host = f"{api['PhysicalResourceId']}.execute-api.us-east-1.amazonaws.com"
        return wire.fetch(self.server.traffic, "GET", path, host).body.decode()


@pytest.mark.parametrize("event", ["Api", "HttpApi"])
def test_an_application_is_deployed_changed_and_deleted(gatehouse, tmp_path, event):
    project = Project(tmp_path, gatehouse, event)
    project.write("one")
    said = project.deploy()
    assert f"Successfully created/updated stack - {project.stack}" in said
    assert project.answer() == "one"
    project.write("two")
    project.deploy()
    assert project.answer() == "two"
    assert "No changes to deploy" in project.deploy(status=1)
    sam, named = project.sam, ("--stack-name", project.stack)
    outputs = json.loads(sam("list", "stack-outputs", *named, "--output", "json"))
    assert [output["OutputKey"] for output in outputs] == ["HelloWorldFunction"]
    sam("list", "resources", *named, "--output", "json", said="HelloWorldFunction")
    sam("list", "endpoints", *named, "--output", "json", said="/hello")
    sam("remote", "invoke", "HelloWorldFunction", *named, said='"body": "two"')
    until(lambda: "START RequestId" in sam("logs", *named), "the function's lines are in the logs", within=60, every=1)
    sam("delete", *named, "--no-prompts", said="Deleted successfully")
    functions = [f["FunctionName"] for f in project.client("lambda").list_functions()["Functions"]]
    assert not any(name.startswith(project.stack) for name in functions)


def test_code_and_layers_are_synced(gatehouse, tmp_path):
    project = Project(tmp_path, gatehouse, "Api")
    project.stack = "app-sync"
    project.write("one")
    project.sam(
        "sync", "--stack-name", project.stack, "--no-watch", "--capabilities", "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND", said="Stack creation succeeded", typed="y\n",
    )  # fmt: skip
    assert project.answer() == "one"
    project.write("two")
    project.sam("sync", "--code", "--stack-name", project.stack, "--resource-id", "HelloWorldFunction", typed="y\n")
    assert project.answer() == "two"
    # `sam delete` reads no TemplateURL of a stack within a stack that is not at amazonaws.com.
    project.client("cloudformation").delete_stack(StackName=project.stack)


def test_what_is_not_served_is_told(gatehouse, tmp_path):
    project = Project(tmp_path, gatehouse, "Api")
    project.stack = "app-refused"
    project.write("one")
    template = tmp_path / "template.yaml"
    template.write_text(template.read_text().replace("Outputs:", "  Queue: {Type: AWS::SQS::Queue}\nOutputs:"))
    said = project.deploy(status=1)
    assert "the resource type AWS::SQS::Queue is not supported yet" in said
