"""AWS's tutorial for a WebSocket chat (websocket-api-chat-app): its steps as the AWS CLI has them, and its four functions,
each as the guide describes it."""

import json

import pytest

from harness.deadline import until
from harness.functions import ROLE, package
from harness.server import ACCOUNT, REGION
from harness.websocket import Client

FUNCTIONS = {
    "ConnectHandler": """
import boto3, os
connections = boto3.resource('dynamodb').Table(os.environ['table'])
def handler(event, context):
    connections.put_item(Item={'connectionId': event['requestContext']['connectionId']})
    return {'statusCode': 200}
""",
    "DisconnectHandler": """
import boto3, os
connections = boto3.resource('dynamodb').Table(os.environ['table'])
def handler(event, context):
    connections.delete_item(Key={'connectionId': event['requestContext']['connectionId']})
    return {'statusCode': 200}
""",
    "SendMessageHandler": """
import boto3, json, os
connections = boto3.resource('dynamodb').Table(os.environ['table'])
def handler(event, context):
    request = event['requestContext']
    api = boto3.client('apigatewaymanagementapi', endpoint_url=f"https://{request['domainName']}/{request['stage']}")
    for item in connections.scan()['Items']:
        if item['connectionId'] != request['connectionId']:
            api.post_to_connection(ConnectionId=item['connectionId'], Data=json.loads(event['body'])['message'])
    return {'statusCode': 200}
""",
    "DefaultHandler": """
import boto3, json
def handler(event, context):
    request = event['requestContext']
    api = boto3.client('apigatewaymanagementapi', endpoint_url=f"https://{request['domainName']}/{request['stage']}")
    who = api.get_connection(ConnectionId=request['connectionId'])
    info = json.dumps(who['Identity'] | {'connectionID': request['connectionId']})
    api.post_to_connection(
        ConnectionId=request['connectionId'],
        Data='Use the sendmessage route to send a message. Your info:' + info)
    return {'statusCode': 200}
""",
}
ROUTES = {
    "$connect": "ConnectHandler", "$disconnect": "DisconnectHandler", "$default": "DefaultHandler",
    "sendmessage": "SendMessageHandler",
}  # fmt: skip

CREATE_TABLE = """
aws dynamodb create-table --table-name ConnectionsTable \
    --attribute-definitions AttributeName=connectionId,AttributeType=S \
    --key-schema AttributeName=connectionId,KeyType=HASH \
    --provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=5
"""
CREATE_FUNCTION = """
aws lambda create-function --function-name {function} --runtime python3.12 --handler index.handler --role {role} \
    --zip-file fileb://{function}.zip --environment "Variables={{table=ConnectionsTable}}"
"""
CREATE_API = """
aws apigatewayv2 create-api --name websocket-chat-app-tutorial --protocol-type WEBSOCKET \
    --route-selection-expression '$request.body.action'
"""
CREATE_ROUTE = """
INTEGRATION_ID=$(aws apigatewayv2 create-integration --api-id {api} --integration-type AWS_PROXY \
    --integration-method POST --query IntegrationId --output text \
    --integration-uri arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations)
aws lambda add-permission --function-name {function} --statement-id apigateway --action lambda:InvokeFunction \
    --principal apigateway.amazonaws.com --source-arn 'arn:aws:execute-api:{region}:{account}:{api}/*/{key}' > permission
aws apigatewayv2 create-route --api-id {api} --route-key '{key}' --target integrations/$INTEGRATION_ID
"""
CREATE_STAGE = "aws apigatewayv2 create-stage --api-id {api} --stage-name production"
DEPLOY = "aws apigatewayv2 create-deployment --api-id {api} --stage-name production"
CALLBACK = """
aws apigatewaymanagementapi {operation} --connection-id {id} \
    --endpoint-url http://{host}:{port}/_aws/execute-api/{api}/production
"""


@pytest.fixture
def chat(own_gatehouse, tmp_path):
    server = own_gatehouse()

    def run(script, **values):
        return server.clients.aws(script.format(region=REGION, account=ACCOUNT, role=ROLE, **values), cwd=tmp_path)

    run(CREATE_TABLE)
    arns = {}
    for name, source in FUNCTIONS.items():
        (tmp_path / f"{name}.zip").write_bytes(package({"index.py": source}))
        arns[name] = run(CREATE_FUNCTION, function=name)["FunctionArn"]
    api = run(CREATE_API)["ApiId"]
    for key, function in ROUTES.items():
        run(CREATE_ROUTE, api=api, key=key, function=function, arn=arns[function])
    run(CREATE_STAGE, api=api)
    run(DEPLOY, api=api)

    class Chat:
        def connect(self):
            return Client(server.traffic, "/production", f"{api}.execute-api.{REGION}.amazonaws.com")

        def count(self):
            return server.clients.service("dynamodb").scan(TableName="ConnectionsTable")["Count"]

        def ask(self, operation, id):
            host, port = server.traffic
            return run(CALLBACK, operation=operation, id=id, api=api, host=host, port=port)

    return Chat()


def test_the_chat_of_the_tutorial(chat):
    with chat.connect() as first, chat.connect() as second, chat.connect() as third:
        first.send({"action": "sendmessage", "message": "hello, everyone!"})
        assert second.next() == third.next() == "hello, everyone!"
        first.send("hello")
        said, info = first.next().split(":", 1)
        assert said == "Use the sendmessage route to send a message. Your info"
        info = json.loads(info)
        assert info["SourceIp"] == "127.0.0.1"
        described = chat.ask("get-connection", info["connectionID"])
        assert set(described) == {"ConnectedAt", "Identity", "LastActiveAt"}
        chat.ask("delete-connection", info["connectionID"])
        assert first.next().code == 1000
    until(lambda: chat.count() == 0, "the table is empty")
