"""How an unchanged handler reaches the API that called it: `https://{domainName}/{stage}`, built from its event."""

import base64
import contextlib
import json
import os
import shutil
import socket
import ssl
import threading
import urllib.parse
from pathlib import Path

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.functions import NODE, PROVIDED, PYTHON, create_function
from harness.server import REGION
from test_function_user import fenced, place, runtimes  # noqa: F401
from test_functions_provided import bootstrap

DOMAINS = (f"execute-api.{REGION}.amazonaws.com", "execute-api.localhost", "execute-api.localhost.localstack.cloud")

# Asked by its API to `call`, it calls that API as handlers on AWS do, and answers what it was answered. Any other request
# is what such a call arrives as.
PYTHON_HANDLER = """
import json, os, ssl, urllib.request

def over_urllib(base):
    with urllib.request.urlopen(urllib.request.Request(base + '/echo', b'hello', method='POST')) as answer:
        return answer.status, answer.read().decode()

def over_boto(base):
    import boto3
    client = boto3.client('apigatewaymanagementapi', endpoint_url=base)
    return client.post_to_connection(ConnectionId='R1k=', Data=b'hello')['ResponseMetadata']['HTTPStatusCode'], None

def over_requests(base):
    from pip._vendor import requests
    answer = requests.post(base + '/echo', data=b'hello')
    return answer.status_code, answer.text

def strictly(base):
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    request = urllib.request.Request(base + '/echo', b'hello', method='POST')
    with urllib.request.urlopen(request, context=context) as answer:
        return answer.status, answer.read().decode()

def handler(event, context):
    request = event['requestContext']
    if not event['rawPath'].endswith('/call'):
        return {'path': event['rawPath'], 'host': event['headers']['host'], 'body': event.get('body'),
                'signed': event['headers'].get('authorization', '').startswith('AWS4-HMAC-SHA256'),
                'source': request['http']['sourceIp']}
    return globals()[event['body']](f"https://{request['domainName']}/{request['stage']}")
"""

NODE_HANDLER = """
const https = require('node:https');
const agent = new https.Agent({ keepAlive: true, maxSockets: 50 });

function request(options) {
    return new Promise((resolve, reject) => {
        const sent = https.request(options, (answer) => {
            let text = '';
            answer.on('data', (part) => (text += part)).on('end', () => resolve([answer.statusCode, text]));
        });
        sent.on('error', reject).end('hello');
    });
}

const ways = {
    https: (base) => request({ ...urlParts(base), method: 'POST' }),
    agent: async (base) => {
        await request({ ...urlParts(base), method: 'POST', agent });
        return request({ ...urlParts(base), method: 'POST', agent });
    },
    fetch: async (base) => {
        const answer = await fetch(`${base}/echo`, { method: 'POST', body: 'hello' });
        return [answer.status, await answer.text()];
    },
    module: async (base) => (await import('./way.mjs')).connected(base),
};

function urlParts(base) {
    const { hostname, pathname } = new URL(`${base}/echo`);
    return { hostname, path: pathname };
}

exports.handler = async (event) => {
    const { requestContext: request, rawPath, headers } = event;
    if (!rawPath.endsWith('/call')) return { path: rawPath, host: headers.host, body: event.body };
    return ways[event.body](`https://${request.domainName}/${request.stage}`);
};
"""

# A name that was imported before the handler ran, and the oldest form of the call.
NODE_MODULE = """
import { connect } from 'node:tls';
import { once } from 'node:events';

export async function connected(base) {
    const { hostname, pathname } = new URL(base);
    const socket = connect(443, hostname, { servername: hostname });
    await once(socket, 'secureConnect');
    socket.end(`POST ${pathname}/echo HTTP/1.1\\r\\nHost: ${hostname}\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nhello`);
    let text = '';
    for await (const part of socket) text += part;
    const [head, body] = text.split('\\r\\n\\r\\n');
    return [Number(head.split(' ')[1]), body];
}
"""


def calling(server, runtime=PYTHON, files=None, **more):
    """An API whose function calls it when it is asked to."""
    if files is None and runtime == PYTHON:
        files = {"handler.py": PYTHON_HANDLER}
    elif files is None:
        files = {"handler.js": NODE_HANDLER, "way.mjs": NODE_MODULE}
    api = HttpApi(server)
    api.stage("live")
    function = create_function(server.clients, files=files, runtime=runtime, **more)
    api.route("$default", api.integrate_function(function))
    return api


def ask(api, way, domain=DOMAINS[0]):
    """What the call that the function made was answered."""
    host = f"{api.id}.{domain}"
    answer = api.call("POST", "/live/call", body=way, host=host, headers={"content-type": "text/plain"})
    assert answer.status == 200, answer.text
    status, text = answer.json()
    return host, status, json.loads(text) if text else None


@pytest.fixture(scope="module")
def python_api(gatehouse):
    return calling(gatehouse)


@pytest.fixture(scope="module")
def node_api(gatehouse):
    return calling(gatehouse, NODE)


class TestAHandlerReachesItsAPI:
    @pytest.mark.parametrize("domain", DOMAINS)
    @pytest.mark.parametrize("way", ["over_urllib", "over_requests", "strictly"])
    def test_on_python(self, python_api, way, domain):
        host, status, seen = ask(python_api, way, domain)
        assert (status, seen["path"], seen["host"], seen["source"]) == (200, "/live/echo", host, "127.0.0.1")

    def test_on_python_by_the_sdk(self, python_api):
        """PostToConnection goes to whatever serves the name; of an HTTP API that is a route."""
        assert ask(python_api, "over_boto")[1] == 200

    @pytest.mark.parametrize("domain", DOMAINS)
    @pytest.mark.parametrize("way", ["https", "agent", "fetch", "module"])
    def test_on_node(self, node_api, way, domain):
        host, status, seen = ask(node_api, way, domain)
        assert (status, seen["path"], seen["host"]) == (200, "/live/echo", host)

    def test_with_a_runtime_of_its_own(self, gatehouse):
        if not shutil.which("curl"):
            pytest.skip("no curl")
        code = """
    url=$(printf %s "$event" | sed -n 's/.*"url": *"\\([^"]*\\)".*/\\1/p')
    answer=$(curl -sS "$url" 2>&1)
    curl -sS -X POST -o /dev/null --data-binary "$answer" "$base/invocation/$id/response"
"""
        api = calling(gatehouse)
        function = create_function(gatehouse.clients, files=bootstrap(code), runtime=PROVIDED)
        assert function.invoke({"url": f"https://{api.host}/live/echo"}).json()["path"] == "/live/echo"

    def test_as_a_user_of_its_own(self, fenced):  # noqa: F811
        if os.geteuid() != 0:
            pytest.skip("only root runs functions as another user")
        assert ask(calling(fenced.start()), "over_urllib")[1] == 200


ENVIRONMENT = "import os\ndef handler(event, context):\n    return dict(os.environ)"


def environment(server, source=ENVIRONMENT, runtime=PYTHON, **variables):
    function = create_function(
        server.clients, source, runtime=runtime, handler="handler.handler", Environment={"Variables": variables}
    )
    seen = function.invoke().json()
    function.delete()
    return seen


class TestVariables:
    def test_a_proxy_and_whom_to_trust(self, gatehouse):
        seen = environment(gatehouse)
        proxy = urllib.parse.urlsplit(seen["HTTPS_PROXY"])
        assert (proxy.scheme, proxy.hostname, proxy.username) == ("http", "127.0.0.1", "gatehouse")
        assert seen["https_proxy"] == seen["HTTPS_PROXY"]
        assert "HTTP_PROXY" not in seen and "http_proxy" not in seen
        assert seen["NO_PROXY"] == seen["no_proxy"] == "127.0.0.1,::1"
        bundle = seen["AWS_CA_BUNDLE"]
        assert seen["REQUESTS_CA_BUNDLE"] == seen["SSL_CERT_FILE"] == bundle
        trusted = ssl.create_default_context(cafile=bundle).get_ca_certs()
        assert len(trusted) > 50

    def test_nothing_on_node(self, gatehouse):
        seen = environment(gatehouse, "exports.handler = async () => process.env", NODE)
        assert not {name.upper() for name in seen} & {"HTTPS_PROXY", "NO_PROXY", "GATEHOUSE_OWN_HTTPS"}

    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    def test_a_proxy_of_its_own_wins(self, gatehouse, name):
        seen = environment(gatehouse, **{name: "http://proxy.example:3128"})
        assert seen[name] == "http://proxy.example:3128"
        assert not seen.keys() & {"HTTPS_PROXY", "https_proxy", "NO_PROXY", "AWS_CA_BUNDLE"} - {name}

    def test_certificates_of_its_own_win(self, gatehouse):
        seen = environment(gatehouse, AWS_CA_BUNDLE="/mine.pem", CURL_CA_BUNDLE="/other.pem", NO_PROXY="a.example")
        assert (seen["AWS_CA_BUNDLE"], seen["NO_PROXY"]) == ("/mine.pem", "a.example")
        assert "REQUESTS_CA_BUNDLE" not in seen and "no_proxy" not in seen
        assert seen["SSL_CERT_FILE"].endswith("/authorities.pem")


@pytest.fixture(scope="module")
def proxy(gatehouse):
    return urllib.parse.urlsplit(environment(gatehouse)["HTTPS_PROXY"])


def proxied(proxy, target, authorization=None, method="CONNECT", headers=()):
    """Asks the proxy for a tunnel: its answer, and the connection."""
    if authorization is None:
        authorization = f"Basic {base64.b64encode(f'{proxy.username}:{proxy.password}'.encode()).decode()}"
    lines = [("Proxy-Authorization", authorization)] if authorization else []
    connection = socket.create_connection((proxy.hostname, proxy.port), timeout=20)
    connection.sendall(wire.request_bytes(method, target, "any", [*lines, *headers]))
    head = b""
    while b"\r\n\r\n" not in head and (part := connection.recv(1)):
        head += part
    return int(head.split(b" ")[1]) if head else None, connection


@pytest.fixture
def echoing():
    """A server that answers with all it was sent, when the client has sent all."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                received = b""
                while part := connection.recv(65536):
                    received += part
                connection.sendall(received)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


class TestTheProxy:
    @pytest.mark.parametrize(
        ("authorization", "method", "headers", "status"),
        [
            ("", "CONNECT", {}, 407),
            ("Basic Z2F0ZWhvdXNlOg==", "CONNECT", {}, 407),
            ("Bearer x", "CONNECT", {}, 407),
            (None, "CONNECT", {"Origin": "https://page.example"}, 403),
            (None, "CONNECT", {"Content-Length": "5"}, 400),
            (None, "CONNECT", {"Transfer-Encoding": "chunked"}, 400),
        ],
    )
    def test_it_is_for_functions_alone(self, proxy, authorization, method, headers, status):
        answer, connection = proxied(proxy, "127.0.0.1:1", authorization, method, list(headers.items()))
        connection.close()
        assert answer == status

    def test_it_answers_no_requests(self, proxy):
        for target in ("/", "http://127.0.0.1:1/"):
            answer, connection = proxied(proxy, target, method="GET")
            connection.close()
            assert answer == 405

    @pytest.mark.parametrize("target", ["example.com", "example.com:", "example.com:0", "example.com:65536", "[::1]"])
    def test_it_wants_a_host_and_a_port(self, proxy, target):
        answer, connection = proxied(proxy, target)
        connection.close()
        assert answer == 400

    def test_it_carries_bytes_as_they_are(self, proxy, echoing):
        status, connection = proxied(proxy, f"127.0.0.1:{echoing}")
        assert status == 200
        sent = os.urandom(3_000_000)
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
        connection.close()
        assert received == sent

    def test_it_reaches_names(self, proxy, echoing):
        status, connection = proxied(proxy, f"localhost:{echoing}")
        assert status == 200
        connection.close()

    def test_what_cannot_be_reached_is_502(self, proxy):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        for target in (f"127.0.0.1:{port}", "nobody.invalid:443"):
            status, connection = proxied(proxy, target)
            connection.close()
            assert status == 502

    def test_an_api_that_is_not_here_is_not_answered_for(self, gatehouse, proxy):
        """Whoever serves the name at AWS does, if it can be reached."""
        bundle = environment(gatehouse)["AWS_CA_BUNDLE"]
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with open(bundle) as file:
            end = "-----END CERTIFICATE-----\n"
            own.load_verify_locations(cadata=file.read().split(end)[0] + end)

        def verified(name):
            status, connection = proxied(proxy, f"{name}:443")
            with connection:
                if status != 200:
                    return False
                try:
                    own.wrap_socket(connection, server_hostname=name).close()
                    return True
                except ssl.SSLError:
                    return False

        api = HttpApi(gatehouse)
        assert verified(api.host)
        api.delete()
        assert not verified(api.host)
        assert not verified("zzzzzzzzzz.execute-api.eu-north-1.amazonaws.com")

    def test_a_stop_does_not_wait_for_tunnels(self, own_gatehouse, echoing):
        server = own_gatehouse()
        proxy = urllib.parse.urlsplit(environment(server)["HTTPS_PROXY"])
        _, connection = proxied(proxy, f"127.0.0.1:{echoing}")
        server.terminate()
        assert server.ended(within=10) == 0
        connection.close()


@pytest.fixture(scope="module")
def port(gatehouse, node_api):
    """Where Node.js' connections to names of APIs really lead."""
    source = f"""
const tls = require('node:tls');
exports.handler = () => new Promise((resolve, reject) => {{
    const socket = tls.connect(443, '{node_api.host}', {{ servername: '{node_api.host}' }}, () => {{
        resolve(socket.remotePort);
        socket.destroy();
    }}).on('error', reject);
}});
"""
    return create_function(gatehouse.clients, source, runtime=NODE).invoke().json()


class TestTheListenerForNode:
    @staticmethod
    def context(gatehouse):
        return ssl.create_default_context(cafile=environment(gatehouse)["AWS_CA_BUNDLE"])

    def test_it_speaks_for_apis_that_are_here(self, gatehouse, node_api, port):
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        with self.context(gatehouse).wrap_socket(connection, server_hostname=node_api.host) as encrypted:
            encrypted.sendall(wire.request_bytes("GET", "/live/echo", node_api.host, {"Connection": "close"}))
            answer = b"".join(iter(lambda: encrypted.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")

    @pytest.mark.parametrize("name", ["example.com", "localhost", "execute-api.localhost", None])
    def test_it_speaks_for_no_others(self, port, name):
        anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        with connection, pytest.raises((ssl.SSLError, ConnectionError)):
            anything.wrap_socket(connection, server_hostname=name)

    @pytest.mark.parametrize(
        "sent",
        [
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\x16\x03\x01\xff\xff" + b"x" * 100_000,
            b"\x16\x03\x01\x00\x05hello",
        ],
    )
    def test_what_is_no_greeting_is_not_answered(self, port, sent):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            try:
                connection.sendall(sent)
                assert connection.recv(100) == b""
            except ConnectionError:
                pass


def test_nothing_of_the_authority_is_kept(own_gatehouse, tmp_path):
    """Its key ends before the first call; the certificate lies where environments have their temporary files."""
    data = tmp_path / "data"
    bundle = environment(own_gatehouse(data=data))["AWS_CA_BUNDLE"]
    assert not bundle.startswith(str(tmp_path))
    with open(bundle) as file:
        first = file.read().split("-----END CERTIFICATE-----")[0]
    assert "PRIVATE KEY" not in first
    body = "".join(first.splitlines()[1:])
    # Folders of environments that have ended go meanwhile, which `os.walk` passes over.
    for folder, _, names in os.walk(data):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                assert body[:40].encode() not in Path(folder, name).read_bytes()
