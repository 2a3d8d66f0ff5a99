import ControlPlane
import HTTPFront
import UserPools

/// Requests that web pages may send to user pools, unlike to all else on this listener: operations without a signature,
/// and the pools' own pages and endpoints.
enum PoolAccess {
    case operation
    case endpoint
    /// A browser asks whether a page may call an operation; which one, it does not say. Of those that come, others are
    /// refused.
    case preflight

    static func of(_ head: RequestHead, _ found: ServiceFront.Found, _ pools: UserPools) -> PoolAccess? {
        switch found.destination {
        case .userPools(let operation): return UnsignedOperations.contains(operation) ? .operation : nil
        // A form that is posted to them looks like one of a service's.
        case .resources, .form:
            let path = head.string(head.path)
            if path == "/" { return head.method == .options && head.contains(.origin) ? .preflight : nil }
            let method = head.string(head.methodRange)
            return pools.endpoint(method, path, query: "", host: head.string(head.host)) == nil ? nil : .endpoint
        case .tables, .logs, .targeted, .objects, .stacks, .refused: return nil
        }
    }

    /// Whether it came to a host that leads here. A pool's own domain does.
    static func refusal(_ head: RequestHead, _ pools: UserPools) -> ServiceError? {
        guard let refusal = BrowserGuard.hostRefusal(head) else { return nil }
        let host = head.string(head.host)
        // With a path that only a domain's pages have.
        return pools.endpoint("GET", "/login", query: "", host: host) == nil ? refusal : nil
    }
}
