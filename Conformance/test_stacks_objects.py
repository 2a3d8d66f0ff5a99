"""Templates whose code and documents lie in S3, deployed by `gatehouse deploy`."""

import json

import pytest
from harness import wire
from harness.functions import package
from harness.server import run
from test_functions_objects import s3_of

HANDLER = "def handler(event, context): return '{}'"
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "of-s3", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "responses": {"200": {"description": "fine"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "[1]"}}},
                },
            }
        }
    },
}

CODE = """
Parameters:
  Bucket: {Type: String, Default: stack-code}
  Version: {Type: String, Default: ""}
Conditions:
  HasVersion: !Not [!Equals [!Ref Version, ""]]
Resources:
  Plain:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: plain
      Runtime: python3.12
      Handler: handler.handler
      Role: arn:aws:iam::123456789012:role/functions
      Code:
        S3Bucket: !Ref Bucket
        S3Key: code.zip
        S3ObjectVersion: !If [HasVersion, !Ref Version, !Ref AWS::NoValue]
      Layers: [!Ref Tools]
  Tools:
    Type: AWS::Lambda::LayerVersion
    Properties: {Content: {S3Bucket: !Ref Bucket, S3Key: layer.zip}}
"""

SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, Handler: handler.handler}}
Resources:
  Text: {Type: AWS::Serverless::Function, Properties: {FunctionName: text, CodeUri: s3://stack-code/code.zip}}
  Map:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: map, CodeUri: {Bucket: stack-code, Key: code.zip}, Layers: [!Ref Tools]}
  Tools: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://stack-code/layer.zip}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, DefinitionUri: s3://stack-code/api.json}}
"""

DOCUMENTS = """
Resources:
  Rest:
    Type: AWS::ApiGateway::RestApi
    Properties: {BodyS3Location: {Bucket: stack-code, Key: api.json}, Description: beside}
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties: {BodyS3Location: {Bucket: stack-code, Key: http.yaml}}
  Included:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: included
      Body: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: s3://stack-code/api.json}}}
Outputs:
  Rest: {Value: !Ref Rest}
  Http: {Value: !Ref Http}
  Included: {Value: !Ref Included}
"""


class Stack:
    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        folder.mkdir()
        self.s3 = s3_of(server.url)
        self.functions = server.clients.functions
        self.s3.create_bucket(Bucket="stack-code")
        self.s3.put_bucket_versioning(Bucket="stack-code", VersioningConfiguration={"Status": "Enabled"})
        self.first = self.put("code.zip", package({"handler.py": HANDLER.format("first")}))
        self.put("layer.zip", package({"python/tool.py": "NAME = 'tool'"}))
        self.put("api.json", json.dumps(DOCUMENT))

    def put(self, key, body):
        return self.s3.put_object(Bucket="stack-code", Key=key, Body=body)["VersionId"]

    def run(self, command, template=None, *options):
        if template:
            (self.folder / "template.yaml").write_text(template)
        file = [] if command == "delete" else ["template.yaml"]
        done = run(command, *file, "--stack", "s", "--endpoint", self.server.url, *options, cwd=self.folder, timeout=90)
        return done.returncode, done.stdout + done.stderr

    def deploy(self, template, *options):
        code, said = self.run("deploy", template, *options)
        assert code == 0, said
        return said

    def answer(self, name):
        return json.loads(self.functions.invoke(FunctionName=name)["Payload"].read())


@pytest.fixture
def stack(tmp_path, own_gatehouse):
    return Stack(tmp_path / "project", own_gatehouse(data=tmp_path / "data"))


def test_code_of_plain_resources(stack):
    stack.deploy(CODE)
    assert stack.answer("plain") == "first"
    stack.put("code.zip", package({"handler.py": HANDLER.format("second")}))
    # As in AWS the same place is no change, whatever lies there.
    assert "nothing to change" in stack.deploy(CODE)
    stack.deploy(CODE, "--parameter", f"Version={stack.first}")
    assert stack.answer("plain") == "first"
    stack.deploy(CODE)
    assert stack.answer("plain") == "second"


def test_code_that_is_not_there_is_told_before_anything_is_made(stack):
    code, said = stack.run("deploy", CODE, "--parameter", "Bucket=nobody-has-this")
    assert code != 0
    assert "PublishLayerVersion: InvalidParameterValueException: Error occurred while GetObject. S3 Error Code: " in said
    assert "NoSuchBucket. S3 Error Message: The specified bucket does not exist" in said
    assert stack.functions.list_functions()["Functions"] == []


def test_code_and_documents_of_sam(stack):
    stack.deploy(SERVERLESS)
    assert stack.answer("text") == stack.answer("map") == "first"
    layers = stack.functions.list_layers()["Layers"]
    assert [layer["LayerName"] for layer in layers] == ["Tools"]
    rest = stack.server.clients.service("apigateway")
    (api,) = rest.get_rest_apis()["items"]
    assert api["name"] == "of-s3"
    host = f"{api['id']}.execute-api.localhost"
    assert wire.fetch(stack.server.management, "GET", "/prod/pets", host).text == "[1]"


def test_documents_of_plain_apis(stack):
    stack.put("http.yaml", "openapi: 3.0.1\ninfo: {title: http, version: '1'}\npaths: {}")
    stack.deploy(DOCUMENTS)
    rest = stack.server.clients.service("apigateway")
    apis = {api["name"]: api for api in rest.get_rest_apis()["items"]}
    assert set(apis) == {"of-s3", "included"} and apis["of-s3"]["description"] == "beside"
    for api in apis.values():
        paths = [resource["path"] for resource in rest.get_resources(restApiId=api["id"])["items"]]
        assert sorted(paths) == ["/", "/pets"]
    assert [api["Name"] for api in stack.server.clients.service("apigatewayv2").get_apis()["Items"]] == ["http"]
    # Another description has the document imported again, the tag of what lies there must fit.
    changed = DOCUMENTS.replace("beside", "again")
    stack.deploy(changed)
    wrong = changed.replace("Key: api.json}, D", "Key: api.json, ETag: '0123'}, D")
    code, said = stack.run("deploy", wrong)
    assert code != 0 and "BodyS3Location s3://stack-code/api.json: GetObject: PreconditionFailed" in said
    code, said = stack.run("deploy", DOCUMENTS.replace("Location: s3://stack-code/api.json", "Location: s3://b/gone"))
    assert code != 0 and "Transform AWS::Include failed with: s3://b/gone: GetObject: NoSuchBucket" in said
    code, said = stack.run("delete")
    assert code == 0 and rest.get_rest_apis()["items"] == []
