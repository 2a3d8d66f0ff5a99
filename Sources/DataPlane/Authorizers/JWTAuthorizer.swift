import GatewayModel
import HTTPFront
import JSONWebToken
import NIOCore

/// A JWT authorizer of an HTTP API, as one route asks it.
struct JWTAuthorizer: Authorizer {
    let gate: TokenGate
    /// One of these has to be among the token's; empty: any token will do.
    let scopes: [String]

    func decide(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let token = gate.token(x) else {
            x.challenge = Challenge.missing
            x.reason = "was called without a token in \(gate.place)"
            throw .unauthorized
        }
        if let known = token.withUnsafeBytes({ x.worker.tokens.find($0, for: gate) }) {
            try admit(x, known)
            return .next
        }
        let read: CompactToken
        do throws(TokenFault) {
            read = try token.withUnsafeBufferPointer { (bytes) throws(TokenFault) in
                try CompactToken(UnsafeRawBufferPointer(bytes))
            }
            guard gate.rules.algorithms.contains(read.algorithm) else { throw .algorithm(read.algorithm.rawValue) }
        } catch { throw refusal(x, error) }
        let known = x.worker.issuerKeys[gate.keys]
        if let known {
            if let key = try? known.keys.key(for: read) {
                if known.renewal < x.startedAt { renew(x.worker, after: known.number) }
                try verify(x, token, read, key)
                return .next
            }
        }
        load(x, token, read, after: known?.number)
        return .wait
    }

    /// Waits for the issuer's keys, and decides with those.
    private func load(_ x: Exchange, _ token: [UInt8], _ read: CompactToken, after known: Int?) {
        let pause = x.pause
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        gate.keys.load(after: known, on: x.worker.eventLoop) { result in
            let x = bound.value
            guard x.pause == pause else { return }
            x.resume(pause, verdict(x, token, read, result))
        }
    }

    /// nil lets the call pass.
    private func verdict(
        _ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ result: Result<IssuerKeySet, IssuerFault>
    ) -> Refusal? {
        switch result {
        case .failure(let fault):
            x.challenge = Challenge.invalid(fault.description)
            x.authorizerError = "invalid_token: \(fault.description)"
            x.reason = "has no keys to check the token with: \(fault.explanation)"
            return .unauthorized
        case .success(let keys):
            x.worker.issuerKeys[gate.keys] = keys
            do throws(Refusal) { try judge(x, token, read, keys.keys) } catch { return error }
            return nil
        }
    }

    private func judge(_ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ keys: KeySet) throws(Refusal) {
        let key: VerificationKey
        do throws(TokenFault) { key = try keys.key(for: read) } catch { throw refusal(x, error) }
        try verify(x, token, read, key)
    }

    private func renew(_ worker: LoopWorker, after known: Int) {
        let bound = NIOLoopBound(worker, eventLoop: worker.eventLoop)
        gate.keys.load(after: known, on: worker.eventLoop) { result in
            // While the issuer is down its last keys go on to serve.
            guard case .success(let keys) = result else { return }
            bound.value.issuerKeys[gate.keys] = keys
        }
    }

    private func verify(
        _ x: Exchange, _ token: [UInt8], _ read: CompactToken, _ key: VerificationKey
    ) throws(Refusal) {
        let verified: VerifiedToken
        do throws(TokenFault) {
            let claims = try read.verified(by: key)
            try gate.rules.check(claims, otherName: gate.keys.otherName)
            verified = VerifiedToken(token, claims, by: gate)
        } catch { throw refusal(x, error) }
        try admit(x, verified)
        x.worker.tokens.add(verified)
    }

    /// What has to be looked at for each call.
    private func admit(_ x: Exchange, _ token: VerifiedToken) throws(Refusal) {
        do throws(TokenFault) {
            try TokenRules.checkTimes(token.claims, now: Double(x.startedAtEpochMilliseconds) / 1000)
            try TokenRules.checkScopes(token.claims, scopes)
        } catch { throw refusal(x, error) }
        x.token = token
        x.tokenScopesCount = scopes.count
    }

    private func refusal(_ x: Exchange, _ fault: TokenFault) -> Refusal {
        if case .scope = fault {
            x.challenge = Challenge.scope(scopes, fault.description)
            x.authorizerError = "insufficient_scope: \(fault.description)"
            x.reason = "asks for one of the scopes \(scopes.joined(separator: " ")): \(fault.explanation)"
            return .accessDenied
        }
        x.challenge = Challenge.invalid(fault.description)
        x.authorizerError = "invalid_token: \(fault.description)"
        x.reason = "does not take the token: \(fault.explanation)\(gate.expectation(fault))"
        return .unauthorized
    }
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
