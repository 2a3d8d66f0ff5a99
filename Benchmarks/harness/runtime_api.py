"""A Lambda Runtime API of the plainest kind: one function process, one event at a time, blocking calls.

It shows what the runtime client costs by itself: whatever a call takes here, no gateway can be without.
"""

import socket
import time
from contextlib import contextmanager

from harness import gateway, processes, requirements

NEXT = b"GET /2018-06-01/runtime/invocation/next"
ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"status":"OK"}'
REQUEST_ID = "8f507cfc-0000-4000-8000-7bb9b2b9a9a1"


class RuntimeAPI:
    def __init__(self, connection):
        self.connection = connection
        self.event = delivery()

    def wait_for_next(self):
        request = self.read()
        if not request.startswith(NEXT):
            raise processes.Failed(f"wanted a request for the next event, got:\n{request[:600].decode()}")

    def call(self):
        """Delivers the event; returns what the function answered, with the runtime then asking for the next one
        unread, so that a caller can time both."""
        self.connection.sendall(self.event)
        answer = self.read()
        if b"/response HTTP/1.1\r\n" not in answer:
            raise processes.Failed(f"the function failed:\n{answer[:600].decode(errors='replace')}")
        return answer

    def accept(self):
        self.connection.sendall(ACCEPTED)

    def read(self):
        """One request, head and body; runtime clients send no chunks."""
        request = b""
        while (end := request.find(b"\r\n\r\n")) < 0:
            request += self.receive()
        head = request[:end].lower()
        start = head.find(b"\r\ncontent-length:")
        if start >= 0:
            length = end + 4 + int(head[start + 17 :].split(b"\r\n", 1)[0])
            while len(request) < length:
                request += self.receive()
        return request

    def receive(self):
        received = self.connection.recv(65536)
        if not received:
            raise processes.Failed("the runtime client closed its connection")
        return received


def delivery():
    event = (requirements.BENCHMARKS / "functions/event.json").read_bytes()
    deadline = int((time.time() + 86400) * 1000)
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        f"Lambda-Runtime-Aws-Request-Id: {REQUEST_ID}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:{gateway.REGION}:000000000000:function:hello\r\n"
        "Lambda-Runtime-Trace-Id: Root=1-66f0a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0\r\n"
        f"Content-Length: {len(event)}\r\n\r\n"
    )
    return head.encode() + event


@contextmanager
def running(scratch, python):
    """The function of `functions/hello.py` behind awslambdaric, past its first request for an event: the API
    and the process are yielded."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(processes.START_LIMIT)
        environment = gateway.environment(
            AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{listener.getsockname()[1]}",
            AWS_LAMBDA_FUNCTION_NAME="hello",
            AWS_LAMBDA_FUNCTION_VERSION="$LATEST",
            AWS_LAMBDA_FUNCTION_MEMORY_SIZE="256",
            AWS_LAMBDA_LOG_GROUP_NAME="/aws/lambda/hello",
            AWS_LAMBDA_LOG_STREAM_NAME="benchmark",
            LAMBDA_TASK_ROOT=str(requirements.BENCHMARKS / "functions"),
        )
        command = [python, "-m", "awslambdaric", "hello.handler"]
        with processes.started(
            command, scratch / "runtime.log", env=environment, cwd=requirements.BENCHMARKS / "functions"
        ) as process:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                process.check_alive()
                raise
            with connection:
                connection.settimeout(30)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                api = RuntimeAPI(connection)
                api.wait_for_next()
                yield api, process
