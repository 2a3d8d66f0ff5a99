"""Who may manage what: keys that are required, policies of callers, keys made from the data folder, the listener."""

import json
import re
import subprocess

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from harness import wire
from harness.clients import signature
from harness.functions import package
from harness.server import ACCOUNT, REGION, Process, Server, binary, inherited_environment, run

ROLE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def client(url, service, key=None, **config):
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    credentials = dict(zip(names, key or ("unknown", "unknown"), strict=False))
    return boto3.client(
        service, endpoint_url=url, region_name=REGION, config=Config(retries={"total_max_attempts": 1}, **config),
        **credentials,
    )  # fmt: skip


def deny(*actions, **more):
    return allow(*actions, **more) | {"Effect": "Deny"}


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def new_key(data, *options):
    made = run("keys", "create", "--data", str(data), *options, timeout=60)
    assert made.returncode == 0, made.stderr
    found = re.fullmatch(r"AWS_ACCESS_KEY_ID=(AKIA\w{16})\nAWS_SECRET_ACCESS_KEY=(\w{40})\n", made.stdout)
    assert found, made.stdout
    return found[1], found[2]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that requires credentials, and the key of one who may do everything."""
    folder = tmp_path_factory.mktemp("guarded")
    key = new_key(folder / "state")
    server = Server(folder, data=folder / "state", options=["--require-credentials"])
    server.key = key
    server.folder = folder / "state"
    yield server
    server.stop()


@pytest.fixture
def user(guarded):
    """Makes users with one policy of their own, and answers their keys."""
    iam = client(guarded.url, "iam", guarded.key)
    made = []

    def make(*statements):
        name = f"user-{len(made)}-{guarded.pid}"
        iam.create_user(UserName=name)
        made.append(name)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return name, (key["AccessKeyId"], key["SecretAccessKey"])

    yield make
    for name in made:
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=policy)
        iam.delete_user(UserName=name)


def allow(*actions, on="*", **condition):
    return {"Effect": "Allow", "Action": list(actions), "Resource": on} | condition


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("apigatewayv2", "get_apis", "UnrecognizedClientException"),
        ("apigateway", "get_rest_apis", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("iam", "list_users", "InvalidClientTokenId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("cognito-idp", "list_user_pools", "UnrecognizedClientException"),
    ],
)
def test_unknown_and_missing_keys_are_nobody(guarded, service, operation, code):
    parameters = {"MaxResults": 1} if service == "cognito-idp" else {}
    told = refusal(getattr(client(guarded.url, service), operation), **parameters)
    assert told[0].endswith(code) and told[1] == "The security token included in the request is invalid."
    unsigned = client(guarded.url, service, signature_version=UNSIGNED)
    assert "MissingAuthenticationToken" in refusal(getattr(unsigned, operation), **parameters)[0]
    getattr(client(guarded.url, service, guarded.key), operation)(**parameters)


def test_only_health_is_open(guarded):
    assert wire.fetch(guarded.management, "GET", "/_gatehouse/health", "localhost").status == 200
    for method, path in [
        ("GET", "/_gatehouse/identity"), ("GET", "/_gatehouse/metrics"), ("GET", "/_gatehouse/stacks"),
        ("GET", "/_gatehouse/pools/messages"), ("GET", "/_gatehouse/health/"), ("POST", "/_gatehouse/stacks/x"),
        ("GET", "/_gatehouse/functions/x/code/1"), ("GET", "/restapis"), ("GET", "/v2/apis"), ("GET", "/nothing"),
    ]:  # fmt: skip
        assert wire.fetch(guarded.management, method, path, "localhost").status == 403, path


def test_policies_decide_about_apis(guarded, user):
    api = client(guarded.url, "apigatewayv2", guarded.key).create_api(Name="mine", ProtocolType="HTTP")["ApiId"]
    name, key = user(
        allow("apigateway:GET", on="arn:aws:apigateway:*::/apis/*"),
        {"Effect": "Deny", "Action": "apigateway:*", "Resource": f"arn:aws:apigateway:*::/apis/{api}/routes*"},
    )
    v2 = client(guarded.url, "apigatewayv2", key)
    assert v2.get_api(ApiId=api)["Name"] == "mine"
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    assert refusal(v2.get_apis) == (
        "AccessDeniedException",
        f"User: {arn} is not authorized to perform: apigateway:GET on resource: "
        f"arn:aws:apigateway:{REGION}::/apis because no identity-based policy allows the apigateway:GET action",
    )
    assert "with an explicit deny in an identity-based policy" in refusal(v2.get_routes, ApiId=api)[1]
    assert "apigateway:POST" in refusal(v2.create_api, Name="other", ProtocolType="HTTP")[1]
    # An escaped letter is the same letter.
    request = f"/v2/apis/{api}/%72outes"
    assert guarded.clients.signed("apigateway", "GET", request, key=key).status in (403, 404)
    client(guarded.url, "apigatewayv2", guarded.key).delete_api(ApiId=api)


def test_policies_decide_about_functions_and_roles(guarded, user):
    iam = client(guarded.url, "iam", guarded.key)
    for role in ("mine", "other"):
        iam.create_role(RoleName=f"{role}-{guarded.pid}", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST))
    mine, other = (f"arn:aws:iam::{ACCOUNT}:role/{role}-{guarded.pid}" for role in ("mine", "other"))
    _, key = user(
        allow("lambda:*", on=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:own-*"),
        allow("iam:PassRole", on=mine, Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
    )
    functions = client(guarded.url, "lambda", key)
    code = {"ZipFile": package({"index.py": "def handler(event, context):\n    return 1\n"})}
    wanted = {"Runtime": "python3.12", "Handler": "index.handler", "Code": code}
    assert "iam:PassRole on resource: " + other in refusal(
        functions.create_function, FunctionName="own-f", Role=other, **wanted
    )[1]
    assert "lambda:CreateFunction" in refusal(functions.create_function, FunctionName="f", Role=mine, **wanted)[1]
    functions.create_function(FunctionName="own-f", Role=mine, **wanted)
    assert "iam:PassRole" in refusal(functions.update_function_configuration, FunctionName="own-f", Role=other)[1]
    assert functions.invoke(FunctionName="own-f")["Payload"].read() == b"1"
    # Its code can be had where GetFunction says, for a while; nobody else's, and nothing else.
    link = functions.get_function(FunctionName="own-f")["Code"]["Location"]
    assert link.startswith(guarded.url + "/_gatehouse/functions/own-f/code/")
    target = link.removeprefix(guarded.url)
    assert wire.fetch(guarded.management, "GET", target, "localhost").body[:2] == b"PK"
    for changed in (target[:-1] + ("0" if target[-1] != "0" else "1"), target.split("?")[0], target.replace("own-f", "f")):
        assert wire.fetch(guarded.management, "GET", changed, "localhost").status == 403
    assert wire.fetch(guarded.management, "DELETE", target, "localhost").status == 403
    # The function's own policy may let somebody in whom no policy of his lets in.
    stranger, strange_key = user()
    strange = client(guarded.url, "lambda", strange_key)
    assert "lambda:InvokeFunction" in refusal(strange.invoke, FunctionName="own-f")[1]
    functions.add_permission(
        FunctionName="own-f", StatementId="s", Action="lambda:InvokeFunction",
        Principal=f"arn:aws:iam::{ACCOUNT}:user/{stranger}",
    )  # fmt: skip
    assert strange.invoke(FunctionName="own-f")["StatusCode"] == 200
    assert "lambda:GetFunction" in refusal(strange.get_function, FunctionName="own-f")[1]
    # API Gateway hands roles on too, whatever way they are written.
    _, builder = user(allow("apigateway:*", on="*"))
    rest = client(guarded.url, "apigateway", builder)
    made = rest.create_rest_api(name="x")["id"]
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:own-f/invocations"  # noqa: E501
    told = refusal(
        rest.create_authorizer, restApiId=made, name="a", type="TOKEN", authorizerUri=uri, authorizerCredentials=mine,
        identitySource="method.request.header.A",
    )  # fmt: skip
    assert "iam:PassRole" in told[1]
    document = """
swagger: "2.0"
info: {title: x, version: "1"}
x-role: &role "MINE"
paths:
  /: {get: {responses: {}, x-amazon-apigateway-integration: {type: mock, credentials: *role }}}
"""
    for role in (mine, mine.replace(ACCOUNT, "${AWS::AccountId}")):
        told = refusal(rest.put_rest_api, restApiId=made, body=document.replace("MINE", role))
        assert "iam:PassRole on resource: " + mine in told[1], told
    rest.delete_rest_api(restApiId=made)
    functions.delete_function(FunctionName="own-f")
    for role in ("mine", "other"):
        iam.delete_role(RoleName=f"{role}-{guarded.pid}")


def test_policies_decide_about_tables(guarded, user):
    admin = client(guarded.url, "dynamodb", guarded.key)
    for table in ("own", "other"):
        admin.create_table(
            TableName=table, KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )  # fmt: skip
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"
    _, key = user(allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Batch*", on=arn + "own"))
    tables = client(guarded.url, "dynamodb", key)
    item = {"k": {"S": "1"}}
    tables.put_item(TableName="own", Item=item)
    tables.put_item(TableName=arn + "own", Item=item)
    assert tables.get_item(TableName="own", Key=item)["Item"] == item
    for call, parameters in [
        (tables.put_item, {"TableName": "other", "Item": item}),
        (tables.put_item, {"TableName": arn + "other", "Item": item}),
        (tables.delete_item, {"TableName": "own", "Key": item}),
        (tables.scan, {"TableName": "own"}),
        (tables.list_tables, {}),
        (tables.batch_get_item, {"RequestItems": {"own": {"Keys": [item]}, "other": {"Keys": [item]}}}),
        (tables.batch_write_item, {"RequestItems": {"other": [{"PutRequest": {"Item": item}}]}}),
        (tables.transact_write_items, {"TransactItems": [
            {"Put": {"TableName": "own", "Item": item}}, {"Delete": {"TableName": "own", "Key": {"k": {"S": "2"}}}},
        ]}),
        (tables.transact_get_items, {"TransactItems": [{"Get": {"TableName": "other", "Key": item}}]}),
    ]:  # fmt: skip
        assert refusal(call, **parameters)[0] == "AccessDeniedException", call
    assert tables.transact_write_items(TransactItems=[{"Put": {"TableName": "own", "Item": item}}])
    # A key condition that is not known here lets nobody in.
    _, narrow = user(
        allow("dynamodb:GetItem", Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["1"]}})
    )
    assert refusal(client(guarded.url, "dynamodb", narrow).get_item, TableName="own", Key=item)[0] == (
        "AccessDeniedException"
    )
    for table in ("own", "other"):
        admin.delete_table(TableName=table)


PUT = """
import os, boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        boto3.client("dynamodb").put_item(TableName=event["table"], Item={"k": {"S": "1"}})
        return "put"
    except ClientError as error:
        return str(error)
"""


ROLE = f"arn:aws:iam::{ACCOUNT}:role"


def test_no_spelling_passes_by_a_deny(guarded, user):
    _, key = user(
        allow("*"),
        deny("dynamodb:*", on=f"arn:aws:dynamodb:*:*:table/secret-{guarded.pid}"),
        deny("lambda:*", on="arn:aws:lambda:*:*:layer:secret*"),
        deny("gatehouse:*", on="arn:aws:gatehouse:*:*:/stacks/prod*"),
        deny("apigateway:*", on="arn:aws:apigateway:*::/tags/*"),
        deny("iam:PassRole"),
    )
    tables, functions, apis = (client(guarded.url, name, key) for name in ("dynamodb", "lambda", "apigateway"))
    admin = client(guarded.url, "dynamodb", guarded.key)
    attribute = {"AttributeName": "k", "AttributeType": "S"}
    admin.create_table(
        TableName=f"secret-{guarded.pid}", AttributeDefinitions=[attribute], BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])
    tables.meta.events.register(
        "before-call.dynamodb", lambda params, **_: params.update(
            body=json.dumps(json.loads(params["body"]) | {"IndexName": "x"}).encode()))
    for call, more in ((tables.get_item, {"Key": {"k": {"S": "a"}}}), (tables.delete_table, {})):
        assert refusal(call, TableName=f"secret-{guarded.pid}", **more)[0] == "AccessDeniedException"
    for partition in ("aws", "aws-cn"):
        layer = f"arn:{partition}:lambda:{REGION}:{ACCOUNT}:layer:secret"
        assert refusal(functions.delete_layer_version, LayerName=layer, VersionNumber=1)[0] == "AccessDeniedException"
        assert refusal(functions.get_layer_version_by_arn, Arn=layer + ":1")[0] == "AccessDeniedException"
    for path in ("/_gatehouse/stacks/prod", "/_gatehouse/stacks/%70rod", "/_gatehouse//stacks/prod"):
        fields = signature(Credentials(*key), "gatehouse", "GET", guarded.url + path)
        host = guarded.url.removeprefix("http://")
        assert wire.fetch(guarded.management, "GET", path, host, fields).status == 403
    api = apis.create_rest_api(name="spelled")["id"]
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api}"
    assert refusal(apis.get_tags, resourceArn=arn)[0] == "AccessDeniedException"
    root = apis.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apis.put_method(**method, authorizationType="NONE")
    uri = f"arn:aws:apigateway:{REGION}:dynamodb:action/Scan"
    for role in (f"{ROLE}/x", f"{ROLE}/:user/x", ROLE + "/x${stageVariables.a:user/}"):
        code, message = refusal(
            apis.put_integration, **method, type="AWS", integrationHttpMethod="POST", uri=uri, credentials=role)
        assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True), message
    apis.delete_rest_api(restApiId=api)


def test_a_resource_has_one_arn_for_its_tags(clients):
    apis = clients.service("apigateway")
    api = apis.create_rest_api(name="tagged", tags={"a": "b"})["id"]
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api}"
    assert apis.get_tags(resourceArn=arn)["tags"] == {"a": "b"}
    for other in (
        arn.replace("aws:", "aws-cn:", 1), arn.replace(REGION, "us-west-2"), arn.replace("::", f":{ACCOUNT}:"), arn + "/",
    ):
        assert refusal(apis.get_tags, resourceArn=other)[0] == "NotFoundException"
    apis.delete_rest_api(restApiId=api)


def test_a_function_is_not_called_by_the_way(guarded, user, tmp_path):
    """By quick create, and by a test of a method that calls it with its caller's credentials."""
    functions, iam = client(guarded.url, "lambda", guarded.key), client(guarded.url, "iam", guarded.key)
    role = iam.create_role(RoleName=f"private-{guarded.pid}", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST))["Role"]
    function = functions.create_function(
        FunctionName=f"private-{guarded.pid}", Runtime="python3.12", Handler="app.handler", Role=role["Arn"],
        Code={"ZipFile": package({"app.py": "def handler(event, context): return 'ran'"})})["FunctionArn"]
    _, key = user(allow("apigateway:*"), deny("lambda:*"))
    refused = refusal(client(guarded.url, "apigatewayv2", key).create_api, Name="q", ProtocolType="HTTP", Target=function)
    assert (refused[0], "lambda:AddPermission" in refused[1]) == ("AccessDeniedException", True)
    apis = client(guarded.url, "apigateway", key)
    api = apis.create_rest_api(name="by the way")["id"]
    method = {"restApiId": api, "resourceId": apis.get_resources(restApiId=api)["items"][0]["id"], "httpMethod": "POST"}
    apis.put_method(**method, authorizationType="AWS_IAM")
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    apis.put_integration(
        **method, type="AWS", integrationHttpMethod="POST", uri=uri, credentials="arn:aws:iam::*:user/*")
    refused = refusal(apis.test_invoke_method, **method, body="{}")
    assert (refused[0], "lambda:InvokeFunction" in refused[1]) == ("AccessDeniedException", True)
    apis.delete_rest_api(restApiId=api)
    functions.delete_function(FunctionName=function)
    iam.delete_role(RoleName=role["RoleName"])


def test_a_document_takes_no_policy_away_unasked(guarded, user):
    admin = client(guarded.url, "apigateway", guarded.key)
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]}
    api = admin.create_rest_api(name="closed", policy=json.dumps(policy))["id"]
    _, key = user(allow(*(f"apigateway:{verb}" for verb in ("GET", "POST", "PUT", "PATCH"))))
    document = json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}})
    apis = client(guarded.url, "apigateway", key)
    refused = refusal(apis.put_rest_api, restApiId=api, mode="overwrite", body=document)
    assert (refused[0], "UpdateRestApiPolicy" in refused[1]) == ("AccessDeniedException", True)
    apis.put_rest_api(restApiId=api, mode="merge", body=document)
    admin.delete_rest_api(restApiId=api)


def test_a_function_may_do_what_its_role_may(guarded):
    tables, iam = client(guarded.url, "dynamodb", guarded.key), client(guarded.url, "iam", guarded.key)
    functions = client(guarded.url, "lambda", guarded.key, read_timeout=60)
    for table in ("its-own", "not-its-own"):
        tables.create_table(
            TableName=table, KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )  # fmt: skip
    wanted = {
        "Runtime": "python3.12", "Handler": "index.handler", "FunctionName": "putter", "Timeout": 30,
        "Code": {"ZipFile": package({"index.py": PUT})}, "Role": f"arn:aws:iam::{ACCOUNT}:role/putter",
    }  # fmt: skip
    told = refusal(functions.create_function, **wanted)
    assert told == ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
    iam.create_role(RoleName="putter", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST))
    document = {"Version": "2012-10-17", "Statement": [allow("dynamodb:PutItem", on="arn:aws:dynamodb:*:*:table/its-own")]}
    iam.put_role_policy(RoleName="putter", PolicyName="p", PolicyDocument=json.dumps(document))
    functions.create_function(**wanted)

    def put(table):
        return json.load(functions.invoke(FunctionName="putter", Payload=json.dumps({"table": table}))["Payload"])

    assert put("its-own") == "put"
    denied = f"assumed-role/putter/putter is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/not-its-own"  # noqa: E501
    assert denied in put("not-its-own")
    # What its policies say counts at once.
    iam.delete_role_policy(RoleName="putter", PolicyName="p")
    assert "not authorized" in put("its-own")
    functions.delete_function(FunctionName="putter")
    iam.delete_role(RoleName="putter")
    for table in ("its-own", "not-its-own"):
        tables.delete_table(TableName=table)


def test_policies_decide_about_iam_and_pools(guarded, user):
    name, key = user(
        allow("iam:GetUser", "iam:*AccessKey*", on=f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"),
        allow(
            "iam:AttachUserPolicy", Condition={"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
        ),
    )
    iam = client(guarded.url, "iam", key)
    assert iam.get_user()["User"]["UserName"] == name
    assert [one["AccessKeyId"] for one in iam.list_access_keys()["AccessKeyMetadata"]] == [key[0]]
    assert refusal(iam.list_users) == (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows the iam:ListUsers action",
    )
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert "iam:AttachUserPolicy" in refusal(iam.attach_user_policy, UserName=name, PolicyArn=administrator)[1]
    iam.attach_user_policy(UserName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert client(guarded.url, "sts", key).get_caller_identity()["Arn"].endswith(f"user/{name}")
    pools = client(guarded.url, "cognito-idp", key)
    assert "cognito-idp:CreateUserPool on resource: *" in refusal(pools.create_user_pool, PoolName="p")[1]
    admin = client(guarded.url, "cognito-idp", guarded.key)
    pool = admin.create_user_pool(PoolName="p")["UserPool"]["Id"]
    arn = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}"
    told = refusal(pools.admin_create_user, UserPoolId=pool, Username="u")
    assert told[0] == "AccessDeniedException" and f"cognito-idp:AdminCreateUser on resource: {arn}" in told[1]
    admin.delete_user_pool(UserPoolId=pool)
    client(guarded.url, "iam", guarded.key).detach_user_policy(
        UserName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )


def test_policies_of_aws_that_are_not_known_are_refused(guarded):
    iam = client(guarded.url, "iam", guarded.key)
    told = refusal(iam.attach_user_policy, UserName="admin", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
    assert told == ("NoSuchEntity", "Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not attachable.")


def test_issuers_have_to_be_https(guarded):
    """In development one on this machine may do without."""
    v2 = client(guarded.url, "apigatewayv2", guarded.key)
    api = v2.create_api(Name="i", ProtocolType="HTTP")["ApiId"]
    told = refusal(
        v2.create_authorizer, ApiId=api, Name="j", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "http://localhost:1/issuer", "Audience": ["a"]},
    )  # fmt: skip
    assert told[0] == "BadRequestException", told
    v2.delete_api(ApiId=api)


def test_a_signature_counts_for_one_service(guarded):
    for path, service, status in [
        ("/v2/apis", "apigateway", 200), ("/v2/apis", "lambda", 403), ("/2015-03-31/functions", "apigateway", 403),
        ("/2015-03-31/functions", "lambda", 200), ("/_gatehouse/identity", "gatehouse", 200),
        ("/_gatehouse/identity", "apigateway", 403),
    ]:  # fmt: skip
        assert guarded.clients.signed(service, "GET", path, key=guarded.key).status == status, (path, service)


def test_commands_sign_with_the_keys_of_the_environment(guarded, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("Transform: AWS::Serverless-2016-10-31\nResources:\n  Table:\n    Type: AWS::Serverless::SimpleTable\n")
    keys = {"AWS_ACCESS_KEY_ID": guarded.key[0], "AWS_SECRET_ACCESS_KEY": guarded.key[1]}

    def command(*arguments, environment):
        return subprocess.run(
            [binary(), *arguments, "--stack", "s", "--endpoint", guarded.url], capture_output=True, text=True,
            env=inherited_environment() | environment, timeout=60,
        )  # fmt: skip

    without = command("deploy", str(template), environment={"HOME": str(tmp_path)})
    assert without.returncode == 1 and "Missing Authentication Token" in without.stderr
    assert command("deploy", str(template), environment=keys).returncode == 0
    assert command("delete", environment=keys).returncode == 0


def test_tags_need_permissions_of_their_own(guarded, user):
    iam = client(guarded.url, "iam", guarded.key)
    role = iam.create_role(RoleName=f"tags-{guarded.pid}", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST))["Role"]["Arn"]
    code = {"ZipFile": package({"index.py": "def handler(event, context):\n    return 1\n"})}
    wanted = {"FunctionName": "tagged", "Role": role, "Runtime": "python3.12", "Handler": "index.handler", "Code": code}
    maker = user(allow("lambda:CreateFunction", "lambda:GetFunction", "iam:PassRole", "iam:CreateUser", "dynamodb:CreateTable",
                       "cognito-idp:CreateUserPool", "apigateway:POST"))[1]  # fmt: skip
    functions = client(guarded.url, "lambda", maker)
    assert "lambda:TagResource" in refusal(functions.create_function, Tags={"a": "b"}, **wanted)[1]
    tags = [{"Key": "a", "Value": "b"}]
    assert "iam:TagUser" in refusal(client(guarded.url, "iam", maker).create_user, UserName="tagged", Tags=tags)[1]
    table = {"TableName": "tagged", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
             "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}  # fmt: skip
    told = refusal(client(guarded.url, "dynamodb", maker).create_table, Tags=tags, **table)[1]
    assert "dynamodb:TagResource" in told and "table/tagged" in told
    pools = client(guarded.url, "cognito-idp", maker)
    assert "cognito-idp:TagResource on resource: *" in refusal(pools.create_user_pool, PoolName="p", UserPoolTags={"a": "b"})[1]
    told = refusal(client(guarded.url, "apigateway", maker).create_rest_api, name="x", tags={"a": "b"})[1]
    assert f"apigateway:PUT on resource: arn:aws:apigateway:{REGION}::/tags/arn%3Aaws%3Aapigateway%3A" in told
    # Who may not list tags sees none, and is told so.
    client(guarded.url, "lambda", guarded.key).create_function(Tags={"a": "b"}, **wanted)
    seen = functions.get_function(FunctionName="tagged")
    assert "Tags" not in seen and seen["TagsError"]["ErrorCode"] == "AccessDeniedException"
    lister = user(allow("lambda:GetFunction", "lambda:ListTags"))[1]
    assert client(guarded.url, "lambda", lister).get_function(FunctionName="tagged")["Tags"] == {"a": "b"}


def test_keys_come_with_the_policy_that_is_named_or_not_at_all(guarded):
    folder = "--data", str(guarded.folder), "--endpoint", guarded.url
    none, readers = "arn:aws:iam::aws:policy/None", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    refused = run("keys", "create", *folder, "--user", "reader", "--policy", none)
    assert refused.returncode == 1 and none in refused.stderr and refused.stdout == ""
    iam = client(guarded.url, "iam", guarded.key)
    assert refusal(iam.get_user, UserName="reader")[0] == "NoSuchEntity"
    iam.create_user(UserName="reader")
    bare = run("keys", "create", *folder, "--user", "reader")
    assert bare.returncode == 0 and "may do nothing" in bare.stderr
    key = new_key(guarded.folder, "--endpoint", guarded.url, "--user", "reader", "--policy", readers)
    attached = iam.list_attached_user_policies(UserName="reader")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [readers]
    assert client(guarded.url, "iam", key).list_users()["Users"]


def test_keys_are_made_rotated_and_ended_beside_a_running_server(guarded):
    folder = ["--data", str(guarded.folder)]
    one = new_key(guarded.folder, "--user", "ci", "--policy", "arn:aws:iam::aws:policy/AmazonAPIGatewayAdministrator")
    v2 = client(guarded.url, "apigatewayv2", one)
    v2.get_apis()
    assert "lambda:ListFunctions" in refusal(client(guarded.url, "lambda", one).list_functions)[1]
    rotated = run("keys", "rotate", *folder, "--user", "ci")
    assert rotated.returncode == 0 and f"The key {one[0]} is no longer taken." in rotated.stderr
    two = re.findall(r"=(\w+)\n", rotated.stdout)
    assert refusal(v2.get_apis)[0] == "UnrecognizedClientException"
    client(guarded.url, "apigatewayv2", two).get_apis()
    ended = run("keys", "disable", *folder, two[0])
    assert ended.returncode == 0, ended.stderr
    assert refusal(client(guarded.url, "apigatewayv2", two).get_apis)[0] == "UnrecognizedClientException"
    unknown = run("keys", "disable", *folder, "AKIAAAAAAAAAAAAAAAAA")
    assert unknown.returncode == 1 and unknown.stderr.startswith("gatehouse: ")
    nowhere = run("keys", "create", "--data", str(guarded.folder / "none"), "--endpoint", guarded.url, timeout=60)
    assert nowhere.returncode == 0


def test_a_listener_beyond_loopback_asks_for_keys_and_encryption(tmp_path):
    for options, words in [
        ([], "for everybody"), (["--require-credentials"], "without encryption"),
        (["--tls-certificate", "c", "--tls-key", "k"], "for everybody"),
        (["--require-credentials", "--tls-certificate", "none", "--tls-key", "none"], "cannot be read"),
    ]:  # fmt: skip
        told = run("serve", "--listen", "0.0.0.0:0", "--data", str(tmp_path / "state"), *options)
        assert told.returncode == 1 and words in told.stderr, told.stderr


def test_a_listener_beyond_loopback_with_tls(own_gatehouse, tmp_path):
    certificate, private = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", private, "-out", certificate, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    state = tmp_path / "state"
    key = new_key(state)
    arguments = ["serve", "--listen", "0.0.0.0:0", "--data", str(state), "--account", ACCOUNT, "--require-credentials"]
    server = Process([*arguments, "--tls-certificate", str(certificate), "--tls-key", str(private)], tmp_path)
    try:
        port = server.line(r"^management https://0\.0\.0\.0:(\d+)")[1]
        server.line("^access known keys only$")
        server.line("^ready$")
        lambdas = boto3.client(
            "lambda", endpoint_url=f"https://127.0.0.1:{port}", region_name=REGION, verify=str(certificate),
            aws_access_key_id=key[0], aws_secret_access_key=key[1],
        )  # fmt: skip
        assert lambdas.list_functions()["Functions"] == []
        plain = client(f"http://127.0.0.1:{port}", "lambda", key)
        with pytest.raises(Exception, match="closed|Connection"):
            plain.list_functions()
        untrusted = run("keys", "create", "--data", str(state), "--endpoint", f"https://127.0.0.1:{port}")
        assert untrusted.returncode == 1 and "AWS_CA_BUNDLE" in untrusted.stderr, untrusted.stderr
        wrong = run("keys", "create", "--data", str(state), "--endpoint", f"http://127.0.0.1:{port}")
        assert wrong.returncode == 1 and f"--endpoint https://127.0.0.1:{port}" in wrong.stderr, wrong.stderr
        # Whoever has the folder needs neither the address nor trust in the certificate.
        second = new_key(state, "--user", "second")
        assert boto3.client(
            "iam", endpoint_url=f"https://127.0.0.1:{port}", region_name=REGION, verify=str(certificate),
            aws_access_key_id=second[0], aws_secret_access_key=second[1],
        ).get_user()["User"]["UserName"] == "second"  # fmt: skip
        template = tmp_path / "template.yaml"
        template.write_text(
            "Resources: {Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}}\n"
            "Outputs: {Url: {Value: !GetAtt Api.ApiEndpoint}}\n"
        )
        deployed = subprocess.run(
            [binary(), "deploy", str(template), "--stack", "s", "--endpoint", f"https://localhost:{port}"],
            env=inherited_environment() | {
                "AWS_CA_BUNDLE": str(certificate), "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1],
            }, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert re.search(rf"^Url: https://\w+\.execute-api\.localhost:{port}$", deployed.stdout, re.M), deployed
    finally:
        server.stop()


def test_in_development_unknown_keys_are_the_account_and_known_ones_are_bound(gatehouse, clients):
    iam = client(gatehouse.url, "iam")
    iam.create_user(UserName="bound")
    key = iam.create_access_key(UserName="bound")["AccessKey"]
    bound = client(gatehouse.url, "apigatewayv2", (key["AccessKeyId"], key["SecretAccessKey"]))
    assert refusal(bound.get_apis)[0] == "AccessDeniedException"
    client(gatehouse.url, "apigatewayv2").get_apis()
    assert gatehouse.line("^access unknown keys are the account itself")
    iam.delete_access_key(UserName="bound", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="bound")
