"""The orders' API: one function behind five methods of a REST API (proxy events), on one table.

The gateway has checked the body by then, so this has only to know what an order is good for.
"""

import json
import os
import uuid
from datetime import datetime, timezone
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr

# Made once per execution environment: the next calls find it ready.
orders = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def lambda_handler(event, context):
    act = METHODS[f"{event['httpMethod']} {event['resource']}"]
    return act(event)


def list_orders(event):
    customer = Attr("customer.name").eq(event["queryStringParameters"]["customer"])
    page = orders.scan(FilterExpression=customer)
    found = page["Items"]
    while "LastEvaluatedKey" in page:
        page = orders.scan(FilterExpression=customer, ExclusiveStartKey=page["LastEvaluatedKey"])
        found += page["Items"]
    return answer(200, sorted(found, key=lambda order: (order["placedAt"], order["id"])))


def place_order(event):
    order = {"id": str(uuid.uuid4()), **json.loads(event["body"]), "placedAt": now()}
    orders.put_item(Item=order)
    return answer(201, order, location=f"/prod/orders/{order['id']}")


def show_order(event):
    found = orders.get_item(Key={"id": order_id(event)})
    return answer(200, found["Item"]) if "Item" in found else not_found()


def change_order(event):
    order = json.loads(event["body"])
    try:
        changed = orders.update_item(
            Key={"id": order_id(event)},
            UpdateExpression="SET customer = :customer, #lines = :lines, changedAt = :now",
            ConditionExpression=Attr("id").exists(),
            ExpressionAttributeNames={"#lines": "lines"},
            ExpressionAttributeValues={":customer": order["customer"], ":lines": order["lines"], ":now": now()},
            ReturnValues="ALL_NEW",
        )
    except orders.meta.client.exceptions.ConditionalCheckFailedException:
        return not_found()
    return answer(200, changed["Attributes"])


def cancel_order(event):
    removed = orders.delete_item(Key={"id": order_id(event)}, ReturnValues="ALL_OLD")
    return {"statusCode": 204} if "Attributes" in removed else not_found()


METHODS = {
    "GET /orders": list_orders,
    "POST /orders": place_order,
    "GET /orders/{id}": show_order,
    "PUT /orders/{id}": change_order,
    "DELETE /orders/{id}": cancel_order,
}


def order_id(event):
    return event["pathParameters"]["id"]


def not_found():
    return answer(404, {"error": "There is no order with this id."})


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
    return int(value)


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
