"""Code of functions and layers that lies in S3."""

import os
import uuid

import pytest
from botocore.exceptions import ClientError
from harness.functions import PYTHON, ROLE, package, unique
from harness.server import ACCOUNT
from test_management_access import allow, client, guarded, user  # noqa: F401

SOURCE = "def handler(event, context): return '{}'"


def s3_of(url, key=None):
    return client(url, "s3", key, s3={"addressing_style": "path"})


@pytest.fixture
def bucket(gatehouse):
    s3 = s3_of(gatehouse.url)
    name = f"code-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3, name


def put(bucket, key, word):
    s3, name = bucket
    answer = s3.put_object(Bucket=name, Key=key, Body=package({"handler.py": SOURCE.format(word)}))
    return {"S3Bucket": name, "S3Key": key}, answer["VersionId"]


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def create(functions, code, name=None):
    return functions.create_function(
        FunctionName=name or unique("s3"), Runtime=PYTHON, Handler="handler.handler", Role=ROLE, Code=code)  # fmt: skip


def answer(functions, name):
    return functions.invoke(FunctionName=name)["Payload"].read()


def test_functions_and_layers_are_made_of_objects(gatehouse, bucket):
    functions = gatehouse.clients.functions
    code, first = put(bucket, "a b/c.zip", "first")
    name = create(functions, code)["FunctionName"]
    assert answer(functions, name) == b'"first"'
    put(bucket, "a b/c.zip", "second")
    functions.update_function_code(FunctionName=name, **code)
    assert answer(functions, name) == b'"second"'
    functions.update_function_code(FunctionName=name, **code, S3ObjectVersion=first)
    assert answer(functions, name) == b'"first"'
    layer = functions.publish_layer_version(LayerName=unique("layer"), Content=code | {"S3ObjectVersion": first})
    assert layer["Content"]["CodeSha256"] == functions.get_function(FunctionName=name)["Configuration"]["CodeSha256"]


def test_what_is_not_there_is_told_as_s3_tells_it(gatehouse, bucket):
    functions = gatehouse.clients.functions
    code, _ = put(bucket, "code.zip", "here")
    name = create(functions, code)["FunctionName"]
    wrong_bucket, wrong_key = code | {"S3Bucket": "nobody-has-this"}, code | {"S3Key": "gone"}
    told = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
    for made in wrong_bucket, wrong_key:
        sentence = (
            told.format("NoSuchBucket", "The specified bucket does not exist")
            if made is wrong_bucket
            else told.format("NoSuchKey", "The specified key does not exist.")
        )
        expected = "InvalidParameterValueException", sentence
        assert refusal(functions.create_function, FunctionName=unique("s3"), Runtime=PYTHON,
                       Handler="handler.handler", Role=ROLE, Code=made) == expected  # fmt: skip
        assert refusal(functions.update_function_code, FunctionName=name, **made) == expected
        assert refusal(functions.publish_layer_version, LayerName=unique("l"), Content=made) == expected
    assert answer(functions, name) == b'"here"'


def test_a_package_that_a_call_could_not_hold(gatehouse, bucket):
    """More than 50 MB as it is sent, less than 250 MB."""
    s3, name = bucket
    s3.put_object(
        Bucket=name, Key="large.zip",
        Body=package({"handler.py": SOURCE.format("large"), "data": os.urandom(53 << 20)}))  # fmt: skip
    functions = gatehouse.clients.functions
    function = create(functions, {"S3Bucket": name, "S3Key": "large.zip"})["FunctionName"]
    assert answer(functions, function) == b'"large"'
    functions.delete_function(FunctionName=function)


def test_the_caller_has_to_be_let_read_the_object(guarded, user):  # noqa: F811
    s3 = s3_of(guarded.url, guarded.key)
    s3.create_bucket(Bucket="guarded-code")
    s3.put_object(Bucket="guarded-code", Key="code.zip", Body=package({"handler.py": SOURCE.format("x")}))
    arn = "arn:aws:s3:::guarded-code/code.zip"
    code = {"S3Bucket": "guarded-code", "S3Key": "code.zip"}
    manage = allow("lambda:*", "iam:PassRole")
    name, key = user(manage)
    functions = client(guarded.url, "lambda", key)
    denied = refusal(functions.publish_layer_version, LayerName="tools", Content=code)
    assert denied == (
        "AccessDeniedException",
        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for "
        "guarded-code/code.zip. S3 Error Code: AccessDenied. S3 Error Message: User: "
        f"arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: s3:GetObject on resource: {arn} because "
        "no identity-based policy allows the s3:GetObject action",
    )
    _, key = user(manage, allow("s3:GetObject", on=arn))
    client(guarded.url, "lambda", key).publish_layer_version(LayerName="tools", Content=code)
