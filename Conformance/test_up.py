"""`gatehouse up`: a SAM template served in process."""

import json
import re
import urllib.parse

import pytest

from harness import wire
from harness.clients import Clients
from harness.deadline import until
from harness.server import REPOSITORY, run

HANDLER = """
import json, os

def handler(event, context):
    body = {"route": event["routeKey"], "path": event.get("pathParameters"), "table": os.environ.get("TABLE_NAME")}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
"""

TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31

Parameters:
  Flavour:
    Type: String
    Default: vanilla

Globals:
  Function:
    Runtime: python3.12
    Timeout: 30
    MemorySize: 256
    Environment:
      Variables:
        TABLE_NAME: !Sub "table-${Flavour}"

Resources:
  HttpApi:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration:
        AllowOrigins:
          - "https://myapp.com"
        AllowMethods:
          - GET
          - POST

  ApiFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: src/
      Events:
        ListProducts:
          Type: HttpApi
          Properties:
            ApiId: !Ref HttpApi
            Path: /products
            Method: GET
        CreateProduct:
          Type: HttpApi
          Properties:
            ApiId: !Ref HttpApi
            Path: /products
            Method: POST
        GetProduct:
          Type: HttpApi
          Properties:
            ApiId: !Ref HttpApi
            Path: /products/{id}
            Method: GET

Outputs:
  ApiUrl:
    Value: !Sub "https://${HttpApi}.execute-api.${AWS::Region}.amazonaws.com/"
  FunctionArn:
    Value: !GetAtt ApiFunction.Arn
"""

ROUTES = {("GET", "/products"), ("POST", "/products"), ("GET", "/products/{id}")}
URL = r"\b(GET|POST|PUT|PATCH|DELETE|ANY)\b.*?(http://[^\s/]+)(/\S*)"


class Up:
    """A running `gatehouse up` and the URLs that it printed."""

    def __init__(self, command, template, *options, routes=3):
        self.process = command("up", str(template), "--listen", "127.0.0.1:0", *options)
        self.urls = {}
        until(lambda: self.read_urls() >= routes, lambda: f"{routes} routes in:\n{self.process.output}")

    def read_urls(self):
        printed = (re.search(URL, line) for line in list(self.process.stdout))
        self.urls = {(match[1], match[3]): match[2] for match in printed if match}
        return len(self.urls)

    def url_of(self, method, path):
        """The printed URL whose path ends with the route's, whatever stage stands before it."""
        wanted = [(key[1], base) for key, base in self.urls.items() if key[0] == method and key[1].endswith(path)]
        printed_path, base = min(wanted, key=lambda entry: len(entry[0]))
        return base, printed_path

    def call(self, method, path, headers=(), body=None, **variables):
        base, target = self.url_of(method, path)
        for name, value in variables.items():
            target = target.replace("{%s}" % name, value)
        address = urllib.parse.urlsplit(base)
        return wire.fetch(("127.0.0.1", address.port), method, target, address.netloc, headers, body)


@pytest.fixture
def template(tmp_path):
    """Writes a template with its function beside it."""

    def write(text=TEMPLATE):
        (tmp_path / "src").mkdir(exist_ok=True)
        (tmp_path / "src" / "app.py").write_text(HANDLER)
        (tmp_path / "template.yaml").write_text(text)
        return tmp_path / "template.yaml"

    return write


@pytest.fixture
def up(command, template):
    return Up(command, template())


def test_every_route_is_printed_with_its_url(up):
    assert {(method, path) for method, path in up.urls if path.startswith("/products")} == ROUTES


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_a_printed_url_answers(up, method, path):
    answer = up.call(method, path, id="7")
    assert (answer.status, answer.json()["route"]) == (200, f"{method} {path}")


def test_path_parameters_reach_the_function(up):
    assert up.call("GET", "/products/{id}", id="42").json()["path"] == {"id": "42"}


def test_globals_and_parameters_reach_the_function(up):
    assert up.call("GET", "/products").json()["table"] == "table-vanilla"


def test_a_parameter_can_be_given(command, template):
    up = Up(command, template(), "--parameter", "Flavour=chocolate")
    assert up.call("GET", "/products").json()["table"] == "table-chocolate"


def test_cors_is_configured(up):
    answer = up.call("GET", "/products", {"Origin": "https://myapp.com"})
    assert answer.header("access-control-allow-origin") == "https://myapp.com"


def test_each_request_is_one_line_with_method_path_status_and_time(up):
    up.call("GET", "/products/{id}", id="first")
    assert up.process.line(r"GET\s+\S*/products/first\s+200\s+.*\d+(\.\d+)?\s*(ms|s)\b")


def test_outputs_are_printed(up):
    up.process.says(r"ApiUrl.*http://[a-z0-9]{10}\.execute-api\.localhost:\d+/")
    up.process.says(r"FunctionArn.*arn:aws:lambda:us-east-1:\d{12}:function:\S+")


def test_what_a_function_prints_is_on_the_console(command, template, tmp_path):
    path = template()
    (tmp_path / "src" / "app.py").write_text(
        "def handler(event, context):\n    print('printed by the function')\n    return 'x'"
    )
    up = Up(command, path)
    up.call("GET", "/products")
    up.process.says("printed by the function")


def test_a_runtime_that_stands_in_for_a_newer_one_is_told_on_the_console(command, template):
    up = Up(command, template(TEMPLATE.replace("Runtime: python3.12", "Runtime: python3.14")))
    assert up.call("GET", "/products").status == 200
    up.process.says("python3.14")


def test_a_named_stage_is_part_of_the_url(command, template):
    text = TEMPLATE.replace("      CorsConfiguration:", "      StageName: prod\n      CorsConfiguration:")
    up = Up(command, template(text))
    assert {path for _, path in up.urls if "/products" in path} == {"/prod/products", "/prod/products/{id}"}
    assert up.call("GET", "/products").status == 200


def test_an_api_of_no_name_of_its_own_is_made_for_the_events(command, template):
    text = re.sub(r"  HttpApi:\n    Type: AWS::Serverless::HttpApi\n.*?\n\n", "", TEMPLATE, flags=re.DOTALL)
    text = text.replace("            ApiId: !Ref HttpApi\n", "").split("Outputs:")[0]
    assert Up(command, template(text)).call("GET", "/products").status == 200


def test_the_aws_cli_sees_what_was_deployed(up):
    base, _ = up.url_of("GET", "/products")
    port = urllib.parse.urlsplit(base).port
    clients = Clients(f"http://127.0.0.1:{port}", ("127.0.0.1", port))
    (api,) = clients.aws("aws apigatewayv2 get-apis")["Items"]
    routes = clients.apis.get_routes(ApiId=api["ApiId"])["Items"]
    assert {tuple(route["RouteKey"].split(" ")) for route in routes} == ROUTES


def test_sigterm_ends_it_well(up):
    up.process.terminate()
    up.process.ends_well()


class TestRefusals:
    def refused(self, path, *options):
        finished = run("up", str(path), "--listen", "127.0.0.1:0", *options)
        assert finished.returncode != 0
        return finished.stderr

    def line_of(self, text, what):
        return next(number for number, line in enumerate(text.splitlines(), 1) if what in line)

    @pytest.mark.parametrize(
        ("addition", "name"),
        [
            ("  Stream:\n    Type: AWS::Kinesis::Stream\n", "AWS::Kinesis::Stream"),
            ("  Queue:\n    Type: AWS::SQS::Queue\n", "AWS::SQS::Queue"),
            ("  Typo:\n    Type: AWS::Serverless::Funktion\n", "AWS::Serverless::Funktion"),
        ],
    )
    def test_a_resource_it_does_not_know_is_named_with_its_line(self, template, addition, name):
        text = TEMPLATE.replace("\nOutputs:", addition + "\nOutputs:")
        message = self.refused(template(text))
        logical = addition.split(":")[0].strip()
        lines = {self.line_of(text, name), self.line_of(text, f"  {logical}:")}
        assert name in message
        assert {int(number) for number in re.findall(r"\d+", message)} & lines

    @pytest.mark.parametrize(
        ("before", "after", "name"),
        [
            ("      CodeUri: src/\n", "      CodeUri: src/\n      VpcConfig: {SubnetIds: [a]}\n", "VpcConfig"),
            ("          Type: HttpApi\n", "          Type: Schedule\n", "Schedule"),
            ('!Sub "table-${Flavour}"', "{'Fn::ValueOf': [A, B]}", "ValueOf"),
            ("      CorsConfiguration:", "      Auth: {DefaultAuthorizer: X}\n      CorsConfiguration:", "Auth"),
        ],
        ids=["property", "event", "function", "authorizer"],
    )
    def test_a_part_it_does_not_know_is_named_with_its_line(self, template, before, after, name):
        text = TEMPLATE.replace(before, after, 1)
        message = self.refused(template(text))
        assert name in message
        assert self.line_of(text, name) in {int(number) for number in re.findall(r"\d+", message)}

    def test_a_reference_to_nothing_is_named(self, template):
        assert "NoSuchThing" in self.refused(template(TEMPLATE.replace("!Ref HttpApi", "!Ref NoSuchThing", 1)))

    def test_a_code_folder_that_is_not_there_is_named(self, template):
        assert "nowhere" in self.refused(template(TEMPLATE.replace("CodeUri: src/", "CodeUri: nowhere/")))

    def test_a_template_that_is_not_there_is_named(self, tmp_path):
        assert "absent.yaml" in self.refused(tmp_path / "absent.yaml")

    def test_broken_yaml_is_told_with_its_line(self, template):
        message = self.refused(template("Resources:\n  A: [1, 2\n  B: 3\n"))
        assert re.search(r"\b[234]\b", message)

    def test_a_parameter_the_template_does_not_have_is_named(self, template):
        assert "Unknown" in self.refused(template(), "--parameter", "Unknown=1")


class TestExample:
    """The template in `Examples/products`, which `make run` starts."""

    @pytest.fixture
    def products(self, command):
        return Up(command, REPOSITORY / "Examples/products/template.yaml", routes=5)

    def test_a_product_is_created_read_updated_listed_and_deleted(self, products):
        headers = {"Content-Type": "application/json"}
        created = products.call("POST", "/products", headers, json.dumps({"name": "door", "price": 10}))
        assert created.status == 201
        identifier = created.json()["id"]
        assert products.call("GET", "/products/{id}", id=identifier).json()["name"] == "door"
        changed = json.dumps({"name": "gate", "price": 20})
        assert products.call("PUT", "/products/{id}", headers, changed, id=identifier).status == 200
        assert products.call("GET", "/products/{id}", id=identifier).json()["name"] == "gate"
        assert identifier in products.call("GET", "/products").text
        assert products.call("DELETE", "/products/{id}", id=identifier).status == 204
        assert products.call("GET", "/products/{id}", id=identifier).status == 404
