import GatewayModel
package import JSON

/// User pools, for `gatehouse pool` and `gatehouse token`.
extension StackClient {
    /// What pools would have sent, the newest last.
    package func poolMessages(pool: String?) async throws(Refusal) -> [JSONValue] {
        let query = pool.map { "pool=\(PercentEncoding.encode($0))" } ?? ""
        return try await call("GET", "/_gatehouse/pools/messages", query: query)["messages"]?.array ?? []
    }

    /// A token of a user.
    package func poolToken(pool: String, _ members: JSONValue) async throws(Refusal) -> String {
        let answer = try await call("POST", "/_gatehouse/pools/\(PercentEncoding.encode(pool))/tokens", members)
        return answer["token"]?.string ?? ""
    }
}
