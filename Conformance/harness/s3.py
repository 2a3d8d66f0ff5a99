"""S3 as boto3 calls it, with buckets in the path."""

import urllib.error
import urllib.request
import uuid

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.clients import SESSION


def client_of(server, signature_version="s3v4", **settings):
    config = Config(
        s3={"addressing_style": "path"}, signature_version=signature_version, retries={"total_max_attempts": 1},
        **settings)
    return SESSION.client("s3", endpoint_url=server.url, config=config)


def new_bucket(s3):
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


def fetch(url, method="GET", body=None, **headers):
    """What a client that signs nothing is answered: the status and the text."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, fields, method=method)
    if body is not None:
        # urllib would say that it is a form's.
        request.add_unredirected_header("Content-Type", fields.get("Content-Type", ""))
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refused(call, **parameters):
    """The status, code and message of a refusal, and the whole error."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return status, response["Error"]["Code"], response["Error"].get("Message"), response["Error"]
