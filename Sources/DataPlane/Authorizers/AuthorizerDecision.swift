import HTTPFront
import IAMPolicy
import JSON
import JSONWebToken
import NIOCore

/// What a function authorizer has said of one identity. Of one loop.
final class AuthorizerDecision {
    enum Verdict {
        /// A simple response of an HTTP API's authorizer.
        case simple(isAuthorized: Bool)
        /// Asked anew for each request, as what is asked for differs.
        case policy(KeptPolicy)
    }

    let verdict: Verdict
    /// Empty where a simple response has none.
    let principalId: [UInt8]
    /// The context's members as JSON, without the braces; nil where there is none.
    let context: [UInt8]?
    /// `usageIdentifierKey`
    let usageKey: [UInt8]?

    init(_ answer: AuthorizerAnswer, _ verdict: Verdict) {
        self.verdict = verdict
        principalId = answer.principalId
        context = answer.context
        usageKey = answer.usageKey
    }

    /// Its size in memory, about, without what the policy's text takes.
    var cost: Int { principalId.count + (context?.count ?? 0) + (usageKey?.count ?? 0) + 224 }
}

/// A policy that an authorizer has answered; most of its answers have the same, or nearly.
final class KeptPolicy {
    let text: [UInt8]
    let document: PolicyDocument
    /// How many kept decisions have it.
    var holders = 0

    /// Compiled, it takes about four times its text.
    var cost: Int { 4 * text.count + 1_024 }

    init(_ text: [UInt8], _ document: PolicyDocument) {
        self.text = text
        self.document = document
    }
}

extension AuthorizerDecision {
    /// What functions are told: the context, the principal, and how long the authorizer took.
    func write(_ x: Exchange, to event: inout ByteBuffer) {
        event.write("{")
        if let context, !context.isEmpty {
            event.write(context)
            event.write(",")
        }
        if !principalId.isEmpty {
            event.write(#""principalId":"#)
            event.writeJSONString(principalId)
            event.write(",")
        }
        event.write(#""integrationLatency":"#)
        event.writeDecimal(x.authorizerCall?.milliseconds ?? x.socket.client?.authorizerMilliseconds ?? 0)
        event.write("}")
    }

    /// What functions are told in format 2.0. Without a context it is null (seen in events of live APIs).
    func writeContext(to event: inout ByteBuffer) {
        guard let context else { return event.write("null") }
        event.write("{")
        event.write(context)
        event.write("}")
    }

    /// The context's value of that name: a text's own text, anything else as JSON.
    func writeValue(_ name: [UInt8], to buffer: inout ByteBuffer) -> Bool {
        guard let context else { return false }
        return Self.members(context) { bytes, key, value in
            guard Self.text(bytes, key).elementsEqual(name) else { return false }
            if bytes[value.lowerBound] == UInt8(ascii: "\"") {
                buffer.write(Self.text(bytes, value.lowerBound + 1..<value.upperBound - 1))
            } else {
                buffer.write(UnsafeRawBufferPointer(rebasing: bytes[value]))
            }
            return true
        }
    }

    var names: [String] {
        var names: [String] = []
        _ = context.map { context in
            Self.members(context) { bytes, key, _ in
                names.append(String(decoding: Self.text(bytes, key), as: UTF8.self))
                return false
            }
        }
        return names
    }

    /// Runs `body` with each member, the key without its quotes, until it says true.
    private static func members(
        _ context: [UInt8], _ body: (UnsafeRawBufferPointer, Range<Int>, Range<Int>) -> Bool
    ) -> Bool {
        context.withUnsafeBytes { bytes in
            var cursor = JSONCursor(Span<UInt8>(_unsafeBytes: bytes))
            do throws(JSONError) {
                while !cursor.isAtEnd {
                    let key = try cursor.string().range
                    try cursor.expect(UInt8(ascii: ":"), "':'")
                    if body(bytes, key, try cursor.skipValue()) { return true }
                    guard cursor.take(UInt8(ascii: ",")) else { break }
                }
            } catch {}
            return false
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        var text: [UInt8] = []
        JSONCursor(Span<UInt8>(_unsafeBytes: bytes)).unescape(range, into: &text)
        return text
    }
}

extension Exchange {
    /// `$context.authorizer.NAME`: what the authorizer has said.
    func writeAuthorizerValue(_ name: [UInt8], to buffer: inout ByteBuffer) -> Bool {
        if let decision {
            if decision.writeValue(name, to: &buffer) { return true }
            guard name.elementsEqual("principalId".utf8), !decision.principalId.isEmpty else { return false }
            buffer.write(decision.principalId)
            return true
        }
        guard let token, name.starts(with: "claims.".utf8),
            let text = token.text(of: String(decoding: name.dropFirst(7), as: UTF8.self))
        else { return false }
        buffer.writeString(text)
        return true
    }

    /// The names below `$context.authorizer`.
    var authorizerValueNames: [String] {
        if let decision { return decision.names + ["principalId", "integrationLatency"] }
        return token == nil ? [] : ["claims"]
    }

    /// The names below `$context.authorizer.claims`.
    var claimNames: [String] { token?.claims.all.keys ?? [] }
}
