"""The APIs under measurement, created through the management API as a user's boto3 would."""

import io
import json
import sys
import zipfile
from types import SimpleNamespace

from harness.gateway import REGION
from harness.requirements import BENCHMARKS, Unavailable

try:
    import boto3
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.config import Config
    from botocore.credentials import Credentials
except ImportError:
    raise Unavailable(f"boto3 is not installed: {sys.executable} -m pip install boto3") from None

ACCOUNT = "000000000000"
CREDENTIALS = Credentials("benchmark", "benchmark")
ORIGIN_URL = "http://127.0.0.1:9001/"
ALLOWED_ORIGIN = "https://app.example"
FUNCTION_NAME = "hello"
LOG_FORMAT = json.dumps({
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
})


def client(endpoint, service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS.access_key,
        aws_secret_access_key=CREDENTIALS.secret_key,
        config=Config(retries={"max_attempts": 0}, read_timeout=300),
    )


def clients(endpoint):
    return SimpleNamespace(gateway=client(endpoint, "apigatewayv2"), functions=client(endpoint, "lambda"))


def host(api_id):
    return f"{api_id}.execute-api.localhost"


def create_proxy_api(aws):
    """`GET /proxy` to the origin, with CORS, an access log and detailed metrics: nothing that a user would keep on
    is switched off for the figure."""
    api_id = aws.gateway.create_api(
        Name="proxy",
        ProtocolType="HTTP",
        CorsConfiguration={
            "AllowOrigins": [ALLOWED_ORIGIN],
            "AllowMethods": ["GET", "POST"],
            "AllowHeaders": ["content-type", "authorization"],
            "MaxAge": 3600,
        },
    )["ApiId"]
    create_proxy_route(aws, api_id, "GET /proxy")
    create_default_stage(
        aws,
        api_id,
        AccessLogSettings={
            "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/benchmark/proxy",
            "Format": LOG_FORMAT,
        },
        DefaultRouteSettings={"DetailedMetricsEnabled": True},
    )
    return api_id


def create_proxy_route(aws, api_id, route_key):
    """A route to the origin through an HTTP_PROXY integration of its own."""
    integration_id = aws.gateway.create_integration(
        ApiId=api_id,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="GET",
        IntegrationUri=ORIGIN_URL,
        PayloadFormatVersion="1.0",
    )["IntegrationId"]
    aws.gateway.create_route(ApiId=api_id, RouteKey=route_key, Target=f"integrations/{integration_id}")


def create_default_stage(aws, api_id, **settings):
    aws.gateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, **settings)


def create_function_api(aws):
    """`GET /hello` to the Python function of `functions/hello.py`, payload format 2.0."""
    function_arn = create_function(aws)
    api_id = aws.gateway.create_api(Name="function", ProtocolType="HTTP")["ApiId"]
    integration_id = aws.gateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=function_arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    aws.gateway.create_route(ApiId=api_id, RouteKey="GET /hello", Target=f"integrations/{integration_id}")
    aws.functions.add_permission(
        FunctionName=FUNCTION_NAME,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/*/*/hello",
    )
    create_default_stage(aws, api_id)
    return api_id


def create_function(aws, name=FUNCTION_NAME, source=None, timeout=10):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("hello.py", source or (BENCHMARKS / "functions/hello.py").read_text())
    created = aws.functions.create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Handler="hello.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/benchmark",
        Code={"ZipFile": package.getvalue()},
        Timeout=timeout,
        MemorySize=256,
    )
    aws.functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return created["FunctionArn"]


def import_routes(aws, count):
    """An API with the routes `GET /r<n>/items/{id}`, all to one integration with the origin."""
    operation = {"x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/origin"}}
    document = {
        "openapi": "3.0.1",
        "info": {"title": f"{count} routes", "version": "1"},
        "components": {
            "x-amazon-apigateway-integrations": {
                "origin": {
                    "type": "http_proxy",
                    "httpMethod": "GET",
                    "uri": ORIGIN_URL,
                    "payloadFormatVersion": "1.0",
                }
            }
        },
        "paths": {f"/r{n}/items/{{id}}": {"get": operation} for n in range(count)},
    }
    api_id = aws.gateway.import_api(Body=json.dumps(document))["ApiId"]
    create_default_stage(aws, api_id)
    return api_id


def signed_request(endpoint, method, path, body=None, service="apigateway"):
    """The bytes of a signed management request, so that a call can be timed without boto3's own work."""
    payload = b"" if body is None else json.dumps(body).encode()
    request = AWSRequest(
        method=method, url=endpoint + path, data=payload, headers={"Content-Type": "application/json"}
    )
    SigV4Auth(CREDENTIALS, service, REGION).add_auth(request)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {endpoint.split('//')[1]}", f"Content-Length: {len(payload)}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + payload
