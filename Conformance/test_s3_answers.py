"""Answers of S3 as they were recorded of AWS."""

import uuid

import boto3
import pytest
from harness.clients import SESSION
from harness.iam import create_user
from harness.s3 import client_of, refused
from harness.server import REGION

PART = 5 << 20


@pytest.mark.parametrize("owner", ["abcd", "0000", "0000000000020", "aa000000000$"])
def test_an_owner_is_an_account(s3, bucket, owner):
    assert refused(s3.get_bucket_policy, Bucket=bucket, ExpectedBucketOwner=owner)[:3] == (
        400, "InvalidBucketOwnerAWSAccountID",
        f"The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]")


@pytest.mark.parametrize("location, code", [
    ("us-east-1", "InvalidLocationConstraint"), ("foo", "InvalidLocationConstraint"),
    ("eu-west-1", "IllegalLocationConstraintException"), ("EU", "IllegalLocationConstraintException"),
])
def test_buckets_are_in_the_servers_region(s3, location, code):
    configuration = {"LocationConstraint": location}
    assert refused(s3.create_bucket, Bucket=uuid.uuid4().hex, CreateBucketConfiguration=configuration)[:2] == (400, code)


def test_public_access_block_has_all_its_members(s3, bucket):
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False}


def test_versions_are_told_where_a_bucket_has_them(s3, bucket):
    def told(answer):
        return answer.get("VersionId")

    copy = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/k", "MetadataDirective": "REPLACE"}
    assert told(s3.put_object(Bucket=bucket, Key="k", Body=b"x")) is None
    assert told(s3.head_object(Bucket=bucket, Key="k")) is None and told(s3.copy_object(**copy)) is None
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert told(s3.head_object(Bucket=bucket, Key="k")) == "null"
    copied = s3.copy_object(**copy)
    assert len(told(copied)) == 32 and "CopySourceVersionId" not in copied
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert told(s3.put_object(Bucket=bucket, Key="k", Body=b"x")) is None
    assert told(s3.get_object(Bucket=bucket, Key="k")) == "null" == told(s3.copy_object(**copy))


class TestTags:
    def put(self, s3, bucket, *tags):
        return refused(
            s3.put_object_tagging, Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})

    @pytest.mark.parametrize("tags, message, key", [
        ([("a", "1"), ("a", "2")], "Cannot provide multiple Tags with the same key", "a"),
        ([("a,b", "1")], "The TagKey you have provided is invalid", "a,b"),
        ([("a", "1,2")], "The TagValue you have provided is invalid", "a"),
        ([("aws:a", "1")], "Your TagKey cannot be prefixed with aws:", "aws:a"),
    ])
    def test_wrong_ones_are_refused(self, s3, bucket, tags, message, key):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
        status, code, told, error = self.put(s3, bucket, *tags)
        assert (status, code, told, error.get("TagKey")) == (400, "InvalidTag", message, key)

    def test_letters_of_any_script_may_stand_in_them(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="%C3%A9+%E4%B8%AD=_.:%2F%3D%2B-%40")
        assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "é 中", "Value": "_.:/=+-@"}]

    @pytest.mark.parametrize("header", ["a=1&a=2", "a=1,b=2"])
    def test_a_header_has_words_of_its_own(self, s3, bucket, header):
        status, code, message, error = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", Tagging=header)
        assert (status, code, error["ArgumentValue"]) == (400, "InvalidArgument", header)
        assert message.startswith("The header 'x-amz-tagging' shall be encoded as UTF-8")

    def test_a_bucket_without_any_has_no_set(self, s3, bucket):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        reserved = {"TagSet": [{"Key": "aws:a", "Value": "b"}]}
        assert refused(s3.put_bucket_tagging, Bucket=bucket, Tagging=reserved)[2] == (
            "System tags cannot be added/updated by requester")
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []})
        assert refused(s3.get_bucket_tagging, Bucket=bucket)[:2] == (404, "NoSuchTagSet")


class TestParts:
    BODIES = [b"1" * PART, b"2" * 10]

    @pytest.fixture
    def upload(self, s3, bucket):
        """Parts 2 and 7 of an upload with checksums of its parts."""
        where = {"Bucket": bucket, "Key": "k"}
        where["UploadId"] = s3.create_multipart_upload(**where, ChecksumAlgorithm="CRC32")["UploadId"]
        parts = []
        for number, body in zip((2, 7), self.BODIES):
            part = s3.upload_part(**where, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            parts.append({"PartNumber": number} | {name: part[name] for name in ("ETag", "ChecksumCRC32")})
        return where | {"MultipartUpload": {"Parts": parts}}

    def test_an_upload_has_a_part(self, s3, upload):
        parts = upload.pop("MultipartUpload")
        assert refused(s3.complete_multipart_upload, **upload)[:3] == (
            400, "InvalidRequest", "You must specify at least one part")
        for change in ({"UploadId": "x"}, {"UploadId": "x", "MultipartUpload": parts}):
            status, code, _, error = refused(s3.complete_multipart_upload, **upload | change)
            assert (status, code, error["UploadId"]) == (404, "NoSuchUpload", "x")

    def test_the_size_is_what_the_client_says(self, s3, upload):
        size = PART + 10
        assert refused(s3.complete_multipart_upload, **upload, MpuObjectSize=5)[1:3] == (
            "InvalidRequest",
            f"The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: {size}")
        s3.complete_multipart_upload(**upload, MpuObjectSize=size)

    def test_a_part_is_read_by_its_number(self, s3, bucket, upload):
        s3.complete_multipart_upload(**upload)
        told = upload["MultipartUpload"]["Parts"][1]["ChecksumCRC32"]
        for call in (s3.get_object, s3.head_object):
            part = call(Bucket=bucket, Key="k", PartNumber=7, ChecksumMode="ENABLED")
            assert (part["ContentRange"], part["PartsCount"]) == (f"bytes {PART}-{PART + 9}/{PART + 10}", 2)
            assert (part["ContentLength"], part["ChecksumCRC32"], part["ChecksumType"]) == (10, told, "COMPOSITE")
        assert s3.get_object(Bucket=bucket, Key="k", PartNumber=7)["Body"].read() == self.BODIES[1]
        status, code, _, error = refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=3)
        assert (status, code, error["ActualPartCount"]) == (416, "InvalidPartNumber", "2")
        assert refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=2, Range="bytes=0-1")[1:3] == (
            "InvalidRequest", "Cannot specify both Range header and partNumber query parameter")

    def test_what_is_no_upload_has_one_part(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"content")
        part = s3.get_object(Bucket=bucket, Key="k", PartNumber=1)
        assert (part["Body"].read(), part["ContentRange"]) == (b"content", "bytes 0-6/7") and "PartsCount" not in part
        status, code, _, error = refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=2)
        assert (status, code, error["ActualPartCount"]) == (416, "InvalidPartNumber", "1")

    def test_attributes(self, s3, bucket, upload):
        done = s3.complete_multipart_upload(**upload)
        names = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
        got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=names)
        assert (got["ETag"], got["ObjectSize"], got["StorageClass"]) == (done["ETag"].strip('"'), PART + 10, "STANDARD")
        assert got["Checksum"] == {
            "ChecksumCRC32": done["ChecksumCRC32"].split("-")[0], "ChecksumType": "COMPOSITE"}
        first = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"], MaxParts=1)
        parts = first.pop("ObjectParts")
        assert [part["PartNumber"] for part in parts["Parts"]] == [2] and parts["Parts"][0]["Size"] == PART
        assert (parts["TotalPartsCount"], parts["IsTruncated"], parts["NextPartNumberMarker"]) == (2, True, 2)
        assert "ETag" not in first and first["LastModified"] == got["LastModified"]
        rest = s3.get_object_attributes(
            Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"], PartNumberMarker=2)["ObjectParts"]
        assert ([part["PartNumber"] for part in rest["Parts"]], rest["IsTruncated"]) == ([7], False)
        assert refused(s3.get_object_attributes, Bucket=bucket, Key="k", ObjectAttributes=["Size"])[:2] == (
            400, "InvalidArgument")
        assert refused(s3.get_object_attributes, Bucket=bucket, Key="no", ObjectAttributes=["ETag"])[1] == "NoSuchKey"

    def test_uploads_are_listed_with_common_prefixes(self, s3, bucket):
        keys = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"]
        ids = [s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in keys]

        def page(**parameters):
            got = s3.list_multipart_uploads(Bucket=bucket, Prefix="folder/", Delimiter="/", MaxUploads=1, **parameters)
            prefixes = [entry["Prefix"] for entry in got.get("CommonPrefixes", [])]
            return prefixes, [entry["Key"] for entry in got.get("Uploads", [])], got

        prefixes, uploads, got = page()
        assert (prefixes, uploads, got["IsTruncated"], got["NextKeyMarker"]) == (["folder/aSubfolder/"], [], True, "")
        for marker in ["folder/aSubfolder/", "folder/aSubfolder/subFile1"]:
            prefixes, uploads, got = page(KeyMarker=marker)
            assert (prefixes, uploads, got["NextUploadIdMarker"]) == ([], ["folder/file1"], ids[2])
        assert page(KeyMarker="folder/file2")[:2] == ([], [])


@pytest.mark.parametrize("call, marker", [("list_objects", "Marker"), ("list_object_versions", "KeyMarker")])
def test_a_marker_within_a_common_prefix_passes_over_it(s3, bucket, call, marker):
    for key in ["a/1", "a/2", "b"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    page = getattr(s3, call)(Bucket=bucket, Delimiter="/", **{marker: "a/1"})
    assert "CommonPrefixes" not in page
    assert [entry["Key"] for entry in page.get("Contents") or page["Versions"]] == ["b"]


def test_an_object_is_deleted_if_it_is_the_one_that_is_meant(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    status, code, _, error = refused(s3.delete_object, Bucket=bucket, Key="k", IfMatch="bad")
    assert (status, code, error["Condition"]) == (412, "PreconditionFailed", "If-Match")
    assert refused(s3.delete_object, Bucket=bucket, Key="k", IfMatchSize=1)[:2] == (501, "NotImplemented")
    s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_objects_are_written_on_conditions(s3, bucket):
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    for condition in [{"IfNoneMatch": "*"}, {"IfMatch": '"bad"'}]:
        assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"2", **condition)[:2] == (412, "PreconditionFailed")
    assert refused(s3.put_object, Bucket=bucket, Key="no", Body=b"2", IfMatch=first)[:2] == (404, "NoSuchKey")
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=first)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"3", IfNoneMatch=first)[:2] == (501, "NotImplemented")
    where = {"Bucket": bucket, "Key": "k"}
    where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
    part = {"PartNumber": 1, "ETag": s3.upload_part(**where, PartNumber=1, Body=b"part")["ETag"]}
    complete = where | {"MultipartUpload": {"Parts": [part]}}
    assert refused(s3.complete_multipart_upload, **complete, IfNoneMatch="*")[:2] == (412, "PreconditionFailed")
    assert refused(s3.complete_multipart_upload, **complete, IfMatch="*")[:2] == (501, "NotImplemented")
    etag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
    s3.complete_multipart_upload(**complete, IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"part"


@pytest.mark.parametrize("change", ["put_object", "delete_object"])
def test_a_condition_of_an_upload_that_was_overtaken_conflicts(s3, bucket, change):
    where = {"Bucket": bucket, "Key": "k"}
    condition = {}
    if change == "put_object":
        condition["IfMatch"] = s3.put_object(**where, Body=b"x")["ETag"]
    else:
        s3.put_object(**where, Body=b"x")
        condition["IfNoneMatch"] = "*"
    upload = where | {"UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    parts = [{"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]}]
    getattr(s3, change)(**where, **({"Body": b"x"} if change == "put_object" else {}))
    complete = upload | {"MultipartUpload": {"Parts": parts}}
    status, code, _, error = refused(s3.complete_multipart_upload, **complete, **condition)
    assert (status, code) == (409, "ConditionalRequestConflict")
    assert error["Condition"] == ("If-Match" if change == "put_object" else "If-None-Match")
    s3.complete_multipart_upload(**complete)


def test_copies_onto_themselves_change_something(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    copy = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/k"}
    status, code, message, _ = refused(s3.copy_object, **copy)
    assert (status, code) == (400, "InvalidRequest") and message.startswith("This copy request is illegal")
    assert refused(s3.copy_object, **copy, IfMatch=etag)[1] == "InvalidRequest"
    assert refused(s3.copy_object, **copy, IfNoneMatch="*")[:2] == (412, "PreconditionFailed")
    for change in [{"StorageClass": "STANDARD"}, {"ServerSideEncryption": "AES256"}, {"MetadataDirective": "REPLACE"}]:
        assert s3.copy_object(**copy, **change)["CopyObjectResult"]["ETag"] == etag


def test_a_bucket_without_versions_has_none_to_name(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    version = "x" * 32
    for call in (s3.get_object, s3.delete_object):
        assert refused(call, Bucket=bucket, Key="k", VersionId=version)[1:3] == (
            "InvalidArgument", "Invalid version id specified")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "VersionId": version}]})
    assert [error["Code"] for error in answer["Errors"]] == ["NoSuchVersion"] and "Deleted" not in answer
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"x"


def test_tags_of_a_marker_are_refused(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    tags = {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}
    for call, parameters in [(s3.get_object_tagging, {}), (s3.put_object_tagging, tags), (s3.delete_object_tagging, {})]:
        for version in ({}, {"VersionId": marker}):
            status, code, _, error = refused(call, Bucket=bucket, Key="k", **version, **parameters)
            assert (status, code, error["ResourceType"]) == (405, "MethodNotAllowed", "DeleteMarker")


@pytest.mark.parametrize("call", ["list_objects_v2", "list_objects", "list_object_versions", "list_multipart_uploads"])
def test_keys_are_encoded_as_a_url_is_or_not_at_all(gatehouse, bucket, call):
    unchecked = client_of(gatehouse, parameter_validation=False)
    for value in ("value", ""):
        assert refused(getattr(unchecked, call), Bucket=bucket, EncodingType=value)[1:3] == (
            "InvalidArgument", "Invalid Encoding Method specified in Request")


class TestMissingKeys:
    def user(self, gatehouse, bucket, *actions):
        resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        _, key = create_user(
            SESSION.client("iam", endpoint_url=gatehouse.url), Action=list(actions), Resource=resources)
        return boto3.Session(key.access_key, key.secret_key, region_name=REGION).client(
            "s3", endpoint_url=gatehouse.url)

    def test_they_are_told_to_those_who_may_list(self, gatehouse, s3, bucket):
        actions = ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:GetObjectAttributes"]
        reader = self.user(gatehouse, bucket, *actions)
        lister = self.user(gatehouse, bucket, *actions, "s3:ListBucket")
        for call, parameters in [
            ("get_object", {}), ("get_object_tagging", {}), ("get_object_attributes", {"ObjectAttributes": ["ETag"]}),
        ]:
            status, code, message, _ = refused(getattr(reader, call), Bucket=bucket, Key="no", **parameters)
            assert (status, code) == (403, "AccessDenied")
            assert f"s3:ListBucket on resource: arn:aws:s3:::{bucket}" in message
            assert refused(getattr(lister, call), Bucket=bucket, Key="no", **parameters)[:2] == (404, "NoSuchKey")
        assert refused(reader.head_object, Bucket=bucket, Key="no")[:2] == (403, "403")
        assert refused(lister.head_object, Bucket=bucket, Key="no")[:2] == (404, "404")
        copy = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/no"}
        assert refused(reader.copy_object, **copy)[1] == "AccessDenied"
        assert refused(lister.copy_object, **copy)[1] == "NoSuchKey"
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"

    def test_attributes_are_read_by_two_actions(self, gatehouse, s3, bucket):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        for action in ["s3:GetObject", "s3:GetObjectAttributes"]:
            user = self.user(gatehouse, bucket, action)
            assert refused(user.get_object_attributes, Bucket=bucket, Key="k", ObjectAttributes=["ETag"])[1] == (
                "AccessDenied")
