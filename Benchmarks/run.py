#!/usr/bin/env python3
"""Runs the benchmark's scenarios, prints their tables and writes results.json. See README.md."""

import argparse
import importlib
import json
import sys
import tempfile
import traceback
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from harness.processes import Failed
from harness.report import machine
from harness.requirements import BENCHMARKS, Unavailable, gatehouse

SCENARIOS = [
    "proxy", "rest", "jwt", "envoy", "sigv4", "policy", "authorizer", "authorizer-memory", "api-keys", "signin", "cache",
    "engines", "throttle", "function", "startup", "bursts", "routes", "management", "deployments", "tables", "reload",
    "websocket", "broadcast", "websocket-memory", "websocket-connect", "allocations",
]


@dataclass
class Settings:
    rounds: int
    seconds: int
    scratch: Path


def main():
    options = arguments()
    results = {"time": datetime.now(timezone.utc).isoformat(timespec="seconds"), "machine": machine(), "scenarios": {}}
    outcome = 0
    for name in options.scenario or SCENARIOS:
        try:
            results["gatehouse"] = gatehouse()
            report = run(name, options)
        except Unavailable as missing:
            print(f"{name}: {missing}", file=sys.stderr)
            outcome = 2
            continue
        except Failed as failure:
            print(f"{name}: {failure}", file=sys.stderr)
            outcome = 1
            continue
        except Exception:
            # Whatever one scenario meets (an API call refused, say), the others still have their figures.
            print(f"{name}:\n{traceback.format_exc()}", file=sys.stderr)
            outcome = 1
            continue
        print(report.text(), end="\n\n", flush=True)
        results["scenarios"][name] = report.json()
        if any(goal.binding and not goal.met for goal in report.goals):
            outcome = 1
    options.output.write_text(json.dumps(results, indent=2) + "\n")
    return outcome


def run(name, options):
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        scratch = Path(folder)
        # nginx's worker is another user and has to reach its files.
        scratch.chmod(0o755)
        scenario = importlib.import_module(f"scenarios.{name.replace('-', '_')}")
        return scenario.run(Settings(options.rounds, options.seconds, scratch))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"of {', '.join(SCENARIOS)}; all of them when none is named")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per candidate (5)")
    parser.add_argument("--seconds", type=int, default=4, help="seconds of load per round (4)")
    parser.add_argument("--output", type=Path, default=BENCHMARKS / "results.json", help="where the JSON goes")
    options = parser.parse_args()
    if unknown := set(options.scenario) - set(SCENARIOS):
        parser.error(f"no scenario {', '.join(sorted(unknown))}: choose of {', '.join(SCENARIOS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
