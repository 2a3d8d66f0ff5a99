"""Sign-in on a pool's page in a headless Chromium, by an application that is nothing but a page: OAuth with PKCE."""

import http.server
import json
import threading

import pytest
from harness.pools import PASSWORD, Pool, claims

# What single-page applications do, in their plainest form.
APPLICATION = """<!doctype html><title>Application</title><pre id="said"></pre><script>
const base64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const say = value => { document.getElementById('said').textContent = JSON.stringify(value) }
async function begin() {
  const verifier = base64(crypto.getRandomValues(new Uint8Array(32)))
  sessionStorage.verifier = verifier
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  location = SETTINGS.server + '/oauth2/authorize?' + new URLSearchParams({
    response_type: 'code', client_id: SETTINGS.client, redirect_uri: SETTINGS.callback, scope: 'openid email',
    state: 'kept', code_challenge: base64(digest), code_challenge_method: 'S256' })
}
async function exchange(code) {
  const answer = await fetch(SETTINGS.server + '/oauth2/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'authorization_code', client_id: SETTINGS.client, redirect_uri: SETTINGS.callback, code,
    code_verifier: sessionStorage.verifier }) })
  const tokens = await answer.json()
  const who = await fetch(SETTINGS.server + '/oauth2/userInfo', {
    headers: { authorization: 'Bearer ' + tokens.access_token } })
  say({ tokens, who: await who.json(), state: new URLSearchParams(location.search).get('state') })
}
const told = new URLSearchParams(location.search)
if (told.get('code')) exchange(told.get('code')).catch(fault => say({ fault: String(fault) }))
else if (location.pathname === '/begin') begin()
else say({ error: told.get('error') })
</script>"""


@pytest.fixture
def application():
    """Serves the page; `settings` are put into it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = APPLICATION.replace("<script>", f"<script>const SETTINGS = {json.dumps(server.settings)}\n").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://localhost:{server.server_address[1]}"
    server.settings = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def people(gatehouse, application):
    pool = Pool(
        gatehouse,
        client_options={
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email"],
            "CallbackURLs": [f"{application.url}/callback"],
            "LogoutURLs": [f"{application.url}/left"],
            "SupportedIdentityProviders": ["COGNITO"],
        },
    )
    application.settings = {
        "server": f"http://localhost:{gatehouse.management[1]}/_aws/cognito-idp",
        "client": pool.client_id,
        "callback": f"{application.url}/callback",
    }
    return pool


SAID = "document.getElementById('said')?.textContent"
FAULT = "document.querySelector('[role=alert]')?.textContent"


def said(browser):
    return json.loads(browser.wait(SAID))


def test_people_sign_in_on_the_page_and_leave(people, application, browser):
    people.user("ada", email="ada@example.com", email_verified="true")
    browser.visit(f"{application.url}/begin")
    browser.fill(username="ada", password="Wrong-horse-1")
    browser.press()
    assert browser.wait(FAULT) == "Incorrect username or password."
    assert browser.value("location.pathname") == "/_aws/cognito-idp/login"
    browser.fill(username="ada", password=PASSWORD)
    browser.press()
    told = said(browser)
    assert told["state"] == "kept"
    assert told["who"]["email"] == "ada@example.com"
    assert claims(told["tokens"]["id_token"])["cognito:username"] == "ada"
    assert claims(told["tokens"]["access_token"])["iss"] == people.issuer
    # The browser is known now.
    browser.visit(f"{application.url}/begin")
    assert claims(said(browser)["tokens"]["id_token"])["sub"] == told["who"]["sub"]
    server, client = application.settings["server"], people.client_id
    browser.visit(f"{server}/logout?client_id={client}&logout_uri={application.url}/left")
    browser.wait("location.pathname === '/left'")
    browser.visit(f"{application.url}/begin")
    browser.wait("document.querySelector('input[name=password]') !== null")


def test_a_new_password_is_chosen_on_the_page(people, application, browser):
    people.idp.admin_create_user(
        UserPoolId=people.id, Username="bob", TemporaryPassword="Temp-orary-1", MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": "bob@example.com"}],
    )
    browser.visit(f"{application.url}/begin")
    browser.fill(username="bob", password="Temp-orary-1")
    browser.press()
    browser.fill(new_password=PASSWORD)
    browser.press()
    assert claims(said(browser)["tokens"]["id_token"])["cognito:username"] == "bob"
    people.sign_in("bob")


def test_the_page_runs_nothing_and_is_shown_in_no_frame(people, application, browser):
    people.user("ada")
    browser.visit(f"{application.url}/begin")
    browser.fill(username="<img src=x onerror=document.title=1>", password="x")
    browser.press()
    browser.wait(FAULT)
    assert browser.value("document.title") == "Sign in"
    assert browser.value("document.querySelector('img')") is None
    login = browser.value("location.href")
    browser.visit(f"{application.url}/left")
    browser.wait(SAID)
    # A frame that may not be shown holds an error page of the browser, which belongs to nobody.
    assert browser.value(
        "new Promise(done => { const frame = document.createElement('iframe');"
        f" frame.onload = () => done(frame.contentDocument === null); frame.src = {json.dumps(login)};"
        " document.body.append(frame) })"
    )
    assert browser.tell("Page.getFrameTree")["frameTree"]["childFrames"][0]["frame"]["url"].startswith("chrome-error:")
