import json


def handler(event, context):
    body = json.dumps({"message": "hello from a function", "path": event["rawPath"]})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
