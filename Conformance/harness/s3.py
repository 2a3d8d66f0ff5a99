"""S3 as boto3 calls it, with buckets in the path."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.clients import SESSION


def client_of(server, signature_version="s3v4", **settings):
    config = Config(
        s3={"addressing_style": "path"}, signature_version=signature_version, retries={"total_max_attempts": 1},
        **settings)
    return SESSION.client("s3", endpoint_url=server.url, config=config)


def refused(call, **parameters):
    """The status, code and message of a refusal, and the whole error."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return status, response["Error"]["Code"], response["Error"].get("Message"), response["Error"]
