import DataPlane
import JSONWebToken
import NIOCore
import Synchronization
import UserPools

/// An issuer that has the name of a user pool. Where the pool is one of ours its keys are asked for nowhere else, and when
/// it is deleted there are none; another one, in the cloud, is an issuer like all.
final class PoolIssuer: IssuerKeys, Sendable {
    /// When loops look again: keys of a pool change only with the pool, and so long tokens of one that is gone may pass.
    private static let renewal = TimeAmount.seconds(60)

    private let name: String
    private let pools: UserPools
    private let other: any IssuerKeys
    private let wasOurs: Atomic<Bool>

    init(name: String, pools: UserPools, other: any IssuerKeys) {
        self.name = name
        self.pools = pools
        self.other = other
        wasOurs = Atomic(pools.keySet(ofIssuer: name) != nil)
    }

    var otherName: String? { pools.otherName(ofIssuer: name) }

    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
    ) {
        let ours = pools.keySet(ofIssuer: name)
        if ours != nil { wasOurs.store(true, ordering: .relaxed) }
        guard ours != nil || wasOurs.load(ordering: .relaxed) else {
            return other.load(after: known, on: loop, completion)
        }
        let keys = ours ?? KeySet.empty
        completion(.success(IssuerKeySet(number: (known ?? 0) + 1, keys: keys, renewal: .now() + Self.renewal)))
    }
}
