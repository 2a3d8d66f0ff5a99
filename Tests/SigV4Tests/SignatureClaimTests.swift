import Foundation
import GatewayModel
import Testing

@testable import SigV4

/// A request as one writes it down: its line, its fields, an empty line, its body.
private struct Written {
    let request: SignableRequest
    let body: [UInt8]

    init(_ text: String) {
        let parts = text.split(separator: "\n\n", maxSplits: 1)
        let lines = parts[0].split(separator: "\n")
        let line = lines[0]
        let first = line.firstIndex(of: " ") ?? line.startIndex
        let last = line.lastIndex(of: " ") ?? line.endIndex
        let target = line[line.index(after: first)..<last]
        let question = target.firstIndex(of: "?") ?? target.endIndex
        var bytes: [UInt8] = []
        func add(_ text: some StringProtocol) -> Range<Int> {
            bytes += text.utf8
            return (bytes.count - text.utf8.count)..<bytes.count
        }
        let (method, path) = (add(line[..<first]), add(target[..<question]))
        let query = add(target[question...].dropFirst())
        let fields = lines.dropFirst().map { field in
            let colon = field.firstIndex(of: ":") ?? field.startIndex
            return SignableRequest.Field(
                name: add(field[..<colon].lowercased()),
                value: add(field[field.index(after: colon)...].drop { $0 == " " }))
        }
        request = SignableRequest(bytes: bytes, method: method, path: path, query: query, fields: fields)
        body = Array((parts.count > 1 ? parts[1] : "").utf8)
    }

    var digest: [UInt8] { Array(body.withUnsafeBytes(RequestSigner.digest).utf8) }
}

private let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
/// 2015-08-30T12:36:00Z
private let time = Timestamp(milliseconds: 1_440_938_160_000)

private func verify(
    _ text: String, service: String = "service", region: String? = "us-east-1", at now: Timestamp = time
) throws(SignatureFault) {
    let written = Written(text)
    let claim = try SignatureClaim(written.request, for: service, in: region, now: now)
    try claim.verify(written.request, body: written.digest, with: claim.key(secret: secret))
}

/// Requests that AWS publishes with their signatures (awslabs/aws-c-auth), those whose paths are normalized.
@Suite("AWS's own signatures") struct SigningSuiteTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let header: String
        let query: String?
        var testDescription: String { name }
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "SigningSuite.json")
        return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test func areThere() { #expect(Self.cases.count == 30) }

    @Test(arguments: cases) func areTaken(_ one: Case) throws {
        try verify(one.header)
        if let query = one.query { try verify(query) }
    }

    @Test(arguments: cases) func areNotWithAnotherMethod(_ one: Case) {
        let kind = #expect(throws: SignatureFault.self) {
            try verify((one.header.hasPrefix("GET") ? "PUT" : "PATCH") + one.header.drop { $0 != " " })
        }
        #expect(kind?.kind == .invalid)
    }
}

@Suite("Faults of a signature") struct SignatureFaultTests {
    private static let good =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        + "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    private static let query =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
        + "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Signature=0"

    private static func header(
        _ authorization: String? = good, date: String? = "20150830T123600Z", _ more: String = ""
    ) -> String {
        "GET / HTTP/1.1\nHost:example.amazonaws.com\n" + (date.map { "X-Amz-Date:\($0)\n" } ?? "")
            + (authorization.map { "Authorization:\($0)\n" } ?? "") + more
    }

    private static func presigned(_ change: (String) -> String = { $0 }, _ more: String = "") -> String {
        "GET /?\(change(query)) HTTP/1.1\nHost:example.amazonaws.com\n" + more
    }

    private static func replacing(_ old: String, _ new: String) -> String {
        header(good.replacingOccurrences(of: old, with: new))
    }

    @Test func theGoodOneIsGood() throws { try verify(Self.header()) }

    static let faults: [(String, SignatureFault.Kind, String)] = [
        (
            presigned({ $0 }, "Authorization:\(good)\n"), .invalid,
            "Found both 'X-Amz-Algorithm' as a query-string param"
        ),
        (header(nil), .missing, "Missing Authentication Token"),
        (header("Bearer abc"), .missing, "Missing Authentication Token"),
        (header("AWS4-HMAC-SHA256 Credential"), .incomplete, "Invalid key=value pair (missing equal-sign)"),
        (
            header("AWS4-HMAC-SHA256 A=b"), .incomplete,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
                + "Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256"
        ),
        (header(date: nil), .incomplete, "Authorization header requires existence of either a 'X-Amz-Date' or"),
        (header(date: "201"), .incomplete, "Date must be in ISO-8601 'basic format'. Got '201'. See http"),
        (header(date: "100000830T123600Z"), .incomplete, "Date must be in ISO-8601"),
        (header(date: "20150231T123600Z"), .incomplete, "Date must be in ISO-8601"),
        (
            header(date: "20150830T123059Z"), .invalid,
            "Signature expired: 20150830T123059Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)"
        ),
        (
            header(date: "20150830T124101Z"), .invalid,
            "Signature not yet current: 20150830T124101Z is still later than 20150830T124100Z (20150830T123600Z + 5 min.)"
        ),
        (replacing("host;x-amz-date", "x-amz-date"), .invalid, "'Host' or ':authority' must be a 'SignedHeader'"),
        (
            replacing("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), .incomplete,
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). "
        ),
        (replacing("/aws4_request", ""), .incomplete, "Credential must have exactly 5 slash-delimited elements"),
        (replacing("AKIDEXAMPLE", ""), .incomplete, "Credential must have exactly 5 slash-delimited elements"),
        (
            replacing("us-east-1/service/aws4_request", "mars/other/e"), .invalid,
            "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'service'. "
                + "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. "
        ),
        (
            replacing("20150830/", "20150829/"), .invalid,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601"
        ),
        (replacing("host;x-amz-date", "host;host;x-amz-date"), .invalid, "The request signature we calculated"),
        (replacing("host;x-amz-date", "Host;x-amz-date"), .invalid, "'Host' or"),
        (replacing("host;x-amz-date", "x-amz-date;host"), .invalid, "The request signature we calculated"),
        (replacing("host;x-amz-date", "host;missing"), .invalid, "The request signature we calculated"),
        (
            replacing("=5f", "=5e"), .invalid,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
                + "Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for "
                + "this request should have been\n'GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
                + "host;x-amz-date\ne3b0c442"
        ),
        (
            header().replacingOccurrences(of: "GET / ", with: "GET /?X-Amz-Signature=0 "), .invalid,
            "The request signature we calculated"
        ),
        (replacing("Signature=5f", "Signature=5F"), .invalid, "The request signature we calculated"),
        (header(good, "Authorization:\(good)\n"), .incomplete, "Found more than one"),
        (header(good, "X-Amz-Date:20150830T123600Z\n"), .invalid, "The request signature we calculated"),
        (header(good, "X-Amz-Content-Sha256:UNSIGNED-PAYLOAD\n"), .invalid, "The request signature we calculated"),
        (
            header(
                good.replacingOccurrences(of: "host;", with: "host;x-amz-content-sha256;"),
                "X-Amz-Content-Sha256:STREAMING-AWS4-HMAC-SHA256-PAYLOAD\n"), .invalid, "The value 'STREAMING-AWS4"
        ),
        (
            header(
                good.replacingOccurrences(of: "host;", with: "host;x-amz-content-sha256;"),
                "X-Amz-Content-Sha256:\(String(repeating: "a", count: 64))\n"), .invalid,
            "The provided 'x-amz-content-sha256' header does not match"
        ),
        (
            presigned({ $0.replacingOccurrences(of: "X-Amz-Algorithm=AWS4-HMAC-SHA256&", with: "") }), .incomplete,
            "AWS query-string parameters must include 'X-Amz-Algorithm'. Re-examine the query-string parameters."
        ),
        (presigned({ $0.replacingOccurrences(of: "Expires=3600", with: "Expires=0") }), .incomplete, "X-Amz-Expires"),
        (presigned({ $0.replacingOccurrences(of: "Expires=3600", with: "Expires=-1") }), .incomplete, "X-Amz-Expires"),
        (
            presigned({ $0.replacingOccurrences(of: "Expires=3600", with: "Expires=604801") }), .incomplete,
            "X-Amz-Expires"
        ),
        (
            presigned({ $0.replacingOccurrences(of: "Expires=3600", with: "Expires=soon") }), .incomplete,
            "X-Amz-Expires"
        ),
        (
            presigned({ $0.replacingOccurrences(of: "T123600Z", with: "T113559Z") }), .invalid,
            "Signature expired: 20150830T123559Z is now earlier than 20150830T123600Z"
        ),
        (presigned({ $0 + "&X-Amz-Date=20150830T123600Z" }), .invalid, "The request signature we calculated"),
        (presigned(), .invalid, "The request signature we calculated"),
    ]

    @Test(arguments: faults.indices) func isTold(_ index: Int) {
        let (request, kind, message) = Self.faults[index]
        let fault = #expect(throws: SignatureFault.self) { try verify(request) }
        #expect(fault?.kind == kind)
        #expect(fault?.message.hasPrefix(message) == true, "\(fault?.message ?? "")")
    }

    @Test func anyRegionMayBeTaken() throws {
        let text = Self.replacing("us-east-1", "eu-west-1")
        let fault = #expect(throws: SignatureFault.self) { try verify(text, region: nil) }
        #expect(fault?.message.hasPrefix("The request signature we calculated") == true)
    }

    /// Signers leave a plus sign of the query as it is, or escape it, or take it for a space.
    @Test(arguments: ["a+b", "a%2Bb", "a%20b"]) func aPlusSign(_ signed: String) throws {
        let fields =
            [(name: Array("host".utf8), value: Array("h".utf8))]
            + [(name: Array("x-amz-date".utf8), value: Array(RequestSigner.date(time).utf8))]
        let authorization = RequestSigner(
            SigningCredentials(accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret), region: "us-east-1",
            service: "service"
        ).authorization(
            method: Array("GET".utf8), path: Array("/".utf8), query: Array("q=\(signed)".utf8), fields: fields,
            bodyDigest: String(decoding: SignatureClaim.emptyDigest, as: UTF8.self), time: time)
        try verify(
            "GET /?q=a+b HTTP/1.1\nHost:h\nX-Amz-Date:\(RequestSigner.date(time))\nAuthorization:\(authorization)\n")
    }
}
