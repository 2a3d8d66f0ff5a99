"""An HTTP origin that records what reaches it, byte by byte, and answers as it is told."""

import socket
import threading
from dataclasses import dataclass

from harness import wire
from harness.deadline import until


@dataclass
class Request:
    raw_head: bytes
    method: str
    target: str
    version: str
    headers: list
    body: bytes = b""

    def header(self, name):
        values = self.all(name)
        return values[0] if values else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def names(self):
        return [key.lower() for key, _ in self.headers]


class Exchange:
    """One request of one connection, and the way to answer it."""

    def __init__(self, reader, request):
        self.reader, self.request = reader, request
        self.closing = False
        self.body_read = False

    def send(self, data):
        self.reader.send(data)

    def close(self):
        self.closing = True

    @property
    def is_chunked(self):
        return "chunked" in (self.request.header("transfer-encoding") or "")

    def some_body(self):
        """The first piece of the body, for answers that begin before the request has ended."""
        self.body_read = True
        self.closing = True
        return self.reader.some_body(self.request)

    def read_body(self):
        if self.body_read:
            return
        self.body_read = True
        if self.is_chunked:
            self.request.body = b"".join(iter(self.reader.piece, b""))
        elif length := self.request.header("content-length"):
            self.request.body = self.reader.take(int(length))


def reply(status=200, headers=(), body=b"", reason="Reason"):
    """An answer with a Content-Length (none for 204 and 304, which have no body)."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in wire.pairs(headers)]
    named = {name.lower() for name, _ in wire.pairs(headers)}
    if status not in (204, 304) and "content-length" not in named:
        lines.append(f"Content-Length: {len(body)}")
    data = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def answer(exchange):
        exchange.send(data if exchange.request.method == "HEAD" else data + body)

    return answer


def chunked(pieces, headers=()):
    """An answer in chunks; `pieces` may wait between them."""

    def answer(exchange):
        head = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"]
        head += [f"{name}: {value}" for name, value in wire.pairs(headers)]
        exchange.send("\r\n".join(head).encode("latin-1") + b"\r\n\r\n")
        for piece in pieces:
            exchange.send(wire.chunk(piece))
        exchange.send(wire.LAST_CHUNK)

    return answer


def raw(data, close=True):
    """Bytes as they are, and then the end of the connection."""

    def answer(exchange):
        exchange.send(data)
        if close:
            exchange.close()

    return answer


def held(event, then=None):
    """An answer that waits for the test."""

    def answer(exchange):
        assert event.wait(timeout=60), "nobody released the origin"
        (then or reply(200, [("Content-Type", "text/plain")], "held"))(exchange)

    return answer


class Origin:
    """Answers every request with `handler`; a handler marked `early` runs before the body has been read."""

    def __init__(self, tls=None, send_buffer=None):
        self.tls, self.send_buffer = tls, send_buffer
        self.requests = []
        self.connections = 0
        self.handler = reply(200, [("Content-Type", "text/plain")], "origin")
        self.early = False
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = self.listener.getsockname()
        scheme = "https" if tls else "http"
        self.authority = f"127.0.0.1:{self.address[1]}"
        self.url = f"{scheme}://{self.authority}"
        threading.Thread(target=self.accept, daemon=True).start()

    def answer(self, handler, early=False):
        self.handler, self.early = handler, early

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        self.open.add(peer)
        try:
            if self.send_buffer:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer)
            reader = ConnectionOfOrigin(self.tls.wrap_socket(peer, server_side=True) if self.tls else peer)
            while self.serve_one(reader):
                pass
        except (OSError, wire.Truncated):
            pass
        finally:
            self.open.discard(peer)
            peer.close()

    def serve_one(self, reader):
        exchange = Exchange(reader, reader.request())
        if not self.early:
            exchange.read_body()
        self.requests.append(exchange.request)
        self.handler(exchange)
        exchange.read_body()
        return not exchange.closing

    def only(self):
        """The one request that came, once it has come."""
        until(lambda: self.requests, "a request at the origin")
        assert len(self.requests) == 1, [request.target for request in self.requests]
        return self.requests[0]

    def wait(self, count):
        until(lambda: len(self.requests) >= count, f"{count} requests at the origin")
        return self.requests

    def drop_idle(self):
        """Closes every connection from this side, as an origin does with those it finds idle."""
        for peer in list(self.open):
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self):
        if self.listener.fileno() >= 0:
            # Closed alone it would take the connection that `accept` waits for.
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.drop_idle()


class ConnectionOfOrigin(wire.Connection):
    """The accepted side of a connection: reads requests where its parent reads answers."""

    def __init__(self, peer):
        peer.settimeout(60)
        self.socket = peer
        self.buffer = b""

    def request(self):
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = first.split(" ", 2)
        headers = [(name, value.strip(" \t")) for name, _, value in (line.partition(":") for line in lines)]
        return Request(head, method, target, version, headers)
