"""JWT authorizers of HTTP APIs: who is let in, what functions are told, and what issuers may do."""

import json
import time

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.echo import SOURCE
from harness.issuer import AUDIENCE, Issuer
from harness.origin import chunked, raw, reply
from harness.pools import bearer
from harness.server import run

FORBIDDEN = b'{"message":"Forbidden"}'
UNAUTHORIZED = b'{"message":"Unauthorized"}'


@pytest.fixture
def issuer(tmp_path):
    issuer = Issuer(tmp_path)
    yield issuer
    issuer.close()


def authorizer(api, url, **changes):
    return api.client.create_authorizer(
        **{
            "ApiId": api.id,
            "AuthorizerType": "JWT",
            "Name": "jwt",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Audience": [AUDIENCE], "Issuer": url},
        }
        | changes
    )


@pytest.fixture
def guarded(http_api, issuer, origin):
    """An API with `GET /pets` behind the issuer, to an origin; without an issuer's name its own is taken."""

    def make(url=None, scopes=(), **changes):
        api = http_api()
        made = authorizer(api, url or issuer.url, **changes)
        api.route(
            "GET /pets", api.integrate(origin.url), AuthorizationType="JWT", AuthorizerId=made["AuthorizerId"],
            AuthorizationScopes=list(scopes),
        )
        return api

    return make


def drip():
    """A key set that never ends, a byte at a time."""
    while True:
        time.sleep(0.1)
        yield b" "


def test_an_authorizer_reads_back_as_it_was_made(http_api, issuer):
    api = http_api()
    made = authorizer(api, issuer.url)
    made.pop("ResponseMetadata")
    assert made == {
        "AuthorizerId": made["AuthorizerId"],
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Audience": [AUDIENCE], "Issuer": issuer.url},
        "Name": "jwt",
    }
    found = api.client.get_authorizer(ApiId=api.id, AuthorizerId=made["AuthorizerId"])
    assert found["JwtConfiguration"] == made["JwtConfiguration"]
    assert [item["Name"] for item in api.client.get_authorizers(ApiId=api.id)["Items"]] == ["jwt"]
    changed = api.client.update_authorizer(
        ApiId=api.id, AuthorizerId=made["AuthorizerId"], Name="other", JwtConfiguration={"Audience": ["a", "b"]}
    )
    assert (changed["Name"], changed["JwtConfiguration"]) == ("other", {"Audience": ["a", "b"], "Issuer": issuer.url})
    api.client.delete_authorizer(ApiId=api.id, AuthorizerId=made["AuthorizerId"])
    assert api.client.get_authorizers(ApiId=api.id)["Items"] == []


def test_who_has_a_token_of_the_issuer_is_let_in(guarded, issuer):
    api = guarded()
    refused = api.call(target="/pets")
    assert (refused.status, refused.body, refused.header("www-authenticate")) == (401, UNAUTHORIZED, "Bearer")
    assert api.call(target="/pets", headers=bearer(issuer.token())).status == 200
    # The issuer is asked when the authorizer is made, and once for its keys.
    assert issuer.asked == ["/.well-known/openid-configuration"] * 2 + ["/keys"]


@pytest.mark.parametrize(
    ("options", "description"),
    [
        (["--expires=-5m"], "the token has expired"),
        (["--claim", "nbf=4000000000"], "the token is not valid yet"),
        (["--claim", "iss=https://issuer.example"], "the token does not have a valid issuer"),
        (["--claim", "aud=other"], "the token does not have a valid audience"),
    ],
)
def test_a_token_that_is_not_good_is_told_why(guarded, issuer, options, description):
    answer = guarded().call(target="/pets", headers=bearer(issuer.token(*options)))
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert answer.header("www-authenticate") == (
        f'Bearer scope="" error="invalid_token" error_description="{description}"'
    )


def test_a_route_may_ask_for_scopes(guarded, issuer):
    api = guarded(scopes=["read", "write"])
    assert api.call(target="/pets", headers=bearer(issuer.token("--scope", "write"))).status == 200
    answer = api.call(target="/pets", headers=bearer(issuer.token("--scope", "admin")))
    assert (answer.status, answer.body) == (403, FORBIDDEN)
    assert answer.header("www-authenticate").startswith('Bearer scope="read write" error="insufficient_scope"')


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_function_is_told_the_claims(http_api, issuer, function, version):
    api = http_api()
    made = authorizer(api, issuer.url)
    integration = api.integrate_function(function(SOURCE), version)
    api.route(
        "GET /pets", integration, AuthorizationType="JWT", AuthorizerId=made["AuthorizerId"],
        AuthorizationScopes=["read"],
    )
    token = issuer.token("--scope", "read", "--scope", "more", "--claim", 'groups=["a","b"]', "--claim", "level=3")
    answer = api.call(target="/pets", headers=bearer(token))
    assert answer.status == 200
    told = answer.json()["event"]["requestContext"]["authorizer"]
    told = told["jwt"] if version == "2.0" else told
    assert told["scopes"] == ["read", "more"]
    claims = told["claims"]
    assert (claims["iss"], claims["sub"], claims["groups"], claims["level"]) == (issuer.url, "user", "[a b]", "3")


def test_new_keys_are_found_and_unknown_ones_do_not_flood_the_issuer(guarded, issuer):
    api = guarded()
    assert api.call(target="/pets", headers=bearer(issuer.token())).status == 200
    other = issuer.new_key("two")
    for _ in range(5):
        assert api.call(target="/pets", headers=bearer(issuer.token(key=other))).status == 401
    assert issuer.asked.count("/keys") == 1


def test_many_who_wait_for_keys_make_one_fetch(guarded, issuer):
    api = guarded()
    token = issuer.token()
    connections = [api.connect() for _ in range(20)]
    for connection in connections:
        connection.send(wire.request_bytes("GET", "/pets", api.host, bearer(token)))
    assert {connection.response().status for connection in connections} == {200}
    assert issuer.asked.count("/keys") == 1


def test_an_issuer_that_cannot_be_reached_lets_nobody_in(guarded, issuer, gatehouse):
    issuer.close()
    api = guarded()
    gatehouse.says(f"the issuer {issuer.url} cannot be reached, and until it can its authorizers let nobody in")
    answer = api.call(target="/pets", headers=bearer(issuer.token()))
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert "OIDC discovery endpoint communication error" in answer.header("www-authenticate")


@pytest.mark.parametrize(
    "document", [{}, {"issuer": "https://other.example"}, {"issuer": None, "jwks_uri": "ftp://127.0.0.1/"}, None]
)
def test_an_issuer_without_a_document_of_its_own_is_refused(http_api, issuer, document):
    issuer.document = document
    api = http_api()
    with pytest.raises(api.client.exceptions.BadRequestException) as refused:
        authorizer(api, issuer.url)
    assert "Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'" in str(refused.value)
    assert api.client.get_authorizers(ApiId=api.id)["Items"] == []


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (reply(200, (), '{"keys":[]}' + " " * 149_990), "is larger than 150000 bytes"),
        (reply(200, [("Content-Encoding", "gzip")], b"\x1f\x8b"), "answers in a coding that was not asked for"),
        (reply(302, [("Location", "http://127.0.0.1:1/")], ""), "answers 302"),
        (reply(200, (), "[]"), "is no key set"),
        (reply(200, (), '{"keys":[' + "[" * 100_000), "is no key set"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "closed the connection before its end|cannot be read"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000), "cannot be read"),
        (raw(b"", close=False), "took longer than 1,500 ms"),
        (chunked(drip()), "took longer than 1,500 ms"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_keys_of_another_form_let_nobody_in(own_gatehouse, issuer, keys, words):
    """Nor do they take longer, or more memory, than AWS gives an issuer; what is wrong is the operator's to know."""
    discovery = issuer.answer
    issuer.origin.answer(lambda exchange: (keys if exchange.request.target == "/keys" else discovery)(exchange))
    server = own_gatehouse(options=["--explain"])
    api = HttpApi(server)
    made = authorizer(api, issuer.url)["AuthorizerId"]
    api.route("GET /", api.integrate("http://127.0.0.1:9"), AuthorizationType="JWT", AuthorizerId=made)
    api.stage()
    answer = api.call(headers=bearer(issuer.token()))
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    server.says(f"has no keys to check the token with: {issuer.url}/keys .*({words})")
    assert "keys" not in answer.header("www-authenticate")


@pytest.mark.parametrize(
    "address", ["https://10.0.0.1/keys", "https://169.254.169.254/keys", "https://[::ffff:192.168.0.1]/keys", "https://127.0.0.1/k"]
)
def test_keys_in_a_private_network_are_not_asked_for(own_gatehouse, issuer, address):
    issuer.document["jwks_uri"] = address
    server = own_gatehouse(options=["--explain"])
    api = HttpApi(server)
    made = authorizer(api, issuer.url)["AuthorizerId"]
    api.route("GET /", api.integrate("http://127.0.0.1:9"), AuthorizationType="JWT", AuthorizerId=made)
    api.stage()
    assert api.call(headers=bearer(issuer.token())).status == 401
    server.says("has no keys to check the token with: .*" + ("cannot be reached" if "127" in address else "--issuer-allow"))


def test_redirects_are_not_followed(http_api, issuer):
    elsewhere = issuer.url + "/keys"
    issuer.origin.answer(reply(302, [("Location", elsewhere)], ""))
    api = http_api()
    with pytest.raises(api.client.exceptions.BadRequestException):
        authorizer(api, issuer.url)
    assert elsewhere not in issuer.asked


@pytest.mark.parametrize(
    "changes",
    [
        {"JwtConfiguration": {"Audience": [AUDIENCE], "Issuer": "http://issuer.example"}},
        {"JwtConfiguration": {"Audience": [AUDIENCE], "Issuer": "https://user@issuer.example"}},
        {"JwtConfiguration": {"Audience": [AUDIENCE], "Issuer": "issuer"}},
        {"JwtConfiguration": {"Audience": [], "Issuer": "https://issuer.example"}},
        {"JwtConfiguration": {"Issuer": "https://issuer.example"}},
        {"IdentitySource": []},
        {"IdentitySource": ["$request.body.token"]},
        {"IdentitySource": ["$request.header.A", "$request.header.B"]},
        {"Name": ""},
        {"AuthorizerType": "OTHER"},
        {"AuthorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/x"},
    ],
)
def test_what_is_no_authorizer_is_refused(http_api, issuer, changes):
    api = http_api()
    with pytest.raises(api.client.exceptions.BadRequestException):
        authorizer(api, issuer.url, **changes)


def test_routes_and_authorizers_hold_together(http_api, issuer, origin):
    api = http_api()
    made = authorizer(api, issuer.url)["AuthorizerId"]
    route = api.route("GET /", api.integrate(origin.url), AuthorizationType="JWT", AuthorizerId=made)
    with pytest.raises(api.client.exceptions.ConflictException):
        api.client.delete_authorizer(ApiId=api.id, AuthorizerId=made)
    with pytest.raises(api.client.exceptions.BadRequestException):
        api.client.update_route(ApiId=api.id, RouteId=route, AuthorizerId="nothing")
    assert api.call().status == 401
    api.client.update_route(ApiId=api.id, RouteId=route, AuthorizationType="NONE")
    assert api.call().status == 200
    api.client.delete_authorizer(ApiId=api.id, AuthorizerId=made)


def test_a_changed_authorizer_holds_at_once(guarded, issuer):
    api = guarded()
    token = issuer.token()
    assert api.call(target="/pets", headers=bearer(token)).status == 200
    (made,) = api.client.get_authorizers(ApiId=api.id)["Items"]
    api.client.update_authorizer(
        ApiId=api.id, AuthorizerId=made["AuthorizerId"], JwtConfiguration={"Audience": ["other"]}
    )
    assert api.call(target="/pets", headers=bearer(token)).status == 401


def test_a_document_with_an_authorizer_makes_a_guarded_route_and_comes_out_again(gatehouse, clients, issuer, origin):
    document = {
        "openapi": "3.0.1",
        "info": {"title": "guarded", "version": "1"},
        "security": [{"jwt": ["read"]}],
        "paths": {
            "/pets": {"get": {"x-amazon-apigateway-integration": proxy(origin)}},
            "/open": {"get": {"security": [], "x-amazon-apigateway-integration": proxy(origin)}},
        },
        "components": {
            "securitySchemes": {
                "jwt": {
                    "type": "openIdConnect",
                    "openIdConnectUrl": issuer.url + "/.well-known/openid-configuration",
                    "x-amazon-apigateway-authorizer": {
                        "type": "jwt",
                        "jwtConfiguration": {"audience": [AUDIENCE]},
                        "identitySource": "$request.header.Authorization",
                    },
                }
            }
        },
    }
    made = clients.apis.import_api(Body=json.dumps(document))["ApiId"]
    clients.apis.create_stage(ApiId=made, StageName="$default", AutoDeploy=True)
    host = f"{made}.execute-api.us-east-1.amazonaws.com"

    def call(path, headers=()):
        return wire.fetch(gatehouse.traffic, "GET", path, host, headers).status

    assert call("/open") == 200
    assert call("/pets") == 401
    assert call("/pets", bearer(issuer.token("--scope", "read"))) == 200
    assert call("/pets", bearer(issuer.token())) == 403
    exported = json.loads(
        clients.apis.export_api(ApiId=made, Specification="OAS30", OutputType="JSON")["body"].read()
    )
    assert exported["paths"]["/pets"]["get"]["security"] == [{"jwt": ["read"]}]
    scheme = exported["components"]["securitySchemes"]["jwt"]["x-amazon-apigateway-authorizer"]
    assert scheme["jwtConfiguration"] == {"audience": [AUDIENCE], "issuer": issuer.url}
    clients.apis.reimport_api(ApiId=made, Body=json.dumps(exported))
    assert call("/pets") == 401
    clients.apis.delete_api(ApiId=made)


def proxy(origin):
    return {"type": "http_proxy", "httpMethod": "GET", "uri": origin.url, "payloadFormatVersion": "1.0"}


def test_keys_may_come_from_a_file_and_guards_outlive_a_restart(own_gatehouse, issuer, origin, tmp_path):
    name = "https://issuer.example/"
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.jwks()))
    options = ["--issuer", f"{name}={tmp_path / 'jwks.json'}"]
    issuer.url = name
    server = own_gatehouse(data=tmp_path / "data", options=options)
    api = server.clients.apis.create_api(Name="offline", ProtocolType="HTTP")["ApiId"]
    of = {"ApiId": api}
    made = server.clients.apis.create_authorizer(
        **of, AuthorizerType="JWT", Name="jwt", IdentitySource=["$request.querystring.t"],
        JwtConfiguration={"Audience": [AUDIENCE], "Issuer": name},
    )["AuthorizerId"]
    integration = server.clients.apis.create_integration(
        **of, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=origin.url,
        PayloadFormatVersion="1.0",
    )["IntegrationId"]
    server.clients.apis.create_route(
        **of, RouteKey="GET /", Target=f"integrations/{integration}", AuthorizationType="JWT", AuthorizerId=made
    )
    server.clients.apis.create_stage(**of, StageName="$default", AutoDeploy=True)
    host = f"{api}.execute-api.us-east-1.amazonaws.com"
    target = f"/?t={issuer.token()}"
    for _ in range(2):
        assert wire.fetch(server.traffic, "GET", "/", host).status == 401
        assert wire.fetch(server.traffic, "GET", target, host).status == 200
        server.stop()
        server = own_gatehouse(data=tmp_path / "data", options=options)


def test_a_file_of_keys_that_is_none_stops_the_start(tmp_path):
    (tmp_path / "jwks.json").write_text("{}")
    for file, words in [("jwks.json", "is no set of keys"), ("nothing.json", "no such file")]:
        ended = run("serve", "--in-memory", "--listen", "127.0.0.1:0", "--issuer", f"https://a.example={file}", cwd=tmp_path)
        assert ended.returncode == 1
        assert words in ended.stderr
