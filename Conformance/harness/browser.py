"""A headless Chromium, driven by its DevTools protocol over a pair of pipes: no driver and no package is needed."""

import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]
PATIENCE = 30


def chromium():
    """Its path; nil where there is none."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def beyond(descriptor):
    """The same with a number that is none of those two."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Browser:
    def __init__(self, profile):
        # Chromium reads commands at descriptor 3 and writes answers at 4, each ended by a zero byte.
        commands, self.commands = (beyond(end) for end in os.pipe())
        self.answers, answers = (beyond(end) for end in os.pipe())
        self.process = subprocess.Popen(
            [
                "bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "bash", chromium(), "--headless",
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank",
            ],
            pass_fds=(commands, answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self.numbers, self.unread = itertools.count(1), b""
        page = next(one for one in self.ask("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.tell("Page.enable")
        self.tell("Runtime.enable")

    def ask(self, method, session=None, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.read(end)
            if answer.get("id") == number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def read(self, end):
        while b"\0" not in self.unread:
            if not select.select([self.answers], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("Chromium does not answer")
            more = os.read(self.answers, 65_536)
            if not more:
                raise AssertionError("Chromium has ended")
            self.unread += more
        message, _, self.unread = self.unread.partition(b"\0")
        return json.loads(message)

    def tell(self, method, **parameters):
        return self.ask(method, self.session, **parameters)

    def visit(self, url):
        fault = self.tell("Page.navigate", url=url).get("errorText")
        assert fault is None, f"{url}: {fault}"

    def value(self, expression):
        """What a piece of JavaScript comes to on the page as it is."""
        found = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def wait(self, expression):
        """Until it comes to something: pages load when they load."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if found := self.value(expression):
                    return found
            except AssertionError as fault:
                # The page that was asked has gone meanwhile.
                if "context" not in str(fault).lower() and "navigat" not in str(fault).lower():
                    raise
            time.sleep(0.02)
        raise AssertionError(f"never came: {expression}\n{self.value('document.documentElement.outerHTML')}")

    def fill(self, **fields):
        """Types into the fields of the page's form, as people do."""
        for name, text in fields.items():
            self.wait(f"document.querySelector('input[name={name}]') !== null")
            self.value(f"document.querySelector('input[name={name}]').focus()")
            self.tell("Input.insertText", text=text)

    def press(self, button="button[type=submit]"):
        """The form's button, with the mouse."""
        place = self.value(
            f"(() => {{ const box = document.querySelector('{button}').getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2] })()"
        )
        for kind in ["mousePressed", "mouseReleased"]:
            self.tell(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
