"""What a body's validation and a template's rendering cost by themselves, beside the libraries that do the same."""

import json
import os
import subprocess
from pathlib import Path

from harness import requirements
from harness.processes import Failed
from harness.report import Goal, Report

REPOSITORY = requirements.BENCHMARKS.parent
GOLDENS = REPOSITORY / "Tests/VelocityTests/Goldens"
JUDGE = REPOSITORY / "Conformance/velocity/TemplateJudge.java"
# The largest of the real templates: it makes JSON of a form, and has two loops.
TEMPLATE = "form-to-json"
JARS = [
    f"/usr/share/java/{name}.jar"
    for name in [
        "velocity", "commons-lang", "commons-collections3", "json-smart", "json-path", "accessors-smart", "asm",
        "slf4j-api", "slf4j-nop",
    ]
]
WORK, ENGINE, TIME, RATIO = "work", "engine", "us", "x Gatehouse"
OURS = "Gatehouse"


def text(**rules):
    return {"type": "string", **rules}


MODEL = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["id", "customer", "email", "items", "currency", "total"],
    "additionalProperties": False,
    "properties": {
        "id": text(pattern="^ord-[0-9a-f]{12}$"),
        "customer": text(minLength=1, maxLength=80),
        "email": text(format="email"),
        "currency": text(enum=["EUR", "USD", "GBP", "CHF"]),
        "total": {"type": "number", "minimum": 0},
        "vat": {"type": "number", "minimum": 0, "maximum": 100},
        "paid": {"type": "boolean"},
        "priority": {"type": "integer", "minimum": 1, "maximum": 5},
        "created": text(format="date-time"),
        "note": text(maxLength=400),
        "channel": text(enum=["web", "app", "phone", "shop"]),
        "locale": text(pattern="^[a-z]{2}-[A-Z]{2}$"),
        "coupon": {"type": ["string", "null"]},
        "street": text(minLength=1),
        "city": text(minLength=1),
        "zip": text(pattern="^[0-9]{4,6}$"),
        "country": text(minLength=2, maxLength=2),
        "gift": {"type": "boolean"},
        "tags": {"type": "array", "items": text(minLength=1), "uniqueItems": True, "maxItems": 10},
        "items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["sku", "count"],
                "properties": {
                    "sku": text(pattern="^[A-Z0-9-]+$"),
                    "count": {"type": "integer", "minimum": 1},
                    "price": {"type": "number"},
                },
            },
        },
    },
}
BODY = {
    "id": "ord-0123456789ab",
    "customer": "Ada Lovelace",
    "email": "ada@example.com",
    "currency": "EUR",
    "total": 129.95,
    "vat": 19,
    "paid": True,
    "priority": 2,
    "created": "2026-11-28T10:15:30Z",
    "note": "Please ring twice and leave it with the neighbours. " * 7,
    "channel": "web",
    "locale": "de-DE",
    "coupon": None,
    "street": "Dorotheenstraße 12",
    "city": "Berlin",
    "zip": "10117",
    "country": "DE",
    "gift": False,
    "tags": ["books", "fragile", "first-order"],
    "items": [{"sku": f"SKU-{n:04}-A", "count": n + 1, "price": 9.95} for n in range(7)],
}


def run(settings):
    engines = build()
    python = requirements.python_with("jsonschema_rs, jsonschema, airspeed", "ENGINES_PYTHON")
    if python is None:
        raise requirements.Unavailable("set ENGINES_PYTHON to a Python with jsonschema, jsonschema-rs and airspeed")
    times = validation(engines, python) | rendering(engines, python, judge(settings.scratch))
    return report(times)


def build():
    """In release, apart from the server's build: these are four modules without dependencies."""
    package = requirements.BENCHMARKS / "engines"
    command = ["swift", "build", "-c", "release", "--package-path", package]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"the engines do not build:\n{done.stdout[-2000:]}")
    return [str(package / ".build/release/engines")]


def judge(scratch):
    requirements.program("javac", "default-jdk-headless")
    if not all(os.path.exists(jar) for jar in JARS):
        raise requirements.Unavailable("apt-get install velocity libjsonpath-java libjson-smart-java")
    subprocess.run(["javac", "-cp", ":".join(JARS), "-d", str(scratch), str(JUDGE)], check=True)
    return ["java", "-cp", ":".join([*JARS, str(scratch)]), "TemplateJudge"]


def ask(command, **task):
    done = subprocess.run(command, input=json.dumps(task) + "\n", capture_output=True, text=True, timeout=300)
    if done.returncode != 0 or not done.stdout:
        raise Failed(f"{command[0]} has no answer: {done.stderr[-1000:]}")
    return json.loads(done.stdout)


def validation(engines, python):
    body = json.dumps(BODY, ensure_ascii=False, separators=(",", ":"))
    if not 1000 <= len(body.encode()) <= 1100:
        raise Failed(f"the body has {len(body.encode())} bytes, not some 1,024")
    ours = ask(engines, schema=MODEL, body=body, repeat=20_000)
    times = {OURS: ours["nanoseconds"]}
    answers = {OURS: ours["valid"]}
    for engine, repeat in ("jsonschema", 200), ("jsonschema_rs", 5_000):
        answer = ask([python, peer()], engine=engine, schema=MODEL, body=body, repeat=repeat)
        times[engine], answers[engine] = answer["nanoseconds"], answer["answer"]
    if not all(answers.values()):
        raise Failed(f"the body is valid, but not for all: {answers}")
    return {"validation": times}


def rendering(engines, python, java):
    template = (GOLDENS / f"{TEMPLATE}.vtl").read_text()
    request = json.loads((GOLDENS / f"{TEMPLATE}.json").read_text())
    wanted = json.loads((GOLDENS / f"{TEMPLATE}.out").read_text())
    task = {"template": template, "request": request}
    answers = {
        OURS: ask(engines, **task, repeat=20_000),
        "Apache Velocity": ask(java, **task, repeat=20_000),
        "airspeed": ask([python, peer()], engine="airspeed", **task, repeat=100),
    }
    for engine, answer in answers.items():
        output = answer.get("output", answer.get("answer"))
        if output is None or json.loads(output) != wanted:
            raise Failed(f"{engine} renders something else: {answer}")
    return {"rendering": {engine: answer["nanoseconds"] for engine, answer in answers.items()}}


def peer():
    return str(requirements.BENCHMARKS / "peers/engines.py")


def report(times):
    rows = [
        {WORK: work, ENGINE: engine, TIME: taken / 1000, RATIO: taken / engines[OURS]}
        for work, engines in times.items()
        for engine, taken in engines.items()
    ]
    validation, rendering = times["validation"], times["rendering"]
    goals = [
        Goal("validation of a 1 KB body, us", validation[OURS] / 1000, 15.0),
        Goal("validation, x jsonschema", validation[OURS] / validation["jsonschema"], 1 / 30),
        Goal("validation, x jsonschema-rs", validation[OURS] / validation["jsonschema_rs"], 2.0),
        Goal("rendering, x airspeed", rendering[OURS] / rendering["airspeed"], 1 / 20),
        Goal("rendering, x Apache Velocity", rendering[OURS] / rendering["Apache Velocity"], 1.0),
    ]
    return Report("Models and templates, one core", [WORK, ENGINE, TIME, RATIO], rows, goals)
