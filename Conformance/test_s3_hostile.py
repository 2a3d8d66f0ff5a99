"""What strangers tried with S3, and what it has to answer them."""

import threading
import urllib.parse

import boto3
import pytest
from harness.clients import SESSION
from harness.iam import create_user
from harness.s3 import fetch, refused
from harness.server import REGION


@pytest.mark.parametrize("expires", ["-9223372036854775808", "-9223372036854776", "-1", "9223372036854775807", "99999999999999999999"])
def test_a_link_of_no_time_that_there_is(gatehouse, expires):
    for origin in {}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}:
        status, text = fetch(f"{gatehouse.url}/b/k?AWSAccessKeyId=x&Signature=y&Expires={expires}", **origin)
        assert status == 403 and "<Code>AccessDenied</Code>" in text


def test_a_version_is_made_by_what_is_written_and_never_chosen(gatehouse, s3, bucket):
    """Else a right to write versions' tags would be one to write objects, and a Deny would not be asked."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"kept")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    for method, query in ("PUT", "versionId=null"), ("POST", "uploads&versionId=null"), (
            "PUT", f"partNumber=1&uploadId={upload}&versionId=null"), ("POST", f"uploadId={upload}&versionId=null"):
        status, text = fetch(f"{gatehouse.url}/{bucket}/k?{query}", method, b"other", Host="s3.amazonaws.com")
        assert status == 400 and "This operation does not accept a version-id." in text
    status, text = fetch(f"{gatehouse.url}/{bucket}/k?versionId=null", "PUT", b"", Host="s3.amazonaws.com",
                         **{"x-amz-copy-source": f"{bucket}/k", "x-amz-metadata-directive": "REPLACE"})
    assert status == 400
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"kept"


@pytest.mark.parametrize("mark", ["\u0301", "\u200d", "\ufe0f", "\U0001f3fd", "\u0e33"])
def test_keys_are_bytes(gatehouse, s3, bucket, mark):
    s3.put_object(Bucket=bucket, Key="admin", Body=b"original")
    s3.put_object(Bucket=bucket, Key=mark + "admin", Body=b"other")
    host = f"{bucket}.s3.localhost"
    assert fetch(f"{gatehouse.url}/{urllib.parse.quote(mark + 'hosted')}", "PUT", b"hosted", Host=host)[0] == 200
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": mark + "admin"})
    found = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in ("admin", mark + "admin", mark + "hosted", "copy")}
    assert found == {"admin": b"original", mark + "admin": b"other", mark + "hosted": b"hosted", "copy": b"other"}


def test_a_copy_between_names_that_look_the_same(s3, bucket):
    s3.put_object(Bucket=bucket, Key="caf\u00e9", Body=b"x")
    s3.copy_object(Bucket=bucket, Key="cafe\u0301", CopySource={"Bucket": bucket, "Key": "caf\u00e9"})
    assert len(s3.list_objects_v2(Bucket=bucket)["Contents"]) == 2


def test_a_key_that_is_overwritten_all_the_time_is_always_there(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0" * 10)
    faults, ended = [], threading.Event()

    def writing(letter):
        for _ in range(60):
            s3.put_object(Bucket=bucket, Key="k", Body=letter * 10)

    def reading(look):
        while not ended.is_set():
            try:
                look()
            except Exception as error:  # noqa: BLE001
                faults.append(error)

    writers = [threading.Thread(target=writing, args=(letter,)) for letter in (b"a", b"b", b"c")]
    looks = [lambda: s3.get_object(Bucket=bucket, Key="k")["Body"].read(),
             lambda: s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")]
    readers = [threading.Thread(target=reading, args=(look,)) for look in looks]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in readers:
        thread.join()
    assert faults == []


def test_a_list_to_delete_is_read_before_anything_goes(gatehouse, s3, bucket):
    for key in "ab":
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    document = b"<Delete><Object><Key>a</Key></Object><Object></Object></Delete>"
    assert fetch(f"{gatehouse.url}/{bucket}?delete", "POST", document, Host="s3.amazonaws.com")[0] == 400
    fault = refused(s3.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b", "ETag": '"x"'}]})
    assert fault[:2] == (501, "NotImplemented")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 2


def test_an_older_signature_does_not_say_what_newer_parts_are(gatehouse, s3, bucket):
    _, key = create_user(SESSION.client("iam", endpoint_url=gatehouse.url), Action="s3:*", Resource="*")
    client = boto3.Session(key.access_key, key.secret_key, region_name=REGION).client(
        "s3", endpoint_url=gatehouse.url, config=boto3.session.Config(signature_version="s3", s3={"addressing_style": "path"}))
    link = client.generate_presigned_url("list_objects", {"Bucket": bucket})
    assert fetch(link)[0] == 200
    for part in "encryption", "publicAccessBlock", "ownershipControls":
        status, text = fetch(f"{link}&{part}")
        assert status == 400 and "Please use AWS4-HMAC-SHA256" in text
