"""S3: the checksums of uploads in parts, as AWS has answered."""

import base64
import hashlib
import zlib

from harness.s3 import refused

BODY = b"abc"


def crc32(content):
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def begin(s3, bucket, **settings):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k", **settings)
    return {"Bucket": bucket, "Key": "k", "UploadId": upload["UploadId"]}


def sent(s3, where, algorithm="CRC32"):
    part = s3.upload_part(**where, PartNumber=1, Body=BODY, ChecksumAlgorithm=algorithm)
    return {"PartNumber": 1, "ETag": part["ETag"]}


def refusal(s3, where, part, **more):
    return refused(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": [part]}, **more)[1:3]


def test_a_type_needs_an_algorithm(s3, bucket):
    assert refused(s3.create_multipart_upload, Bucket=bucket, Key="k", ChecksumType="FULL_OBJECT")[1:3] == (
        "InvalidRequest",
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")


def test_parts_that_are_checked_by_their_own_are_named_with_them(s3, bucket):
    where = begin(s3, bucket, ChecksumAlgorithm="CRC32")
    part = sent(s3, where)
    assert refusal(s3, where, part) == (
        "InvalidRequest",
        "The upload was created using a crc32 checksum. The complete request must include the checksum for each "
        "part. It was missing for part 1 in the request.")
    sha256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert refusal(s3, where, part | {"ChecksumSHA256": sha256}) == (
        "BadDigest", "The sha256 you specified for part 1 did not match what we received.")
    assert refusal(s3, where, part | {"ChecksumCRC32": crc32(b"other")})[0] == "InvalidPart"
    assert refusal(s3, where, part, ChecksumType="FULL_OBJECT") == (
        "InvalidRequest",
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum "
        "mode.")
    done = s3.complete_multipart_upload(
        **where, MultipartUpload={"Parts": [part | {"ChecksumCRC32": crc32(BODY)}]}, ChecksumType="COMPOSITE")
    assert done["ChecksumType"] == "COMPOSITE"


def test_the_checksum_of_a_whole_is_told_with_its_type(s3, bucket):
    where = begin(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    part = sent(s3, where)
    wrong = ("BadDigest", "The crc32 you specified did not match the calculated checksum.")
    sha1 = base64.b64encode(hashlib.sha1(BODY).digest()).decode()
    assert refusal(s3, where, part, ChecksumCRC32=crc32(BODY)) == wrong
    assert refusal(s3, where, part, ChecksumSHA1=sha1) == wrong
    assert refusal(s3, where, part, ChecksumCRC32=crc32(b"other"), ChecksumType="FULL_OBJECT") == wrong
    s3.complete_multipart_upload(
        **where, MultipartUpload={"Parts": [part]}, ChecksumCRC32=crc32(BODY), ChecksumType="FULL_OBJECT")
    # Where the whole has one, its parts' are not told.
    got = s3.get_object(Bucket=bucket, Key="k", PartNumber=1, ChecksumMode="ENABLED")
    assert got["PartsCount"] == 1 and "ChecksumCRC32" not in got and "ChecksumType" not in got


def test_an_upload_that_asks_for_none_has_none_to_be_told(s3, bucket):
    where = begin(s3, bucket)
    part = sent(s3, where)
    assert refusal(s3, where, part | {"ChecksumCRC32": crc32(BODY)})[0] == "InvalidPart"
    for scope in ("FULL_OBJECT", "COMPOSITE"):
        assert refusal(s3, where, part, ChecksumType=scope) == (
            "InvalidRequest",
            "The upload was created using the null checksum mode. The complete request must use the same checksum "
            "mode.")
    done = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [part]}, ChecksumCRC32="AAAAAA==-1")
    assert "ChecksumCRC64NVME" in done
