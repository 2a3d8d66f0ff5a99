"""User pools made through the management API, with one client."""

import hashlib
import hmac
import base64
import json

PASSWORD = "Correct-horse-1"
FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_CUSTOM_AUTH",
]


class Pool:
    def __init__(self, gatehouse, client_options=(), **settings):
        self.server = gatehouse
        self.idp = gatehouse.clients.service("cognito-idp")
        self.id = self.idp.create_user_pool(PoolName="people", **settings)["UserPool"]["Id"]
        self.client = self.add_client(**dict(client_options))
        self.client_id = self.client["ClientId"]
        self.issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{self.id}"
        self.arn = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{self.id}"

    def add_client(self, **options):
        return self.idp.create_user_pool_client(
            **{"UserPoolId": self.id, "ClientName": "web", "ExplicitAuthFlows": FLOWS} | options
        )["UserPoolClient"]

    def user(self, name, **attributes):
        """A user who is confirmed."""
        self.idp.admin_create_user(
            UserPoolId=self.id,
            Username=name,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
        )
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)

    def sign_in(self, name, password=PASSWORD):
        return self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )["AuthenticationResult"]

    def messages(self):
        """What the pool would have sent."""
        from harness import wire

        answer = wire.fetch(self.server.management, "GET", f"/_gatehouse/pools/messages?pool={self.id}", "localhost")
        return json.loads(answer.text)["messages"]

    def delete(self):
        self.idp.delete_user_pool(UserPoolId=self.id)


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def secret_hash(client, name):
    key = client["ClientSecret"].encode()
    digest = hmac.new(key, (name + client["ClientId"]).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def bearer(token):
    return [("Authorization", f"Bearer {token}")]
