import GatewayModel
import NIOCore
import SigV4
import Testing

@testable import WebSocketClient

@Suite("A client's opening handshake")
struct ClientHandshakeTests {
    private func lines(_ handshake: ClientHandshake) -> [String] {
        String(buffer: handshake.request(key: "KEY")).split(separator: "\r\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    @Test("asks for what it was told to")
    func request() throws {
        let handshake = try ClientHandshake(
            WebSocketURL("ws://a:81/dev?x=1"), subprotocols: ["b", "a"], origin: "https://o",
            fields: [("X-A", "1"), ("X-A", "2")])
        #expect(
            lines(handshake) == [
                "GET /dev?x=1 HTTP/1.1", "Host: a:81", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: KEY", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: b, a", "X-A: 1",
                "X-A: 2",
                "Origin: https://o", "", "",
            ])
    }

    @Test("may name another host than it goes to")
    func host() throws {
        let handshake = try ClientHandshake(
            WebSocketURL("ws://localhost/"), fields: [("HOST", "a1.execute-api.localhost")])
        #expect(lines(handshake).filter { $0.lowercased().hasPrefix("host:") } == ["Host: a1.execute-api.localhost"])
    }

    @Test("has a key of its own each time")
    func keys() throws {
        let keys = (0..<100).map { _ in ClientHandshake.newKey() }
        #expect(Set(keys).count == 100)
        #expect(keys.allSatisfy { Base64.decode($0)?.count == 16 })
    }

    @Test(
        "does not send what it would break on",
        arguments: [
            ("Connection", "x"), ("upgrade", "x"), ("Sec-WebSocket-Key", "x"), ("sec-websocket-extensions", "x"),
            ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("", "x"), ("a b", "x"), ("A", "x\r\nB: y"),
            ("A", "\u{7F}"),
        ])
    func refusedFields(name: String, value: String) throws {
        let url = try WebSocketURL("ws://a/")
        #expect(throws: ClientHandshake.Fault.self) { try ClientHandshake(url, fields: [(name, value)]) }
    }

    @Test("offers each subprotocol once, by a name that is one", arguments: [["a", "a"], [""], ["a,b"], ["a b"]])
    func refusedSubprotocols(names: [String]) throws {
        let url = try WebSocketURL("ws://a/")
        #expect(throws: ClientHandshake.Fault.self) { try ClientHandshake(url, subprotocols: names) }
    }

    @Test("sends Host and Origin once")
    func once() throws {
        let url = try WebSocketURL("ws://a/")
        #expect(throws: ClientHandshake.Fault.self) {
            try ClientHandshake(url, origin: "x", fields: [("origin", "y")])
        }
        #expect(throws: ClientHandshake.Fault.self) {
            try ClientHandshake(url, fields: [("host", "x"), ("Host", "y")])
        }
    }

    @Test("is signed so that its server can verify it", arguments: [nil, "TOKEN"] as [String?])
    func signed(token: String?) throws {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        let credentials = SigningCredentials(accessKeyId: "AKID", secretAccessKey: "SECRET", sessionToken: token)
        let handshake = try ClientHandshake(
            WebSocketURL("wss://a1.execute-api.eu-west-1.amazonaws.com/a%20b?z=%7e&a=1&a=0"),
            signing: ClientHandshake.Signing(credentials, region: "eu-west-1") { now })
        let request = try SignedRequest(lines(handshake)).value
        let claim = try SignatureClaim(request, for: "execute-api", in: "eu-west-1", now: now)
        #expect((claim.accessKeyId, claim.token) == ("AKID", token))
        try claim.verify(request, body: SignatureClaim.emptyDigest, with: claim.key(secret: "SECRET"))
    }

    @Test("makes the fields of its signature itself")
    func signedFields() throws {
        let credentials = SigningCredentials(accessKeyId: "AKID", secretAccessKey: "SECRET")
        let signing = ClientHandshake.Signing(credentials, region: "r") { Timestamp(milliseconds: 0) }
        let url = try WebSocketURL("ws://a/")
        #expect(throws: ClientHandshake.Fault.self) {
            try ClientHandshake(url, fields: [("Authorization", "x")], signing: signing)
        }
    }

    /// A request as signatures see it.
    private struct SignedRequest {
        let value: SignableRequest

        init(_ lines: [String]) throws {
            var bytes: [UInt8] = []
            func append(_ text: some StringProtocol) -> Range<Int> {
                bytes += text.utf8
                return bytes.count - text.utf8.count..<bytes.count
            }
            let words = lines[0].split(separator: " ")
            let target = words[1].split(separator: "?")
            let (method, path, query) = (append(words[0]), append(target[0]), append(target[1]))
            let fields = try lines.dropFirst().filter { !$0.isEmpty }.map { line in
                let colon = try #require(line.firstRange(of: ": "))
                return SignableRequest.Field(
                    name: append(line[..<colon.lowerBound].lowercased()), value: append(line[colon.upperBound...]))
            }
            value = SignableRequest(bytes: bytes, method: method, path: path, query: query, fields: fields)
        }
    }
}
