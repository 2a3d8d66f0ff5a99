"""The clients that users have: boto3, the AWS CLI and curl, pointed at one server."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from harness import wire

ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "us-east-1"
SESSION = boto3.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION)


def environment(url):
    """What the article's reader has set, and nothing of the machine's own AWS configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), kept.get("PATH", os.defpath)]),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


class Clients:
    def __init__(self, url, address):
        self.url = url
        self.address = address
        self.made = {}

    def service(self, name):
        """Without retries, so that a test sees each answer; without botocore's checks, so that the server's show."""
        if name not in self.made:
            config = Config(
                retries={"total_max_attempts": 1, "mode": "standard"},
                parameter_validation=False,
                read_timeout=60,
                max_pool_connections=50,
            )
            self.made[name] = SESSION.client(name, endpoint_url=self.url, config=config)
        return self.made[name]

    @property
    def apis(self):
        return self.service("apigatewayv2")

    @property
    def functions(self):
        return self.service("lambda")

    def shell(self, script, cwd=None):
        """A shell script of AWS CLI commands, as one pastes it from an article; answers its finished process."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=cwd,
            env=environment(self.url),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def aws(self, script, cwd=None):
        """The JSON that a script's commands print."""
        finished = self.shell(script, cwd)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout.strip() else None

    def signed(self, service, method, path, body=None, headers=(), key=(ACCESS_KEY, SECRET_KEY)):
        """A signed management request whose bytes are the test's own."""
        fields = signature(Credentials(*key), service, method, self.url + path, headers, body)
        host = f"{self.address[0]}:{self.address[1]}"
        return wire.fetch(self.address, method, path, host, fields, body)


def signature(credentials, service, method, url, headers=(), body=None):
    """The headers of a signed request, those given among them."""
    request = AWSRequest(method, url, headers=dict(headers), data=body or b"")
    SigV4Auth(credentials, service, REGION).add_auth(request)
    return dict(request.headers)


def curl(*arguments):
    """curl's standard output; fails when curl does."""
    finished = subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@dataclass
class ServiceError:
    status: int
    code: str
    message: str
    headers: dict
    fields: dict


def refusal(call, **parameters):
    """Code and message of a call that is the caller's fault."""
    error = error_of(call, **parameters)
    assert error.status == 400
    return error.code, error.message


def refused_operations(client):
    """The messages for all operations of a client's model that are not served; each of them names its operation."""
    refused = {}
    for operation in client.meta.service_model.operation_names:
        try:
            client._make_api_call(operation, {})
        except ClientError as error:
            facts = error.response["Error"]
            if facts["Code"] == "UnknownOperationException":
                assert f"'{operation}'" in facts["Message"]
                refused[operation] = facts["Message"]
    return refused


def error_of(call, *arguments, **parameters):
    """The error that a management call must answer with."""
    try:
        answer = call(*arguments, **parameters)
    except ClientError as error:
        facts, metadata = error.response["Error"], error.response["ResponseMetadata"]
        message = facts.get("Message") or error.response.get("message") or error.response.get("Message")
        return ServiceError(
            metadata["HTTPStatusCode"], facts["Code"], message, metadata["HTTPHeaders"], error.response
        )
    raise AssertionError(f"accepted: {answer}")
