"""HTTP/1.1 on the wire, after RFC 9112: what is malformed gets 400 and a closed connection, what is whole is served."""

import pytest

from harness import wire

# A second request, hidden behind the first by whoever reads its framing differently.
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: %b\r\n\r\n"

FRAMING = {
    "both transfer-encoding and content-length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "both, the other way round": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths that differ": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "two lengths that agree": b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
    "a list of lengths that differ": b"Content-Length: 5, 6\r\n\r\nabcdef",
    "a list of lengths that agree": b"Content-Length: 5, 5\r\n\r\nabcde",
    "a length with a plus": b"Content-Length: +5\r\n\r\nabcde",
    "a negative length": b"Content-Length: -5\r\n\r\nabcde",
    "a hexadecimal length": b"Content-Length: 0x5\r\n\r\nabcde",
    "a length with a space inside": b"Content-Length: 5 5\r\n\r\nabcde",
    "a length with a fraction": b"Content-Length: 5.0\r\n\r\nabcde",
    "an empty length": b"Content-Length: \r\n\r\n",
    "a length in other digits": "Content-Length: \u0665\r\n\r\nabcde".encode(),
    "a length beyond any number": b"Content-Length: 99999999999999999999999999\r\n\r\nabcde",
    "an unknown transfer coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked that is not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "two transfer-encoding lines": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunked in quotes": b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "chunked after a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a length with a space before the colon": b"Content-Length : 5\r\n\r\nabcde",
    "a folded transfer-encoding": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
}

HEADERS = {
    "a folded line": b"X-A: one\r\n two\r\n",
    "a folded first line": b" X-A: one\r\n",
    "a bare line feed between lines": b"X-A: one\nX-B: two\r\n",
    "a bare carriage return in a value": b"X-A: one\rX-B: two\r\n",
    "a null in a value": b"X-A: one\x00two\r\n",
    "a null in a name": b"X\x00A: one\r\n",
    "a space in a name": b"X A: one\r\n",
    "a tab after a name": b"X-A\t: one\r\n",
    "a parenthesis in a name": b"X(A): one\r\n",
    "a slash in a name": b"X/A: one\r\n",
    "a letter beyond ascii in a name": "X-\u00c4: one\r\n".encode(),
    "no name": b": one\r\n",
    "no colon": b"X-A one\r\n",
}

REQUEST_LINES = {
    "no version": b"GET /\r\n",
    "no target": b"GET HTTP/1.1\r\n",
    "two spaces before the target": b"GET  / HTTP/1.1\r\n",
    "two spaces before the version": b"GET /  HTTP/1.1\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\n",
    "a tab for a space": b"GET\t/\tHTTP/1.1\r\n",
    "a space at the end": b"GET / HTTP/1.1 \r\n",
    "a bare line feed at the end": b"GET / HTTP/1.1\n",
    "a space at the start": b" GET / HTTP/1.1\r\n",
    "a null in the target": b"GET /\x00 HTTP/1.1\r\n",
    "a control character in the target": b"GET /\x01 HTTP/1.1\r\n",
    "a delete in the target": b"GET /\x7f HTTP/1.1\r\n",
    "a target that starts with no slash": b"GET pets HTTP/1.1\r\n",
    "a fragment in the target": b"GET /a#b HTTP/1.1\r\n",
    "a method with a separator": b"GE(T / HTTP/1.1\r\n",
    "a lower-case protocol": b"GET / http/1.1\r\n",
    "a version without a minor number": b"GET / HTTP/1\r\n",
    "a version with two digits": b"GET / HTTP/1.10\r\n",
    "letters after the version": b"GET / HTTP/1.1x\r\n",
    "another protocol": b"GET / ICAP/1.1\r\n",
    "nothing but garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
}

HOSTS = {
    "no host": b"",
    "two hosts that differ": b"Host: %b\r\nHost: other.example\r\n",
    "two hosts that agree": b"Host: %b\r\nHost: %b\r\n",
    "a host with a space": b"Host: a b\r\n",
    "a host with a slash": b"Host: %b/path\r\n",
    "a host with user information": b"Host: user@%b\r\n",
    "a host with a port that is no number": b"Host: %b:http\r\n",
    "a host with two ports": b"Host: %b:80:80\r\n",
    "a host with a question mark": b"Host: %b?x\r\n",
}

CHUNKS = {
    "a size that is no number": b"zz\r\nabc\r\n0\r\n\r\n",
    "an empty size": b"\r\nabc\r\n0\r\n\r\n",
    "a size with a prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
    "a negative size": b"-3\r\nabc\r\n0\r\n\r\n",
    "a size with a plus": b"+3\r\nabc\r\n0\r\n\r\n",
    "a size beyond any number": b"ffffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "a space before the size": b" 3\r\nabc\r\n0\r\n\r\n",
    "a bare line feed after the size": b"3\nabc\r\n0\r\n\r\n",
    "a bare carriage return after the size": b"3\rabc\r\n0\r\n\r\n",
    "a bare line feed in an extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
    "more data than its size": b"3\r\nabcd\r\n0\r\n\r\n",
    "no line end after the data": b"3\r\nabc0\r\n\r\n",
    "a bare line feed after the data": b"3\r\nabc\n0\r\n\r\n",
    "a malformed trailer": b"3\r\nabc\r\n0\r\nbad trailer\r\n\r\n",
}


def rows(table):
    return pytest.mark.parametrize("data", list(table.values()), ids=list(table))


@pytest.fixture
def host(proxy):
    return proxy.host.encode()


@pytest.fixture
def refused(proxy, origin):
    """Sends bytes and checks that the one answer is the refusal, that the connection ends, and nothing is forwarded."""

    def check(data, statuses=(400,)):
        with proxy.connect() as client:
            client.send_while_open(data)
            answer = client.response()
            assert answer.status in statuses
            assert client.is_closed()
        hidden = [request.target for request in origin.requests if request.target == "/hidden"]
        assert not hidden
        return answer

    return check


class TestMalformedHeads:
    @rows(FRAMING)
    def test_framing(self, refused, origin, host, data):
        refused(b"POST / HTTP/1.1\r\nHost: " + host + b"\r\n" + data + HIDDEN % host, (400, 413, 501))
        assert origin.requests == []

    @rows(HEADERS)
    def test_header(self, refused, origin, host, data):
        refused(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n" + data + b"\r\n" + HIDDEN % host)
        assert origin.requests == []

    @rows(HEADERS)
    def test_header_before_the_host(self, refused, origin, host, data):
        refused(b"GET / HTTP/1.1\r\n" + data + b"Host: " + host + b"\r\n\r\n" + HIDDEN % host)
        assert origin.requests == []

    @rows(REQUEST_LINES)
    def test_request_line(self, refused, origin, host, data):
        refused(data + b"Host: " + host + b"\r\n\r\n" + HIDDEN % host)
        assert origin.requests == []

    @pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/0.9", b"HTTP/3.0"])
    def test_version_of_another_age(self, refused, host, version):
        refused(b"GET / " + version + b"\r\nHost: " + host + b"\r\n\r\n", (400, 505))

    @rows(HOSTS)
    def test_host(self, refused, origin, host, data):
        refused(b"GET / HTTP/1.1\r\n" + data.replace(b"%b", host) + b"\r\n" + HIDDEN % host)
        assert origin.requests == []

    @rows(FRAMING)
    def test_framing_on_the_management_listener(self, gatehouse, data):
        with wire.Connection(gatehouse.management) as client:
            client.send_while_open(b"POST /v2/apis HTTP/1.1\r\nHost: localhost\r\n" + data + HIDDEN % b"localhost")
            assert client.response().status in (400, 413, 501)
            assert client.is_closed()


class TestMalformedChunks:
    @rows(CHUNKS)
    def test_chunk(self, refused, host, data):
        refused(
            b"POST / HTTP/1.1\r\nHost: " + host + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + data + HIDDEN % host,
            (400, 413, 502, 503),
        )

    @rows(CHUNKS)
    def test_chunk_before_a_function(self, echo_api, data):
        head = f"POST / HTTP/1.1\r\nHost: {echo_api.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        with echo_api.connect() as client:
            client.send_while_open(head + data + HIDDEN % echo_api.host.encode())
            assert client.response().status in (400, 413)
            assert client.is_closed()

    @pytest.fixture
    def echo_api(self, http_api, function):
        api = http_api()
        api.route("$default", api.integrate_function(function("def handler(event, context): return event")))
        return api


class TestTolerance:
    """What RFC 9112 lets a server accept, or asks it to."""

    def test_an_empty_line_before_the_request_line(self, proxy):
        with proxy.connect() as client:
            client.send(b"\r\n" + wire.request_bytes("GET", "/", proxy.host))
            assert client.response().status == 200

    def test_a_value_beyond_ascii(self, proxy, origin):
        with proxy.connect() as client:
            client.send(wire.request_bytes("GET", "/", proxy.host, {"X-A": "caf\u00e9"}))
            assert client.response().status == 200
        assert origin.only().header("x-a") == "caf\u00e9"

    @pytest.mark.parametrize("value", ["value", "  value", "value  ", "\tvalue\t"])
    def test_white_space_around_a_value_is_accepted(self, proxy, origin, value):
        with proxy.connect() as client:
            client.send(b"GET / HTTP/1.1\r\nHost:" + proxy.host.encode() + b"\r\nX-A:" + value.encode() + b"\r\n\r\n")
            assert client.response().status == 200
        assert origin.only().header("x-a") == "value"

    def test_a_target_in_absolute_form(self, proxy, origin):
        assert proxy.call("GET", f"http://{proxy.host}/pets?a=b").status == 200
        assert origin.only().target == "/pets?a=b"

    def test_a_request_that_comes_byte_by_byte(self, proxy, origin):
        with proxy.connect() as client:
            for byte in wire.request_bytes("POST", "/slow", proxy.host, {"X-A": "b"}, "body"):
                client.send(bytes([byte]))
            assert client.response().status == 200
        assert origin.only().body == b"body"

    def test_chunks_that_come_byte_by_byte(self, proxy, origin):
        body = wire.chunk(b"one") + wire.chunk(b"two") + wire.LAST_CHUNK
        with proxy.connect() as client:
            for byte in wire.request_bytes("POST", "/", proxy.host, {"Transfer-Encoding": "chunked"}, body):
                client.send(bytes([byte]))
            assert client.response().status == 200
        assert origin.only().body == b"onetwo"

    @pytest.mark.parametrize(
        "body",
        [
            b"3;name=value\r\nabc\r\n0\r\n\r\n",
            b'3;name="quoted"\r\nabc\r\n0;last\r\n\r\n',
            b"0003\r\nabc\r\n000\r\n\r\n",
            b"3\r\nabc\r\n0\r\nX-Trailer: value\r\n\r\n",
            b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        ],
        ids=["an extension", "a quoted extension", "leading zeros", "a trailer", "two chunks"],
    )
    def test_a_chunked_body(self, proxy, origin, body):
        assert proxy.call("POST", headers={"Transfer-Encoding": "chunked"}, body=body).status == 200
        assert origin.only().body == b"abc"

    @pytest.mark.parametrize("value", ["chunked", "Chunked", "CHUNKED"])
    def test_a_transfer_coding_of_any_case(self, proxy, origin, value):
        assert proxy.call("POST", headers={"Transfer-Encoding": value}, body=b"3\r\nabc\r\n0\r\n\r\n").status == 200
        assert origin.only().body == b"abc"
