"""HTTP/1.1 connections: limits, persistence, pipelining, 100-continue, HEAD, and clients that mean no good."""

import random
import threading
from select import select

import pytest

from harness import wire
from harness.deadline import still
from harness.origin import chunked, reply

MEGABYTE = 1024 * 1024
PAYLOAD_LIMIT = 10 * MEGABYTE


class TestLimits:
    def test_a_body_of_the_limit_is_served(self, proxy, origin):
        body = b"x" * PAYLOAD_LIMIT
        assert proxy.call("POST", body=body).status == 200
        assert len(origin.only().body) == PAYLOAD_LIMIT

    def test_a_length_beyond_the_limit_is_refused_before_the_body(self, proxy, origin):
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, {"Content-Length": str(PAYLOAD_LIMIT + 1)}))
            answer = client.response()
        assert (answer.status, answer.body) == (413, b'{"message":"Request Entity Too Large"}')
        assert origin.requests == []

    def test_a_length_beyond_the_limit_is_refused_instead_of_continued(self, proxy):
        headers = {"Content-Length": str(PAYLOAD_LIMIT + 1), "Expect": "100-continue"}
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, headers))
            answer = client.response()
        assert (answer.status, answer.interim) == (413, [])

    def test_chunks_beyond_the_limit_are_refused(self, proxy, origin):
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, {"Transfer-Encoding": "chunked"}))
            for _ in range(11):
                if not client.send_while_open(wire.chunk(b"x" * MEGABYTE)):
                    break
            assert client.response().status == 413
            assert client.is_closed()

    def test_a_head_within_the_limit_is_served(self, proxy, origin):
        assert proxy.call(headers={"X-Long": "x" * 8000}).status == 200
        assert origin.only().header("x-long") == "x" * 8000

    @pytest.mark.parametrize(
        "headers",
        [[("X-Long", "x" * 11_000)], [(f"X-{number}", "x" * 100) for number in range(110)]],
        ids=["one long header", "many headers"],
    )
    def test_a_head_beyond_the_limit_is_refused(self, proxy, origin, headers):
        with proxy.connect() as client:
            client.send_while_open(wire.request_bytes("GET", "/", proxy.host, headers))
            assert client.response().status == 431
        assert origin.requests == []

    @pytest.mark.parametrize(
        "data",
        [b"GET /" + b"x" * MEGABYTE, b"GET / HTTP/1.1\r\nX-A: " + b"x" * MEGABYTE, b"G" * MEGABYTE],
        ids=["target", "header", "method"],
    )
    def test_a_head_without_an_end_is_refused_before_its_end(self, proxy, data):
        with proxy.connect() as client:
            client.send_while_open(data)
            assert client.response().status in (400, 414, 431)
            assert client.is_closed()

    @pytest.mark.parametrize(
        ("prefix", "again"),
        [(b"3;", b"x" * MEGABYTE), (b"0\r\n", b"X-A: " + b"x" * 1000 + b"\r\n"), (b"", b"0" * MEGABYTE)],
        ids=["an extension", "trailers", "a size"],
    )
    def test_a_chunk_without_an_end_is_refused_before_its_end(self, proxy, prefix, again):
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, {"Transfer-Encoding": "chunked"}) + prefix)
            for _ in range(200):
                if not client.send_while_open(again) or select([client.socket], [], [], 0)[0]:
                    break
            assert client.response().status in (400, 413, 431, 502, 503)
            assert client.is_closed()


class TestPersistence:
    def test_a_connection_serves_one_request_after_another(self, proxy, origin):
        with proxy.connect() as client:
            for number in range(20):
                assert client.exchange("GET", f"/{number}", proxy.host).status == 200
        assert [request.target for request in origin.requests] == [f"/{number}" for number in range(20)]

    def test_close_is_answered_and_obeyed(self, proxy):
        with proxy.connect() as client:
            answer = client.exchange("GET", "/", proxy.host, {"Connection": "close"})
            assert (answer.status, answer.header("connection")) == (200, "close")
            assert client.is_closed()

    def test_close_is_found_in_a_list(self, proxy):
        with proxy.connect() as client:
            client.exchange("GET", "/", proxy.host, {"Connection": "X-Other, Close"})
            assert client.is_closed()

    def test_an_http_1_0_connection_ends_after_its_answer(self, proxy):
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host, version="HTTP/1.0"))
            assert client.response().body == b"origin"
            assert client.is_closed()

    def test_an_http_1_0_client_gets_no_chunks(self, proxy, origin):
        origin.answer(chunked([b"one", b"two"]))
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host, version="HTTP/1.0"))
            answer = client.response()
        assert (answer.header("transfer-encoding"), answer.body) == (None, b"onetwo")

    def test_a_body_that_is_cut_short_is_no_end_for_an_http_1_0_client(self, proxy, origin):
        """The end of the connection would be the body's: only a reset tells them apart."""
        seen = threading.Event()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            assert seen.wait(timeout=60)
            exchange.close()

        origin.answer(answer)
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host, version="HTTP/1.0"))
            answer = client.head()
            seen.set()
            with pytest.raises(ConnectionResetError):
                client.rest(answer)

    def test_an_error_of_the_gateway_leaves_the_connection_usable(self, http_api):
        api = http_api()
        with api.connect() as client:
            assert [client.exchange("GET", "/", api.host).status for _ in range(3)] == [404, 404, 404]

    def test_a_body_nobody_reads_does_not_become_the_next_request(self, http_api):
        """No route takes the first request, whose body looks like another one."""
        api = http_api()
        inner = wire.request_bytes("GET", "/hidden", api.host)
        with api.connect() as client:
            client.send(wire.request_bytes("POST", "/", api.host, body=inner))
            assert client.response().status == 404
            client.send_while_open(wire.request_bytes("GET", "/", api.host, {"Connection": "close"}))
            if client.peer_sends():
                assert client.response().status == 404
                assert client.is_closed()

    def test_two_apis_share_a_connection(self, http_api, origin):
        apis = [http_api(), http_api()]
        for number, api in enumerate(apis):
            api.route("$default", api.integrate(f"{origin.url}/{number}"))
        with apis[0].connect() as client:
            for api in apis:
                client.exchange("GET", "/", api.host)
        assert [request.target.rstrip("/") for request in origin.requests] == ["/0", "/1"]


class TestPipelining:
    def test_answers_come_in_the_order_of_the_requests(self, proxy, origin):
        origin.answer(lambda exchange: reply(200, body=exchange.request.target)(exchange))
        with proxy.connect() as client:
            client.send(b"".join(wire.request_bytes("GET", f"/{number}", proxy.host) for number in range(10)))
            assert [client.response().text for _ in range(10)] == [f"/{number}" for number in range(10)]

    def test_bodies_between_them_are_told_apart(self, proxy, origin):
        origin.answer(lambda exchange: reply(200, body=exchange.request.body)(exchange))
        two = wire.chunk(b"two") + wire.LAST_CHUNK
        with proxy.connect() as client:
            client.send(
                wire.request_bytes("POST", "/", proxy.host, body="one")
                + wire.request_bytes("POST", "/", proxy.host, {"Transfer-Encoding": "chunked"}, two)
                + wire.request_bytes("POST", "/", proxy.host, body="three")
            )
            assert [client.response().text for _ in range(3)] == ["one", "two", "three"]

    def test_requests_before_a_malformed_one_are_answered(self, proxy):
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host) + b"GET / HTTP/1.1\r\nbroken\r\n\r\n")
            assert [client.response().status for _ in range(2)] == [200, 400]
            assert client.is_closed()

    def test_nothing_after_a_close_is_served(self, proxy, origin):
        with proxy.connect() as client:
            client.send(
                wire.request_bytes("GET", "/first", proxy.host, {"Connection": "close"})
                + wire.request_bytes("GET", "/second", proxy.host)
            )
            assert client.response().status == 200
            assert client.is_closed()
        assert [request.target for request in origin.requests] == ["/first"]


class TestExpect:
    def test_the_body_is_asked_for(self, proxy, origin):
        headers = {"Content-Length": "4", "Expect": "100-continue"}
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, headers))
            assert client.head().status == 100
            client.send(b"body")
            assert client.response().status == 200
        assert origin.only().body == b"body"

    def test_a_chunked_body_is_asked_for(self, proxy, origin):
        headers = {"Transfer-Encoding": "chunked", "Expect": "100-Continue"}
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, headers))
            assert client.head().status == 100
            client.send(wire.chunk(b"body") + wire.LAST_CHUNK)
            assert client.response().status == 200
        assert origin.only().body == b"body"

    def test_a_body_that_came_along_is_served(self, proxy, origin):
        headers = {"Content-Length": "4", "Expect": "100-continue"}
        assert proxy.call("POST", headers=headers, body="body").status == 200
        assert origin.only().body == b"body"

    def test_the_expectation_ends_here(self, proxy, origin):
        headers = {"Content-Length": "4", "Expect": "100-continue"}
        proxy.call("POST", headers=headers, body="body")
        assert origin.only().header("expect") is None

    def test_another_expectation_cannot_be_met(self, proxy):
        assert proxy.call("POST", headers={"Expect": "miracles"}, body="x").status in (200, 417)

    def test_a_client_of_http_1_0_is_not_asked(self, proxy):
        headers = {"Content-Length": "4", "Expect": "100-continue"}
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, headers, b"body", "HTTP/1.0"))
            assert client.head().status == 200


class TestHead:
    def test_an_error_has_its_length_and_no_body(self, http_api):
        api = http_api()
        with api.connect() as client:
            answer = client.exchange("HEAD", "/", api.host)
            assert (answer.status, answer.header("content-length")) == (404, "23")
            assert client.exchange("GET", "/", api.host).body == b'{"message":"Not Found"}'


class TestGarbage:
    @pytest.mark.parametrize("seed", range(20))
    def test_random_bytes_do_not_stop_the_server(self, gatehouse, proxy, seed):
        numbers = random.Random(seed)
        request = bytearray(wire.request_bytes("POST", "/", proxy.host, {"X-A": "b" * 50}, "body"))
        for _ in range(numbers.randint(1, 8)):
            request[numbers.randrange(len(request))] = numbers.randrange(256)
        with proxy.connect() as client:
            client.send(bytes(request))
        assert gatehouse.process.poll() is None
        assert proxy.call().status == 200

    def test_clients_that_never_finish_do_not_fill_the_servers_memory(self, own_gatehouse):
        """Two hundred heads that stay open, each of which would be a megabyte if it were kept."""
        server = own_gatehouse()
        before = server.memory_peak()
        clients = [wire.Connection(server.traffic) for _ in range(200)]
        for client in clients:
            client.send_while_open(b"GET / HTTP/1.1\r\nX-A: " + b"x" * MEGABYTE)
        still(lambda: server.memory_peak(), "the server's memory")
        assert server.memory_peak() - before < 60 * MEGABYTE
        for client in clients:
            client.close()
