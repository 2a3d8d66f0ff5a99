"""Terraform's AWS provider on a whole WebSocket API, while a client is connected to it."""

import pytest
from harness.server import REGION
from harness.websocket import Client, Closed, Refused
from test_terraform import terraform  # noqa: F401

# The API's function and its authorizer.
CHAT = """
import json

def handler(event, context):
    if event.get('type') == 'REQUEST':
        effect = 'Allow' if event['queryStringParameters']['token'] == 'good' else 'Deny'
        statement = {'Action': 'execute-api:Invoke', 'Effect': effect, 'Resource': event['methodArn']}
        return {'principalId': 'ada', 'policyDocument': {'Version': '2012-10-17', 'Statement': [statement]}}
    if event['requestContext']['eventType'] == 'CONNECT':
        return {'statusCode': 200}
    who, color = event['requestContext']['authorizer']['principalId'], event['stageVariables']['color']
    return {'statusCode': 200, 'body': f"{who}, {color}: {json.loads(event['body'])['text']}"}
"""


def test_a_websocket_api_is_applied_planned_changed_and_destroyed(terraform):  # noqa: F811
    terraform, server = terraform("chat.tf", source=CHAT, code="code.zip")
    terraform.apply()
    terraform.has_nothing_to_do()
    api = terraform.output("api")
    host = f"{api}.execute-api.{REGION}.amazonaws.com"
    assert terraform.output("endpoint") == f"wss://{host}"
    assert terraform.output("url") == f"wss://{host}/prod"

    def connect(query):
        return Client(server.traffic, f"/prod{query}", host)

    for query, status in ("", 401), ("?token=bad", 403):
        with pytest.raises(Refused) as refused:
            connect(query)
        assert refused.value.status == status

    with connect("?token=good") as client:
        assert client.ask({"action": "greet"}) == {"greeting": "one"}
        client.send({"action": "say", "text": "hello"})
        assert client.next() == "ada, blue: hello"
        assert client.ask({"action": "say"})["message"] == "Bad request body"
        assert client.ask({"action": "nothing"})["message"] == "Forbidden"

        # The trigger makes another deployment before the one before it goes: who is connected stays, and meets the new one.
        terraform.apply("-var", "greeting=two")
        terraform.has_nothing_to_do("-var", "greeting=two")
        assert client.ask({"action": "greet"}) == {"greeting": "two"}
        deployments = server.clients.apis.get_deployments(ApiId=api)["Items"]
        assert [deployment["Description"] for deployment in deployments] == ["of two"]

        terraform("destroy", "-auto-approve", "-no-color")
        assert client.next() == Closed(1001, "Going away")
    assert server.clients.apis.get_apis()["Items"] == []
    assert server.clients.functions.list_functions()["Functions"] == []
