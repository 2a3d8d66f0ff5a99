"""The programs a scenario needs, found before anything is started, with the install line when one is missing."""

import os
import shutil
import subprocess
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
# Debian keeps servers in sbin, which is not on every user's path.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class Unavailable(Exception):
    """Something has to be installed or built first; the text says what."""


def optional(program):
    return shutil.which(program, path=SEARCH_PATH)


def program(name, package):
    found = optional(name)
    if found is None:
        raise Unavailable(f"{name} is not installed: apt-get install {package}")
    return found


def gatehouse():
    binary = Path(os.environ.get("GATEHOUSE", BENCHMARKS.parent / ".build/release/gatehouse")).resolve()
    if not os.access(binary, os.X_OK):
        raise Unavailable(f"{binary} is not there: swift build -c release, or set GATEHOUSE to the binary")
    return str(binary)


def python_with(module, variable, default=None):
    """The Python of the environment variable (or the default), checked to have the module; None when neither is set."""
    python = os.environ.get(variable, default)
    if python is None:
        return None
    if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode != 0:
        raise Unavailable(f"{python} has no module {module}: {python} -m pip install {module}, or set {variable}")
    return python


def cores():
    """The core of the server under measurement and the core of everything else."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2:
        raise Unavailable("two cores are needed: one for the server, one for the load and the origin")
    return available[0], available[1]
