import ControlPlane
import DataPlane
import JSONWebToken
import NIOCore
import UserPools

extension IssuerService {
    /// For who has no loop of his own. Keys that are there are asked first; others are fetched as they are for authorizers,
    /// so no key id that somebody makes up has an issuer asked more often.
    func claims(of token: CompactToken, by issuer: String) async throws(TokenCheckFault) -> TokenClaims {
        let keys = keys(of: issuer)
        var set = try await load(keys, after: nil)
        if set.renewal < .now() || (try? set.keys.key(for: token)) == nil {
            set = try await load(keys, after: set.number)
        }
        do throws(TokenFault) {
            let claims = try token.verified(by: try set.keys.key(for: token))
            guard let name = claims.issuer, name == issuer || name == keys.otherName else {
                throw .issuer(claims.issuer)
            }
            return claims
        } catch { throw .token(error) }
    }

    func otherName(of issuer: String) -> String? { pools?.otherName(ofIssuer: issuer) }

    private func load(_ keys: any IssuerKeys, after known: Int?) async throws(TokenCheckFault) -> IssuerKeySet {
        let result = await withCheckedContinuation { continuation in
            keys.load(after: known, on: fetch.group.next()) { continuation.resume(returning: $0) }
        }
        guard case .success(let set) = result else { throw .noKeys }
        return set
    }
}
