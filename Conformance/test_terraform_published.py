"""Terraform's AWS provider on an HTTP API in the shape in which people publish theirs."""

from harness import wire
from harness.clients import SESSION
from harness.server import REGION
from test_terraform import terraform  # noqa: F401

SOURCE = 'def handler(event, context):\n    return {"statusCode": 200, "body": "published"}\n'


def test_code_in_s3_roles_layers_and_logs(terraform):  # noqa: F811
    terraform, server = terraform("published.tf", source=SOURCE)
    terraform.apply()
    terraform.has_nothing_to_do()
    host = f"{terraform.output('api')}.execute-api.{REGION}.amazonaws.com"
    assert wire.fetch(server.traffic, "GET", "/any", host).body == b"published"
    terraform.apply("-var", "timeout=5")
    terraform.has_nothing_to_do("-var", "timeout=5")
    terraform("destroy", "-auto-approve", "-no-color")
    assert SESSION.client("s3", endpoint_url=server.url).list_buckets()["Buckets"] == []
