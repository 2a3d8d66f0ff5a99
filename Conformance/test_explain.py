"""`serve --explain`: each 401, 403 and 429 is told to the operator with what was compared, and never to the client.

A row is a way to be refused: what is called, and what the line under the request's line says. No row tells a secret: the
token, key or signature that was sent stands nowhere in the server's output.
"""

import base64
import json
import re
from datetime import datetime, timezone

import pytest
from botocore.credentials import Credentials

from harness.deadline import until
from harness.issuer import AUDIENCE
from harness.pools import bearer
from harness.refusals import World
from harness.rest import RestApi

LATE = "20200101T000000Z"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("explained"))
    yield made
    made.close()


def rewritten(token, header):
    parts = token.split(".")
    parts[0] = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return ".".join(parts)


def unsigned(token):
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{'A' * (len(signature) - 1)}A"


WRONG = Credentials("AKIAUNKNOWN000000000", "secret-of-nobody")

# Name: the call, its status, what is told.
HTTP = {
    "no token": (
        lambda w: w.call(w.http_api, "/jwt"), 401,
        lambda w: r"route GET /jwt was called without a token in \$request\.header\.Authorization"),
    "no jwt": (
        lambda w: w.call(w.http_api, "/jwt", bearer("secret.token")), 401,
        lambda w: "does not take the token: token contains an invalid number of segments"),
    "audience": (
        lambda w: w.call(w.http_api, "/jwt", bearer(w.token(audience="other"))), 401,
        lambda w: f"its audience is other, which is none of {AUDIENCE}"),
    "issuer": (
        lambda w: w.call(w.http_api, "/jwt", bearer(w.token("--claim", "iss=https://other.example"))), 401,
        lambda w: f"its issuer is https://other.example, not {w.issuer.url}"),
    "no audience": (
        lambda w: w.call(w.http_api, "/jwt", bearer(w.token("--claim", "aud=[]"))), 401,
        lambda w: f"it has no audience, and has to be for one of {AUDIENCE}$"),
    "expired": (
        lambda w: w.call(w.http_api, "/jwt", bearer(w.token("--expires=-5m"))), 401,
        lambda w: r"it ended at \d{10} \(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\)"),
    "not yet": (
        lambda w: w.call(w.http_api, "/jwt", bearer(w.token("--claim", "nbf=4000000000"))), 401,
        lambda w: r"it begins at 4000000000 \(2096-10-02T07:06:40Z\)"),
    "unknown key": (
        lambda w: w.call(w.http_api, "/jwt", bearer(rewritten(w.token(), {"alg": "RS256", "kid": "mine"}))), 401,
        lambda w: "its key id mine is none of the issuer's"),
    "algorithm": (
        lambda w: w.call(w.http_api, "/jwt", bearer(rewritten(w.token(), {"alg": "none"}))), 401,
        lambda w: "its alg is none"),
    "signature": (
        lambda w: w.call(w.http_api, "/jwt", bearer(unsigned(w.token()))), 401, lambda w: "the token has an invalid signature"),
    "scopes": (
        lambda w: w.call(w.http_api, "/scoped", bearer(w.token("--scope", "admin"))), 403,
        lambda w: "asks for one of the scopes read write: its scopes are admin"),
    "no issuer": (
        lambda w: w.call(w.http_api, "/gone", bearer(w.token())), 401,
        lambda w: f"has no keys to check the token with: .*{re.escape(w.gone.url)}"),
    "controls": (
        lambda w: w.call(w.http_api, "/jwt", bearer(rewritten(w.token(), {"alg": "RS256", "kid": "a\x1b[2J\nx"}))), 401,
        lambda w: r"its key id a\\u\{1b\}\[2J"),
    "no signature": (
        lambda w: w.call(w.http_api, "/iam"), 403, lambda w: "is open to callers known by IAM only: Missing Authentication Token"),
    "key of nobody": (
        lambda w: w.signed(w.http_api, "/iam", WRONG), 403, lambda w: r"security token included in the request is invalid.* \(key AKIAUNKNOWN000000000\)"),
    "secret": (
        lambda w: w.signed(w.http_api, "/iam", Credentials(w.user.access_key, "secret-of-nobody")), 403,
        lambda w: "The request signature we calculated does not match"),
    "no policy": (
        lambda w: w.signed(w.http_api, "/iam", w.powerless), 403,
        lambda w: r"refuses arn:\S+, who is not allowed to by any statement of the identity policies \(execute-api:Invoke on arn:"),
    "policy denies": (
        lambda w: w.signed(w.http_api, "/iam", w.denied), 403, lambda w: "refuses arn:.*, who is denied it by statement NotHere of the identity policies"),
    "identity": (
        lambda w: w.call(w.http_api, "/asking"), 401, lambda w: r"was called without \$request\.header\.Authorization"),
    "not authorized": (
        lambda w: w.call(w.http_api, "/asking", {"Authorization": "secret-one"}), 403, lambda w: "isAuthorized is false"),
    "Unauthorized": (
        lambda w: w.call(w.http_api, "/asking", {"Authorization": "secret-of-nobody"}), 401,
        lambda w: f"the function {w.asker.name} says Unauthorized"),
    "route": (
        lambda w: w.call(w.http_api, "/throttled"), 429, lambda w: "lets nothing pass: its stage sets a throttling limit of 0"),
}  # fmt: skip

REST = {
    "no method": (
        lambda w: w.call(w.rest_api, "/prod/nothing"), 403, lambda w: "no route of the API matches GET /nothing"),
    "no method, with a token": (
        lambda w: w.call(w.rest_api, "/prod/nothing", bearer("secret")), 403, lambda w: "no route of the API matches"),
    "no stage": (lambda w: w.call(w.rest_api, "/nothing"), 403, lambda w: "there is no API or stage of that name"),
    "disabled endpoint": (
        lambda w: w.call(w.closed, "/prod"), 403, lambda w: "the API's execute-api endpoint is disabled"),
    "the API's policy denies": (
        lambda w: w.call(w.barred, "/prod"), 403,
        lambda w: "is denied by its API's resource policy: statement Nobody denies execute-api:Invoke on arn:"),
    "the API's policy is silent": (
        lambda w: w.call(w.narrow, "/prod"), 403,
        lambda w: "is not allowed by its API's resource policy: no statement allows execute-api:Invoke on arn:"),
    "no token": (
        lambda w: w.call(w.rest_api, "/prod/token"), 401,
        lambda w: r"was called without method\.request\.header\.Authorization"),
    "expression": (
        lambda w: w.call(w.rest_api, "/prod/token", {"Authorization": "other"}), 401,
        lambda w: r"a token that does not match the expression of its .*: secret-\.\*"),
    "policy denies": (
        lambda w: w.call(w.rest_api, "/prod/token", {"Authorization": "secret-denied"}), 403,
        lambda w: "is denied by the policy of its .*: statement First denies arn:"),
    "policy is silent": (
        lambda w: w.call(w.rest_api, "/prod/token", {"Authorization": "secret-one"}), 403,
        lambda w: "no statement allows arn:"),
    "Unauthorized": (
        lambda w: w.call(w.rest_api, "/prod/token", {"Authorization": "secret-of-nobody"}), 401,
        lambda w: "says Unauthorized"),
    "no user": (
        lambda w: w.call(w.rest_api, "/prod/pool"), 401, lambda w: "was called without a token in method.request.header"),
    "other issuer": (
        lambda w: w.call(w.rest_api, "/prod/pool", bearer(w.token())), 401, lambda w: "its key id .* is none of the issuer's"),
    "access token": (
        lambda w: w.call(w.rest_api, "/prod/pool", bearer(w.pool.sign_in("ada")["AccessToken"])), 401,
        lambda w: "its claim token_use is missing or has another form: it has to be id"),
    "scopes": (
        lambda w: w.call(w.rest_api, "/prod/scoped", bearer(w.pool.sign_in("ada")["AccessToken"])), 401,
        lambda w: "asks for one of the scopes shop/read: its scopes are aws.cognito.signin.user.admin"),
    "jwt": (
        lambda w: w.call(w.rest_api, "/prod/jwt", bearer(w.token("--claim", "iss=https://issuer.example"))), 401,
        lambda w: "its issuer is https://issuer.example, not https://issuer.example/|has no keys to check"),
    "no signature": (
        lambda w: w.call(w.rest_api, "/prod/iam"), 403, lambda w: "Missing Authentication Token"),
    "old": (
        lambda w: w.signed(w.rest_api, "/prod/iam", w.user, **{"X-Amz-Date": LATE}), 403, lambda w: "Signature expired: 2020"),
    "secret": (
        lambda w: w.signed(w.rest_api, "/prod/iam", Credentials(w.user.access_key, "secret-of-nobody")), 403,
        lambda w: "The request signature we calculated does not match"),
    "no policy": (
        lambda w: w.signed(w.rest_api, "/prod/iam", w.powerless), 403, lambda w: "refuses arn:.*execute-api:Invoke on arn:"),
    "no key": (
        lambda w: w.call(w.rest_api, "/prod/key"), 403, lambda w: "asks for an API key, and the request has no x-api-key"),
    "key of nobody": (
        lambda w: w.call(w.rest_api, "/prod/key", {"x-api-key": "secret-of-nobody"}), 403,
        lambda w: "was sent an API key that is not known"),
    "disabled key": (
        lambda w: w.call(w.rest_api, "/prod/key", {"x-api-key": w.keys["disabled"]["value"]}), 403,
        lambda w: f"was sent the API key {w.keys['disabled']['id']}, which is disabled"),
    "key of another stage": (
        lambda w: w.call(w.rest_api, "/other/key", {"x-api-key": w.keys["plan"]["value"]}), 403,
        lambda w: f"was sent the API key {w.keys['plan']['id']}, which is in no usage plan of this stage"),
    "key from an authorizer": (
        lambda w: w.call(w.given, "/prod", {"x-api-key": w.keys["plan"]["value"]}), 403,
        lambda w: "takes its API key from an authorizer, and none has given one"),
    "quota": (
        lambda w: [w.call(w.rest_api, "/prod/key", {"x-api-key": w.keys["quota"]["value"]}) for _ in range(2)][1], 429,
        lambda w: rf"beyond the quota of its usage plan {w.keys['quota']['plan']} \(1 a day\)"),
    "plan": (
        lambda w: [w.call(w.rest_api, "/prod/key", {"x-api-key": w.keys["slow"]["value"]}) for _ in range(2)][1], 429,
        lambda w: rf"beyond the limits of its usage plan {w.keys['slow']['plan']} \(.*0\.001"),
    "method": (
        lambda w: w.call(w.rest_api, "/prod/throttled"), 429, lambda w: "beyond the throttling of its stage"),
}  # fmt: skip


def explained(world, row):
    """Makes the call and answers with it, and with what the server has printed of it."""
    call, status, words = row
    before = len(world.server.stdout)
    answer = call(world)
    assert answer.status == status, answer.text
    pattern = rf"^  {status}: .*{words(world)}"
    line = until(
        lambda: next((line for line in world.server.stdout[before:] if re.search(pattern, line)), None),
        lambda: f"{pattern!r} in:\n" + "\n".join(world.server.stdout[before:]))
    return answer, line


@pytest.mark.parametrize("kind", HTTP)
def test_an_http_api_tells_its_operator_why(world, kind):
    answer, line = explained(world, HTTP[kind])
    assert json.loads(answer.body) in [{"message": word} for word in ("Unauthorized", "Forbidden", "Too Many Requests")]
    challenge = answer.header("www-authenticate") or ""
    assert line.split(": ", 1)[1] not in challenge
    for told in "its ", "none of", "arn:", "http", "route ":
        assert told not in challenge


@pytest.mark.parametrize("kind", REST)
def test_a_rest_api_tells_its_operator_why(world, kind):
    answer, line = explained(world, REST[kind])
    assert line.split(": ", 1)[1] not in answer.text
    assert "usage plan" not in answer.text and "statement" not in answer.text


def test_the_account_is_told_too(own_gatehouse, tmp_path):
    server = own_gatehouse(options=["--explain", "--account-throttle", "0.001/1"])
    api = RestApi(server)
    api.mock()
    api.deploy("prod")
    assert [api.call(target="/prod").status for _ in range(2)] == [200, 429]
    server.says(r"  429: method GET / was called beyond the limits of the account|  429: .*limits of the account \(")


def test_no_secret_is_printed(world):
    """After all of the above, which this calls once more: it may run alone."""
    for row in [*HTTP.values(), *REST.values()]:
        row[0](world)
    stopped = datetime.now(timezone.utc).strftime("/marker-%H%M%S")
    world.call(world.http_api, stopped)
    world.server.says(stopped)
    secrets = {
        "a bearer": "eyJ", "a signature": "Signature=", "what was sent": "secret-(of|one|denied)", "a token": "secret.token",
        "a secret": re.escape(world.user.secret_key),
    } | {f"the key {name}": re.escape(key["value"]) for name, key in world.keys.items()}
    told = [line for line in world.server.stdout if not line.startswith(("management", "traffic"))]
    assert {name: [line for line in told if re.search(secret, line)] for name, secret in secrets.items()} == {
        name: [] for name in secrets
    }
