"""VPC links of REST and HTTP APIs, for which servers of the operator's stand."""

import ssl
import subprocess

import pytest

from harness import wire
from harness.apis import HttpApi
from harness.clients import error_of
from harness.origin import Origin
from harness.rest import RestApi
from harness.server import Server, run
from test_rest_traffic import integrate, message

NLB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/b"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/b/c"
FAILED = 500, '{"message": "Internal server error"}'


def origin_named(folder, name, days=2):
    """An origin whose certificate, for that name, is signed by itself."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate], check=True, capture_output=True)  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return Origin(tls=context)


@pytest.fixture(scope="module")
def plain():
    origin = Origin()
    yield origin
    origin.close()


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    origin = origin_named(tmp_path_factory.mktemp("tls"), "inside.example")
    yield origin
    origin.close()


@pytest.fixture(scope="module")
def server(plain, secured, tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("links"),
        options=["--vpc-link", f"plain={plain.authority}", "--vpc-link", f"secured={secured.authority}"])  # fmt: skip
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def forget(plain, secured):
    plain.requests.clear()
    secured.requests.clear()


class TestREST:
    def link(self, server, name):
        return server.clients.service("apigateway").create_vpc_link(name=name, targetArns=[NLB])["id"]

    def deployed(self, server, link, uri, type="HTTP_PROXY", variables=None, **more):
        api = RestApi(server)
        integrate(api, api.resource("in"), "GET", type=type, integrationHttpMethod="GET", uri=uri, connectionType="VPC_LINK",
                  connectionId=link, **more)  # fmt: skip
        api.deploy("prod", **({"variables": variables} if variables else {}))
        return api

    def test_a_links_target_is_told_the_uris_host_and_path(self, server, plain):
        link = self.link(server, "plain")
        for type in "HTTP_PROXY", "HTTP":
            api = self.deployed(server, link, "http://inside.example:8080/pets?a=1", type, answers={"200": {}})
            assert message(api.call("GET", "/prod/in")) == (200, "origin")
        for seen in plain.requests:
            assert (seen.header("host"), seen.target) == ("inside.example:8080", "/pets?a=1")

    def test_a_stage_variable_names_the_link(self, server, plain):
        api = self.deployed(server, "${stageVariables.link}", "http://inside.example/", variables={"link": self.link(server, "plain")})
        assert api.call("GET", "/prod/in").status == 200

    def test_a_link_without_a_target_is_500(self, server):
        link = self.link(server, "nobody")
        api = self.deployed(server, link, "http://inside.example/")
        assert message(api.call("GET", "/prod/in")) == FAILED
        server.says(f"stage prod of API {api.id}: GET /in goes through the VPC link {link}, for which this server has no target")

    def test_tls_is_that_of_the_uris_host(self, server, secured):
        insecure = {"tlsConfig": {"insecureSkipVerification": True}}
        link = self.link(server, "secured")
        assert self.deployed(server, link, "https://inside.example/x", **insecure).call("GET", "/prod/in").status == 200
        assert secured.only().target == "/x"
        unavailable = 504, '{"message": "Network error communicating with endpoint"}'
        for uri, more in ("https://inside.example/", {}), ("https://other.example/", insecure):
            assert message(self.deployed(server, link, uri, **more).call("GET", "/prod/in")) == unavailable
        assert len(secured.requests) == 1


class TestSkippedVerification:
    """insecureSkipVerification: the chain is not looked at, the certificate's time and name are."""

    @pytest.mark.parametrize("name, days, status", [("localhost", 2, 200), ("other.example", 2, 504), ("localhost", -1, 504)])
    def test_of_an_origin(self, rest_api, tmp_path, name, days, status):
        if days < 0:
            origin = self.expired(tmp_path, name)
        else:
            origin = origin_named(tmp_path, name, days)
        api = rest_api()
        for path, more in ("checked", {}), ("unchecked", {"tlsConfig": {"insecureSkipVerification": True}}):
            integrate(api, api.resource(path), "GET", type="HTTP_PROXY", integrationHttpMethod="GET",
                      uri=f"https://localhost:{origin.address[1]}/", **more)  # fmt: skip
        api.deploy("prod")
        # A connection that skips verification is nobody else's.
        assert [api.call("GET", f"/prod/{path}").status for path in ("unchecked", "checked", "unchecked")] == [status, 504, status]
        origin.close()

    def expired(self, folder, name):
        key, request, certificate = folder / "key", folder / "csr", folder / "pem"
        for command in (
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request],
            ["x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-out", certificate, "-extfile", folder / "ext"],
        ):
            (folder / "ext").write_text(f"subjectAltName=DNS:{name}\n")
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return Origin(tls=context)


class TestHTTP:
    def link(self, server, name):
        return server.clients.apis.create_vpc_link(Name=name, SubnetIds=["subnet-1"])["VpcLinkId"]

    def integrated(self, server, link, stage="$default", key="ANY /{proxy+}", **more):
        api = HttpApi(server)
        api.stage(stage)
        api.route(key, api.integrate(LISTENER, ConnectionType="VPC_LINK", ConnectionId=link, **more))
        return api

    def test_the_life_of_a_link(self, server):
        client = server.clients.apis
        made = client.create_vpc_link(Name="life", SubnetIds=["subnet-1", "subnet-2"], SecurityGroupIds=["sg-1"], Tags={"a": "1"})
        assert (made["VpcLinkStatus"], made["VpcLinkVersion"]) == ("PENDING", "V2")
        at = {"VpcLinkId": made["VpcLinkId"]}
        link = client.get_vpc_link(**at)
        assert (link["VpcLinkStatus"], link["Name"], link["SubnetIds"], link["SecurityGroupIds"], link["Tags"]) == (
            "AVAILABLE", "life", ["subnet-1", "subnet-2"], ["sg-1"], {"a": "1"})  # fmt: skip
        arn = f"arn:aws:apigateway:us-east-1::/vpclinks/{made['VpcLinkId']}"
        client.tag_resource(ResourceArn=arn, Tags={"b": "2"})
        client.untag_resource(ResourceArn=arn, TagKeys=["a"])
        assert client.get_tags(ResourceArn=arn)["Tags"] == {"b": "2"}
        assert client.update_vpc_link(**at, Name="renamed")["Name"] == "renamed"
        assert "renamed" in [item["Name"] for item in client.get_vpc_links()["Items"]]
        client.delete_vpc_link(**at)
        error = error_of(client.get_vpc_link, **at)
        assert (error.status, error.code) == (404, "NotFoundException")
        for wrong in {"Name": "", "SubnetIds": ["s"]}, {"Name": "x", "SubnetIds": []}, {"Name": "x"}:
            assert error_of(client.create_vpc_link, **wrong).code == "BadRequestException"

    @pytest.mark.parametrize("stage, target", [("$default", "/a/b?c=1"), ("dev", "/dev/a/b?c=1")])
    def test_the_path_has_its_stage_and_the_host_is_the_apis(self, server, plain, stage, target):
        api = self.integrated(server, self.link(server, "plain"), stage)
        answer = api.call("GET", target)
        assert (answer.status, answer.body) == (200, b"origin")
        seen = plain.only()
        assert (seen.target, seen.header("host")) == (target, api.host)

    def test_a_mapping_drops_the_stage(self, server, plain):
        api = self.integrated(server, self.link(server, "plain"), "dev", RequestParameters={"overwrite:path": "$request.path"})
        assert api.call("GET", "/dev/a").status == 200
        assert plain.only().target == "/a"

    def test_tls_verifies_the_name_that_is_configured(self, server, secured):
        """Nobody vouches for the certificate, and HTTP APIs skip nothing."""
        api = self.integrated(server, self.link(server, "secured"), TlsConfig={"ServerNameToVerify": "inside.example"})
        assert (api.call("GET", "/a").status, secured.requests) == (503, [])

    def test_a_link_without_a_target_is_500(self, server):
        api = self.integrated(server, self.link(server, "nobody"))
        answer = api.call("GET", "/a")
        assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')

    @pytest.mark.parametrize("wrong, words", [
        ({"IntegrationUri": "http://a.example/"}, "should be a valid ELB listener ARN or a valid Cloud Map service ARN."),
        ({"ConnectionId": ""}, "A connection id is required"), ({"ConnectionType": "INTERNET", "IntegrationUri": "http://a.example/"}, "only supported for the connection type VPC_LINK"),
    ])  # fmt: skip
    def test_a_private_integration_is_checked(self, http_api, wrong, words):
        api = http_api(stage=None)
        parameters = {"ApiId": api.id, "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0",
                      "IntegrationUri": LISTENER, "ConnectionType": "VPC_LINK", "ConnectionId": "abcdef"}  # fmt: skip
        error = error_of(api.client.create_integration, **parameters | wrong)
        assert error.code == "BadRequestException" and words in error.message


@pytest.mark.parametrize("option", ["link", "link=", "=127.0.0.1:1", "link=host", "link=host:0"])
def test_an_option_that_names_no_target(tmp_path, option):
    done = run("serve", "--in-memory", "--listen", "127.0.0.1:0", "--vpc-link", option, cwd=tmp_path)
    assert done.returncode == 64 and "is no VPC link's target" in done.stderr


TEMPLATE = """
Resources:
  Link:
    Type: AWS::ApiGatewayV2::VpcLink
    Properties: {Name: NAME, SubnetIds: [subnet-1], Tags: {team: shop}}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: behind, ProtocolType: HTTP}
  Behind:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: HTTP_PROXY
      IntegrationMethod: ANY
      IntegrationUri: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/b/c"
      ConnectionType: VPC_LINK
      ConnectionId: !Ref Link
      PayloadFormatVersion: "1.0"
      TLS
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub "integrations/${Behind}"}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
Outputs:
  Id: {Value: !Ref Api}
  Link: {Value: !GetAtt Link.VpcLinkId}
"""


def test_a_template_makes_links_and_what_goes_through_them(server, plain, secured, tmp_path):
    def deploy(name, tls):
        (tmp_path / "template.yaml").write_text(TEMPLATE.replace("NAME", name).replace("TLS", tls))
        done = run("deploy", "template.yaml", "--stack", "behind", "--endpoint", server.url, cwd=tmp_path, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        apis = server.clients.apis.get_apis()["Items"]
        return next(api["ApiId"] for api in apis if api["Name"] == "behind")

    def call(id):
        return wire.fetch(server.traffic, "GET", "/a", f"{id}.execute-api.us-east-1.amazonaws.com", (), None).status

    assert call(deploy("plain", "")) == 200
    assert plain.only().target == "/a"
    # Nobody vouches for the certificate of what is named now.
    assert call(deploy("secured", "TlsConfig: {ServerNameToVerify: inside.example}")) == 503
    # Nothing stands for the link's new name.
    assert call(deploy("renamed", "")) == 500
    link = next(item for item in server.clients.apis.get_vpc_links()["Items"] if item["Name"] == "renamed")
    assert link["Tags"]["team"] == "shop"
