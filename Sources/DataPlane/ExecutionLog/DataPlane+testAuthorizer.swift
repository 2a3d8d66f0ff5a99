import BoundedRegex
package import GatewayModel
import HTTPFront
package import JSON
import JSONWebToken
import NIOCore

extension DataPlane {
    /// The claims of a token that an authorizer of tokens of a REST API lets in; nil for one that it does not.
    ///
    /// - Parameter token: as the identity source carries it.
    package func testToken(_ token: String, of definition: REST.Authorizer) async -> OrderedMap<String>? {
        let method = REST.Method(httpMethod: "GET", authorizationType: definition.type)
        guard let authorizer = compiler.authorizers?.authorizer(of: method, definition) as? JWTAuthorizer,
            let loop = workers.values.randomElement()?.eventLoop
        else { return nil }
        let text = token.lowercased().hasPrefix("bearer ") ? String(token.dropFirst(7)) : token
        guard let verified = await authorizer.verified(text, on: loop) else { return nil }
        return OrderedMap(
            verified.claims.all.keys.compactMap { name in verified.text(of: name).map { (name, $0) } })
    }
}

extension JWTAuthorizer {
    /// What `decide` does, for a test.
    fileprivate func verified(_ token: String, on loop: any EventLoop) async -> VerifiedToken? {
        guard let read = try? CompactToken(token), let gate = try? gate(for: read),
            gate.rules.algorithms.contains(read.algorithm)
        else { return nil }
        let promise = loop.makePromise(of: IssuerKeySet.self)
        loop.execute { gate.keys.load(after: nil, on: loop) { promise.completeWith($0.mapError { $0 as any Error }) } }
        do {
            let set = try await promise.futureResult.get()
            let claims = try read.verified(by: try set.keys.key(for: read))
            try gate.rules.check(claims, otherName: gate.keys.otherName)
            try TokenRules.checkTimes(claims, now: Double(LoopClock().epochMilliseconds) / 1000)
            let client = claims.audiences.first ?? claims.clientId ?? ""
            guard try audience?.matchesWhole(client) ?? true else { return nil }
            return VerifiedToken(Array(token.utf8), claims, by: gate)
        } catch { return nil }
    }
}
