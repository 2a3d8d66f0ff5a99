"""A WebSocket server byte by byte, whose every connection does what a test's function says."""

import base64
import hashlib
import socket
import struct
import threading

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Gone(Exception):
    """The client has ended the connection."""


class Peer:
    """One client, from its handshake on."""

    def __init__(self, connection):
        self.socket = connection
        self.buffer = b""
        head = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.target = head[0].split(" ")[1]
        self.fields = [tuple(line.split(": ", 1)) for line in head[1:] if line]

    def field(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(values) <= 1, values
        return values[0] if values else None

    def accept(self, *lines, accept=None):
        digest = hashlib.sha1((self.field("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.answer(
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept or base64.b64encode(digest).decode()}", *lines,
        )  # fmt: skip

    def answer(self, *lines, body=b""):
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def send(self, opcode, payload):
        payload = payload.encode() if isinstance(payload, str) else payload
        size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack(">H", len(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + size + payload)

    def receive(self):
        """The next frame's opcode and payload; a client's frames are whole messages, and masked."""
        first, second = self.take(2)
        assert first & 0x70 == 0 and first & 0x80 and second & 0x80, (first, second)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.take(2))
        mask, masked = self.take(4), self.take(length)
        return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked))

    def text(self):
        opcode, payload = self.receive()
        assert opcode == TEXT, (opcode, payload)
        return payload.decode()

    def close(self, code=None, reason=""):
        """Begins the closing handshake, or answers one, and ends TCP, as a server does."""
        self.send(CLOSE, struct.pack(">H", code) + reason.encode() if code else b"")

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def until(self, end):
        while end not in self.buffer:
            self.fill()
        taken, self.buffer = self.buffer.split(end, 1)
        return taken


class WebSocketServer:
    """Runs `serve(peer)` for each connection, and keeps what went wrong in it for the test."""

    def __init__(self, serve, tls=None):
        self.serve, self.tls = serve, tls
        self.faults, self.done = [], []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"{'wss' if tls else 'ws'}://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_listening()
        assert self.faults == []

    def stop_listening(self):
        """Closing alone would leave the port open as long as a thread waits on it."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        self.listener.close()

    def listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.run, args=(connection,), daemon=True).start()

    def run(self, connection):
        connection.settimeout(20)
        try:
            with connection:
                connection = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
                with connection:
                    self.done.append(self.serve(Peer(connection)))
        # A client that goes, or does not trust, is the test's to judge; so is what it sent.
        except (Gone, OSError):
            return
        except Exception as fault:  # noqa: BLE001
            self.faults.append(repr(fault))
