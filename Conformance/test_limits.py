"""`serve --limits`: AWS's quotas kept to, told, or lifted to bounds of the server's own."""

import struct

import pytest

from harness.apis import HttpApi
from harness.clients import error_of
from harness.frames import BINARY, TEXT
from harness.functions import create_function
from harness.origin import Origin, reply
from harness.rest import RestApi
from harness.server import Server, run
from harness.websocket import Closed, WebSocketApi, management

TIMEOUT = "Timeout should be between 50 ms and 900000 ms"
MEGABYTE = 1_048_576

# Answers as many bytes as it was sent, or as it is asked for.
COUNTER = """
import base64, json
def handler(event, context):
    length = len(event.get("body") or "")
    return {"statusCode": 200, "body": "x" * int((event.get("headers") or {}).get("x-wanted", 0)) or str(length)}
"""

# Sends a message back as it came, and says how it came.
MIRROR = """
def handler(event, context):
    return {"statusCode": 200, "body": event["body"], "isBase64Encoded": event["isBase64Encoded"]}
"""


class World:
    """A server with one API of each kind, and what they call."""

    def __init__(self, scratch, *options):
        self.server = Server(scratch, options=options)
        self.origin = Origin()
        self.counter = create_function(self.server.clients, COUNTER, MemorySize=512)
        self.counter.permit()
        self.mirror = create_function(self.server.clients, MIRROR)
        self.mirror.permit()
        self.http = HttpApi(self.server)
        self.http.route("POST /function", self.http.integrate_function(self.counter))
        self.http.route("POST /origin", self.http.integrate(self.origin.url))
        self.http.stage()
        self.rest = RestApi(self.server)
        self.rest_method("origin", type="HTTP_PROXY", uri=self.origin.url)
        self.rest_method("function", type="AWS_PROXY", uri=self.counter.uri)
        self.rest.deploy("prod")
        self.socket = WebSocketApi(self.server)
        self.socket.route("$default", self.socket.function(self.mirror), two_way=True)
        self.socket.route("who", self.socket.answers('"$context.connectionId"'), two_way=True)
        self.socket.stage()

    def rest_method(self, name, **integration):
        at = {"resourceId": self.rest.resource(name), "httpMethod": "POST"}
        self.rest("put_method", **at, authorizationType="NONE")
        self.rest("put_integration", **at, integrationHttpMethod="POST", **integration)

    def mark(self, pattern):
        """The line that says what AWS would have done."""
        return self.server.line(rf"^  beyond AWS: AWS would have {pattern}$")

    def close(self):
        self.origin.close()
        self.server.stop()


@pytest.fixture(scope="module")
def off(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("off"), "--limits", "off")
    yield made
    made.close()


@pytest.fixture(scope="module")
def warn(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("warn"), "--limits", "warn")
    yield made
    made.close()


@pytest.fixture(params=["off", "warn"])
def beyond(request):
    return request.getfixturevalue(request.param)


# What is served beyond AWS's quotas


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_a_body_beyond_10_mb_passes_through_a_proxy_both_ways(beyond, kind):
    large = b"b" * (11 * MEGABYTE)
    beyond.origin.answer(reply(200, [("Content-Type", "text/plain")], large))
    api, path = (beyond.http, "/origin") if kind == "http" else (beyond.rest, "/prod/origin")
    answer = api.call("POST", path, body=large)
    assert (answer.status, len(answer.body)) == (200, len(large))
    assert len(beyond.origin.requests[-1].body) == len(large)


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_events_and_answers_of_functions_beyond_6_mb(beyond, kind):
    api, path = (beyond.http, "/function") if kind == "http" else (beyond.rest, "/prod/function")
    text = [("Content-Type", "text/plain")]
    answer = api.call("POST", path, text, body=b"b" * (7 * MEGABYTE))
    assert (answer.status, answer.text) == (200, str(7 * MEGABYTE))
    answer = api.call("POST", path, [("x-wanted", str(7 * MEGABYTE))], body=b"")
    assert (answer.status, len(answer.body)) == (200, 7 * MEGABYTE)


def test_a_function_is_invoked_with_more_than_6_mb(off):
    event = {"body": "b" * (7 * MEGABYTE)}
    assert off.counter.invoke(event).json()["body"] == str(7 * MEGABYTE)


def test_more_than_64_mb_are_not_held(off):
    head = (
        f"POST /function HTTP/1.1\r\nHost: {off.http.host}\r\nContent-Length: {64 * MEGABYTE + 1}\r\n\r\n"
    )
    with off.http.connect() as connection:
        connection.send(head.encode())
        assert connection.response().status == 413


def test_time_outs_of_15_minutes_are_taken(off):
    integration = off.http.integrate(off.origin.url, TimeoutInMillis=900_000)
    assert off.http.client.get_integration(ApiId=off.http.id, IntegrationId=integration)["TimeoutInMillis"] == 900_000
    error = error_of(
        off.http.client.create_integration, ApiId=off.http.id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET",
        IntegrationUri=off.origin.url, PayloadFormatVersion="1.0", TimeoutInMillis=900_001)  # fmt: skip
    assert error.message == TIMEOUT
    at = off.rest.mock(off.rest.resource("slow"))
    assert off.rest("put_integration", **at, type="MOCK", timeoutInMillis=900_000)["timeoutInMillis"] == 900_000
    assert off.rest.error("put_integration", **at, type="MOCK", timeoutInMillis=900_001)[1] == TIMEOUT
    made = off.socket("create_integration", IntegrationType="MOCK", TimeoutInMillis=900_000)
    assert made["TimeoutInMillis"] == 900_000
    assert off.socket.error("create_integration", IntegrationType="MOCK", TimeoutInMillis=900_001)[2] == TIMEOUT


def test_messages_in_frames_of_any_length(beyond):
    with beyond.socket.connect() as client:
        client.send("a" * 200_000)
        assert client.next() == "a" * 200_000


def test_binary_messages_reach_functions_as_base64_and_go_out_binary(beyond):
    with beyond.socket.connect() as client:
        client.frame(BINARY, b"\x00\xff" * 50_000)
        assert client.next() == b"\x00\xff" * 50_000
        client.send("text")
        assert client.next() == "text"


def test_a_client_is_sent_long_messages(beyond):
    with beyond.socket.connect() as client:
        id = client.ask({"action": "who"})
        management(beyond.socket).post_to_connection(ConnectionId=id, Data=b"b" * 200_000)
        assert client.next() == "b" * 200_000


def test_a_message_has_16_mb_unless_it_is_said_otherwise(off):
    with off.socket.connect() as client:
        client.connection.send(bytes([0x80 | TEXT, 0xFF]) + struct.pack(">Q", 16 * MEGABYTE + 1))
        assert client.next() == Closed(1009, "")


# What is told


@pytest.mark.parametrize(
    ("send", "mark"),
    [
        (lambda client: client.send("a" * 40_000),
         "closed this connection with 1009: a frame of 40,000 bytes, its quota is 32,768"),
        (lambda client: [
            client.frame(0 if part else TEXT, "a" * 25_000, final=part == 7) for part in range(8)],
         "closed this connection with 1009: a message of 200,000 bytes, its quota is 131,072"),
        (lambda client: client.frame(BINARY, b"\x00"), "closed this connection with 1003: a binary message"),
    ],
    ids=["frame", "message", "binary"],
)  # fmt: skip
def test_what_aws_would_have_closed_is_told(warn, send, mark):
    with warn.socket.connect() as client:
        send(client)
        client.next()
        warn.mark(mark)


def test_what_aws_would_have_refused_is_told(warn):
    warn.http.call("POST", "/function", body=b"b" * (6 * MEGABYTE + 1))
    warn.mark("answered 413: a body of 6,291,457 bytes, its quota is 6,291,456")
    warn.rest.call("POST", "/prod/origin", body=b"b" * (10 * MEGABYTE + 2))
    warn.mark("answered 413: a body of 10,485,762 bytes, its quota is 10,485,760")
    warn.rest.call("POST", "/prod/function", body=b"b" * (7 * MEGABYTE))
    warn.mark("answered 413: an event of [0-9,]+ bytes, its quota is 6,291,556")
    warn.http.call("POST", "/function", [("x-wanted", str(7 * MEGABYTE))], body=b"")
    warn.mark("answered 500: a function's answer of [0-9,]+ bytes, its quota is 6,291,556")
    warn.rest.call("POST", "/prod/function", [("x-wanted", str(7 * MEGABYTE))], body=b"")
    warn.mark("answered 502: a function's answer of [0-9,]+ bytes, its quota is 6,291,556")


def test_what_aws_would_have_cut_of_an_answer_is_told(warn):
    warn.origin.answer(reply(200, [("Content-Type", "text/plain")], b"b" * (10 * MEGABYTE + 3)))
    warn.http.call("POST", "/origin", body=b"")
    warn.mark("answered 500: an answer of 10,485,763 bytes, its quota is 10,485,760")
    warn.rest.call("POST", "/prod/origin", body=b"")
    warn.mark("answered 500: an answer of more than its quota of 10,485,760 bytes")


def test_what_aws_would_have_refused_to_send_is_told(warn):
    with warn.socket.connect() as client:
        id = client.ask({"action": "who"})
        management(warn.socket).post_to_connection(ConnectionId=id, Data=b"b" * 131_073)
        warn.mark("answered 413: a body of 131,073 bytes, its quota is 131,072")


def test_what_is_refused_anyway_is_not_marked(warn):
    with warn.http.connect() as connection:
        connection.send(f"POST /nowhere HTTP/1.1\r\nHost: {warn.http.host}\r\nContent-Length: {11 * MEGABYTE}\r\n\r\n".encode())
        assert connection.response().status == 404
    warn.http.call("POST", "/function", body=b"b" * (6 * MEGABYTE + 77))
    warn.mark("answered 413: a body of 6,291,533 bytes, its quota is 6,291,456")
    assert "/nowhere" not in warn.server.output


def test_what_aws_serves_as_well_is_not_marked(own_gatehouse):
    server = own_gatehouse(options=["--limits", "warn", "--explain"])
    api = WebSocketApi(server)
    api.stage()
    with api.connect() as client:
        client.send("a")
        client.next()
        server.line(r"MESSAGE .* \[\$default\]")
        client.frame(BINARY, b"\x00")
        client.next()
        server.line("beyond AWS:")
    assert server.output.count("beyond AWS:") == 1


# Limits that are set


@pytest.mark.parametrize(
    ("limit", "send", "closed"),
    [
        ("message=1KB", lambda client: client.send("a" * 1_025), Closed(1009, "")),
        ("frame=100", lambda client: client.send("a" * 101), Closed(1009, "")),
        ("idle=1s", lambda client: None, Closed(1001, "Going away")),
        ("duration=1s", lambda client: None, Closed(1001, "Going away")),
    ],
)
def test_each_may_be_less_than_aws_has(own_gatehouse, limit, send, closed):
    api = WebSocketApi(own_gatehouse(options=["--websocket-limit", limit]))
    api.stage()
    with api.connect() as client:
        send(client)
        assert client.next() == closed


def test_more_than_aws_has_is_said_together_with_the_mode(own_gatehouse):
    server = own_gatehouse(options=["--limits", "off", "--websocket-limit", "message=17MB", "--websocket-limit", "frame=1MB"])
    api = WebSocketApi(server)
    api.stage()
    with api.connect() as client:
        client.connection.send(bytes([0x80 | TEXT, 0xFF]) + struct.pack(">Q", MEGABYTE + 1))
        assert client.next() == Closed(1009, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limits", "loose"], "The value 'loose' is invalid for '--limits <aws|warn|off>'"),
        (["--websocket-limit", "size=1MB"], "'size=1MB' is no limit of WebSocket APIs: write it as message=16MB"),
        (["--websocket-limit", "message=big"], "'message=big' is no number of bytes"),
        (["--websocket-limit", "idle=10"], "'idle=10' is no time: write it as idle=90s, 30m or 2h."),
        (["--websocket-limit", "message=129KB"], "--websocket-limit message is beyond AWS's quota of 128KB"),
        (["--websocket-limit", "idle=11m", "--limits", "aws"], "--websocket-limit idle is beyond AWS's quota of 10m"),
        (["--websocket-limit", "idle=1m", "--websocket-limit", "idle=2m"], "--websocket-limit idle is given twice."),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["up", "template.yaml"]], ids=["serve", "up"])
def test_what_is_no_limit_is_refused_with_what_it_could_be(command, options, words, tmp_path):
    ended = run(*command, *options, cwd=tmp_path)
    assert ended.returncode == 64
    assert words in ended.stderr
