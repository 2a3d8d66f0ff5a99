"""Names and passwords of people who mean no good, and tokens of other pools."""

import pytest

from harness.clients import error_of
from harness.functions import unique
from harness.pools import PASSWORD, Pool


@pytest.fixture(scope="module")
def pool(gatehouse):
    made = Pool(gatehouse)
    made.user("ada")
    return made


def sign_up(pool, name, password=PASSWORD):
    return pool.idp.sign_up(ClientId=pool.client_id, Username=name, Password=password)


@pytest.mark.parametrize("name", ["", "a" * 129, "a\0b", "a b", "ada\n", "\u200b", "a\u202eb"])
def test_what_is_no_name_is_refused(pool, name):
    assert error_of(sign_up, pool, name).code == "InvalidParameterException"


def test_the_same_letter_in_two_spellings_is_one_name(pool):
    """Nobody signs up as somebody who looks the same."""
    name = unique("andre")
    sign_up(pool, name + "\u00e9")
    assert error_of(sign_up, pool, name + "e\u0301").code == "UsernameExistsException"


@pytest.mark.parametrize(
    ("password", "code"),
    [("A1!a" * 64 + "x", "InvalidParameterException"), (" " + PASSWORD, "InvalidParameterException"),
     ("A1!a" * 300_000, "RequestEntityTooLargeException")],
    ids=["257", "blank", "1 MB"],
)  # fmt: skip
def test_what_is_no_password_is_refused(pool, password, code):
    assert error_of(sign_up, pool, unique("ada"), password).code == code


def test_a_password_of_256_characters_is_one(pool):
    name, password = unique("ada"), "A1!a" * 64
    sign_up(pool, name, password)
    pool.idp.admin_confirm_sign_up(UserPoolId=pool.id, Username=name)
    assert pool.sign_in(name, password)["AccessToken"]


@pytest.mark.parametrize(
    "password", [PASSWORD + "\0", "\0" + PASSWORD, PASSWORD.replace("o", "o\u0301"), PASSWORD + " ", "x" * 900_000, ""]
)
def test_nearly_the_password_is_not_the_password(pool, password):
    assert error_of(pool.sign_in, "ada", password).code in ("NotAuthorizedException", "InvalidParameterException")
    assert pool.sign_in("ada")["AccessToken"]


def test_a_refresh_token_of_another_pool_is_none(pool, gatehouse):
    other = Pool(gatehouse)
    other.user("ada")
    token = other.sign_in("ada")["RefreshToken"]
    fault = error_of(
        pool.idp.initiate_auth, ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token},
    )  # fmt: skip
    assert (fault.code, fault.message) == ("NotAuthorizedException", "Invalid Refresh Token")
