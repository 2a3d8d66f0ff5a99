"""The article's REST API commands and its CRUD handler, as printed, with `abc123`, `plan-id` and `key-id` replaced by the
ids that its commands answer."""

import json
import re

import pytest

from harness import wire
from harness.functions import ROLE, package

# The article's api_handler.py.
HANDLER = """
import json
import uuid
import boto3
from datetime import datetime
from decimal import Decimal

dynamodb = boto3.resource('dynamodb')
table = dynamodb.Table('Products')

class DecimalEncoder(json.JSONEncoder):
    def default(self, obj):
        if isinstance(obj, Decimal):
            return str(obj)
        return super().default(obj)

def lambda_handler(event, context):
    method = event['httpMethod']
    resource = event['resource']
    route = f"{method} {resource}"

    try:
        if route == 'GET /products':
            return list_products()
        elif route == 'GET /products/{id}':
            return get_product(event['pathParameters']['id'])
        elif route == 'POST /products':
            return create_product(json.loads(event['body']))
        elif route == 'PUT /products/{id}':
            return update_product(event['pathParameters']['id'], json.loads(event['body']))
        elif route == 'DELETE /products/{id}':
            return delete_product(event['pathParameters']['id'])
        else:
            return response(404, {'error': 'Not found'})
    except Exception as e:
        return response(500, {'error': str(e)})

def list_products():
    result = table.scan()  # Use Query with GSI for large tables
    return response(200, result['Items'])

def get_product(product_id):
    result = table.get_item(Key={'id': product_id})
    if 'Item' not in result:
        return response(404, {'error': 'Product not found'})
    return response(200, result['Item'])

def create_product(body):
    product = {
        'id': str(uuid.uuid4()),
        'name': body['name'],
        'price': Decimal(str(body['price'])),
        'created_at': datetime.now().isoformat()
    }
    table.put_item(Item=product)
    return response(201, product)

def update_product(product_id, body):
    result = table.update_item(
        Key={'id': product_id},
        UpdateExpression='SET #n = :name, price = :price, updated_at = :ts',
        ExpressionAttributeNames={'#n': 'name'},
        ExpressionAttributeValues={
            ':name': body['name'],
            ':price': Decimal(str(body['price'])),
            ':ts': datetime.now().isoformat()
        },
        ReturnValues='ALL_NEW'
    )
    return response(200, result['Attributes'])

def delete_product(product_id):
    table.delete_item(Key={'id': product_id})
    return response(204, '')

def response(status_code, body):
    return {
        'statusCode': status_code,
        'headers': {
            'Content-Type': 'application/json',
            'Access-Control-Allow-Origin': '*'
        },
        'body': json.dumps(body, cls=DecimalEncoder) if body else ''
    }
"""

# The article's handler for the event of REST APIs; it prints no import.
ROUTE_HANDLER = """
import json

def lambda_handler(event, context):
    method = event['httpMethod']
    resource = event['resource']
    route_key = f"{method} {resource}"

    return {
        'statusCode': 200,
        'headers': {
            'Content-Type': 'application/json',
            'Access-Control-Allow-Origin': '*'
        },
        'body': json.dumps({'route': route_key})
    }
"""

# What the article takes for granted: the table, the function, the API with its methods.
MAKE_TABLE = r"""
aws dynamodb create-table --table-name Products --billing-mode PAY_PER_REQUEST \
    --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH
"""

MAKE_METHODS = r"""
root=$(aws apigateway get-resources --rest-api-id abc123 --query 'items[0].id' --output text)
products=$(aws apigateway create-resource --rest-api-id abc123 --parent-id $root --path-part products \
    --query id --output text)
one=$(aws apigateway create-resource --rest-api-id abc123 --parent-id $products --path-part '{id}' \
    --query id --output text)
method() {
    aws apigateway put-method --rest-api-id abc123 --resource-id $1 --http-method $2 --authorization-type NONE
    aws apigateway put-integration --rest-api-id abc123 --resource-id $1 --http-method $2 --type AWS_PROXY \
        --integration-http-method POST \
        --uri arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:$3/invocations
}
for verb in GET POST; do method $products $verb api-handler; done
for verb in GET PUT DELETE; do method $one $verb api-handler; done
method $root ANY route-handler
for name in api-handler route-handler; do
    aws lambda add-permission --function-name $name --statement-id apigateway --action lambda:InvokeFunction \
        --principal apigateway.amazonaws.com
done
"""

DEPLOY_DEV = r"""
aws apigateway create-deployment \
    --rest-api-id abc123 \
    --stage-name dev
"""

DEPLOY_PROD = r"""
aws apigateway create-deployment \
    --rest-api-id abc123 \
    --stage-name prod
"""

STAGE_VARIABLES = r"""
aws apigateway update-stage \
    --rest-api-id abc123 \
    --stage-name prod \
    --patch-operations '[{
        "op": "replace",
        "path": "/variables/tableName",
        "value": "Products-Prod"
    }]'
"""

CANARY = r"""
aws apigateway update-stage \
    --rest-api-id abc123 \
    --stage-name prod \
    --patch-operations '[{
        "op": "replace",
        "path": "/canarySettings/percentTraffic",
        "value": "10"
    }]'
"""

PROMOTE = r"""
aws apigateway update-stage \
    --rest-api-id abc123 \
    --stage-name prod \
    --patch-operations '[{
        "op": "remove",
        "path": "/canarySettings"
    }]'
"""

THROTTLE = r"""
aws apigateway update-stage \
    --rest-api-id abc123 \
    --stage-name prod \
    --patch-operations \
        '[{"op":"replace","path":"/*/*/throttling/rateLimit","value":"1000"},
          {"op":"replace","path":"/*/*/throttling/burstLimit","value":"2000"}]'
"""

USAGE_PLAN = r"""
aws apigateway create-usage-plan \
    --name "basic-plan" \
    --throttle burstLimit=100,rateLimit=50 \
    --quota limit=10000,period=MONTH \
    --api-stages '[{"apiId":"abc123","stage":"prod"}]'
"""

API_KEY = r"""
aws apigateway create-api-key \
    --name "customer-acme" \
    --enabled
"""

USAGE_PLAN_KEY = r"""
aws apigateway create-usage-plan-key \
    --usage-plan-id plan-id \
    --key-id key-id \
    --key-type API_KEY
"""

VALIDATOR = r"""
aws apigateway create-request-validator \
    --rest-api-id abc123 \
    --name "validate-body" \
    --validate-request-body \
    --no-validate-request-parameters
"""

MODEL = r"""
aws apigateway create-model \
    --rest-api-id abc123 \
    --name CreateProduct \
    --content-type "application/json" \
    --schema '{
        "type": "object",
        "required": ["name", "price"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "price": {"type": "number", "minimum": 0}
        },
        "additionalProperties": false
    }'
"""

# "Attach the validator and model to the POST method": the article has no command for it.
ATTACH = r"""
products=$(aws apigateway get-resources --rest-api-id abc123 --query 'items[?path==`/products`].id' --output text)
aws apigateway update-method --rest-api-id abc123 --resource-id $products --http-method POST --patch-operations \
    op=replace,path=/requestValidatorId,value=VALIDATOR op=add,path=/requestModels/application~1json,value=CreateProduct \
    op=replace,path=/apiKeyRequired,value=true
aws apigateway create-deployment --rest-api-id abc123 --stage-name prod
"""

AUTHORIZER = r"""
aws apigateway create-authorizer \
    --rest-api-id abc123 \
    --name token-auth \
    --type TOKEN \
    --authorizer-uri arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:authorizer/invocations \
    --identity-source method.request.header.Authorization \
    --authorizer-result-ttl-in-seconds 300
"""


class Article:
    """What the article has made, step by step, each command run once."""

    def __init__(self, server, folder):
        self.server, self.clients, self.folder = server, server.clients, folder
        self.ids = {}
        self.run(MAKE_TABLE)
        for name, code in (("api-handler", HANDLER), ("route-handler", ROUTE_HANDLER)):
            (folder / "code.zip").write_bytes(package({"app.py": code}))
            self.run(
                f"aws lambda create-function --function-name {name} --runtime python3.12 --handler app.lambda_handler"
                f" --role {ROLE} --zip-file fileb://code.zip"
            )
        self.ids["abc123"] = self.run("aws apigateway create-rest-api --name products")["id"]
        self.run(f"({MAKE_METHODS}) > methods.json")
        self.deployments = [self.run(DEPLOY_DEV), self.run(DEPLOY_PROD)]
        self.variables = self.run(STAGE_VARIABLES)
        self.throttle = self.run(THROTTLE)

    def run(self, script):
        for word, value in self.ids.items():
            # Options are called `--usage-plan-id` and `--key-id`.
            script = re.sub(rf"(?<![-\w]){word}(?![-\w])", value, script)
        return self.clients.aws(script, cwd=self.folder)

    def call(self, method, path, body=None, headers=()):
        host = f"{self.ids['abc123']}.execute-api.us-east-1.amazonaws.com"
        text = None if body is None else json.dumps(body)
        sent = {"content-type": "application/json", **dict(headers)}
        return wire.fetch(self.server.management, method, path, host, sent, text, timeout=30)


@pytest.fixture(scope="module")
def article(gatehouse, tmp_path_factory):
    return Article(gatehouse, tmp_path_factory.mktemp("article"))


def test_the_crud_handler_keeps_products_in_its_table(article):
    created = article.call("POST", "/dev/products", {"name": "Lamp", "price": 39.5})
    assert created.status == 201, created.text
    product = created.json()
    assert (product["name"], product["price"]) == ("Lamp", "39.5")
    path = f"/dev/products/{product['id']}"
    assert article.call("GET", path).json() == product
    assert article.call("PUT", path, {"name": "Desk lamp", "price": 40}).json()["name"] == "Desk lamp"
    assert "Desk lamp" in [entry["name"] for entry in article.call("GET", "/dev/products").json()]
    deleted = article.call("DELETE", path)
    assert (deleted.status, deleted.body, deleted.header("access-control-allow-origin")) == (204, b"", "*")
    missing = article.call("GET", path)
    assert (missing.status, missing.json()) == (404, {"error": "Product not found"})


def test_the_handler_for_version_1_events_sees_the_method_and_the_resource(article):
    assert article.call("PATCH", "/dev").json() == {"route": "PATCH /"}


def test_each_stage_has_its_own_url(article):
    assert len({deployment["id"] for deployment in article.deployments}) == 2
    for stage in ("dev", "prod"):
        assert article.call("GET", f"/{stage}/products/nothing").status == 404


def test_update_stage_answers_the_variable_and_the_limits(article):
    assert article.variables["variables"] == {"tableName": "Products-Prod"}
    settings = article.throttle["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (1000.0, 2000)


def test_a_canary_takes_its_share_and_is_removed(article):
    assert article.run(CANARY)["canarySettings"]["percentTraffic"] == 10.0
    assert article.call("GET", "/prod/products").status == 200
    assert "canarySettings" not in article.run(PROMOTE)


def test_a_plan_with_a_key_and_a_model_guard_the_post_method(article):
    article.ids["plan-id"] = article.run(USAGE_PLAN)["id"]
    key = article.run(API_KEY)
    article.ids["key-id"] = key["id"]
    assert article.run(USAGE_PLAN_KEY)["value"] == key["value"]
    article.ids["VALIDATOR"] = article.run(VALIDATOR)["id"]
    assert article.run(MODEL)["name"] == "CreateProduct"
    article.run(f"({ATTACH}) > attached.json")
    lamp, headers = {"name": "Lamp", "price": 1}, {"x-api-key": key["value"]}
    assert article.call("POST", "/prod/products", lamp).status == 403
    assert article.call("POST", "/prod/products", lamp, headers).status == 201
    for wrong in ({"name": "Lamp"}, {"name": "", "price": 1}, {"name": "Lamp", "price": -1}, {**lamp, "more": 1}):
        refused = article.call("POST", "/prod/products", wrong, headers)
        assert (refused.status, refused.json()) == (400, {"message": "Invalid request body"})


def test_the_authorizer_is_kept(article):
    made = article.run(AUTHORIZER)
    assert (made["type"], made["authorizerResultTtlInSeconds"]) == ("TOKEN", 300)
