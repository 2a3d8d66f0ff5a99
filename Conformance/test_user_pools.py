"""User pools as boto3 knows them, and APIs that take their tokens."""

import pytest
from harness.clients import error_of
from harness.pools import PASSWORD, Pool, bearer, claims, secret_hash
from harness.server import run


@pytest.fixture
def pool(gatehouse):
    return lambda **parameters: Pool(gatehouse, **parameters)


@pytest.mark.parametrize("kind", ["IdToken", "AccessToken"])
def test_an_http_api_takes_the_tokens_of_a_pool_without_asking_anybody(http_api, origin, pool, kind):
    people = pool()
    people.user("ada", email="ada@example.com")
    api = http_api()
    made = api.client.create_authorizer(
        ApiId=api.id, AuthorizerType="JWT", Name="pool", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Audience": [people.client_id], "Issuer": people.issuer},
    )
    api.route("GET /pets", api.integrate(origin.url), AuthorizationType="JWT", AuthorizerId=made["AuthorizerId"])
    assert api.call(target="/pets").status == 401
    assert api.call(target="/pets", headers=bearer(people.sign_in("ada")[kind])).status == 200
    stranger = pool()
    stranger.user("ada")
    assert api.call(target="/pets", headers=bearer(stranger.sign_in("ada")[kind])).status == 401


def test_a_pool_reads_back_as_it_was_made(pool):
    people = pool(AutoVerifiedAttributes=["email"], UserPoolTags={"team": "a"})
    found = people.idp.describe_user_pool(UserPoolId=people.id)["UserPool"]
    assert found["Name"] == "people"
    assert found["Arn"] == people.arn
    assert found["AutoVerifiedAttributes"] == ["email"]
    assert found["UserPoolTags"] == {"team": "a"}
    assert found["SchemaAttributes"][0]["Name"] == "sub"
    assert found["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 8,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7,
    }
    pages = people.idp.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 2})
    assert people.id in [one["Id"] for page in pages for one in page["UserPools"]]
    people.idp.update_user_pool(UserPoolId=people.id, DeletionProtection="ACTIVE")
    assert "deletion protection" in error_of(people.idp.delete_user_pool, UserPoolId=people.id).message
    people.idp.update_user_pool(UserPoolId=people.id, DeletionProtection="INACTIVE")
    people.delete()
    fault = error_of(people.idp.describe_user_pool, UserPoolId=people.id)
    assert (fault.status, fault.code) == (400, "ResourceNotFoundException")
    assert fault.message == f"User pool {people.id} does not exist."


def test_an_id_may_be_asked_for(pool):
    people = pool(UserPoolTags={"_custom_id_": "us-east-1_MyPool123"})
    assert people.id == "us-east-1_MyPool123"
    people.delete()


def test_pools_survive_a_kill(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    people = Pool(server)
    people.user("ada")
    tokens = people.sign_in("ada")
    server.process.kill()
    server.process.wait()
    again = own_gatehouse(data=tmp_path / "data")
    idp = again.clients.service("cognito-idp")
    assert idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ada"
    renewed = idp.initiate_auth(
        ClientId=people.client_id, AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )["AuthenticationResult"]
    assert claims(renewed["AccessToken"])["origin_jti"] == claims(tokens["AccessToken"])["origin_jti"]
    assert (tmp_path / "data" / "secrets.key").stat().st_mode & 0o777 == 0o600
    for file in (tmp_path / "data").glob("pools.sqlite*"):
        assert PASSWORD.encode() not in file.read_bytes()


def test_a_new_password_is_asked_for_then_tokens_come(pool):
    people = pool()
    people.idp.admin_create_user(
        UserPoolId=people.id, Username="ada", TemporaryPassword="Temp-orary-1", DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[{"Name": "email", "Value": "ada@example.com"}],
    )
    assert people.messages()[-1]["code"] == "Temp-orary-1"
    asked = people.idp.initiate_auth(
        ClientId=people.client_id, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "Temp-orary-1"},
    )
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = {
        "ClientId": people.client_id, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "ada", "NEW_PASSWORD": PASSWORD},
    }
    assert "AccessToken" in people.idp.respond_to_auth_challenge(**answer)["AuthenticationResult"]
    assert error_of(people.idp.respond_to_auth_challenge, **answer).code == "NotAuthorizedException"
    people.sign_in("ada")


def test_a_client_with_a_secret_has_to_know_it(pool):
    people = pool(client_options={"GenerateSecret": True})
    people.user("ada")
    call = {"ClientId": people.client_id, "AuthFlow": "USER_PASSWORD_AUTH"}
    right = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    fault = error_of(people.idp.initiate_auth, AuthParameters=right, **call)
    assert fault.message == (
        f"Client {people.client_id} is configured with secret but SECRET_HASH was not received"
    )
    fault = error_of(people.idp.initiate_auth, AuthParameters=right | {"SECRET_HASH": "AAAA"}, **call)
    assert fault.message == f"Unable to verify secret hash for client {people.client_id}"
    hashed = right | {"SECRET_HASH": secret_hash(people.client, "ada")}
    tokens = people.idp.initiate_auth(AuthParameters=hashed, **call)["AuthenticationResult"]
    renewed = people.idp.initiate_auth(
        ClientId=people.client_id, AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={
            "REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": secret_hash(people.client, "ada"),
        },
    )
    assert "AccessToken" in renewed["AuthenticationResult"]


def test_a_forgotten_password_is_replaced(pool):
    people = pool()
    people.user("ada", email="ada@example.com", email_verified="true")
    former = people.sign_in("ada")
    sent = people.idp.forgot_password(ClientId=people.client_id, Username="ada")["CodeDeliveryDetails"]
    assert sent == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    call = {
        "ClientId": people.client_id, "Username": "ada", "Password": "Another-horse-2",
        "ConfirmationCode": people.messages()[-1]["code"],
    }
    people.idp.confirm_forgot_password(**call)
    assert error_of(people.idp.confirm_forgot_password, **call).code == "ExpiredCodeException"
    people.sign_in("ada", "Another-horse-2")
    fault = error_of(people.idp.get_user, AccessToken=former["AccessToken"])
    assert fault.message == "Access Token has been revoked"


def test_groups_are_told_in_tokens(pool):
    people = pool()
    people.user("ada")
    for name, precedence in [("staff", 5), ("admins", 1)]:
        people.idp.create_group(UserPoolId=people.id, GroupName=name, Precedence=precedence)
        people.idp.admin_add_user_to_group(UserPoolId=people.id, Username="ada", GroupName=name)
    tokens = people.sign_in("ada")
    assert claims(tokens["IdToken"])["cognito:groups"] == ["admins", "staff"]
    assert claims(tokens["AccessToken"])["cognito:groups"] == ["admins", "staff"]
    found = people.idp.admin_list_groups_for_user(UserPoolId=people.id, Username="ada")["Groups"]
    assert sorted(group["GroupName"] for group in found) == ["admins", "staff"]
    users = people.idp.list_users_in_group(UserPoolId=people.id, GroupName="staff")["Users"]
    assert [user["Username"] for user in users] == ["ada"]
    people.idp.delete_group(UserPoolId=people.id, GroupName="admins")
    assert claims(people.sign_in("ada")["IdToken"])["cognito:groups"] == ["staff"]


def test_users_are_found_by_a_filter(pool):
    people = pool()
    for name in ["ada", "bob", "eve"]:
        people.user(name, email=f"{name}@example.com")
    users = people.idp.list_users(UserPoolId=people.id, Filter='email = "bob@example.com"')["Users"]
    assert [user["Username"] for user in users] == ["bob"]
    users = people.idp.list_users(UserPoolId=people.id, Filter='username ^= "e"', AttributesToGet=["email"])["Users"]
    assert users[0]["Attributes"] == [{"Name": "email", "Value": "eve@example.com"}]
    pages = people.idp.get_paginator("list_users").paginate(UserPoolId=people.id, PaginationConfig={"PageSize": 2})
    assert sorted(user["Username"] for page in pages for user in page["Users"]) == ["ada", "bob", "eve"]
    for text in ["email", 'email = "x', "email = x", 'custom:x = "y"', 'email = "a" or "b"']:
        assert error_of(people.idp.list_users, UserPoolId=people.id, Filter=text).code == "InvalidParameterException"


def test_refresh_tokens_rotate_and_are_revoked(pool):
    people = pool(
        client_options={
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        }
    )
    people.user("ada")
    first = people.sign_in("ada")["RefreshToken"]
    second = people.idp.get_tokens_from_refresh_token(ClientId=people.client_id, RefreshToken=first)
    second = second["AuthenticationResult"]
    fault = error_of(people.idp.get_tokens_from_refresh_token, ClientId=people.client_id, RefreshToken=first)
    assert fault.code == "RefreshTokenReuseException"
    people.idp.revoke_token(ClientId=people.client_id, Token=second["RefreshToken"])
    fault = error_of(
        people.idp.get_tokens_from_refresh_token, ClientId=people.client_id, RefreshToken=second["RefreshToken"]
    )
    assert fault.message == "Refresh Token has been revoked"
    fault = error_of(people.idp.get_user, AccessToken=second["AccessToken"])
    assert fault.message == "Access Token has been revoked"


def test_attributes_are_verified_before_they_change(pool):
    people = pool(
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    people.user("ada", email="ada@example.com", email_verified="true")
    token = people.sign_in("ada")["AccessToken"]
    people.idp.update_user_attributes(
        AccessToken=token, UserAttributes=[{"Name": "email", "Value": "ada@other.example"}]
    )

    def email():
        found = people.idp.get_user(AccessToken=token)["UserAttributes"]
        return {one["Name"]: one["Value"] for one in found}["email"]

    assert email() == "ada@example.com"
    people.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=people.messages()[-1]["code"])
    assert email() == "ada@other.example"


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("create_identity_provider", {"ProviderName": "x", "ProviderType": "Google", "ProviderDetails": {}}),
        ("start_web_authn_registration", {"AccessToken": "x"}),
        ("set_risk_configuration", {}),
    ],
)
def test_what_is_not_served_is_refused_by_name(pool, operation, parameters):
    people = pool()
    if operation != "start_web_authn_registration":
        parameters = parameters | {"UserPoolId": people.id}
    fault = error_of(getattr(people.idp, operation), **parameters)
    assert (fault.status, fault.code) == (400, "UnknownOperationException")
    assert "Gatehouse does not serve" in fault.message


def test_every_operation_of_botocore_is_served_or_refused_with_a_reason(gatehouse):
    idp = gatehouse.clients.service("cognito-idp")
    from botocore import xform_name

    unknown = []
    for name in idp.meta.service_model.operation_names:
        if name == "GetSigningCertificate":
            continue
        fault = None
        try:
            getattr(idp, xform_name(name))()
        except idp.exceptions.ClientError as error:
            fault = error.response["Error"]
        if fault and fault["Code"] == "UnknownOperationException" and "the operation '" in fault["Message"]:
            unknown.append(name)
    assert unknown == []


def test_messages_of_a_pool_that_is_not_there_are_an_error(gatehouse, pool):
    people = pool()
    listed = run("pool", "messages", "--pool", people.id, "--endpoint", gatehouse.url)
    assert (listed.returncode, listed.stdout) == (0, "")
    failed = run("pool", "messages", "--pool", "us-east-1_Nope", "--endpoint", gatehouse.url)
    assert failed.returncode == 1
    assert "There is no user pool us-east-1_Nope." in failed.stderr
