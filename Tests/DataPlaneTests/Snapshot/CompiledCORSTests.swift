import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("CORS settings as header lines")
struct CompiledCORSTests {
    private static func lines(
        _ cors: V2.Cors, _ origin: String, _ write: (CompiledCORS) -> (UnsafeRawBufferPointer, inout ByteBuffer) -> Void
    ) -> [String] {
        var buffer = ByteBuffer()
        Array(origin.utf8).withUnsafeBytes { write(CompiledCORS(cors))($0, &buffer) }
        let text = String(buffer: buffer)
        #expect(text.isEmpty || text.hasSuffix("\r\n"))
        return text.split(separator: "\r\n").map(String.init)
    }

    private static func ordinary(_ cors: V2.Cors, _ origin: String = "https://a.example") -> [String] {
        lines(cors, origin) { cors in { cors.writeLines(origin: $0, to: &$1) } }
    }

    private static func preflight(_ cors: V2.Cors, _ origin: String = "https://a.example") -> [String] {
        lines(cors, origin) { cors in { cors.writePreflightLines(origin: $0, to: &$1) } }
    }

    @Test("any origin without credentials is a star")
    func star() {
        #expect(Self.ordinary(V2.Cors(origins: ["*"])) == ["access-control-allow-origin: *"])
    }

    @Test("with credentials the three lines come in AWS's order")
    func credentials() {
        let cors = V2.Cors(origins: ["https://a.example"], credentials: true)
        #expect(
            Self.ordinary(cors) == [
                "access-control-allow-origin: https://a.example", "vary: origin",
                "access-control-allow-credentials: true",
            ])
    }

    @Test("credentials never go with a star")
    func starWithCredentials() {
        let cors = V2.Cors(origins: ["*"], credentials: true)
        #expect(Self.ordinary(cors).first == "access-control-allow-origin: https://a.example")
    }

    @Test(
        "an origin is allowed by its exact name or its scheme",
        arguments: [
            (["https://a.example"], "https://a.example", true),
            (["https://b.example", "https://a.example"], "https://a.example", true),
            (["https://a.example"], "https://a.example.evil", false),
            (["https://a.example"], "https://a.exampl", false),
            (["https://a.example"], "http://a.example", false),
            (["https://a.example"], "https://A.example", false),
            (["https://a.example"], "null", false),
            (["https://a.example"], "", false),
            (["https://*"], "https://any.example:8443", true),
            (["https://*"], "http://any.example", false),
            (["https://*"], "https:/any.example", false),
            (["http://*"], "http://localhost:3000", true),
            (["http://*"], "https://localhost:3000", false),
            (["https://*.example"], "https://a.example", false),
            ([], "https://a.example", false),
        ])
    func allowed(origins: [String], origin: String, isAllowed: Bool) {
        let expected = isAllowed ? ["access-control-allow-origin: \(origin)", "vary: origin"] : []
        #expect(Self.ordinary(V2.Cors(origins: origins), origin) == expected)
        #expect(Self.preflight(V2.Cors(origins: origins), origin) == expected)
    }

    @Test("a preflight lists methods and headers sorted, headers in lower case, and the age")
    func preflightLists() {
        let cors = V2.Cors(
            origins: ["*"], methods: ["POST", "GET", "OPTIONS"], headers: ["X-Api-Key", "Authorization"],
            expose: ["ETag"], maxAge: 300)
        #expect(
            Self.preflight(cors) == [
                "access-control-allow-origin: *", "access-control-allow-methods: GET,OPTIONS,POST",
                "access-control-allow-headers: authorization,x-api-key", "access-control-max-age: 300",
            ])
    }

    @Test("an ordinary response names the exposed headers and nothing of a preflight's")
    func exposed() {
        let cors = V2.Cors(
            origins: ["*"], methods: ["*"], headers: ["*"], expose: ["X-Two", "ETag"], maxAge: 0)
        #expect(
            Self.ordinary(cors) == ["access-control-allow-origin: *", "access-control-expose-headers: etag,x-two"])
        #expect(
            Self.preflight(cors) == [
                "access-control-allow-origin: *", "access-control-allow-methods: *", "access-control-allow-headers: *",
                "access-control-max-age: 0",
            ])
    }

    @Test("an age of -1 is told as it is")
    func negativeAge() {
        #expect(Self.preflight(V2.Cors(origins: ["*"], maxAge: -1)).last == "access-control-max-age: -1")
    }
}
