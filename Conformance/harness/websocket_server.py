"""A WebSocket server byte by byte, whose every connection does what a test's function says."""

import base64
import hashlib
import socket
import threading

from harness import wire
from harness.frames import CLOSE, TEXT, close_payload, frame_bytes, read_frame


class Peer(wire.Connection):
    """One client, from its handshake on."""

    def __init__(self, connection):
        self.socket = connection
        self.buffer = b""
        _, self.target, _ = self.line().split(" ")
        self.fields = []
        while line := self.line():
            self.fields.append(tuple(line.split(": ", 1)))

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
        self.socket.sendall(frame_bytes(opcode, payload))

    def receive(self):
        """The next frame's opcode and payload; a client's frames are whole messages, and masked."""
        frame = read_frame(self)
        assert frame.reserved == 0 and frame.final and frame.masked, frame
        return frame.opcode, frame.payload

    def text(self):
        opcode, payload = self.receive()
        assert opcode == TEXT, (opcode, payload)
        return payload.decode()

    def close(self, code=None, reason=""):
        """Begins the closing handshake, or answers one, and ends TCP, as a server does."""
        self.send(CLOSE, close_payload(code, reason))


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
        except (wire.Truncated, OSError):
            return
        except Exception as fault:  # noqa: BLE001
            self.faults.append(repr(fault))
