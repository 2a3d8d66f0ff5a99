"""An HTTP/1.1 client of a few microseconds: one kept socket, requests as ready-made bytes."""

import socket

from harness.processes import Failed


class Connection:
    def __init__(self, port, timeout=60):
        self.address = ("127.0.0.1", port)
        self.timeout = timeout
        self.open()

    def open(self):
        self.socket = socket.create_connection(self.address, self.timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, request):
        """Sends one request and returns the whole answer, head and body."""
        self.socket.sendall(request)
        answer = self.receive()
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.receive()
        head = answer[:end].lower()
        if b"\r\ntransfer-encoding: chunked" in head:
            while not answer.endswith(b"0\r\n\r\n"):
                answer += self.receive()
        else:
            length = end + 4 + content_length(head)
            while len(answer) < length:
                answer += self.receive()
        if b"\r\nconnection: close" in head:
            self.close()
            self.open()
        return answer

    def receive(self):
        received = self.socket.recv(65536)
        if not received:
            raise Failed("the server closed the connection in the middle of an exchange")
        return received


def content_length(head):
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        return 0
    end = head.find(b"\r\n", start + 2)
    return int(head[start + 17 : end if end > 0 else len(head)])


def get(path, host, **headers):
    """The bytes of a GET request."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}"] + [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path, host, body):
    """The bytes of a POST request."""
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def expect(answer, status, *parts):
    """Fails unless the answer has the status and contains the parts, told in lower case: a fast wrong answer is no
    figure."""
    if not answer.startswith(b"HTTP/1.1 %d " % status) or any(part not in answer.lower() for part in parts):
        wanted = b", ".join(parts).decode()
        raise Failed(f"wanted {status} with [{wanted}], got:\n{answer[:600].decode(errors='replace')}")
