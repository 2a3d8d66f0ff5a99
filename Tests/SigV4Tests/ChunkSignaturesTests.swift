import GatewayModel
import Testing

@testable import SigV4

/// Source: S3 API Reference, sigv4-streaming, the example that AWS publishes.
@Suite struct ChunkSignaturesTests {
    private static let head = [
        ("content-encoding", "aws-chunked"), ("content-length", "66824"), ("host", "s3.amazonaws.com"),
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), ("x-amz-date", "20130524T000000Z"),
        ("x-amz-decoded-content-length", "66560"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ]
    private static let signature = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    private func makeSignatures() throws -> ChunkSignatures {
        var bytes: [UInt8] = []
        func add(_ text: String) -> Range<Int> {
            bytes += text.utf8
            return (bytes.count - text.utf8.count)..<bytes.count
        }
        let names = Self.head.map(\.0).joined(separator: ";")
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=\(names),Signature=\(Self.signature)"
        let (method, path, query) = (add("PUT"), add("/examplebucket/chunkObject.txt"), add(""))
        let fields = (Self.head + [("authorization", authorization)]).map { name, value in
            SignableRequest.Field(name: add(name), value: add(value))
        }
        let request = SignableRequest(bytes: bytes, method: method, path: path, query: query, fields: fields)
        let claim = try SignatureClaim(
            request, for: "s3", in: "us-east-1", now: Timestamp(milliseconds: 1_369_353_600_000))
        let key = claim.key(secret: Self.secret)
        try claim.verify(request, body: [], with: key)
        return ChunkSignatures(claim, key)
    }

    @Test func everyChunkIsSignedOverTheOneBefore() throws {
        var signatures = try makeSignatures()
        let content = [UInt8](repeating: UInt8(ascii: "a"), count: 65_536)
        content.withUnsafeBytes { signatures.update($0) }
        let first = signatures.ends(with: "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648")
        content[..<1_024].withUnsafeBytes { signatures.update($0) }
        let second = signatures.ends(with: "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497")
        let last = signatures.ends(with: "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")
        #expect([first, second, last] == [true, true, true])
    }

    @Test func anotherChunkIsNotTheOneThatWasSigned() throws {
        var signatures = try makeSignatures()
        [UInt8](repeating: UInt8(ascii: "b"), count: 65_536).withUnsafeBytes { signatures.update($0) }
        let isSigned = signatures.ends(with: "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648")
        #expect(!isSigned)
    }
}
