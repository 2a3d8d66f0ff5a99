import JSON
import JSONWebToken
import NIOCore
import Synchronization

@testable import DataPlane

/// An issuer whose keys a test hands over when it likes.
final class StandInIssuer: IssuerDirectory, IssuerKeys {
    static let name = "https://issuer.example/"
    static let key: SigningKey = {
        guard let key = try? SigningKey(newWithId: "one") else { fatalError("no key can be made") }
        return key
    }()

    private let results: Mutex<[Result<IssuerKeySet, IssuerFault>]>
    private let delay: TimeAmount
    private let count = Counter()

    /// Answers the results in turn, the last one again and again.
    init(_ results: Result<IssuerKeySet, IssuerFault>..., delay: TimeAmount = .milliseconds(20)) {
        self.results = Mutex(results)
        self.delay = delay
    }

    var asked: Int { count.value }

    func keys(of issuer: String) -> any IssuerKeys { self }

    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
    ) {
        count.increment()
        let result = results.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        loop.scheduleTask(in: delay) { completion(result) }
    }

    static func set(_ number: Int = 1, _ keys: [SigningKey] = [key], renewal: NIODeadline = .distantFuture) throws
        -> Result<IssuerKeySet, IssuerFault>
    {
        let text = JSONValue.object(["keys": .array(try keys.map { try $0.publicJWK() })]).bytes
        guard let keys = KeySet(text) else { throw CompileError(message: "no set") }
        return .success(IssuerKeySet(number: number, keys: keys, renewal: renewal))
    }

    /// A token that lasts, but for what `changes` says; null takes a claim away.
    static func token(_ changes: JSONObject = [:], by key: SigningKey = key) throws -> String {
        var claims: JSONObject = [
            "iss": .string(name), "aud": "client", "sub": "bob", "exp": 4_000_000_000, "iat": 1_700_000_000,
            "scope": "read write",
        ]
        for (name, value) in changes.members { claims[name] = value.isNull ? Optional.none : value }
        return try key.token(.object(claims))
    }
}
