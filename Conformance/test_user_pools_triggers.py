"""Triggers of user pools with real functions: what they decide, what becomes of those that fail, and many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.clients import error_of
from harness.functions import unique
from harness.pools import PASSWORD, Pool, claims

AGREES = "def handler(event, context): return event"

# Puts who is confirmed into a group, by calling back into the pool, as Amplify's function does.
SIGN_UP = """
import boto3
def handler(event, context):
    if event["triggerSource"] == "PreSignUp_SignUp":
        if event["userName"].startswith("evil"):
            raise Exception("not you")
        event["response"].update(autoConfirmUser=True, autoVerifyEmail="email" in event["request"]["userAttributes"])
    elif event["triggerSource"].startswith("PostConfirmation"):
        pools = boto3.client("cognito-idp")
        pools.admin_add_user_to_group(UserPoolId=event["userPoolId"], Username=event["userName"], GroupName="staff")
    return event
"""

TOKENS = """
def handler(event, context):
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "idTokenGeneration": {"claimsToAddOrOverride": {
            "tenant": event["request"]["userAttributes"].get("email", "none"), "sub": "forged"}},
        "accessTokenGeneration": {"claimsToAddOrOverride": {"level": 3}, "scopesToAdd": ["items/read"]},
    }
    return event
"""

MESSAGES = """
def handler(event, context):
    code = event["request"]["codeParameter"]
    event["response"]["emailSubject"] = f"{event['triggerSource']} for {event['userName']}"
    event["response"]["emailMessage"] = f"It is {code}, again {code}"
    return event
"""

MIGRATION = """
KNOWN = {"old": "Former-horse-1", "short": "x"}
def handler(event, context):
    name, password = event["userName"], event["request"].get("password")
    if event["triggerSource"] == "UserMigration_Authentication" and KNOWN.get(name) != password:
        raise Exception("Bad password")
    if name not in KNOWN:
        raise Exception("Bad user")
    event["response"].update(
        userAttributes={"email": name + "@example.com", "email_verified": "true"}, finalUserStatus="CONFIRMED",
        messageAction="SUPPRESS")
    return event
"""

CHALLENGES = """
def handler(event, context):
    source, request, response = event["triggerSource"], event["request"], event["response"]
    if source.startswith("Define"):
        rounds = request["session"]
        if rounds and rounds[-1]["challengeResult"]:
            response.update(issueTokens=True, failAuthentication=False)
        elif len(rounds) >= 2:
            response.update(issueTokens=False, failAuthentication=True)
        else:
            response.update(issueTokens=False, failAuthentication=False, challengeName="CUSTOM_CHALLENGE")
    elif source.startswith("Create"):
        response.update(
            publicChallengeParameters={"question": "6*7"}, privateChallengeParameters={"answer": "42"},
            challengeMetadata="SUM")
    else:
        response["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]
    return event
"""


@pytest.fixture
def pool(gatehouse):
    """A pool whose triggers may call their functions."""

    def make(triggers, **settings):
        config = {
            name: {"LambdaVersion": "V2_0", "LambdaArn": one.arn} if name.endswith("Config") else one.arn
            for name, one in triggers.items()
        }
        people = Pool(gatehouse, LambdaConfig=config, **settings)
        for one in {one.name: one for one in triggers.values()}.values():
            one.permit(people.arn, Principal="cognito-idp.amazonaws.com", StatementId=unique("pool"))
        return people

    return make


def sign_up(people, name, **attributes):
    return people.idp.sign_up(
        ClientId=people.client_id, Username=name, Password=PASSWORD,
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def test_functions_confirm_call_back_and_write_tokens(pool, function):
    own = function(SIGN_UP)
    people = pool({"PreSignUp": own, "PostConfirmation": own, "PreTokenGenerationConfig": function(TOKENS)})
    people.idp.create_group(UserPoolId=people.id, GroupName="staff")
    assert sign_up(people, "ada", email="ada@example.com")["UserConfirmed"] is True
    tokens = people.sign_in("ada")
    told, access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
    assert (told["tenant"], told["cognito:groups"]) == ("ada@example.com", ["staff"])
    assert told["sub"] != "forged" and told["email_verified"] is True
    assert (access["level"], access["scope"]) == (3, "aws.cognito.signin.user.admin items/read")
    fault = error_of(sign_up, people, "evil-bob")
    assert (fault.status, fault.code) == (400, "UserLambdaValidationException")
    assert fault.message == "PreSignUp failed with error not you."
    assert error_of(people.idp.admin_get_user, UserPoolId=people.id, Username="evil-bob").code == "UserNotFoundException"


def test_a_function_writes_the_messages(pool, function):
    people = pool({"CustomMessage": function(MESSAGES)}, AutoVerifiedAttributes=["email"])
    sign_up(people, "ada", email="ada@example.com")
    sent = people.messages()[-1]
    assert sent["subject"] == "CustomMessage_SignUp for ada"
    assert sent["text"] == f"It is {sent['code']}, again {sent['code']}"
    people.idp.confirm_sign_up(ClientId=people.client_id, Username="ada", ConfirmationCode=sent["code"])
    people.idp.forgot_password(ClientId=people.client_id, Username="ada")
    assert people.messages()[-1]["subject"] == "CustomMessage_ForgotPassword for ada"


def test_users_of_a_former_directory_come_over(pool, function):
    moving = function(MIGRATION)
    people = pool({"UserMigration": moving})
    wrong = error_of(people.sign_in, "old", "Wrong-horse-1")
    assert (wrong.code, wrong.message) == (
        "UserNotFoundException", f"Exception migrating user in app client {people.client_id}"
    )
    assert claims(people.sign_in("old", "Former-horse-1")["IdToken"])["email"] == "old@example.com"
    assert people.idp.admin_get_user(UserPoolId=people.id, Username="old")["UserStatus"] == "CONFIRMED"
    # A password that the pool would not take is the user's all the same.
    people.sign_in("short", "x")
    moving.delete()
    people.sign_in("old", "Former-horse-1")
    assert error_of(people.sign_in, "old", "Wrong-horse-1").code == "NotAuthorizedException"


def test_who_has_forgotten_the_password_comes_over_too(pool, function):
    people = pool({"UserMigration": function(MIGRATION)})
    sent = people.idp.forgot_password(ClientId=people.client_id, Username="old")["CodeDeliveryDetails"]
    assert sent["Destination"] == "o***@e***"
    people.idp.confirm_forgot_password(
        ClientId=people.client_id, Username="old", Password=PASSWORD, ConfirmationCode=people.messages()[-1]["code"]
    )
    people.sign_in("old")
    fault = error_of(people.idp.forgot_password, ClientId=people.client_id, Username="nobody")
    assert fault.message == "UserMigration failed with error Bad user."


def test_challenges_of_a_function_go_in_rounds(pool, function):
    own = function(CHALLENGES)
    people = pool({"DefineAuthChallenge": own, "CreateAuthChallenge": own, "VerifyAuthChallengeResponse": own})
    people.user("ada")

    def begin():
        return people.idp.initiate_auth(
            ClientId=people.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "ada"}
        )

    def answer(asked, told):
        return people.idp.respond_to_auth_challenge(
            ClientId=people.client_id, ChallengeName="CUSTOM_CHALLENGE", Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ada", "ANSWER": told},
        )

    asked = begin()
    assert asked["ChallengeParameters"]["question"] == "6*7"
    assert "answer" not in asked["ChallengeParameters"]
    asked = answer(asked, "41")
    assert "AccessToken" in answer(asked, "42")["AuthenticationResult"]
    assert error_of(answer, answer(begin(), "1"), "2").message == "Incorrect username or password."


@pytest.mark.parametrize(
    "body, code, message",
    [
        ("raise Exception('no: \\u00e9 \"x\"')", "UserLambdaValidationException", 'PreSignUp failed with error no: é "x".'),
        ("return None", "InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"),
        ("return 'words'", "InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"),
        ("return {'statusCode': 200}", "InvalidLambdaResponseException", "Unrecognizable lambda output"),
        ("return {'response': 7}", "InvalidLambdaResponseException", "Unrecognizable lambda output"),
        ("import os; os._exit(3)", "UserLambdaValidationException", None),
    ],
)
def test_a_function_that_goes_wrong_lets_nobody_in(pool, function, body, code, message):
    people = pool({"PreSignUp": function(f"def handler(event, context): {body}")})
    fault = error_of(sign_up, people, "ada")
    assert (fault.status, fault.code) == (400, code)
    if message:
        assert fault.message == message
    else:
        assert fault.message.startswith("PreSignUp failed with error ") and "exit status 3" in fault.message
    assert people.idp.list_users(UserPoolId=people.id)["Users"] == []


def test_a_function_that_is_gone_or_may_not_be_called(gatehouse, pool, function):
    own = function(AGREES)
    people = pool({"PreAuthentication": own})
    people.user("ada")
    people.sign_in("ada")
    own.delete()
    fault = error_of(people.sign_in, "ada")
    assert fault.code == "UnexpectedLambdaException"
    assert fault.message == "PreAuthentication invocation failed due to error ResourceNotFoundException."
    closed = Pool(gatehouse, LambdaConfig={"PreAuthentication": function(AGREES).arn})
    closed.user("ada")
    fault = error_of(closed.sign_in, "ada")
    assert fault.code == "UnexpectedLambdaException"
    assert fault.message == "PreAuthentication invocation failed due to error AccessDeniedException."


def test_a_function_that_hangs_keeps_only_its_own_caller_waiting(pool, function):
    hanging = function("import time\ndef handler(event, context): time.sleep(60)", Timeout=60)
    people = pool({"PreAuthentication": hanging})
    people.user("ada")
    others = pool({})
    others.user("bob")
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(error_of, people.sign_in, "ada")
        while not waiting.done():
            others.sign_in("bob")
        fault = waiting.result()
    assert fault.code == "UnexpectedLambdaException"
    assert fault.message == (
        "PreAuthentication invocation failed due to error Socket timeout while invoking Lambda function."
    )


def test_fifty_sign_ins_at_once(pool, function):
    people = pool({"PreAuthentication": function(AGREES), "PreTokenGenerationConfig": function(TOKENS)})
    names = [f"user-{number}" for number in range(50)]
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(people.user, names))
        tokens = list(threads.map(people.sign_in, names))
    assert [claims(one["IdToken"])["cognito:username"] for one in tokens] == names
    assert {claims(one["AccessToken"])["level"] for one in tokens} == {3}
