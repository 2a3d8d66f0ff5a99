"""Templates with parameters, secrets and references to them, deployed by `gatehouse deploy`."""

import json

import pytest

from harness.server import run

TEMPLATE = """
Parameters:
  Level: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/level}
  Words: {Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /shop/words}
Conditions:
  IsHigh: !Equals [!Ref Level, high]
Resources:
  Setting:
    Type: AWS::SSM::Parameter
    Properties: {Name: /shop/setting, Type: String, Value: !Sub "${Level}-v1", Tags: {team: shop}}
  Second:
    Type: AWS::SSM::Parameter
    Condition: IsHigh
    Properties: {Type: StringList, Value: !Join [",", !Ref Words]}
  Password:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: shop-password
      Description: for the database
      GenerateSecretString:
        SecretStringTemplate: '{"user": "ada"}'
        GenerateStringKey: password
        PasswordLength: 40
        ExcludePunctuation: true
  Copy:
    Type: AWS::SecretsManager::Secret
    DependsOn: [Password, Setting]
    Properties:
      Name: shop-copy
      SecretString: !Sub "{{resolve:secretsmanager:${Password}:SecretString:password}} {{resolve:ssm:/shop/setting}}"
Outputs:
  Setting: {Value: !GetAtt Setting.Value}
  Secret: {Value: !Ref Password}
"""


class Shop:
    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        folder.mkdir()
        self.ssm, self.secrets = (server.clients.service(name) for name in ["ssm", "secretsmanager"])
        self.ssm.put_parameter(Name="/shop/level", Value="high", Type="String")
        self.ssm.put_parameter(Name="/shop/words", Value="a,b", Type="StringList")

    def run(self, command, template=TEMPLATE):
        (self.folder / "template.yaml").write_text(template)
        file = [] if command == "delete" else ["template.yaml"]
        done = run(command, *file, "--stack", "shop", "--endpoint", self.server.url, cwd=self.folder, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def value(self, secret):
        return self.secrets.get_secret_value(SecretId=secret)["SecretString"]

    def parameter(self, name):
        return self.ssm.get_parameter(Name=name)["Parameter"]["Value"]


@pytest.fixture
def shop(tmp_path, own_gatehouse):
    return Shop(tmp_path / "project", own_gatehouse(data=tmp_path / "data"))


def test_a_stack_of_parameters_and_secrets(shop, tmp_path):
    code, said = shop.run("deploy")
    assert code == 0, said
    assert shop.parameter("/shop/setting") == "high-v1" and shop.parameter("shop-Second") == "a,b"
    made = json.loads(shop.value("shop-password"))
    assert made["user"] == "ada" and len(made["password"]) == 40 and made["password"].isalnum()
    assert shop.value("shop-copy") == f"{made['password']} high-v1"
    assert "Setting: high-v1" in said and "Secret: arn:aws:secretsmanager:" in said
    assert made["password"] not in said + shop.server.output

    # What a reference names may become another value: the template has not changed.
    assert "nothing to change" in shop.run("diff")[1]
    changed = TEMPLATE.replace("for the database", "for another one").replace("v1", "v2")
    code, said = shop.run("diff", changed)
    assert "Password (AWS::SecretsManager::Secret): Description" in said and made["password"] not in said
    code, said = shop.run("deploy", changed)
    assert code == 0, said
    assert json.loads(shop.value("shop-password")) == made
    assert shop.parameter("/shop/setting") == "high-v2"

    shop.ssm.put_parameter(Name="/shop/level", Value="low", Overwrite=True)
    code, said = shop.run("deploy", changed)
    assert code == 0, said
    assert shop.parameter("/shop/setting") == "low-v2"
    assert shop.ssm.get_parameters(Names=["shop-Second"])["InvalidParameters"] == ["shop-Second"]

    code, said = shop.run("delete")
    assert code == 0, said
    assert shop.ssm.get_parameters(Names=["/shop/setting"])["Parameters"] == []
    assert shop.secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
    shop.server.stop()
    for file in (tmp_path / "data").rglob("*"):
        assert file.is_dir() or made["password"].encode() not in file.read_bytes(), file
    assert made["password"] not in shop.server.output


def test_what_is_not_there_fails_before_anything_is_made(shop):
    code, said = shop.run("deploy", TEMPLATE.replace("/shop/level", "/shop/none"))
    assert code == 1 and "Unable to fetch parameters [/shop/none] from parameter store for this account." in said
    code, said = shop.run("deploy", TEMPLATE.replace("SecretString:password}}", "SecretString:pin}}"))
    assert code == 1 and "Could not find a value associated with JSONKey in SecretString" in said
    shop.ssm.put_parameter(Name="/shop/secret", Value="hidden", Type="SecureString")
    code, said = shop.run("deploy", TEMPLATE.replace("/shop/level", "/shop/secret"))
    assert code == 1 and "have types not supported by CloudFormation" in said and "hidden" not in said
    assert shop.secrets.list_secrets()["SecretList"] == []
