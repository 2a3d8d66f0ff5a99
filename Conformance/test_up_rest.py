"""`gatehouse up` and REST APIs: the example, what is said under the line of a request, and of a template."""

import re

import pytest

from harness.clients import Clients
from harness.deadline import until
from harness.server import REPOSITORY
from test_up import Up

ORDER = '{"customer": {"name": "Ada", "address": "Mill Lane 1"}, "lines": [{"product": "Desk lamp", "count": 2}]}'


def clients(up):
    port = next(iter(up.urls.values())).rsplit(":", 1)[1]
    return Clients(f"http://127.0.0.1:{port}", ("127.0.0.1", int(port)))


class TestOrders:
    """The template in `Examples/orders`."""

    @pytest.fixture
    def up(self, command):
        return Up(command, REPOSITORY / "Examples/orders/template.yaml", routes=6)

    @pytest.fixture
    def key(self, up):
        until(lambda: "ApiKeyId: " in up.process.output, lambda: up.process.output)
        key_id = re.search(r"^ApiKeyId: (\S+)$", up.process.output, re.M)[1]
        return clients(up).service("apigateway").get_api_key(apiKey=key_id, includeValue=True)["value"]

    @pytest.fixture
    def call(self, up, key):
        def call(method, path, body=None, query="", **variables):
            headers = {"x-api-key": key, "content-type": "application/json"}
            base, target = up.url_of(method, path)
            for name, value in variables.items():
                target = target.replace("{%s}" % name, value)
            up.urls[(method, target + query)] = base
            return up.call(method, target + query, headers, body)

        return call

    def test_an_order_is_placed_shown_changed_listed_and_cancelled(self, call):
        placed = call("POST", "/orders", ORDER)
        assert placed.status == 201, placed.body
        order = placed.json()
        assert call("GET", "/orders/{id}", id=order["id"]).json() == order
        changed = call("PUT", "/orders/{id}", ORDER.replace("Mill Lane 1", "Mill Lane 2"), id=order["id"])
        assert changed.json()["customer"]["address"] == "Mill Lane 2"
        listed = call("GET", "/orders", query="?customer=Ada").json()
        assert [entry["id"] for entry in listed] == [order["id"]]
        assert call("DELETE", "/orders/{id}", id=order["id"]).status == 204
        assert call("GET", "/orders/{id}", id=order["id"]).status == 404

    def test_a_label_is_printed_by_the_mapping_template(self, call):
        order = call("POST", "/orders", ORDER).json()
        label = call("GET", "/orders/{id}/label", id=order["id"])
        assert (label.status, label.header("content-type")) == (200, "text/plain")
        assert [line.strip() for line in label.text.splitlines() if line.strip()] == [
            "From: Lamp-and-Co",
            "To:   Ada",
            "Mill Lane 1",
            "2 x Desk lamp",
        ]
        missing = call("GET", "/orders/{id}/label", id="nobody's")
        assert (missing.status, missing.json()) == (404, {"error": "There is no order nobody's."})

    def test_what_is_no_order_reaches_no_function(self, call):
        answer = call("POST", "/orders", '{"lines": []}')
        assert answer.status == 422
        assert "customer" in answer.json()["why"]

    def test_a_query_that_misses_its_parameter_is_refused(self, call):
        assert call("GET", "/orders").status == 400

    def test_nobody_is_let_in_without_a_key(self, up):
        answer = up.call("GET", "/orders")
        assert (answer.status, answer.json()) == (401, {"error": "Send your key in the header x-api-key."})


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses: [{StatusCode: 200, ResponseTemplates: {application/json: '{"here": true}'}}]
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api, StageName: live}}
"""


def test_a_method_that_is_not_deployed_is_told_under_its_request(command, tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    up = Up(command, tmp_path / "template.yaml", routes=1)
    gateway = clients(up).service("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    (root,) = gateway.get_resources(restApiId=api["id"])["items"]
    item = gateway.create_resource(restApiId=api["id"], parentId=root["id"], pathPart="{id}")
    gateway.put_method(restApiId=api["id"], resourceId=item["id"], httpMethod="PUT", authorizationType="NONE")
    base = up.urls[("GET", "/live/")]
    for method, path, hint in [
        ("PUT", "/live/7", "403: PUT /{id} is in the API and not deployed to stage live"),
        ("PUT", "/live/7/8", None),
        ("POST", "/live/7", None),
    ]:
        up.urls[(method, path)] = base
        answer = up.call(method, path)
        assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})
        asked = re.compile(rf" {method} {path} 403 .*\n  (.*)")
        until(lambda: asked.search(up.process.output), lambda: up.process.output)
        said = asked.search(up.process.output)[1]
        assert said == hint if hint else "not deployed" not in said


def test_a_missing_permission_is_printed_as_the_command_that_gives_it(command, tmp_path):
    (tmp_path / "app.py").write_text("def handler(event, context): return {'statusCode': 200, 'body': 'called'}")
    (tmp_path / "template.yaml").write_text(
        TEMPLATE.replace("DependsOn: Get", "DependsOn: [Get, Post]")
        + """
  Function:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: called, Runtime: python3.12, Handler: app.handler, CodeUri: .}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
"""
    )
    up = Up(command, tmp_path / "template.yaml", routes=2)
    assert up.call("POST", "/live/").status == 500
    until(lambda: "add-permission" in up.process.output, lambda: up.process.output)
    given = re.search(r"aws lambda add-permission .*", up.process.output)[0]
    shell = clients(up).shell(given)
    assert shell.returncode == 0, shell.stderr
    assert up.call("POST", "/live/").body == b"called"


def test_a_template_that_cannot_be_rendered_and_a_limit_of_0_are_told(command, tmp_path):
    text = TEMPLATE.replace('\'{"here": true}\'', "'#if($x'").replace(
        "StageName: live", "StageName: live, StageDescription: {ThrottlingRateLimit: 0}"
    )
    (tmp_path / "template.yaml").write_text(text)
    up = Up(command, tmp_path / "template.yaml", routes=1)
    until(lambda: "\nready" in up.process.output, lambda: up.process.output)
    output = up.process.output
    assert re.search(
        r"template\.yaml:\d+: Resources\.Get\.Properties\.Integration: the mapping template of application/json does "
        r"not parse, at its line 1, column \d+: ",
        output,
    ), output
    assert output.count("has a throttling limit of 0") == 1
