import ControlPlane
import JSON
import LogStore

@testable import Stacks

extension World {
    /// All that there is, without ids and times that the server makes anew when a resource is made or imported again.
    func described() async throws -> [String] {
        var lines: [String] = []
        for function in try await get("/2015-03-31/functions", "Functions") {
            let name = function["FunctionName"]?.string ?? ""
            let path = "/2015-03-31/functions/\(name)"
            lines.append("function \(try await text(path, ["Configuration", "Tags", "Concurrency"]))")
            if let policy = try await answer("\(path)/policy")?["Policy"]?.string {
                let statements = try JSONValue(parsing: Array(policy.utf8))["Statement"]?.array ?? []
                lines += statements.map { "permission \(name) \(sorted($0).text)" }
            }
            for version in try await get("\(path)/versions", "Versions") {
                lines.append("version \(name) \(version["Version"]?.string ?? "")")
            }
            for alias in try await get("\(path)/aliases", "Aliases") {
                lines.append("alias \(name) \(sorted(alias).text)")
            }
        }
        for api in try await get("/v2/apis", "items") { lines += try await described(api) }
        lines += try await restDescribed()
        lines += try await identitiesDescribed()
        lines += try await logGroups()
        for (name, table) in await tables.tables {
            let ttl = await tables.timeToLive[name] ?? "none"
            let tags = await tables.tags[name] ?? [:]
            lines.append("table \(sorted(.object(table)).text) \(ttl) \(sorted(.object(tags)).text)")
        }
        // Tags of AWS's own have it in them.
        if let id = try await record?.stackId { lines = lines.map { $0.replacing(id, with: "(stack)") } }
        return lines.sorted()
    }

    private func logGroups() async throws -> [String] {
        guard case .body(let answer) = await logs.respond(to: "DescribeLogGroups", []) else { return ["no log groups"] }
        var lines: [String] = []
        for group in answer["logGroups"]?.array ?? [] {
            let name: JSONValue = ["logGroupName": group["logGroupName"] ?? .null]
            guard case .body(let tags) = await logs.respond(to: "ListTagsLogGroup", name.bytes) else { continue }
            lines.append("log group \(sorted(group).text) \(sorted(.object(tags)).text)")
        }
        return lines
    }

    private func described(_ api: JSONValue) async throws -> [String] {
        let id = api["apiId"]?.string ?? ""
        let name = api["name"]?.string ?? ""
        var lines = ["api \(id) \(sorted(api).text)"]
        let integrations = try await get("/v2/apis/\(id)/integrations", "items")
        let authorizers = try await get("/v2/apis/\(id)/authorizers", "items")
        lines += authorizers.map { "authorizer \(name) \(sorted($0).text)" }
        for route in try await get("/v2/apis/\(id)/routes", "items") {
            let integration = integrations.first {
                "integrations/\($0["integrationId"]?.string ?? "")" == route["target"]?.string
            }
            let authorizer = authorizers.first { $0["authorizerId"] == route["authorizerId"] }
            lines.append(
                "route \(name) \(sorted(route).text) -> \(sorted(integration ?? .null).text) by "
                    + (authorizer?["name"]?.string ?? "nobody"))
        }
        lines.append("integrations \(name) \(integrations.count)")
        lines += try await get("/v2/apis/\(id)/models", "items").map { "model \(name) \(sorted($0).text)" }
        lines += try await responses("/v2/apis/\(id)/routes", "routeresponses", of: "routeId")
        lines += try await responses("/v2/apis/\(id)/integrations", "integrationresponses", of: "integrationId")
        for stage in try await get("/v2/apis/\(id)/stages", "items") {
            // A stage that deploys by itself has a deployment of its own each time.
            var stage = stage.object ?? [:]
            if stage["autoDeploy"]?.bool == true { stage["deploymentId"] = nil }
            lines.append("stage \(name) \(sorted(.object(stage)).text)")
        }
        let deployments = try await get("/v2/apis/\(id)/deployments", "items")
        lines += deployments.filter { $0["autoDeployed"]?.bool != true }.map {
            "deployment \(name) \($0["deploymentId"]?.string ?? "")"
        }
        return lines
    }

    private func responses(_ path: String, _ collection: String, of member: String) async throws -> [String] {
        var lines: [String] = []
        for owner in try await get(path, "items") {
            lines += try await get("\(path)/\(owner[member]?.string ?? "")/\(collection)", "items")
                .map { "\(collection) \(sorted(owner).text) \(sorted($0).text)" }
        }
        return lines
    }

    func get(_ path: String, _ member: String) async throws -> [JSONValue] {
        try await answer(path)?[member]?.array ?? []
    }

    func answer(_ path: String) async throws -> JSONValue? {
        let response = await plane.respond(to: WireRequest(method: "GET", path: path))
        return response.status == 200 ? try JSONValue(parsing: response.body) : nil
    }

    private func text(_ path: String, _ members: [String]) async throws -> String {
        let answer = try await answer(path) ?? .null
        return members.map { sorted(answer[$0] ?? .null).text }.joined(separator: " ")
    }

    private static let madeAnew: Set<String> = [
        "authorizerId", "createdDate", "importInfo", "integrationId", "integrationResponseId",
        "lastDeploymentStatusMessage", "lastUpdated", "lastUpdatedDate", "LastModified", "modelId", "RevisionId",
        "routeId",
        "routeResponseId", "target", "warnings",
    ]

    func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            let members = object.filter { !Self.madeAnew.contains($0.key) && !isEmpty($0.value) }
            return .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
        case .array(let values): return .array(values.map(sorted))
        default: return value
        }
    }

    /// Emptied and never set read alike.
    private func isEmpty(_ value: JSONValue) -> Bool { value == [:] || value == "" || value == [] }
}
