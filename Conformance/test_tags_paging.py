"""Tags on APIs and stages, and lists that come in pages."""

import pytest

from harness.apis import HttpApi
from harness.clients import error_of


class TestTags:
    @pytest.fixture(params=["api", "stage"])
    def arn(self, request, http_api):
        api = http_api("dev", Tags={"made": "with"}, stage_options={"Tags": {"made": "with"}})
        return api.arn if request.param == "api" else f"{api.arn}/stages/dev"

    @pytest.fixture
    def tags(self, clients):
        return lambda arn: clients.apis.get_tags(ResourceArn=arn)["Tags"]

    def test_a_resource_has_the_tags_it_was_created_with(self, tags, arn):
        assert tags(arn) == {"made": "with"}

    def test_tagging_adds_and_replaces(self, clients, tags, arn):
        clients.apis.tag_resource(ResourceArn=arn, Tags={"made": "again", "team": "doors"})
        assert tags(arn) == {"made": "again", "team": "doors"}

    def test_tagging_answers_201(self, clients, arn):
        answer = clients.apis.tag_resource(ResourceArn=arn, Tags={"a": "b"})
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201

    def test_untagging_removes_the_named_keys(self, clients, tags, arn):
        clients.apis.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
        clients.apis.untag_resource(ResourceArn=arn, TagKeys=["made", "a"])
        assert tags(arn) == {"b": "2"}

    def test_untagging_answers_204(self, clients, arn):
        answer = clients.apis.untag_resource(ResourceArn=arn, TagKeys=["made"])
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204

    def test_the_api_itself_shows_its_tags(self, clients, http_api):
        api = http_api(stage=None, Tags={"a": "b"})
        assert clients.apis.get_api(ApiId=api.id)["Tags"] == {"a": "b"}

    @pytest.mark.parametrize("operation", ["get_tags", "tag_resource", "untag_resource"])
    def test_an_unknown_resource_is_not_found(self, clients, operation):
        parameters = {"tag_resource": {"Tags": {"a": "b"}}, "untag_resource": {"TagKeys": ["a"]}}.get(operation, {})
        arn = "arn:aws:apigateway:us-east-1::/apis/zzzzzzzzzz"
        assert error_of(getattr(clients.apis, operation), ResourceArn=arn, **parameters).code == "NotFoundException"


class TestPaging:
    @pytest.fixture
    def api(self, http_api):
        """An API with three of everything."""
        made = http_api(stage=None)
        for number in range(3):
            made.route(f"GET /{number}", made.integrate(f"https://example.com/{number}"))
        for number in range(3):
            made.stage(f"stage{number}", auto_deploy=False)
            made.deploy()
        return made

    LISTS = [
        ("get_routes", "RouteKey"),
        ("get_integrations", "IntegrationId"),
        ("get_stages", "StageName"),
        ("get_deployments", "DeploymentId"),
    ]

    @pytest.mark.parametrize(("operation", "key"), LISTS)
    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    def test_pages_of_any_size_hold_every_item_once(self, api, operation, key, size):
        pages = list(self.pages(getattr(api.client, operation), size, ApiId=api.id))
        assert len({item[key] for page in pages for item in page}) == 3
        assert [len(page) for page in pages if page] == {1: [1, 1, 1], 2: [2, 1]}.get(size, [3])

    @pytest.mark.parametrize(("operation", "key"), LISTS)
    def test_without_a_size_a_short_list_is_whole_and_has_no_token(self, api, operation, key):
        answer = getattr(api.client, operation)(ApiId=api.id)
        assert len(answer["Items"]) == 3
        assert "NextToken" not in answer

    def test_apis_come_in_pages_too(self, own_gatehouse):
        server = own_gatehouse()
        made = {HttpApi(server).id for _ in range(3)}
        pages = list(self.pages(server.clients.apis.get_apis, 2))
        assert [len(page) for page in pages] == [2, 1]
        assert {item["ApiId"] for page in pages for item in page} == made

    def test_an_empty_list_is_an_empty_list(self, http_api, clients):
        assert clients.apis.get_routes(ApiId=http_api(stage=None).id)["Items"] == []

    def test_the_aws_cli_follows_the_pages(self, api, clients):
        routes = clients.aws(f"aws apigatewayv2 get-routes --api-id {api.id} --page-size 1")
        assert {route["RouteKey"] for route in routes["Items"]} == {"GET /0", "GET /1", "GET /2"}

    @pytest.mark.parametrize("parameters", [{"MaxResults": "many"}, {"MaxResults": "-1"}, {"NextToken": "made up"}])
    def test_a_page_that_makes_no_sense_is_refused(self, api, parameters):
        error = error_of(api.client.get_routes, ApiId=api.id, **parameters)
        assert (error.status, error.code) == (400, "BadRequestException")

    @staticmethod
    def pages(operation, size, **parameters):
        answer = operation(MaxResults=str(size), **parameters)
        yield answer["Items"]
        while token := answer.get("NextToken"):
            answer = operation(MaxResults=str(size), NextToken=token, **parameters)
            yield answer["Items"]
