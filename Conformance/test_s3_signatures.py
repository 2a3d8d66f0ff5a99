"""Signatures of requests for S3: links, and version 2."""

import base64
import hashlib
import hmac
import time
import urllib.error
import urllib.parse
import urllib.request
from email.utils import formatdate

import boto3
import pytest
from botocore.config import Config
from harness.clients import SESSION
from harness.iam import create_user
from harness.s3 import client_of, fetch, new_bucket, refused
from harness.server import REGION


@pytest.fixture(scope="module")
def bucket(s3):
    name = new_bucket(s3)
    s3.put_object(Bucket=name, Key="a b/é", Body=b"content")
    return name


@pytest.fixture(scope="module")
def key(gatehouse):
    return create_user(SESSION.client("iam", endpoint_url=gatehouse.url), Action="s3:*", Resource="*")[1]


@pytest.fixture(scope="module")
def user(gatehouse, key):
    """Whose links boto3 signs as it does by itself: by version 2."""
    session = boto3.Session(key.access_key, key.secret_key, region_name=REGION)
    return lambda **config: session.client(
        "s3", endpoint_url=gatehouse.url, config=Config(s3={"addressing_style": "path"}, **config))


def code(answer):
    return answer[1].split("<Code>")[1].split("</Code>")[0]


class TestLinks:
    def test_boto3_makes_links_of_version_2(self, user, s3, bucket):
        client = user()
        url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"})
        assert "AWSAccessKeyId=" in url and "X-Amz-Signature" not in url
        assert fetch(url) == (200, "content")
        put = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "put", "Metadata": {"a": "b"}})
        assert fetch(put, "PUT", b"new")[0] == 200
        got = s3.get_object(Bucket=bucket, Key="put")
        assert (got["Body"].read(), got["Metadata"]) == (b"new", {"a": "b"})
        assert fetch(client.generate_presigned_url("list_objects_v2", {"Bucket": bucket}))[0] == 200
        assert fetch(client.generate_presigned_url("delete_object", {"Bucket": bucket, "Key": "put"}), "DELETE")[0] == 204

    def test_what_is_signed_cannot_be_changed(self, user, bucket):
        url = user().generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"})
        for wrong in [url.replace("a%20b", "a%20c"), url + "&x-amz-acl=private", url + "&versionId=null"]:
            answer = fetch(wrong)
            assert answer[0] == 403 and code(answer) == "SignatureDoesNotMatch"
        assert "<StringToSign>GET\n\n\n" in fetch(url + "&versionId=null")[1]
        assert code(fetch(url, "DELETE")) == "SignatureDoesNotMatch"
        assert code(fetch(url, x_amz_meta_a="b")) == "SignatureDoesNotMatch"
        put = user().generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k", "ContentType": "text/plain"})
        assert code(fetch(put, "PUT", b"x", Content_Type="text/html")) == "SignatureDoesNotMatch"
        assert fetch(put, "PUT", b"x", Content_Type="text/plain")[0] == 200

    def test_they_end(self, user, bucket):
        url = user().generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"}, ExpiresIn=-1)
        answer = fetch(url)
        assert answer[0] == 403 and "<Message>Request has expired</Message>" in answer[1]
        parts = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(parts.query))
        for change, message in [
            ({"Expires": None}, "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"),
            ({"Expires": "soon"}, "Invalid date (should be seconds since epoch): soon"),
        ]:
            changed = {name: value for name, value in (query | change).items() if value is not None}
            answer = fetch(parts._replace(query=urllib.parse.urlencode(changed)).geturl())
            assert answer[0] == 403 and f"<Message>{message}</Message>" in answer[1]

    def test_there_is_one_signature(self, user, bucket):
        url = user().generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"})
        answer = fetch(url, Authorization="AWS a:b")
        assert answer[0] == 400 and "Only one auth mechanism allowed" in answer[1]

    @pytest.mark.parametrize("version", ["s3", "s3v4"])
    def test_fields_may_stand_in_them(self, user, s3, bucket, version):
        client = user(signature_version=version)
        url = client.generate_presigned_url("get_object", {
            "Bucket": bucket, "Key": "a b/é", "ResponseContentType": "a/b", "ResponseContentDisposition": 'x; y="z"'})
        with urllib.request.urlopen(url) as answer:
            assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == ("a/b", 'x; y="z"')

        def hoist(request, **_):
            request.url += "?x-amz-meta-hoisted=yes&x-amz-tagging=a%3Db"

        client.meta.events.register("before-sign.s3.PutObject", hoist)
        put = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": version})
        if version == "s3v4":
            # Version 2 signs fields as such, and boto3 knows none in the query.
            assert fetch(put, "PUT", b"x")[0] == 200
            got = s3.head_object(Bucket=bucket, Key=version)
            assert got["Metadata"] == {"hoisted": "yes"} and got["TagCount"] == 1

    @pytest.mark.parametrize("version", ["s3", "s3v4"])
    def test_web_pages_may_follow_them(self, user, s3, bucket, version):
        page = {"Sec_Fetch_Site": "cross-site", "Referer": "http://a.test/"}
        client = user(signature_version=version)
        url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"})
        assert fetch(url, **page) == (200, "content")
        # A key that is not known proves nothing.
        answer = fetch(s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b/é"}), **page)
        assert answer[0] == 403 and "does not answer web pages" in answer[1]


class TestVersion2:
    def test_requests_are_signed_so_too(self, user, bucket):
        client = user(signature_version="s3")
        client.put_object(Bucket=bucket, Key="v2 é", Body=b"x", Metadata={"B": "2", "a": "1"}, ContentType="a/b")
        assert client.get_object(Bucket=bucket, Key="v2 é")["Metadata"] == {"b": "2", "a": "1"}
        assert client.get_bucket_location(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200

    def test_wrong_ones_are_refused(self, gatehouse, key, bucket):
        wrong = boto3.Session(key.access_key, "wrong" * 8, region_name=REGION).client(
            "s3", endpoint_url=gatehouse.url, config=Config(signature_version="s3", s3={"addressing_style": "path"}))
        assert refused(wrong.list_objects_v2, Bucket=bucket)[:2] == (403, "SignatureDoesNotMatch")
        url = f"{gatehouse.url}/{bucket}"

        def signed(date):
            code = hmac.new(key.secret_key.encode(), f"GET\n\n\n{date}\n/{bucket}".encode(), hashlib.sha1)
            return f"AWS {key.access_key}:{base64.b64encode(code.digest()).decode()}"

        now, old = formatdate(usegmt=True), formatdate(time.time() - 1_000, usegmt=True)
        assert fetch(url, Authorization=signed(now), Date=now)[0] == 200
        assert code(fetch(url, Authorization=signed(old), Date=old)) == "RequestTimeTooSkewed"
        assert "requires a valid Date" in fetch(url, Authorization=signed(""))[1]
        assert "Expected AwsAccessKeyId:signature" in fetch(url, Authorization="AWS nothing", Date=now)[1]

    def test_newer_regions_do_not_know_it(self, own_gatehouse):
        server = own_gatehouse(options=["--region", "eu-central-1"])
        answer = fetch(f"{server.url}/bucket", Authorization="AWS a:b", Date=formatdate(usegmt=True))
        assert answer[0] == 400 and "Please use AWS4-HMAC-SHA256." in answer[1]

    def test_where_credentials_are_required_the_key_is_known(self, own_gatehouse, tmp_path):
        server = own_gatehouse(data=tmp_path / "data", options=["--require-credentials"])
        link = client_of(server, signature_version="s3").generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})
        assert code(fetch(link)) == "InvalidAccessKeyId"
