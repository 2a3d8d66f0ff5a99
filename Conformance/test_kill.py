"""`kill -9` at any moment loses no management call that was answered."""

import os
import random
import threading

from botocore.exceptions import BotoCoreError, ClientError

from harness import wire
from harness.apis import HttpApi
from harness.deadline import until
from harness.functions import PYTHON, ROLE, create_function, package, unique

KILLS = int(os.environ.get("GATEHOUSE_KILLS", "25"))
WORKERS = 3


class Ledger:
    """What the server has acknowledged: the state that must be there, whatever happens."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = 0
        self.routes = {}
        self.deleted_routes = set()
        self.descriptions = {}
        self.functions = {}
        self.tags = {}

    def note(self, change):
        with self.lock:
            change()
            self.acknowledged += 1


class Worker(threading.Thread):
    """A client that changes things of its own until its server is gone, and notes each answer."""

    def __init__(self, server, ledger, number):
        super().__init__(daemon=True)
        self.clients, self.ledger, self.number = server.clients, ledger, number
        self.random = random.Random(number)
        self.unexpected = None

    def run(self):
        try:
            self.work()
        except ClientError as error:
            self.unexpected = error
        except (BotoCoreError, OSError):
            return

    def work(self):
        apis, functions, ledger = self.clients.apis, self.clients.functions, self.ledger
        api_id = apis.create_api(Name=unique("kill"), ProtocolType="HTTP")["ApiId"]
        ledger.note(lambda: ledger.routes.setdefault(api_id, {}))
        while True:
            key = f"GET /{unique('route')}"
            route_id = apis.create_route(ApiId=api_id, RouteKey=key)["RouteId"]
            ledger.note(lambda: ledger.routes[api_id].__setitem__(route_id, key))
            text = unique("description")
            apis.update_api(ApiId=api_id, Description=text)
            ledger.note(lambda: ledger.descriptions.setdefault(api_id, []).append(text))
            if self.random.random() < 0.3:
                with ledger.lock:
                    ledger.routes[api_id].pop(route_id)
                apis.delete_route(ApiId=api_id, RouteId=route_id)
                ledger.note(lambda: ledger.deleted_routes.add((api_id, route_id)))
            if self.random.random() < 0.3:
                self.make_function(functions)

    def make_function(self, functions):
        name, ledger = unique("kill"), self.ledger
        code = package({"handler.py": f"def handler(event, context): return '{name}'"})
        created = functions.create_function(
            FunctionName=name, Runtime=PYTHON, Handler="handler.handler", Role=ROLE, Code={"ZipFile": code}
        )
        ledger.note(lambda: ledger.functions.__setitem__(name, created["CodeSha256"]))
        functions.tag_resource(Resource=created["FunctionArn"], Tags={"of": name})
        ledger.note(lambda: ledger.tags.__setitem__(created["FunctionArn"], {"of": name}))


def compare(server, ledger):
    apis, functions = server.clients.apis, server.clients.functions
    descriptions = {
        item["ApiId"]: item.get("Description")
        for page in apis.get_paginator("get_apis").paginate()
        for item in page["Items"]
    }
    assert set(ledger.routes) <= set(descriptions)
    for api_id, texts in ledger.descriptions.items():
        # The update that was under way when the server died may be there; one that was overwritten may not.
        assert descriptions[api_id] not in texts[:-1] + [None]
    for api_id, routes in ledger.routes.items():
        pages = apis.get_paginator("get_routes").paginate(ApiId=api_id)
        found = {item["RouteId"]: item["RouteKey"] for page in pages for item in page["Items"]}
        assert {route_id: found.get(route_id) for route_id in routes} == routes
        assert not {(api_id, route_id) for route_id in found} & ledger.deleted_routes
    pages = functions.get_paginator("list_functions").paginate()
    hashes = {item["FunctionName"]: item["CodeSha256"] for page in pages for item in page["Functions"]}
    assert {name: hashes.get(name) for name in ledger.functions} == ledger.functions


def test_every_acknowledged_call_is_there_after_every_kill(own_gatehouse, tmp_path):
    data, ledger, numbers = tmp_path / "data", Ledger(), random.Random(9)
    for kill in range(KILLS):
        server = own_gatehouse(data=data, traffic=0)
        compare(server, ledger)
        workers = [Worker(server, ledger, kill * WORKERS + number) for number in range(WORKERS)]
        goal = ledger.acknowledged + numbers.randint(1, 40)
        for worker in workers:
            worker.start()
        until(lambda: ledger.acknowledged >= goal or not any(w.is_alive() for w in workers), "work", within=60)
        server.kill()
        for worker in workers:
            worker.join(timeout=30)
            assert worker.unexpected is None
        assert ledger.acknowledged >= goal
    server = own_gatehouse(data=data, traffic=0)
    compare(server, ledger)
    for arn, tags in ledger.tags.items():
        assert server.clients.functions.list_tags(Resource=arn)["Tags"] == tags


def test_a_function_runs_after_a_kill_from_what_was_kept(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    target = create_function(server.clients, "def handler(event, context): return 'kept'")
    server.kill()
    restarted = own_gatehouse(data=tmp_path / "data")
    answer = restarted.clients.functions.invoke(FunctionName=target.name)
    assert answer["Payload"].read() == b'"kept"'


def test_an_api_serves_after_a_kill_as_it_was_deployed(own_gatehouse, tmp_path, origin):
    server = own_gatehouse(data=tmp_path / "data")
    api = HttpApi(server)
    integration = api.integrate(origin.url)
    api.route("GET /deployed", integration)
    api.stage(auto_deploy=False)
    api.deploy("$default")
    api.route("GET /undeployed", integration)
    server.kill()
    restarted = own_gatehouse(data=tmp_path / "data")
    statuses = [wire.fetch(restarted.traffic, "GET", path, api.host).status for path in ("/deployed", "/undeployed")]
    assert statuses == [200, 404]


def test_every_acknowledged_item_is_there_after_every_kill(own_gatehouse, tmp_path):
    data, numbers, kept, lock = tmp_path / "data", random.Random(10), {}, threading.Lock()

    def put(server, worker):
        client = server.clients.service("dynamodb")
        try:
            for turn in range(1_000_000):
                key = {"pk": {"S": f"{worker}"}, "sk": {"S": unique("item")}}
                client.put_item(TableName="kill", Item=key | {"turn": {"N": str(turn)}})
                with lock:
                    kept[key["pk"]["S"], key["sk"]["S"]] = str(turn)
        except (BotoCoreError, ClientError, OSError):
            return

    for kill in range(KILLS):
        server = own_gatehouse(data=data, traffic=0)
        client = server.clients.service("dynamodb")
        if kill == 0:
            client.create_table(
                TableName="kill", BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            )
        workers = [threading.Thread(target=put, args=(server, n), daemon=True) for n in range(WORKERS)]
        goal = len(kept) + numbers.randint(1, 60)
        for worker in workers:
            worker.start()
        until(lambda: len(kept) >= goal or not any(w.is_alive() for w in workers), "work", within=60)
        server.kill()
        for worker in workers:
            worker.join(timeout=30)
        assert len(kept) >= goal
    client = own_gatehouse(data=data, traffic=0).clients.service("dynamodb")
    found = {
        (item["pk"]["S"], item["sk"]["S"]): item["turn"]["N"]
        for page in client.get_paginator("scan").paginate(TableName="kill")
        for item in page["Items"]
    }
    assert {key: found.get(key) for key in kept} == kept
