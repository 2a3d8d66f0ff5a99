"""What strangers try on user pools."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import wire
from harness.clients import error_of
from harness.pools import PASSWORD, Pool

WRONG = "NotAuthorizedException"


@pytest.fixture
def pool(gatehouse):
    return lambda **parameters: Pool(gatehouse, **parameters)


def test_many_guesses_at_once_are_as_many_as_one_after_another(pool):
    people = pool()
    people.user("ada")

    def guess(number):
        return error_of(
            people.idp.initiate_auth, ClientId=people.client_id, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": f"Wrong-horse-{number}"},
        ).message

    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(guess, range(24)))
    tried = answers.count("Incorrect username or password.")
    # The lock of a second may end while they come.
    assert 5 <= tried <= 8
    assert answers.count("Password attempts exceeded") == 24 - tried


def test_codes_are_not_sent_again_and_again(pool):
    people = pool(AutoVerifiedAttributes=["email"])
    people.idp.sign_up(
        ClientId=people.client_id, Username="ada", Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "ada@example.com"}],
    )
    for _ in range(5):
        people.idp.resend_confirmation_code(ClientId=people.client_id, Username="ada")
    fault = error_of(people.idp.resend_confirmation_code, ClientId=people.client_id, Username="ada")
    assert fault.code == "LimitExceededException"


def test_a_stranger_does_not_learn_who_is_there(pool):
    people = pool(client_options={"PreventUserExistenceErrors": "ENABLED"})
    people.user("ada", email="ada@example.com", email_verified="true")
    for name in ["ada", "nobody"]:
        for _ in range(5):
            details = people.idp.forgot_password(ClientId=people.client_id, Username=name)["CodeDeliveryDetails"]
            assert details["DeliveryMedium"] == "EMAIL"
        fault = error_of(people.idp.forgot_password, ClientId=people.client_id, Username=name)
        assert fault.code == "LimitExceededException"


def test_a_name_that_somebody_signs_in_with_is_nobody_elses(pool):
    people = pool(AliasAttributes=["preferred_username"])
    people.user("ada", preferred_username="countess")
    people.user("bob")
    signing_up = {"ClientId": people.client_id, "Password": PASSWORD}
    assert error_of(people.idp.sign_up, Username="countess", **signing_up).code == "UsernameExistsException"
    fault = error_of(
        people.idp.admin_update_user_attributes, UserPoolId=people.id, Username="bob",
        UserAttributes=[{"Name": "preferred_username", "Value": "ada"}],
    )
    assert fault.code == "AliasExistsException"
    sub = people.idp.admin_get_user(UserPoolId=people.id, Username="ada")["UserAttributes"][0]["Value"]
    assert error_of(people.idp.sign_up, Username=sub, **signing_up).code == "UsernameExistsException"


def test_a_client_that_rotates_has_no_older_way_to_refresh(pool):
    people = pool(
        client_options={"ExplicitAuthFlows": ["USER_PASSWORD_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"}}
    )
    people.user("ada")
    token = people.sign_in("ada")["RefreshToken"]
    fault = error_of(
        people.idp.initiate_auth, ClientId=people.client_id, AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token},
    )
    assert fault.code == WRONG


@pytest.mark.parametrize(
    "members",
    [
        b'{"ClientId": null, "AuthFlow": null}',
        b'{"ClientId": "a", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": 1}}',
        b'{"ClientId": "a", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": []}',
        b'{"ClientId": "' + b"a" * 500_000 + b'", "AuthFlow": "USER_PASSWORD_AUTH"}',
        b"[" * 100_000,
        b'"\xff"',
        b"",
    ],
)
def test_what_is_no_call_is_refused(gatehouse, members):
    answer = wire.fetch(
        gatehouse.management, "POST", "/", "localhost",
        [("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")], members,
    )
    assert answer.status == 400
    assert len(answer.body) < 2_000


def test_a_lost_key_stops_the_start_and_is_not_replaced(own_gatehouse, command, tmp_path):
    data = tmp_path / "data"
    server = own_gatehouse(data=data)
    people = Pool(server)
    people.user("ada")
    server.stop()
    kept = (data / "secrets.key").read_bytes()
    (data / "secrets.key").unlink()
    refused = command("serve", "--listen", "127.0.0.1:0", "--data", str(data))
    assert refused.ended() == 1
    assert f"The key file {data}/secrets.key is gone" in refused.output
    assert not (data / "secrets.key").exists()
    (data / "secrets.key").write_bytes(bytes(reversed(kept)))
    (data / "secrets.key").chmod(0o600)
    refused = command("serve", "--listen", "127.0.0.1:0", "--data", str(data))
    assert refused.ended() == 1
    assert "is not the key that they were sealed with" in refused.output
    (data / "secrets.key").write_bytes(kept)
    again = own_gatehouse(data=data)
    again.clients.service("cognito-idp").admin_get_user(UserPoolId=people.id, Username="ada")
