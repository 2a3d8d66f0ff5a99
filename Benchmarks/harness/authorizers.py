"""An API behind a function authorizer, and callers whom its function is asked about."""

import threading

from harness import apis, callers, connection, processes

# How many connections ask: each call of the function that is under way has an environment.
ASKING = 8
# The whole policy is asked for each request.
FUNCTION = """
def handler(event, context):
    stage = "/".join(event["routeArn"].split("/")[:2])
    return {"principalId": event["identitySource"][0][-8:], "context": {"plan": "gold"}, "policyDocument": {
        "Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": stage + "/*/admin/*"},
            {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [stage + "/GET/*", stage + "/POST/*"]}]}}
"""


def caller(number):
    return {"Authorization": f"Bearer token-of-some-sixty-characters-as-a-session-has-it-{number:08}"}


def create_api(aws):
    function = apis.create_function(aws, name="authorizer", source=FUNCTION)
    uri = f"arn:aws:apigateway:{apis.REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    api_id, authorizer = callers.create_api(
        aws, "authorizer", authorization="CUSTOM",
        authorizer={"AuthorizerType": "REQUEST", "AuthorizerUri": uri, "AuthorizerPayloadFormatVersion": "2.0",
                    "AuthorizerResultTtlInSeconds": 3600})
    aws.functions.add_permission(
        FunctionName="authorizer", StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{apis.REGION}:{apis.ACCOUNT}:{api_id}/authorizers/{authorizer}")
    return api_id


def check(port, host):
    with connection.Connection(port) as client:
        connection.expect(client.send(connection.get("/guarded", host)), 401)
        connection.expect(client.send(connection.get("/guarded", host, **caller(0))), 200)


def ask(port, host, numbers):
    """Has the function asked about each of these callers."""
    failures = []

    def call(share):
        try:
            with connection.Connection(port) as client:
                for number in share:
                    connection.expect(client.send(connection.get("/guarded", host, **caller(number))), 200)
        except Exception as failure:
            failures.append(failure)

    asking = [threading.Thread(target=call, args=(numbers[first::ASKING],)) for first in range(ASKING)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    if failures:
        raise processes.Failed(str(failures[0]))
