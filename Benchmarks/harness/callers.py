"""What scenarios of guarded routes share: an API with an open route beside a guarded one, its callers, and what each costs."""

from harness import apis, load, requirements
from harness.report import median

CONNECTIONS = 64
CPU, RATE = "us CPU/request", "requests/s"
OPEN = "open route"


def create_api(aws, name, *, authorization, authorizer=None, **route):
    """`GET /open` and `GET /guarded`, both to the origin. Answers with the ids of the API and of its authorizer."""
    api = {"ApiId": aws.gateway.create_api(Name=name, ProtocolType="HTTP")["ApiId"]}
    integration = aws.gateway.create_integration(
        **api, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=apis.ORIGIN_URL,
        PayloadFormatVersion="1.0")["IntegrationId"]
    if authorizer:
        made = aws.gateway.create_authorizer(
            **api, Name=name, IdentitySource=["$request.header.Authorization"], **authorizer)
        route["AuthorizerId"] = made["AuthorizerId"]
    target = {"Target": f"integrations/{integration}"}
    aws.gateway.create_route(**api, **target, RouteKey="GET /open")
    aws.gateway.create_route(**api, **target, RouteKey="GET /guarded", AuthorizationType=authorization, **route)
    apis.create_default_stage(aws, api["ApiId"])
    return api["ApiId"], route.get("AuthorizerId")


def write(file, callers):
    """One line for each caller, a dictionary of fields."""
    file.write_text("".join("\t".join(f"{name}: {value}" for name, value in one.items()) + "\n" for one in callers))


def first(file):
    """The fields of the file's first caller."""
    with open(file) as lines:
        return dict(field.split(": ", 1) for field in next(lines).rstrip("\n").split("\t"))


def target(port, host, path, file):
    return load.Target(port, path, {}, script=(requirements.BENCHMARKS / "load/callers.lua", file, host, path))


def measure(candidates, settings, core, before=lambda: None):
    """The samples of each candidate (a process and its target, by name), which take turns; each round begins with another.

    `before` is called before every candidate's turn, for callers whose fields do not last.
    """
    names, samples = list(candidates), {name: [] for name in candidates}
    for name in names:
        before()
        load.measured(*candidates[name], CONNECTIONS, 1, core)
    for turn in range(settings.rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            before()
            sample, cost = load.measured(*candidates[name], CONNECTIONS, settings.seconds, core)
            samples[name].append({"cpu_us": cost, "rate": sample.rate})
    return samples


def costs(samples):
    """Each candidate's microseconds of processor time per request."""
    return {name: median(one["cpu_us"] for one in rounds) for name, rounds in samples.items()}


def columns(reference):
    return ["route", CPU, f"x the {reference}", "us more than it", RATE]


def rows(samples, reference=OPEN):
    """A row for each candidate, compared with the reference."""
    cost = costs(samples)
    _, _, ratio, more, _ = columns(reference)
    return [
        {
            "route": name, CPU: cost[name], ratio: cost[name] / cost[reference], more: cost[name] - cost[reference],
            RATE: median(one["rate"] for one in rounds), "rounds": rounds,
        }
        for name, rounds in samples.items()
    ]
