"""CloudWatch Logs as boto3 and the AWS CLI meet it: groups, streams, events, patterns, Live Tail, and what arrives there."""

import re
import subprocess
import threading
import time

import boto3
import pytest
from botocore.config import Config

from harness.apis import HttpApi
from harness.clients import SESSION, environment, refusal, refused_operations
from harness.deadline import until
from harness.functions import PYTHON, create_function
from harness.iam import create_user, name
from harness.rest import RestApi, patch
from harness.server import ACCOUNT, REGION, run

ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"
HOUR = 3_600_000


@pytest.fixture
def logs(gatehouse):
    return gatehouse.clients.service("logs")


@pytest.fixture
def group(logs):
    made = f"/test/{name()}"
    logs.create_log_group(logGroupName=made)
    return made


@pytest.fixture
def stream(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    return {"logGroupName": group, "logStreamName": "s"}


def now():
    return int(time.time() * 1000)


def events(*messages, at=None):
    at = at or now()
    return [{"timestamp": at + index, "message": message} for index, message in enumerate(messages)]


def messages(answer):
    return [event["message"] for event in answer["events"]]


def live_client(gatehouse, **config):
    """Calls of Live Tail go to a host of their own, `stream-` before the endpoint's, unless they are told not to."""
    config = Config(inject_host_prefix=False, read_timeout=20, retries={"total_max_attempts": 1}, **config)
    return SESSION.client("logs", endpoint_url=gatehouse.url, config=config)


def test_every_operation_is_served_or_refused_by_name(gatehouse):
    logs = live_client(gatehouse, parameter_validation=False)
    served = set(logs.meta.service_model.operation_names) - set(refused_operations(logs))
    assert served == {
        "CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups", "ListLogGroups", "AssociateKmsKey",
        "DisassociateKmsKey", "PutLogGroupDeletionProtection", "PutRetentionPolicy", "DeleteRetentionPolicy",
        "TagLogGroup", "UntagLogGroup", "ListTagsLogGroup", "TagResource", "UntagResource", "ListTagsForResource",
        "CreateLogStream", "DeleteLogStream", "DescribeLogStreams", "PutLogEvents", "GetLogEvents",
        "FilterLogEvents", "TestMetricFilter", "StartLiveTail",
    }


# MARK: Groups


def test_a_group_with_what_terraform_reads(logs):
    made = f"/test/{name()}"
    logs.create_log_group(logGroupName=made, tags={"a": "1"})
    described = logs.describe_log_groups(logGroupNamePrefix=made)["logGroups"]
    assert described[0].pop("creationTime") <= now()
    assert described == [
        {
            "logGroupName": made, "metricFilterCount": 0, "arn": f"{ARN}:{made}:*", "storedBytes": 0,
            "logGroupClass": "STANDARD", "logGroupArn": f"{ARN}:{made}", "deletionProtectionEnabled": False,
        }
    ]
    logs.put_retention_policy(logGroupName=made, retentionInDays=7)
    assert logs.describe_log_groups(logGroupNamePrefix=made)["logGroups"][0]["retentionInDays"] == 7
    logs.delete_retention_policy(logGroupName=made)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=made)["logGroups"][0]
    arn = f"{ARN}:{made}"
    logs.tag_resource(resourceArn=arn, tags={"b": "2"})
    logs.tag_log_group(logGroupName=made, tags={"c": "3"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1", "b": "2", "c": "3"}
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    logs.untag_log_group(logGroupName=made, tags=["b"])
    assert logs.list_tags_log_group(logGroupName=made)["tags"] == {"c": "3"}
    logs.delete_log_group(logGroupName=made)
    assert logs.describe_log_groups(logGroupNamePrefix=made)["logGroups"] == []


def test_faults_of_groups(logs, group):
    assert refusal(logs.create_log_group, logGroupName=group) == (
        "ResourceAlreadyExistsException", "The specified log group already exists",
    )
    assert refusal(logs.create_log_group, logGroupName="x" * 513) == (
        "InvalidParameterException",
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )
    assert refusal(logs.create_log_group, logGroupName="a b") == (
        "InvalidParameterException",
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: [\.\-_/#A-Za-z0-9]+",
    )
    missing = ("ResourceNotFoundException", "The specified log group does not exist.")
    for call, more in [
        (logs.delete_log_group, {}), (logs.put_retention_policy, {"retentionInDays": 1}),
        (logs.create_log_stream, {"logStreamName": "s"}), (logs.describe_log_streams, {}),
        (logs.filter_log_events, {}), (logs.get_log_events, {"logStreamName": "s"}), (logs.list_tags_log_group, {}),
    ]:
        assert refusal(call, logGroupName="nowhere", **more) == missing
    code, message = refusal(logs.put_retention_policy, logGroupName=group, retentionInDays=2)
    assert code == "InvalidParameterException" and "Value '2' at 'retentionInDays'" in message
    assert refusal(logs.describe_log_groups, logGroupNamePrefix="a", logGroupNamePattern="b") == (
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )
    assert refusal(logs.describe_log_groups, nextToken="?")[1] == "The specified nextToken is invalid."
    assert refusal(logs.put_metric_filter, logGroupName=group)[0] == "UnknownOperationException"


def test_groups_are_listed_page_by_page(logs):
    stem = f"/pages/{name()}"
    made = [f"{stem}/{number}" for number in range(5)]
    for group in made:
        logs.create_log_group(logGroupName=group)
    pages = logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix=stem, PaginationConfig={"PageSize": 2}
    )
    sizes = [[group["logGroupName"] for group in page["logGroups"]] for page in pages]
    assert sizes == [made[:2], made[2:4], made[4:]]
    found = logs.describe_log_groups(logGroupNamePattern=stem[3:])["logGroups"]
    assert [group["logGroupName"] for group in found] == made
    found = logs.describe_log_groups(logGroupIdentifiers=[f"{ARN}:{made[1]}", made[3]])["logGroups"]
    assert [group["logGroupName"] for group in found] == [made[1], made[3]]


def test_a_protected_group_is_not_deleted(logs, group):
    logs.put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=True)
    assert refusal(logs.delete_log_group, logGroupName=group)[0] == "ValidationException"
    logs.put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName=group)


# MARK: Streams


def test_streams_in_both_orders(logs, group):
    for stream in ("b", "a", "c"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    assert refusal(logs.create_log_stream, logGroupName=group, logStreamName="a") == (
        "ResourceAlreadyExistsException", "The specified log stream already exists",
    )
    at = now() - HOUR
    for stream, late in (("a", 3), ("b", 1), ("c", 2)):
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events("x", at=at + late))

    def listed(**parameters):
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=group, PaginationConfig={"PageSize": 2}, **parameters
        )
        return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]

    assert listed() == ["a", "b", "c"]
    assert listed(descending=True) == ["c", "b", "a"]
    assert listed(orderBy="LastEventTime", descending=True) == ["a", "c", "b"]
    assert listed(logStreamNamePrefix="b") == ["b"]
    stream = logs.describe_log_streams(logGroupIdentifier=f"{ARN}:{group}", logStreamNamePrefix="a")["logStreams"][0]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (at + 3, at + 3)
    assert (stream["arn"], stream["storedBytes"]) == (f"{ARN}:{group}:log-stream:a", 0)
    assert refusal(
        logs.describe_log_streams, logGroupName=group, orderBy="LastEventTime", logStreamNamePrefix="a"
    ) == ("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
    assert refusal(logs.describe_log_streams, logGroupName=group, logGroupIdentifier=group) == (
        "ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    )
    logs.delete_log_stream(logGroupName=group, logStreamName="a")
    assert messages(logs.filter_log_events(logGroupName=group)) == ["x", "x"]
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a")) == []


# MARK: Events


def test_events_come_back_in_order_and_tokens_stay_at_the_ends(logs, stream):
    at = now() - HOUR
    answer = logs.put_log_events(**stream, logEvents=events(*"abcde", at=at))
    assert re.fullmatch(r"\d{56}", answer["nextSequenceToken"]) and "rejectedLogEventsInfo" not in answer
    first = logs.get_log_events(**stream, startFromHead=True, limit=2)
    assert messages(first) == ["a", "b"]
    assert re.fullmatch(r"f/\d{56}/s", first["nextForwardToken"])
    second = logs.get_log_events(**stream, startFromHead=True, limit=4, nextToken=first["nextForwardToken"])
    assert messages(second) == ["c", "d", "e"]
    end = logs.get_log_events(**stream, startFromHead=True, nextToken=second["nextForwardToken"])
    assert messages(end) == [] and end["nextForwardToken"] == second["nextForwardToken"]
    assert messages(logs.get_log_events(**stream, nextToken=end["nextBackwardToken"])) == list("abcde")
    logs.put_log_events(**stream, logEvents=events("f", at=at + 10))
    assert messages(logs.get_log_events(**stream, nextToken=end["nextForwardToken"])) == ["f"]
    last = logs.get_log_events(**stream, limit=2)
    assert messages(last) == ["e", "f"]
    before = logs.get_log_events(**stream, limit=3, nextToken=last["nextBackwardToken"])
    assert messages(before) == ["b", "c", "d"]
    assert messages(logs.get_log_events(**stream, startTime=at + 1, endTime=at + 3)) == ["b", "c"]
    assert refusal(logs.get_log_events, **stream, nextToken="f/1/s") == (
        "InvalidParameterException", "The specified nextToken is invalid.",
    )
    assert refusal(logs.get_log_events, **stream, limit=10001) == (
        "InvalidParameterException",
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less "
        "than or equal to 10000",
    )


def test_batches_that_are_refused_or_taken_in_part(logs, stream):
    at = now()
    wrong = [*events("late", at=at), *events("early", at=at - 10)]
    assert refusal(logs.put_log_events, **stream, logEvents=wrong) == (
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
    )
    wide = [*events("a", at=at - 25 * HOUR), *events("b", at=at)]
    assert refusal(logs.put_log_events, **stream, logEvents=wide) == (
        "InvalidParameterException",
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    )
    big = events("x" * 600_000, "x" * 600_000)
    assert refusal(logs.put_log_events, **stream, logEvents=big) == (
        "InvalidParameterException", "Upload too large: 1200052 bytes exceeds limit of 1048576",
    )
    assert refusal(logs.put_log_events, **stream, logEvents=events("x" * 1_048_576)) == (
        "InvalidParameterException", "Log event too large: 1048602 bytes exceeds limit of 1048576",
    )
    assert "10000" in refusal(logs.put_log_events, **stream, logEvents=events(*["x"] * 10_001))[1]
    assert refusal(logs.put_log_events, **stream | {"logStreamName": "t"}, logEvents=events("x")) == (
        "ResourceNotFoundException", "The specified log stream does not exist.",
    )
    old = [*events("old", at=at - 14 * 24 * HOUR - 60_000), *events("new", at=at - 14 * 24 * HOUR + 60_000)]
    answer = logs.put_log_events(**stream, logEvents=old)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    answer = logs.put_log_events(**stream, logEvents=[*events("now", at=at), *events("ahead", at=at + 3 * HOUR)])
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert messages(logs.get_log_events(**stream)) == ["new", "now"]
    logs.put_retention_policy(logGroupName=stream["logGroupName"], retentionInDays=1)
    answer = logs.put_log_events(**stream, logEvents=events("expired", at=at - 26 * HOUR))
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert messages(logs.get_log_events(**stream)) == ["now"]


def test_text_of_every_kind_comes_back(logs, stream):
    text = ["\u0000nul", "zwölf 🙂", "two\nlines\n", '{"a": "\\u0041"}']
    logs.put_log_events(**stream, logEvents=events(*text))
    assert messages(logs.get_log_events(**stream)) == text
    found = logs.filter_log_events(logGroupName=stream["logGroupName"])["events"]
    assert [event["message"] for event in found] == text
    assert len({event["eventId"] for event in found}) == 4
    assert all(re.fullmatch(r"\d{56}", event["eventId"]) for event in found)


def test_a_search_goes_through_all_streams_in_the_order_of_time(logs, group):
    at = now() - HOUR
    for index, stream in enumerate("ab"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        for number in range(4):
            logs.put_log_events(
                logGroupName=group, logStreamName=stream,
                logEvents=events(f"{stream}{number}", at=at + 2 * number + index),
            )
    whole = [f"{stream}{number}" for number in range(4) for stream in "ab"]

    def found(**parameters):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, **parameters)
        return [message for page in pages for message in messages(page)]

    assert found() == whole
    assert found(PaginationConfig={"PageSize": 3}) == whole
    assert found(startFromHead=False, PaginationConfig={"PageSize": 3}) == whole[::-1]
    assert found(logStreamNames=["a"]) == ["a0", "a1", "a2", "a3"]
    assert found(logStreamNames=["b", "a"], startTime=at + 5) == ["b2", "a3", "b3"]
    assert found(logStreamNamePrefix="b", endTime=at + 3) == ["b0"]
    assert found(filterPattern="?a1 ?b3", PaginationConfig={"PageSize": 1}) == ["a1", "b3"]
    both = {"logStreamNames": ["a"], "logStreamNamePrefix": "b"}
    assert refusal(logs.filter_log_events, logGroupName=group, **both)[0] == "InvalidParameterException"
    assert refusal(logs.filter_log_events, logGroupName=group, nextToken="abc") == (
        "InvalidParameterException", "The specified nextToken is invalid.",
    )
    assert refusal(logs.filter_log_events, logGroupName=group, logStreamNames=["c"])[0] == "ResourceNotFoundException"
    assert refusal(logs.filter_log_events, logGroupName=group, filterPattern="email@domain.com") == (
        "InvalidParameterException", "Invalid character(s) in term '@'",
    )


def test_a_pattern_is_tried_on_messages(logs):
    line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
    matches = logs.test_metric_filter(
        filterPattern="[ip, identity, user_id, timestamp, request, status_code = 4*, bytes]",
        logEventMessages=[line, line.replace(" 404 ", " 200 ")],
    )["matches"]
    assert [(match["eventNumber"], match["eventMessage"]) for match in matches] == [(1, line)]
    assert matches[0]["extractedValues"]["$request"] == "GET /index.html HTTP/1.0"
    matches = logs.test_metric_filter(
        filterPattern='{ $.errors[0].code > 400 && $.user.name = "al*" }',
        logEventMessages=['{"errors": [{"code": 500}], "user": {"name": "alice"}}', "no JSON"],
    )["matches"]
    assert [match["extractedValues"] for match in matches] == [{"$.errors[0].code": "500", "$.user.name": "alice"}]
    assert refusal(logs.test_metric_filter, filterPattern="{ $.a }", logEventMessages=["x"]) == (
        "InvalidParameterException", "Invalid filter pattern",
    )


# MARK: What arrives


def test_lines_of_a_function_arrive_in_its_group(gatehouse, logs):
    source = """
import logging
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("says", event)
    logging.info("is told %s", event)
    if event == "fail": raise ValueError("no")
    return context.log_stream_name
"""
    function = create_function(gatehouse.clients, source, runtime=PYTHON)
    stream = function.invoke("hello").json()
    group = f"/aws/lambda/{function.name}"

    def report():
        try:
            return logs.filter_log_events(logGroupName=group, filterPattern="REPORT")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []

    until(report, "the call's lines")
    written = messages(logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True))
    written = [line for line in written if not line.startswith("note: ")]
    assert [line.split()[0] for line in written] == ["START", "says", "[INFO]", "END", "REPORT"]
    assert all(line.endswith("\n") for line in written)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    assert function.invoke("fail").error == "Unhandled"
    until(lambda: len(report()) == 2, "the failed call's lines")
    trace = messages(logs.filter_log_events(logGroupName=group, filterPattern="ValueError"))
    assert len(trace) == 1 and trace[0].startswith("[ERROR] ValueError: no\nTraceback") and "\r" not in trace[0]


def test_a_group_that_was_deleted_comes_again_with_the_next_line(gatehouse, logs):
    function = create_function(gatehouse.clients, "def handler(event, context): print(event)", runtime=PYTHON)
    group = f"/aws/lambda/{function.name}"

    def says(text):
        function.invoke(text)

        def found():
            try:
                return messages(logs.filter_log_events(logGroupName=group, filterPattern=text))
            except logs.exceptions.ResourceNotFoundException:
                return None

        return until(found, f"the line {text}")

    assert says("one") == ["one\n"]
    until(lambda: logs.filter_log_events(logGroupName=group, filterPattern="REPORT")["events"], "the end of the call")
    logs.delete_log_group(logGroupName=group)
    assert says("two") == ["two\n"]
    assert messages(logs.filter_log_events(logGroupName=group, filterPattern="one")) == []


def test_an_access_log_arrives_in_its_group(gatehouse, logs, group, origin):
    api = HttpApi(gatehouse)
    api.route("$default", api.integrate(origin.url))
    api.stage()
    api.update_stage(
        AccessLogSettings={"DestinationArn": f"{ARN}:{group}", "Format": "$context.requestId $context.status"}
    )
    assert api.call().status == 200
    found = until(lambda: logs.filter_log_events(logGroupName=group)["events"], "the access log's entry")
    assert re.fullmatch(r"\S+ 200", found[0]["message"])
    assert re.fullmatch("[0-9a-f]{32}", found[0]["logStreamName"])


def test_an_execution_log_arrives_in_its_group(gatehouse, logs):
    api = RestApi(gatehouse)
    api.mock(template={"a": 1})
    api.deploy("prod")
    api("update_stage", stageName="prod", patchOperations=[patch("/*/*/logging/loglevel", "INFO")])
    answer = api.call("GET", "/prod")
    group = f"API-Gateway-Execution-Logs_{api.id}/prod"

    def found():
        try:
            return messages(logs.filter_log_events(logGroupName=group, filterPattern='"Starting execution"'))
        except logs.exceptions.ResourceNotFoundException:
            return None

    assert until(found, "the execution log")[0].startswith(f"({answer.header('x-amzn-requestid')}) Starting execution")


TEMPLATE = """
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /shop/logs, RetentionInDays: 7, Tags: [{Key: team, Value: a}]}
  Stream:
    Type: AWS::Logs::LogStream
    Properties: {LogGroupName: !Ref Logs, LogStreamName: one}
Outputs:
  Arn: {Value: !GetAtt Logs.Arn}
"""


def test_a_stack_makes_groups_changes_and_deletes_them(own_gatehouse, tmp_path):
    server = own_gatehouse()
    logs = server.clients.service("logs")
    options = ["--stack", "shop", "--endpoint", server.url]

    def deploy(template):
        (tmp_path / "template.yaml").write_text(template)
        return run("deploy", "template.yaml", *options, cwd=tmp_path)

    done = deploy(TEMPLATE)
    assert done.returncode == 0 and f"{ARN}:/shop/logs:*" in done.stdout, done.stdout + done.stderr
    stream = {"logGroupName": "/shop/logs", "logStreamName": "one"}
    logs.put_log_events(**stream, logEvents=events("kept"))
    done = deploy(TEMPLATE.replace("RetentionInDays: 7", "RetentionInDays: 30").replace("Value: a", "Value: b"))
    assert done.returncode == 0, done.stderr
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    tags = logs.list_tags_log_group(logGroupName="/shop/logs")["tags"]
    assert ":stack/shop/" in tags.pop("aws:cloudformation:stack-id")
    assert tags == {"team": "b", "aws:cloudformation:stack-name": "shop", "aws:cloudformation:logical-id": "Logs"}
    assert messages(logs.get_log_events(**stream)) == ["kept"]
    refused = deploy(TEMPLATE.replace("RetentionInDays: 7", "RetentionInDays: 8"))
    assert refused.returncode == 1 and "at 'retentionInDays'" in refused.stderr
    logs.create_log_group(logGroupName="/taken")
    refused = deploy(TEMPLATE.replace("/shop/logs", "/taken"))
    assert refused.returncode == 1 and "The specified log group already exists" in refused.stderr
    assert run("delete", *options, cwd=tmp_path).returncode == 0
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == ["/taken"]


# MARK: The AWS CLI


def test_the_cli_reads_what_a_function_writes(gatehouse, logs):
    function = create_function(gatehouse.clients, "def handler(event, context): print(event)", runtime=PYTHON)
    function.invoke("from the cli")
    group = f"/aws/lambda/{function.name}"
    until(
        lambda: group in {one["logGroupName"] for one in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]}
        and logs.filter_log_events(logGroupName=group, filterPattern="REPORT")["events"],
        "the call's lines",
    )
    answer = gatehouse.clients.aws(f"aws logs filter-log-events --log-group-name {group} --filter-pattern '\"the cli\"'")
    assert [event["message"] for event in answer["events"]] == ["from the cli\n"]
    streams = gatehouse.clients.aws(
        f"aws logs describe-log-streams --log-group-name {group} --order-by LastEventTime --descending"
    )["logStreams"]
    stream = streams[0]["logStreamName"]
    answer = gatehouse.clients.aws(
        f"aws logs get-log-events --log-group-name {group} --log-stream-name '{stream}' --start-from-head --limit 10"
    )
    assert "from the cli\n" in messages(answer)


# MARK: Live Tail


def test_live_tail_tells_what_comes(gatehouse, logs, group):
    for stream in "ab":
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    logs.put_log_events(logGroupName=group, logStreamName="a", logEvents=events("before"))
    answer = live_client(gatehouse).start_live_tail(
        logGroupIdentifiers=[f"{ARN}:{group}"], logStreamNames=["a"], logEventFilterPattern="-noise"
    )
    updates = iter(answer["responseStream"])
    start = next(updates)["sessionStart"]
    assert start["logGroupIdentifiers"] == [f"{ARN}:{group}"] and start["logStreamNames"] == ["a"]
    assert start["sessionId"] and start["logEventFilterPattern"] == "-noise"
    logs.put_log_events(logGroupName=group, logStreamName="b", logEvents=events("of another stream"))
    logs.put_log_events(logGroupName=group, logStreamName="a", logEvents=events("wanted", "noise"))
    found = []
    for update in updates:
        assert update["sessionUpdate"]["sessionMetadata"] == {"sampled": False}
        found += update["sessionUpdate"]["sessionResults"]
        if found:
            break
    assert [(event["message"], event["logStreamName"]) for event in found] == [("wanted", "a")]
    assert found[0]["logGroupIdentifier"] == f"{ACCOUNT}:{group}"
    answer["responseStream"].close()


def test_faults_of_live_tail(gatehouse, group):
    live = live_client(gatehouse)
    assert refusal(live.start_live_tail, logGroupIdentifiers=[f"{ARN}:nowhere"]) == (
        "ResourceNotFoundException", "The specified log group does not exist.",
    )
    wrong = {"logGroupIdentifiers": [f"{ARN}:{group}"], "logEventFilterPattern": '""'}
    assert refusal(live.start_live_tail, **wrong) == (
        "InvalidParameterException", "Invalid filter pattern: Invalid character(s) in term '\"\"'",
    )


def test_a_live_tail_does_not_keep_a_server_from_stopping(own_gatehouse):
    server = own_gatehouse()
    server.clients.service("logs").create_log_group(logGroupName="g")
    answer = live_client(server).start_live_tail(logGroupIdentifiers=[f"{ARN}:g"])
    updates = iter(answer["responseStream"])
    assert "sessionStart" in next(updates)
    reader = threading.Thread(target=lambda: list(updates), daemon=True)
    reader.start()
    server.stop()
    reader.join(20)
    assert not reader.is_alive()


# MARK: The disk


def test_events_survive_a_restart(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    logs = server.clients.service("logs")
    function = create_function(server.clients, "def handler(event, context): print('kept')", runtime=PYTHON)
    function.invoke()
    server.stop()
    logs = own_gatehouse(data=tmp_path / "data").clients.service("logs")
    assert messages(logs.filter_log_events(logGroupName=f"/aws/lambda/{function.name}", filterPattern="kept")) == ["kept\n"]


def test_the_oldest_events_go_when_there_is_no_room(own_gatehouse):
    server = own_gatehouse(options=["--log-storage", "4"])
    logs = server.clients.service("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    put = {"logGroupName": "g", "logStreamName": "s"}
    logs.put_log_events(**put, logEvents=events("the first one"))
    for _ in range(12):
        logs.put_log_events(**put, logEvents=events(*["x" * 1000] * 900))
    until(
        lambda: logs.describe_log_groups()["logGroups"][0]["storedBytes"] < 5_000_000, "room for events",
    )
    assert messages(logs.get_log_events(**put, limit=1)) == ["x" * 1000]
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="first")) == []


# MARK: Who may


def signed_client(gatehouse, keys):
    return boto3.client(
        "logs", endpoint_url=gatehouse.url, region_name=REGION, aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def test_what_a_policy_lets_a_caller_do(gatehouse, logs, group, stream):
    _, keys = create_user(
        gatehouse.clients.service("iam"), Action="logs:PutLogEvents", Resource=f"{ARN}:{group}:*"
    )
    own = signed_client(gatehouse, keys)
    own.put_log_events(**stream, logEvents=events("mine"))
    code, message = refusal(own.get_log_events, **stream)
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: logs:GetLogEvents on resource: {ARN}:{group}:log-stream:s" in message
    code, message = refusal(own.filter_log_events, logGroupName=group)
    assert f"logs:FilterLogEvents on resource: {ARN}:{group}:log-stream:" in message


def test_the_cli_starts_a_live_tail(gatehouse, logs, group):
    """By a proxy, the server itself: names under localhost are not known on every machine."""
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    url = "http://logs.localhost:4566"
    process = subprocess.Popen(
        ["aws", "logs", "start-live-tail", "--log-group-identifiers", f"{ARN}:{group}", "--endpoint-url", url],
        env=environment(url) | {"HTTP_PROXY": gatehouse.url}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()

    def said():
        assert process.poll() is None, process.stderr.read()
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events("for the cli"))
        return any("for the cli" in line for line in lines)

    try:
        until(said, "the event on the terminal", 30)
    finally:
        process.kill()
        process.wait()
