"""The account that clients are told they work in."""

import boto3
import botocore.exceptions
import pytest


@pytest.fixture
def sts(gatehouse):
    return boto3.client(
        "sts", endpoint_url=gatehouse.url, region_name="us-east-1", aws_access_key_id="any",
        aws_secret_access_key="any",
    )


def test_the_caller_is_of_the_servers_account(sts):
    answer = sts.get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:root")


def test_other_operations_are_refused(sts):
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidAction.*does not serve"):
        sts.get_federation_token(Name="somebody")
