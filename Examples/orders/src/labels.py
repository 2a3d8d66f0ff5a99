"""Finds the order that a label is for. How a label looks, the mapping template of api.yaml says."""

import os

import boto3

orders = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def lambda_handler(event, context):
    found = orders.get_item(Key={"id": event["id"]})
    if "Item" not in found:
        # The gateway's selection pattern turns these words into 404.
        raise LookupError("no order has this id")
    order = found["Item"]
    return {
        "customer": order["customer"],
        "lines": [{"product": line["product"], "count": int(line["count"])} for line in order["lines"]],
    }
