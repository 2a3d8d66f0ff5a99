"""`gatehouse ws`: one connection by a script or by hand, and swarms of them."""

import json
import os
import re
import signal
import ssl
import struct
import subprocess
import threading

import pytest

from harness.deadline import until
from harness.frames import BINARY, CLOSE, PING, PONG, TEXT
from harness.server import ACCOUNT, REGION, binary, inherited_environment, run
from harness.websocket_server import WebSocketServer


def ws(*arguments, environment=None, typed=None, timeout=60):
    return subprocess.run(
        [binary(), "ws", *map(str, arguments)], env=inherited_environment() | (environment or {}), input=typed or "",
        capture_output=True, text=True, timeout=timeout,
    )  # fmt: skip


def lines(ran):
    """Standard output without its times."""
    return [re.sub(r"^\d\d:\d\d:\d\d\.\d{3} ", "", line) for line in ran.stdout.splitlines()]


def echo(peer):
    """Says what it hears until the client closes; answers the opcode and payload of its close frame."""
    peer.accept()
    while True:
        opcode, payload = peer.receive()
        peer.send(opcode, payload)
        if opcode == CLOSE:
            return payload


class TestScripts:
    def test_messages_are_sent_and_expected_in_the_order_given(self):
        def serve(peer):
            peer.accept()
            assert peer.text() == "one"
            peer.send(TEXT, "noise")
            peer.send(TEXT, "answer to one")
            assert peer.text() == "two"
            peer.send(BINARY, b"\x00\xff" + b"two" + bytes(100))
            ended = peer.receive()
            peer.close()
            return ended

        with WebSocketServer(serve) as server:
            ran = ws(server.url + "/dev", "--send", "one", "--expect", "answer", "--send=two", "--expect", "two")
            assert (ran.returncode, ran.stderr) == (0, "")
            until(lambda: server.done == [(CLOSE, b"")], lambda: server.done)
        assert lines(ran)[:5] == ["open", "> one", "< noise", "< answer to one", "> two"]
        assert lines(ran)[5].startswith("< 105 bytes: 00ff74776f00") and lines(ran)[5].endswith("…")

    def test_what_was_expected_and_did_not_come_is_told(self):
        with WebSocketServer(echo) as server:
            ran = ws(server.url, "--send", "a", "--expect", "b", "--timeout", "0.5")
        assert (ran.returncode, ran.stderr) == (1, "gatehouse: No message with 'b' came within 0.5 s.\n")
        assert lines(ran) == ["open", "> a", "< a", "closed without a code"]

    def test_a_connection_that_ends_before_is_told_with_the_code_of_the_server(self):
        def serve(peer):
            peer.accept()
            peer.close(1001, "Going away")
            assert peer.receive() == (CLOSE, struct.pack(">H", 1001))

        with WebSocketServer(serve) as server:
            ran = ws(server.url, "--expect", "b")
        assert (ran.returncode, lines(ran)) == (1, ["open", "closed by the server with 1001 Going away"])
        assert ran.stderr == "gatehouse: The connection ended, and no message with 'b' had come.\n"

    def test_pings_are_answered(self):
        def serve(peer):
            peer.accept()
            peer.send(PING, "there?")
            assert peer.receive() == (PONG, b"there?")
            peer.send(TEXT, "good")
            peer.receive()
            peer.close()

        with WebSocketServer(serve) as server:
            ran = ws(server.url, "--expect", "good")
        assert (ran.returncode, lines(ran)) == (0, ["open", "< ping there?", "< good", "closed without a code"])

    def test_the_terminal_gets_no_control_characters(self):
        def serve(peer):
            peer.accept()
            peer.send(TEXT, "red \x1b[31m\r\nfake")
            peer.close(4000, "\x07bell")

        with WebSocketServer(serve) as server:
            ran = ws(server.url, "--expect", "red", "--expect", "x")
        assert [line for line in ran.stdout + ran.stderr if line < " " and line != "\n"] == []
        assert "< red \\u{1b}[31m" in ran.stdout and "4000 \\u{7}bell" in ran.stdout

    def test_a_server_that_breaks_the_protocol_is_told_so(self):
        def serve(peer):
            peer.accept()
            peer.socket.sendall(b"\x81\x81aaaaX")
            return peer.receive()

        with WebSocketServer(serve) as server:
            ran = ws(server.url, "--expect", "b")
            until(lambda: server.done, "the close frame")
            assert server.done == [(CLOSE, struct.pack(">H", 1002) + b"a frame is none of RFC 6455")]
        assert (ran.returncode, lines(ran)) == (1, ["open", "closed with 1002 a frame is none of RFC 6455"])


class TestHandshakes:
    def test_it_carries_what_was_asked_for(self):
        def serve(peer):
            peer.accept("Sec-WebSocket-Protocol: two")
            peer.receive()
            peer.close()
            return peer

        with WebSocketServer(serve) as server:
            ran = ws(
                server.url + "/dev?a=1", "--header", "X-A: 1", "--header", "X-B:2", "--subprotocol", "one",
                "--subprotocol", "two", "--origin", "https://o.example", "--send", "x",
            )  # fmt: skip
            until(lambda: server.done, "the end")
            [peer] = server.done
        assert (ran.returncode, lines(ran)[0]) == (0, "open, subprotocol two")
        assert peer.target == "/dev?a=1"
        assert {name: value for name, value in peer.fields if name != "Sec-WebSocket-Key"} == {
            "Host": server.url.removeprefix("ws://"), "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "one, two", "X-A": "1", "X-B": "2",
            "Origin": "https://o.example",
        }  # fmt: skip

    def test_a_refusal_is_told_with_its_status_headers_and_body(self):
        def serve(peer):
            body = b'{"message":"Forbidden\x1b"}'
            peer.answer(
                "HTTP/1.1 403 Forbidden", "Date: x", f"Content-Length: {len(body)}",
                "x-amzn-ErrorType: ForbiddenException", body=body,
            )  # fmt: skip

        with WebSocketServer(serve) as server:
            ran = ws(server.url)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == (
            "gatehouse: The server refused the handshake with 403:\n"
            '    x-amzn-ErrorType: ForbiddenException\n    {"message":"Forbidden\\u{1b}"}\n'
        )

    @pytest.mark.parametrize(
        ("lines", "accept", "told"),
        [
            ((), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept"),
            (("Sec-WebSocket-Extensions: permessage-deflate",), None, "extension that was not offered"),
            (("Sec-WebSocket-Protocol: chat",), None, "subprotocol that was not offered"),
        ],
    )
    def test_a_wrong_answer_is_refused(self, lines, accept, told):
        with WebSocketServer(lambda peer: peer.accept(*lines, accept=accept)) as server:
            ran = ws(server.url)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert told in ran.stderr

    def test_an_answer_that_does_not_come_is_waited_for_as_long_as_it_was_told_to(self):
        waiting = threading.Event()
        with WebSocketServer(lambda peer: waiting.wait(20)) as server:
            ran = ws(server.url, "--timeout", "0.3")
            waiting.set()
        assert ran.returncode == 1
        assert "did not answer the handshake in time" in ran.stderr

    def test_where_nobody_listens_there_is_no_connection(self):
        with WebSocketServer(echo) as server:
            server.stop_listening()
            ran = ws(server.url)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "There is no connection to localhost:" in ran.stderr and "refused" in ran.stderr

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["http://localhost/"], "has to begin with ws://"),
            (["ws://localhost/", "--header", "x"], "--header 'Name: value'"),
            (["ws://localhost/", "--header", "Upgrade: x"], "the handshake's own"),
            (["ws://localhost/", "--sign"], "--sign needs credentials"),
            (["ws://localhost/", "--timeout", "0"], "--timeout is"),
            (["ws://localhost/", "--insecure"], "Unknown option"),
            (["swarm", "0", "ws://localhost/"], "N is at least 1"),
            (["swarm", "1", "ws://localhost/", "--messages", "1"], "need a message"),
            (["swarm", "1", "ws://localhost/", "--rate", "0"], "--rate is"),
        ],
    )
    def test_a_wrong_command_line_is_told(self, arguments, told):
        ran = ws(*arguments, environment={"HOME": "/nowhere"})
        assert ran.returncode == 64
        assert told in ran.stderr


class TestSigning:
    def test_a_route_with_aws_iam_takes_the_signature_and_no_other(self, http_api, function, caller):
        """An HTTP API does not open WebSockets, but checks the same signature."""
        api = http_api()
        handler = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawQueryString']}\n"
        api.route("GET /pets", api.integrate_function(function(handler), "2.0"), AuthorizationType="AWS_IAM")
        _, credentials = caller(Action="execute-api:Invoke", Resource=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}/*")
        host, port = api.server.traffic
        address = [f"ws://{host}:{port}/pets?b=%7e&a=1&a=0", "--header", f"Host: {api.host}", "--region", REGION]

        def signed(secret):
            return ws(
                *address, "--sign",
                environment={"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": secret},
            )  # fmt: skip

        good = signed(credentials.secret_key)
        assert "refused the handshake with 200:" in good.stderr and "a=1" in good.stderr, good.stderr
        assert "refused the handshake with 403:" in signed("x" * 40).stderr
        assert "refused the handshake with 403:" in ws(*address).stderr


class TestTLS:
    @pytest.fixture
    def certificate(self, tmp_path):
        private, public = tmp_path / "key.pem", tmp_path / "cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", private, "-out", public],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(public, private)
        return context, public

    def test_a_certificate_of_ones_own_is_trusted_when_it_is_named(self, certificate):
        context, public = certificate
        with WebSocketServer(echo, context) as server:
            ran = ws(server.url, "--ca", public, "--send", "a", "--expect", "a")
            assert (ran.returncode, ran.stderr) == (0, "")
            ran = ws(server.url, "--send", "a", "--expect", "a", environment={"AWS_CA_BUNDLE": str(public)})
            assert (ran.returncode, ran.stderr) == (0, "")
            refused = ws(server.url, "--send", "a")
            assert (refused.returncode, refused.stdout) == (1, "")
            assert "its certificate is not trusted" in refused.stderr
            other = ws(server.url.replace("localhost", "127.0.0.1"), "--ca", public, "--send", "a")
            assert other.returncode == 1 and "another name" in other.stderr


class TestByHand:
    def test_lines_are_messages_and_commands(self):
        with WebSocketServer(echo) as server:
            ran = ws(server.url, typed="hello\n/ping p\n//slash\n/what\n/close 4000 bye for now\n")
            until(lambda: server.done, "the close frame")
            assert server.done == [struct.pack(">H", 4000) + b"bye for now"]
        assert ran.returncode == 0
        said = lines(ran)
        assert [line for line in said if line.startswith(">")] == ["> hello", "> /slash"]
        assert said[-1] == "closed with 4000 bye for now"
        assert "/close [CODE [REASON]]" in ran.stderr

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_closes_with_a_frame_without_a_code(self, number):
        with WebSocketServer(echo) as server:
            process = subprocess.Popen(
                [binary(), "ws", server.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env=inherited_environment(),
            )  # fmt: skip
            with process:
                assert process.stdout.readline().endswith(" open\n")
                process.send_signal(number)
                assert process.wait(20) == 0
                assert process.stdout.read().endswith(" closed without a code\n")
            until(lambda: server.done == [b""], lambda: server.done)


class TestSwarm:
    def test_each_message_of_a_sender_is_known_in_what_all_receive(self):
        peers, lock = [], threading.Lock()

        def serve(peer):
            peer.accept()
            with lock:
                peers.append(peer)
            while True:
                opcode, payload = peer.receive()
                if opcode == CLOSE:
                    peer.close()
                    return
                with lock:
                    for one in peers:
                        one.send(TEXT, payload)

        with WebSocketServer(serve) as server:
            ran = ws(
                "swarm", 20, server.url, "--senders", 1, "--send", '{"data":"{id}"}', "--rate", 100, "--messages", 5,
                "--receipts", 100, "--duration", 30, "--json",
            )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert (told["opened"]["count"], told["refused"], told["closes"]) == (20, 0, {})
        assert (told["sent"]["count"], told["received"]["count"]) == (5, 100)
        assert (told["latency"]["count"], told["spread"]["count"], told["spreadReceipts"]) == (100, 5, 100)
        assert 0 < told["latency"]["p50"] <= told["latency"]["p99"] <= told["latency"]["max"]
        assert (told["ended"], told["endedAnswered"]) == (20, 20)

    def test_refusals_and_closes_are_counted(self):
        lock, seen = threading.Lock(), []

        def serve(peer):
            with lock:
                seen.append(peer)
                number = len(seen)
            if number % 2 == 0:
                return peer.answer("HTTP/1.1 429 Too Many Requests", "Content-Length: 2", body=b"{}")
            peer.accept()
            peer.close(1001, "Going away")
            peer.receive()

        with WebSocketServer(serve) as server:
            ran = ws("swarm", 10, server.url, "--connect-rate", 200)
        assert ran.returncode == 1
        assert "opened    5 of 10" in ran.stdout and "refused   5\n" in ran.stdout
        assert "5 times: The server refused the handshake with 429:\n" in ran.stdout
        assert "closed    5 with 1001 Going away\n" in ran.stdout

    def test_a_signal_ends_all_and_the_report_is_told(self):
        with WebSocketServer(echo) as server:
            process = subprocess.Popen(
                [binary(), "ws", "swarm", "5", server.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=inherited_environment(),
            )  # fmt: skip
            with process:
                while "open 5," not in process.stderr.readline():
                    pass
                process.send_signal(signal.SIGINT)
                assert process.wait(20) == 0
                assert "ended     5, 5 with an answer\n" in process.stdout.read()
            until(lambda: server.done == [b""] * 5, lambda: server.done)

    def test_more_connections_than_files_are_refused_with_what_to_do(self):
        limited = 'ulimit -n 200 && exec "$0" ws swarm 150 ws://localhost/'
        ran = subprocess.run(["bash", "-c", limited, binary()], capture_output=True, text=True, timeout=30)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "136 connections, and 150 are wanted" in ran.stderr and "ulimit -n" in ran.stderr


def test_it_is_listed():
    assert re.search(r"^ +ws ", run("--help").stdout, re.M)
    assert os.path.basename(binary()) in run("ws", "--help").stdout
