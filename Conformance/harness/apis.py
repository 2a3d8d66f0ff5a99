"""HTTP APIs made through the management API and called through the data plane."""

from harness import wire
from harness.functions import unique
from harness.server import ACCOUNT, REGION


class HttpApi:
    """One HTTP API of a server, with the short way to everything under it."""

    def __init__(self, server, **parameters):
        self.server = server
        self.client = server.clients.apis
        created = self.client.create_api(**{"Name": unique("api"), "ProtocolType": "HTTP"} | parameters)
        self.id = created["ApiId"]
        self.host = f"{self.id}.execute-api.{REGION}.amazonaws.com"

    @property
    def arn(self):
        return f"arn:aws:apigateway:{REGION}::/apis/{self.id}"

    @property
    def source_arn(self):
        return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{self.id}/*"

    def authorizer_arn(self, id):
        """Whom the policy of an authorizer's function is asked about."""
        return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{self.id}/authorizers/{id}"

    def integrate(self, uri, method="ANY", **parameters):
        return self.client.create_integration(
            **{
                "ApiId": self.id,
                "IntegrationType": "HTTP_PROXY",
                "IntegrationUri": uri,
                "IntegrationMethod": method,
                "PayloadFormatVersion": "1.0",
            }
            | parameters
        )["IntegrationId"]

    def integrate_function(self, function, version="2.0", permit=True, **parameters):
        if permit:
            function.permit(self.source_arn)
        return self.client.create_integration(
            **{
                "ApiId": self.id,
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": function.arn,
                "PayloadFormatVersion": version,
            }
            | parameters
        )["IntegrationId"]

    def route(self, key, integration, **parameters):
        return self.client.create_route(
            ApiId=self.id, RouteKey=key, Target=f"integrations/{integration}", **parameters
        )["RouteId"]

    def stage(self, name="$default", auto_deploy=True, **parameters):
        return self.client.create_stage(ApiId=self.id, StageName=name, AutoDeploy=auto_deploy, **parameters)

    def deploy(self, stage=None, **parameters):
        if stage:
            parameters["StageName"] = stage
        return self.client.create_deployment(ApiId=self.id, **parameters)["DeploymentId"]

    def update(self, **parameters):
        return self.client.update_api(ApiId=self.id, **parameters)

    def update_stage(self, name="$default", **parameters):
        return self.client.update_stage(ApiId=self.id, StageName=name, **parameters)

    def call(self, method="GET", target="/", headers=(), body=None, host=None):
        return wire.fetch(self.server.traffic, method, target, host or self.host, headers, body)

    def connect(self, **parameters):
        return wire.Connection(self.server.traffic, **parameters)

    def delete(self):
        self.client.delete_api(ApiId=self.id)
