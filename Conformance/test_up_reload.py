"""`gatehouse up` while its files change: what differs is swapped, no request is lost, what does not build changes
nothing."""

import json
import os
import re
import shutil
import statistics
import threading
import time
import urllib.parse

import pytest

from harness import wire
from harness.deadline import still, until
from harness.server import run

PYTHON = """
def handler(event, context):
    return {"statusCode": 200, "body": "%s"}
"""

NODE = """
export const handler = async () => ({ statusCode: 200, body: "%s" });
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Py:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: py/
      Timeout: 20
      Environment:
        Variables:
          COLOUR: green
          SIZE: small
      Events:
        Get:
          Type: HttpApi
          Properties: {Path: /py, Method: GET}
  Js:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: js/
      Timeout: 20
      Events:
        Get:
          Type: HttpApi
          Properties: {Path: /js, Method: GET}
"""

SOURCES = {"/py": ("py/app.py", PYTHON), "/js": ("js/index.mjs", NODE)}


class Project:
    """A template, the code beside it, and the `up` that serves them."""

    def __init__(self, folder, command):
        self.folder, self.command = folder, command
        self.template = folder / "template.yaml"
        for path, _ in SOURCES.values():
            (folder / path).parent.mkdir()
        self.edit("/py", "one")
        self.edit("/js", "one")
        self.template.write_text(TEMPLATE)

    def edit(self, route, text):
        path, source = SOURCES[route]
        self.write(path, source % text)

    def write(self, path, text):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def up(self, *options):
        self.process = self.command("up", str(self.template), "--listen", "127.0.0.1:0", *options)
        port = int(self.process.line(r"^management http://127\.0\.0\.1:(\d+)", within=30)[1])
        self.address = ("127.0.0.1", port)
        self.process.line(r"^ready$", within=60)
        return self

    def host(self):
        api = self.process.line(r"(http://\S+execute-api\S+?)/")[1]
        return urllib.parse.urlsplit(api).netloc

    def get(self, path):
        return wire.fetch(self.address, "GET", path, self.host())

    def generation(self):
        return int(wire.fetch(self.address, "GET", "/_gatehouse/generation", "localhost").text)

    def after(self, change):
        """Waits until what the change made is in service."""
        before = self.generation()
        change()
        until(lambda: self.generation() > before, lambda: f"another generation in:\n{self.process.output}")

    def refused(self, change, pattern, is_taken_back=False):
        """Waits until the change is said not to build; answers what was said. Where nothing was swapped, and so nothing
        was taken back, the generation has not moved."""
        seen = len(self.process.stderr)
        before = self.generation()
        change()

        def said():
            return re.search(pattern, "\n".join(self.process.stderr[seen:]))

        until(said, lambda: f"{pattern!r} in:\n{self.process.output}")
        until(lambda: any("still served" in line for line in self.process.stderr[seen:]), "the end of the refusal")
        assert is_taken_back or self.generation() == before
        return "\n".join(self.process.stderr[seen:])


@pytest.fixture
def project(tmp_path, command):
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, command)


class Traffic:
    """Requests that flow until told to stop, and what became of them."""

    def __init__(self, project, path):
        self.failures, self.count, self.ends = [], 0, False
        self.host, self.address, self.path = project.host(), project.address, path
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.ends:
            answer = wire.fetch(self.address, "GET", self.path, self.host)
            self.count += 1
            if answer.status != 200:
                self.failures.append((answer.status, answer.text))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()


@pytest.mark.parametrize("route", SOURCES)
def test_an_edit_answers_after_the_generation_moved(project, route):
    project.up()
    assert project.get(route).text == "one"
    project.after(lambda: project.edit(route, "two"))
    assert project.get(route).text == "two"


@pytest.mark.parametrize("route", SOURCES)
def test_an_edit_before_the_first_call_calls_nothing_and_answers(project, route):
    project.up()
    project.after(lambda: project.edit(route, "two"))
    assert not any("START" in line for line in project.process.stdout)
    assert project.get(route).text == "two"


def test_one_line_tells_what_changed_and_how_long_it_took(project):
    project.up()
    project.get("/py")
    project.after(lambda: project.edit("/py", "two"))
    assert project.process.line(r"^reloaded 1 function, 0 routes in \d+ ms$")


def test_a_new_route_is_served_and_printed(project):
    project.up()
    text = TEMPLATE.replace(
        "{Path: /py, Method: GET}",
        "{Path: /py, Method: GET}\n        More:\n          Type: HttpApi\n"
        "          Properties: {Path: /more, Method: GET}",
    )
    assert project.get("/more").status == 404
    project.after(lambda: project.write("template.yaml", text))
    assert project.get("/more").text == "one"
    assert project.process.line(r"^reloaded 0 functions, 1 route in \d+ ms$")
    assert project.process.line(r"GET +http://\S+/more")


def test_a_changed_variable_reaches_the_function(project):
    project.write("py/app.py", "import os\ndef handler(event, context):\n    return os.environ['COLOUR']\n")
    project.up()
    assert project.get("/py").text == "green"
    project.after(lambda: project.write("template.yaml", TEMPLATE.replace("COLOUR: green", "COLOUR: red")))
    assert project.get("/py").text == "red"


def test_a_new_folder_with_code_is_seen(project):
    project.up()
    project.write("py/lib/words.py", "WORD = 'first'\n")
    source = "from lib.words import WORD\ndef handler(event, context):\n    return WORD\n"
    project.after(lambda: project.write("py/app.py", source))
    until(lambda: project.get("/py").text == "first", "the new module")
    project.after(lambda: project.write("py/lib/words.py", "WORD = 'second'\n"))
    assert project.get("/py").text == "second"


def share_a_folder(project):
    """Makes both functions Python, in one folder with a file for each."""
    project.write("py/other.py", PYTHON % "other one")
    text = TEMPLATE.replace("nodejs20.x", "python3.12").replace("index.handler", "other.handler")
    project.template.write_text(text.replace("CodeUri: js/", "CodeUri: py/"))


def test_functions_that_share_a_folder_change_together(project):
    share_a_folder(project)
    project.up()
    assert (project.get("/py").text, project.get("/js").text) == ("one", "other one")
    with Traffic(project, "/py") as first, Traffic(project, "/js") as second:
        for number in range(5):
            project.after(lambda: project.edit("/py", f"edit {number}"))
            assert (project.get("/py").text, project.get("/js").text) == (f"edit {number}", "other one")
    assert first.failures == second.failures == []
    assert project.process.line(r"^reloaded 2 functions, 0 routes in \d+ ms$")


def test_a_folder_that_a_build_makes_anew_is_seen(project):
    project.write("dist/hello/app.py", PYTHON % "first")
    project.template.write_text(TEMPLATE.replace("CodeUri: py/", "CodeUri: dist/hello/"))
    project.up()
    assert project.get("/py").text == "first"
    for text in ("second", "third"):
        shutil.rmtree(project.folder / "dist")
        project.write("dist/hello/app.py", PYTHON % text)
        until(lambda: project.get("/py").text == text, lambda: project.process.output)


def test_a_route_moves_to_another_function_without_losing_a_request(project):
    """Both answer with their name, so that whoever answers is right; what is not answered with 200 is a loss."""
    project.up()
    moved = TEMPLATE.replace("Path: /py,", "Path: /x,").replace("Path: /js,", "Path: /py,").replace("/x,", "/js,")
    with Traffic(project, "/py") as traffic:
        for text in (moved, TEMPLATE) * 5:
            project.after(lambda: project.write("template.yaml", text))
    assert traffic.failures == []
    assert traffic.count > 10


def test_a_call_outlives_the_function_that_works_on_it(project):
    started = project.folder / "started"
    slow = f"""
import os, time
def handler(event, context):
    open({str(started)!r}, "w").close()
    while os.path.exists({str(started)!r}):
        time.sleep(0.01)
    return "finished"
"""
    project.write("py/app.py", slow)
    project.up()
    answers = []
    call = threading.Thread(target=lambda: answers.append(project.get("/py")))
    call.start()
    until(started.exists, "the call")
    project.after(lambda: project.write("template.yaml", TEMPLATE.replace("  Py:", "  Renamed:")))
    started.unlink()
    call.join()
    assert answers[0].text == "finished"


def test_versions_that_saves_make_do_not_pile_up(project):
    project.template.write_text(TEMPLATE.replace("CodeUri: py/", "CodeUri: py/\n      AutoPublishAlias: live"))
    project.up()
    for number in range(5):
        project.after(lambda: project.edit("/py", f"edit {number}"))
        assert project.get("/py").text == f"edit {number}"
    versions = wire.fetch(project.address, "GET", "/2015-03-31/functions/project-Py/versions", "localhost").json()
    assert [version["Version"] for version in versions["Versions"]][0] == "$LATEST"
    assert len(versions["Versions"]) == 2


def test_an_edit_by_rename_is_seen(project):
    project.up()
    project.get("/py")
    project.write("new.py", PYTHON % "renamed")
    project.after(lambda: os.replace(project.folder / "new.py", project.folder / "py/app.py"))
    assert project.get("/py").text == "renamed"


def test_what_editors_and_tools_write_is_no_change(project):
    project.up()
    assert project.get("/py").text == "one"
    before = project.generation()
    for path in ["py/app.py~", "py/.app.py.swp", "py/__pycache__/app.pyc", "py/.git/HEAD"]:
        project.write(path, "x")
    project.after(lambda: project.edit("/js", "two"))
    assert project.generation() == before + 1


class TestWhatDoesNotBuild:
    def test_python_that_does_not_parse_keeps_the_old_code(self, project):
        project.up()
        assert project.get("/py").text == "one"
        said = project.refused(lambda: project.write("py/app.py", "x = 1\ndef handler(:\n"), r"does not start")
        assert f"{project.folder}/py/app.py:2" in said
        assert project.get("/py").text == "one"
        project.after(lambda: project.edit("/py", "two"))
        assert project.get("/py").text == "two"

    def test_python_that_raises_when_it_is_loaded_keeps_the_old_code(self, project):
        project.up()
        project.get("/py")
        said = project.refused(lambda: project.write("py/app.py", "import os\n\nmissing_name\n"), r"does not start")
        assert f"{project.folder}/py/app.py:3" in said and "missing_name" in said
        assert project.get("/py").text == "one"

    def test_node_that_does_not_parse_keeps_the_old_code(self, project):
        project.up()
        project.get("/js")
        said = project.refused(lambda: project.write("js/index.mjs", "\nconst = 1;\n"), r"does not start")
        assert f"{project.folder}/js/index.mjs:2" in said
        assert project.get("/js").text == "one"

    def test_code_that_nobody_has_called_yet_is_tried_too(self, project):
        project.up()
        project.refused(lambda: project.write("py/app.py", "x = 1\ndef handler(:\n"), r"does not start")
        assert project.get("/py").text == "one"

    def test_a_handler_that_is_not_there_keeps_the_old_one(self, project):
        project.up()
        assert project.get("/py").text == "one"
        project.refused(
            lambda: project.write("template.yaml", TEMPLATE.replace("app.handler", "app.typo")), r"HandlerNotFound"
        )
        assert project.get("/py").text == "one"

    def test_a_handler_and_its_code_change_in_one_step(self, project):
        project.up()
        with Traffic(project, "/py") as traffic:
            until(lambda: traffic.count > 2, "traffic")
            project.write("py/other.py", PYTHON % "two")
            os.remove(project.folder / "py/app.py")
            project.write("template.yaml", TEMPLATE.replace("app.handler", "other.handler"))
            until(lambda: project.get("/py").text == "two", lambda: project.process.output)
        assert traffic.failures == []

    def test_inline_code_that_does_not_parse_keeps_the_old_code(self, project):
        inline = TEMPLATE.replace("CodeUri: py/", "InlineCode: BODY").replace("app.handler", "index.handler")
        write = lambda body: project.write("template.yaml", inline.replace("BODY", body))
        write('"def handler(event, context): return 1"')
        project.up()
        assert project.get("/py").text == "1"
        project.refused(lambda: write('"def handler(:"'), r"does not start")
        assert project.get("/py").text == "1"

    def test_code_whose_init_does_not_end_makes_way_for_the_next_save(self, project):
        project.up()
        assert project.get("/py").text == "one"
        self.save_what_hangs_and_then_what_works(project)

    @staticmethod
    def save_what_hangs_and_then_what_works(project):
        started = project.folder / "started"
        project.write("py/app.py", f"open({str(started)!r}, 'w')\nwhile True: pass\n")
        until(started.exists, "the new code's process")
        project.edit("/py", "two")
        until(lambda: project.get("/py").text == "two", lambda: project.process.output, within=9)

    def test_of_two_functions_too_the_one_whose_init_does_not_end_makes_way(self, project):
        share_a_folder(project)
        project.up()
        assert (project.get("/py").text, project.get("/js").text) == ("one", "other one")
        self.save_what_hangs_and_then_what_works(project)

    def test_a_template_with_a_mistake_is_told_with_its_line(self, project):
        project.up()
        text = TEMPLATE.replace("      Timeout: 20", "      Timeoutt: 20", 1)
        line = next(number for number, line in enumerate(text.splitlines(), 1) if "Timeoutt" in line)
        said = project.refused(lambda: project.write("template.yaml", text), r"Timeoutt")
        assert f"template.yaml:{line}" in said
        assert project.get("/py").text == "one"
        project.after(lambda: project.write("template.yaml", TEMPLATE.replace("COLOUR: green", "COLOUR: red")))

    def test_one_broken_function_of_two_changes_neither(self, project):
        project.up()
        assert (project.get("/py").text, project.get("/js").text) == ("one", "one")
        text = TEMPLATE.replace("CodeUri: py/", "CodeUri: py2/").replace("CodeUri: js/", "CodeUri: js2/")
        project.write("py2/app.py", PYTHON % "two")
        project.write("js2/index.mjs", "throw new Error('never');\n")
        project.refused(lambda: project.write("template.yaml", text), r"never", is_taken_back=True)
        assert (project.get("/py").text, project.get("/js").text) == ("one", "one")

    def test_code_of_a_folder_that_is_taken_back_is_the_code_of_before(self, project):
        shared = TEMPLATE.replace("CodeUri: js/", "CodeUri: py/")
        project.write("py/index.mjs", NODE % "one")
        project.template.write_text(shared)
        project.up()
        assert (project.get("/py").text, project.get("/js").text) == ("one", "one")

        def break_one():
            staging = project.folder / "staging"
            shutil.copytree(project.folder / "py", staging)
            (staging / "app.py").write_text(PYTHON % "two")
            (staging / "index.mjs").write_text("throw new Error('never');\n")
            os.rename(project.folder / "py", project.folder / "old")
            os.rename(staging, project.folder / "py")

        project.refused(break_one, r"never", is_taken_back=True)
        assert (project.get("/py").text, project.get("/js").text) == ("one", "one")

    def test_tracebacks_name_the_source(self, project):
        project.up()
        project.after(lambda: project.write("py/app.py", "def handler(event, context):\n    return 1 / 0\n"))
        assert project.get("/py").status == 500
        project.process.says(re.escape(f'File "{project.folder}/py/app.py", line 2'))
        project.process.says(r"500: .*GET /py.*Py")


class TestFlow:
    EDITS = int(os.environ.get("GATEHOUSE_EDITS", "40"))

    @pytest.mark.parametrize("route", SOURCES)
    def test_no_request_fails_while_code_is_edited(self, project, route):
        project.up("--log-level", "info")
        project.get(route)
        times = []
        with Traffic(project, route) as traffic:
            for number in range(self.EDITS):
                text = f"edit {number}"
                project.edit(route, text)
                start = time.monotonic()
                until(lambda: project.get(route).text == text, lambda: project.process.output[-4000:], every=0.002)
                times.append(time.monotonic() - start)
        assert traffic.failures == []
        assert traffic.count > self.EDITS
        print(f"{route}: median {statistics.median(times) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms")

    def test_copies_of_old_code_do_not_pile_up(self, project, tmp_path):
        data = tmp_path / "data"
        project.up("--data", str(data))
        for number in range(10):
            project.get("/py")
            project.after(lambda: project.edit("/py", f"edit {number}"))
        copies = lambda: [name for name in os.listdir(data / "functions/.local") if not name.startswith(".")]
        assert still(lambda: len(copies()), "copies") <= 4


class TestSettings:
    def test_without_watching_nothing_changes(self, project):
        project.up("--no-watch")
        assert project.get("/py").text == "one"
        before = project.generation()
        project.edit("/py", "two")
        assert project.get("/py").text == "one"
        assert project.generation() == before

    @pytest.mark.parametrize("form", ["Py", "Parameters"])
    def test_variables_are_overridden_only_where_they_are_declared(self, project, form):
        project.write(
            "py/app.py",
            "import os\ndef handler(event, context):\n"
            "    return {name: os.environ.get(name) for name in ('COLOUR', 'SIZE', 'SHAPE')}\n",
        )
        project.write("env.json", json.dumps({form: {"COLOUR": "blue", "SHAPE": "round"}}))
        project.up("--env-vars", str(project.folder / "env.json"))
        assert project.get("/py").json() == {"COLOUR": "blue", "SIZE": "small", "SHAPE": None}
        project.process.says(r"SHAPE")
        project.after(lambda: project.write("env.json", json.dumps({form: {"COLOUR": "black"}})))
        assert project.get("/py").json()["COLOUR"] == "black"

    def test_a_file_of_variables_that_is_not_there_is_named(self, project):
        finished = run("up", str(project.template), "--listen", "127.0.0.1:0", "--env-vars", "nowhere.json")
        assert finished.returncode == 1
        assert "nowhere.json" in finished.stderr

    def test_a_second_start_changes_the_stack_in_place(self, project, tmp_path):
        data = str(tmp_path / "data")
        host = project.up("--data", data).host().split(":")[0]
        assert project.get("/py").text == "one"
        project.process.stop()
        project.edit("/py", "two")
        assert project.up("--data", data).host().split(":")[0] == host
        assert project.get("/py").text == "two"
        assert project.get("/js").text == "one"

    def test_each_request_is_one_line_with_time_and_route(self, project):
        project.up()
        project.get("/py")
        project.get("/nothing")
        assert project.process.line(r"^\d\d:\d\d:\d\d\.\d{3} GET /py 200 \[GET /py\] \d+(\.\d+)? ms$")
        assert project.process.line(r"^\d\d:\d\d:\d\d\.\d{3} GET /nothing 404 \[no route\] \d+(\.\d+)? ms$")
        assert project.process.line(r"^  404: no route .*GET /nothing")


class TestDependencies:
    """Packages that need no network: pip installs a wheel from a folder, named in the environment."""

    @pytest.fixture
    def wheel(self, tmp_path, monkeypatch):
        import zipfile

        house = tmp_path / "wheels"
        house.mkdir()
        with zipfile.ZipFile(house / "greeting-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("greeting/__init__.py", "WORD = 'installed'\n")
            wheel.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
            wheel.writestr(
                "greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(
                "greeting-1.0.dist-info/RECORD",
                "greeting/__init__.py,,\ngreeting-1.0.dist-info/METADATA,,\n"
                "greeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n",
            )
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(house))
        return tmp_path / "cache/gatehouse"

    IMPORTS = "import greeting\ndef handler(event, context):\n    return greeting.WORD\n"

    def test_requirements_are_installed_once_and_the_source_stays_as_it_is(self, project, wheel):
        project.write("py/requirements.txt", "greeting==1.0\n")
        project.write("py/app.py", self.IMPORTS)
        project.up()
        assert project.process.line(r"requirements\.txt: installing")
        assert project.get("/py").text == "installed"
        assert sorted(os.listdir(project.folder / "py")) == ["app.py", "requirements.txt"]
        project.process.stop()
        project.up()
        assert project.get("/py").text == "installed"
        assert not any("installing" in line for line in project.process.stdout)
        assert len(os.listdir(wheel)) == 1

    def test_what_cannot_be_installed_is_named_with_pips_own_words(self, project, wheel):
        project.write("py/requirements.txt", "no-such-package==3\n")
        finished = run("up", str(project.template), "--listen", "127.0.0.1:0", timeout=60)
        assert finished.returncode == 1
        assert f"{project.folder}/py/requirements.txt" in finished.stderr
        assert "No matching distribution found for no-such-package==3" in finished.stderr

    def test_boto3_alone_needs_no_installing(self, project, wheel):
        project.write("py/requirements.txt", "boto3\n")
        project.write("py/app.py", "import boto3\ndef handler(event, context):\n    return 'has boto3'\n")
        project.up()
        assert project.get("/py").text == "has boto3"
        assert not wheel.exists() or os.listdir(wheel) == []

    def test_requirements_that_come_later_are_installed(self, project, wheel):
        project.up()
        assert project.get("/py").text == "one"
        project.write("py/requirements.txt", "greeting\n")
        project.write("py/app.py", self.IMPORTS)
        until(lambda: project.get("/py").text == "installed", lambda: project.process.output)


def test_fifty_functions_are_up_soon_and_nothing_is_started(project):
    resources = []
    for number in range(50):
        project.write(f"f{number}/app.py", PYTHON % number)
        resources.append(
            f"  F{number}:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.12\n"
            f"      Handler: app.handler\n      CodeUri: f{number}/\n      Events:\n        Get:\n"
            f"          Type: HttpApi\n          Properties: {{Path: /f{number}, Method: GET}}\n"
        )
    project.template.write_text("Transform: AWS::Serverless-2016-10-31\nResources:\n" + "".join(resources))
    start = time.monotonic()
    project.up()
    assert not any("START" in line for line in project.process.stdout)
    assert project.get("/f49").text == "49"
    print(f"first answer after {(time.monotonic() - start) * 1000:.0f} ms")
