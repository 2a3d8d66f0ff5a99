"""Authorizers of REST APIs that look at tokens: of user pools, and of any issuer."""

import calendar
import json
import time

import pytest

from harness.pools import Pool, bearer, claims
from harness.rest import RestApi

UNAUTHORIZED = (401, '{"message":"Unauthorized"}', "UnauthorizedException")


def guarded(server, kind, scopes=(), template=None, **authorizer):
    """An API with one method behind the authorizer, deployed to `prod`."""
    api = RestApi(server)
    made = api("create_authorizer", name="tokens", type=kind, **authorizer)["id"]
    api.mock(template=template, authorizationType=kind, authorizerId=made, authorizationScopes=list(scopes))
    api.deploy("prod")
    return api


def answer(api, token=None, headers=None):
    got = api.call(target="/prod/", headers=headers or (bearer(token) if token else ()))
    return got.status, got.text, got.header("x-amzn-errortype")


HEADER = {"identitySource": "method.request.header.Authorization"}


@pytest.fixture
def people(gatehouse):
    pool = Pool(gatehouse)
    pool.user("ada", email="ada@example.com")
    for group in ["staff", "admins"]:
        pool.idp.create_group(UserPoolId=pool.id, GroupName=group)
        pool.idp.admin_add_user_to_group(UserPoolId=pool.id, Username="ada", GroupName=group)
    return pool


def test_who_has_an_id_token_of_the_pool_is_let_in(gatehouse, people):
    other = Pool(gatehouse)
    other.user("eve")
    template = {"who": "$context.authorizer.claims.email", "groups": "$context.authorizer.claims['cognito:groups']"}
    api = guarded(gatehouse, "COGNITO_USER_POOLS", template=template, providerARNs=[people.arn], **HEADER)
    tokens = people.sign_in("ada")
    assert answer(api) == UNAUTHORIZED
    assert answer(api, tokens["AccessToken"]) == UNAUTHORIZED
    assert answer(api, other.sign_in("eve")["IdToken"]) == UNAUTHORIZED
    assert answer(api, tokens["IdToken"][:-8] + "AAAAAAAA") == UNAUTHORIZED
    status, text, _ = answer(api, tokens["IdToken"])
    assert (status, json.loads(text)) == (200, {"who": "ada@example.com", "groups": "admins,staff"})
    # With or without the name of the scheme.
    assert answer(api, headers=[("Authorization", tokens["IdToken"])])[0] == 200


def test_tokens_of_several_pools_may_pass(gatehouse, people):
    other = Pool(gatehouse)
    other.user("eve")
    api = guarded(gatehouse, "COGNITO_USER_POOLS", providerARNs=[people.arn, other.arn], **HEADER)
    assert answer(api, people.sign_in("ada")["IdToken"])[0] == 200
    assert answer(api, other.sign_in("eve")["IdToken"])[0] == 200


def test_scopes_ask_for_access_tokens(gatehouse, people):
    own = guarded(
        gatehouse, "COGNITO_USER_POOLS", ["aws.cognito.signin.user.admin"], providerARNs=[people.arn], **HEADER
    )
    other = guarded(gatehouse, "COGNITO_USER_POOLS", ["items/read"], providerARNs=[people.arn], **HEADER)
    tokens = people.sign_in("ada")
    assert answer(own, tokens["AccessToken"])[0] == 200
    assert answer(own, tokens["IdToken"]) == UNAUTHORIZED
    assert answer(other, tokens["AccessToken"]) == UNAUTHORIZED


def test_a_function_is_told_the_claims(gatehouse, people, function):
    from harness.echo import SOURCE

    echo = function(SOURCE)
    api = guarded(gatehouse, "COGNITO_USER_POOLS", providerARNs=[people.arn], **HEADER)
    echo.permit(f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/*")
    api(
        "put_integration", resourceId=api.root, httpMethod="GET", type="AWS_PROXY", integrationHttpMethod="POST",
        uri=echo.uri,
    )
    api.deploy("prod")
    token = people.sign_in("ada")["IdToken"]
    event = json.loads(answer(api, token)[1])
    told = event.get("event", event)["requestContext"]["authorizer"]["claims"]
    said = claims(token)
    assert told["sub"] == said["sub"]
    assert told["auth_time"] == str(said["auth_time"])
    assert told["cognito:groups"] == "admins,staff"
    assert " UTC " in told["exp"]
    assert calendar.timegm(time.strptime(told["exp"], "%a %b %d %H:%M:%S UTC %Y")) == said["exp"]


def test_an_expired_token_is_told_so(gatehouse, people):
    from harness.server import run

    api = guarded(gatehouse, "COGNITO_USER_POOLS", providerARNs=[people.arn], **HEADER)

    def mint(*options):
        made = run("token", "mint", "--pool", people.id, "--user", "ada", "--id", "--endpoint", gatehouse.url, *options)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    assert answer(api, mint())[0] == 200
    assert answer(api, mint("--expires=-5m")) == (
        401, '{"message":"The incoming token has expired"}', "UnauthorizedException",
    )


def test_an_authorizer_is_tested_with_a_token(gatehouse, people):
    api = RestApi(gatehouse)
    made = api("create_authorizer", name="a", type="COGNITO_USER_POOLS", providerARNs=[people.arn], **HEADER)["id"]
    token = people.sign_in("ada")["IdToken"]
    found = api("test_invoke_authorizer", authorizerId=made, headers={"Authorization": token})
    assert (found["clientStatus"], found["claims"]["email"]) == (200, "ada@example.com")
    found = api("test_invoke_authorizer", authorizerId=made, headers={"Authorization": token[:-8] + "AAAAAAAA"})
    assert (found["clientStatus"], "claims" in found) == (401, False)


def test_the_client_may_be_bound(gatehouse, people):
    other = people.add_client()["ClientId"]
    api = guarded(
        gatehouse, "COGNITO_USER_POOLS", providerARNs=[people.arn], identityValidationExpression=people.client_id,
        **HEADER,
    )
    assert answer(api, people.sign_in("ada")["IdToken"])[0] == 200
    people.client_id = other
    assert answer(api, people.sign_in("ada")["IdToken"]) == UNAUTHORIZED


def test_an_issuer_of_its_own_lets_its_audience_in(gatehouse, people):
    configuration = {
        "defaultAlgorithms": ["RS256"],
        "issuers": [
            {
                "issuer": people.issuer,
                "audiences": [people.client_id],
                "additionalClaims": [
                    {
                        "claimName": "email", "format": "SINGLE_STRING", "required": True,
                        "expectedValues": ["ada@example.com"],
                    }
                ],
            }
        ],
    }
    people.user("bob", email="bob@example.com")
    api = guarded(gatehouse, "JWT", jwtConfiguration=configuration, **HEADER)
    assert answer(api, people.sign_in("ada")["IdToken"])[0] == 200
    assert answer(api, people.sign_in("bob")["IdToken"]) == UNAUTHORIZED
    # An access token has no audience.
    assert answer(api, people.sign_in("ada")["AccessToken"]) == UNAUTHORIZED
    scoped = guarded(gatehouse, "JWT", ["items/read"], jwtConfiguration=configuration, **HEADER)
    assert answer(scoped, people.sign_in("ada")["IdToken"])[0] == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://issuer.example/"},
        {"issuer": "https://user@issuer.example/"},
        {"issuer": "https://issuer.example/?a"},
        {"audiences": []},
        {"additionalClaims": [{"claimName": "scope", "format": "SINGLE_STRING"}]},
        {"additionalClaims": [{"claimName": "x", "format": "LIST"}]},
    ],
)
def test_an_issuer_that_is_none_is_refused(gatehouse, changes):
    issuer = {"issuer": "https://issuer.example/", "audiences": ["a"]} | changes
    code, _ = RestApi(gatehouse).error(
        "create_authorizer", name="a", type="JWT",
        jwtConfiguration={"defaultAlgorithms": ["RS256"], "issuers": [issuer]}, **HEADER,
    )
    assert code == "BadRequestException"
