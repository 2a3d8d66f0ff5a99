import ControlPlane
import GatewayModel
import JSON
import UserPools

/// Gatehouse's own endpoints for user pools, which `gatehouse pool` and `gatehouse token mint --pool` speak to:
///
///     GET  /_gatehouse/pools/messages?pool=ID   what the pools would have sent
///     POST /_gatehouse/pools/ID/tokens          a token of a user, without a sign-in
struct PoolEndpoints: Sendable {
    let pools: UserPools

    /// nil when the request is none of ours.
    func respond(to request: WireRequest) async -> WireResponse? {
        let parts = request.path.split(separator: "/").compactMap { PercentEncoding.decode($0) }
        guard parts.count >= 3, parts[0] == "_gatehouse", parts[1] == "pools" else { return nil }
        switch (request.method, parts.count, parts[parts.count - 1]) {
        case ("GET", 3, "messages"):
            let pool = PercentEncoding.query(request.query)?.first { $0.name == "pool" }?.value
            let messages = pools.outbox.list(pool: pool)
            if let pool, messages == [], !pools.has(pool: pool) {
                return answer(404, ["message": .string("There is no user pool \(pool).")])
            }
            return answer(200, ["messages": messages])
        case ("POST", 4, "tokens"):
            guard let members = (try? JSONValue(parsing: request.body))?.object else {
                return answer(400, ["message": "The body is no JSON object."])
            }
            do throws(PoolError) {
                return answer(200, ["token": .string(try await pools.mint(pool: parts[2], members))])
            } catch {
                return answer(error.status, ["message": .string(error.message)])
            }
        default: return answer(404, ["message": .string("Gatehouse has no \(request.method) \(request.path).")])
        }
    }

    private func answer(_ status: Int, _ body: JSONValue) -> WireResponse {
        WireResponse(
            status: status, headers: [("content-type", "application/json")], body: Array((body.text + "\n").utf8))
    }
}
