"""What a management change costs beside much that does not change, and whether a steady client notices the largest one."""

import gc
import json
import multiprocessing
import time
from contextlib import contextmanager

from harness import apis, connection, gateway
from harness.report import Goal, Report, median

BESIDE, ALL, ROUTES = 200, 1_000, 50
FEW, MANY = 10, 10_000
DELETED = 20_000
CHANGES = 21
# A policy holds 20 KB: so many statements of AddPermission fit.
MEASURE, VALUE, WORST = "measure", "median", "worst"


def run(settings):
    rows, goals = [], []

    def add(name, times):
        rows.append({MEASURE: name, VALUE: median(times), WORST: max(times), "rounds": times})
        return median(times)

    with serving(settings.scratch) as server:
        alone = add("add_permission alone, ms", server.add_permissions())
        server.fill(BESIDE)
        name = f"add_permission beside {BESIDE} APIs of {ROUTES} routes, ms"
        beside = add(name, server.add_permissions())
        goals.append(Goal(f"{name}: x alone", beside / alone, 2.0))
        server.fill(ALL - BESIDE)
        for name, times in server.changes().items():
            value = add(f"{name} beside {ALL:,} APIs of {ROUTES} routes, ms", times)
            goals.append(Goal(f"{name} beside {ALL:,} APIs, ms", value, 5.0))
    with serving(settings.scratch) as server:
        few, many = server.create_routes_in_turn()
        few = add(f"create_route among {FEW}, ms", few)
        many = add(f"create_route among {MANY:,}, ms", many)
        goals.append(Goal(f"create_route among {MANY:,}: x among {FEW}", many / few, 2.0))
    add(f"serve: exec to first answer with {ALL:,} APIs of {ROUTES} routes, ms", starts(settings))
    with serving(settings.scratch) as server:
        idle, deletions, stops = server.deletions(settings.rounds)
        add(f"delete_api of {DELETED:,} routes, ms", deletions)
        add("longest wait of a steady client in as long a time without a change, ms", idle)
        stop = add(f"longest wait of a steady client while {DELETED:,} routes go, ms", stops)
        goals.append(Goal(f"delete_api of {DELETED:,} routes: longest wait, ms", stop, 1.0))
    return Report(
        "Management: the cost of a change", [MEASURE, VALUE, WORST], rows, goals,
        notes=["management calls on one connection, one loop, both cores; times include the client's own work",
               "a wait includes what else the machine does: compare with the one without a change"])


@contextmanager
def serving(scratch, data=None):
    with gateway.serving(scratch, data=data) as started, connection.Connection(gateway.MANAGEMENT_PORT) as client:
        yield Server(started, client)


class Server:
    """A running Gatehouse and one connection to its management API."""

    def __init__(self, started, client):
        self.started = started
        self.client = client
        self.counter = 0
        self.filled = []
        aws = apis.clients(started.management)
        self.function_arn = apis.create_function(aws)
        self.unused = "unused"
        apis.create_function(aws, self.unused)

    def call(self, status, method, path, body=None, service="apigateway"):
        """The answer's body, and the milliseconds that it took."""
        request = apis.signed_request(self.started.management, method, path, body, service)
        begin = time.perf_counter()
        answer = self.client.send(request)
        elapsed = (time.perf_counter() - begin) * 1000
        connection.expect(answer, status)
        body = answer.split(b"\r\n\r\n", 1)[1]
        return json.loads(body) if body else None, elapsed

    def next(self):
        self.counter += 1
        return self.counter

    def timed(self, *calls):
        """The milliseconds of `CHANGES` calls, each made by a function of its number."""
        return [self.call(*make(self.next()))[1] for make in calls * CHANGES]

    def import_api(self, routes, integration):
        operation = {"x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/one"}}
        document = {
            "openapi": "3.0.1",
            "info": {"title": f"{routes} routes", "version": "1"},
            "components": {"x-amazon-apigateway-integrations": {"one": integration}},
            "paths": {f"/r{n}/items/{{id}}": {"get": operation} for n in range(routes)},
        }
        api_id = self.call(201, "PUT", "/v2/apis", {"body": json.dumps(document)})[0]["apiId"]
        self.call(201, "POST", f"/v2/apis/{api_id}/stages", {"stageName": "$default", "autoDeploy": True})
        return api_id

    def fill(self, count):
        """APIs whose routes all call a function that does not change."""
        integration = {
            "type": "aws_proxy", "httpMethod": "POST", "uri": self.function_arn, "payloadFormatVersion": "2.0"}
        self.filled += [self.import_api(ROUTES, integration) for _ in range(count)]

    def import_proxy(self, routes):
        return self.import_api(
            routes, {"type": "http_proxy", "httpMethod": "GET", "uri": apis.ORIGIN_URL, "payloadFormatVersion": "1.0"})

    # What is measured

    def add_permission(self, n):
        return 201, "POST", f"/2015-03-31/functions/{self.unused}/policy", {
            "StatementId": f"s{n}", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            "SourceArn": f"arn:aws:execute-api:{gateway.REGION}:{apis.ACCOUNT}:none/*/*",
        }, "lambda"

    def add_permissions(self):
        return self.timed(self.add_permission)

    def create_route(self, api_id, target):
        return lambda n: (201, "POST", f"/v2/apis/{api_id}/routes", {"routeKey": f"GET /new{n}", "target": target})

    def target(self, api_id):
        return self.call(200, "GET", f"/v2/apis/{api_id}/routes?maxResults=1")[0]["items"][0]["target"]

    def changes(self):
        """The milliseconds of each kind of change to one API among many."""
        api_id = self.filled[len(self.filled) // 2]
        api = f"/v2/apis/{api_id}"
        target = self.target(api_id)
        route_ids = [item["routeId"] for item in self.call(200, "GET", f"{api}/routes")[0]["items"]]
        integration = f"{api}/{target}"
        timeout = {"timeoutInMillis": 20_000}
        times = {
            "add_permission": self.add_permissions(),
            "create_route": self.timed(self.create_route(api_id, target)),
            "delete_route": self.timed(lambda n: (204, "DELETE", f"{api}/routes/{route_ids.pop()}")),
            "create_integration": self.timed(lambda n: (201, "POST", f"{api}/integrations", {
                "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "integrationUri": apis.ORIGIN_URL,
                "payloadFormatVersion": "1.0"})),
            "update_integration": self.timed(
                lambda n: (200, "PATCH", integration, timeout | {"description": f"number {n}"})),
            "update_stage": self.timed(
                lambda n: (200, "PATCH", f"{api}/stages/$default", {"stageVariables": {"n": f"{n}"}})),
            "create_api": self.timed(lambda n: (201, "POST", "/v2/apis", {"name": f"a{n}", "protocolType": "HTTP"})),
        }
        deleted = [self.filled.pop() for _ in range(CHANGES)]
        times["delete_api"] = self.timed(lambda n: (204, "DELETE", f"/v2/apis/{deleted.pop()}"))
        return times

    def create_routes_in_turn(self):
        few, many = self.import_proxy(FEW), self.import_proxy(MANY)
        calls = [self.create_route(api_id, self.target(api_id)) for api_id in (few, many)]
        times = self.timed(*calls)
        return times[::2], times[1::2]

    def deletions(self, rounds):
        """Milliseconds of each deletion, and the longest waits of a steady client with it and without."""
        other = self.import_proxy(FEW)
        idle, deletions, stops = [], [], []
        for _ in range(rounds):
            api_id = self.import_proxy(DELETED)
            with Steady(self.started.traffic_port, apis.host(other)) as steady:
                window = 1.0
                begin = time.monotonic()
                time.sleep(window)
                deletion = time.monotonic()
                deletions.append(self.call(204, "DELETE", f"/v2/apis/{api_id}")[1])
                # What was deleted may be freed a little later.
                time.sleep(window)
                end = time.monotonic()
            idle.append(steady.longest(begin, deletion))
            stops.append(steady.longest(deletion, end))
        return idle, deletions, stops


def starts(settings):
    """Milliseconds from exec to an answer of the last API."""
    data = settings.scratch / "data"
    with serving(settings.scratch, data) as server:
        server.fill(ALL)
        host = apis.host(server.filled[-1])
    times = []
    for _ in range(settings.rounds):
        begin = time.perf_counter()
        with gateway.serving(settings.scratch, data=data) as started:
            with connection.Connection(started.traffic_port) as client:
                # No route has one segment: the API is found, and no function called.
                connection.expect(client.send(connection.get("/none", host)), 404)
                times.append((time.perf_counter() - begin) * 1000)
    return times


class Steady:
    """A client in a process of its own that asks for something the loop answers at once, many times in a millisecond
    or a few, and keeps how long each answer took."""

    def __init__(self, port, host):
        self.ended = multiprocessing.Event()
        self.ready = multiprocessing.Event()
        self.results, sender = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(
            target=ask, args=(port, connection.get("/none", host), self.ready, self.ended, sender), daemon=True)

    def __enter__(self):
        self.process.start()
        self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.answers = self.results.recv()
        self.process.join()

    def longest(self, begin, end):
        """The longest wait, in milliseconds, of the requests between two times of `time.monotonic`."""
        return max(took for asked, took in self.answers if begin <= asked < end) * 1000


def ask(port, request, ready, ended, sender):
    gc.disable()
    answers = []
    with connection.Connection(port) as client:
        connection.expect(client.send(request), 404)
        ready.set()
        while not ended.is_set():
            asked = time.monotonic()
            client.send(request)
            answers.append((asked, time.monotonic() - asked))
            time.sleep(0.0002)
    sender.send(answers)
