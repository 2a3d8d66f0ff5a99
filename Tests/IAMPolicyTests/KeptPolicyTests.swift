import JSON
import Testing

@testable import IAMPolicy

@Suite("Policies: what IAM keeps")
struct KeptPolicyTests {
    private func fault(_ members: JSONObject, version: JSONValue = "2012-10-17", isManaged: Bool = true) -> String? {
        var statement: JSONObject = ["Effect": "Allow", "Action": "s3:*", "Resource": "*"]
        for (name, value) in members { statement[name] = value }
        let policy: JSONValue = ["Version": version, "Statement": [.object(statement)]]
        do throws(PolicyError) {
            _ = try PolicyDocument(policy, kind: .identity)
            try KeptPolicy.check(policy, kind: .identity, isManaged: isManaged)
            return nil
        } catch { return error.message }
    }

    @Test(
        "is told why it is not",
        arguments: [
            ("Action", "a a:b", "Vendor a a is not valid"),
            ("Action", "s3*:Get", "Vendor s3* is not valid"),
            ("Action", "s3:Get!", "Syntax errors in policy."),
            ("Resource", "foo", #"Resource foo must be in ARN format or "*"."#),
            ("Resource", "foo:bar", #"Partition "bar" is not valid for resource "arn:bar:*:*:*:*"."#),
            ("Resource", "arn:bad:s3:::x", #"Partition "bad" is not valid for resource "arn:bad:s3:::x"."#),
            ("Resource", "arn:aws", "Resource vendor must be fully qualified and cannot contain regexes."),
            ("Resource", "arn:aws:s?:::x", "Resource vendor must be fully qualified and cannot contain regexes."),
            (
                "Resource", "arn:aws:iam:us-east-1:123456789012:user/x",
                "IAM resource arn:aws:iam:us-east-1:123456789012:user/x cannot contain region information."
            ),
            ("Resource", "arn:aws:s3", "Resource arn:aws:s3 can not contain region information."),
            ("Resource", "arn:aws:sqs::q", "The policy failed legacy parsing"),
            (
                "Sid", "a b",
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                    + "[0-9A-Za-z]*"
            ),
        ])
    func faults(element: String, text: String, message: String) {
        #expect(fault([element: .string(text)]) == message)
    }

    @Test("has condition keys with a vendor")
    func conditionKeys() {
        #expect(
            fault(["Condition": ["StringEquals": ["foo": "x"]]])
                == "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
        #expect(fault(["Condition": ["StringEquals": ["aws:RequestTag/a:b": "x", "a.b/c:sub": "y"]]]) == nil)
    }

    @Test("is of the newer version where it stands for itself")
    func version() {
        let message = "Policy document must be version 2012-10-17 or greater."
        #expect(fault([:], version: "2008-10-17") == message)
        #expect(fault([:], version: "2008-10-17", isManaged: false) == nil)
    }

    @Test(
        "takes what templates write",
        arguments: [
            "arn:aws:s3:::b/*", "arn:*:s3:::b", "arn:aws:logs:*:*:*", "arn:aws:s3:eu-west-1:123456789012:accesspoint/p",
            "arn:aws-cn:sqs:*:*:q", "arn:aws:iam::*:role/${aws:username}", "arn:aws:apigateway:*::/*", "*",
            "arn:aws:lambda:*:123456789012:function:f:*", "arn:aws:dynamodb:*",
        ])
    func resources(_ resource: String) { #expect(fault(["Resource": .string(resource)]) == nil) }
}
