"""Services that are not served refuse in the protocol of their clients, with the reason."""

import re

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.clients import SESSION

SERVED = {
    "apigateway", "apigatewayv2", "lambda", "dynamodb", "sts", "iam", "cognito-idp", "ssm", "secretsmanager", "s3",
    "cloudformation", "logs",
}
# Signed for a service that is served: answered by Gatehouse's operation table.
SHARED = {"apigatewaymanagementapi", "dax"}

# One or two of every protocol: Query, EC2, REST XML, JSON 1.0 and 1.1, REST JSON, CBOR.
WELL_KNOWN = [
    ("iam", "list_server_certificates", {}),
    ("cloudformation", "list_stack_sets", {}),
    ("sns", "list_topics", {}),
    ("ses", "list_identities", {}),
    ("rds", "describe_db_instances", {}),
    ("elbv2", "describe_load_balancers", {}),
    ("sts", "get_federation_token", {"Name": "n"}),
    ("ec2", "describe_instances", {}),
    ("sqs", "list_queues", {}),
    ("events", "list_rules", {}),
    ("logs", "describe_queries", {}),
    ("ssm", "list_documents", {}),
    ("stepfunctions", "list_state_machines", {}),
    ("secretsmanager", "rotate_secret", {"SecretId": "s"}),
    ("kms", "list_keys", {}),
    ("cloudwatch", "list_metrics", {}),
    ("route53", "list_hosted_zones", {}),
    ("cloudfront", "list_distributions", {}),
    ("eks", "list_clusters", {}),
    ("sesv2", "list_email_identities", {}),
    ("scheduler", "list_schedules", {}),
    ("dynamodbstreams", "list_streams", {}),
]


def client(gatehouse, service, **config):
    return SESSION.client(
        service,
        endpoint_url=gatehouse.url,
        config=Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, inject_host_prefix=False, **config
        ),
    )


@pytest.mark.parametrize(("service", "operation", "parameters"), WELL_KNOWN, ids=lambda value: str(value)[:24])
def test_a_refusal_is_read_by_the_services_client(gatehouse, service, operation, parameters):
    with pytest.raises(ClientError) as caught:
        getattr(client(gatehouse, service), operation)(**parameters)
    error = caught.value.response["Error"]
    assert error["Code"] in ("UnknownOperationException", "InvalidAction", "NotImplemented")
    assert re.search("Gatehouse does not serve", error["Message"]), error
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def without_inputs(model):
    """An operation that needs nothing, so that its call says only which service it is for."""
    for name in sorted(model.operation_names):
        shape = model.operation_model(name).input_shape
        if (shape is None or not shape.required_members) and not model.operation_model(name).has_event_stream_input:
            return name
    return None


def test_every_service_of_the_sdk_is_answered_in_its_protocol(gatehouse):
    """The judge of `ServiceNames`: no client of any service is left with an answer that it cannot read."""
    wrong, asked = [], 0
    for service in SESSION.get_available_services():
        if service in SERVED | SHARED:
            continue
        made = client(gatehouse, service)
        name = without_inputs(made.meta.service_model)
        if name is None:
            continue
        sent = []
        made.meta.events.register("before-send", lambda request, **_: sent.append(request.url))
        try:
            made._make_api_call(name, {})
            wrong.append((service, name, "no error"))
        except ClientError as error:
            facts = error.response["Error"]
            if not facts.get("Message", "").startswith("Gatehouse does not serve"):
                wrong.append((service, made.meta.service_model.metadata["protocol"], name, facts))
        except Exception as error:  # noqa: BLE001
            # Some clients lack a token or a scheme of signing, or have an endpoint of their own, and never ask.
            if not any(url.startswith(gatehouse.url) for url in sent):
                continue
            wrong.append((service, made.meta.service_model.metadata["protocol"], name, repr(error)[:120]))
        asked += 1
    assert asked > 300
    assert wrong == []


@pytest.mark.parametrize("command", ["cloudwatch list-metrics --namespace n", "sns list-topics", "route53 list-hosted-zones"])
def test_the_cli_shows_the_reason(gatehouse, command):
    finished = gatehouse.clients.shell(f"aws {command}")
    assert finished.returncode != 0
    assert "Gatehouse does not serve the service" in finished.stderr


def test_a_service_that_signs_with_a_served_name_is_called_by_its_own(gatehouse):
    with pytest.raises(ClientError, match="the service 'DynamoDBStreams_20120810'"):
        client(gatehouse, "dynamodbstreams").list_streams()


def test_an_unsigned_form_is_told_by_its_action(gatehouse):
    sts = client(gatehouse, "sts", signature_version=UNSIGNED)
    assert sts.get_caller_identity()["Account"] == "123456789012"
    with pytest.raises(ClientError, match="does not serve"):
        sts.assume_role_with_saml(RoleArn="arn:aws:iam::123456789012:role/r", PrincipalArn="p", SAMLAssertion="a")
