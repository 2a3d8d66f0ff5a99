"""Uploads by forms, as browsers send them with a policy that somebody has signed."""

import os
import urllib.error
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree as XML

import boto3
import pytest
from botocore.config import Config
from harness.clients import SESSION
from harness.iam import create_user
from harness.s3 import client_of, new_bucket
from harness.server import REGION

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def bucket(s3):
    return new_bucket(s3)


@pytest.fixture(scope="module", params=["s3", "s3v4"])
def signer(gatehouse, bucket, request):
    """A user who may write to the bucket, and signs by one version of signatures or the other."""
    _, key = create_user(
        SESSION.client("iam", endpoint_url=gatehouse.url), Action="s3:PutObject*", Resource=f"arn:aws:s3:::{bucket}/*")
    config = Config(signature_version=request.param, s3={"addressing_style": "path"})
    return boto3.Session(key.access_key, key.secret_key, region_name=REGION).client(
        "s3", endpoint_url=gatehouse.url, config=config)


class KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def send(post, file=b"content", filename="file.txt", boundary="----b", headers=(), **fields):
    """The answer to a form with the file behind its fields."""
    body = b""
    for name, value in (post["fields"] | fields).items():
        if value is not None:
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if file is not None:
        named = "" if filename is None else f'; filename="{filename}"'
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"{named}\r\n\r\n'.encode() + file + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    head = {"Content-Type": f"multipart/form-data; boundary={boundary}"} | dict(headers)
    request = urllib.request.Request(post["url"], body, head)
    try:
        with urllib.request.build_opener(KeepRedirects).open(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def refusal(answer):
    """Status, code and message, and the rest of the error's elements."""
    error = {element.tag: element.text for element in XML.fromstring(answer[2])}
    return (answer[0], error.pop("Code"), error.pop("Message")), error


def key():
    return f"k-{uuid.uuid4().hex[:8]}"


def test_a_file_becomes_an_object(s3, signer, bucket):
    name = key()
    status, headers, body = send(signer.generate_presigned_post(bucket, name))
    assert (status, body) == (204, b"") and headers["Location"].endswith(f"/{bucket}/{name}")
    assert headers["x-amz-checksum-type"] == "FULL_OBJECT"
    got = s3.get_object(Bucket=bucket, Key=name)
    assert (got["Body"].read(), got["ContentType"], got["ETag"]) == (b"content", "binary/octet-stream", headers["ETag"])


def test_a_large_file_comes_as_it_is(s3, signer, bucket):
    name, content = key(), os.urandom(3 * MEGABYTE) + b"\r\n----b\r\n--" + b"\r" * 9_999
    assert send(signer.generate_presigned_post(bucket, name), content, boundary="----bo")[0] == 204
    assert s3.get_object(Bucket=bucket, Key=name)["Body"].read() == content


def test_fields_say_what_it_is(s3, signer, bucket):
    name = key()
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>"
    fields = {
        "Content-Type": "text/plain", "x-amz-meta-ONE": "1", "Cache-Control": "no-cache", "tagging": tags,
        "x-ignore-this": "any", "success_action_status": "201",
    }
    conditions = [
        ["starts-with", "$Content-Type", "text/"], ["eq", "$x-amz-meta-one", "1"], {"cache-control": "no-cache"},
        ["starts-with", "$tagging", ""], ["content-length-range", 1, 10], {"success_action_status": "201"},
    ]
    status, headers, body = send(signer.generate_presigned_post(bucket, f"{name}/${{filename}}", fields, conditions))
    name = f"{name}/file.txt"
    assert status == 201
    assert {element.tag: element.text for element in XML.fromstring(body)} == {
        "Location": headers["Location"], "Bucket": bucket, "Key": name, "ETag": headers["ETag"]}
    got = s3.head_object(Bucket=bucket, Key=name)
    assert (got["ContentType"], got["CacheControl"], got["Metadata"]) == ("text/plain", "no-cache", {"one": "1"})
    assert s3.get_object_tagging(Bucket=bucket, Key=name)["TagSet"] == [{"Key": "a", "Value": "b c"}]


@pytest.mark.parametrize("page, status", [("http://a.test/x?y=1", 303), ("/only/a/path", 204)])
def test_a_page_comes_behind_it(signer, bucket, page, status):
    name = key()
    post = signer.generate_presigned_post(
        bucket, name, {"success_action_redirect": page}, [{"success_action_redirect": page}])
    got, headers, body = send(post)
    assert (got, body) == (status, b"")
    if status == 303:
        there, query = headers["Location"].split("&", 1)
        assert there == page and dict(urllib.parse.parse_qsl(query)) == {
            "bucket": bucket, "key": name, "etag": headers["ETag"]}


@pytest.mark.parametrize("conditions, fields, message", [
    ([["eq", "$acl", "private"]], {"acl": "bucket-owner-full-control"}, 'Condition failed: ["eq", "$acl", "private"]'),
    ([["eq", "acl", "private"]], {"acl": "private"}, 'Condition failed: ["eq", "acl", "private"]'),
    ([{"acl": "private"}], {}, 'Condition failed: ["eq", "$acl", "private"]'),
    ([["starts-with", "$Content-Type", "image/"]], {"Content-Type": "image/png, text/html"},
     'Condition failed: ["starts-with", "$Content-Type", "image/"]'),
    ([["starts-with", "$x", ""]], {}, 'Condition failed: ["starts-with", "$x", ""]'),
    ([], {"acl": "private", "x-amz-meta-a": "b"}, "Extra input fields: acl, x-amz-meta-a"),
    ([["content-length-range", "test", "10"]], {}, 'Condition failed: ["content-length-range", "test", "10"]'),
])
def test_what_the_policy_does_not_say_is_refused(s3, signer, bucket, conditions, fields, message):
    name = key()
    post = signer.generate_presigned_post(bucket, name, Conditions=conditions)
    found, _ = refusal(send(post, **fields))
    start = "Invalid according to Policy: " + ("" if message.startswith("Extra") else "Policy ")
    assert found == (403, "AccessDenied", start + message)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=name)


def test_the_file_has_the_length_that_the_policy_says(s3, signer, bucket):
    name = key()
    post = signer.generate_presigned_post(bucket, name, Conditions=[["content-length-range", 5, "10"]])
    found, more = refusal(send(post, b"a" * 12))
    assert found[:2] == (400, "EntityTooLarge") and (more["ProposedSize"], more["MaxSizeAllowed"]) == ("12", "10")
    found, more = refusal(send(post, b"a"))
    assert found[:2] == (400, "EntityTooSmall") and (more["ProposedSize"], more["MinSizeAllowed"]) == ("1", "5")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=name)
    assert [send(post, b"a" * size)[0] for size in (5, 10)] == [204, 204]


def test_policies_end(signer, bucket):
    post = signer.generate_presigned_post(bucket, key(), ExpiresIn=-1)
    assert refusal(send(post))[0] == (403, "AccessDenied", "Invalid according to Policy: Policy expired.")


def test_signatures_are_checked(signer, bucket):
    post = signer.generate_presigned_post(bucket, key())
    policy = post["fields"]["policy"]
    found, more = refusal(send(post, policy=policy[:-4]))
    assert found[:2] == (403, "SignatureDoesNotMatch") and more["StringToSign"] == policy[:-4]
    isOlder = "signature" in post["fields"]
    for left_out, named in [("signature", "Signature"), ("AWSAccessKeyId", "AWSAccessKeyId")] if isOlder else [
        ("x-amz-signature", "X-Amz-Signature"), ("x-amz-algorithm", "X-Amz-Algorithm")
    ]:
        found, more = refusal(send(post, **{left_out: None}))
        assert found[:2] == (400, "InvalidArgument") and more["ArgumentName"] == named
    without = {"url": post["url"], "fields": {name: post["fields"][name] for name in ("key", "policy")}}
    assert refusal(send(without))[0] == (403, "AccessDenied", "Access Denied")


def test_whoever_signs_has_to_be_allowed_to_write(gatehouse, bucket):
    _, stranger = create_user(SESSION.client("iam", endpoint_url=gatehouse.url))
    client = boto3.Session(stranger.access_key, stranger.secret_key, region_name=REGION).client(
        "s3", endpoint_url=gatehouse.url, config=Config(s3={"addressing_style": "path"}))
    found, _ = refusal(send(client.generate_presigned_post(bucket, "k")))
    assert found[:2] == (403, "AccessDenied") and "is not authorized to perform: s3:PutObject" in found[2]


def test_web_pages_send_what_is_signed_and_nothing_else(gatehouse, s3, signer, bucket):
    page = {"Origin": "http://a.test", "Sec-Fetch-Site": "cross-site"}
    assert send(signer.generate_presigned_post(bucket, key()), headers=page)[0] == 204
    unsigned = {"url": f"{gatehouse.url}/{bucket}", "fields": {"key": "k"}}
    assert send(unsigned)[0] == 204
    found, _ = refusal(send(unsigned, headers=page))
    assert found[:2] == (403, "AccessDenied") and "does not answer web pages" in found[2]
    by_nobody = s3.generate_presigned_post(bucket, "k")
    assert send(by_nobody)[0] == 204 and refusal(send(by_nobody, headers=page))[0] == found


def test_where_credentials_are_required_forms_are_signed(own_gatehouse, tmp_path):
    server = own_gatehouse(data=tmp_path / "data", options=["--require-credentials"])
    unsigned = {"url": f"{server.url}/bucket", "fields": {"key": "k"}}
    assert refusal(send(unsigned))[0] == (403, "AccessDenied", "Access Denied")
    unknown = client_of(server).generate_presigned_post("bucket", "k")
    assert refusal(send(unknown))[0][:2] == (403, "InvalidAccessKeyId")


@pytest.mark.parametrize("change, code", [
    ({"key": None}, "InvalidArgument"), ({"file": None}, "InvalidArgument"), ({"acl": "public-read"}, None),
    ({"x-amz-meta-a": "a" * 21_000}, "MaxPostPreDataLengthExceeded"),
    ({"headers": {"Content-Type": "text/html"}}, "PreconditionFailed"),
    ({"headers": {"Content-Type": "multipart/form-data; boundary=other"}}, "MalformedPOSTRequest"),
])
def test_forms_that_are_none_are_refused(gatehouse, bucket, change, code):
    if code == "MalformedPOSTRequest":
        # No part begins.
        code = "InvalidArgument"
    url = f"{gatehouse.url}/{bucket}"
    if code == "PreconditionFailed":
        # Only the host tells then that it is S3 that is called.
        change["headers"]["Host"], url = f"{bucket}.s3.localhost", gatehouse.url
    found, _ = refusal(send({"url": url, "fields": {"key": "k"}} | {}, **change))
    assert found[1] == (code or "AccessControlListNotSupported")


def test_a_form_that_breaks_off_leaves_nothing(gatehouse, s3, bucket):
    name = key()
    body = (f'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n{name}\r\n'
            '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ncontent\r\n').encode()
    request = urllib.request.Request(
        f"{gatehouse.url}/{bucket}", body, {"Content-Type": "multipart/form-data; boundary=b"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert b"<Code>MalformedPOSTRequest</Code>" in caught.value.read()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=name)
