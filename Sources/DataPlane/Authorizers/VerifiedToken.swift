import GatewayModel
import HTTPFront
import JSON
import JSONWebToken
import NIOCore

/// A token that has been found good, and what functions are told of it.
final class VerifiedToken: Sendable {
    let token: [UInt8]
    /// Who found it good. Held, so that no other authorizer can come to lie at the same place in memory.
    let gate: TokenGate
    let claims: TokenClaims
    /// When it is to be checked again: by then the issuer may have taken back the key that signed it.
    let recheck: NIODeadline
    /// The claims as events have them: a JSON object of texts.
    let claimsText: [UInt8]
    /// All scopes of the token as a JSON list.
    let scopesText: [UInt8]

    init(_ token: [UInt8], _ claims: TokenClaims, by gate: TokenGate, recheck: NIODeadline = .distantFuture) {
        self.token = token
        self.gate = gate
        self.recheck = recheck
        self.claims = claims
        let texts = claims.all.members.compactMap { name, value in
            Self.text(of: value, name, gate.kind).map { (name, JSONValue.string($0)) }
        }
        claimsText = JSONValue.object(JSONObject(texts)).bytes
        scopesText = JSONValue.array(claims.scopes.map(JSONValue.string)).bytes
    }

    /// Its size in memory, about.
    var cost: Int { 3 * token.count + claimsText.count + 512 }

    /// A claim as functions, templates and logs have it.
    func text(of name: String) -> String? { claims.all[name].flatMap { Self.text(of: $0, name, gate.kind) } }

    /// REST APIs write the times of tokens of user pools as dates, and lists with commas (seen in events of live APIs).
    private static func text(of value: JSONValue, _ name: String, _ kind: TokenGate.Kind) -> String? {
        switch (kind, value) {
        case (.http, _): text(of: value)
        case (.userPool, .number) where ["exp", "iat", "nbf"].contains(name):
            value.integer.map { Calendar(Int64($0)).testLogText }
        case (_, .array(let elements)): elements.compactMap(text).joined(separator: ",")
        default: text(of: value)
        }
    }

    /// A claim in one text: lists as `[a b]`, objects as JSON, null not at all.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array(let elements): "[" + elements.compactMap(text).joined(separator: " ") + "]"
        case .object: String(decoding: value.bytes, as: UTF8.self)
        }
    }
}

/// The tokens that a loop has found good, by the authorizer that asked: the costly part of a check is done once for each.
///
/// Bounded: when the newer half is full, the older half goes.
struct VerifiedTokens {
    /// Of one loop, in bytes: some five thousand tokens of a usual size.
    static let limit = 16 << 20

    private struct Key: Hashable {
        let gate: ObjectIdentifier
        let hash: Int
    }

    private var newer: [Key: VerifiedToken] = [:]
    private var older: [Key: VerifiedToken] = [:]
    private var cost = 0

    var count: Int { newer.count + older.count }

    mutating func find(_ token: UnsafeRawBufferPointer, for gate: TokenGate) -> VerifiedToken? {
        let key = Self.key(token, gate)
        if let found = newer[key], found.token.elementsEqual(token) { return found }
        guard let found = older[key], found.token.elementsEqual(token) else { return nil }
        insert(found, key)
        return found
    }

    mutating func add(_ token: VerifiedToken) {
        insert(token, token.token.withUnsafeBytes { Self.key($0, token.gate) })
    }

    private mutating func insert(_ token: VerifiedToken, _ key: Key) {
        if cost + token.cost > Self.limit / 2 {
            older = newer
            newer = [:]
            cost = 0
        }
        newer[key] = token
        cost += token.cost
    }

    private static func key(_ token: UnsafeRawBufferPointer, _ gate: TokenGate) -> Key {
        var hasher = Hasher()
        hasher.combine(bytes: token)
        return Key(gate: ObjectIdentifier(gate), hash: hasher.finalize())
    }
}
