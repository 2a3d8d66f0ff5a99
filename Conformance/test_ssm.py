"""Parameters of Systems Manager as boto3, the AWS CLI and the CDK meet them."""

import json
import subprocess
import uuid

import pytest

from harness.clients import SESSION, environment, refusal, refused_operations
from harness.iam import create_user, name
from harness.server import ACCOUNT, REGION

ARN = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"


@pytest.fixture
def ssm(gatehouse):
    return gatehouse.clients.service("ssm")


def put(ssm, path=None, **parameters):
    path = path or f"/{name()}"
    ssm.put_parameter(**{"Name": path, "Value": "v", "Type": "String"} | parameters)
    return path


def names(answer):
    return [parameter["Name"] for parameter in answer["Parameters"]]


def test_every_operation_is_served_or_refused_by_name(ssm):
    served = set(ssm.meta.service_model.operation_names) - set(refused_operations(ssm))
    assert served == {
        "PutParameter", "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory",
        "DescribeParameters", "DeleteParameter", "DeleteParameters", "LabelParameterVersion",
        "UnlabelParameterVersion", "AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource",
    }


def test_a_parameter_with_what_terraform_reads(ssm):
    path = put(ssm, AllowedPattern="", Description="d", Tags=[{"Key": "k", "Value": "w"}])
    parameter = ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]
    modified = parameter.pop("LastModifiedDate")
    assert parameter == {
        "Name": path, "Type": "String", "Value": "v", "Version": 1, "ARN": ARN + path, "DataType": "text",
    }
    described = ssm.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [path]}]
    )["Parameters"]
    assert described == [
        {
            "Name": path, "ARN": ARN + path, "Type": "String", "LastModifiedDate": modified,
            "LastModifiedUser": f"arn:aws:iam::{ACCOUNT}:root", "Description": "d", "Version": 1, "Tier": "Standard",
            "Policies": [], "DataType": "text",
        }
    ]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=path)["TagList"]
    assert tags == [{"Key": "k", "Value": "w"}]
    ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=path, TagKeys=["k"])
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=path, Tags=[{"Key": "x", "Value": ""}])
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=path)["TagList"]
    assert tags == [{"Key": "x", "Value": ""}]
    ssm.delete_parameter(Name=path)
    assert refusal(ssm.get_parameter, Name=path)[0] == "ParameterNotFound"
    assert refusal(ssm.delete_parameter, Name=path)[0] == "ParameterNotFound"
    assert refusal(ssm.list_tags_for_resource, ResourceType="Parameter", ResourceId=path)[0] == "InvalidResourceId"


def test_by_arn(ssm):
    flat = put(ssm, name())
    for path in [flat, put(ssm), put(ssm, f"/{name()}/deep")]:
        arn = ssm.get_parameter(Name=path)["Parameter"]["ARN"]
        found = ssm.get_parameter(Name=arn)["Parameter"]
        assert (found["Name"], found["ARN"]) == (path, arn)
    code, message = refusal(ssm.get_parameter, Name=f"arn:aws:ssm:{REGION}:999999999999:parameter/x")
    assert code == "ValidationException" and "another account" in message


def test_a_name_of_one_level_is_the_same_with_a_slash(ssm):
    for made, other in [(called := name(), f"/{called}"), (f"/{(called := name())}", called)]:
        put(ssm, made)
        for asked in (made, other):
            assert ssm.get_parameter(Name=asked)["Parameter"]["Name"] == asked
            assert names(ssm.get_parameters(Names=[asked])) == [asked]
        assert refusal(ssm.put_parameter, Name=other, Value="w", Type="String")[0] == "ParameterAlreadyExists"
        assert ssm.put_parameter(Name=other, Value="w", Overwrite=True)["Version"] == 2
        assert ssm.get_parameter_history(Name=other)["Parameters"][1]["Name"] == made
        ssm.delete_parameter(Name=other)
        assert refusal(ssm.get_parameter, Name=made)[0] == "ParameterNotFound"


@pytest.mark.parametrize("form", ["/{}//b//c", "{}/b/c", "/{}/b/"])
def test_paths_are_asked_for_as_they_are_written(ssm, form):
    top = name()
    put(ssm, f"/{top}/b/c")
    code, message = refusal(ssm.get_parameter, Name=form.format(top))
    assert code == "ValidationException" and "sub-paths divided by slash symbol" in message


class TestSecrets:
    PREFIX = "/aws/reference/secretsmanager/"

    @pytest.fixture
    def secret(self, gatehouse):
        return gatehouse.clients.service("secretsmanager").create_secret(Name=name(), SecretString="hidden")

    def test_they_are_read_as_parameters(self, ssm, secret):
        path = self.PREFIX + secret["Name"]
        found = ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]
        source = json.loads(found.pop("SourceResult"))
        assert found.pop("LastModifiedDate")
        assert found == {
            "Name": path, "Type": "SecureString", "Value": "hidden", "Version": 0, "ARN": secret["ARN"],
            "DataType": "text",
        }
        assert (source["name"], source["ARN"], source["versionStages"]) == (
            secret["Name"], secret["ARN"], ["AWSCURRENT"])
        for selector in ("AWSCURRENT", secret["VersionId"]):
            assert ssm.get_parameter(Name=f"{path}:{selector}", WithDecryption=True)["Parameter"]["Value"] == "hidden"
        listed = ssm.get_parameters(Names=[path, self.PREFIX + "no", "no"], WithDecryption=True)
        assert (names(listed), listed["InvalidParameters"]) == ([path], [self.PREFIX + "no", "no"])

    def test_otherwise_they_are_not(self, ssm, secret):
        path = self.PREFIX + secret["Name"]
        code, message = refusal(ssm.get_parameter, Name=path)
        assert code == "ValidationException" and "WithDecryption flag must be True" in message
        for missing in [self.PREFIX + "no", path + ":AWSPREVIOUS"]:
            code, message = refusal(ssm.get_parameter, Name=missing, WithDecryption=True)
            assert code == "ParameterNotFound" and f"Secret {missing.split(':')[0]} not found." in message
        assert refusal(ssm.get_parameter, Name=secret["Name"], WithDecryption=True)[0] == "ParameterNotFound"

    def test_whoever_reads_one_may_read_the_secret(self, gatehouse, secret):
        path = self.PREFIX + secret["Name"]
        for actions, is_allowed in [(["ssm:GetParameter"], False), (["ssm:GetParameter", "secretsmanager:GetSecretValue"], True)]:
            _, key = create_user(gatehouse.clients.service("iam"), Action=actions, Resource="*")
            client = SESSION.client(
                "ssm", endpoint_url=gatehouse.url, aws_access_key_id=key.access_key, aws_secret_access_key=key.secret_key)
            if is_allowed:
                assert client.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"] == "hidden"
            else:
                code, message = refusal(client.get_parameter, Name=path, WithDecryption=True)
                assert code == "AccessDeniedException" and "secretsmanager:GetSecretValue" in message


def test_versions(ssm):
    path = put(ssm, Description="stays", AllowedPattern="[a-z]+")
    assert refusal(ssm.put_parameter, Name=path, Value="w", Type="String") == (
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    )
    assert ssm.put_parameter(Name=path, Value="w", Overwrite=True)["Version"] == 2
    mismatch = refusal(ssm.put_parameter, Name=path, Value="W", Overwrite=True)
    assert mismatch == (
        "ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: [a-z]+"
    )
    assert ssm.label_parameter_version(Name=path, ParameterVersion=1, Labels=["prod", "aws-no"]) | {
        "ResponseMetadata": 0
    } == {"InvalidLabels": ["aws-no"], "ParameterVersion": 1, "ResponseMetadata": 0}
    by_label = ssm.get_parameter(Name=f"{path}:prod")["Parameter"]
    assert (by_label["Value"], by_label["Version"], by_label["Selector"]) == ("v", 1, ":prod")
    assert ssm.get_parameter(Name=f"{path}:2")["Parameter"]["Value"] == "w"
    assert ssm.get_parameter(Name=path)["Parameter"]["Value"] == "w"
    assert refusal(ssm.get_parameter, Name=f"{path}:7") == (
        "ParameterVersionNotFound",
        f"Systems Manager could not find version 7 of {path}. Verify the version and try again.",
    )
    assert refusal(ssm.get_parameter, Name=f"{path}:none")[0] == "ParameterVersionLabelNotFound"
    first = ssm.get_parameter_history(Name=path, MaxResults=1)
    rest = ssm.get_parameter_history(Name=path, NextToken=first["NextToken"])
    history = first["Parameters"] + rest["Parameters"]
    assert [(v["Version"], v["Value"], v["Labels"], v["Description"]) for v in history] == [
        (1, "v", ["prod"], "stays"), (2, "w", [], "stays")
    ]
    assert "NextToken" not in rest
    removed = ssm.unlabel_parameter_version(Name=path, ParameterVersion=1, Labels=["prod", "other"])
    assert (removed["RemovedLabels"], removed["InvalidLabels"]) == (["prod"], ["other"])


def test_a_labelled_oldest_version_stands_in_the_way_of_the_101st(ssm):
    path = put(ssm)
    ssm.label_parameter_version(Name=path, Labels=["old"])
    for _ in range(99):
        ssm.put_parameter(Name=path, Value="v", Overwrite=True)
    code, message = refusal(ssm.put_parameter, Name=path, Value="v", Overwrite=True)
    assert code == "ParameterMaxVersionLimitExceeded" and "Version 1, the oldest version" in message
    ssm.unlabel_parameter_version(Name=path, ParameterVersion=1, Labels=["old"])
    assert ssm.put_parameter(Name=path, Value="v", Overwrite=True)["Version"] == 101
    assert refusal(ssm.get_parameter, Name=f"{path}:1")[0] == "ParameterVersionNotFound"


def test_several_at_once(ssm):
    one, two = put(ssm), put(ssm)
    answer = ssm.get_parameters(Names=[one, "/none", two])
    assert names(answer) == sorted([one, two]) and answer["InvalidParameters"] == ["/none"]
    answer = ssm.delete_parameters(Names=[one, "/none", two])
    assert (sorted(answer["DeletedParameters"]), answer["InvalidParameters"]) == (sorted([one, two]), ["/none"])
    code, message = refusal(ssm.get_parameters, Names=["/a"] * 11)
    assert code == "ValidationException" and "less than or equal to 10" in message


def test_by_path(ssm):
    root = f"/{name()}"
    made = [put(ssm, f"{root}/{part}") for part in ["a", "b", "c/d", "c/e/f"]]
    put(ssm, f"{root}x/a")
    assert names(ssm.get_parameters_by_path(Path=root)) == made[:2]
    assert names(ssm.get_parameters_by_path(Path=f"{root}/", Recursive=True)) == made
    assert names(ssm.get_parameters_by_path(Path=f"{root}/c", Recursive=True)) == made[2:]
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=root, Recursive=True, PaginationConfig={"PageSize": 3}
    )
    assert [names(page) for page in pages] == [made[:3], made[3:]]
    put(ssm, f"{root}/list", Type="StringList", Value="a,b")
    only = ssm.get_parameters_by_path(Path=root, ParameterFilters=[{"Key": "Type", "Values": ["StringList"]}])
    assert names(only) == [f"{root}/list"]
    assert refusal(ssm.get_parameters_by_path, Path="a")[0] == "ValidationException"
    assert refusal(ssm.get_parameters_by_path, Path=root, NextToken="?")[0] == "InvalidNextToken"
    code, message = refusal(ssm.get_parameters_by_path, Path="/aws/service/ami")
    assert code == "ValidationException" and "publishes" in message


def test_filters(ssm):
    root = f"/{name()}"
    put(ssm, f"{root}/a", Tags=[{"Key": "stage", "Value": "prod"}])
    put(ssm, f"{root}/b/c", Type="SecureString")

    def found(*filters):
        return names(ssm.describe_parameters(ParameterFilters=list(filters)))

    under = {"Key": "Path", "Option": "Recursive", "Values": [root]}
    assert found(under) == [f"{root}/a", f"{root}/b/c"]
    assert found({"Key": "Path", "Values": [root]}) == [f"{root}/a"]
    assert found(under, {"Key": "tag:stage", "Values": ["prod"]}) == [f"{root}/a"]
    assert found(under, {"Key": "Type", "Values": ["SecureString"]}) == [f"{root}/b/c"]
    assert found(under, {"Key": "KeyId", "Values": ["alias/aws/ssm"]}) == [f"{root}/b/c"]
    assert found(under, {"Key": "Tier", "Values": ["Advanced"]}) == []
    assert found({"Key": "Name", "Option": "BeginsWith", "Values": [root]}) == [f"{root}/a", f"{root}/b/c"]
    assert found({"Key": "Name", "Option": "Contains", "Values": [f"{root[3:]}/b"]}) == [f"{root}/b/c"]
    older = ssm.describe_parameters(Filters=[{"Key": "Name", "Values": [root]}])
    assert names(older) == [f"{root}/a", f"{root}/b/c"]
    for filters, code in [
        ([{"Key": "Label", "Values": ["x"]}], "InvalidFilterKey"),
        ([under, under], "InvalidFilterKey"),
        ([{"Key": "Name"}], "InvalidFilterValue"),
        ([{"Key": "Name", "Option": "Like", "Values": ["x"]}], "InvalidFilterOption"),
        ([{"Key": "Type", "Values": ["Text"]}], "InvalidFilterOption"),
        ([{"Key": "Owner", "Values": ["x"]}], "ValidationException"),
        ([{"Key": "Path", "Values": ["x"]}], "ValidationException"),
    ]:
        assert refusal(ssm.describe_parameters, ParameterFilters=filters)[0] == code, filters


def test_a_secure_string_is_told_only_to_who_asks_for_it_and_survives_a_restart(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    ssm = server.clients.service("ssm")
    put(ssm, "/secret", Type="SecureString", Value="plain-as-day")
    sealed = ssm.get_parameter(Name="/secret")["Parameter"]
    assert sealed["Type"] == "SecureString" and "plain" not in sealed["Value"]
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "plain-as-day"
    assert ssm.get_parameters(Names=["/secret"])["Parameters"][0]["Value"] == sealed["Value"]
    assert ssm.describe_parameters()["Parameters"][0]["KeyId"] == "alias/aws/ssm"
    server.stop()
    for file in (tmp_path / "data").rglob("*"):
        assert file.is_dir() or b"plain-as-day" not in file.read_bytes(), file
    assert "plain-as-day" not in server.output
    again = own_gatehouse(data=tmp_path / "data").clients.service("ssm")
    assert again.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "plain-as-day"


def test_a_lost_key_stops_the_start(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    put(server.clients.service("ssm"), "/secret", Type="SecureString")
    server.stop()
    (tmp_path / "data" / "secrets.key").unlink()
    with pytest.raises(Exception, match="is gone"):
        own_gatehouse(data=tmp_path / "data")


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"Name": "aws-x"}, "ValidationException", "can't be prefixed"),
        ({"Name": "/ssm/x"}, "ValidationException", "can't be prefixed"),
        ({"Name": "/aws/x"}, "AccessDeniedException", "No access to reserved parameter name: /aws/x."),
        ({"Name": "a/b"}, "ValidationException", "Parameter name must be a fully qualified name."),
        ({"Name": "/a//b"}, "ValidationException", "sub-paths"),
        ({"Name": "/a b"}, "ValidationException", "3 symbols"),
        ({"Name": "/a" * 16}, "HierarchyLevelLimitExceededException", "15"),
        ({"Name": "/" + "a" * 1_000}, "ValidationException", "1011"),
        ({"Value": ""}, "ValidationException", "greater than or equal to 1"),
        ({"Value": "a" * 4_097}, "ValidationException", "4096 characters"),
        ({"Value": "a" * 8_193, "Tier": "Advanced"}, "ValidationException", "8192"),
        ({"Type": None}, "ValidationException", "A parameter type is required"),
        ({"Type": "Number"}, "ValidationException", "[String, StringList, SecureString]"),
        ({"AllowedPattern": "["}, "InvalidAllowedPatternException", "regular expression"),
        ({"KeyId": "alias/mine"}, "ValidationException", "SecureString type parameter only"),
        ({"KeyId": "alias/mine", "Type": "SecureString"}, "InvalidKeyId", "no keys of KMS"),
        ({"DataType": "aws:ec2:image"}, "ValidationException", "'text' only"),
        ({"Policies": "[]"}, "ValidationException", "does not serve the member Policies"),
        ({"Overwrite": True, "Tags": [{"Key": "k", "Value": "v"}]}, "ValidationException", "can't be used together"),
    ],
)
def test_what_put_refuses(ssm, parameters, code, words):
    given = {"Name": f"/{name()}", "Value": "v", "Type": "String"} | parameters
    found, message = refusal(ssm.put_parameter, **{k: v for k, v in given.items() if v is not None})
    assert found == code and words in message
    assert given["Value"] not in message or len(given["Value"]) < 2


def test_tiers(ssm):
    path = f"/{name()}"
    assert ssm.put_parameter(Name=path, Value="a" * 5_000, Type="String", Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    code, message = refusal(ssm.put_parameter, Name=path, Value="a", Tier="Standard", Overwrite=True)
    assert code == "ValidationException" and "downgrade" in message


def test_policies_decide_about_each_parameter(gatehouse, ssm):
    root = f"/{name()}"
    put(ssm, f"{root}/mine"), put(ssm, f"{root}/other")
    _, keys = create_user(
        gatehouse.clients.service("iam"), Action=["ssm:Get*"], Resource=[f"{ARN}{root}/mine", f"{ARN}{root}/mine/*"]
    )
    mine = SESSION.client(
        "ssm", endpoint_url=gatehouse.url, aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key
    )
    assert mine.get_parameter(Name=f"{root}/mine")["Parameter"]["Value"] == "v"
    assert mine.get_parameter(Name=f"{root}/mine:1")["Parameter"]["Value"] == "v"
    assert names(mine.get_parameters_by_path(Path=f"{root}/mine")) == []
    for call, parameters, action, resource in [
        (mine.get_parameter, {"Name": f"{root}/other"}, "ssm:GetParameter", f"{ARN}{root}/other"),
        (mine.get_parameters, {"Names": [f"{root}/mine", f"{root}/other"]}, "ssm:GetParameters", f"{ARN}{root}/other"),
        (mine.get_parameters_by_path, {"Path": root}, "ssm:GetParametersByPath", ARN + root),
        (mine.put_parameter, {"Name": f"{root}/mine", "Value": "w", "Overwrite": True}, "ssm:PutParameter", None),
        (mine.describe_parameters, {}, "ssm:DescribeParameters", "*"),
    ]:
        code, message = refusal(call, **parameters)
        assert code == "AccessDeniedException" and action in message and (resource or "") in message


def test_the_cli(gatehouse):
    def aws(*arguments):
        run = subprocess.run(
            ["aws", "ssm", *arguments], env=environment(gatehouse.url), capture_output=True, text=True, timeout=60
        )
        return run.returncode, run.stdout, run.stderr

    path = f"/{name()}/version"
    assert aws("put-parameter", "--name", path, "--value", "21", "--type", "String")[0] == 0
    code, output, _ = aws("get-parameter", "--name", path, "--query", "Parameter.Value", "--output", "text")
    assert (code, output) == (0, "21\n")
    code, output, _ = aws("get-parameters-by-path", "--path", path.rsplit("/", 1)[0])
    assert code == 0 and json.loads(output)["Parameters"][0]["Value"] == "21"
    code, _, errors = aws("send-command", "--document-name", "AWS-RunShellScript")
    assert code != 0 and "Gatehouse does not serve 'SendCommand'" in errors


def test_the_parameter_of_cdks_bootstrap(ssm):
    path = "/cdk-bootstrap/hnb659fds/version"
    ssm.put_parameter(Name=path, Value="32", Type="String")
    assert ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"] == "32"


def test_one_version_is_not_deleted(ssm):
    name = f"/kept/{uuid.uuid4().hex}"
    ssm.put_parameter(Name=name, Value="1", Type="String")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=f"{name}:1")
    assert ssm.delete_parameters(Names=[f"{name}:1"])["InvalidParameters"] == [f"{name}:1"]
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "1"
