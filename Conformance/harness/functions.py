"""Functions made from source text."""

import base64
import io
import json
import uuid
import zipfile
from dataclasses import dataclass

from harness.server import ACCOUNT, REGION

ROLE = f"arn:aws:iam::{ACCOUNT}:role/functions"
PYTHON, NODE, PROVIDED = "python3.12", "nodejs20.x", "provided.al2023"
SOURCE_FILE = {PYTHON: "handler.py", NODE: "handler.js", PROVIDED: "bootstrap"}


def unique(stem):
    return f"{stem}-{uuid.uuid4().hex[:10]}"


def function_arn(name):
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def package(files):
    """A function package: every file world-readable, `bootstrap` executable."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return archive.getvalue()


@dataclass
class Invocation:
    status: int
    error: str | None
    body: bytes
    version: str | None
    log: str | None
    request_id: str
    headers: dict

    def json(self):
        return json.loads(self.body)


class Function:
    def __init__(self, clients, name):
        self.clients, self.client, self.name, self.arn = clients, clients.functions, name, function_arn(name)
        # As integrations and authorizers name it.
        self.uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{self.arn}/invocations"

    def invoke(self, event=None, raw=None, **parameters):
        payload = raw if raw is not None else json.dumps({} if event is None else event).encode()
        answer = self.client.invoke(**{"FunctionName": self.name, "Payload": payload} | parameters)
        metadata = answer["ResponseMetadata"]
        log = answer.get("LogResult")
        return Invocation(
            status=answer["StatusCode"],
            error=answer.get("FunctionError"),
            body=answer["Payload"].read(),
            version=answer.get("ExecutedVersion"),
            log=base64.b64decode(log).decode() if log else None,
            request_id=metadata["HTTPHeaders"].get("x-amzn-requestid"),
            headers=metadata["HTTPHeaders"],
        )

    def has_logged(self, text):
        """Whether a line of the function's log has the text: another call may find another environment."""
        logs = self.clients.service("logs")
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{self.name}", filterPattern=f'"{text}"')
        except logs.exceptions.ResourceNotFoundException:
            return False
        return bool(found["events"])

    def permit(self, source_arn=None, **parameters):
        """Lets API Gateway invoke the function, as an operator must."""
        if source_arn:
            parameters["SourceArn"] = source_arn
        return self.client.add_permission(
            **{
                "FunctionName": self.name,
                "StatementId": unique("api"),
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
            }
            | parameters
        )

    def configure(self, **parameters):
        self.client.update_function_configuration(FunctionName=self.name, **parameters)
        self.settle("function_updated_v2")

    def replace_code(self, source, file="handler.py"):
        self.client.update_function_code(FunctionName=self.name, ZipFile=package({file: source}))
        self.settle("function_updated_v2")

    def settle(self, waiter="function_active_v2"):
        self.client.get_waiter(waiter).wait(FunctionName=self.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 200})

    def delete(self):
        self.client.delete_function(FunctionName=self.name)


def create_function(clients, source=None, files=None, runtime=PYTHON, handler="handler.handler", name=None, **more):
    """A function that is active. `source` is the text of its one file; `files` is for more than one."""
    if files is None:
        files = {SOURCE_FILE.get(runtime, "handler.py"): source}
    function = Function(clients, name or unique("function"))
    parameters = {
        "FunctionName": function.name,
        "Runtime": runtime,
        "Handler": handler,
        "Role": ROLE,
        "Code": {"ZipFile": package(files)},
        "Timeout": 20,
        "MemorySize": 256,
    }
    clients.functions.create_function(**parameters | more)
    function.settle()
    return function


def create_parameters(source):
    """What CreateFunction needs, for a function that does not exist yet."""
    return {
        "FunctionName": unique("made"),
        "Runtime": PYTHON,
        "Handler": "handler.handler",
        "Role": ROLE,
        "Code": {"ZipFile": package({"handler.py": source})},
    }
