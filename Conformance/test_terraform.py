"""Terraform's AWS provider on a whole REST API: what it makes is served, reads back as it was written, and goes again."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from harness import wire
from harness.clients import environment
from harness.issuer import Issuer
from harness.origin import reply
from harness.server import REGION

CONFIGURATIONS = Path(__file__).parent / "terraform"
PROVIDERS = Path(os.environ.get("TERRAFORM_PROVIDERS", "/opt/tf-plugins"))
FUNCTION = 'def handler(event, context):\n    return {"statusCode": 200, "body": event["pathParameters"]["id"]}\n'
AUTHORIZER = """
def handler(event, context):
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
KEY = {"X-Api-Key": "abcdefghij0123456789"}


class Terraform:
    """A folder with the configuration, and the commands on it."""

    def __init__(self, folder, server, configuration, source, variables):
        self.folder = folder
        for file in "provider.tf", configuration:
            shutil.copy(CONFIGURATIONS / file, folder)
        with zipfile.ZipFile(folder / "code.zip", "w") as code:
            code.writestr("app.py", source)
        self.environment = environment(server.url) | {
            "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
        }  # fmt: skip
        self.environment |= {f"TF_VAR_{name}": value for name, value in variables.items()}
        self("init", "-no-color", f"-plugin-dir={PROVIDERS}")

    def __call__(self, *arguments, status=0):
        done = subprocess.run(
            ["terraform", *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == status, f"terraform {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def apply(self, *variables):
        self("apply", "-auto-approve", "-no-color", *variables)

    def output(self, name):
        return json.loads(self("output", "-json"))[name]["value"]

    def has_nothing_to_do(self, *variables):
        self("plan", "-detailed-exitcode", "-no-color", *variables)


@pytest.fixture
def terraform(own_gatehouse, tmp_path):
    if not shutil.which("terraform") or not (PROVIDERS / "registry.terraform.io/hashicorp/aws").is_dir():
        pytest.skip("this machine has no Terraform with its AWS provider")
    server = own_gatehouse()

    def start(configuration, source=FUNCTION, **variables):
        folder = tmp_path / "configuration"
        folder.mkdir()
        return Terraform(folder, server, configuration, source, variables), server

    return start


def test_a_rest_api_is_applied_planned_changed_and_destroyed(terraform, origin):
    terraform, server = terraform("shop.tf", origin=origin.url, code="code.zip")
    terraform.apply()
    terraform.has_nothing_to_do()
    api = terraform.output("api")

    def call(method, target, headers=(), body=None):
        return wire.fetch(
            server.traffic, method, target, f"{api}.execute-api.{REGION}.amazonaws.com", dict(headers), body
        )

    order = {"Content-Type": "application/json"}
    assert call("POST", "/prod/orders", order, b'{"item":"tea"}').status == 403
    assert call("POST", "/prod/orders", order | KEY, b'{"count":1}').status == 400
    answer = call("POST", "/prod/orders?note=soon", order | KEY, b'{"item":"tea"}')
    assert (answer.status, answer.header("x-stage")) == (201, "prod")
    made = json.loads(answer.text)
    assert made.pop("track") in ("stable", "canary")
    assert made == {"note": "soon", "answer": "one"}
    origin.answer(reply(200, [("Content-Type", "text/plain")], "shown"))
    assert call("GET", "/prod/orders/17").text == "shown"
    assert origin.requests[-1].target == "/orders/17"
    assert call("DELETE", "/prod/orders/17").text == "17"
    missing = call("GET", "/prod/nothing")
    assert (missing.status, missing.header("x-why"), json.loads(missing.text)) == (
        404, "nothing here", {"error": "no such thing"})  # fmt: skip

    # The trigger makes another deployment before the one before it goes.
    terraform.apply("-var", "answer=two")
    terraform.has_nothing_to_do("-var", "answer=two")
    assert json.loads(call("POST", "/prod/orders", order | KEY, b'{"item":"tea"}').text)["answer"] == "two"
    apigateway = server.clients.service("apigateway")
    deployments = apigateway.get_deployments(restApiId=api)["items"]
    assert [deployment["description"] for deployment in deployments] == ["of two"]

    terraform("destroy", "-auto-approve", "-no-color")
    assert apigateway.get_rest_apis()["items"] == []
    assert apigateway.get_usage_plans()["items"] == []
    assert apigateway.get_api_keys()["items"] == []
    assert server.clients.service("lambda").list_functions()["Functions"] == []


def test_an_authorizer_of_tokens_is_applied_planned_changed_and_destroyed(terraform, origin, tmp_path):
    issuer = Issuer(tmp_path)
    try:
        terraform, server = terraform("tokens.tf", issuer=issuer.url, origin=origin.url)
        terraform.apply()
        terraform.has_nothing_to_do()
        origin.answer(reply(200, [("Content-Type", "text/plain")], "members only"))

        def status(*options):
            host = f"{terraform.output('api')}.execute-api.{REGION}.amazonaws.com"
            headers = {"Authorization": f"Bearer {issuer.token(*options)}"} if options else {}
            return wire.fetch(server.traffic, "GET", "/club", host, headers).status

        assert (status(), status("--scope", "write"), status("--scope", "read")) == (401, 403, 200)
        changed = ["-var", 'scopes=["write"]']
        terraform.apply(*changed)
        terraform.has_nothing_to_do(*changed)
        assert (status("--scope", "write"), status("--scope", "read")) == (200, 403)
        terraform("destroy", "-auto-approve", "-no-color")
        assert server.clients.apis.get_apis()["Items"] == []
    finally:
        issuer.close()


def test_roles_and_policies_are_applied_planned_changed_and_destroyed(terraform):
    terraform, server = terraform("identities.tf")
    terraform.apply()
    terraform.has_nothing_to_do()
    iam = server.clients.service("iam")
    role = iam.get_role(RoleName="function")["Role"]
    assert terraform.output("role") == role["Arn"]
    assert (role["Path"], role["MaxSessionDuration"]) == ("/shop/", 7200)
    attached = iam.list_attached_role_policies(RoleName="function")["AttachedPolicies"]
    assert sorted(policy["PolicyName"] for policy in attached) == ["AWSLambdaBasicExecutionRole", "items"]

    changed = ["-var", "action=dynamodb:PutItem"]
    terraform.apply(*changed)
    terraform.has_nothing_to_do(*changed)
    assert iam.get_role(RoleName="function")["Role"]["Description"] == "Runs with dynamodb:PutItem"
    policy = iam.get_role_policy(RoleName="function", PolicyName="own")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == "dynamodb:PutItem"

    terraform("destroy", "-auto-approve", "-no-color")
    assert iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_function_authorizers_are_applied_planned_changed_and_destroyed(terraform, origin):
    terraform, server = terraform("callers.tf", origin=origin.url)
    with zipfile.ZipFile(terraform.folder / "code.zip", "w") as code:
        code.writestr("app.py", AUTHORIZER)
    terraform.apply()
    terraform.has_nothing_to_do()
    origin.answer(reply(200, [("Content-Type", "text/plain")], "members only"))

    def status(token):
        host = f"{terraform.output('api')}.execute-api.{REGION}.amazonaws.com"
        return wire.fetch(server.traffic, "GET", "/prod/guarded", host, {"Authorization": token}, timeout=30).status

    # The second one does not match the validation expression: no function is asked.
    assert (status("ada"), status("ADA")) == (200, 401)
    terraform.apply("-var", "seconds=60")
    terraform.has_nothing_to_do("-var", "seconds=60")
    terraform("destroy", "-auto-approve", "-no-color")
    assert server.clients.apis.get_apis()["Items"] == []
    assert server.clients.service("apigateway").get_rest_apis()["items"] == []


def test_users_groups_keys_and_providers_are_applied_planned_changed_and_destroyed(terraform):
    terraform, server = terraform("identities.tf")
    shutil.copy(CONFIGURATIONS / "users.tf", terraform.folder)
    terraform.apply()
    terraform.has_nothing_to_do()
    iam = server.clients.service("iam")
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="ada")["Groups"]] == ["staff"]
    keys = iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [terraform.output("key")]
    changed = ["-var", "action=dynamodb:PutItem"]
    terraform.apply(*changed)
    terraform.has_nothing_to_do(*changed)
    # It goes with the user, as the configuration forces it.
    iam.create_access_key(UserName="ada")
    terraform("destroy", "-auto-approve", "-no-color")
    assert iam.list_users()["Users"] == iam.list_groups()["Groups"] == []
