"""WebSocket on a plain socket (RFC 6455): what a client sends is what a test wrote, what comes back is shown frame by frame."""

import base64
import json
import os
import struct
from dataclasses import dataclass

import boto3

from harness.clients import error_of
from harness.frames import CLOSE, PING, PONG, TEXT, close_payload, frame_bytes, read_frame
from harness.functions import unique
from harness.server import REGION
from harness.wire import Connection, request_bytes


class Refused(Exception):
    """The handshake was answered by an ordinary response."""

    def __init__(self, response):
        super().__init__(f"{response.status} {response.body!r}")
        self.response, self.status = response, response.status


@dataclass
class Closed:
    code: int | None
    reason: str


class Client:
    """One connection. `message` reads the next whole text; the close frame comes as `Closed`."""

    def __init__(self, address, target, host, headers=(), timeout=20.0):
        self.connection = Connection(address, timeout)
        fields = {
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        }  # fmt: skip
        fields |= dict(headers)
        self.connection.send(request_bytes("GET", target, host, {k: v for k, v in fields.items() if v is not None}))
        self.response = self.connection.head()
        if self.response.status != 101:
            self.response.body = self.connection.rest(self.response)
            self.connection.close()
            raise Refused(self.response)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def frame(self, opcode, payload=b"", final=True, masked=True):
        self.connection.send(frame_bytes(opcode, payload, final, masked))

    def send(self, message):
        self.frame(TEXT, message if isinstance(message, (str, bytes)) else json.dumps(message))

    def close(self, code=None, reason=""):
        self.frame(CLOSE, close_payload(code, reason))

    def next_frame(self):
        frame = read_frame(self.connection)
        assert not frame.masked, "a server masks nothing"
        return frame.final, frame.opcode, frame.payload

    def next(self):
        """The next message: a text, bytes, or how the server closes."""
        parts, kind = [], None
        while True:
            final, opcode, payload = self.next_frame()
            if opcode == CLOSE:
                return Closed(struct.unpack(">H", payload[:2])[0] if payload else None, payload[2:].decode())
            if opcode in (PING, PONG):
                continue
            kind = opcode or kind
            parts.append(payload)
            if final:
                whole = b"".join(parts)
                return whole.decode() if kind == TEXT else whole

    def json(self):
        message = self.next()
        assert isinstance(message, str), message
        return json.loads(message)

    def ask(self, message):
        self.send(message)
        return self.json()


class WebSocketApi:
    """One WebSocket API of a server; calls name it by themselves."""

    def __init__(self, server, **parameters):
        self.server = server
        self.client = server.clients.apis
        wanted = {"Name": unique("chat"), "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
        self.made = self.client.create_api(**wanted | parameters)
        self.id = self.made["ApiId"]
        self.host = f"{self.id}.execute-api.{REGION}.amazonaws.com"

    def __call__(self, operation, **parameters):
        """What the operation answers, less the envelope."""
        answer = getattr(self.client, operation)(ApiId=self.id, **parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def error(self, operation, **parameters):
        error = error_of(getattr(self.client, operation), ApiId=self.id, **parameters)
        return error.status, error.code, error.message

    def mock(self):
        return self("create_integration", IntegrationType="MOCK")["IntegrationId"]

    def integrate(self, kind, *responses, **parameters):
        """An integration with its responses, each its key and template, or nothing."""
        integration = self("create_integration", IntegrationType=kind, **parameters)["IntegrationId"]
        for key, template in responses:
            more = {} if template is None else {
                "ResponseTemplates": {"$default": template}, "TemplateSelectionExpression": "\\$default"}  # fmt: skip
            self("create_integration_response", IntegrationId=integration, IntegrationResponseKey=key, **more)
        return integration

    def function(self, function, **parameters):
        return self.integrate("AWS_PROXY", IntegrationUri=function.uri, IntegrationMethod="POST", **parameters)

    def answers(self, template, status=200):
        """A MOCK integration that answers a template."""
        return self.integrate(
            "MOCK", ("$default", template), RequestTemplates={"application/json": '{"statusCode": %d}' % status})

    def route(self, key, integration=None, two_way=False, **parameters):
        if two_way:
            parameters["RouteResponseSelectionExpression"] = "$default"
        if integration:
            parameters["Target"] = f"integrations/{integration}"
        route = self("create_route", RouteKey=key, **parameters)["RouteId"]
        if two_way:
            self("create_route_response", RouteId=route, RouteResponseKey="$default")
        return route

    def stage(self, name="prod", auto_deploy=True, **parameters):
        """An API without routes cannot be deployed, so that it gets one that says who is connected."""
        if not self("get_routes")["Items"]:
            self.route("$default", self.answers('"$context.connectionId"'), two_way=True)
        return self("create_stage", StageName=name, AutoDeploy=auto_deploy, **parameters)

    def connect(self, target="/prod", headers=(), address=None):
        return Client(address or self.server.traffic, target, self.host, headers)

    def refused(self, target="/prod", headers=()):
        """The response to a handshake that is refused."""
        try:
            self.connect(target, headers).connection.close()
        except Refused as refused:
            return refused.response
        raise AssertionError("the handshake was accepted")


def management(api, **parameters):
    """boto3's client of the callback API, which reaches the API by its path."""
    host, port = api.server.traffic
    return boto3.client(
        "apigatewaymanagementapi", region_name=REGION,
        endpoint_url=f"http://{host}:{port}/_aws/execute-api/{api.id}/prod",
        **{"aws_access_key_id": "test", "aws_secret_access_key": "test"} | parameters)  # fmt: skip
