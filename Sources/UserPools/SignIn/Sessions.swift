internal import Crypto
import GatewayModel
import JSON
import JSONWebToken
import Synchronization

/// A sign-in that waits for an answer of its user. It is sealed and goes to the client and back as `Session`.
struct SignInSession: Codable, Sendable {
    let id: String
    let client: String
    /// The sub; for who is unknown nil.
    let sub: String?
    /// The user's, when this was made.
    let mark: String?
    /// The challenge that it waits for.
    let challenge: String
    /// Milliseconds since 1970.
    let expires: Int64
    /// A secret that is set up and not yet proved.
    var totp: String?
    /// What custom challenges have come to so far.
    var history: [CustomRound]?
    /// `privateChallengeParameters` of the challenge under way.
    var secrets: JSONValue?
}

/// One round of custom challenges, as functions are told of it.
struct CustomRound: Codable, Sendable {
    var challengeName: String
    var challengeResult: Bool
    var challengeMetadata: String?
}

/// What a client of SRP gets as SECRET_BLOCK.
struct SRPBlock: Codable, Sendable {
    let id: String
    let client: String
    let sub: String?
    let name: String
    /// The name that was told.
    let asked: String
    let clientKey: String
    let secret: String
    let expires: Int64
    /// Whether custom challenges follow.
    let isCustom: Bool
}

/// Sessions and blocks that were used, until they would have ended: each counts once.
final class UsedOnce: Sendable {
    private struct State {
        var used: [String: Int64] = [:]
        /// How many there are when those that have ended are looked for again.
        var sweepAt = UsedOnce.size
    }

    private let state = Mutex(State())

    /// False for who comes again.
    func take(_ id: String, until expires: Int64, now: Int64) -> Bool {
        state.withLock { state in
            guard state.used[id] == nil else { return false }
            if state.used.count >= state.sweepAt {
                state.used = state.used.filter { $0.value > now }
                state.sweepAt = max(Self.size, 2 * state.used.count)
            }
            state.used[id] = expires
            return true
        }
    }

    /// With fewer nobody looks.
    private static let size = 10_000
}

extension UserPools {
    var sessionPurpose: String { "session \(instance)" }
    var blockPurpose: String { "secret block \(instance)" }

    func text(_ session: SignInSession) throws(PoolError) -> String {
        Base64URL.encode(try seal(session, as: sessionPurpose))
    }

    static var sessionExpired: PoolError { .notAuthorized("Invalid session for the user, session is expired.") }

    /// Reads a session; it is used up by `use`.
    func session(_ text: String?, of client: PoolClient?, for challenges: [String]) throws(PoolError) -> SignInSession {
        guard let text, let sealed = Base64URL.decode(text),
            let session = open(sealed, SignInSession.self, as: sessionPurpose),
            challenges.contains(session.challenge), client.map({ $0.id == session.client }) ?? true
        else { throw .notAuthorized("Invalid session for the user.") }
        guard session.expires > now else { throw Self.sessionExpired }
        return session
    }

    func use(_ session: SignInSession) throws(PoolError) {
        guard used.take(session.id, until: session.expires, now: now) else {
            throw .notAuthorized("Invalid session for the user, session can only be used once.")
        }
    }

    func newSession(
        _ challenge: String, _ client: PoolClient, _ user: PoolUser?, totp: String? = nil
    ) -> SignInSession {
        SignInSession(
            id: SessionId.new(now), client: client.id, sub: user?.sub, mark: user?.mark, challenge: challenge,
            expires: now + Int64(client.sessionSeconds) * 1000, totp: totp)
    }
}

extension PoolUser {
    /// What a sign-in rests on. When it is another one, what began before (sessions, codes, the browser's cookie) is
    /// over: the password was changed or reset, or all sessions were signed out, as they are when an account is closed.
    var mark: String {
        let rests = [password ?? "", signedOut.map(String.init) ?? "", status == .resetRequired ? "reset" : ""]
        return Hexadecimal.encode(SHA256.hash(data: Array(rests.joined(separator: " ").utf8)))
    }
}

extension PoolContent {
    /// Who has begun to sign in with that mark, as he is by now.
    func user(sub: String, mark: String) throws(PoolError) -> PoolUser {
        guard let user = user(sub: sub) else { throw UserPools.sessionExpired }
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        guard user.mark == mark else { throw UserPools.sessionExpired }
        return user
    }
}
