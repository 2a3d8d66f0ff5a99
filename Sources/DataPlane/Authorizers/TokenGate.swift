import GatewayModel
import HTTPFront
import JSONWebToken
import NIOCore

/// What all routes of one JWT authorizer share, whatever version of whichever stage they belong to. Its identity is what a
/// loop keeps verified tokens by.
final class TokenGate: Sendable {
    /// All that decides which tokens pass.
    struct Definition: Hashable, Sendable {
        let configuration: V2.JWTConfiguration
        /// As the authorizer writes it.
        let source: String
    }

    let rules: TokenRules
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
        rules = TokenRules(
            issuer: definition.configuration.issuer, audiences: definition.configuration.audience,
            algorithms: SigningAlgorithm.rsa, takesClientId: true)
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

    func expectation(_ fault: TokenFault) -> String {
        switch fault {
        case .issuer: ", not \(rules.issuer)"
        case .audience: ", which is none of \(rules.audiences.joined(separator: ", "))"
        default: ""
        }
    }
}

/// Compiles the authorizers of HTTP APIs.
final class AuthorizerCompiler: AuthorizerDirectory {
    private let issuers: any IssuerDirectory
    private let gates = KeyedObjects<TokenGate.Definition, TokenGate>()

    init(issuers: any IssuerDirectory) { self.issuers = issuers }

    func authorizer(of route: V2.Route, _ definition: V2.Authorizer?) -> (any Authorizer)? {
        guard route.authorizationType == "JWT", let definition, definition.authorizerType == "JWT",
            let configuration = definition.jwtConfiguration, definition.identitySource.count == 1,
            let source = IdentitySource(definition.identitySource[0])
        else { return nil }
        let key = TokenGate.Definition(configuration: configuration, source: definition.identitySource[0])
        let gate = gates.object(key) { [gates, issuers] number in
            TokenGate(key, source, issuers.keys(of: configuration.issuer)) { gates.forget(key, number) }
        }
        return JWTAuthorizer(gate: gate, scopes: route.authorizationScopes ?? [])
    }

    /// How many gates somebody holds.
    var count: Int { gates.count }
}
