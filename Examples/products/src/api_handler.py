"""The product catalogue's API: one function behind five routes of an HTTP API (payload format 2.0), on one table."""

import base64
import json
import math
import os
import uuid
from datetime import datetime, timezone
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr

# Made once per execution environment: the next calls find it ready.
products = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

LONGEST_NAME = 200
HIGHEST_PRICE = 1_000_000


class BadRequest(Exception):
    """The caller's mistake, as an answer of 400: one sentence, and one more per field that is at fault."""

    def __init__(self, message, fields=None):
        super().__init__(message)
        self.answer = {"error": message} | ({"fields": fields} if fields else {})


def lambda_handler(event, context):
    act = ROUTES.get(event["routeKey"])
    if act is None:
        return answer(404, {"error": "There is no such route."})
    try:
        return act(event)
    except BadRequest as mistake:
        return answer(400, mistake.answer)


def list_products(event):
    page = products.scan()
    found = page["Items"]
    while "LastEvaluatedKey" in page:
        page = products.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        found += page["Items"]
    return answer(200, sorted(found, key=lambda product: (product["createdAt"], product["id"])))


def create_product(event):
    product = {"id": str(uuid.uuid4()), **product_fields(event), "createdAt": now()}
    products.put_item(Item=product)
    return answer(201, product, location=f"{event['rawPath'].rstrip('/')}/{product['id']}")


def get_product(event):
    found = products.get_item(Key={"id": product_id(event)})
    return answer(200, found["Item"]) if "Item" in found else not_found()


def update_product(event):
    fields = product_fields(event)
    try:
        updated = products.update_item(
            Key={"id": product_id(event)},
            # `name` is a reserved word of DynamoDB's expressions.
            UpdateExpression="SET #name = :name, price = :price, updatedAt = :now",
            ConditionExpression=Attr("id").exists(),
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues={":name": fields["name"], ":price": fields["price"], ":now": now()},
            ReturnValues="ALL_NEW",
        )
    except products.meta.client.exceptions.ConditionalCheckFailedException:
        return not_found()
    return answer(200, updated["Attributes"])


def delete_product(event):
    removed = products.delete_item(Key={"id": product_id(event)}, ReturnValues="ALL_OLD")
    return {"statusCode": 204} if "Attributes" in removed else not_found()


ROUTES = {
    "GET /products": list_products,
    "POST /products": create_product,
    "GET /products/{id}": get_product,
    "PUT /products/{id}": update_product,
    "DELETE /products/{id}": delete_product,
}


def product_id(event):
    return event["pathParameters"]["id"]


def product_fields(event):
    """The name and the price that the body gives, and nothing else."""
    body = json_object(event)
    problems = {name: "is not a field of a product" for name in body if name not in ("name", "price")}
    name, price = body.get("name"), body.get("price")
    if problem := name_problem(name):
        problems["name"] = problem
    if problem := price_problem(price):
        problems["price"] = problem
    if problems:
        raise BadRequest("The product is not valid.", problems)
    # The table keeps decimal numbers, and boto3 refuses binary ones.
    return {"name": name.strip(), "price": Decimal(str(price))}


def name_problem(name):
    if not isinstance(name, str) or not name.strip():
        return "must be a text that is not empty"
    if len(name.strip()) > LONGEST_NAME:
        return f"must have at most {LONGEST_NAME} characters"
    if not name.isprintable():
        return "must not contain control characters"
    return None


def price_problem(price):
    # In Python, true and false are integers too.
    if isinstance(price, bool) or not isinstance(price, (int, float)) or not math.isfinite(price):
        return "must be a number"
    if not 0 <= price <= HIGHEST_PRICE:
        return f"must be from 0 to {HIGHEST_PRICE}"
    # The shortest decimal text of a float is what the caller wrote: 19.99 is two places, whatever its binary value.
    if Decimal(str(price)).normalize().as_tuple().exponent < -2:
        return "must have at most two decimal places"
    return None


def json_object(event):
    """The request's body as a dictionary. Bodies without a textual content type arrive as base64."""
    body = event.get("body") or ""
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body
        value = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body is not a JSON object.")
    return value


def refuse_constant(name):
    """Python's parser would take NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def not_found():
    return answer(404, {"error": "There is no product with this id."})


def answer(status, body, **headers):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **headers},
        "body": json.dumps(body, default=plain_number),
    }


def plain_number(value):
    """What the table gives as a Decimal, as JSON writes it."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in JSON")
    return int(value) if value == value.to_integral_value() else float(value)


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
