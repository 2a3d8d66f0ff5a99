import GatewayModel
package import JSON

/// The stages of REST APIs, for `gatehouse diff` and `gatehouse rollback`.
extension StackClient {
    /// What calls would meet otherwise if the API were deployed to the stage as it is now.
    package func undeployed(api: String, stage: String) async throws(Refusal) -> JSONValue {
        let (api, stage) = (PercentEncoding.encode(api), PercentEncoding.encode(stage))
        return try await call("GET", "/_gatehouse/restapis/\(api)/stages/\(stage)/changes")
    }

    /// UpdateStage: what the stage is afterwards comes back.
    package func put(deployment: String, onStage stage: String, of apiId: String) async throws(Refusal) -> JSONValue {
        let path = "/restapis/\(PercentEncoding.encode(apiId))/stages/\(PercentEncoding.encode(stage))"
        let patch: JSONValue = ["op": "replace", "path": "/deploymentId", "value": .string(deployment)]
        return try await call("PATCH", path, ["patchOperations": [patch]])
    }
}
