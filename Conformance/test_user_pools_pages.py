"""What browsers and OAuth clients see of user pools."""

import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from harness import wire
from harness.pools import PASSWORD, Pool, bearer, claims

CALLBACK = "http://localhost:3000/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
OAUTH = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email", "profile"],
    "CallbackURLs": [CALLBACK],
    "LogoutURLs": ["http://localhost:3000/"],
    "SupportedIdentityProviders": ["COGNITO"],
}


class Browser:
    """Follows nothing by itself, and keeps cookies."""

    def __init__(self, server, prefix="/_aws/cognito-idp", host="localhost:4566"):
        self.server, self.prefix, self.host = server, prefix, host
        self.cookies = {}

    def ask(self, method, path, parameters=None, headers=(), cookies=True):
        headers = list(headers)
        if cookies and self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        body = None
        if method == "POST" and parameters is not None:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            body = urlencode(parameters).encode()
        elif parameters:
            path += "?" + urlencode(parameters)
        answer = wire.fetch(self.server.management, method, path, self.host, headers, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                name, _, value = value.partition("=")
                self.cookies[name] = value.split(";")[0]
        return answer

    def get(self, path, parameters=None, **options):
        return self.ask("GET", self.prefix + path, parameters, **options)

    def post(self, path, parameters, **options):
        return self.ask("POST", self.prefix + path, parameters, **options)

    def sign_in(self, client, name, password=PASSWORD, **more):
        query = authorization(client, **more)
        begun = self.get("/oauth2/authorize", query)
        assert begun.status == 302, begun.text
        location = begun.header("location")
        page = self.ask("GET", location)
        assert page.status == 200, page.text
        csrf = re.search(r'name="_csrf" value="([^"]+)"', page.text)[1]
        return self.ask("POST", location, {"_csrf": csrf, "username": name, "password": password})


def authorization(client, **more):
    return {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": CALLBACK,
        "scope": "openid email",
        "state": "a b\r\nx",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | more


@pytest.fixture
def people(gatehouse):
    pool = Pool(gatehouse, client_options=OAUTH)
    pool.user("ada", email="ada@example.com", email_verified="true")
    return pool


@pytest.fixture
def browser(gatehouse):
    return Browser(gatehouse)


def exchange(people, told, **changes):
    parameters = {
        "grant_type": "authorization_code",
        "client_id": people.client_id,
        "code": told,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    } | changes
    return Browser(people.server).post(
        "/oauth2/token", {name: value for name, value in parameters.items() if value is not None}
    )


def code_of(answer):
    assert answer.status == 302, answer.text
    location = urlsplit(answer.header("location"))
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    return parse_qs(location.query)


def test_a_code_becomes_tokens_once(people, browser):
    answer = code_of(browser.sign_in(people.client_id, "ada", nonce="n-1"))
    assert answer["state"] == ["a b\r\nx"]
    first = exchange(people, answer["code"][0])
    assert first.status == 200, first.text
    tokens = json.loads(first.text)
    assert set(tokens) == {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
    assert claims(tokens["id_token"])["nonce"] == "n-1"
    assert claims(tokens["access_token"])["scope"] == "openid email"
    found = browser.get("/oauth2/userInfo", headers=bearer(tokens["access_token"]))
    assert json.loads(found.text) == {
        "sub": claims(tokens["id_token"])["sub"],
        "email": "ada@example.com",
        "email_verified": "true",
        "username": "ada",
    }
    again = exchange(people, answer["code"][0])
    assert (again.status, json.loads(again.text)) == (400, {"error": "invalid_grant"})
    # Whoever had it first may have stolen it.
    refresh = browser.post(
        "/oauth2/token",
        {"grant_type": "refresh_token", "client_id": people.client_id, "refresh_token": tokens["refresh_token"]},
    )
    assert json.loads(refresh.text) == {"error": "invalid_grant"}


def test_openid_alone_tells_all_that_the_client_may_read(people, browser):
    told = code_of(browser.sign_in(people.client_id, "ada", scope="openid"))
    tokens = json.loads(exchange(people, told["code"][0]).text)
    assert claims(tokens["id_token"])["email"] == "ada@example.com"
    found = browser.get("/oauth2/userInfo", headers=bearer(tokens["access_token"]))
    assert json.loads(found.text)["email"] == "ada@example.com"


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:-1] + "x"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"client_id": "nosuch"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"client_secret": "x"}, "invalid_client"),
    ],
)
def test_a_code_is_bound_to_what_it_was_asked_with(people, browser, changes, error):
    code = code_of(browser.sign_in(people.client_id, "ada"))["code"][0]
    answer = exchange(people, code, **changes)
    assert (answer.status, json.loads(answer.text)) == (400, {"error": error})


@pytest.mark.parametrize("change", ["disable", "sign_out", "password", "delete"])
def test_a_code_and_a_browser_of_the_time_before_are_over(people, browser, change):
    code = code_of(browser.sign_in(people.client_id, "ada"))["code"][0]
    named = {"UserPoolId": people.id, "Username": "ada"}
    if change == "disable":
        people.idp.admin_disable_user(**named)
        people.idp.admin_enable_user(**named)
    elif change == "sign_out":
        people.idp.admin_user_global_sign_out(**named)
    elif change == "password":
        people.idp.admin_set_user_password(**named, Password="Another-horse-2", Permanent=True)
    else:
        people.idp.admin_delete_user(**named)
        people.user("ada")
    assert json.loads(exchange(people, code).text) == {"error": "invalid_grant"}
    asked = browser.get("/oauth2/authorize", authorization(people.client_id))
    assert asked.header("location").startswith("/_aws/cognito-idp/login?")


def test_a_code_is_its_clients_only(people, browser):
    code = code_of(browser.sign_in(people.client_id, "ada"))["code"][0]
    other = people.add_client(**OAUTH)["ClientId"]
    assert json.loads(exchange(people, code, client_id=other).text) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": "http://localhost:3000@evil.example/callback"},
        {"redirect_uri": "http://localhost:3000\\@evil.example/callback"},
        {"redirect_uri": "http://evil.example/"},
        {"client_id": "nosuch"},
    ],
)
def test_who_names_a_wrong_client_or_address_is_sent_nowhere(people, browser, changes):
    for path in ["/oauth2/authorize", "/login"]:
        answer = browser.get(path, authorization(people.client_id) | changes)
        assert answer.status == 400
        assert answer.header("location") is None


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_other_faults_are_told_to_the_client(people, browser, changes, error):
    answer = browser.get("/oauth2/authorize", authorization(people.client_id) | changes)
    assert answer.status == 302
    location = urlsplit(answer.header("location"))
    told = parse_qs(location.query or location.fragment)
    assert (told["error"], told["state"]) == ([error], ["a b\r\nx"])


def test_a_form_of_another_page_signs_nobody_in(people, browser):
    query = authorization(people.client_id)
    location = browser.get("/oauth2/authorize", query).header("location")
    page = browser.ask("GET", location)
    csrf = re.search(r'name="_csrf" value="([^"]+)"', page.text)[1]
    form = {"_csrf": csrf, "username": "ada", "password": PASSWORD}
    assert browser.ask("POST", location, form, headers=[("Origin", "https://evil.example")]).status == 403
    assert browser.ask("POST", location, form | {"_csrf": "x"}).status == 403
    assert browser.ask("POST", location, form, cookies=False).status == 403
    wrong = browser.ask("POST", location, form | {"password": "<script>"})
    assert wrong.status == 400
    assert "Incorrect username or password." in wrong.text
    assert "<script>" not in wrong.text


def test_a_browser_is_known_for_a_while_and_then_logs_out(people, browser):
    browser.sign_in(people.client_id, "ada")
    known = browser.get("/oauth2/authorize", authorization(people.client_id))
    assert code_of(known)["code"]
    left = browser.get("/logout", {"client_id": people.client_id, "logout_uri": "http://localhost:3000/"})
    assert (left.status, left.header("location")) == (302, "http://localhost:3000/")
    asked = browser.get("/oauth2/authorize", authorization(people.client_id))
    assert asked.header("location").startswith("/_aws/cognito-idp/login?")
    wrong = browser.get("/logout", {"client_id": people.client_id, "logout_uri": "http://evil.example/"})
    assert wrong.status == 400


def test_a_machine_gets_a_token_for_its_scopes(gatehouse, browser):
    pool = Pool(gatehouse)
    pool.idp.create_resource_server(
        UserPoolId=pool.id, Identifier="items", Name="items",
        Scopes=[{"ScopeName": name, "ScopeDescription": name} for name in ["read", "write"]],
    )
    client = pool.add_client(
        GenerateSecret=True, AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["items/read", "items/write"],
    )
    basic = base64.b64encode(f"{client['ClientId']}:{client['ClientSecret']}".encode()).decode()
    headers = [("Authorization", f"Basic {basic}")]
    answer = browser.post("/oauth2/token", {"grant_type": "client_credentials"}, headers=headers)
    tokens = json.loads(answer.text)
    assert set(tokens) == {"access_token", "expires_in", "token_type"}
    said = claims(tokens["access_token"])
    assert (said["sub"], said["client_id"], said["scope"]) == (client["ClientId"],) * 2 + ("items/read items/write",)
    assert "username" not in said
    one = browser.post("/oauth2/token", {"grant_type": "client_credentials", "scope": "items/read"}, headers=headers)
    assert claims(json.loads(one.text)["access_token"])["scope"] == "items/read"
    none = browser.post("/oauth2/token", {"grant_type": "client_credentials", "scope": "x/y"}, headers=headers)
    assert json.loads(none.text) == {"error": "invalid_scope"}
    wrong = browser.post(
        "/oauth2/token", {"grant_type": "client_credentials", "client_id": client["ClientId"], "client_secret": "x"}
    )
    assert json.loads(wrong.text) == {"error": "invalid_client"}


def test_a_pool_answers_by_its_domain_and_tells_its_keys(gatehouse, people):
    name = people.id.split("_")[1].lower()
    people.idp.create_user_pool_domain(Domain=name, UserPoolId=people.id)
    host = f"{name}.auth.us-east-1.amazoncognito.com"
    assert Browser(gatehouse, "", host).get("/oauth2/authorize", authorization(people.client_id)).status == 302
    other = Browser(gatehouse, "", "other.auth.us-east-1.amazoncognito.com")
    assert other.get("/login", authorization(people.client_id)).status == 404
    for prefix in f"/{people.id}", f"/_aws/cognito-idp/{people.id}":
        local = Browser(gatehouse, prefix)
        keys = json.loads(local.get("/.well-known/jwks.json").text)["keys"]
        assert [key["alg"] for key in keys] == ["RS256", "RS256"]
        found = json.loads(local.get("/.well-known/openid-configuration").text)
        assert found["issuer"] == people.issuer
        assert found["jwks_uri"] == f"http://localhost:4566/{people.id}/.well-known/jwks.json"


def test_pages_call_what_needs_no_signature_and_nothing_else(gatehouse, people):
    def call(operation, body, origin="http://localhost:3000", service="AWSCognitoIdentityProviderService"):
        return wire.fetch(
            gatehouse.management, "POST", "/", "localhost:4566",
            [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", f"{service}.{operation}"),
                ("Origin", origin),
                ("Sec-Fetch-Site", "cross-site"),
            ],
            json.dumps(body).encode(),
        )

    asked = wire.fetch(
        gatehouse.management, "OPTIONS", "/", "localhost:4566",
        [
            ("Origin", "http://localhost:3000"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type,x-amz-target,x-amz-user-agent"),
        ],
    )
    assert asked.status == 200
    assert asked.header("access-control-allow-headers") == "content-type,x-amz-target,x-amz-user-agent"
    parameters = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    signed_in = call(
        "InitiateAuth",
        {"ClientId": people.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters},
    )
    assert signed_in.status == 200
    assert signed_in.header("access-control-allow-origin") == "*"
    wrong = call("InitiateAuth", {"ClientId": people.client_id, "AuthFlow": "USER_SRP_AUTH"})
    assert (wrong.status, wrong.header("access-control-allow-origin")) == (400, "*")
    for operation in ["ListUserPools", "AdminGetUser", "CreateUserPool", "AdminInitiateAuth"]:
        refused = call(operation, {"MaxResults": 1, "UserPoolId": people.id, "Username": "ada"})
        assert (refused.status, refused.header("access-control-allow-origin")) == (403, None)
    assert call("ListTables", {}, service="DynamoDB_20120810").status == 403
    rebound = wire.fetch(
        gatehouse.management, "POST", "/", "evil.example",
        [("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth"), ("Origin", "http://evil.example")], b"{}",
    )
    assert rebound.status == 403


def test_tokens_name_this_server_where_that_is_asked_for(own_gatehouse):
    server = own_gatehouse(options=["--cognito-issuer", "local"])
    people = Pool(server)
    people.user("ada")
    token = people.sign_in("ada")["AccessToken"]
    assert claims(token)["iss"] == f"http://localhost:{server.management[1]}/{people.id}"
    for issuer in [claims(token)["iss"], people.issuer]:
        api = server.clients.apis.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
        made = server.clients.apis.create_authorizer(
            ApiId=api, AuthorizerType="JWT", Name="pool", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Audience": [people.client_id], "Issuer": issuer},
        )
        server.clients.apis.create_route(
            ApiId=api, RouteKey="GET /x", AuthorizationType="JWT", AuthorizerId=made["AuthorizerId"]
        )
        server.clients.apis.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
        path = f"/_aws/execute-api/{api}/%24default/x"
        assert wire.fetch(server.management, "GET", path, "localhost").status == 401
        # Behind the authorizer there is no integration.
        assert wire.fetch(server.management, "GET", path, "localhost", bearer(token)).status == 500
