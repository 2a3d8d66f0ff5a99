"""Who may call: whoever has a token that our secret has signed. What the token grants is in its `scope`."""

import os

import jwt

VERBS = {"read": ["GET"], "write": ["POST", "PUT", "DELETE"]}


def lambda_handler(event, context):
    token = event["authorizationToken"].removeprefix("Bearer ")
    try:
        claims = jwt.decode(
            token, os.environ["SECRET"], algorithms=["HS256"], audience=os.environ["AUDIENCE"],
            options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError:
        # These very words become a 401; anything else that is raised is a 500.
        raise Exception("Unauthorized") from None
    return {
        "principalId": claims["sub"],
        "policyDocument": policy(event["methodArn"], claims.get("scope", "").split()),
        "context": {"scope": claims.get("scope", "")},
    }


def policy(method_arn, scopes):
    """What the scopes allow of the whole stage: the answer is kept, and asked again for the caller's other requests."""
    stage = "/".join(method_arn.split("/")[:2])
    allowed = [f"{stage}/{verb}/*" for scope in scopes for verb in VERBS.get(scope, [])]
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": allowed}
    if not allowed:
        statement |= {"Effect": "Deny", "Resource": f"{stage}/*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
