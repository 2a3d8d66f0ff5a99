import GatewayModel
import HTTPFront
import JSONWebToken
import NIOCore

/// What all routes of one authorizer of tokens share for one issuer, whatever version of whichever stage they belong to.
/// Its identity is what a loop keeps verified tokens by.
final class TokenGate: Sendable {
    /// All that decides which tokens pass.
    struct Definition: Hashable, Sendable {
        let rules: TokenRules
        /// As the authorizer writes it.
        let source: String
        let kind: Kind
    }

    /// Where it stands: what claims look like to functions differs, and how refusals are told.
    enum Kind: Hashable, Sendable {
        case http
        /// Of REST APIs: of a user pool, and of any issuer.
        case userPool, rest
    }

    let rules: TokenRules
    let kind: Kind
    let keys: any IssuerKeys
    /// For people.
    let place: String
    private let source: IdentitySource
    private let name: [UInt8]
    private let end: @Sendable () -> Void

    /// - Parameter end: what is to be done when the gate goes.
    init(
        _ definition: Definition, _ source: IdentitySource, _ keys: any IssuerKeys,
        end: @escaping @Sendable () -> Void = {}
    ) {
        rules = definition.rules
        kind = definition.kind
        self.keys = keys
        self.source = source
        self.end = end
        place = definition.source
        name =
            switch source {
            case .header(let name), .query(let name): Array(name.utf8)
            }
    }

    deinit { end() }

    /// The token that the request carries, with or without `Bearer` in front; nil when there is none.
    func token(_ x: Exchange) -> [UInt8]? {
        switch source {
        case .header: headerToken(x)
        case .query: ParameterValues(x: x).lastQuery(name).flatMap { $0.withUnsafeBytes(Self.bare) }
        }
    }

    private func headerToken(_ x: Exchange) -> [UInt8]? {
        x.withHead { bytes, head in
            var found: RequestHead.Span?
            for field in head.fields where field.name.count == name.count {
                let written = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(written, name) else { continue }
                // Of two, nobody could say which one counts.
                guard found == nil else { return nil }
                found = field.value
            }
            return found.flatMap { Self.bare(UnsafeRawBufferPointer(rebasing: bytes[$0.range])) }
        } ?? nil
    }

    private static func bare(_ value: UnsafeRawBufferPointer) -> [UInt8]? {
        var value = value
        let scheme = UnsafeRawBufferPointer(rebasing: value.prefix(7))
        if scheme.count == 7, ASCII.equalsIgnoringCase(scheme, "bearer ") {
            value = UnsafeRawBufferPointer(rebasing: value.dropFirst(7))
        } else if ASCII.equalsIgnoringCase(value, "bearer") {
            return nil
        }
        return value.isEmpty ? nil : Array(value)
    }

    /// What the operator is told behind the fault's explanation: what the token was compared with.
    func expectation(_ fault: TokenFault) -> String {
        let audiences = (rules.audiences ?? []).joined(separator: ", ")
        return switch fault {
        case .issuer(nil): ", and has to be of \(rules.issuer)"
        case .issuer: ", not \(rules.issuer)"
        case .audience([]): ", and has to be for one of \(audiences)"
        case .audience: ", which is none of \(audiences)"
        case .expired(let time), .notYetValid(let time), .issuedInFuture(let time): Self.date(time)
        case .claim(let name):
            rules.claims.first { $0.name == name && !$0.expected.isEmpty }.map {
                ": it has to be \($0.expected.joined(separator: " or "))"
            } ?? ""
        default: ""
        }
    }

    /// A token has seconds since 1970, which nobody reads; tokens may claim years that no calendar has.
    private static func date(_ seconds: Double) -> String {
        guard (0...lastSecond).contains(seconds) else { return "" }
        return " (\(Timestamp(milliseconds: Int64(seconds) * 1000).iso8601))"
    }

    /// The last one of the year 9999.
    private static let lastSecond = 253_402_300_799.0
}

/// Compiles the authorizers that look at tokens.
final class AuthorizerCompiler: AuthorizerDirectory {
    private let issuers: any IssuerDirectory
    private let gates = KeyedObjects<TokenGate.Definition, TokenGate>()

    init(issuers: any IssuerDirectory) { self.issuers = issuers }

    func authorizer(of route: V2.Route, _ definition: V2.Authorizer?) -> (any Authorizer)? {
        guard route.authorizationType == "JWT", let definition, definition.authorizerType == "JWT",
            let configuration = definition.jwtConfiguration, definition.identitySource.count == 1,
            let source = IdentitySource(definition.identitySource[0])
        else { return nil }
        let rules = TokenRules(
            issuer: configuration.issuer, audiences: configuration.audience, algorithms: SigningAlgorithm.rsa,
            takesClientId: true)
        let gate = gate(
            TokenGate.Definition(rules: rules, source: definition.identitySource[0], kind: .http), source)
        return JWTAuthorizer(gates: [gate], scopes: route.authorizationScopes ?? [])
    }

    func gate(_ definition: TokenGate.Definition, _ source: IdentitySource) -> TokenGate {
        gates.object(definition) { [gates, issuers] number in
            TokenGate(definition, source, issuers.keys(of: definition.rules.issuer)) {
                gates.forget(definition, number)
            }
        }
    }

    /// How many gates somebody holds.
    var count: Int { gates.count }
}
