"""AssumeRoleWithWebIdentity: roles for whom an identity provider vouches."""

import json
import subprocess
import time

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.iam import name
from harness.server import ACCOUNT, REGION, Server, binary

ISSUER = "https://issuer.example/team"
URL = ISSUER.removeprefix("https://")
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{URL}"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
NOT_A_TOKEN = (
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
)


class World:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.iam = server.clients.service("iam")
        self.sts = boto3.client(
            "sts", endpoint_url=server.url, region_name=REGION,
            config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, parameter_validation=False),
        )  # fmt: skip

    def token(self, *claims, issuer=ISSUER, key="issuer.pem", audience="my-app"):
        options = [part for claim in claims for part in ("--claim", claim)]
        command = [binary(), "token", "mint", "--key", self.folder / key, "--issuer", issuer, "--audience", audience]
        return subprocess.run(command + options, check=True, capture_output=True, text=True).stdout.strip()

    def role(self, condition=None, provider=PROVIDER, action="sts:AssumeRoleWithWebIdentity"):
        statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action}
        if condition:
            statement["Condition"] = condition
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return self.iam.create_role(RoleName=name(), AssumeRolePolicyDocument=trust)["Role"]

    def assume(self, role, token, **parameters):
        return self.sts.assume_role_with_web_identity(
            RoleArn=role["Arn"], WebIdentityToken=token, **{"RoleSessionName": "session"} | parameters
        )

    def refusal(self, role, token, **parameters):
        with pytest.raises(ClientError) as raised:
            self.assume(role, token, **parameters)
        error = raised.value.response["Error"]
        return error["Code"], error["Message"]

    def client(self, credentials, service):
        return boto3.client(
            service, endpoint_url=self.server.url, region_name=REGION, aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web-identity")
    for key in ("issuer.pem", "other.pem"):
        subprocess.run([binary(), "token", "key", folder / key], check=True)
    keys = subprocess.run([binary(), "token", "jwks", folder / "issuer.pem"], check=True, capture_output=True)
    (folder / "jwks.json").write_bytes(keys.stdout)
    server = Server(folder, options=["--issuer", f"{ISSUER}={folder / 'jwks.json'}"])
    world = World(server, folder)
    made = world.iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["my-app", "other-app"])
    assert made["OpenIDConnectProviderArn"] == PROVIDER
    yield world
    server.stop()


def test_a_token_gives_credentials_of_the_role(world):
    role = world.role({"StringEquals": {f"{URL}:aud": "my-app"}, "StringLike": {f"{URL}:sub": "user*"}})
    answer = world.assume(role, world.token("sub=user-1"))
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:session",
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/session",
    }
    seen = {name: answer[name] for name in ("SubjectFromWebIdentityToken", "Provider", "Audience")}
    assert seen == {"SubjectFromWebIdentityToken": "user-1", "Provider": PROVIDER, "Audience": "my-app"}
    assert "PackedPolicySize" not in answer
    left = answer["Credentials"]["Expiration"].timestamp() - time.time()
    assert 3500 < left <= 3600
    who = world.client(answer["Credentials"], "sts").get_caller_identity()
    assert who["Arn"] == answer["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    ("condition", "claims", "is_let_in"),
    [
        ({"StringEquals": {"URL:sub": "ada"}}, ["sub=ada"], True),
        ({"StringEquals": {"URL:sub": "ada"}}, ["sub=ad"], False),
        ({"StringEquals": {"URL:aud": "other-app"}}, [], False),
        ({"StringEquals": {"URL:aud": "other-app"}}, ["azp=other-app"], True),
        ({"StringEquals": {"URL:oaud": "my-app"}}, ["azp=other-app"], True),
        ({"ForAnyValue:StringEquals": {"URL:amr": "mfa"}}, ['amr=["pwd","mfa"]'], True),
        ({"ForAnyValue:StringEquals": {"URL:amr": "mfa"}}, ['amr=["pwd"]'], False),
        ({"ForAnyValue:StringEquals": {"URL:amr": "mfa"}}, [], False),
        ({"StringEquals": {"URL:email": "a@b.c"}}, ["email=a@b.c"], False),
        ({"StringEquals": {"sts:RoleSessionName": "session"}}, [], True),
        ({"StringEquals": {"sts:RoleSessionName": "other"}}, [], False),
        ({"StringEquals": {"aws:FederatedProvider": PROVIDER}}, [], True),
    ],
)
def test_conditions_are_about_the_token(world, condition, claims, is_let_in):
    condition = json.loads(json.dumps(condition).replace("URL:", f"{URL}:"))
    role = world.role(condition)
    token = world.token(*(claims if any(claim.startswith("sub=") for claim in claims) else ["sub=user", *claims]))
    if is_let_in:
        world.assume(role, token)
    else:
        assert world.refusal(role, token) == DENIED


def test_who_is_not_trusted_is_denied(world):
    token = world.token("sub=user")
    assert world.refusal(world.role(provider="accounts.google.com"), token) == DENIED
    assert world.refusal(world.role(provider=PROVIDER + "s"), token) == DENIED
    assert world.refusal(world.role(action="sts:AssumeRole"), token) == DENIED
    assert world.refusal({"Arn": f"arn:aws:iam::{ACCOUNT}:role/{name()}"}, token) == DENIED
    assert world.refusal({"Arn": f"arn:aws:iam::999999999999:role/{world.role()['RoleName']}"}, token) == DENIED


def test_tokens_that_are_none(world):
    role = world.role()
    good = world.token("sub=user")
    head, payload, signature = good.split(".")
    for token in ("abcd", "a.b.c", ".." * 2, good + ".x", head + "." + payload + ".", "ey" * 9_000, "x" * 20_000):
        assert world.refusal(role, token) == NOT_A_TOKEN, token[:20]
    for token in ("x", "x" * 20_001):
        code, message = world.refusal(role, token)
        assert code == "ValidationError" and "webIdentityToken" in message and token not in message
    other = world.token("sub=user", key="other.pem")
    unknown = (
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
        "documentation for requirements",
    )
    assert world.refusal(role, other) == unknown
    # Another token's claims under this one's signature.
    claims = world.token("sub=root").split(".")[1]
    code, message = world.refusal(role, f"{head}.{claims}.{signature}")
    assert code == "InvalidIdentityToken" and "signature" in message


def test_claims_that_are_missing_or_wrong(world):
    role = world.role()
    now = int(time.time())

    def refusal(*claims, **parameters):
        return world.refusal(role, world.token("sub=user", *claims, **parameters))

    stranger = "https://stranger.example"
    assert refusal(issuer=stranger) == (
        "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {stranger}",
    )  # fmt: skip
    assert refusal(audience="nobody") == ("InvalidIdentityToken", "Incorrect token audience")
    assert refusal("azp=nobody") == ("InvalidIdentityToken", "Incorrect token audience")
    code, message = refusal(f"exp={now - 600}", f"iat={now - 900}")
    assert code == "ExpiredTokenException" and message.endswith(f"must be before the expiration date/time {now - 600}")
    # Clocks may differ.
    world.assume(role, world.token("sub=user", f"exp={now - 60}", f"iat={now - 900}"))
    assert refusal(f"nbf={now + 900}")[0] == "InvalidIdentityToken"
    assert refusal("https://aws.amazon.com/tags={}")[0] == "InvalidIdentityToken"
    assert refusal("iat=null")[0] == "InvalidIdentityToken"


def test_session_policies_bound_the_session(world):
    role = world.role()
    token = world.token("sub=user")
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    answer = world.assume(role, token, Policy=json.dumps(document))
    assert 0 < answer["PackedPolicySize"] <= 100
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    other = world.iam.create_role(
        RoleName=name(), AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]
    world.iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=json.dumps(document))

    def may(**parameters):
        credentials = world.assume(role, token, **parameters)["Credentials"]
        try:
            world.client(credentials, "sts").assume_role(RoleArn=other["Arn"], RoleSessionName="other")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied"
            return False
        return True

    deny = {"Version": "2012-10-17", "Statement": [allow | {"Action": "s3:*"}]}
    assert may() and may(Policy=json.dumps(document)) and not may(Policy=json.dumps(deny))
    made = world.iam.create_policy(PolicyName=name(), PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    large = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert may(PolicyArns=[{"arn": made}]) and may(PolicyArns=[{"arn": large}, {"arn": made}])
    assert not may(PolicyArns=[{"arn": large}])
    assert may(PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}])
    # A managed policy bounds a session as it is now.
    credentials = world.assume(role, token, PolicyArns=[{"arn": made}])["Credentials"]
    world.client(credentials, "sts").assume_role(RoleArn=other["Arn"], RoleSessionName="other")
    world.iam.delete_policy(PolicyArn=made)
    with pytest.raises(ClientError):
        world.client(credentials, "sts").assume_role(RoleArn=other["Arn"], RoleSessionName="other")
    code, message = world.refusal(role, token, PolicyArns=[{"arn": made}])
    assert code == "MalformedPolicyDocument"
    assert world.refusal(role, token, Policy="{}")[0] == "MalformedPolicyDocument"
    # White space takes no space; what would make a token that nobody can send is refused.
    assert may(Policy=json.dumps(document, indent=200))
    wide = allow | {"Condition": {"StringNotEquals": {"aws:userid": " " * 20_000}}}
    assert world.refusal(role, token, Policy=json.dumps(document | {"Statement": [wide]}))[0] == "PackedPolicyTooLarge"
    long = allow | {"Resource": "arn:aws:s3:::" + "x" * 2_048}
    assert world.refusal(role, token, Policy=json.dumps(document | {"Statement": [long]}))[0] == "PackedPolicyTooLarge"
    audiences = json.dumps(["my-app"] + [f"app-{number}" for number in range(1_000)])
    many = world.token("sub=user", f"aud={audiences}")
    assert len(many) <= 20_000 and world.refusal(role, many)[0] == "PackedPolicyTooLarge"
    assert world.refusal(role, token, ProviderId="www.amazon.com")[0] == "ValidationError"


@pytest.mark.parametrize("session_name", ["a", "a" * 65, "a b", "a:b", "a/b", "a\n", "ä\u0308", "a\x00b", "${aws:userid}"])
def test_session_names_are_checked(world, session_name):
    assert world.refusal(world.role(), world.token("sub=user"), RoleSessionName=session_name)[0] == "ValidationError"


def test_an_issuer_that_cannot_be_reached(world):
    world.iam.create_open_id_connect_provider(Url="https://localhost:1", ClientIDList=["my-app"])
    role = world.role(provider=f"arn:aws:iam::{ACCOUNT}:oidc-provider/localhost:1")
    code, _ = world.refusal(role, world.token("sub=user", issuer="https://localhost:1"))
    assert code == "IDPCommunicationError"


def test_a_user_pool_of_the_server_is_a_provider_without_network(world):
    pools = world.server.clients.service("cognito-idp")
    pool = pools.create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = pools.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    pools.admin_create_user(UserPoolId=pool, Username="ada", MessageAction="SUPPRESS")
    pools.admin_set_user_password(UserPoolId=pool, Username="ada", Password="Secret-12", Permanent=True)
    tokens = pools.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ada", "PASSWORD": "Secret-12"}
    )["AuthenticationResult"]
    url = f"cognito-idp.{REGION}.amazonaws.com/{pool}"
    provider = world.iam.create_open_id_connect_provider(Url=f"https://{url}", ClientIDList=[client])
    role = world.role({"StringEquals": {f"{url}:aud": client}}, provider=provider["OpenIDConnectProviderArn"])
    answer = world.assume(role, tokens["IdToken"])
    assert (answer["Audience"], answer["Provider"]) == (client, provider["OpenIDConnectProviderArn"])
    # An access token has no audience.
    assert world.refusal(role, tokens["AccessToken"]) == ("InvalidIdentityToken", "Missing a required claim: aud")
    world.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider["OpenIDConnectProviderArn"])
    assert world.refusal(role, tokens["IdToken"])[1].startswith("No OpenIDConnect provider found")
