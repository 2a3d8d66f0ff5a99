"""Buckets, and what else CDK's bootstrap and SAM CLI make before they deploy anything, made by `gatehouse deploy`."""

import json

import pytest
from botocore.exceptions import ClientError
from harness import wire
from test_stacks_objects import Stack

MANAGED = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "Source": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicPolicy": "true", "BlockPublicAcls": "true", "IgnorePublicAcls": "true",
                },
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
                },
                "VersioningConfiguration": {"Status": "Enabled"},
                "Tags": [{"Key": "a@b", "Value": "c é"}],
            },
        },
        "SourcePolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Source"},
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": ["s3:*"], "Effect": "Deny", "Principal": "*",
                            "Resource": [
                                {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Source}"}, {"Fn::Sub": "${Source.Arn}/*"},
                            ],
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ]
                },
            },
        },
    },
    "Outputs": {"Bucket": {"Value": {"Ref": "Source"}}, "Domain": {"Value": {"Fn::GetAtt": "Source.RegionalDomainName"}}},
}  # fmt: skip

BOOTSTRAP = """
Parameters:
  Qualifier: {Type: String, Default: hnb659fds}
  KeyId: {Type: String, Default: AWS_MANAGED_KEY}
  PublicAccessBlock: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  CreateNewKey: !Equals ["", !Ref KeyId]
  UsesBlock: !Equals ["true", !Ref PublicAccessBlock]
Rules:
  Keys:
    RuleCondition: !Equals [!Ref PublicAccessBlock, "false"]
    Assertions:
      - Assert: {"Fn::Contains": [[AWS_MANAGED_KEY], !Ref KeyId]}
        AssertDescription: a public bucket has no key of its own
Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: CreateNewKey
    Properties: {KeyPolicy: {Statement: [{Effect: Allow, Action: "kms:*", Principal: "*", Resource: "*"}]}}
  Alias:
    Type: AWS::KMS::Alias
    Condition: CreateNewKey
    Properties: {AliasName: !Sub "alias/cdk-${Qualifier}-assets-key", TargetKeyId: !Ref Key}
  Staging:
    Type: AWS::S3::Bucket
    UpdateReplacePolicy: Retain
    DeletionPolicy: Retain
    Properties:
      BucketName: !Sub cdk-${Qualifier}-assets-${AWS::AccountId}-${AWS::Region}
      AccessControl: Private
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: aws:kms
              KMSMasterKeyID: !If [CreateNewKey, !Sub "${Key.Arn}", !Ref AWS::NoValue]
      PublicAccessBlockConfiguration:
        Fn::If:
          - UsesBlock
          - {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
          - !Ref AWS::NoValue
      VersioningConfiguration: {Status: Enabled}
      LifecycleConfiguration:
        Rules:
          - {Id: Old, Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}
          - {Id: Abort, Status: Enabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}
  Images:
    Type: AWS::ECR::Repository
    Properties: {ImageTagMutability: IMMUTABLE, RepositoryName: !Sub "cdk-${Qualifier}-images"}
  Version:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: !Sub "/cdk-bootstrap/${Qualifier}/version", Value: "32"}
Outputs:
  BucketName: {Value: !Sub "${Staging}"}
  ImageRepositoryName: {Value: !Sub "${Images}"}
  Key: {Value: !If [CreateNewKey, !Sub "${Key.Arn}", none]}
"""


@pytest.fixture
def stack(tmp_path, own_gatehouse):
    return Stack(tmp_path / "project", own_gatehouse(data=tmp_path / "data"))


def outputs(stack):
    record = wire.fetch(stack.server.management, "GET", "/_gatehouse/stacks/s", "localhost").json()
    return {output["name"]: output["value"] for output in record["outputs"]}


def test_a_bucket_with_all_that_sam_says_of_it(stack):
    said = stack.deploy(json.dumps(MANAGED))
    assert "no effect" not in said
    bucket = outputs(stack)["Bucket"]
    assert outputs(stack) == {"Bucket": "s-source", "Domain": "s-source.s3.us-east-1.amazonaws.com"}
    s3 = stack.s3
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert block == {
        "BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False,
    }  # fmt: skip
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    aws = {
        "aws:cloudformation:logical-id": "Source", "aws:cloudformation:stack-name": "s",
        "aws:cloudformation:stack-id": wire.fetch(
            stack.server.management, "GET", "/_gatehouse/stacks/s", "localhost").json()["stackId"],
    }  # fmt: skip

    def tags():
        return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}

    assert tags() == {"a@b": "c é", **aws}
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert policy["Statement"][0]["Resource"] == ["arn:aws:s3:::s-source", "arn:aws:s3:::s-source/*"]
    assert "nothing to change" in stack.deploy(json.dumps(MANAGED))

    changed = json.loads(json.dumps(MANAGED))
    changed["Resources"]["Source"]["Properties"] = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        }
    }
    del changed["Resources"]["SourcePolicy"]
    stack.deploy(json.dumps(changed))
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert tags() == aws
    with pytest.raises(ClientError):
        s3.get_bucket_policy(Bucket=bucket)

    # What is not empty stays, as in AWS.
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    code, said = stack.run("delete")
    assert code != 0 and "BucketNotEmpty" in said
    (version,) = s3.list_object_versions(Bucket=bucket)["Versions"]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=version["VersionId"])
    code, said = stack.run("delete")
    assert code == 0, said
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["stack-code"]


def test_what_cannot_be_is_told_before_anything_is_made(stack):
    taken = "Resources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: stack-code}}}"
    for template, sentence in [
        (taken, "stack-code already exists"),
        (taken.replace("stack-code", "Not_A_Name"), "CreateBucket: InvalidBucketName: The specified bucket is not valid."),
        (taken.replace("BucketName: stack-code", "ObjectLockEnabled: true"), "objects are not locked here"),
        (
            taken.replace("BucketName: stack-code",
                          "LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 3}]}"),
            "objects do not expire here: ExpirationInDays of a lifecycle rule is not supported yet",
        ),
        (
            "Resources: {P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: stack-code, PolicyDocument: "
            "{Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::stack-code/*'}]}"
            "}}}",
            "PutBucketPolicy: AccessDenied",
        ),
        (
            "Resources: {P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: nobody-has-this, PolicyDocument: "
            "{Statement: [{Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::nobody-has-this'}]}}}}",
            "PutBucketPolicy: NoSuchBucket",
        ),
    ]:  # fmt: skip
        code, said = stack.run("deploy", template)
        assert code != 0 and sentence in said, said
    assert [one["Name"] for one in stack.s3.list_buckets()["Buckets"]] == ["stack-code"]


def test_a_bootstrap_of_cdk(stack):
    said = stack.deploy(BOOTSTRAP)
    for path in "Resources.Staging.Properties.LifecycleConfiguration", "Resources.Images":
        assert f"{path} (line" in said and "has no effect here" in said
    bucket = "cdk-hnb659fds-assets-123456789012-us-east-1"
    assert outputs(stack) == {"BucketName": bucket, "ImageRepositoryName": "cdk-hnb659fds-images", "Key": "none"}
    version = stack.server.clients.service("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    assert version["Parameter"]["Value"] == "32"
    stack.deploy(BOOTSTRAP, "--parameter", "KeyId=")
    key = outputs(stack)["Key"]
    assert key.startswith("arn:aws:kms:us-east-1:123456789012:key/")
    (rule,) = stack.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    code, said = stack.run("deploy", BOOTSTRAP, "--parameter", "KeyId=", "--parameter", "PublicAccessBlock=false")
    assert code != 0 and "Rules.Keys: Template rule Keys failed: a public bucket has no key of its own" in said
    # It is retained.
    assert stack.run("delete")[0] == 0
    assert bucket in [one["Name"] for one in stack.s3.list_buckets()["Buckets"]]
