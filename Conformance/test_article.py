"""The article's HTTP API commands, as printed, with `abc123` replaced by the id that the first of them answers."""

import json

import pytest

from harness import wire
from harness.functions import ROLE, package

HANDLER = """
import json

def lambda_handler(event, context):
    method = event['requestContext']['http']['method']
    path = event['rawPath']

    return {
        'statusCode': 200,
        'headers': {'Content-Type': 'application/json'},
        'body': json.dumps({'method': method, 'path': path})
    }
"""

CREATE_API = r"""
aws apigatewayv2 create-api \
    --name my-api \
    --protocol-type HTTP \
    --target arn:aws:lambda:us-east-1:123456789012:function:my-handler
"""

CREATE_ROUTES = r"""
# Create Lambda integration
INTEGRATION_ID=$(aws apigatewayv2 create-integration \
    --api-id abc123 \
    --integration-type AWS_PROXY \
    --integration-uri arn:aws:lambda:us-east-1:123456789012:function:users-handler \
    --payload-format-version 2.0 \
    --query IntegrationId --output text)

# Create routes
aws apigatewayv2 create-route \
    --api-id abc123 \
    --route-key "GET /users" \
    --target integrations/$INTEGRATION_ID

aws apigatewayv2 create-route \
    --api-id abc123 \
    --route-key "POST /users" \
    --target integrations/$INTEGRATION_ID

aws apigatewayv2 create-route \
    --api-id abc123 \
    --route-key "GET /users/{id}" \
    --target integrations/$INTEGRATION_ID

aws apigatewayv2 create-route \
    --api-id abc123 \
    --route-key "PUT /users/{id}" \
    --target integrations/$INTEGRATION_ID

aws apigatewayv2 create-route \
    --api-id abc123 \
    --route-key "DELETE /users/{id}" \
    --target integrations/$INTEGRATION_ID
"""

UPDATE_CORS = r"""
aws apigatewayv2 update-api \
    --api-id abc123 \
    --cors-configuration '{
        "AllowOrigins": ["https://myapp.com", "http://localhost:3000"],
        "AllowMethods": ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
        "AllowHeaders": ["Content-Type", "Authorization"],
        "ExposeHeaders": ["X-Request-Id"],
        "MaxAge": 86400
    }'
"""

# The article prints the quotes inside Format without backslashes, which no AWS CLI can parse.
UPDATE_STAGE = r"""
aws apigatewayv2 update-stage \
    --api-id abc123 \
    --stage-name '$default' \
    --access-log-settings '{
        "DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/my-api",
        "Format": "{\"requestId\":\"$context.requestId\",\"ip\":\"$context.identity.sourceIp\",\"method\":\"$context.httpMethod\",\"path\":\"$context.path\",\"status\":\"$context.status\",\"latency\":\"$context.responseLatency\",\"integrationLatency\":\"$context.integrationLatency\"}"
    }'
"""

ADD_PERMISSION = r"""
aws lambda add-permission \
    --function-name users-handler \
    --statement-id apigateway \
    --action lambda:InvokeFunction \
    --principal apigateway.amazonaws.com \
    --source-arn 'arn:aws:execute-api:us-east-1:123456789012:abc123/*/*/users*'
"""


class Article:
    """What the article has made, step by step, each command run once."""

    def __init__(self, server, folder):
        self.server, self.clients, self.folder = server, server.clients, folder
        (folder / "code.zip").write_bytes(package({"app.py": HANDLER}))
        for name in ("my-handler", "users-handler"):
            self.run(
                f"aws lambda create-function --function-name {name} --runtime python3.12 --handler app.lambda_handler"
                f" --role {ROLE} --zip-file fileb://code.zip"
            )
            self.run(f"aws lambda wait function-active-v2 --function-name {name}")
        self.api = self.run(CREATE_API)
        self.quick_create = self.read()
        self.run(f"({CREATE_ROUTES}) | cat > routes.json")
        self.run(ADD_PERMISSION)
        self.cors = self.run(UPDATE_CORS)

    def run(self, script):
        return self.clients.aws(script.replace("abc123", self.api_id), cwd=self.folder)

    def read(self):
        """What the first command made, before the later ones add to it."""
        apis = self.clients.apis
        return {
            "stages": apis.get_stages(ApiId=self.api_id)["Items"],
            "routes": apis.get_routes(ApiId=self.api_id)["Items"],
            "integrations": apis.get_integrations(ApiId=self.api_id)["Items"],
        }

    @property
    def api_id(self):
        return self.api["ApiId"] if hasattr(self, "api") else ""

    def call(self, method, path, headers=()):
        host = f"{self.api_id}.execute-api.us-east-1.amazonaws.com"
        return wire.fetch(self.server.management, method, path, host, headers)


@pytest.fixture(scope="module")
def article(gatehouse, tmp_path_factory):
    return Article(gatehouse, tmp_path_factory.mktemp("article"))


def test_create_api_with_a_target_creates_an_http_api(article):
    assert (article.api["ProtocolType"], article.api["Name"]) == ("HTTP", "my-api")


def test_the_api_is_available_at_its_execute_api_endpoint(article):
    assert article.api["ApiEndpoint"] == f"https://{article.api_id}.execute-api.us-east-1.amazonaws.com"


def test_it_has_a_default_stage_with_auto_deploy(article):
    assert [(stage["StageName"], stage["AutoDeploy"]) for stage in article.quick_create["stages"]] == [
        ("$default", True)
    ]


def test_it_has_a_default_route_that_sends_all_requests_to_the_function(article):
    (route,) = article.quick_create["routes"]
    (integration,) = article.quick_create["integrations"]
    assert (route["RouteKey"], route["Target"]) == ("$default", f"integrations/{integration['IntegrationId']}")
    assert integration["IntegrationUri"] == "arn:aws:lambda:us-east-1:123456789012:function:my-handler"


def test_api_gateway_has_the_permission_to_invoke_the_function(article):
    policy = json.loads(article.clients.functions.get_policy(FunctionName="my-handler")["Policy"])
    assert [statement["Principal"] for statement in policy["Statement"]] == [{"Service": "apigateway.amazonaws.com"}]


def test_the_function_answers_at_once(article):
    answer = article.call("GET", "/anything/at/all")
    assert answer.json() == {"method": "GET", "path": "/anything/at/all"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users"),
        ("POST", "/users"),
        ("GET", "/users/123"),
        ("PUT", "/users/123"),
        ("DELETE", "/users/123"),
    ],
)
def test_each_route_of_the_article_reaches_its_function(article, method, path):
    answer = article.call(method, path)
    assert (answer.status, answer.json()) == (200, {"method": method, "path": path})


def test_the_routes_have_the_keys_that_were_asked_for(article):
    keys = {route["RouteKey"] for route in article.clients.apis.get_routes(ApiId=article.api_id)["Items"]}
    assert keys == {
        "$default",
        "GET /users",
        "POST /users",
        "GET /users/{id}",
        "PUT /users/{id}",
        "DELETE /users/{id}",
    }


def test_update_api_answers_the_cors_configuration(article):
    assert article.cors["CorsConfiguration"]["AllowOrigins"] == ["https://myapp.com", "http://localhost:3000"]


def test_a_preflight_from_the_app_is_allowed(article):
    headers = {"Origin": "https://myapp.com", "Access-Control-Request-Method": "PUT"}
    answer = article.call("OPTIONS", "/users/123", headers)
    assert (answer.status, answer.header("access-control-allow-origin")) == (204, "https://myapp.com")


def test_an_answer_to_the_app_exposes_the_request_id_header(article):
    answer = article.call("GET", "/users", {"Origin": "http://localhost:3000"})
    assert answer.header("access-control-expose-headers").lower() == "x-request-id"


def test_update_stage_keeps_the_access_log_settings(article):
    settings = article.run(UPDATE_STAGE)["AccessLogSettings"]
    assert settings["DestinationArn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/my-api"
    assert json.loads(settings["Format"])["latency"] == "$context.responseLatency"


def test_aws_lambda_invoke_answers_with_the_handlers_result(article):
    event = {"requestContext": {"http": {"method": "GET"}}, "rawPath": "/cli"}
    (article.folder / "event.json").write_text(json.dumps(event))
    article.run("aws lambda invoke --function-name my-handler --payload file://event.json out.json")
    answer = json.loads((article.folder / "out.json").read_text())
    assert json.loads(answer["body"]) == {"method": "GET", "path": "/cli"}
