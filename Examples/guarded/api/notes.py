"""Notes, as their callers may see them."""

import json


def lambda_handler(event, context):
    caller = event["requestContext"]["authorizer"]
    return {
        "statusCode": 201 if event["httpMethod"] == "POST" else 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"caller": caller["principalId"], "scope": caller["scope"]}),
    }
