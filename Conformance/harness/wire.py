"""HTTP/1.1 on a plain socket: what is sent is exactly what a test wrote, what came back is shown as it came."""

import json
import socket
from dataclasses import dataclass, field

from harness.deadline import until


class Truncated(Exception):
    """The peer closed before the message was whole."""


@dataclass
class Response:
    status: int
    reason: str
    version: str
    headers: list
    body: bytes = b""
    interim: list = field(default_factory=list)

    def header(self, name):
        values = self.all(name)
        return values[0] if values else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def names(self):
        return [key.lower() for key, _ in self.headers]

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def pairs(headers):
    return list(headers.items()) if isinstance(headers, dict) else list(headers)


def request_bytes(method, target, host, headers=(), body=None, version="HTTP/1.1"):
    """A request head and body; `host=None` leaves the Host line to the test, as does a framing header of its own."""
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in pairs(headers)]
    if isinstance(body, str):
        body = body.encode()
    framed = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in pairs(headers))
    if body is not None and not framed:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def chunk(data, extension=""):
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


LAST_CHUNK = b"0\r\n\r\n"


class Connection:
    """One client connection. Reads answers one at a time, so that pipelined ones can be told apart."""

    def __init__(self, address, timeout=20.0, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_while_open(self, data):
        """Sends what the peer still takes; a peer that has answered and closed may refuse the rest."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def exchange(self, method, target, host, headers=(), body=None):
        self.send(request_bytes(method, target, host, headers, body))
        return self.response(method)

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise Truncated(f"closed with {len(self.buffer)} bytes unread: {self.buffer[:200]!r}")
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def line(self):
        while b"\r\n" not in self.buffer:
            self.fill()
        taken, self.buffer = self.buffer.split(b"\r\n", 1)
        return taken.decode("latin-1")

    def head(self):
        """The next response's head alone; the body stays to be read with `piece` or `rest`."""
        version, status, reason = (self.line() + "  ").split(" ", 2)
        headers = []
        while line := self.line():
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" \t")))
        return Response(int(status), reason.strip(), version, headers)

    def response(self, method="GET"):
        interim = []
        while (answer := self.head()).status < 200:
            interim.append(answer.status)
        answer.interim = interim
        answer.body = self.rest(answer, method)
        return answer

    def rest(self, answer, method="GET"):
        if method == "HEAD" or answer.status in (204, 304):
            return b""
        if "chunked" in (answer.header("transfer-encoding") or ""):
            return b"".join(iter(self.piece, b""))
        if answer.header("content-length") is not None:
            return self.take(int(answer.header("content-length")))
        return self.until_closed()

    def piece(self):
        """The next chunk of a chunked body, empty for the last one, whose trailers are read and dropped."""
        size = int(self.line().split(";")[0], 16)
        if size == 0:
            while self.line():
                pass
            return b""
        data = self.take(size)
        self.take(2)
        return data

    def some_body(self, answer):
        """The first bytes of a body as soon as there are any, whatever its framing."""
        if "chunked" in (answer.header("transfer-encoding") or ""):
            return self.piece()
        if not self.buffer:
            self.fill()
        taken, self.buffer = self.buffer, b""
        return taken

    def until_closed(self):
        """All that comes before the end; a reset is none."""
        try:
            while True:
                self.fill()
        except Truncated:
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def peer_sends(self):
        try:
            self.fill()
        except (Truncated, ConnectionResetError):
            return False
        return True

    def is_closed(self):
        """True when the peer closes without another byte; a peer that stays fails by the socket's time-out."""
        return not self.buffer and not self.peer_sends()


def fetch(address, method, target, host, headers=(), body=None, timeout=20.0):
    with Connection(address, timeout) as connection:
        return connection.exchange(method, target, host, headers, body)


def refuses_connections(address):
    """For a listener that has been told to stop: new connections no longer get in."""

    def refused():
        try:
            Connection(address, timeout=1.0).close()
        except OSError:
            return True
        return False

    return until(refused, f"{address} refuses connections")
