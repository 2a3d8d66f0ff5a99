"""Tables as applications use them: boto3's resources and clients, the AWS CLI, and what the wire says beside the body."""

import gzip
import threading
import zlib
from decimal import Decimal

import pytest
from boto3.dynamodb.conditions import Attr, Key

from harness import wire
from harness.clients import SESSION, error_of
from harness.functions import unique


@pytest.fixture(scope="module")
def dynamodb(gatehouse):
    return SESSION.resource("dynamodb", endpoint_url=gatehouse.url)


@pytest.fixture
def table(dynamodb):
    """Keys `pk` (S) and `sk` (N), a global index by `color` and a local one by `size`."""
    made = dynamodb.create_table(
        TableName=unique("table"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in [("pk", "S"), ("sk", "N"), ("color", "S"), ("size", "N")]
        ],
        GlobalSecondaryIndexes=[{
            "IndexName": "by-color",
            "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        LocalSecondaryIndexes=[{
            "IndexName": "by-size",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "size", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }],
    )
    made.wait_until_exists()
    yield made
    made.delete()


def fill(table, count=20, pk="a"):
    with table.batch_writer() as batch:
        for n in range(count):
            batch.put_item({"pk": pk, "sk": n, "color": "red" if n % 2 else "blue", "size": count - n})


def test_every_type_comes_back_as_it_was_put(table):
    item = {
        "pk": "types", "sk": Decimal("-1.5"), "text": "é𝄞", "none": None, "yes": True, "bytes": b"\x00\xff",
        "numbers": {Decimal(3), Decimal("2.50"), Decimal("-1E-10")}, "strings": {"b", "a", ""}, "blobs": {b"", b"x"},
        "list": [1, "two", [Decimal("3.14159")]], "map": {"deep": {"er": {}}}, "empty": "",
    }
    table.put_item(Item=item)
    assert table.get_item(Key={"pk": "types", "sk": Decimal("-1.5")})["Item"] == item


@pytest.mark.parametrize("number", ["99999999999999999999999999999999999999", "1E-130", "1.5E+30", "-0.1", "0"])
def test_numbers_keep_38_digits(table, number):
    table.put_item(Item={"pk": "n", "sk": 0, "value": Decimal(number)})
    assert table.get_item(Key={"pk": "n", "sk": 0})["Item"]["value"] == Decimal(number)


def test_an_item_that_is_not_there_is_no_item(table):
    assert "Item" not in table.get_item(Key={"pk": "nobody", "sk": 0})


def test_create_if_absent_happens_once(table):
    item = {"pk": "once", "sk": 0}
    table.put_item(Item=item, ConditionExpression=Attr("pk").not_exists())
    refused = error_of(table.put_item, Item=item, ConditionExpression=Attr("pk").not_exists())
    assert (refused.status, refused.code) == (400, "ConditionalCheckFailedException")
    assert refused.message == "The conditional request failed"


def test_an_update_answers_what_it_made(table):
    table.put_item(Item={"pk": "u", "sk": 1, "count": 1, "tags": {"a"}, "map": {"x": 1, "y": 2}})
    answer = table.update_item(
        Key={"pk": "u", "sk": 1},
        UpdateExpression="SET #count = #count + :one, #map.x = :x ADD tags :b REMOVE #map.y",
        ExpressionAttributeNames={"#count": "count", "#map": "map"},
        ExpressionAttributeValues={":one": 1, ":x": "new", ":b": {"b"}},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"] == {"pk": "u", "sk": 1, "count": 2, "tags": {"a", "b"}, "map": {"x": "new"}}


def test_numbers_add_up_exactly(table):
    table.put_item(Item={"pk": "sum", "sk": 1, "balance": Decimal("100")})
    answer = table.update_item(
        Key={"pk": "sum", "sk": 1}, UpdateExpression="ADD balance :change",
        ExpressionAttributeValues={":change": Decimal("-88.3")}, ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"]["balance"] == Decimal("11.7")


def test_a_query_reads_its_partition_in_order_both_ways(table):
    fill(table)
    fill(table, pk="b")
    found = table.query(KeyConditionExpression=Key("pk").eq("a") & Key("sk").between(5, 9))["Items"]
    assert [item["sk"] for item in found] == [5, 6, 7, 8, 9]
    backwards = table.query(KeyConditionExpression=Key("pk").eq("a"), ScanIndexForward=False)["Items"]
    assert [item["sk"] for item in backwards] == list(range(19, -1, -1))


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 50])
def test_pages_joined_are_the_whole(table, limit):
    fill(table)
    start, found = {}, []
    while True:
        page = table.query(KeyConditionExpression=Key("pk").eq("a"), Limit=limit, **start)
        found += [item["sk"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert found == list(range(20))


def test_a_filter_counts_what_it_read(table):
    fill(table)
    page = table.query(KeyConditionExpression=Key("pk").eq("a"), FilterExpression=Attr("color").eq("red"))
    assert (page["Count"], page["ScannedCount"]) == (10, 20)


def test_a_global_index_shows_its_keys_only(table):
    fill(table)
    found = table.query(IndexName="by-color", KeyConditionExpression=Key("color").eq("red"))["Items"]
    assert [item["sk"] for item in found] == list(range(1, 20, 2))
    assert set(found[0]) == {"pk", "sk", "color"}


def test_a_local_index_sorts_by_its_own_key(table):
    fill(table)
    found = table.query(IndexName="by-size", KeyConditionExpression=Key("pk").eq("a") & Key("size").lt(4))["Items"]
    assert [item["size"] for item in found] == [1, 2, 3]


def test_an_item_leaves_an_index_with_its_attribute(table):
    table.put_item(Item={"pk": "a", "sk": 1, "color": "green"})
    table.update_item(Key={"pk": "a", "sk": 1}, UpdateExpression="REMOVE color")
    assert table.query(IndexName="by-color", KeyConditionExpression=Key("color").eq("green"))["Items"] == []


def test_parallel_segments_are_a_scan(table):
    for partition in "abcdefgh":
        fill(table, 3, partition)
    whole = {(item["pk"], item["sk"]) for item in table.scan()["Items"]}
    parts = [
        {(item["pk"], item["sk"]) for item in table.scan(Segment=n, TotalSegments=4)["Items"]} for n in range(4)
    ]
    assert set().union(*parts) == whole and sum(map(len, parts)) == len(whole) == 24


def test_batches_read_what_batches_wrote(dynamodb, table):
    fill(table, 60)
    keys = [{"pk": "a", "sk": n} for n in range(60)]
    answer = dynamodb.batch_get_item(RequestItems={table.name: {"Keys": keys}})
    assert sorted(item["sk"] for item in answer["Responses"][table.name]) == list(range(60))
    assert answer["UnprocessedKeys"] == {}


def test_a_transaction_is_all_or_nothing(gatehouse, table):
    client = gatehouse.clients.service("dynamodb")
    put = lambda sk, **more: {"Put": {"TableName": table.name, "Item": {"pk": {"S": "t"}, "sk": {"N": sk}}, **more}}
    refused = error_of(
        client.transact_write_items,
        TransactItems=[put("1"), put("2", ConditionExpression="attribute_exists(pk)")], ClientRequestToken=unique("t"),
    )
    assert refused.code == "TransactionCanceledException"
    assert [reason["Code"] for reason in refused.fields["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert table.query(KeyConditionExpression=Key("pk").eq("t"))["Count"] == 0
    client.transact_write_items(TransactItems=[put("1"), put("2")], ClientRequestToken=unique("t"))
    assert table.query(KeyConditionExpression=Key("pk").eq("t"))["Count"] == 2


def test_counters_of_many_clients_lose_nothing(gatehouse, table):
    client = gatehouse.clients.service("dynamodb")

    def count():
        for _ in range(25):
            client.update_item(
                TableName=table.name, Key={"pk": {"S": "c"}, "sk": {"N": "0"}}, UpdateExpression="ADD hits :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.get_item(Key={"pk": "c", "sk": 0})["Item"]["hits"] == 200


def test_a_new_index_holds_what_was_there(gatehouse, table):
    fill(table)
    gatehouse.clients.service("dynamodb").update_table(
        TableName=table.name,
        AttributeDefinitions=[{"AttributeName": "size", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "all-by-size", "KeySchema": [{"AttributeName": "size", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }}],
    )
    found = table.query(IndexName="all-by-size", KeyConditionExpression=Key("size").eq(20))["Items"]
    assert [item["sk"] for item in found] == [0]


def test_unknown_tables_are_told_by_kind_of_operation(gatehouse):
    client = gatehouse.clients.service("dynamodb")
    on_items = error_of(client.get_item, TableName="nowhere", Key={"pk": {"S": "a"}})
    assert (on_items.code, on_items.message) == ("ResourceNotFoundException", "Requested resource not found")
    on_tables = error_of(client.describe_table, TableName="nowhere")
    assert on_tables.message == "Requested resource not found: Table: nowhere not found"


def test_a_stream_is_refused_with_a_sentence(gatehouse):
    refused = error_of(
        gatehouse.clients.service("dynamodb").create_table,
        TableName=unique("stream"), BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    assert refused.code == "ValidationException" and "stream" in refused.message.lower()


def test_the_checksum_is_the_bodys(gatehouse, table):
    body = b'{"TableName":"%s","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}' % table.name.encode()
    answer = gatehouse.clients.signed(
        "dynamodb", "POST", "/", body,
        [("X-Amz-Target", "DynamoDB_20120810.GetItem"), ("Content-Type", "application/x-amz-json-1.0")],
    )
    headers = {name.lower(): value for name, value in answer.headers}
    assert headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
    assert len(headers["x-amzn-requestid"]) == 52


def test_the_cli_makes_and_reads_a_table(gatehouse):
    name = unique("cli")
    found = gatehouse.clients.aws(f"""
        aws dynamodb create-table --table-name {name} --billing-mode PAY_PER_REQUEST \
            --key-schema AttributeName=id,KeyType=HASH \
            --attribute-definitions AttributeName=id,AttributeType=S > /dev/null
        aws dynamodb wait table-exists --table-name {name}
        aws dynamodb put-item --table-name {name} --item '{{"id": {{"S": "1"}}, "n": {{"N": "007.50"}}}}'
        aws dynamodb get-item --table-name {name} --key '{{"id": {{"S": "1"}}}}'
    """)
    assert found == {"Item": {"id": {"S": "1"}, "n": {"N": "7.5"}}}


def test_web_pages_do_not_reach_tables(gatehouse, table):
    answer = wire.fetch(
        gatehouse.clients.address, "POST", "/", "localhost",
        [("X-Amz-Target", "DynamoDB_20120810.ListTables"), ("Origin", "https://evil.example")], b"{}",
    )
    assert answer.status == 403


def packed_call(gatehouse, coding, body):
    return wire.fetch(
        gatehouse.clients.address, "POST", "/", "localhost",
        [("X-Amz-Target", "DynamoDB_20120810.ListTables"), ("Content-Type", "application/x-amz-json-1.0"),
         ("Content-Encoding", coding)], body,
    )


@pytest.mark.parametrize("coding, pack", [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)])
def test_packed_requests_are_unpacked(gatehouse, table, coding, pack):
    answer = packed_call(gatehouse, coding, pack(b'{"Limit":100}'))
    assert answer.status == 200 and table.name in answer.json()["TableNames"]
    assert packed_call(gatehouse, coding, pack(b'{"Limit":100}')[:-6]).json() == SERIALIZATION
    assert packed_call(gatehouse, coding, b'{"Limit":100}').json() == SERIALIZATION


SERIALIZATION = {"__type": "com.amazon.coral.service#SerializationException"}


def test_a_packed_request_is_no_longer_than_an_unpacked_one(gatehouse):
    assert packed_call(gatehouse, "gzip", gzip.compress(b"{}" + b" " * 16_777_214)).status == 200
    assert packed_call(gatehouse, "gzip", gzip.compress(b"{}" + b" " * 16_777_215)).status == 413
    assert packed_call(gatehouse, "br", gzip.compress(b"{}")).json() == SERIALIZATION
