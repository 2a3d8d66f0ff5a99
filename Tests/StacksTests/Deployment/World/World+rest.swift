import JSON

@testable import Stacks

extension World {
    /// All that there is of REST APIs and of what belongs to the account.
    func restDescribed() async throws -> [String] {
        var lines: [String] = []
        for api in try await get("/restapis", "item") {
            let id = api["id"]?.string ?? ""
            lines.append("rest api \(sorted(api).text)")
            for part in [
                "authorizers", "deployments", "documentation/parts", "documentation/versions", "gatewayresponses",
                "models", "requestvalidators", "resources?embed=methods&limit=500", "stages",
            ] {
                for item in try await get("/restapis/\(id)/\(part)", "item") {
                    lines.append("rest \(part) \(id) \(sorted(item).text)")
                }
            }
        }
        for plan in try await get("/usageplans", "item") {
            let id = plan["id"]?.string ?? ""
            lines.append("usage plan \(sorted(plan).text)")
            for key in try await get("/usageplans/\(id)/keys", "item") {
                lines.append("key of \(id) \(sorted(key).text)")
            }
        }
        for collection in ["apikeys?includeValues=true", "clientcertificates", "vpclinks"] {
            for item in try await get("/\(collection)", "item") { lines.append("\(collection) \(sorted(item).text)") }
        }
        return lines + ["account \(sorted(try await answer("/account") ?? .null).text)"]
    }
}
