package import JSONWebToken
package import NIOCore

/// Where the keys of issuers come from.
package protocol IssuerDirectory: Sendable {
    /// One object for each issuer, for as long as anybody holds it.
    func keys(of issuer: String) -> any IssuerKeys
}

/// The keys of one issuer of tokens.
package protocol IssuerKeys: AnyObject, Sendable {
    /// Answers once, on `loop`: with keys that are newer than those of the number `known` where the issuer has such and
    /// may be asked at this time, else with those that are there.
    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void)
    /// What tokens of the issuer may call it besides.
    var otherName: String? { get }
}

extension IssuerKeys {
    package var otherName: String? { nil }
}

package struct IssuerKeySet: Sendable {
    /// Counts what was fetched of the issuer.
    package let number: Int
    package let keys: KeySet
    /// When somebody should look whether there are others.
    package let renewal: NIODeadline

    package init(number: Int, keys: KeySet, renewal: NIODeadline) {
        self.number = number
        self.keys = keys
        self.renewal = renewal
    }
}

/// Why an issuer has no keys. The texts for clients are recorded.
package enum IssuerFault: Error, Sendable {
    case discovery(String)
    case keys(String)

    var description: String {
        switch self {
        case .discovery: "OIDC discovery endpoint communication error"
        case .keys: "JWKS communication error"
        }
    }

    /// For people.
    package var explanation: String {
        switch self {
        case .discovery(let reason), .keys(let reason): reason
        }
    }
}

/// The keys of issuers as one loop has them.
struct LoopIssuers {
    /// With the issuer itself, which is held so that no other one can come to lie at the same place in memory.
    private var sets: [ObjectIdentifier: (issuer: any IssuerKeys, set: IssuerKeySet)] = [:]

    subscript(issuer: any IssuerKeys) -> IssuerKeySet? {
        get { sets[ObjectIdentifier(issuer)]?.set }
        set { sets[ObjectIdentifier(issuer)] = newValue.map { (issuer, $0) } }
    }
}
