"""CreateFunction: what it answers, and what it refuses."""

import base64
import hashlib
import re

import pytest

from harness.clients import error_of
from harness.functions import PYTHON, ROLE, create_parameters, function_arn, package, unique

SOURCE = "def handler(event, context): return 'first'"


@pytest.fixture
def api(clients):
    return clients.functions


@pytest.fixture
def parameters():
    return create_parameters(SOURCE)


@pytest.fixture
def created(api, parameters):
    yield api.create_function(**parameters)
    api.delete_function(FunctionName=parameters["FunctionName"])


class TestCreate:
    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("Architectures", ["x86_64"]),
            ("Description", ""),
            ("EphemeralStorage", {"Size": 512}),
            ("Handler", "handler.handler"),
            ("MemorySize", 128),
            ("PackageType", "Zip"),
            ("Role", ROLE),
            ("Runtime", PYTHON),
            ("SnapStart", {"ApplyOn": "None", "OptimizationStatus": "Off"}),
            ("Timeout", 3),
            ("TracingConfig", {"Mode": "PassThrough"}),
            ("Version", "$LATEST"),
        ],
    )
    def test_the_answer_has_the_default(self, created, member, value):
        assert created[member] == value

    def test_it_answers_201(self, created):
        assert created["ResponseMetadata"]["HTTPStatusCode"] == 201

    def test_the_arn_is_unqualified(self, created):
        assert created["FunctionArn"] == function_arn(created["FunctionName"])

    def test_the_log_group_is_the_functions(self, created):
        assert created["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{created['FunctionName']}"}

    def test_the_hash_and_the_size_are_the_packages(self, created, parameters):
        code = parameters["Code"]["ZipFile"]
        digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
        assert (created["CodeSha256"], created["CodeSize"]) == (digest, len(code))

    def test_last_modified_has_milliseconds_and_an_offset(self, created):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", created["LastModified"])

    def test_a_revision_id_is_given(self, created):
        assert re.fullmatch("[0-9a-f-]{36}", created["RevisionId"])

    def test_without_variables_there_is_no_environment(self, created):
        assert "Environment" not in created

    def test_it_becomes_active(self, api, created):
        api.get_waiter("function_active_v2").wait(FunctionName=created["FunctionName"], WaiterConfig={"Delay": 0.1})
        read = api.get_function_configuration(FunctionName=created["FunctionName"])
        assert (read["State"], read["LastUpdateStatus"]) == ("Active", "Successful")
        assert "StateReason" not in read

    def test_what_was_asked_for_is_kept(self, api, parameters):
        parameters |= {
            "Description": "what it does",
            "Timeout": 30,
            "MemorySize": 256,
            "Environment": {"Variables": {"TABLE_NAME": "Products"}},
            "Architectures": ["arm64"],
        }
        answer = api.create_function(**parameters)
        assert (answer["Description"], answer["Timeout"], answer["MemorySize"], answer["Architectures"]) == (
            "what it does",
            30,
            256,
            ["arm64"],
        )
        assert answer["Environment"] == {"Variables": {"TABLE_NAME": "Products"}}

    def test_publish_answers_version_1_and_the_unqualified_arn(self, api, parameters):
        answer = api.create_function(**parameters, Publish=True)
        assert (answer["Version"], answer["FunctionArn"]) == ("1", function_arn(parameters["FunctionName"]))

    def test_a_second_function_of_the_name_conflicts(self, api, created, parameters):
        error = error_of(api.create_function, **parameters)
        assert (error.status, error.code) == (409, "ResourceConflictException")
        assert error.message.startswith("Function already exist")

    def test_the_aws_cli_creates_one(self, clients, tmp_path):
        name = unique("cli")
        (tmp_path / "function.zip").write_bytes(package({"handler.py": SOURCE}))
        answer = clients.aws(
            f"aws lambda create-function --function-name {name} --runtime python3.12 --handler handler.handler"
            f" --role {ROLE} --zip-file fileb://function.zip",
            cwd=tmp_path,
        )
        assert answer["FunctionArn"] == function_arn(name)


class TestCreateRefuses:
    RUNTIMES = [
        (
            "python3.7",
            "InvalidParameterValueException",
            "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions.",
        ),
        (
            "nodejs14.x",
            "InvalidParameterValueException",
            "The runtime parameter of nodejs14.x is no longer supported for creating or updating AWS Lambda "
            "functions. We recommend you use a supported runtime while creating or updating functions.",
        ),
        ("cobol85", "InvalidParameterValueException", "Value cobol85 at 'runtime' failed to satisfy constraint"),
        ("Python3.12", "InvalidParameterValueException", "Value Python3.12 at 'runtime' failed to satisfy constraint"),
    ]

    @pytest.mark.parametrize(("runtime", "code", "message"), RUNTIMES, ids=[row[0] for row in RUNTIMES])
    def test_a_runtime(self, api, parameters, runtime, code, message):
        error = error_of(api.create_function, **parameters | {"Runtime": runtime})
        assert (error.status, error.code) == (400, code)
        assert error.message.startswith(message)

    def test_a_package_that_is_no_zip(self, api, parameters):
        error = error_of(api.create_function, **parameters | {"Code": {"ZipFile": b"not a zip"}})
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message == "Could not unzip uploaded file. Please check your file, then try to upload again."

    @pytest.mark.parametrize(
        "change",
        [
            {"FunctionName": "a b"},
            {"FunctionName": "x" * 65},
            {"Role": "not an arn"},
            {"MemorySize": 127},
            {"Timeout": 0},
            {"Timeout": 901},
            {"Handler": None},
            {"Runtime": None},
            {"Role": None},
            {"Code": None},
            {"Code": {}},
            {"Environment": {"Variables": {"1A": "x"}}},
            {"Environment": {"Variables": {"A": "x"}}},
            {"Environment": {"Variables": {"A-B": "x"}}},
        ],
        ids=str,
    )
    def test_a_parameter(self, api, parameters, change):
        whole = {name: value for name, value in (parameters | change).items() if value is not None}
        error = error_of(api.create_function, **whole)
        assert error.status == 400
        assert error.code in ("ValidationException", "InvalidParameterValueException")

    def test_a_reserved_variable(self, api, parameters):
        error = error_of(api.create_function, **parameters, Environment={"Variables": {"AWS_REGION": "x"}})
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert "reserved keys" in error.message and "AWS_REGION" in error.message

    def test_variables_beyond_4_kb(self, api, parameters):
        error = error_of(api.create_function, **parameters, Environment={"Variables": {"LONG": "x" * 4096}})
        assert (error.status, error.code) == (400, "InvalidParameterValueException")
        assert error.message.startswith(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit."
        )

    @pytest.mark.parametrize(
        "prefix", ["", "../" * 30, "inside/" + "../" * 31], ids=["absolute", "upwards", "in and up"]
    )
    def test_a_package_that_leaves_its_folder(self, api, parameters, prefix, tmp_path):
        """Refused, or unpacked without that entry: never written where the entry points."""
        outside = tmp_path / "outside.py"
        entry = prefix + str(outside).removeprefix("/") if prefix else str(outside)
        parameters["Code"] = {"ZipFile": package({"handler.py": SOURCE, entry: "outside"})}
        try:
            api.create_function(**parameters)
            api.get_waiter("function_active_v2").wait(FunctionName=parameters["FunctionName"])
            api.invoke(FunctionName=parameters["FunctionName"])
        except api.exceptions.InvalidParameterValueException:
            pass
        assert not outside.exists()
