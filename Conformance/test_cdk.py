"""The CDK as it comes from PyPI: bootstrap, deploy, diff, hotswap, destroy."""

import json

import pytest

from harness import deploy_tools, wire
from harness.clients import SESSION
from harness.server import ACCOUNT, REGION

deploy_tools.needed()

APP = f"""
import aws_cdk as cdk
from aws_cdk import aws_apigateway as rest
from aws_cdk import aws_apigatewayv2 as v2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as functions
from aws_cdk import aws_logs as logs

app = cdk.App()
env = cdk.Environment(account="{ACCOUNT}", region="{REGION}")


def function(scope, name, **options):
    return functions.Function(
        scope, name, runtime=functions.Runtime.PYTHON_3_11, handler="app.handler",
        code=functions.Code.from_asset("src"), **options)


http = cdk.Stack(app, "Http", env=env)
api = v2.HttpApi(http, "Api")
api.add_routes(
    path="/hello", methods=[v2.HttpMethod.GET],
    integration=integrations.HttpLambdaIntegration("I", function(http, "Fn")))
cdk.CfnOutput(http, "Id", value=api.api_id)

plan = cdk.Stack(app, "Plan", env=env)
gateway = rest.RestApi(plan, "Api")
gateway.root.add_resource("x").add_method(
    "GET", rest.LambdaIntegration(function(plan, "Fn")), api_key_required=True)
usage = gateway.add_usage_plan("Usage", throttle=rest.ThrottleSettings(rate_limit=100, burst_limit=20))
usage.add_api_key(gateway.add_api_key("Key", value="abcdefghij0123456789"))
usage.add_api_stage(stage=gateway.deployment_stage)
rest.LambdaRestApi(plan, "Proxy", handler=function(plan, "Proxied"))
cdk.CfnOutput(plan, "Id", value=gateway.rest_api_id)

socket = cdk.Stack(app, "Socket", env=env)
chat = v2.WebSocketApi(
    socket, "Api", connect_route_options=v2.WebSocketRouteOptions(
        integration=integrations.WebSocketLambdaIntegration("C", function(socket, "Fn"))))
v2.WebSocketStage(socket, "Stage", web_socket_api=chat, stage_name="dev", auto_deploy=True)

guarded = cdk.Stack(app, "Guarded", env=env)
decide = functions.Function(
    guarded, "Decide", runtime=functions.Runtime.PYTHON_3_11, handler="index.handler",
    code=functions.Code.from_inline(
        "def handler(event, context):\\n"
        "    return {{'isAuthorized': event['headers'].get('authorization') == 'yes'}}\\n"))
closed = v2.HttpApi(
    guarded, "Api", default_authorizer=authorizers.HttpLambdaAuthorizer(
        "A", decide, response_types=[authorizers.HttpLambdaResponseType.SIMPLE]))
closed.add_routes(path="/in", integration=integrations.HttpLambdaIntegration("I", function(guarded, "Fn")))
cdk.CfnOutput(guarded, "Id", value=closed.api_id)
app.synth()
"""
CODE = 'def handler(event, context):\n    return {{"statusCode": 200, "body": "{said}"}}\n'


@pytest.fixture(scope="module")
def cdk(gatehouse, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cdk")
    (folder / "src").mkdir()
    (folder / "src/app.py").write_text(CODE.format(said="one"))
    (folder / "app.py").write_text(APP)
    (folder / "cdk.json").write_text(json.dumps({"app": f"{deploy_tools.TOOLS}/bin/python app.py"}))
    tool = deploy_tools.cdk(folder, gatehouse)
    tool("bootstrap", f"aws://{ACCOUNT}/{REGION}", said="bootstrapped")
    return tool


def output(server, stack, name="Id"):
    cloudformation = SESSION.client("cloudformation", endpoint_url=server.url)
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return next(o["OutputValue"] for o in outputs if o["OutputKey"] == name)


def answer(server, api, path, **headers):
    host = f"{api}.execute-api.{REGION}.amazonaws.com"
    return wire.fetch(server.traffic, "GET", path, host, headers)


def test_a_bootstrapped_account_is_bootstrapped(cdk):
    cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", said="(no changes)")


def test_an_http_api_is_deployed_changed_and_destroyed(cdk, gatehouse):
    cdk("deploy", "Http", "--require-approval", "never", said="Http.Id = ")
    api = output(gatehouse, "Http")
    assert answer(gatehouse, api, "/hello").body == b"one"
    cdk("deploy", "Http", "--require-approval", "never", said="(no changes)")
    source = cdk.folder / "src/app.py"
    source.write_text(CODE.format(said="two"))
    cdk("diff", "Http", said="[~] AWS::Lambda::Function Fn")
    cdk("deploy", "Http", "--hotswap")
    assert answer(gatehouse, api, "/hello").body == b"two"
    source.write_text(CODE.format(said="three"))
    cdk("deploy", "Http", "--method=direct", "--require-approval", "never")
    assert answer(gatehouse, api, "/hello").body == b"three"
    cdk("destroy", "Http", "--force", said="destroyed")
    assert answer(gatehouse, api, "/hello").status in (403, 404)


def test_rest_apis_with_a_plan_and_a_key(cdk, gatehouse):
    cdk("deploy", "Plan", "--require-approval", "never")
    api = output(gatehouse, "Plan")
    assert answer(gatehouse, api, "/prod/x").status == 403
    assert answer(gatehouse, api, "/prod/x", **{"x-api-key": "abcdefghij0123456789"}).status == 200
    cdk("destroy", "Plan", "--force")


def test_a_websocket_api_and_an_authorizer(cdk, gatehouse):
    cdk("deploy", "Socket", "Guarded", "--require-approval", "never")
    api = output(gatehouse, "Guarded")
    assert answer(gatehouse, api, "/in").status == 401
    assert answer(gatehouse, api, "/in", authorization="no").status == 403
    assert answer(gatehouse, api, "/in", authorization="yes").status == 200
    cdk("destroy", "Socket", "Guarded", "--force")
