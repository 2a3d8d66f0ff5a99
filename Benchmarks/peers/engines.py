"""The libraries of Python: reads lines of JSON and answers each with the nanoseconds that one run takes, best of ten rounds.

    {"engine": "jsonschema", "schema": {…}, "body": "…", "repeat": 100}
    {"engine": "airspeed", "template": "…", "request": {…}, "repeat": 100}
"""

import json
import sys
import time
from urllib.parse import unquote_plus


def jsonschema(task):
    from jsonschema import Draft4Validator

    validator = Draft4Validator(task["schema"])
    return lambda: validator.is_valid(json.loads(task["body"]))


def jsonschema_rs(task):
    """With the fastest reader of JSON that is installed, as whoever cares for time has it."""
    from jsonschema_rs import Draft4Validator

    try:
        from orjson import loads
    except ImportError:
        loads = json.loads
    validator, body = Draft4Validator(task["schema"]), task["body"].encode()
    return lambda: validator.is_valid(loads(body))


def airspeed(task):
    from airspeed import Template

    request = task["request"]

    class Input:
        def path(self, path):
            try:
                return json.loads(request["body"])
            except ValueError:
                return request["body"]

        def params(self):
            return request.get("params", {})

    class Util:
        def urlDecode(self, text):
            return unquote_plus(text)

    template = Template(task["template"])
    names = {"input": Input(), "util": Util(), "context": request.get("context", {}), "stageVariables": {}}
    # Parsing happens at the first rendering, which is not counted.
    return lambda: template.merge(dict(names))


def timed(run, repeat):
    answer, best = run(), None
    for _ in range(10):
        start = time.perf_counter_ns()
        for _ in range(repeat):
            run()
        took = (time.perf_counter_ns() - start) / repeat
        best = took if best is None else min(best, took)
    return answer, round(best)


for line in sys.stdin:
    task = json.loads(line)
    answer, nanoseconds = timed(globals()[task["engine"]](task), task["repeat"])
    print(json.dumps({"answer": answer, "nanoseconds": nanoseconds}), flush=True)
