"""REST APIs made through the management API."""

import json

from harness import wire
from harness.clients import error_of
from harness.functions import unique
from harness.server import ACCOUNT, REGION


def patch(path, value=None, op="replace", **others):
    """One operation of a patch."""
    return {"op": op, "path": path, **({} if value is None else {"value": value}), **others}


def body(answer):
    """What an operation has answered, without what botocore says of the call."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


class RestApi:
    """One REST API of a server, with the short way to everything under it."""

    def __init__(self, server, **parameters):
        self.server = server
        self.client = server.clients.service("apigateway")
        self.created = body(self.client.create_rest_api(**{"name": unique("rest")} | parameters))
        self.id = self.created["id"]
        self.root = self.created["rootResourceId"]

    @property
    def host(self):
        return f"{self.id}.execute-api.{REGION}.amazonaws.com"

    def call(self, method="GET", target="/", headers=(), body=None):
        return wire.fetch(self.server.traffic, method, target, self.host, headers, body)

    @property
    def arn(self):
        return f"arn:aws:apigateway:{REGION}::/restapis/{self.id}"

    def authorizer_arn(self, id):
        """Whom the policy of an authorizer's function is asked about."""
        return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{self.id}/authorizers/{id}"

    def __call__(self, operation, /, **parameters):
        """The operation on this API; its answer."""
        return body(getattr(self.client, operation)(restApiId=self.id, **parameters))

    def error(self, operation, /, **parameters):
        """The code and the message of the error that the operation must answer with."""
        error = error_of(getattr(self.client, operation), **{"restApiId": self.id} | parameters)
        return error.code, error.message

    def resource(self, path_part, parent=None):
        return self("create_resource", parentId=parent or self.root, pathPart=path_part)["id"]

    def mock(self, resource=None, verb="GET", template=None, **method):
        """A method with an integration that answers 200, and the template if there is one."""
        at = {"resourceId": resource or self.root, "httpMethod": verb}
        self("put_method", **at, **{"authorizationType": "NONE"} | method)
        self("put_method_response", **at, statusCode="200")
        self("put_integration", **at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        templates = {"application/json": json.dumps(template)} if template else {}
        self("put_integration_response", **at, statusCode="200", selectionPattern="", responseTemplates=templates)
        return at

    def deploy(self, stage=None, **parameters):
        return self("create_deployment", **({"stageName": stage} if stage else {}), **parameters)["id"]

    def delete(self):
        self.client.delete_rest_api(restApiId=self.id)


def no_api(api="nothing"):
    return "NotFoundException", f"Invalid API identifier specified {ACCOUNT}:{api}"
