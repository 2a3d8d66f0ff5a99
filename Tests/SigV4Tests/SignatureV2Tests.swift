import GatewayModel
import Testing

@testable import SigV4

/// The examples of the S3 User Guide (RESTAuthentication), whose bucket was `johnsmith`.
@Suite struct SignatureV2Tests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    private static func claim(
        _ method: String, _ path: String, query: String = "", _ fields: [(String, String)], signature: String,
        bucket: String? = "johnsmith", expires: String? = nil
    ) -> SignatureV2 {
        var bytes: [UInt8] = []
        func add(_ text: String) -> Range<Int> {
            bytes += text.utf8
            return (bytes.count - text.utf8.count)..<bytes.count
        }
        let (method, path, query) = (add(method), add(path), add(query))
        let written = fields.map { SignableRequest.Field(name: add($0.0), value: add($0.1)) }
        let request = SignableRequest(bytes: bytes, method: method, path: path, query: query, fields: written)
        return SignatureV2(request, key: "K", signature: signature, bucket: bucket, expires: expires)
    }

    @Test func anObjectIsRead() {
        let claim = Self.claim(
            "GET", "/photos/puppy.jpg", [("date", "Tue, 27 Mar 2007 19:36:42 +0000")],
            signature: "bWq2s1WEIj+Ydj0vQ697zp+IXMU=")
        #expect(claim.isMade(with: Self.secret))
        #expect(!claim.isMade(with: Self.secret + "x"))
    }

    @Test func ofAnObjectThatIsWrittenTheTypeIsSigned() {
        let claim = Self.claim(
            "PUT", "/photos/puppy.jpg", [("content-type", "image/jpeg"), ("date", "Tue, 27 Mar 2007 21:15:45 +0000")],
            signature: "MyyxeRY7whkBe+bq8fHCL/2kKUg=")
        #expect(claim.isMade(with: Self.secret))
    }

    @Test func ofAListingTheParametersAreNotSigned() {
        let claim = Self.claim(
            "GET", "/", query: "prefix=photos&max-keys=50&marker=puppy", [("date", "Tue, 27 Mar 2007 19:42:41 +0000")],
            signature: "htDYFYduRNen8P9ZfE/s9SuKy0U=")
        #expect(claim.isMade(with: Self.secret))
    }

    @Test func aBucketMayBeSignedWithASlashBehindIt() {
        let claim = Self.claim(
            "GET", "/johnsmith", query: "acl", [("date", "Tue, 27 Mar 2007 19:44:46 +0000")],
            signature: "c2WLPFtWHVgbEmeEG93a4cG37dM=", bucket: nil)
        #expect(claim.isMade(with: Self.secret))
    }

    @Test func partsOfABucketAreSigned() {
        let claim = Self.claim(
            "GET", "/", query: "acl", [("date", "Tue, 27 Mar 2007 19:44:46 +0000")],
            signature: "c2WLPFtWHVgbEmeEG93a4cG37dM=")
        #expect(claim.isMade(with: Self.secret))
    }

    @Test func amazonsFieldsAreSignedInOrder() {
        let claim = Self.claim(
            "PUT", "/db-backup.dat.gz",
            [
                ("x-amz-acl", "public-read"), ("content-md5", "4gJE4saaMU4BqNR0kLY+lw=="),
                ("x-amz-meta-reviewedby", "joe@johnsmith.net"), ("content-type", "application/x-download"),
                ("x-amz-meta-reviewedby", "jane@johnsmith.net"), ("x-amz-meta-filechecksum", " 0x02661779 "),
                ("x-amz-meta-checksumalgorithm", "crc32"), ("date", "Tue, 27 Mar 2007 21:06:08 +0000"),
                ("x-other", "none"),
            ], signature: "ilyl83RwaSoYIEdixDQcA4OnAnc=", bucket: "static.johnsmith.net")
        #expect(claim.isMade(with: Self.secret))
    }

    @Test func inAURLTheTimeOfItsEndStandsForTheDate() {
        let claim = Self.claim(
            "GET", "/johnsmith/photos/puppy.jpg", query: "AWSAccessKeyId=K&Signature=s&Expires=1141889120", [],
            signature: "fScKGHCDI0NY5E7CYp9Vc8VKMbY=", bucket: nil, expires: "1141889120")
        #expect(claim.isMade(with: Self.secret))
        #expect(claim.token == nil)
    }

    @Test func fieldsMayStandInAURL() {
        let claim = Self.claim(
            "PUT", "/b/k",
            query:
                "AWSAccessKeyId=K&Signature=s&Expires=1&content-type=text%2Fplain&x-amz-security-token=t&versionId=a%2Bb",
            [],
            signature: "", bucket: nil, expires: "1")
        #expect(claim.text == "PUT\n\ntext/plain\n1\nx-amz-security-token:t\n/b/k?versionId=a+b")
        #expect(claim.token == "t")
    }

    @Test func anAmazonDateStandsForTheOther() {
        let claim = Self.claim(
            "GET", "/b/k", [("date", "Tue, 27 Mar 2007 19:44:46 +0000"), ("x-amz-date", "later")], signature: "",
            bucket: nil)
        #expect(claim.text == "GET\n\n\n\nx-amz-date:later\n/b/k")
    }
}
