"""S3: copies in parts, and what a copy is of what it was made of."""

import base64
import hashlib
import os
import subprocess
import zlib

import boto3
import pytest
from harness.clients import SESSION, environment
from harness.iam import create_user
from harness.s3 import new_bucket, refused
from harness.server import REGION

MEGABYTE = 1 << 20
FORM = (
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based "
    "offsets of the first and last bytes to copy")


@pytest.fixture
def buckets(s3):
    return [new_bucket(s3) for _ in range(2)]


@pytest.fixture
def bucket(buckets):
    return buckets[0]


def crc32(content):
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def begin(s3, bucket, key="copy", **settings):
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **settings)
    return {"Bucket": bucket, "Key": key, "UploadId": upload["UploadId"]}


def complete(s3, where, results):
    """Of what UploadPartCopy has answered."""
    kept = ("ETag", "ChecksumCRC32")
    parts = [
        {"PartNumber": number} | {name: result[name] for name in kept if name in result}
        for number, result in enumerate((result["CopyPartResult"] for result in results), 1)]
    return s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


class TestCopiesInParts:
    def test_ranges_of_an_upload_become_parts(self, s3, buckets):
        content = os.urandom(5 * MEGABYTE) + os.urandom(3 * MEGABYTE)
        where = begin(s3, buckets[0], "source")
        parts = [
            {"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]}
            for number, body in enumerate((content[: 5 * MEGABYTE], content[5 * MEGABYTE :]), 1)]
        s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        copy = begin(s3, buckets[1], ChecksumAlgorithm="CRC32")
        # The first one lies across the parts of the source, and none begins where a piece that is read does.
        ranges = [(1, 5 * MEGABYTE + 7), (0, 0)]
        copied = [
            s3.upload_part_copy(
                **copy, PartNumber=number, CopySource=f"{buckets[0]}/source", CopySourceRange=f"bytes={first}-{last}")
            for number, (first, last) in enumerate(ranges, 1)]
        bodies = [content[first : last + 1] for first, last in ranges]
        for result, body in zip(copied, bodies):
            told = result["CopyPartResult"]
            assert told["ETag"] == f'"{hashlib.md5(body).hexdigest()}"' and told["ChecksumCRC32"] == crc32(body)
            assert told["LastModified"] and result["ServerSideEncryption"] == "AES256"
        assert [part["Size"] for part in s3.list_parts(**copy)["Parts"]] == [5 * MEGABYTE + 7, 1]
        digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
        assert complete(s3, copy, copied)["ETag"] == f'"{digest}-2"'
        assert s3.get_object(Bucket=buckets[1], Key="copy")["Body"].read() == b"".join(bodies)

    @pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA256"])
    def test_whole_objects_become_parts(self, s3, bucket, algorithm):
        s3.put_object(Bucket=bucket, Key="source", Body=b"content")
        where = begin(s3, bucket, **{"ChecksumAlgorithm": algorithm} if algorithm else {})
        told = s3.upload_part_copy(**where, PartNumber=1, CopySource=f"{bucket}/source")["CopyPartResult"]
        assert told["ETag"] == f'"{hashlib.md5(b"content").hexdigest()}"'
        real = {"CRC32": crc32(b"content"), "SHA256": base64.b64encode(hashlib.sha256(b"content").digest()).decode()}
        assert {name[8:]: value for name, value in told.items() if name.startswith("Checksum")} == (
            {algorithm: real[algorithm]} if algorithm else {})
        part = {"PartNumber": 1, "ETag": told["ETag"]}
        if algorithm:
            part[f"Checksum{algorithm}"] = real[algorithm]
        s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [part]})
        # The copy of an upload is one part, whose files are several or one.
        for source, size in [("copy", 7), ("source", 7)]:
            again = begin(s3, bucket, "again")
            part = s3.upload_part_copy(**again, PartNumber=1, CopySource=f"{bucket}/{source}")["CopyPartResult"]
            assert part["ETag"] == told["ETag"] and s3.list_parts(**again)["Parts"][0]["Size"] == size

    def test_versions_are_named(self, s3, bucket):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        first, _ = (s3.put_object(Bucket=bucket, Key="k", Body=body)["VersionId"] for body in (b"one", b"two"))
        marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        where = begin(s3, bucket) | {"PartNumber": 1}
        copied = s3.upload_part_copy(**where, CopySource={"Bucket": bucket, "Key": "k", "VersionId": first})
        assert copied["CopySourceVersionId"] == first
        assert copied["CopyPartResult"]["ETag"] == f'"{hashlib.md5(b"one").hexdigest()}"'
        assert refused(s3.upload_part_copy, **where, CopySource=f"{bucket}/k")[:2] == (404, "NoSuchKey")
        of_marker = {"Bucket": bucket, "Key": "k", "VersionId": marker}
        assert refused(s3.upload_part_copy, **where, CopySource=of_marker)[:3] == (
            400, "InvalidRequest",
            "The source of a copy request may not specifically refer to a delete marker by version id.")

    @pytest.mark.parametrize("range, code, message", [
        ("0-8", "InvalidArgument", FORM),
        ("bytes=1-0", "InvalidArgument", FORM),
        ("bytes=1-", "InvalidArgument", FORM),
        ("bytes=-2", "InvalidArgument", FORM),
        ("bytes=0-1,3-4", "InvalidArgument", FORM),
        ("bytes=0-10", "InvalidArgument", "Range specified is not valid for source object of size: 10"),
        ("bytes=10-11", "InvalidRequest", "The specified copy range is invalid for the source object size"),
    ])
    def test_a_range_is_within_its_source(self, s3, bucket, range, code, message):
        s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
        where = begin(s3, bucket)
        status, *told, error = refused(
            s3.upload_part_copy, **where, PartNumber=1, CopySource=f"{bucket}/k", CopySourceRange=range)
        assert (status, *told) == (400, code, message)
        if code == "InvalidArgument":
            assert (error["ArgumentName"], error["ArgumentValue"]) == ("x-amz-copy-source-range", range)
        assert "Parts" not in s3.list_parts(**where)

    def test_conditions_are_about_the_source(self, s3, bucket):
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
        where = begin(s3, bucket) | {"PartNumber": 1, "CopySource": f"{bucket}/k"}
        s3.upload_part_copy(**where, CopySourceIfMatch=etag)
        for name, value, condition in [
            ("CopySourceIfMatch", '"other"', "If-Match"), ("CopySourceIfNoneMatch", etag, "If-None-Match"),
            ("CopySourceIfUnmodifiedSince", "2001-01-01", "If-Unmodified-Since"),
        ]:
            status, code, _, error = refused(s3.upload_part_copy, **where, **{name: value})
            assert (status, code, error["Condition"]) == (412, "PreconditionFailed", f"x-amz-copy-source-{condition}")

    def test_what_is_not_there(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        where = begin(s3, bucket) | {"PartNumber": 1, "CopySource": f"{bucket}/k"}
        for change, code in [
            ({"CopySource": "bucket-that-is-not-there/k"}, "NoSuchBucket"), ({"CopySource": f"{bucket}/no"}, "NoSuchKey"),
            ({"UploadId": "no"}, "NoSuchUpload"), ({"PartNumber": 10_001}, "InvalidArgument"),
        ]:
            assert refused(s3.upload_part_copy, **where | change)[1] == code

    def test_the_source_may_be_read(self, gatehouse, s3, buckets):
        s3.put_object(Bucket=buckets[0], Key="k", Body=b"x")
        _, key = create_user(
            SESSION.client("iam", endpoint_url=gatehouse.url), Action=["s3:*"], Resource=[f"arn:aws:s3:::{buckets[1]}/*"])
        user = boto3.Session(key.access_key, key.secret_key, region_name=REGION).client(
            "s3", endpoint_url=gatehouse.url)
        where = begin(user, buckets[1])
        status, code, message, _ = refused(
            user.upload_part_copy, **where, PartNumber=1, CopySource=f"{buckets[0]}/k")
        assert (status, code) == (403, "AccessDenied") and f"s3:GetObject on resource: arn:aws:s3:::{buckets[0]}/k" in message

    def test_a_source_has_a_largest(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=bytes(96 * MEGABYTE))
        where = begin(s3, bucket, "large", ChecksumAlgorithm="CRC32")
        complete(s3, where, [
            s3.upload_part_copy(**where, PartNumber=number, CopySource=f"{bucket}/k") for number in range(1, 55)])
        size = s3.head_object(Bucket=bucket, Key="large")["ContentLength"]
        assert size == 54 * 96 * MEGABYTE > 5 << 30
        again = begin(s3, bucket, "again")
        for call, to in [(s3.upload_part_copy, again | {"PartNumber": 1}), (s3.copy_object, {"Bucket": bucket, "Key": "x"})]:
            assert refused(call, **to, CopySource=f"{bucket}/large")[:3] == (
                400, "InvalidRequest",
                "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")
        s3.upload_part_copy(
            **again, PartNumber=1, CopySource=f"{bucket}/large", CopySourceRange=f"bytes={size - 10}-{size - 1}")
        assert s3.list_parts(**again)["Parts"][0]["Size"] == 10


def test_large_files_are_copied_and_moved_between_buckets(gatehouse, s3, buckets, tmp_path):
    content = os.urandom(20 * MEGABYTE)
    (tmp_path / "large").write_bytes(content)
    first, second = buckets
    for step in (
        ["cp", "large", f"s3://{first}/a"], ["cp", f"s3://{first}/a", f"s3://{second}/b"],
        ["mv", f"s3://{second}/b", f"s3://{first}/c"], ["sync", f"s3://{first}", f"s3://{second}"],
    ):
        done = subprocess.run(
            ["aws", "s3", *step], env=environment(gatehouse.url), cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=second)["Contents"]] == ["a", "c"]
    for key in "ac":
        assert s3.get_object(Bucket=second, Key=key)["Body"].read() == content


class TestCopiesOfUploads:
    def test_they_are_in_one_piece(self, s3, bucket):
        bodies = [b"1" * 5 * MEGABYTE, b"2" * 10]
        where = begin(s3, bucket, "k", ChecksumAlgorithm="CRC32")
        parts = []
        for number, body in enumerate(bodies, 1):
            part = s3.upload_part(**where, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
        s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        whole = b"".join(bodies)
        told = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
        assert told["ETag"] == f'"{hashlib.md5(whole).hexdigest()}"'
        assert (told["ChecksumCRC32"], told["ChecksumType"]) == (crc32(whole), "FULL_OBJECT")
        got = s3.get_object_attributes(Bucket=bucket, Key="copy", ObjectAttributes=["ObjectParts", "ObjectSize"])
        assert "ObjectParts" not in got and got["ObjectSize"] == len(whole)
        assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == whole

    def test_a_copy_has_the_checksum_that_is_asked_for(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"content")
        for key in ("k", "copy"):
            told = s3.copy_object(
                Bucket=bucket, Key=key, CopySource=f"{bucket}/k", ChecksumAlgorithm="SHA1", MetadataDirective="REPLACE")
            sha1 = base64.b64encode(hashlib.sha1(b"content").digest()).decode()
            assert told["CopyObjectResult"]["ChecksumSHA1"] == sha1
            head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
            assert (head["ChecksumSHA1"], head["ChecksumType"]) == (sha1, "FULL_OBJECT") and "ChecksumCRC32" not in head
        # A bare name is as botocore does not send it.
        s3.meta.events.register_first(
            "before-sign.s3.CopyObject", lambda request, **_: request.headers.add_header("x-amz-checksum-algorithm", "MD5"),
            unique_id="wrong")
        try:
            assert refused(s3.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")[1:3] == (
                "InvalidRequest",
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, "
                "CRC32C, CRC64NVME, SHA1, SHA256]")
        finally:
            s3.meta.events.unregister("before-sign.s3.CopyObject", unique_id="wrong")
