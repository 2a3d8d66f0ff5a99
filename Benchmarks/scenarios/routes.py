"""The same request in an API of 10 routes and in one of 10,000: what a lookup costs, and what a new route costs."""

import time
from contextlib import ExitStack

from harness import apis, connection, gateway, load, peers, requirements
from harness.report import Goal, Report, median

FEW, MANY = 10, 10_000
VISITED = 1000
NEW_ROUTES = 21
CONNECTIONS = 64
HIT, MISS, CREATE, IMPORT = "us CPU/hit", "us CPU/miss", "create_route ms", "import_api s"


def run(settings):
    server_core, load_core = requirements.cores()
    with ExitStack() as stack:
        stack.enter_context(peers.origin(settings.scratch, load_core))
        gatehouse = stack.enter_context(gateway.serving(settings.scratch, core=server_core))
        aws = apis.clients(gatehouse.management)
        rows = {count: {"routes": count, "rounds": {HIT: [], MISS: []}} for count in (FEW, MANY)}
        api_ids = {}
        for count, row in rows.items():
            begin = time.perf_counter()
            api_ids[count] = apis.import_routes(aws, count)
            row[IMPORT] = time.perf_counter() - begin
        targets = [
            (count, column, target(gatehouse.traffic_port, api_ids[count], count, column))
            for column in (HIT, MISS)
            for count in (FEW, MANY)
        ]
        for _, _, one in targets:
            load.wrk(one, CONNECTIONS, 1, load_core)
        for turn in range(settings.rounds):
            for count, column, one in targets if turn % 2 == 0 else reversed(targets):
                _, cpu = load.measured(gatehouse.process, one, CONNECTIONS, settings.seconds, load_core)
                rows[count]["rounds"][column].append(cpu)
        for count, row in rows.items():
            row[HIT], row[MISS] = median(row["rounds"][HIT]), median(row["rounds"][MISS])
            row["rounds"][CREATE] = created(gatehouse, aws, api_ids[count])
            row[CREATE] = median(row["rounds"][CREATE])
    goals = [
        Goal(f"{name}, {MANY:,} routes: x {FEW} routes", rows[MANY][name] / rows[FEW][name], 1.1)
        for name in (HIT, MISS)
    ]
    goals.append(Goal(f"creating a route among {MANY:,}, ms", rows[MANY][CREATE], 20.0))
    return Report(
        f"Routes: lookups spread over the API's routes, {CONNECTIONS} connections, one core each",
        ["routes", HIT, MISS, CREATE, IMPORT],
        list(rows.values()),
        goals,
        notes=["a hit goes on to the origin; a miss differs in its last segment only and is answered 404 at once"],
    )


def target(port, api_id, routes, column):
    """Requests that match a route, or that match one in all but a segment too many."""
    last = "i1" if column == HIT else "i1/none"
    script = (requirements.BENCHMARKS / "load/routes.lua", routes, min(routes, VISITED), last)
    return load.Target(port, "/", {"Host": apis.host(api_id)}, script, refused=column == MISS)


def created(gatehouse, aws, api_id):
    """Milliseconds of each new route, from the request to the answer: the stage deploys by itself, so the route
    serves by then."""
    route = aws.gateway.get_routes(ApiId=api_id, MaxResults="1")["Items"][0]
    times = []
    with connection.Connection(gateway.MANAGEMENT_PORT) as client:
        for n in range(NEW_ROUTES):
            body = {"routeKey": f"GET /new{n}/items/{{id}}", "target": route["Target"]}
            request = apis.signed_request(gatehouse.management, "POST", f"/v2/apis/{api_id}/routes", body)
            begin = time.perf_counter()
            answer = client.send(request)
            times.append((time.perf_counter() - begin) * 1000)
            connection.expect(answer, 201)
    with connection.Connection(gatehouse.traffic_port) as client:
        answer = client.send(connection.get(f"/new{NEW_ROUTES - 1}/items/1", apis.host(api_id)))
        connection.expect(answer, 200, b"hello from upstream")
    return times
