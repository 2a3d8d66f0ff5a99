"""REST APIs by `AWS::ApiGateway::*` in a template, deployed to a running server and called."""

import pytest

from harness import wire
from harness.server import run

TEMPLATE = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: shop}
  Items:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: items}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Items
      HttpMethod: GET
      AuthorizationType: NONE
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses:
          - {StatusCode: 200, ResponseTemplates: {application/json: '{"word":"$stageVariables.word"}'}}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Get
    Properties: {RestApiId: !Ref Api}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live, Variables: {word: one}}
Outputs:
  Api: {Value: !Ref Api}
"""


class Stack:
    def __init__(self, folder, server):
        self.folder, self.server = folder, server

    def run(self, command, template=None, *options):
        host, port = self.server.management
        if template:
            (self.folder / "template.yaml").write_text(template)
        file = [] if command == "delete" else ["template.yaml"]
        endpoint = f"http://{host}:{port}"
        return run(
            command, *file, "--stack", "shop", "--endpoint", endpoint, *options, cwd=self.folder, timeout=60
        )

    def deploy(self, template, *options):
        done = self.run("deploy", template, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def outputs(self):
        stack = wire.fetch(self.server.management, "GET", "/_gatehouse/stacks/shop", "localhost").json()
        return {output["name"]: output["value"] for output in stack["outputs"]}

    def call(self, path, method="GET", headers=(), body=None, output="Api"):
        host = f"{self.outputs()[output]}.execute-api.localhost:{self.server.management[1]}"
        return wire.fetch(self.server.management, method, path, host, list(headers), body, timeout=30)


@pytest.fixture
def stack(tmp_path, own_gatehouse):
    return Stack(tmp_path, own_gatehouse())


def test_a_rest_api_is_made_and_called(stack):
    stack.deploy(TEMPLATE)
    answer = stack.call("/live/items")
    assert (answer.status, answer.json()) == (200, {"word": "one"})
    assert "nothing to change" in stack.run("diff").stdout
    # Of the stage alone: it is served at once.
    stack.deploy(TEMPLATE.replace("word: one", "word: two"))
    assert stack.call("/live/items").json() == {"word": "two"}


def test_what_is_not_deployed_again_is_served_as_before_and_said(stack):
    stack.deploy(TEMPLATE)
    changed = TEMPLATE.replace('{"word":', '{"said":')
    said = stack.deploy(changed)
    assert "Get changed, but the deployment Deployment did not" in said
    assert stack.call("/live/items").json() == {"word": "one"}
    said = stack.deploy(changed.replace("Deployment:", "Deployment2:").replace("!Ref Deployment", "!Ref Deployment2"))
    assert "did not" not in said
    assert stack.call("/live/items").json() == {"said": "one"}
    assert stack.run("delete").returncode == 0
    assert stack.server.clients.service("apigateway").get_rest_apis()["items"] == []


@pytest.mark.parametrize("kind", ["DomainName", "BasePathMapping", "DomainNameV2", "DomainNameAccessAssociation"])
def test_types_of_domains_are_refused_by_name(stack, kind):
    template = TEMPLATE.replace("Outputs:", f"  Domain: {{Type: AWS::ApiGateway::{kind}}}\nOutputs:")
    refused = stack.run("deploy", template)
    assert refused.returncode == 1
    assert f"the resource type AWS::ApiGateway::{kind} is not supported yet" in refused.stderr


def test_a_document_that_is_not_in_s3_is_told_with_its_place(stack):
    refused = stack.run("deploy", TEMPLATE.replace("{Name: shop}", "{Name: shop, BodyS3Location: {Bucket: b, Key: k}}"))
    assert refused.returncode == 1
    assert "Resources.Api: BodyS3Location s3://b/k: GetObject: NoSuchBucket" in refused.stderr
