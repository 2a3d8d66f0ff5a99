"""S3: buckets and objects, with boto3 and with the AWS CLI."""

import base64
import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import time
import uuid
import zlib

import boto3
import pytest
from botocore.handlers import validate_bucket_name
from harness.clients import SESSION, environment
from harness.deadline import until
from harness.iam import create_user
from harness.s3 import client_of, fetch, refused
from harness.server import ACCOUNT, REGION, run

MEGABYTE = 1 << 20


OWNED = [
    ("head_bucket", {}),
    ("list_objects_v2", {}),
    ("get_bucket_policy", {}),
    ("get_object", {"Key": "key"}),
    ("put_object", {"Key": "key", "Body": b"other"}),
    ("delete_object", {"Key": "key"}),
    ("copy_object", {"Key": "copy", "CopySource": "{bucket}/key"}),
    ("delete_bucket", {}),
]


@pytest.mark.parametrize("name, parameters", OWNED, ids=[name for name, _ in OWNED])
def test_who_expects_a_bucket_of_somebody_else_gets_none(s3, bucket, name, parameters):
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    parameters = {key: value.format(bucket=bucket) if key == "CopySource" else value for key, value in parameters.items()}
    status, code, *_ = refused(getattr(s3, name), Bucket=bucket, ExpectedBucketOwner="111122223333", **parameters)
    assert (status, code) in [(403, "AccessDenied"), (403, "403")]
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"body"
    if name != "delete_bucket":
        getattr(s3, name if name != "get_bucket_policy" else "get_bucket_location")(
            Bucket=bucket, ExpectedBucketOwner=ACCOUNT, **parameters)


def test_a_copy_s_source_has_an_owner_too(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/key"}
    assert refused(s3.copy_object, ExpectedSourceBucketOwner="111122223333", **copy)[:2] == (403, "AccessDenied")
    s3.copy_object(ExpectedSourceBucketOwner=ACCOUNT, **copy)


def raw(gatehouse, method, target, body, **headers):
    """A call as nobody's client makes it; who signs it with a key that is not known is the account itself."""
    host, port = gatehouse.url.split("//")[1].split(":")
    connection = http.client.HTTPConnection(host, int(port))
    scope = f"AKIDEXAMPLE/20260101/{REGION}/s3/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, body, {"Authorization": authorization} | fields)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def keys(page):
    return [entry["Key"] for entry in page.get("Contents", [])], [p["Prefix"] for p in page.get("CommonPrefixes", [])]


class TestBuckets:
    def test_a_bucket_is_made_found_and_deleted(self, s3, bucket):
        assert s3.head_bucket(Bucket=bucket)["BucketRegion"] == REGION
        assert bucket in [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
        assert [entry["Name"] for entry in s3.list_buckets(Prefix=bucket)["Buckets"]] == [bucket]
        assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
        # In us-east-1 who owns it may make it again.
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
        assert refused(s3.delete_bucket, Bucket=bucket)[:3] == (
            409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
        s3.delete_object(Bucket=bucket, Key="k")
        s3.delete_bucket(Bucket=bucket)
        assert refused(s3.head_bucket, Bucket=bucket)[:2] == (404, "404")
        assert refused(s3.list_objects_v2, Bucket=bucket)[:3] == (
            404, "NoSuchBucket", "The specified bucket does not exist")

    def test_pages_of_buckets_are_the_whole(self, s3):
        prefix = f"page-{uuid.uuid4().hex[:8]}-"
        for number in range(3):
            s3.create_bucket(Bucket=f"{prefix}{number}")
        pages = s3.get_paginator("list_buckets").paginate(Prefix=prefix, PaginationConfig={"PageSize": 2})
        assert [[entry["Name"][-1] for entry in page["Buckets"]] for page in pages] == [["0", "1"], ["2"]]

    @pytest.mark.parametrize("name", ["UPPER", "under_score", "a..b", "192.168.5.4"])
    def test_a_wrong_name_is_refused(self, gatehouse, name):
        s3 = client_of(gatehouse)
        s3.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
        assert refused(s3.create_bucket, Bucket=name)[:3] == (
            400, "InvalidBucketName", "The specified bucket is not valid.")

    def test_another_region_is_told_which_one_it_is(self, gatehouse):
        s3 = SESSION.client("s3", endpoint_url=gatehouse.url, region_name="eu-west-1")
        status, code, message, error = refused(s3.list_buckets)
        assert (status, code, error["Region"]) == (400, "AuthorizationHeaderMalformed", REGION)
        assert message == "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'"

    def test_a_new_bucket_has_what_it_has_in_aws(self, s3, bucket):
        encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert encryption == [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
        assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
        assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)
        assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
        assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
        assert [grant["Permission"] for grant in s3.get_bucket_acl(Bucket=bucket)["Grants"]] == ["FULL_CONTROL"]
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert len(block) == 4 and all(block.values())
        ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
        assert ownership == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    @pytest.mark.parametrize("operation, code, message", [
        ("get_bucket_policy", "NoSuchBucketPolicy", "The bucket policy does not exist"),
        ("get_bucket_cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
        ("get_bucket_website", "NoSuchWebsiteConfiguration",
         "The specified bucket does not have a website configuration"),
        ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration",
         "The lifecycle configuration does not exist"),
        ("get_bucket_replication", "ReplicationConfigurationNotFoundError",
         "The replication configuration was not found"),
        ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError",
         "Object Lock configuration does not exist for this bucket"),
        ("get_bucket_tagging", "NoSuchTagSet", "The TagSet does not exist"),
    ])
    def test_what_a_bucket_has_not_has_its_own_code(self, s3, bucket, operation, code, message):
        status, real, text, error = refused(getattr(s3, operation), Bucket=bucket)
        assert (status, real, text, error["BucketName"]) == (404, code, message, bucket)

    def test_settings_are_kept_and_deleted(self, s3, bucket):
        block = {"BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": True,
                 "RestrictPublicBuckets": False}
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
        assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block
        s3.delete_public_access_block(Bucket=bucket)
        assert refused(s3.get_public_access_block, Bucket=bucket)[1] == "NoSuchPublicAccessBlockConfiguration"
        rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
        assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"] == rules
        assert s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ServerSideEncryption"] == "aws:kms"
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "é b"}]})
        assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "é b"}]
        s3.delete_bucket_tagging(Bucket=bucket)
        assert refused(s3.get_bucket_tagging, Bucket=bucket)[1] == "NoSuchTagSet"

    def test_what_is_not_built_is_said_so(self, s3, bucket):
        status, code, message, _ = refused(
            s3.put_bucket_cors, Bucket=bucket, CORSConfiguration={
                "CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
        assert (status, code) == (501, "NotImplemented") and "?cors" in message
        assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read")[1] == (
            "AccessControlListNotSupported")
        assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", StorageClass="GLACIER")[1] == "NotImplemented"


class TestObjects:
    def test_an_object_comes_back_as_it_went(self, s3, bucket):
        body = os.urandom(3 * MEGABYTE + 7)
        put = s3.put_object(Bucket=bucket, Key="a/b c+d%é", Body=body, ContentType="x/y", Metadata={"One": "two"},
                            CacheControl="no-store", Tagging="a=1&b=2")
        assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
        assert put["ServerSideEncryption"] == "AES256" and "VersionId" not in put
        got = s3.get_object(Bucket=bucket, Key="a/b c+d%é")
        assert got["Body"].read() == body
        assert (got["ContentType"], got["CacheControl"], got["Metadata"]) == ("x/y", "no-store", {"one": "two"})
        head = s3.head_object(Bucket=bucket, Key="a/b c+d%é")
        assert (head["ContentLength"], head["ETag"], head["TagCount"]) == (len(body), put["ETag"], 2)

    @pytest.mark.parametrize("key", ["../x", "..", "/", "//a//", "a/../b", "./a", "x" * 1024])
    def test_a_key_is_nothing_but_data(self, s3, bucket, key):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
        assert keys(s3.list_objects_v2(Bucket=bucket))[0] == [key]

    def test_a_key_has_a_longest(self, s3, bucket):
        assert refused(s3.put_object, Bucket=bucket, Key="x" * 1025, Body=b"")[:3] == (
            400, "KeyTooLongError", "Your key is too long")

    def test_what_is_not_there(self, s3, bucket):
        status, code, message, error = refused(s3.get_object, Bucket=bucket, Key="none")
        assert (status, code, message, error["Key"]) == (404, "NoSuchKey", "The specified key does not exist.", "none")
        assert refused(s3.head_object, Bucket=bucket, Key="none")[:2] == (404, "404")
        assert refused(s3.put_object, Bucket="not-a-bucket-of-ours", Key="k", Body=b"x" * MEGABYTE)[1] == "NoSuchBucket"
        # What is not there is deleted all the same.
        s3.delete_object(Bucket=bucket, Key="none")

    def test_content_without_a_type_has_aws_own(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        assert s3.head_object(Bucket=bucket, Key="k")["ContentType"] == "binary/octet-stream"

    @pytest.mark.parametrize("range, status, content", [
        ("bytes=0-3", 206, b"0123"), ("bytes=5-", 206, b"56789"), ("bytes=-2", 206, b"89"),
        ("bytes=8-100", 206, b"89"), ("bytes=-100", 206, b"0123456789"), ("bytes=3-1", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"), ("bytes=0-1,3-4", 200, b"0123456789"),
    ])
    def test_ranges(self, s3, bucket, range, status, content):
        s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
        got = s3.get_object(Bucket=bucket, Key="k", Range=range)
        assert (got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read()) == (status, content)

    @pytest.mark.parametrize("range", ["bytes=10-", "bytes=-0", "bytes=99-100"])
    def test_a_range_beyond_the_end_is_refused(self, s3, bucket, range):
        s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
        status, code, message, error = refused(s3.get_object, Bucket=bucket, Key="k", Range=range)
        assert (status, code, message) == (416, "InvalidRange", "The requested range is not satisfiable")
        assert (error["ActualObjectSize"], error["RangeRequested"]) == ("10", range)

    def test_conditions_of_reads(self, s3, bucket):
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
        modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
        assert s3.get_object(Bucket=bucket, Key="k", IfMatch=etag)["Body"].read() == b"x"
        assert refused(s3.get_object, Bucket=bucket, Key="k", IfMatch='"other"')[:2] == (412, "PreconditionFailed")
        assert refused(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag)[0] == 304
        assert refused(s3.get_object, Bucket=bucket, Key="k", IfModifiedSince=modified)[0] == 304
        assert s3.get_object(Bucket=bucket, Key="k", IfUnmodifiedSince=modified)["Body"].read() == b"x"

    def test_conditions_of_writes(self, s3, bucket):
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x", IfNoneMatch="*")["ETag"]
        status, code, _, error = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"y", IfNoneMatch="*")
        assert (status, code, error["Condition"]) == (412, "PreconditionFailed", "If-None-Match")
        assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"y", IfMatch='"other"')[1] == "PreconditionFailed"
        assert refused(s3.put_object, Bucket=bucket, Key="none", Body=b"y", IfMatch=etag)[1] == "NoSuchKey"
        s3.put_object(Bucket=bucket, Key="k", Body=b"y", IfMatch=etag)
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"y"

    def test_many_are_deleted_at_once(self, s3, bucket):
        for key in ["a", "b", "<c>&"]:
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        objects = [{"Key": key} for key in ["a", "<c>&", "none"]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
        assert [entry["Key"] for entry in answer["Deleted"]] == ["a", "<c>&", "none"]
        assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}], "Quiet": True})
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0

    def test_copies(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="a b", Body=b"content", Metadata={"m": "1"}, Tagging="t=1")
        source = {"Bucket": bucket, "Key": "a b"}
        copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)["CopyObjectResult"]
        assert copied["ETag"] == f'"{hashlib.md5(b"content").hexdigest()}"'
        got = s3.get_object(Bucket=bucket, Key="copy")
        assert (got["Body"].read(), got["Metadata"], got["TagCount"]) == (b"content", {"m": "1"}, 1)
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, MetadataDirective="REPLACE", ContentType="x/z")
        head = s3.head_object(Bucket=bucket, Key="copy")
        assert (head["Metadata"], head["ContentType"]) == ({}, "x/z")
        assert refused(s3.copy_object, Bucket=bucket, Key="a b", CopySource=source)[1] == "InvalidRequest"
        assert refused(s3.copy_object, Bucket=bucket, Key="c", CopySource=f"{bucket}/none")[1] == "NoSuchKey"
        s3.delete_object(Bucket=bucket, Key="a b")
        assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"content"

    def test_tags(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
        tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
        assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags
        s3.delete_object_tagging(Bucket=bucket, Key="k")
        assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
        assert refused(s3.put_object_tagging, Bucket=bucket, Key="k", Tagging={
            "TagSet": [{"Key": str(n), "Value": ""} for n in range(11)]})[1] == "BadRequest"


class TestChecksums:
    @pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
    def test_those_that_are_sent_are_kept(self, s3, bucket, algorithm):
        put = s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", ChecksumAlgorithm=algorithm)
        head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert head[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
        assert head["ChecksumType"] == "FULL_OBJECT"

    @pytest.mark.parametrize("name, value", [("CRC32C", "4waSgw=="), ("CRC64NVME", "rosUhgp5mIg=")])
    def test_those_that_this_client_cannot_make(self, s3, bucket, name, value):
        s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", **{f"Checksum{name}": value})
        assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[f"Checksum{name}"] == value

    def test_content_without_one_has_aws_own(self, gatehouse, bucket):
        s3 = client_of(gatehouse, request_checksum_calculation="when_required")
        assert s3.put_object(Bucket=bucket, Key="k", Body=b"123456789")["ChecksumCRC64NVME"] == "rosUhgp5mIg="

    def test_wrong_ones_are_refused_and_nothing_is_kept(self, s3, bucket):
        def put(**parameters):
            return refused(s3.put_object, Bucket=bucket, Key="k", Body=b"123456789", **parameters)[:3]

        assert put(ChecksumCRC32="AAAAAA==") == (
            400, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")
        assert put(ChecksumCRC32="nonsense") == (
            400, "InvalidRequest", "Value for x-amz-checksum-crc32 header is invalid.")
        assert put(ContentMD5="nonsense") == (
            400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
        assert put(ContentMD5=base64.b64encode(bytes(16)).decode()) == (
            400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        assert refused(s3.get_object, Bucket=bucket, Key="k")[1] == "NoSuchKey"


@pytest.fixture(scope="module")
def full(s3):
    name = f"listing-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    for key in ["a", "dir/1", "dir/2", "dir/sub/3", "dir0", "e"]:
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    return name


class TestListings:
    @pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
    @pytest.mark.parametrize("size", [1, 2, 3, 1000])
    def test_pages_are_the_whole(self, s3, full, operation, size):
        pages = list(s3.get_paginator(operation).paginate(
            Bucket=full, Delimiter="/", PaginationConfig={"PageSize": size}))
        found = [keys(page) for page in pages]
        assert sum((names for names, _ in found), []) == ["a", "dir0", "e"]
        assert sum((prefixes for _, prefixes in found), []) == ["dir/"]
        assert all(len(names) + len(prefixes) <= size for names, prefixes in found)

    def test_prefixes_and_places(self, s3, full):
        assert keys(s3.list_objects_v2(Bucket=full, Prefix="dir/", Delimiter="/")) == (["dir/1", "dir/2"], ["dir/sub/"])
        assert keys(s3.list_objects_v2(Bucket=full, StartAfter="dir/2")) == (["dir/sub/3", "dir0", "e"], [])
        assert keys(s3.list_objects(Bucket=full, Marker="dir0")) == (["e"], [])
        assert s3.list_objects_v2(Bucket=full, MaxKeys=0)["IsTruncated"] is False
        assert refused(s3.list_objects_v2, Bucket=full, ContinuationToken="!")[:3] == (
            400, "InvalidArgument", "The continuation token provided is incorrect")


class TestVersions:
    def test_they_are_kept_and_deleted_one_by_one(self, s3, bucket):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        one = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
        two = s3.put_object(Bucket=bucket, Key="k", Body=b"2")["VersionId"]
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
        assert s3.get_object(Bucket=bucket, Key="k", VersionId=one)["Body"].read() == b"1"
        marker = s3.delete_object(Bucket=bucket, Key="k")
        assert marker["DeleteMarker"] is True
        status, code, _, _ = refused(s3.get_object, Bucket=bucket, Key="k")
        assert (status, code) == (404, "NoSuchKey")
        assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId=marker["VersionId"])[:2] == (
            405, "MethodNotAllowed")
        listed = s3.list_object_versions(Bucket=bucket)
        assert [entry["VersionId"] for entry in listed["Versions"]] == [two, one]
        assert [(entry["VersionId"], entry["IsLatest"]) for entry in listed["DeleteMarkers"]] == [
            (marker["VersionId"], True)]
        assert "must delete all versions" in refused(s3.delete_bucket, Bucket=bucket)[2]
        s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": 1})
        assert [entry["VersionId"] for page in pages for entry in page["Versions"]] == [two, one]
        deleted = s3.delete_objects(Bucket=bucket, Delete={
            "Objects": [{"Key": "k", "VersionId": one}, {"Key": "k", "VersionId": two}]})["Deleted"]
        assert [entry["VersionId"] for entry in deleted] == [one, two]
        s3.delete_bucket(Bucket=bucket)

    def test_one_that_is_not_there(self, s3, bucket):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=bucket, Key="k", Body=b"1")
        assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="x" * 32)[:2] == (404, "NoSuchVersion")
        assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="x")[:3] == (
            400, "InvalidArgument", "Invalid version id specified")


class TestPresigned:
    def test_they_read_and_write(self, s3, bucket):
        parameters = {"Bucket": bucket, "Key": "a b"}
        assert fetch(s3.generate_presigned_url("put_object", parameters), "PUT", b"content",
                     Content_Type="application/x-www-form-urlencoded")[0] == 200
        assert fetch(s3.generate_presigned_url("get_object", parameters)) == (200, "content")

    def test_wrong_ones_are_refused(self, s3, bucket):
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
        status, body = fetch(re.sub("X-Amz-Date=[^&]*", "X-Amz-Date=20200101T000000Z", url))
        assert status == 403 and "<Message>Request has expired</Message>" in body
        status, body = fetch(re.sub("&X-Amz-Expires=[^&]*", "", url))
        assert status == 400 and "AuthorizationQueryParametersError" in body
        status, body = fetch(url.replace("us-east-1", "eu-west-1"))
        assert status == 400 and "<Region>us-east-1</Region>" in body


def test_objects_live_on_behind_a_restart_and_a_kill(own_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = own_gatehouse(data=data)
    client = client_of(server)
    client.create_bucket(Bucket="kept")
    client.put_object(Bucket="kept", Key="../k", Body=b"content")
    server.process.kill()
    server.process.wait()
    again = client_of(own_gatehouse(data=data))
    assert again.get_object(Bucket="kept", Key="../k")["Body"].read() == b"content"
    assert [path.name for path in (data / "objects").rglob("*") if path.is_file()] == [
        hashlib.sha256(b"content").hexdigest()]


def test_an_upload_that_is_broken_off_leaves_nothing(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    client = client_of(server)
    client.create_bucket(Bucket="bucket")
    host, port = server.url.split("//")[1].split(":")
    incoming = tmp_path / "data" / "objects" / "incoming"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"PUT /bucket/k HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {4 * MEGABYTE}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/{REGION}/s3/aws4_request, SignedHeaders=host, "
            f"Signature=0\r\n\r\n".encode() + bytes(MEGABYTE))
        until(lambda: [path for path in incoming.iterdir() if path.stat().st_size == MEGABYTE], "on the disk")
    until(lambda: not list(incoming.iterdir()), "removed")
    assert client.list_objects_v2(Bucket="bucket")["KeyCount"] == 0


def test_a_backup_has_the_objects(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data")
    client = client_of(server)
    client.create_bucket(Bucket="bucket")
    client.put_object(Bucket="bucket", Key="k", Body=b"content")
    done = run("backup", str(tmp_path / "copy"), "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    client.delete_object(Bucket="bucket", Key="k")
    copy = client_of(own_gatehouse(data=tmp_path / "copy"))
    assert copy.get_object(Bucket="bucket", Key="k")["Body"].read() == b"content"


def test_where_credentials_are_required_nobody_is_let_in_without(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data", options=["--require-credentials"])
    assert refused(client_of(server).list_buckets)[:3] == (
        403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    status, text = raw(server, "GET", "/k", None, Host="bucket.s3.localhost", Authorization="")
    assert status == 403 and "<Code>AccessDenied</Code>" in text


def test_a_bucket_may_stand_in_the_host(gatehouse, s3, bucket):
    for name in [f"{bucket}.localhost", f"{bucket}.s3.{REGION}.amazonaws.com"]:
        assert raw(gatehouse, "PUT", "/a/b", name.encode(), Host=name)[0] == 200
        assert s3.get_object(Bucket=bucket, Key="a/b")["Body"].read() == name.encode()


class TestCommandLine:
    @pytest.fixture
    def aws(self, gatehouse, tmp_path):
        def run(*arguments):
            done = subprocess.run(
                ["aws", *arguments], env=environment(gatehouse.url), cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            return done.stdout

        return run

    def test_files_go_there_and_back(self, aws, bucket, tmp_path):
        folder = tmp_path / "folder"
        (folder / "sub").mkdir(parents=True)
        (folder / "one.txt").write_text("one")
        (folder / "sub" / "two.txt").write_text("two")
        # S3 knows the second of an upload, and `sync` sends again what is newer than that.
        for path in folder.rglob("*.txt"):
            os.utime(path, (time.time() - 60,) * 2)
        aws("s3", "cp", "folder/one.txt", f"s3://{bucket}/one.txt")
        assert "one.txt" in aws("s3", "ls", f"s3://{bucket}")
        aws("s3", "sync", "folder", f"s3://{bucket}/folder")
        assert aws("s3", "sync", "folder", f"s3://{bucket}/folder") == ""
        aws("s3", "cp", f"s3://{bucket}/folder", "back", "--recursive")
        assert (tmp_path / "back" / "sub" / "two.txt").read_text() == "two"
        aws("s3", "mv", f"s3://{bucket}/one.txt", f"s3://{bucket}/moved.txt")
        assert aws("s3api", "list-objects-v2", "--bucket", bucket, "--query", "Contents[].Key", "--output", "text").split() == [
            "folder/one.txt", "folder/sub/two.txt", "moved.txt"]
        aws("s3", "rm", f"s3://{bucket}", "--recursive")
        aws("s3", "rb", f"s3://{bucket}")


class TestUploadsInParts:
    def test_parts_become_one_object(self, s3, bucket):
        bodies = [os.urandom(5 * MEGABYTE), os.urandom(5 * MEGABYTE), b"end"]
        upload = s3.create_multipart_upload(Bucket=bucket, Key="k", ContentType="x/y", ChecksumAlgorithm="CRC32")
        where = {"Bucket": bucket, "Key": "k", "UploadId": upload["UploadId"]}
        parts = []
        for number, body in enumerate(bodies, 1):
            part = s3.upload_part(**where, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
        assert [part["Size"] for part in s3.list_parts(**where)["Parts"]] == [len(body) for body in bodies]
        assert [entry["UploadId"] for entry in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [where["UploadId"]]
        wrong = [parts[0], parts[0] | {"PartNumber": 3}]
        assert refused(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": wrong})[1] == "InvalidPart"
        backwards = {"Parts": parts[::-1]}
        assert refused(s3.complete_multipart_upload, **where, MultipartUpload=backwards)[1] == "InvalidPartOrder"
        done = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
        assert done["ETag"] == f'"{digest}-3"' and done["ChecksumType"] == "COMPOSITE"
        whole = b"".join(bodies)
        got = s3.get_object(Bucket=bucket, Key="k")
        assert (got["Body"].read(), got["ContentType"]) == (whole, "x/y")
        across = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={5 * MEGABYTE - 2}-{10 * MEGABYTE + 1}")
        assert across["Body"].read() == whole[5 * MEGABYTE - 2 : 10 * MEGABYTE + 2]
        assert refused(s3.list_parts, **where)[1] == "NoSuchUpload"

    def test_the_checksum_of_the_whole_follows_from_those_of_the_parts(self, s3, bucket):
        bodies = [b"1" * 5 * MEGABYTE, b"23456789"]
        upload = s3.create_multipart_upload(
            Bucket=bucket, Key="k", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        where = {"Bucket": bucket, "Key": "k", "UploadId": upload["UploadId"]}
        parts = [
            {"PartNumber": number, "ETag": s3.upload_part(
                **where, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")["ETag"]}
            for number, body in enumerate(bodies, 1)]
        made = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})["ChecksumCRC32"]
        assert made == base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4, "big")).decode()

    def test_a_part_is_too_small_and_an_upload_is_given_up(self, s3, bucket):
        where = {"Bucket": bucket, "Key": "k"}
        where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
        parts = [{"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=b"x")["ETag"]}
                 for number in (1, 2)]
        assert refused(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": parts})[1] == "EntityTooSmall"
        assert refused(s3.upload_part, **where, PartNumber=10_001, Body=b"x")[1] == "InvalidArgument"
        s3.abort_multipart_upload(**where)
        assert refused(s3.upload_part, **where, PartNumber=1, Body=b"x")[1] == "NoSuchUpload"

    def test_what_clients_do_with_large_files(self, s3, bucket, tmp_path):
        path, back = tmp_path / "large", tmp_path / "back"
        path.write_bytes(os.urandom(20 * MEGABYTE + 1))
        s3.upload_file(str(path), bucket, "large")
        s3.download_file(bucket, "large", str(back))
        assert back.read_bytes() == path.read_bytes()


class TestAccess:
    def user(self, gatehouse, **statement):
        _, credentials = create_user(SESSION.client("iam", endpoint_url=gatehouse.url), **statement)
        return boto3.Session(credentials.access_key, credentials.secret_key, region_name=REGION).client(
            "s3", endpoint_url=gatehouse.url)

    def test_a_user_may_do_what_his_policies_say(self, gatehouse, s3, bucket):
        s3.put_object(Bucket=bucket, Key="a b/é", Body=b"x")
        user = self.user(gatehouse, Action=["s3:GetObject"], Resource=f"arn:aws:s3:::{bucket}/a*")
        assert user.get_object(Bucket=bucket, Key="a b/é")["Body"].read() == b"x"
        status, code, message, _ = refused(user.put_object, Bucket=bucket, Key="a", Body=b"x")
        assert (status, code) == (403, "AccessDenied")
        assert f"is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::{bucket}/a" in message
        assert refused(user.list_objects_v2, Bucket=bucket)[1] == "AccessDenied"
        deleted = user.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a b/é"}]})
        assert [error["Code"] for error in deleted["Errors"]] == ["AccessDenied"]

    def test_a_buckets_policy_counts_too(self, gatehouse, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        user = self.user(gatehouse, Action=["s3:*"], Resource="*")
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                     "Resource": f"arn:aws:s3:::{bucket}/*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == policy
        assert "explicit deny" in refused(user.get_object, Bucket=bucket, Key="k")[2]
        s3.delete_bucket_policy(Bucket=bucket)
        assert user.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"

    @pytest.mark.parametrize("change, code", [
        ({"Resource": "arn:aws:s3:::another/*"}, "MalformedPolicy"), ({"Action": "sqs:*"}, "MalformedPolicy"),
        ({"Effect": "Maybe"}, "MalformedPolicy"), ({}, "AccessDenied"),
    ])
    def test_a_wrong_policy_is_refused(self, s3, bucket, change, code):
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                     "Resource": f"arn:aws:s3:::{bucket}/*"} | change
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=policy)[1] == code

    def test_a_signature_is_checked(self, gatehouse, s3, bucket):
        _, credentials = create_user(
            SESSION.client("iam", endpoint_url=gatehouse.url), Action="s3:*", Resource="*")
        wrong = boto3.Session(credentials.access_key, "wrong" * 8, region_name=REGION).client(
            "s3", endpoint_url=gatehouse.url)
        assert refused(wrong.list_objects_v2, Bucket=bucket)[:2] == (403, "SignatureDoesNotMatch")


class TestChunked:
    """Bodies as SDKs send them by TLS, and some without it."""

    def put(self, gatehouse, bucket, body, **headers):
        return raw(gatehouse, "PUT", f"/{bucket}/k", body, **{
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Content-Encoding": "aws-chunked"} | headers)

    BODY = b"5\r\n12345\r\n4\r\n6789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n"

    def test_the_content_is_unpacked(self, gatehouse, s3, bucket):
        status, text = self.put(
            gatehouse, bucket, self.BODY, x_amz_decoded_content_length="9", x_amz_trailer="x-amz-checksum-crc32")
        assert (status, text) == (200, "")
        got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert (got["Body"].read(), got["ChecksumCRC32"]) == (b"123456789", "y/Q5Jg==")
        assert "ContentEncoding" not in got

    @pytest.mark.parametrize("old, new, code", [
        (b"y/Q5Jg==", b"AAAAAA==", "BadDigest"), (b"x-amz-checksum-crc32:y/Q5Jg==\r\n", b"", "IncompleteBody"),
        (b"5\r\n", b"6\r\n", "IncompleteBody"), (b"5\r\n", b"-5\r\n", "IncompleteBody"),
        (b"0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n", b"", "IncompleteBody"),
    ])
    def test_what_is_wrong_is_refused(self, gatehouse, s3, bucket, old, new, code):
        status, text = self.put(
            gatehouse, bucket, self.BODY.replace(old, new, 1), x_amz_decoded_content_length="9",
            x_amz_trailer="x-amz-checksum-crc32")
        assert status == 400 and f"<Code>{code}</Code>" in text
        assert refused(s3.get_object, Bucket=bucket, Key="k")[1] == "NoSuchKey"


@pytest.mark.parametrize("body", [
    b"", b"<Delete>", b"<!DOCTYPE x [<!ENTITY e 'x'>]><Delete><Object><Key>&e;</Key></Object></Delete>",
    b"<Delete></Delete>", b"<Other/>", b"<Delete><Object><Key>k</Key></Object></Delete>x",
])
def test_documents_that_are_none_are_refused(gatehouse, bucket, body):
    status, text = raw(gatehouse, "POST", f"/{bucket}?delete", body)
    assert status == 400 and "<Code>MalformedXML</Code>" in text
