"""Saving a function's file under `gatehouse up`: how long until the new code answers, with requests flowing all the
while; the first answer of a template with fifty functions; and the time to read, transform and compare a template."""

import json
import os
import re
import threading
import time
from contextlib import contextmanager

from harness import connection, gateway, processes, requirements
from harness.report import Goal, Report, median

EDITS = 1_000
# boto3 takes a quarter of a second to load, on any host.
EDITS_WITH_BOTO3 = 100
FUNCTIONS = 50
TRANSFORMED, TRANSFORMS = 40, 100
SOURCES = {
    "python": ("handler.py", "python3.11", "def handler(event, context):\n    return '{}'\n"),
    "python with boto3": (
        "handler.py", "python3.11",
        "import boto3\nTABLE = boto3.resource('dynamodb').Table('x')\ndef handler(event, context):\n    return '{}'\n"),
    "node": ("handler.mjs", "nodejs20.x", "export const handler = async () => '{}';\n"),
}
FUNCTION = """
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {runtime}
      Handler: handler.handler
      CodeUri: {folder}
      Events:
        Get:
          Type: HttpApi
          Properties: {{Path: /{path}, Method: GET}}
"""
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:"


def run(settings):
    rows, goals, notes = [], [], []
    for language, limit, count in [
        ("python", 150.0, EDITS), ("node", 200.0, EDITS), ("python with boto3", None, EDITS_WITH_BOTO3),
    ]:
        times, requests, failed, memory = edits(settings, language, count)
        rows.append({
            "measure": f"{language}: edit to new answer, ms", "median": median(times), "worst": max(times),
        })
        if limit:
            goals.append(Goal(f"{language}: edit to new answer, ms", median(times), limit))
        goals.append(Goal(f"{language}: failed requests", float(failed), 0.0, binding=True))
        notes.append(f"{language}: {count} edits, {requests:,} requests meanwhile; resident memory "
                     f"{memory[0] / 1024:.1f} MiB after the first tenth, {memory[1] / 1024:.1f} MiB at the end")
    first = [many_functions(settings) for _ in range(settings.rounds)]
    rows.append({"measure": f"up with {FUNCTIONS} functions: first answer, ms",
                 "median": median(first), "worst": max(first)})
    goals.append(Goal(f"up with {FUNCTIONS} functions answers, ms", median(first), 1_500.0))
    times = transforms(settings)
    measure = f"plan of a template with {TRANSFORMED} functions, over HTTP, ms"
    rows.append({"measure": measure, "median": median(times), "worst": max(times)})
    goals.append(Goal(measure, median(times), 20.0))
    return Report("Reload", ["measure", "median", "worst"], rows, goals, notes)


def edits(settings, language, count):
    name, runtime, source = SOURCES[language]
    folder = settings.scratch / language
    (folder / "src").mkdir(parents=True)
    save(folder / "src" / name, source.format(0))
    template = folder / "template.yaml"
    template.write_text(HEAD + FUNCTION.format(name="Edited", runtime=runtime, folder="src", path="edited"))
    times, memory = [], []
    with up(settings.scratch, template) as (process, host):
        request = connection.get("/edited", host)
        traffic = Traffic(request)
        with connection.Connection(gateway.TRAFFIC_PORT) as client:
            connection.expect(client.send(request), 200, b"0")
            traffic.start()
            for edit in range(1, count + 1):
                save(folder / "src" / name, source.format(edit))
                begin = time.perf_counter()
                wanted = b"\r\n\r\n%d" % edit
                while not client.send(request).endswith(wanted):
                    if time.perf_counter() - begin > 10:
                        raise processes.Failed(f"edit {edit} was not answered:\n{process.log_tail()}")
                times.append((time.perf_counter() - begin) * 1000)
                if edit in (count // 10, count):
                    memory.append(process.memory_kib()[0])
            traffic.stop()
    return times, traffic.requests, traffic.failed, memory


class Traffic(threading.Thread):
    """A client that never stops asking."""

    def __init__(self, request):
        super().__init__(daemon=True)
        self.request, self.requests, self.failed, self.ended = request, 0, 0, False

    def run(self):
        with connection.Connection(gateway.TRAFFIC_PORT) as client:
            while not self.ended:
                self.requests += 1
                self.failed += not client.send(self.request).startswith(b"HTTP/1.1 200 ")
                time.sleep(0.002)

    def stop(self):
        self.ended = True
        self.join()


def save(path, text):
    """As editors do: a new file in place of the old one."""
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text)
    os.replace(draft, path)


def many_functions(settings):
    """Milliseconds from exec to the first answer of the last function."""
    folder = settings.scratch / "many"
    text = HEAD
    for number in range(FUNCTIONS):
        source = folder / f"src{number}"
        source.mkdir(parents=True, exist_ok=True)
        (source / "handler.py").write_text(SOURCES["python"][2].format(number))
        text += FUNCTION.format(name=f"F{number}", runtime="python3.11", folder=f"src{number}", path=f"f{number}")
    (folder / "template.yaml").write_text(text)
    begin = time.perf_counter()
    with up(settings.scratch, folder / "template.yaml") as (_, host):
        with connection.Connection(gateway.TRAFFIC_PORT) as client:
            connection.expect(client.send(connection.get(f"/f{FUNCTIONS - 1}", host)), 200)
            return (time.perf_counter() - begin) * 1000


def transforms(settings):
    """Milliseconds per plan: the template read, transformed, checked and compared with a stack that is not there yet."""
    text = HEAD + "".join(
        FUNCTION.format(name=f"F{number}", runtime="python3.11", folder="src", path=f"f{number}").replace(
            "CodeUri: src", "InlineCode: x = 1")
        for number in range(TRANSFORMED))
    body = json.dumps(
        {"template": {"file": "t.yaml", "folder": "/", "text": text}, "parameters": {}, "files": {}, "code": {}}).encode()
    request = (f"POST /_gatehouse/stacks/many/diff HTTP/1.1\r\nhost: localhost\r\n"
               f"content-length: {len(body)}\r\n\r\n").encode() + body
    times = []
    with gateway.serving(settings.scratch):
        with connection.Connection(gateway.MANAGEMENT_PORT) as client:
            connection.expect(client.send(request), 200)
            for _ in range(TRANSFORMS):
                begin = time.perf_counter()
                client.send(request)
                times.append((time.perf_counter() - begin) * 1000)
    return times


@contextmanager
def up(scratch, template):
    processes.check_free(gateway.MANAGEMENT_PORT, gateway.TRAFFIC_PORT)
    log = scratch / "up.log"
    with processes.started(gateway.command("up", str(template)), log, env=gateway.environment(), cwd=scratch) as process:
        processes.wait_until(lambda: gateway.printed(log, r"^ready\b"), process, "`ready` on standard output")
        yield process, re.search(r"http://([a-z0-9]+\.execute-api\.localhost)", log.read_text()).group(1)
