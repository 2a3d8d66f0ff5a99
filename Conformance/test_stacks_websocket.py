"""WebSocket APIs of templates, deployed to a running server: `cdk_websocket.json` is what `cdk synth` (aws-cdk-lib 2.275.0)
writes of a WebSocketApi with all its integrations, an authorizer and a stage."""

import json
from pathlib import Path

import pytest

from harness.server import ACCOUNT, REGION, run

CDK = json.loads((Path(__file__).parent / "cdk_websocket.json").read_text())


class Chat:
    """A stack with one WebSocket API."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server

    def run(self, command, template=None, *options):
        host, port = self.server.management
        if template:
            (self.folder / "template.json").write_text(json.dumps(template))
        file = [] if command == "delete" else ["template.json"]
        endpoint = f"http://{host}:{port}"
        return run(command, *file, "--stack", "chat", "--endpoint", endpoint, *options, cwd=self.folder, timeout=60)

    def deploy(self, template):
        done = self.run("deploy", template)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)

    @property
    def api(self):
        (api,) = self.server.clients.apis.get_apis()["Items"]
        return api

    def items(self, operation, **parameters):
        return getattr(self.server.clients.apis, operation)(ApiId=self.api["ApiId"], **parameters)["Items"]


@pytest.fixture
def chat(tmp_path, own_gatehouse):
    return Chat(tmp_path, own_gatehouse())


def test_what_cdk_writes_is_deployed(chat):
    chat.deploy(CDK)
    assert chat.api["ProtocolType"] == "WEBSOCKET"
    assert chat.api["RouteSelectionExpression"] == "$request.body.action"
    routes = {route["RouteKey"]: route for route in chat.items("get_routes")}
    assert set(routes) == {"$connect", "$disconnect", "$default", "send", "put"}
    (authorizer,) = chat.items("get_authorizers")
    assert routes["$connect"]["AuthorizerId"] == authorizer["AuthorizerId"]
    integrations = {part["IntegrationId"]: part for part in chat.items("get_integrations")}
    kinds = {key: integrations[route["Target"].split("/")[1]]["IntegrationType"] for key, route in routes.items()}
    assert kinds == {
        "$connect": "AWS_PROXY", "$disconnect": "AWS_PROXY", "$default": "MOCK", "send": "AWS_PROXY", "put": "AWS",
    }
    for key, route in routes.items():
        answers = chat.items("get_route_responses", RouteId=route["RouteId"])
        assert [answer["RouteResponseKey"] for answer in answers] == (["$default"] if key in ("$default", "send") else [])
    (stage,) = chat.items("get_stages")
    assert stage["StageName"] == "dev" and stage["AutoDeploy"] and stage["DeploymentId"]
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 5
    assert "nothing to change" in chat.run("diff", CDK).stdout


def test_permissions_are_of_any_stage_and_one_route(chat):
    chat.deploy(CDK)
    functions = chat.server.clients.functions
    sources = set()
    for function in functions.list_functions()["Functions"]:
        policy = json.loads(functions.get_policy(FunctionName=function["FunctionName"])["Policy"])
        sources |= {statement["Condition"]["ArnLike"]["AWS:SourceArn"] for statement in policy["Statement"]}
    api = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{chat.api['ApiId']}"
    (authorizer,) = chat.items("get_authorizers")
    assert sources == {
        f"{api}/*$connect", f"{api}/*$disconnect", f"{api}/*send", f"{api}/authorizers/{authorizer['AuthorizerId']}",
    }


def test_outputs_lead_to_this_machine(chat):
    outputs = chat.deploy(CDK)
    authority, api = f"localhost:{chat.server.management[1]}", chat.api["ApiId"]
    assert outputs["Url"] == f"ws://{authority}/_aws/execute-api/{api}/dev"
    assert outputs["End"] == f"ws://{authority}/_aws/execute-api/{api}"
    assert outputs["Cb"] == f"http://{api}.execute-api.{authority}/dev"


def test_what_http_apis_do_not_have_is_refused_with_nothing_made(chat):
    template = json.loads(json.dumps(CDK))
    api = template["Resources"]["ApiF70053CD"]["Properties"]
    api["ProtocolType"] = "HTTP"
    del api["RouteSelectionExpression"]
    done = chat.run("deploy", template)
    assert done.returncode == 1
    assert "only supported for WebSocket APIs" in done.stderr, done.stderr
    assert chat.server.clients.apis.get_apis()["Items"] == []


def test_the_whole_api_goes_with_its_stack(chat):
    chat.deploy(CDK)
    done = chat.run("delete")
    assert done.returncode == 0, done.stdout + done.stderr
    assert chat.server.clients.apis.get_apis()["Items"] == []
    assert chat.server.clients.functions.list_functions()["Functions"] == []


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Answer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: "def handler(event, context): return {'statusCode': 200}"
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes:
        $connect: {FunctionArn: !GetAtt Answer.Arn}
        sendMessage: {FunctionArn: !GetAtt Answer.Arn}
Outputs:
  Url: {Value: !Sub "wss://${Chat}.execute-api.${AWS::Region}.amazonaws.com/${Chat.Stage}"}
"""


def test_up_shows_the_url_of_the_stage_and_the_routes(command, tmp_path):
    (tmp_path / "template.yaml").write_text(SAM)
    up = command("up", "template.yaml", "--listen", "127.0.0.1:0")
    up.line("^ready$")
    url = up.line(r"^Url: (ws://localhost:\d+/_aws/execute-api/\w+/default)$")[1]
    start = next(position for position, line in enumerate(up.stdout) if line.startswith("Chat ("))
    assert up.stdout[start + 1 : start + 4] == [f"  {url}", "  $connect     -> Answer", "  sendMessage  -> Answer"]
