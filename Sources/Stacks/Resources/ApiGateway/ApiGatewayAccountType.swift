import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayAccount = ResourceType(
        name: "AWS::ApiGateway::Account", attributes: ["Id"],
        rules: PropertyRules(type: "AWS::ApiGateway::Account", supported: ["CloudWatchRoleArn": .text]),
        replacedBy: [], behaviour: ApiGatewayAccountType())
}

/// AWS::ApiGateway::Account: UpdateAccount. There is one account, which stays when the resource goes, with what it was
/// told; only what is taken back goes back to the role before.
private struct ApiGatewayAccountType: ResourceBehaviour {
    private static let previous = "gatehouse:PreviousRoleArn"

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        var preparation = ResourcePreparation(physicalId: request.madeUpName)
        let account = try await request.call("GetAccount", "GET", ["account"])
        preparation.attributes[Self.previous] = account["cloudwatchRoleArn"]?.string ?? ""
        return preparation
    }

    /// Setting the role again changes nothing, so whether it was set need not be known.
    func find(_ request: ResourceRequest) -> [ProvisionedResource] {
        [request.provisioned(request.preparation.physicalId, ["Id": request.preparation.physicalId])]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        try await set(try request.properties.text("CloudWatchRoleArn")?.string ?? "", request)
        return request.provisioned(request.preparation.physicalId, ["Id": request.preparation.physicalId])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        try await set(try update.request.properties.text("CloudWatchRoleArn")?.string ?? "", update.request)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        guard deletion.isUndone, let previous = deletion.attributes[Self.previous] else { return }
        try await set(previous, deletion)
    }

    private func set(_ role: String, _ calls: some ResourceCalls) async throws(ResourceFailure) {
        var patches = RestPatches()
        patches.replace("/cloudwatchRoleArn", role)
        try await calls.patch("UpdateAccount", ["account"], patches)
    }
}
