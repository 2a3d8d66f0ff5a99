import DataPlane
import JSONWebToken
import NIOCore
import UserPools

/// An issuer that has the name of a user pool. Where the pool is one of ours its keys are asked for nowhere else; another
/// one, in the cloud, is an issuer like all.
final class PoolIssuer: IssuerKeys, Sendable {
    /// When loops look again: keys of a pool change only with the pool.
    private static let renewal = TimeAmount.seconds(60)

    private let name: String
    private let pools: UserPools
    private let other: any IssuerKeys

    init(name: String, pools: UserPools, other: any IssuerKeys) {
        self.name = name
        self.pools = pools
        self.other = other
    }

    var otherName: String? { pools.otherName(ofIssuer: name) }

    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
    ) {
        guard let keys = pools.keySet(ofIssuer: name) else { return other.load(after: known, on: loop, completion) }
        completion(.success(IssuerKeySet(number: (known ?? 0) + 1, keys: keys, renewal: .now() + Self.renewal)))
    }
}
