"""IAM made through its clients, and calls that its users sign."""

import json
import uuid

from botocore import model as shapes
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness import wire
from harness.clients import SESSION
from harness.server import REGION


def name():
    return f"n-{uuid.uuid4().hex[:12]}"


def checking_client(server):
    """A client that checks each answer against the model's shape."""
    client = SESSION.client("iam", endpoint_url=server.url)

    def check(parsed, model, **_):
        if "Error" not in parsed:
            problems = list(missing(model.output_shape, parsed, model.name))
            assert problems == []

    client.meta.events.register("after-call.iam", check)
    return client


def missing(shape, value, place):
    """What the model requires of an answer and is not in it."""
    if isinstance(shape, shapes.StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield f"{place}.{name}"
        for name, member in shape.members.items():
            if name in value:
                yield from missing(member, value[name], f"{place}.{name}")
    elif isinstance(shape, shapes.ListShape):
        for element in value:
            yield from missing(shape.member, element, place + "[]")


def create_user(iam, **statement):
    """A user whose only policy is of the statement, an Allow unless it says otherwise, and his credentials."""
    user = iam.create_user(UserName=name())["User"]
    if statement:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]}
        iam.put_user_policy(UserName=user["UserName"], PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    return user, Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def signed(api, credentials, method="GET", target="/", body=None, presigned=False, sent=None, **headers):
    request = AWSRequest(method, f"https://{api.host}{target}", data=body, headers=headers)
    auth = SigV4QueryAuth(credentials, "execute-api", REGION, expires=60) if presigned else SigV4Auth(
        credentials, "execute-api", REGION
    )  # fmt: skip
    auth.add_auth(request)
    url = request.url.split(api.host, 1)[1]
    return wire.fetch(
        api.server.traffic, method, url, api.host, dict(request.headers), sent if sent is not None else body
    )
