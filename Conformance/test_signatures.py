"""Signatures that are not what they seem: keys without their tokens, tokens without their keys, and bodies of strangers."""

import json

import pytest
from botocore.credentials import Credentials

from harness import wire
from harness.apis import HttpApi
from harness.clients import signature
from harness.functions import unique
from harness.server import ACCOUNT, REGION

FORBIDDEN = 403, '{"message":"Forbidden"}'
LARGE = 10_000_000


class World:
    """A route that asks for a signature, a user, and two sessions of a role that may call it."""

    def __init__(self, server):
        self.server, self.api = server, HttpApi(server)
        self.api.route("ANY /", self.api.integrate("http://127.0.0.1:9"), AuthorizationType="AWS_IAM")
        self.api.stage()
        iam, sts = server.clients.service("iam"), server.clients.service("sts")
        user, role = unique("user"), unique("role")
        allowed = json.dumps({"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]})
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=allowed)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        self.user = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]["Arn"]
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=allowed)
        self.one, self.two = (
            Credentials(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
            for got in (sts.assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"] for name in ("one", "two"))
        )

    def head(self, credentials, method="GET", **fields):
        return signature(credentials, "execute-api", method, f"https://{self.api.host}/", fields)

    def call(self, credentials, change=lambda fields: fields, **fields):
        return self.api.call("GET", "/", change(self.head(credentials, **fields)))


@pytest.fixture(scope="module")
def world(gatehouse):
    made = World(gatehouse)
    yield made
    made.api.delete()


def test_the_good_ones_are_let_in(world):
    """To an origin that is not there."""
    for credentials in world.user, world.one, world.two:
        assert world.call(credentials).status == 503


@pytest.mark.parametrize(
    "credentials",
    [
        lambda w: Credentials(w.user.access_key, w.user.secret_key, w.one.token),
        lambda w: Credentials(w.user.access_key, w.user.secret_key, "token"),
        lambda w: Credentials(w.one.access_key, w.one.secret_key),
        lambda w: Credentials(w.one.access_key, w.one.secret_key, w.two.token),
        lambda w: Credentials(w.two.access_key, w.one.secret_key, w.two.token),
        lambda w: Credentials(w.one.access_key, w.one.secret_key, w.one.token[:-4] + "AAAA"),
        lambda w: Credentials(w.one.access_key, w.one.secret_key, "A" * 8_000),
        lambda w: Credentials(w.user.access_key.lower(), w.user.secret_key),
        lambda w: Credentials(w.user.access_key + " ", w.user.secret_key),
    ],
    ids=[
        "a user's key with a session's token", "a user's key with a token of nobody", "a session's key without its token",
        "a session's key with another's token", "a session's key with another's secret", "a damaged token", "a long token",
        "a key in small letters", "a key with a blank",
    ],
)  # fmt: skip
def test_a_key_goes_with_its_own_token(world, credentials):
    answer = world.call(credentials(world))
    assert (answer.status, answer.text) == FORBIDDEN


@pytest.mark.parametrize("key", ["AKIA\u00c9XAMPLE", "\u0410\u041a\u0406\u0410EXAMPLE", "AKIA%00EXAMPLE", "AKIA\x80"])
def test_a_key_of_other_letters_is_nobodys(world, key):
    def change(fields):
        fields["Authorization"] = fields["Authorization"].replace(world.user.access_key, key.encode().decode("latin-1"))
        return fields

    assert world.call(world.user, change).status in (400, 403)


def test_two_signatures_are_none(world):
    fields = world.head(world.user)
    twice = [*fields.items(), ("Authorization", fields["Authorization"])]
    answer = world.api.call("GET", "/", twice)
    assert (answer.status, answer.text) == FORBIDDEN


@pytest.mark.parametrize(
    ("credentials", "change"),
    [
        (lambda w: Credentials("AKIAUNKNOWN000000000", "x" * 40), lambda value: value),
        (lambda w: w.user, lambda value: value.replace(f"/{REGION}/", "/mars-west-1/")),
        (lambda w: w.user, lambda value: value.replace("/execute-api/", "/s3/")),
        (lambda w: w.user, lambda value: value.replace("host;", "")),
        (lambda w: w.user, lambda value: value.replace("SignedHeaders=host", "SignedHeaders=host;missing")),
        (lambda w: Credentials(w.one.access_key, w.one.secret_key, w.two.token), lambda value: value),
    ],
    ids=["key", "region", "service", "no host", "a field that is not there", "token"],
)
def test_who_is_nobody_uploads_nothing(world, credentials, change):
    """Refused by the head alone, of ten megabytes that never come."""
    fields = world.head(credentials(world), "POST")
    fields |= {"Authorization": change(fields["Authorization"]), "Content-Length": str(LARGE)}
    connection = world.api.connect()
    connection.send(wire.request_bytes("POST", "/", world.api.host, fields))
    answer = connection.response()
    assert (answer.status, answer.text) == FORBIDDEN
    connection.close()
