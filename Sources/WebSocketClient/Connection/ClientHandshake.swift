package import GatewayModel
internal import HTTPFront
internal import NIOCore
package import SigV4
internal import WebSocketFront

/// What a client asks for when it opens a connection, and which answer it takes (RFC 6455 section 4.1).
package struct ClientHandshake: Sendable {
    package let url: WebSocketURL
    private let subprotocols: [String]
    /// Those of the caller's choice.
    private let fields: [(name: String, value: String)]
    private let signing: Signing?

    /// With what requests of an API whose `$connect` has AWS_IAM are signed.
    package struct Signing: Sendable {
        let signer: RequestSigner
        let now: @Sendable () -> Timestamp

        package init(
            _ credentials: SigningCredentials, region: String, now: @escaping @Sendable () -> Timestamp
        ) {
            signer = RequestSigner(credentials, region: region, service: "execute-api")
            self.now = now
        }
    }

    /// What cannot be asked for, in a sentence.
    package struct Fault: Error, Equatable {
        package let sentence: String
    }

    /// - Parameter fields: a `Host` among them takes the place of the URL's.
    package init(
        _ url: WebSocketURL, subprotocols: [String] = [], origin: String? = nil,
        fields: [(name: String, value: String)] = [], signing: Signing? = nil
    ) throws(Fault) {
        for name in subprotocols where name.isEmpty || !name.utf8.allSatisfy(ASCII.isToken) {
            throw Fault(sentence: "'\(name)' is no name of a subprotocol: it is one word, without commas.")
        }
        guard Set(subprotocols).count == subprotocols.count else {
            throw Fault(sentence: "A subprotocol is offered once (RFC 6455 section 4.1).")
        }
        let fields = fields + (origin.map { [("Origin", $0)] } ?? [])
        for field in fields { try Self.check(field, isSigned: signing != nil) }
        for name in ["host", "origin"] where fields.count(where: { $0.name.lowercased() == name }) > 1 {
            throw Fault(sentence: "The header '\(name)' is sent once.")
        }
        self.url = url
        self.subprotocols = subprotocols
        self.fields = fields
        self.signing = signing
    }

    private static func check(_ field: (name: String, value: String), isSigned: Bool) throws(Fault) {
        let name = field.name.lowercased()
        guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken) else {
            throw Fault(sentence: "'\(field.name)' is no name of a header.")
        }
        guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw Fault(sentence: "The value of the header '\(field.name)' has characters that no header may have.")
        }
        let own = ["connection", "upgrade", "content-length", "transfer-encoding"]
        guard !own.contains(name), !name.hasPrefix("sec-websocket-") else {
            throw Fault(
                sentence: "The header '\(field.name)' is the handshake's own; subprotocols are named by --subprotocol.")
        }
        guard !isSigned || !["authorization", "x-amz-date", "x-amz-security-token"].contains(name) else {
            throw Fault(sentence: "The header '\(field.name)' is made by --sign: leave out one of the two.")
        }
    }

    /// 16 bytes of chance, which show that an answer is this request's.
    static func newKey() -> String {
        Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    func request(key: String) -> ByteBuffer {
        let host = fields.first { $0.name.lowercased() == "host" }?.value ?? url.authority
        var lines = "GET \(url.target) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        lines += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
        if !subprotocols.isEmpty { lines += "Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))\r\n" }
        for (name, value) in fields + signature(host) where name.lowercased() != "host" {
            lines += "\(name): \(value)\r\n"
        }
        return ByteBuffer(string: lines + "\r\n")
    }

    private func signature(_ host: String) -> [(name: String, value: String)] {
        guard let signing else { return [] }
        return signing.signer.fields(
            method: "GET", path: url.path, query: RequestSigner.canonicalQuery(Array(url.query.utf8)), host: host,
            bodyDigest: String(decoding: SignatureClaim.emptyDigest, as: UTF8.self), time: signing.now())
    }

    /// The subprotocol that the server has chosen, if any were offered.
    ///
    /// One that was not offered ends the handshake, as does an extension. That none of those offered was chosen is an end
    /// as well: browsers do so, and what goes unnoticed here would come to light there.
    func subprotocol(answered fields: [(name: String, value: String)], key: String) throws(HandshakeFailure) -> String?
    {
        func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name }.map(\.value) }
        func wrong(_ reason: String) -> HandshakeFailure {
            .wrong("The server switched protocols, but \(reason).")
        }
        guard values("upgrade").map({ $0.lowercased() }) == ["websocket"] else {
            throw wrong("not to websocket: its Upgrade is \(Self.shown(values("upgrade")))")
        }
        let connection = values("connection").flatMap { $0.lowercased().split(separator: ",") }
        guard connection.contains(where: { $0.filter { $0 != " " && $0 != "\t" } == "upgrade" }) else {
            throw wrong("its Connection does not say Upgrade, it is \(Self.shown(values("connection")))")
        }
        guard values("sec-websocket-accept") == [WebSocketHandshake.accept(for: key)] else {
            throw wrong(
                "its Sec-WebSocket-Accept is not what the key makes it: the answer is another request's, or no WebSocket's"
            )
        }
        let extensions = values("sec-websocket-extensions")
        guard extensions.isEmpty else {
            throw wrong("it speaks an extension that was not offered: \(Self.shown(extensions))")
        }
        let chosen = values("sec-websocket-protocol")
        guard let subprotocol = chosen.first else {
            guard subprotocols.isEmpty else {
                throw wrong(
                    "chose none of the subprotocols \(Self.shown(subprotocols)): a browser ends such a connection")
            }
            return nil
        }
        guard chosen.count == 1, subprotocols.contains(subprotocol) else {
            throw wrong("it chose a subprotocol that was not offered: \(Self.shown(chosen))")
        }
        return subprotocol
    }

    private static func shown(_ values: [String]) -> String {
        values.isEmpty ? "missing" : "'\(values.joined(separator: ", "))'"
    }
}
