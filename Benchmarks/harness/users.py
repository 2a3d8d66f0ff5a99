"""Users of IAM with keys, and the requests that they sign."""

import json

from harness import apis, callers
from harness.gateway import REGION


def create(iam, name, policies=()):
    """A user with these managed policies; his credentials."""
    iam.create_user(UserName=name)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return apis.Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def policy(iam, name, statements):
    """A managed policy; its ARN."""
    document = {"Version": "2012-10-17", "Statement": statements}
    return iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"]


def allow(resource):
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}


def sign(file, host, path, credentials):
    """Writes the users' requests, signed now: a signature is good for five minutes."""
    callers.write(file, (signed(host, path, one) for one in credentials))


def signed(host, path, credentials):
    request = apis.AWSRequest("GET", f"https://{host}{path}")
    apis.SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
    return {name: request.headers[name] for name in ("X-Amz-Date", "Authorization")}
