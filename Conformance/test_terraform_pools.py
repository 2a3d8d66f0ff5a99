"""Terraform's AWS provider on user pools."""

from harness.pools import claims
from test_terraform import terraform  # noqa: F401


def test_user_pools_are_applied_planned_changed_and_destroyed(terraform):  # noqa: F811
    terraform, server = terraform("people.tf")
    terraform.apply()
    terraform.has_nothing_to_do()
    idp = server.clients.service("cognito-idp")

    def pool():
        return {one["Name"]: one["Id"] for one in idp.list_user_pools(MaxResults=10)["UserPools"]}["people"]

    def tenant():
        found = idp.admin_get_user(UserPoolId=pool(), Username="ada@example.com")["UserAttributes"]
        return {one["Name"]: one["Value"] for one in found}["custom:tenant"]

    assert tenant() == "a"
    terraform.apply("-var", "team=b")
    terraform.has_nothing_to_do("-var", "team=b")
    assert tenant() == "b"
    client = idp.create_user_pool_client(
        UserPoolId=pool(), ClientName="test", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    tokens = idp.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "correct-horse-1"},
    )["AuthenticationResult"]
    assert claims(tokens["IdToken"])["cognito:groups"] == ["admins"]
    terraform("destroy", "-auto-approve", "-no-color", "-var", "team=b")
    assert idp.list_user_pools(MaxResults=10)["UserPools"] == []
