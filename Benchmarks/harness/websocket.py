"""WebSocket APIs under measurement, and `load/websocket.c`, which is the client of all servers alike."""

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass

from harness import apis, processes, requirements

STAGE = "prod"
TARGET = f"/{STAGE}"
# As long as the answer, so that those who send it back have as many bytes to send.
MESSAGE = '{"action": "echo"}'
ANSWER = '"$context.requestId"'
# Of no route, so that `$default` answers it.
WHO = "who am I"
# New connections a second: AWS's quota is 500 an account, which is enforced.
PACE = 450


def create_api(aws, name, connect=None, **settings):
    """`echo`, and `$default`, answer in process, with the request's id and the connection's; `connect` is the ARN of a function."""
    api = {"ApiId": aws.gateway.create_api(
        Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]}  # fmt: skip
    for key, template in (("echo", ANSWER), ("$default", '"$context.connectionId"')):
        integration = aws.gateway.create_integration(
            **api, IntegrationType="MOCK", RequestTemplates={"application/json": '{"statusCode": 200}'})["IntegrationId"]
        aws.gateway.create_integration_response(
            **api, IntegrationId=integration, IntegrationResponseKey="$default",
            ResponseTemplates={"application/json": template})
        route = aws.gateway.create_route(
            **api, RouteKey=key, Target=f"integrations/{integration}", RouteResponseSelectionExpression="$default")
        aws.gateway.create_route_response(**api, RouteId=route["RouteId"], RouteResponseKey="$default")
    if connect:
        integration = aws.gateway.create_integration(
            **api, IntegrationType="AWS_PROXY", IntegrationMethod="POST",
            IntegrationUri=f"arn:aws:apigateway:{apis.REGION}:lambda:path/2015-03-31/functions/{connect}/invocations")
        aws.gateway.create_route(**api, RouteKey="$connect", Target=f"integrations/{integration['IntegrationId']}")
        aws.functions.add_permission(
            FunctionName=connect, StatementId="api", Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{apis.REGION}:{apis.ACCOUNT}:{api['ApiId']}/*")
    aws.gateway.create_stage(**api, StageName=STAGE, AutoDeploy=True, **settings)
    return api["ApiId"]


def compiled(source, scratch):
    """The program of a C file of `load` or `peers`."""
    path = requirements.BENCHMARKS / source
    program = scratch / path.stem
    compiler = requirements.program("cc", "build-essential")
    subprocess.run([compiler, "-O2", "-Wall", "-Werror", "-o", program, path], check=True)
    return str(program)


@dataclass
class Server:
    process: processes.Process
    port: int
    host: str = "localhost"
    target: str = "/"


def server(gatehouse, api_id):
    """The gateway as the server of one API's clients."""
    return Server(gatehouse.process, gatehouse.traffic_port, apis.host(api_id), TARGET)


@dataclass
class Echoes:
    messages: int
    rate: float
    p50_us: float
    p99_us: float
    answer: str


def echo(client, server, clients, seconds, core):
    """Exchanges messages for some seconds. Answers with what came of it and the server's microseconds of processor time per
    message."""
    command = [client, "echo", server.port, server.host, server.target, clients, seconds, MESSAGE]
    before = server.process.cpu_seconds()
    with processes.on_cores({core}):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode != 0 or not done.stdout:
        raise processes.Failed(f"{' '.join(map(str, command))}: {done.stderr}")
    messages, took, p50, p99, answer = done.stdout.rstrip("\n").split(" ", 4)
    spent = server.process.cpu_seconds() - before
    echoes = Echoes(int(messages), int(messages) / float(took), float(p50), float(p99), answer)
    return echoes, spent / echoes.messages * 1e6


class Clients:
    """Connections that stay open, held by a process of their own, which is told what to expect by lines."""

    def __init__(self, popen):
        self.popen = popen

    def read(self):
        line = self.popen.stdout.readline().rstrip("\n")
        if not line:
            raise processes.Failed(f"the clients ended: {self.popen.stderr.read()}")
        return line

    def tell(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()

    def expect(self, count):
        self.tell(f"expect {count}")
        if (answer := self.read()) != "expecting":
            raise processes.Failed(f"the clients say {answer} of what nobody has sent")

    def received(self):
        """When the first and the last of the expected messages were read, in seconds of the monotonic clock."""
        word, *times = self.read().split()
        if word != "received":
            raise processes.Failed(f"the clients say {word} where messages were expected")
        return tuple(int(time) / 1e9 for time in times)

    def ask(self):
        """The ids of the clients of `create_api`: what each is answered by `$default`."""
        self.tell("ask")
        answers = []
        while (line := self.read()).startswith("answer "):
            answers.append(line.removeprefix("answer ").strip('"'))
        return answers


@contextmanager
def connected(client, server, count, core, pace=PACE):
    """So many clients of the server, `pace` more each second."""
    command = [client, "hold", server.port, server.host, server.target, count, pace, WHO]
    pipe = subprocess.PIPE
    with processes.on_cores({core}):
        popen = subprocess.Popen(list(map(str, command)), stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    try:
        clients = Clients(popen)
        if (answer := clients.read()) != "open":
            raise processes.Failed(f"the clients say {answer}")
        yield clients
    finally:
        popen.kill()
        popen.wait()
