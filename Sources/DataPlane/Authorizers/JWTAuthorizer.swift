import BoundedRegex
import GatewayModel
import HTTPFront
import JSONWebToken
import NIOCore

/// An authorizer that looks at tokens, as one route or method asks it.
struct JWTAuthorizer: Authorizer {
    /// One for each issuer whose tokens may pass, all with one place.
    let gates: [TokenGate]
    /// One of these has to be among the token's; empty: any token will do.
    let scopes: [String]
    /// Of user pools' authorizers: what a token's client has to match.
    var audience: Pattern?

    func decide(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let token = gates[0].token(x) else {
            x.challenge = Challenge.missing
            x.reason = "was called without a token in \(gates[0].place)"
            throw .unauthorized
        }
        for gate in gates {
            if let known = token.withUnsafeBytes({ x.worker.tokens.find($0, for: gate) }), x.startedAt < known.recheck {
                try admit(x, known)
                return .next
            }
        }
        let read: CompactToken
        let gate: TokenGate
        do throws(TokenFault) {
            read = try token.withUnsafeBufferPointer { (bytes) throws(TokenFault) in
                try CompactToken(UnsafeRawBufferPointer(bytes))
            }
            gate = try self.gate(for: read)
            guard gate.rules.algorithms.contains(read.algorithm) else { throw .algorithm(read.algorithm.rawValue) }
        } catch { throw refusal(x, error, gates[0]) }
        var known = x.worker.issuerKeys[gate.keys]
        if let stale = known, stale.renewal < x.startedAt {
            renew(x.worker, gate, after: stale.number)
            // Of an issuer that answers at once, these count already.
            known = x.worker.issuerKeys[gate.keys]
        }
        if let known, let key = try? known.keys.key(for: read) {
            try verify(x, token, read, key, known, gate)
            return .next
        }
        load(x, token, read, gate, after: known?.number)
        return .wait
    }

    /// Where there are several issuers, the token says whose keys are to be looked at; the signature says whether it is
    /// true.
    func gate(for token: CompactToken) throws(TokenFault) -> TokenGate {
        if gates.count == 1 { return gates[0] }
        let issuer = token.namedIssuer
        guard let gate = gates.first(where: { $0.rules.issuer == issuer || $0.keys.otherName == issuer }) else {
            throw .issuer(issuer)
        }
        return gate
    }

    /// Waits for the issuer's keys, and decides with those.
    private func load(_ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ gate: TokenGate, after known: Int?) {
        let pause = x.pause
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        gate.keys.load(after: known, on: x.worker.eventLoop) { result in
            let x = bound.value
            guard x.pause == pause else { return }
            x.resume(pause, verdict(x, token, read, gate, result))
        }
    }

    private static let pauseBetweenChecks = TimeAmount.seconds(60)

    /// nil lets the call pass.
    private func verdict(
        _ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ gate: TokenGate,
        _ result: Result<IssuerKeySet, IssuerFault>
    ) -> Refusal? {
        switch result {
        case .failure(let fault):
            x.challenge = Challenge.invalid(fault.description)
            x.authorizerError = "invalid_token: \(fault.description)"
            x.reason = "has no keys to check the token with: \(fault.explanation)"
            return .unauthorized
        case .success(let keys):
            x.worker.issuerKeys[gate.keys] = keys
            do throws(Refusal) { try judge(x, token, read, keys, gate) } catch { return error }
            return nil
        }
    }

    private func judge(
        _ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ keys: IssuerKeySet, _ gate: TokenGate
    ) throws(Refusal) {
        let key: VerificationKey
        do throws(TokenFault) { key = try keys.keys.key(for: read) } catch { throw refusal(x, error, gate) }
        try verify(x, token, read, key, keys, gate)
    }

    private func renew(_ worker: LoopWorker, _ gate: TokenGate, after known: Int) {
        let bound = NIOLoopBound(worker, eventLoop: worker.eventLoop)
        gate.keys.load(after: known, on: worker.eventLoop) { result in
            // While the issuer is down its last keys go on to serve.
            guard case .success(let keys) = result else { return }
            bound.value.issuerKeys[gate.keys] = keys
        }
    }

    private func verify(
        _ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ key: VerificationKey, _ keys: IssuerKeySet,
        _ gate: TokenGate
    ) throws(Refusal) {
        let verified: VerifiedToken
        do throws(TokenFault) {
            let claims = try read.verified(by: key)
            try gate.rules.check(claims, otherName: gate.keys.otherName)
            // While the issuer is down, not for each call.
            let recheck = keys.renewal > x.startedAt ? keys.renewal : x.startedAt + Self.pauseBetweenChecks
            verified = VerifiedToken(token, claims, by: gate, recheck: recheck)
        } catch { throw refusal(x, error, gate) }
        try admit(x, verified)
        x.worker.tokens.add(verified)
    }

    /// What has to be looked at for each call.
    private func admit(_ x: Exchange, _ token: VerifiedToken) throws(Refusal) {
        do throws(TokenFault) {
            try TokenRules.checkTimes(token.claims, now: Double(x.startedAtEpochMilliseconds) / 1000)
            if let audience {
                let name = token.claims.audiences.first ?? token.claims.clientId ?? ""
                guard (try? audience.matchesWhole(name)) == true else { throw .audience([name]) }
            }
            try TokenRules.checkScopes(token.claims, scopes)
        } catch { throw refusal(x, error, token.gate) }
        x.token = token
        x.tokenScopesCount = scopes.count
    }

    private func refusal(_ x: Exchange, _ fault: TokenFault, _ gate: TokenGate) -> Refusal {
        if case .scope = fault {
            x.challenge = Challenge.scope(scopes, fault.description)
            x.authorizerError = "insufficient_scope: \(fault.description)"
            x.reason = "asks for one of the scopes \(scopes.joined(separator: " ")): \(fault.explanation)"
            // User pools' authorizers know no other refusal. Source: Developer Guide, integrate with Cognito.
            return gate.kind == .userPool ? .unauthorized : .accessDenied
        }
        if case .expired = fault, gate.kind != .http { x.rest.message = Self.expired }
        x.challenge = Challenge.invalid(fault.description)
        x.authorizerError = "invalid_token: \(fault.description)"
        x.reason = "does not take the token: \(fault.explanation)\(gate.expectation(fault))"
        return .unauthorized
    }

    /// Seen of live APIs.
    private static let expired = Array("The incoming token has expired".utf8)
}

/// `www-authenticate` of a refused call (RFC 6750 section 3), in AWS's spelling: no commas between its parts.
enum Challenge {
    static let missing = line("")

    static func invalid(_ description: String) -> [UInt8] {
        line(#" scope="" error="invalid_token" error_description="\#(description)""#)
    }

    /// The scopes are the operator's: letters that no field may hold are left out.
    static func scope(_ scopes: [String], _ description: String) -> [UInt8] {
        let names = scopes.joined(separator: " ").unicodeScalars.filter {
            $0.value >= 0x20 && $0.value < 0x7F && $0 != "\""
        }
        let text = String(String.UnicodeScalarView(names))
        return line(#" scope="\#(text)" error="insufficient_scope" error_description="\#(description)""#)
    }

    private static func line(_ parameters: String) -> [UInt8] {
        Array("www-authenticate: Bearer\(parameters)\r\n".utf8)
    }
}
