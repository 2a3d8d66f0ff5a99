import GatewayModel
import Testing

@testable import SigV4

/// The expected values are those of botocore's SigV4Auth and S3SigV4Auth for the same requests.
@Suite("A signature")
struct RequestSignerTests {
    private let credentials = SigningCredentials(
        accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    /// 2015-08-30T12:36:00Z
    private let time = Timestamp(milliseconds: 1_440_938_160_000)

    private func authorization(
        _ service: String, _ method: String, _ path: String, query: String = "",
        _ fields: [(String, String)], body: String = "", digest: String? = nil
    ) -> String {
        RequestSigner(credentials, region: "us-east-1", service: service).authorization(
            method: Array(method.utf8), path: Array(path.utf8), query: Array(query.utf8),
            fields: fields.map { (Array($0.utf8), Array($1.utf8)) },
            bodyDigest: digest ?? Array(body.utf8).withUnsafeBytes(RequestSigner.digest), time: time)
    }

    @Test("is that of AWS's own test suite")
    func suite() {
        #expect(
            authorization(
                "service", "GET", "/", [("Host", "example.amazonaws.com"), ("X-Amz-Date", RequestSigner.date(time))])
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    @Test("covers path, query, fields and body in their canonical form")
    func canonical() {
        let text = authorization(
            "sqs", "POST", "/123/my queue//x/../a%20b/", query: "Action=SendMessage&MessageBody=a%20b",
            [
                ("X-Amz-Target", "T"), ("Host", "example.amazonaws.com"), ("Content-Type", "a   b "),
                ("X-Amz-Date", RequestSigner.date(time)),
            ], body: "hello")
        #expect(text.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target, "))
        #expect(text.hasSuffix("=d5ac5ebc180fbfa0abff9c06b6d2484d7b935b816f1d283cbc553ec4135f6f54"))
    }

    @Test("for S3 takes the path as it is")
    func s3() {
        let text = authorization(
            "s3", "PUT", "/b//k%20%2B",
            [
                ("Host", "example.amazonaws.com"), ("X-Amz-Content-SHA256", "x"),
                ("X-Amz-Date", RequestSigner.date(time)),
            ], digest: "x")
        #expect(text.hasSuffix("=095fdbb714461838669fcc8741e85640b034df93da7b59e3fa79755b13cffd2a"))
    }
}
