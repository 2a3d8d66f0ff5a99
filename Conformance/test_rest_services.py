"""REST APIs in front of AWS services: this server's own tables, and services that the operator has named."""

import json
import re
import urllib.parse

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.apis import unique
from harness.origin import Origin, reply
from harness.rest import RestApi
from harness.server import ACCOUNT, REGION, Server, inherited_environment, run
from test_integration_roles import Role, trust
from test_rest_traffic import integrate, message

CREDENTIALS = Credentials("AKIDEXAMPLE", "SECRET/+key", "TOKEN")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(?P<scope>[^,]+), SignedHeaders=(?P<headers>[^,]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
ROLE = "arn:aws:iam::123456789012:role/any"


def uri(service, target):
    return f"arn:aws:apigateway:{REGION}:{service}:{target}"


class TestTables:
    @pytest.fixture
    def table(self, clients):
        dynamodb, name = clients.service("dynamodb"), unique("pets")
        dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])  # fmt: skip
        yield name
        dynamodb.delete_table(TableName=name)

    def action(self, api, table, resource, verb, action, template, answers=None, **more):
        body = json.dumps({"TableName": table} | template)
        integrate(
            api, resource, verb, type="AWS", integrationHttpMethod="POST", uri=uri("dynamodb", f"action/{action}"),
            credentials=ROLE, requestTemplates={"application/json": body}, answers=answers or {"200": {}}, **more)  # fmt: skip

    def test_answer_without_a_function(self, rest_api, table):
        api = rest_api()
        pets, pet = api.resource("pets"), None
        pet = api.resource("{id}", pets)
        key = {"id": {"S": "$input.params('id')"}}
        self.action(api, table, pet, "PUT", "PutItem", {"Item": key | {"name": {"S": "$input.path('$.name')"}},
                                                         "ConditionExpression": "attribute_not_exists(id)"},
                    {"200": {}, "409": {"selectionPattern": "400", "responseTemplates": {
                        "application/json": "#set($t = $input.path('$.__type')){\"is\": \"$t.split('#')[1]\"}"}}})  # fmt: skip
        self.action(api, table, pet, "GET", "GetItem", {"Key": key},
                    {"200": {"responseTemplates": {"application/json": '{"name": $input.json("$.Item.name.S")}'}}})  # fmt: skip
        self.action(api, table, pets, "GET", "Scan", {"ConsistentRead": True})
        self.action(api, table, pets, "POST", "Query", {
            "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "$input.path('$.id')"}}})  # fmt: skip
        api.deploy("prod")
        put = api.call("PUT", "/prod/pets/1", (), b'{"name": "Rex"}')
        # Recorded: DynamoDB's body under JSON's own type.
        assert message(put) == (200, "{}")
        assert put.header("content-type") == "application/json"
        assert put.header("x-amzn-trace-id").startswith("Root=1-")
        assert message(api.call("PUT", "/prod/pets/1", (), b'{"name": "Max"}')) == (
            409, '{"is": "ConditionalCheckFailedException"}')  # fmt: skip
        assert message(api.call("GET", "/prod/pets/1")) == (200, '{"name": "Rex"}')
        item = {"id": {"S": "1"}, "name": {"S": "Rex"}}
        assert json.loads(api.call("GET", "/prod/pets").body) == {"Count": 1, "Items": [item], "ScannedCount": 1}
        for id, count in ("1", 1), ("none", 0):
            answer = json.loads(api.call("POST", "/prod/pets", (), json.dumps({"id": id}).encode()).body)
            assert (answer["Count"], answer["ScannedCount"]) == (count, count)

    def test_tell_their_own_errors(self, rest_api, table):
        api = rest_api()
        self.action(api, unique("none"), api.root, "GET", "GetItem", {"Key": {"id": {"S": "1"}}}, {"200": {}, "502": {"selectionPattern": r"4\d\d"}})
        self.action(api, table, api.root, "PUT", "Nothing", {}, {"502": {}})
        self.action(api, table, api.root, "POST", "PutItem", {"Item": "$input.params('x')"}, {"200": {"selectionPattern": "200"}})
        api.deploy("prod")
        status, body = message(api.call("GET", "/prod"))
        assert (status, json.loads(body)["__type"].split("#")[1]) == (502, "ResourceNotFoundException")
        status, body = message(api.call("PUT", "/prod"))
        assert (status, json.loads(body)["__type"].split("#")[1]) == (502, "UnknownOperationException")
        # No answer is selected by DynamoDB's 400.
        assert message(api.call("POST", "/prod")) == (500, '{"message": "Internal server error"}')

    def test_are_told_to_whoever_deploys_what_cannot_be_reached(self, rest_api):
        api = rest_api()
        integrate(api, api.root, "POST", type="AWS", integrationHttpMethod="POST", uri=uri("states", "action/StartExecution"),
                  credentials=ROLE, answers={"200": {}})  # fmt: skip
        code, text = api.error("create_deployment", stageName="prod")
        assert code == "BadRequestException"
        assert "POST / calls states" in text and "--service-endpoint states=URL" in text

    def test_need_a_role(self, rest_api):
        """Reported by Terraform and CDK users: functions alone may be called without one."""
        api = rest_api()
        at = {"resourceId": api.root, "httpMethod": "POST"}
        api("put_method", **at, authorizationType="NONE")
        target = {"type": "AWS", "integrationHttpMethod": "POST", "uri": uri("dynamodb", "action/Scan")}
        assert api.error("put_integration", **at, **target) == (
            "BadRequestException", "Role ARN must be specified for AWS integrations")  # fmt: skip


class TestBuckets:
    """S3 of this server, as recorded of AWS: the paths of public templates, with and without a bucket in them."""

    KEY = {"integration.request.path.key": "method.request.path.key",
           "integration.request.header.Content-Type": "method.request.header.Content-Type"}  # fmt: skip
    DECLARED = {"requestParameters": {"method.request.path.key": True, "method.request.header.Content-Type": False}}

    @pytest.fixture
    def objects(self, rest_api, bucket):
        """An API whose `ANY /{key+}` is the bucket."""

        def make(target=None, credentials=ROLE, answers=None, **settings):
            api = rest_api(**settings)
            integrate(
                api, api.resource("{key+}"), "ANY", type="AWS", integrationHttpMethod="ANY", credentials=credentials,
                uri=uri("s3", target or f"path/{bucket}/{{key}}"), requestParameters=self.KEY, method=self.DECLARED,
                answers=answers or {"200": {}})  # fmt: skip
            api.deploy("prod")
            return api

        return make

    def test_any_method_of_an_object(self, objects, s3, bucket):
        api = objects()
        status, text = message(api.call("GET", "/prod/a/b.json"))
        assert status == 200 and "<Code>NoSuchKey</Code>" in text and "<Key>a/b.json</Key>" in text
        put = api.call("PUT", "/prod/a/b.json", {"Content-Type": "application/json"}, b'{"id": 1}')
        assert message(put) == (200, "")
        found = s3.get_object(Bucket=bucket, Key="a/b.json")
        assert (found["Body"].read(), found["ContentType"]) == (b'{"id": 1}', "application/json")
        assert message(api.call("GET", "/prod/a/b.json")) == (200, '{"id": 1}')
        assert message(api.call("DELETE", "/prod/a/b.json")) == (200, "")
        assert "<Code>NoSuchKey</Code>" in message(api.call("GET", "/prod/a/b.json"))[1]

    def test_a_template_makes_an_object(self, rest_api, s3, bucket):
        api = rest_api()
        integrate(
            api, api.root, "GET", type="AWS", integrationHttpMethod="PUT", credentials=ROLE,
            uri=uri("s3", f"path/{bucket}/made.json"), answers={"200": {}},
            requestParameters={"integration.request.header.Content-Type": "'application/json'",
                               "integration.request.header.x-amz-meta-stage": "context.stage"},
            requestTemplates={"application/json": '{"message": "great success!"}'})  # fmt: skip
        api.deploy("prod")
        assert message(api.call("GET", "/prod")) == (200, "")
        found = s3.get_object(Bucket=bucket, Key="made.json")
        assert (found["Body"].read(), found["Metadata"]) == (b'{"message": "great success!"}', {"stage": "prod"})

    def test_answers_are_mapped_by_their_status_and_fields(self, objects, s3, bucket):
        fields = {"method.response.header.ETag": "integration.response.header.ETag",
                  "method.response.header.Content-Type": "integration.response.header.Content-Type",
                  "method.response.header.x-length": "integration.response.header.Content-Length"}  # fmt: skip
        answers = {"200": {"selectionPattern": "200", "responseParameters": fields}, "404": {"selectionPattern": "4.."}}
        api = objects(answers=answers)
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"12345", ContentType="text/x")["ETag"]
        for verb, body in (("GET", b"12345"), ("HEAD", b"")):
            answer = api.call(verb, "/prod/k")
            assert (answer.status, answer.body, answer.header("etag"), answer.header("content-type"),
                    answer.header("x-length")) == (200, body, etag, "text/x", "5")  # fmt: skip
        assert api.call("GET", "/prod/none").status == 404
        assert api.call("HEAD", "/prod/none").status == 404

    def test_what_a_caller_wants_answered_instead(self, rest_api, s3, bucket):
        api = rest_api()
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentType="text/x")
        integrate(
            api, api.root, "GET", type="AWS", integrationHttpMethod="GET", uri=uri("s3", f"path/{bucket}/k"), credentials=ROLE,
            requestParameters={"integration.request.querystring.response-content-type": "method.request.querystring.type"},
            method={"requestParameters": {"method.request.querystring.type": False}},
            answers={"200": {"responseParameters": {"method.response.header.Content-Type": "integration.response.header.Content-Type"}}})  # fmt: skip
        api.deploy("prod")
        assert [api.call("GET", f"/prod{query}").header("content-type") for query in ("", "?type=image/png")] == ["text/x", "image/png"]

    def test_binary_content_stays_what_it_is(self, objects, s3, bucket):
        content = bytes(range(256)) * 8
        api = objects(binaryMediaTypes=["image/png"])
        headers = {"Content-Type": "image/png", "Accept": "image/png"}
        assert api.call("PUT", "/prod/p.png", headers, content).status == 200
        assert s3.get_object(Bucket=bucket, Key="p.png")["Body"].read() == content
        assert api.call("GET", "/prod/p.png", headers).body == content

    def test_a_bucket_in_the_host(self, objects, bucket):
        api = objects(target="path/{key}")
        assert api.call("PUT", f"/prod/{bucket}/k", (), b"x").status == 200
        hosted = objects(target=None).call("GET", "/prod/k")
        assert message(hosted) == (200, "x")
        own = uri("s3", "path/k").replace(":s3:", f":{bucket}.s3:")
        integrate(api, api.root, "GET", type="AWS", integrationHttpMethod="GET", credentials=ROLE, uri=own, answers={"200": {}})
        api.deploy("prod")
        assert message(api.call("GET", "/prod")) == (200, "x")

    def test_a_role_does_what_it_may(self, objects, clients, bucket):
        role = Role(clients.service("iam"))
        api = objects(credentials=role.arn)
        denied = "<Code>AccessDenied</Code>"
        assert denied in message(api.call("PUT", "/prod/k", (), b"x"))[1]
        role.allow("s3:PutObject", f"arn:aws:s3:::{bucket}/k")
        assert message(api.call("PUT", "/prod/k", (), b"x")) == (200, "")
        assert denied in message(api.call("PUT", "/prod/other", (), b"x"))[1]
        assert denied in message(api.call("GET", "/prod/k"))[1]
        role.allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")
        assert message(api.call("GET", "/prod/k")) == (200, "x")
        role.trust(trust("lambda.amazonaws.com"))
        assert message(api.call("GET", "/prod/k")) == (500, '{"message": "Internal server error"}')
        role.delete()

    @pytest.mark.parametrize("name", ["{0}.s3.amazonaws.com:", "{0}.s3.localhost:1", "..", "a..b", ""])
    def test_the_bucket_in_a_host_is_no_more_than_its_part(self, rest_api, s3, bucket, name):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        api = rest_api()
        own = f"arn:aws:apigateway:{REGION}:{{bucket}}-data.s3:path/k"
        integrate(
            api, api.resource("{bucket}"), "GET", type="AWS", integrationHttpMethod="GET", credentials=ROLE, uri=own,
            requestParameters={"integration.request.path.bucket": "method.request.path.bucket"},
            method={"requestParameters": {"method.request.path.bucket": True}}, answers={"200": {}})  # fmt: skip
        api.deploy("prod")
        answer = api.call("GET", "/prod/" + urllib.parse.quote(name.format(bucket), safe=""))
        assert answer.status in (400, 403, 500) or b"NoSuchBucket" in answer.body or b"InvalidBucketName" in answer.body
        assert answer.body != b"x"

    def test_more_than_an_integration_may_answer(self, objects, s3, bucket):
        s3.put_object(Bucket=bucket, Key="big", Body=bytes(10_485_761))
        assert message(objects().call("GET", "/prod/big")) == (500, '{"message": "Internal server error"}')

    def test_another_region_is_refused_when_it_is_deployed(self, rest_api, bucket):
        api = rest_api()
        there = uri("s3", f"path/{bucket}/k").replace(REGION, "eu-west-1")
        integrate(api, api.root, "GET", type="AWS", integrationHttpMethod="GET", credentials=ROLE, uri=there, answers={"200": {}})
        code, text = api.error("create_deployment", stageName="prod")
        assert code == "BadRequestException" and f"calls s3 of eu-west-1, and this server is {REGION}" in text


class TestTargets:
    """Services of this server whose operations X-Amz-Target names, which the integration maps."""

    def api(self, rest_api, service, target, template):
        api = rest_api()
        integrate(
            api, api.root, "POST", type="AWS", integrationHttpMethod="POST", uri=uri(service, "path//"),
            credentials=ROLE, requestTemplates={"application/json": template}, answers={"200": {}},
            requestParameters={"integration.request.header.X-Amz-Target": f"'{target}'",
                               "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"})  # fmt: skip
        api.deploy("prod")
        return api

    def test_a_secret(self, rest_api, clients):
        secrets, name = clients.service("secretsmanager"), unique("secret")
        secrets.create_secret(Name=name, SecretString="hidden")
        api = self.api(rest_api, "secretsmanager", "secretsmanager.GetSecretValue", '{"SecretId": "%s"}' % name)
        assert json.loads(api.call("POST", "/prod", (), b"{}").body)["SecretString"] == "hidden"
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    def test_no_service_is_asked_for_what_is_another_s(self, rest_api, clients):
        for target in "DynamoDB_20120810.ListTables", "AmazonSSM.DescribeParameters":
            api = self.api(rest_api, "secretsmanager", target, "{}")
            assert "Gatehouse does not serve" in message(api.call("POST", "/prod", (), b"{}"))[1]


class Service:
    """An AWS service that answers nobody whose signature botocore would not have made."""

    def __init__(self, origin, name):
        self.origin, self.name = origin, name
        origin.answer(self.check)
        self.answer = reply(200, [("Content-Type", "application/json")], '{"ok":true}')

    def check(self, exchange):
        request = exchange.request
        found = AUTHORIZATION.fullmatch(request.header("authorization"))
        signed = found["headers"].split(";")
        auth = (S3SigV4Auth if self.name == "s3" else SigV4Auth)(CREDENTIALS, self.name, REGION)
        copy = AWSRequest(request.method, f"http://{request.header('host')}{request.target}", data=request.body,
                          headers={name: ",".join(request.all(name)) for name in signed})  # fmt: skip
        copy.context["timestamp"] = request.header("x-amz-date")
        text = auth.string_to_sign(copy, auth.canonical_request(copy))
        assert found["scope"] == f"{request.header('x-amz-date')[:8]}/{REGION}/{self.name}/aws4_request"
        assert {name for name in request.names if name.startswith("x-amz-")} | {"host"} <= set(signed)
        right = auth.signature(text, copy) == found["signature"] and request.header("x-amz-security-token") == "TOKEN"
        (self.answer if right else reply(403, (), "wrong signature"))(exchange)


class TestEndpoints:
    """Services behind endpoints: what reaches them, and how their answers are mapped."""

    @pytest.fixture(scope="class")
    def origins(self):
        origins = {name: Origin() for name in ("sqs", "states", "s3", "events", "email", "dynamodb")}
        yield origins
        for origin in origins.values():
            origin.close()

    @pytest.fixture(scope="class")
    def server(self, origins, tmp_path_factory):
        options = [part for name, origin in origins.items() for part in ("--service-endpoint", f"{name}={origin.url}")]
        folder = tmp_path_factory.mktemp("services")
        (folder / "credentials").write_text(
            "[other]\naws_access_key_id = NO\n[mine]\n# comment\naws_access_key_id=AKIDEXAMPLE\n"
            "aws_secret_access_key = SECRET/+key\naws_session_token= TOKEN\n")  # fmt: skip
        own = {"AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"), "AWS_PROFILE": "mine"}
        server = Server(folder, options=options, popen={"env": inherited_environment() | own})
        yield server
        server.stop()

    @pytest.fixture
    def service(self, origins):
        def make(name, signing=None):
            origins[name].requests.clear()
            return Service(origins[name], signing or name)

        return make

    def deployed(self, server, target, verb="POST", path="in", **integration):
        api = RestApi(server)
        resource = api.resource(path)
        service, target = target.split(":", 1)
        integrate(api, resource, verb, **{"type": "AWS", "integrationHttpMethod": "POST", "uri": uri(service, target),
                                          "credentials": ROLE, "answers": {"200": {}}} | integration)  # fmt: skip
        api.deploy("prod")
        return api

    def test_a_query_service_gets_its_action_and_parameters(self, server, service):
        sqs = service("sqs")
        sqs.answer = reply(200, [("Content-Type", "text/xml"), ("x-amzn-RequestId", "r-1")], "<MessageId>1</MessageId>")
        api = self.deployed(
            server, "sqs:action/SendMessage&QueueUrl=http://q/1 2",
            requestParameters={"integration.request.querystring.MessageBody": "method.request.body",
                               "integration.request.header.x-amz-extra": "'a  b'"},
            answers={"200": {"responseParameters": {"method.response.header.x-id": "integration.response.header.x-amzn-RequestId"}}})  # fmt: skip
        answer = api.call("POST", "/prod/in", {"Content-Type": "application/json", "X-Own": "1"}, '{"a":"ü&b"}'.encode())
        assert message(answer) == (200, "<MessageId>1</MessageId>")
        assert answer.header("x-id") == "r-1" and answer.header("x-amzn-trace-id")
        seen = sqs.origin.only()
        assert seen.target == "/?Action=SendMessage&MessageBody=%7B%22a%22%3A%22%C3%BC%26b%22%7D&QueueUrl=http%3A%2F%2Fq%2F1%202"
        assert (seen.method, seen.header("accept"), seen.header("user-agent"), seen.header("x-own")) == (
            "POST", "application/json", f"AmazonAPIGateway_{api.id}", None)  # fmt: skip
        assert seen.header("x-amzn-apigateway-api-id") == api.id

    def test_a_path_is_taken_as_it_is(self, server, service):
        """As public templates send to a queue, and as recorded: a form made by a template."""
        sqs = service("sqs")
        api = self.deployed(
            server, f"sqs:path/{ACCOUNT}/queue",
            requestParameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
            requestTemplates={"application/json": "Action=SendMessage&MessageBody=$input.body"}, passthroughBehavior="NEVER")  # fmt: skip
        assert message(api.call("POST", "/prod/in", (), b'{"foo":"bar"}')) == (200, '{"ok":true}')
        seen = sqs.origin.only()
        assert (seen.target, seen.body) == (f"/{ACCOUNT}/queue", b'Action=SendMessage&MessageBody={"foo":"bar"}')
        assert seen.header("content-type") == "application/x-www-form-urlencoded"

    def test_a_json_service_gets_its_target(self, server, service):
        states = service("states")
        api = self.deployed(server, "states:action/StartExecution", requestTemplates={"application/json": '{"input": $input.json("$")}'})
        assert api.call("POST", "/prod/in", (), b"[1]").status == 200
        seen = states.origin.only()
        assert (seen.header("x-amz-target"), seen.header("content-type")) == (
            "AWSStepFunctions.StartExecution", "application/x-amz-json-1.0")  # fmt: skip
        assert seen.body == b'{"input": [1]}'

    def test_tables_may_be_elsewhere(self, server, service):
        """What the operator names wins over this server's own tables."""
        dynamodb = service("dynamodb")
        api = self.deployed(server, "dynamodb:action/Scan", requestTemplates={"application/json": '{"TableName": "t"}'})
        assert message(api.call("POST", "/prod/in")) == (200, '{"ok":true}')
        assert dynamodb.origin.only().header("x-amz-target") == "DynamoDB_20120810.Scan"

    def test_a_service_needs_a_role_that_can_be_assumed(self, server, service):
        sqs, iam = service("sqs"), server.clients.service("iam")
        document = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName="queue", AssumeRolePolicyDocument=json.dumps({"Statement": [document]}))["Role"]
        api = self.deployed(server, "sqs:action/SendMessage", credentials=role["Arn"])
        assert message(api.call("POST", "/prod/in")) == (500, '{"message": "Internal server error"}')
        assert sqs.origin.requests == []
        document["Principal"]["Service"] = "apigateway.amazonaws.com"
        iam.update_assume_role_policy(RoleName="queue", PolicyDocument=json.dumps({"Statement": [document]}))
        # What it lets be done is its owner's to say, who knows no roles.
        assert api.call("POST", "/prod/in").status == 200

    def test_a_service_that_is_not_there(self, server, service):
        states = service("states")
        states.answer = lambda exchange: exchange.close()
        api = self.deployed(server, "states:action/StartExecution")
        assert message(api.call("POST", "/prod/in", (), b"{}")) == (
            504, '{"message": "Network error communicating with endpoint"}')  # fmt: skip

    def test_another_is_told_its_target_by_the_template(self, server, service):
        """As recorded of EventBridge."""
        events = service("events")
        template = ('#set($context.requestOverride.header.X-Amz-Target = "AWSEvents.PutEvents")'
                    '#set($context.requestOverride.header.Content-Type = "application/x-amz-json-1.1"){}')  # fmt: skip
        api = self.deployed(server, "events:action/PutEvents", requestTemplates={"application/json": template})
        assert api.call("POST", "/prod/in", (), b"{}").status == 200
        seen = events.origin.only()
        assert (seen.all("x-amz-target"), seen.all("content-type")) == (["AWSEvents.PutEvents"], ["application/x-amz-json-1.1"])

    def test_an_object_of_a_bucket(self, server, service):
        s3 = service("s3")
        path = {"integration.request.path.key": "method.request.path.key"}
        declared = {"method": {"requestParameters": {"method.request.path.key": True}}}
        api = self.deployed(server, "s3:path/bucket/{key}", "ANY", "{key+}", integrationHttpMethod="ANY",
                            requestParameters=path, **declared)  # fmt: skip
        assert api.call("PUT", "/prod/a/b%20c%2B//d", (), b"x").status == 200
        assert api.call("GET", "/prod/%C3%BC").status == 200
        put, get = s3.origin.wait(2)
        assert (put.method, put.target, put.body) == ("PUT", "/bucket/a/b%20c%2B//d", b"x")
        assert (get.method, get.target, get.body) == ("GET", "/bucket/%C3%BC", b"")
        assert get.header("x-amz-content-sha256").startswith("e3b0c442")
        hosted = self.deployed(server, "{key}.s3:path/object?acl", "GET", "{key}", integrationHttpMethod="GET",
                               requestParameters=path, **declared)  # fmt: skip
        assert hosted.call("GET", "/prod/bucket").status == 200
        seen = s3.origin.wait(3)[2]
        assert (seen.header("host"), seen.target) == (f"bucket.{s3.origin.authority}", "/object?acl=")
        assert message(hosted.call("GET", "/prod/a%20b")) == (500, '{"message": "Internal server error"}')

    def test_a_service_is_signed_for_by_its_other_name(self, server, service):
        email = service("email", "ses")
        assert self.deployed(server, "email:action/SendEmail").call("POST", "/prod/in", (), b"{}").status == 200
        assert email.origin.only().target == "/?Action=SendEmail"

    def test_an_error_is_selected_by_its_status(self, server, service):
        service("states").answer = reply(400, [("Content-Type", "application/x-amz-json-1.0")], '{"__type":"ExecutionDoesNotExist"}')
        api = self.deployed(server, "states:action/StopExecution", answers={
            "200": {"selectionPattern": "200"}, "404": {"selectionPattern": "4..", "responseTemplates": {"application/json": "$input.path('$.__type')"}}})  # fmt: skip
        assert message(api.call("POST", "/prod/in", (), b"{}")) == (404, "ExecutionDoesNotExist")

    def test_a_stage_is_served_whatever_the_server_is_started_with(self, own_gatehouse, tmp_path, service):
        sqs = service("sqs")
        keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "SECRET/+key", "AWS_SESSION_TOKEN": "TOKEN"}
        first = own_gatehouse(data=tmp_path / "data", options=["--service-endpoint", f"sqs={sqs.origin.url}"],
                              popen={"env": inherited_environment() | keys})  # fmt: skip
        api = self.deployed(first, "sqs:action/ListQueues")
        assert api.call("POST", "/prod/in").status == 200
        first.stop()
        second = own_gatehouse(data=tmp_path / "data")
        api.server = second
        assert message(api.call("POST", "/prod/in")) == (500, '{"message": "Internal server error"}')

    @pytest.mark.parametrize("options, words", [
        (["--service-endpoint", "sqs"], "'sqs' is no endpoint"),
        (["--service-endpoint", "sqs=http://h/path"], "without a path"),
        (["--service-endpoint", "sqs=http://h"], "needs credentials"),
    ])  # fmt: skip
    def test_options_are_checked(self, tmp_path, options, words):
        done = run("serve", "--in-memory", "--listen", "127.0.0.1:0", *options, cwd=tmp_path)
        assert done.returncode == 64 and words in done.stderr
