"""HTTP_PROXY: what reaches the origin, what comes back, and how bodies stream."""

import re
import threading

import pytest

from harness import wire
from harness.origin import chunked, raw, reply

PLAIN = [("Content-Type", "text/plain")]


class TestTarget:
    # route key, integration path, request target, what the origin sees
    ROWS = [
        ("GET /pets", "/backend", "/pets", "/backend"),
        ("GET /pets", "/backend", "/pets?a=1&b=2", "/backend?a=1&b=2"),
        ("GET /pets", "/backend?fixed=1", "/pets", "/backend?fixed=1"),
        ("GET /pets/{id}", "/backend", "/pets/7", "/backend"),
        ("GET /pets/{id}", "/backend/{id}", "/pets/7", "/backend/7"),
        ("GET /pets/{id}", "/{id}/details?id={id}", "/pets/7", "/7/details?id=7"),
        ("GET /pets/{id}", "/backend/{id}", "/pets/a%20b", "/backend/a%20b"),
        ("GET /{a}/{b}", "/{b}/{a}", "/one/two", "/two/one"),
        ("ANY /{proxy+}", "/{proxy}", "/a/b/c", "/a/b/c"),
        ("ANY /api/{proxy+}", "/v2/{proxy}", "/api/a/b?c=d", "/v2/a/b?c=d"),
        ("$default", "", "/a/b", "/a/b"),
        ("$default", "/base", "/a/b?c=d", "/base/a/b?c=d"),
        ("$default", "", "/", "/"),
    ]

    @pytest.mark.parametrize(("key", "path", "target", "seen"), ROWS, ids=[f"{r[0]} {r[1]} {r[2]}" for r in ROWS])
    def test_it_is_made_of_uri_and_request(self, http_api, origin, key, path, target, seen):
        api = http_api()
        api.route(key, api.integrate(origin.url + path))
        assert api.call("GET", target).status == 200
        assert origin.only().target == seen

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"])
    def test_the_integration_method_any_keeps_the_clients(self, proxy, origin, method):
        proxy.call(method)
        assert origin.only().method == method

    def test_another_integration_method_replaces_it(self, http_api, origin):
        api = http_api()
        api.route("$default", api.integrate(origin.url, "PUT"))
        api.call("POST", body="x")
        assert origin.only().method == "PUT"

    def test_the_origin_is_spoken_to_in_http_1_1(self, proxy, origin):
        proxy.call()
        assert origin.only().version == "HTTP/1.1"


class TestRequestHeaders:
    def test_the_host_is_the_integrations(self, proxy, origin):
        proxy.call()
        assert origin.only().all("host") == [origin.authority]

    def test_forwarded_names_both_ends_and_the_api_host(self, proxy, origin):
        proxy.call()
        assert re.fullmatch(
            rf"by=[0-9.]+;for=127\.0\.0\.1;host={re.escape(proxy.host)};proto=https?", origin.only().header("forwarded")
        )

    @pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"])
    def test_x_forwarded_headers_do_not_reach_the_origin(self, proxy, origin, name):
        proxy.call(headers={name: "198.51.100.7"})
        assert name.lower() not in origin.only().names

    def test_an_incoming_x_forwarded_for_is_in_forwarded(self, proxy, origin):
        proxy.call(headers={"X-Forwarded-For": "198.51.100.7"})
        assert "for=198.51.100.7" in origin.only().header("forwarded")

    def test_via_is_api_gateways(self, proxy, origin):
        proxy.call()
        assert origin.only().header("via") == "HTTP/1.1 AmazonAPIGateway"

    def test_a_trace_id_is_added(self, proxy, origin):
        proxy.call()
        assert re.search("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", origin.only().header("x-amzn-trace-id"))

    def test_a_request_without_a_body_has_content_length_0(self, proxy, origin):
        proxy.call()
        assert origin.only().all("content-length") == ["0"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Accept", "text/html, */*;q=0.1"),
            ("Authorization", "Bearer abc.def"),
            ("Cookie", "a=1; b=2"),
            ("User-Agent", "curl/8.0"),
            ("Accept-Encoding", "gzip, br"),
            ("X-Empty", ""),
            ("X-Odd", "!#$%&'*+-.^_`|~ \"quoted\" \t tab"),
        ],
    )
    def test_end_to_end_headers_pass_unchanged(self, proxy, origin, name, value):
        proxy.call(headers={name: value})
        assert origin.only().all(name) == [value]

    def test_repeated_headers_keep_their_values_in_order(self, proxy, origin):
        proxy.call(headers=[("X-A", "1"), ("X-A", "2")])
        assert ",".join(origin.only().all("x-a")).replace(" ", "") == "1,2"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Keep-Alive", "timeout=5"),
            ("TE", "trailers"),
            ("Upgrade", "h2c"),
            ("Proxy-Connection", "keep-alive"),
            ("X-Named", "by the connection header"),
        ],
    )
    def test_hop_by_hop_headers_end_here(self, proxy, origin, name, value):
        proxy.call(headers=[("Connection", "keep-alive, te, upgrade, x-named"), (name, value)])
        assert name.lower() not in origin.only().names


class TestRequestBody:
    @pytest.mark.parametrize("size", [0, 1, 1024, 1_000_000])
    def test_it_arrives_byte_for_byte(self, proxy, origin, size):
        body = bytes(number * 7 % 256 for number in range(size))
        assert proxy.call("POST", body=body).status == 200
        assert origin.only().body == body

    @pytest.mark.parametrize("sizes", [[1], [1, 2, 3], [70_000, 1, 70_000]])
    def test_a_chunked_one_arrives_byte_for_byte(self, proxy, origin, sizes):
        pieces = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
        body = b"".join(map(wire.chunk, pieces)) + wire.LAST_CHUNK
        assert proxy.call("POST", headers={"Transfer-Encoding": "chunked"}, body=body).status == 200
        assert origin.only().body == b"".join(pieces)

    def test_it_is_framed_in_one_way(self, proxy, origin):
        body = wire.chunk(b"x") + wire.LAST_CHUNK
        proxy.call("POST", headers={"Transfer-Encoding": "chunked"}, body=body)
        names = origin.only().names
        assert names.count("content-length") + names.count("transfer-encoding") == 1

    def test_the_first_bytes_reach_the_origin_before_the_last_are_sent(self, proxy, origin):
        arrived = threading.Event()

        def answer(exchange):
            exchange.first = exchange.some_body()
            arrived.set()
            while b"end" not in exchange.first:
                exchange.first += exchange.reader.take(1)
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        origin.answer(answer, early=True)
        with proxy.connect() as client:
            client.send(wire.request_bytes("POST", "/", proxy.host, {"Content-Length": "100003"}))
            client.send(b"x" * 50_000)
            assert arrived.wait(timeout=20)
            client.send(b"x" * 50_000 + b"end")
            assert client.response().body == b"ok"


class TestResponse:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 404, 418, 500, 502, 599])
    def test_the_status_passes(self, proxy, origin, status):
        origin.answer(reply(status, [("Location", f"{origin.url}/elsewhere")]))
        assert proxy.call().status == status

    def test_a_redirect_is_the_clients_to_follow(self, proxy, origin):
        origin.answer(reply(302, [("Location", f"{origin.url}/elsewhere")]))
        assert proxy.call().header("location") == f"{origin.url}/elsewhere"
        assert len(origin.requests) == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Server", "uvicorn"),
            ("ETag", '"abc"'),
            ("Vary", "Accept-Encoding"),
            ("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("Date", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("Cache-Control", "no-store"),
            ("WWW-Authenticate", 'Basic realm="x"'),
            ("X-Custom", "a, b"),
            ("Access-Control-Allow-Origin", "*"),
        ],
    )
    def test_headers_pass_unchanged(self, proxy, origin, name, value):
        origin.answer(reply(200, [*PLAIN, (name, value)], "x"))
        assert proxy.call().all(name) == [value]

    def test_repeated_headers_stay_lines_of_their_own(self, proxy, origin):
        cookies = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
        origin.answer(reply(200, [("Set-Cookie", cookie) for cookie in cookies]))
        assert proxy.call().all("set-cookie") == cookies

    @pytest.mark.parametrize("name", ["apigw-requestid", "date"])
    def test_the_gateway_adds(self, proxy, name):
        assert len(proxy.call().all(name)) == 1

    def test_there_are_no_remapped_headers(self, proxy, origin):
        origin.answer(reply(200, [("Server", "nginx"), ("Date", "Wed, 21 Oct 2015 07:28:00 GMT")]))
        assert not [name for name in proxy.call().names if "remapped" in name]

    @pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
    def test_the_body_arrives_byte_for_byte(self, proxy, origin, size):
        body = bytes(number * 7 % 256 for number in range(size))
        origin.answer(reply(200, PLAIN, body))
        assert proxy.call().body == body

    @pytest.mark.parametrize("sizes", [[], [1], [1, 2, 3], [70_000, 1, 70_000]])
    def test_a_chunked_body_arrives_byte_for_byte(self, proxy, origin, sizes):
        pieces = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
        origin.answer(chunked(pieces))
        assert proxy.call().body == b"".join(pieces)

    def test_a_body_that_ends_with_the_connection_arrives_whole(self, proxy, origin):
        origin.answer(raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end"))
        assert proxy.call().body == b"until the end"

    def test_an_http_1_0_origin_is_understood(self, proxy, origin):
        origin.answer(raw(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold"))
        assert proxy.call().body == b"old"

    def test_head_keeps_the_length_and_has_no_body(self, proxy, origin):
        origin.answer(reply(200, PLAIN, "12345"))
        with proxy.connect() as client:
            answer = client.exchange("HEAD", "/", proxy.host)
            assert (answer.header("content-length"), answer.body) == ("5", b"")
            assert client.exchange("GET", "/", proxy.host).body == b"12345"

    @pytest.mark.parametrize("status", [204, 304])
    def test_an_answer_without_a_body_leaves_the_connection_usable(self, proxy, origin, status):
        origin.answer(reply(status))
        with proxy.connect() as client:
            assert [client.exchange("GET", "/", proxy.host).status for _ in range(2)] == [status, status]

    def test_interim_answers_of_the_origin_do_not_take_the_place_of_the_final_one(self, proxy, origin):
        origin.answer(raw(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        assert proxy.call().body == b"ok"

    @pytest.mark.parametrize("name", ["Keep-Alive", "Upgrade", "X-Named"])
    def test_the_origins_hop_by_hop_headers_end_here(self, proxy, origin, name):
        origin.answer(reply(200, [("Connection", f"keep-alive, {name}"), (name, "x")], "x"))
        assert proxy.call().header(name) is None

    def test_the_first_bytes_reach_the_client_before_the_last_are_sent(self, proxy, origin):
        seen = threading.Event()

        def pieces():
            yield b"first"
            assert seen.wait(timeout=20)
            yield b"last"

        origin.answer(chunked(pieces(), PLAIN))
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host))
            answer = client.head()
            assert client.some_body(answer) == b"first"
            seen.set()
            assert client.rest(answer) == b"last"
