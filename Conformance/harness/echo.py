"""A function that answers with the event it got, so that a test can look at every field of it."""

from harness.apis import HttpApi
from harness.functions import create_function

SOURCE = """
import json

def handler(event, context):
    body = json.dumps({"event": event, "request_id": context.aws_request_id})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
"""

ROUTES = ["ANY /items/{id}", "ANY /greedy/{proxy+}", "GET /plain", "$default"]


class Echo:
    """One API with a payload format version, a `$default` stage, and a stage `dev` with stage variables."""

    def __init__(self, server, version):
        self.server = server
        self.api = HttpApi(server)
        integration = self.api.integrate_function(create_function(server.clients, SOURCE), version)
        for key in ROUTES:
            self.api.route(key, integration)
        self.api.stage()
        self.api.stage("dev", StageVariables={"tableName": "Products", "flag": "on"})

    def answer(self, method="GET", target="/plain", headers=(), body=None, host=None):
        answer = self.api.call(method, target, headers, body, host)
        assert answer.status == 200, answer
        return answer

    def event(self, *arguments, **parameters):
        return self.answer(*arguments, **parameters).json()["event"]
