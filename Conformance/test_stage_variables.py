"""Stage variables: where they stand, when they change, and what they may be."""

import pytest

from harness.clients import error_of


@pytest.fixture
def api(http_api, origin):
    """An API with one route and no stage yet."""
    made = http_api(stage=None)
    made.route("GET /one", made.integrate(origin.url))
    return made


@pytest.fixture
def variables_api(http_api, origin):
    """`GET /v` goes to an URI that is made of stage variables in host, path and query."""
    api = http_api(stage=None)
    uri = "http://${stageVariables.host}/${stageVariables.path}?from=${stageVariables.query}"
    api.route("GET /v", api.integrate(uri, "GET"))
    return api


def test_they_stand_in_host_path_and_query_of_an_uri(variables_api, origin):
    variables = {"host": origin.authority, "path": "p", "query": "q"}
    variables_api.stage(StageVariables=variables)
    assert variables_api.call("GET", "/v").status == 200
    assert origin.only().target == "/p?from=q"


def test_each_stage_has_its_own(variables_api, origin):
    for name in ("dev", "prod"):
        variables_api.stage(name, StageVariables={"host": origin.authority, "path": name, "query": "q"})
    assert [variables_api.call("GET", target).status for target in ("/dev/v", "/prod/v")] == [200, 200]
    assert [request.target for request in origin.wait(2)] == ["/dev?from=q", "/prod?from=q"]


def test_a_changed_one_serves_at_once(variables_api, origin):
    variables = {"host": origin.authority, "path": "before", "query": "q"}
    variables_api.stage(StageVariables=variables)
    assert variables_api.call("GET", "/v").status == 200
    variables_api.update_stage(StageVariables=variables | {"path": "after"})
    assert variables_api.call("GET", "/v").status == 200
    assert [request.target for request in origin.wait(2)] == ["/before?from=q", "/after?from=q"]


def test_one_selects_the_function(http_api, function):
    target = function("def handler(event, context): return 'chosen by the stage'")
    api = http_api(stage=None)
    target.permit(api.source_arn)
    uri = target.arn.replace(target.name, "${stageVariables.name}")
    integration = api.client.create_integration(
        ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=uri, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    api.route("GET /", integration)
    api.stage(StageVariables={"name": target.name})
    assert api.call().body == b"chosen by the stage"


@pytest.mark.parametrize("value", ["plain", "https://host.example:8080/a?b=c&d=e,f#g", "a-b.c_d~e"])
def test_a_value_of_the_grammar_is_kept(api, value):
    assert api.stage("dev", StageVariables={"name": value})["StageVariables"] == {"name": value}


@pytest.mark.parametrize("variables", [{"name": "{a}"}, {"name": "a|b"}, {"na me": "a"}, {"na-me": "a"}], ids=str)
def test_one_outside_the_grammar_is_refused(api, variables):
    error = error_of(api.client.create_stage, ApiId=api.id, StageName="dev", StageVariables=variables)
    assert (error.status, error.code) == (400, "BadRequestException")
