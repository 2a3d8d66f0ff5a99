"""HTTP_PROXY beyond the good case: connections to the origin, back-pressure, and origins that fail."""

import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.deadline import still
from harness.origin import Origin, held, raw, reply

PLAIN = [("Content-Type", "text/plain")]


class TestMemory:
    def test_clients_that_do_not_read_do_not_fill_the_servers_memory(self, own_gatehouse):
        """Sixty answers of 9 MB, none of them read until the origin can write no more: 540 MB if they were kept."""
        server, origin, count, size = own_gatehouse(), Origin(send_buffer=65_536), 60, 9_000_000
        sent = []

        def answer(exchange):
            exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
            for _ in range(size // 100_000):
                exchange.send(b"x" * 100_000)
                sent.append(100_000)

        origin.answer(answer)
        api = HttpApi(server)
        api.route("$default", api.integrate(origin.url))
        api.stage()
        clients = [api.connect(receive_buffer=16_384, timeout=60) for _ in range(count)]
        for client in clients:
            client.send(wire.request_bytes("GET", "/", api.host))
        still(lambda: len(sent), "the origin's writing")
        assert server.memory_peak() < 200_000_000
        # All read at once: one that waited for its turn would have taken nothing for too long.
        with ThreadPoolExecutor(count) as readers:
            assert set(readers.map(lambda client: len(client.response().body), clients)) == {size}
        for client in clients:
            client.close()
        origin.close()

    def test_an_origin_that_does_not_read_does_not_fill_the_servers_memory(self, own_gatehouse):
        server, origin, count, size = own_gatehouse(), Origin(), 60, 9_000_000
        release = threading.Event()

        def answer(exchange):
            assert release.wait(timeout=60)
            exchange.read_body()
            reply(200)(exchange)

        origin.answer(answer, early=True)
        api = HttpApi(server)
        api.route("$default", api.integrate(origin.url))
        api.stage()
        sent, clients = [], [api.connect(timeout=60) for _ in range(count)]

        def upload(client):
            client.send(wire.request_bytes("POST", "/", api.host, {"Content-Length": str(size)}))
            for _ in range(size // 100_000):
                client.send(b"x" * 100_000)
                sent.append(100_000)

        uploads = [threading.Thread(target=upload, args=(client,)) for client in clients]
        for thread in uploads:
            thread.start()
        still(lambda: len(sent), "the clients' writing")
        assert server.memory_peak() < 200_000_000
        release.set()
        for thread in uploads:
            thread.join()
        assert {client.response().status for client in clients} == {200}
        for client in clients:
            client.close()
        origin.close()


class TestUpstreamConnections:
    def test_requests_of_one_client_share_one(self, proxy, origin):
        with proxy.connect() as client:
            for _ in range(5):
                assert client.exchange("GET", "/", proxy.host).status == 200
        assert origin.connections == 1

    def test_one_that_the_origin_closes_after_its_answer_is_not_used_again(self, proxy, origin):
        origin.answer(raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
        with proxy.connect() as client:
            assert [client.exchange("GET", "/", proxy.host).status for _ in range(3)] == [200, 200, 200]

    def test_one_that_the_origin_closed_while_idle_is_replaced(self, proxy, origin):
        with proxy.connect() as client:
            for _ in range(5):
                assert client.exchange("GET", "/", proxy.host).status == 200
                origin.drop_idle()

    def test_one_whose_answer_had_bytes_too_many_is_not_used_again(self, proxy, origin):
        surplus = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
        answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + surplus] * 3
        origin.answer(lambda exchange: exchange.send(answers.pop()))
        with proxy.connect() as client:
            assert [client.exchange("GET", "/", proxy.host).body for _ in range(3)] == [b"ok"] * 3


class TestOriginsThatFail:
    @pytest.fixture
    def nobody(self):
        """The address of a port on which nobody listens."""
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{reserved.getsockname()[1]}"

    def test_a_refused_connection_is_an_answer_of_the_gateway(self, http_api, nobody):
        api = http_api()
        api.route("$default", api.integrate(nobody))
        answer = api.call()
        assert answer.status in (503, 504)
        assert answer.header("content-type") == "application/json"

    def test_an_unknown_host_is_an_answer_of_the_gateway(self, http_api):
        api = http_api()
        api.route("$default", api.integrate("http://no-such-host.invalid/"))
        assert api.call().status in (503, 504)

    def test_no_answer_in_the_integrations_time_is_an_answer_of_the_gateway(self, http_api, origin):
        release = threading.Event()
        origin.answer(held(release))
        api = http_api()
        api.route("$default", api.integrate(origin.url, TimeoutInMillis=200))
        assert api.call().status in (503, 504)
        release.set()

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"HTTP/1.1 200",
            b"not http at all\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX\x00Y: 1\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000 + b"\r\n\r\n",
        ],
        ids=["nothing", "half a line", "no http", "two lengths", "negative length", "bad name", "endless head"],
    )
    def test_an_answer_that_is_no_http_is_an_error_of_the_gateway(self, proxy, origin, data):
        origin.answer(raw(data))
        answer = proxy.call()
        assert 500 <= answer.status <= 504
        assert "message" in answer.json()

    @pytest.mark.parametrize(
        "data",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        ],
        ids=["content-length", "chunked"],
    )
    def test_a_body_cut_short_is_not_passed_on_as_whole(self, proxy, origin, data):
        origin.answer(raw(data))
        try:
            answer = proxy.call()
        except (wire.Truncated, ConnectionResetError):
            return
        assert answer.status >= 500

    def test_after_a_failure_the_next_request_is_served(self, proxy, origin):
        origin.answer(raw(b""))
        assert proxy.call().status >= 500
        origin.answer(reply(200, PLAIN, "fine"))
        assert proxy.call().body == b"fine"

    def test_a_post_is_not_sent_twice(self, proxy, origin):
        origin.answer(raw(b""))
        proxy.call("POST", body="once")
        assert len(origin.requests) == 1

    def test_a_client_that_leaves_does_not_hurt_the_next(self, proxy, origin):
        release = threading.Event()
        origin.answer(held(release))
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host))
            origin.wait(1)
        release.set()
        origin.answer(reply(200, PLAIN, "fine"))
        assert proxy.call().body == b"fine"


class TestTLS:
    """An origin on https://localhost, whose certificate is signed by itself."""

    @pytest.fixture
    def certificate(self, tmp_path):
        return self.certificate_for(tmp_path, "localhost")

    @staticmethod
    def certificate_for(folder, name):
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
            + ["-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )
        return certificate

    @staticmethod
    def origin_with(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.parent / "key.pem")
        return Origin(tls=context)

    @staticmethod
    def call(server, origin):
        api = HttpApi(server)
        api.route("$default", api.integrate(f"https://localhost:{origin.address[1]}"))
        api.stage()
        return api.call("GET", "/over/tls")

    def test_an_origin_whose_certificate_nobody_vouches_for_gets_no_request(self, gatehouse, certificate):
        origin = self.origin_with(certificate)
        assert self.call(gatehouse, origin).status in (500, 502, 503)
        assert origin.requests == []
        origin.close()

    def test_an_origin_with_a_trusted_certificate_answers(self, own_gatehouse, certificate):
        origin = self.origin_with(certificate)
        server = own_gatehouse(options=["--trusted-certificates", str(certificate)])
        assert (self.call(server, origin).body, origin.only().target) == (b"origin", "/over/tls")
        origin.close()

    def test_an_origin_with_a_trusted_certificate_of_another_name_gets_no_request(self, own_gatehouse, tmp_path):
        certificate = self.certificate_for(tmp_path, "other.example")
        origin = self.origin_with(certificate)
        server = own_gatehouse(options=["--trusted-certificates", str(certificate)])
        assert self.call(server, origin).status in (500, 502, 503)
        assert origin.requests == []
        origin.close()
