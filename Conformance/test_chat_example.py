"""The chat in `Examples/chat`: in a browser, with its page opened from the disk, and by code that knows no groups."""

import importlib.util
import json
import shutil
import urllib.parse

import pytest
from harness.clients import error_of
from harness.deadline import until
from harness.origin import reply
from harness.server import REGION, REPOSITORY
from harness.websocket import Client, Refused

CHAT = REPOSITORY / "Examples/chat"


class Chat:
    def __init__(self, command, folder=CHAT):
        self.process = command("up", str(folder / "template.yaml"), "--listen", "127.0.0.1:0")
        self.process.line("^ready$")
        self.url = self.process.line(r"^Url: (ws://localhost:\d+/_aws/execute-api/\w+/prod)$")[1]
        self.parts = urllib.parse.urlsplit(self.url)

    def enter(self, name, room="garden"):
        query = urllib.parse.urlencode({"name": name, "room": room})
        address = "127.0.0.1", self.parts.port
        return Client(address, f"{self.parts.path}?{query}", self.parts.netloc)


@pytest.fixture
def chat(command):
    return Chat(command)


def test_people_talk_in_a_room(chat):
    with chat.enter("ada") as ada, chat.enter("dan", "cellar") as dan:
        with chat.enter("bob") as bob:
            assert ada.json() == {"came": "bob"}
            bob.send({"action": "sendmessage", "text": "hello"})
            assert ada.json() == bob.json() == {"from": "bob", "text": "hello"}
            assert bob.ask({"action": "who"}) == {"here": ["ada", "bob"]}
            assert dan.ask({"action": "who"}) == {"here": ["dan"]}
            for unknown in ("no JSON", {"action": "shout"}, {"action": "sendmessage"}, {"action": "sendmessage", "text": 1}):
                assert bob.ask(unknown)["error"] == "I know two messages."
            bob.close(1000)
        assert ada.json() == {"left": "bob"}
        assert ada.ask({"action": "who"}) == {"here": ["ada"]}
    # Not one by one.
    chat.process.says(r"POST /prod/@connections/groups%2Fgarden 200")


@pytest.mark.parametrize(("name", "room"), [("", "garden"), ("ada", ""), ("ada", "a, b"), ("a\nb", "garden"), ("a" * 41, "b")])
def test_who_has_no_name_or_room_stays_outside(chat, name, room):
    with pytest.raises(Refused) as refused:
        chat.enter(name, room)
    assert refused.value.status == 400


def test_who_is_connected_stays_when_the_code_is_saved(command, tmp_path):
    folder = shutil.copytree(CHAT, tmp_path / "chat")
    with Chat(command, folder).enter("ada") as ada:
        assert ada.ask("?")["error"] == "I know two messages."
        code = folder / "src/chat.py"
        code.write_text(code.read_text().replace("I know two messages.", "Two, and no more."))
        until(lambda: ada.ask("?")["error"] == "Two, and no more.", "the new code answers")
        assert ada.ask({"action": "who"}) == {"here": ["ada"]}


def test_the_page(chat, browser):
    browser.visit((CHAT / "index.html").as_uri())
    browser.fill(url=chat.url, name="ada")
    browser.press("#entry button")
    says(browser, "You are in garden.")
    with chat.enter("bob") as bob:
        says(browser, "bob came")
        browser.fill(text="hello")
        browser.press("#message button")
        assert bob.json() == {"from": "ada", "text": "hello"}
        says(browser, "ada: hello")
        bob.send({"action": "sendmessage", "text": "<img src=x onerror=alert(1)>"})
        says(browser, "bob: <img src=x onerror=alert(1)>")
        browser.press("#who")
        says(browser, "here: ada, bob")
    says(browser, "bob left")
    browser.visit("about:blank")
    with chat.enter("dan") as dan:
        until(lambda: dan.ask({"action": "who"}) == {"here": ["dan"]}, "the page's connection has ended")


def test_the_page_says_that_it_is_not_let_in(chat, browser):
    browser.visit((CHAT / "index.html").as_uri() + "?" + urllib.parse.urlencode({"url": chat.url.replace("prod", "dev")}))
    browser.fill(name="ada")
    browser.press("#entry button")
    says(browser, "Nobody lets you in: is the URL right?")


def says(browser, text):
    browser.wait(f"[...document.querySelectorAll('#said li')].some(line => line.textContent === {json.dumps(text)})")


# The helper


@pytest.fixture
def helper(monkeypatch):
    """`broadcast.py`, as a function imports it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    spec = importlib.util.spec_from_file_location("broadcast", CHAT / "src/broadcast.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_helper_has_at_most_forty_lines():
    assert len((CHAT / "src/broadcast.py").read_text().splitlines()) <= 40


class AWS:
    """AWS as the helper sees it: `status` is its answer for what is no id of a connection, and who is `gone` has gone."""

    def __init__(self, origin, status):
        self.url, self.status, self.origin = origin.url, status, origin
        origin.answer(self.answer)

    def answer(self, exchange):
        identifier = self.identifier(exchange.request)
        if identifier.startswith("groups/"):
            reply(self.status, [("x-amzn-ErrorType", "Exception")], '{"message": "no"}')(exchange)
        elif identifier == "gone":
            reply(410, [("x-amzn-ErrorType", "GoneException")])(exchange)
        else:
            reply(200)(exchange)

    @staticmethod
    def identifier(request):
        return urllib.parse.unquote(request.target).removeprefix("/@connections/")

    @property
    def asked(self):
        return [self.identifier(request) for request in self.origin.requests]


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_without_groups_everybody_is_posted_to(helper, origin, status):
    aws = AWS(origin, status)
    for text in ("one", "two"):
        helper.broadcast(aws.url, "garden", {"text": text}, iter(["a=", "gone", "c="]))
    assert aws.asked[0] == "groups/garden"
    assert sorted(aws.asked[1:4]) == sorted(aws.asked[4:]) == ["a=", "c=", "gone"]


def test_with_groups_nobody_is_asked_for(helper, origin):
    aws = AWS(origin, 200)
    for _ in range(2):
        helper.broadcast(aws.url, "garden", {}, (pytest.fail("asked") for _ in "a"))
    assert aws.asked == ["groups/garden"] * 2
    # A refusal later is a fault, and not another place.
    aws.status = 403
    assert error_of(helper.broadcast, aws.url, "garden", {}, ()).status == 403


def test_a_fault_says_nothing_about_the_place(helper, origin):
    aws = AWS(origin, 429)
    assert error_of(helper.broadcast, aws.url, "garden", {}, ()).status == 429
    aws.status = 200
    helper.broadcast(aws.url, "garden", {}, (pytest.fail("asked") for _ in "a"))
