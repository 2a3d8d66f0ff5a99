"""A server that explains its refusals, with an API for every way to be refused."""

import json

from botocore.credentials import Credentials

from harness import wire
from harness.apis import HttpApi
from harness.clients import signature
from harness.functions import create_function, unique
from harness.issuer import AUDIENCE, Issuer
from harness.pools import Pool
from harness.rest import RestApi, patch
from harness.server import ACCOUNT, REGION, Server

AUTHORIZER = '''
def handler(event, context):
    token = event.get("authorizationToken") or event["identitySource"][0]
    if token == "secret-of-nobody":
        raise Exception("Unauthorized")
    if "routeArn" in event:
        return {"isAuthorized": False}
    arn, effect = event["methodArn"], "Deny" if token == "secret-denied" else "Allow"
    resource = arn if effect == "Deny" else arn + "/elsewhere"
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Sid": "First", "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}]}}
'''


class World:
    """The server, its two APIs of many guards, and a few more of one."""

    def __init__(self, scratch):
        self.server = Server(scratch, options=["--explain", "--account-throttle", "1000/1000"])
        self.issuer = Issuer(scratch)
        self.clients = self.server.clients
        self.asker = create_function(self.clients, AUTHORIZER)
        self.asker.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/authorizers/*")
        self.pool = Pool(self.server)
        self.pool.user("ada")
        (scratch / "gone").mkdir()
        self.gone = Issuer(scratch / "gone")
        self.gone.close()
        self.user, self.powerless = self.make_user(), self.make_user()
        self.denied = self.make_user(Effect="Deny", Sid="NotHere", Action="execute-api:*", Resource="*")
        self.http()
        self.rest()

    def close(self):
        self.issuer.close()
        self.server.stop()

    def make_user(self, **statement):
        iam, user = self.clients.service("iam"), unique("user")
        iam.create_user(UserName=user)
        if statement:
            iam.put_user_policy(
                UserName=user, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        key = iam.create_access_key(UserName=user)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def http(self):
        """Routes by what guards them."""
        api = self.http_api = HttpApi(self.server)
        target = api.integrate("http://127.0.0.1:9")
        source = ["$request.header.Authorization"]

        def jwt(url):
            return api.client.create_authorizer(
                ApiId=api.id, Name=unique("jwt"), AuthorizerType="JWT", IdentitySource=source,
                JwtConfiguration={"Audience": [AUDIENCE], "Issuer": url})["AuthorizerId"]  # fmt: skip

        issuer, gone = jwt(self.issuer.url), jwt(self.gone.url)
        asking = api.client.create_authorizer(
            ApiId=api.id, Name="asking", AuthorizerType="REQUEST", AuthorizerUri=self.asker.uri, IdentitySource=source,
            AuthorizerPayloadFormatVersion="2.0", EnableSimpleResponses=True)["AuthorizerId"]  # fmt: skip
        api.route("GET /jwt", target, AuthorizationType="JWT", AuthorizerId=issuer)
        api.route("GET /scoped", target, AuthorizationType="JWT", AuthorizerId=issuer, AuthorizationScopes=["read", "write"])
        api.route("GET /gone", target, AuthorizationType="JWT", AuthorizerId=gone)
        api.route("GET /iam", target, AuthorizationType="AWS_IAM")
        api.route("GET /asking", target, AuthorizationType="CUSTOM", AuthorizerId=asking)
        api.route("GET /throttled", target)
        api.stage(RouteSettings={"GET /throttled": {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}})

    def rest(self):
        api = self.rest_api = RestApi(self.server)

        def authorizer(type, **parameters):
            return api("create_authorizer", name=unique(type.lower()), type=type,
                       identitySource="method.request.header.Authorization", **parameters)["id"]  # fmt: skip

        def guarded(path, type, id=None, **method):
            api.mock(api.resource(path), authorizationType=type, **({"authorizerId": id} if id else {}), **method)

        token = authorizer("TOKEN", authorizerUri=self.asker.uri, identityValidationExpression="secret-.*")
        pool = authorizer("COGNITO_USER_POOLS", providerARNs=[self.pool.arn])
        jwt = authorizer("JWT", jwtConfiguration={
            "issuers": [{"issuer": "https://issuer.example/", "audiences": [AUDIENCE]}], "defaultAlgorithms": ["RS256"]})
        guarded("token", "CUSTOM", token)
        guarded("pool", "COGNITO_USER_POOLS", pool)
        guarded("scoped", "COGNITO_USER_POOLS", pool, authorizationScopes=["shop/read"])
        guarded("jwt", "JWT", jwt)
        guarded("iam", "AWS_IAM")
        guarded("key", "NONE", apiKeyRequired=True)
        guarded("throttled", "NONE")
        api.deploy("prod")
        api.deploy("other")
        api("update_stage", stageName="prod", patchOperations=[
            patch("/~1throttled/GET/throttling/rateLimit", "0"), patch("/~1throttled/GET/throttling/burstLimit", "0")])
        keys = api.client
        self.keys = {}
        for name, limits in [("plan", {}), ("quota", {"quota": {"limit": 1, "period": "DAY"}}),
                             ("slow", {"throttle": {"rateLimit": 0.001, "burstLimit": 1}}), ("disabled", {})]:
            plan = keys.create_usage_plan(name=unique("plan"), apiStages=[{"apiId": api.id, "stage": "prod"}], **limits)
            key = keys.create_api_key(name=unique("key"), enabled=name != "disabled")
            keys.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
            self.keys[name] = key | {"plan": plan["id"]}
        self.closed = RestApi(self.server, disableExecuteApiEndpoint=True)
        self.closed.mock()
        self.closed.deploy("prod")
        self.barred = self.with_policy(Sid="Nobody", Effect="Deny", Principal="*")
        self.narrow = self.with_policy(Effect="Allow", Principal={"AWS": "999999999999"})
        self.given = RestApi(self.server, apiKeySource="AUTHORIZER")
        self.given.mock(apiKeyRequired=True)
        self.given.deploy("prod")

    def with_policy(self, **statement):
        statement |= {"Action": "execute-api:Invoke", "Resource": "*"}
        api = RestApi(self.server, policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        api.mock()
        api.deploy("prod")
        return api

    def call(self, api, target, headers=()):
        return wire.fetch(self.server.traffic, "GET", target, api.host, headers)

    def signed(self, api, target, credentials, **changes):
        fields = signature(credentials, "execute-api", "GET", f"https://{api.host}{target}")
        return self.call(api, target, fields | changes)

    def token(self, *options, **parameters):
        return self.issuer.token(*options, **parameters)
