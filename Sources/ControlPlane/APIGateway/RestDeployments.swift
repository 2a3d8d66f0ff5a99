import GatewayModel
import JSON

/// The operations on Deployment.
extension RESTOperations {
    static var deployments: [Operation] {
        let kit = RESTPartOperations<REST.Deployment>()
        return [
            kit.create("CreateDeployment", checking: checkCacheSize, createDeployment),
            reading("GetDeployment", api + "/deployments/{deployment_id}", unknown: noDeployment) {
                api, call throws(ServiceError) in
                var deployment = try api.find(REST.Deployment.self, call)
                if call.queryValues("embed").contains("apisummary") {
                    deployment.apiSummary = api.contents[deployment.id]?.summary
                }
                return try .json(deployment)
            },
            kit.list("GetDeployments"),
            kit.update("UpdateDeployment", PatchTable(.listed, [.text("/description", \.description)])),
            kit.delete("DeleteDeployment"),
        ]
    }

    private static func noDeployment(_ call: Call) -> ServiceError {
        REST.Deployment.notFound(call.path("deployment_id"))
    }

    private static func checkCacheSize(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        constraints.oneOf(
            try RestMembers(call).string("cacheClusterSize"), "createDeploymentInput.cacheClusterSize",
            RestStageRules.cacheClusterSizes)
    }

    private static func createDeployment(
        _ api: inout RESTAPI, _ members: RestMembers, _ call: Call
    ) throws(ServiceError) -> REST.Deployment {
        try api.checkDeployable(call)
        if call.refusesBrokenTemplates, let fault = api.content.templateFaults.first {
            throw RESTError.badRequest("Invalid mapping template: the \(fault)")
        }
        var deployment = REST.Deployment(
            id: api.freshId(of: REST.Deployment.self, call), createdDate: Int(call.now.seconds))
        deployment.description = try members.string("description")
        let stageName = try members.string("stageName")
        api.contents[deployment.id] = api.content
        if let canary = try members.members("canarySettings") {
            try deployCanary(deployment.id, canary, to: stageName, in: &api, call)
        } else if let stageName, !stageName.isEmpty {
            try deploy(deployment.id, members, to: stageName, in: &api, call)
        }
        return deployment
    }

    private static func deploy(
        _ id: String, _ members: RestMembers, to name: String, in api: inout RESTAPI, _ call: Call
    ) throws(ServiceError) {
        var stage = REST.Stage(
            stageName: try RestStageRules.checkName(name), deploymentId: id, createdDate: Int(call.now.seconds))
        if let old = api.stages[name] {
            guard old.canarySettings == nil else {
                throw RESTError.badRequest(
                    "Invalid deployment content specified.Non canary deployment not supported on stage \(name) because "
                        + "Canary is enabled. Provide CanarySettings in deploymentInput.")
            }
            stage = old
            stage.deploymentId = id
            stage.lastUpdatedDate = Int(call.now.seconds)
        }
        if let text = try members.string("stageDescription") { stage.description = text.isEmpty ? nil : text }
        try RestStageMembers.applyCommon(members, to: &stage)
        try api.put(stage)
    }

    private static func deployCanary(
        _ id: String, _ settings: RestMembers, to name: String?, in api: inout RESTAPI, _ call: Call
    ) throws(ServiceError) {
        let fault = "Invalid deployment content specified."
        guard let name, !name.isEmpty else {
            throw RESTError.badRequest(
                fault + "Non null and non empty stageName must be provided for canary deployment. Provided value is "
                    + (name ?? "null"))
        }
        guard var stage = api.stages[name] else {
            throw RESTError.badRequest(
                fault + "Stage \(name) must already be created before making a canary release deployment")
        }
        stage.canarySettings = try RestStageMembers.canary(settings, deploymentId: id)
        stage.lastUpdatedDate = Int(call.now.seconds)
        try api.put(stage)
    }
}

extension RESTAPI {
    /// There is something to deploy, and every method leads somewhere that is reached from here.
    fileprivate func checkDeployable(_ call: Call) throws(ServiceError) {
        var hasMethods = false
        for resource in resources {
            for (verb, method) in resource.resourceMethods ?? [:] {
                hasMethods = true
                guard let integration = method.methodIntegration else {
                    throw RESTError.badRequest("No integration defined for method")
                }
                // Reported of AWS, though not of which operation.
                guard api.policy == nil || CallCredentials(integration.credentials) != .callers else {
                    throw RESTError.badRequest("Caller provided credentials not allowed when resource policy is set")
                }
                if integration.type == "AWS",
                    let fault = call.services.fault(of: integration.uri ?? "", in: call.account)
                {
                    throw ServiceError.unsupported("The method \(verb) \(resource.path) \(fault).")
                }
            }
        }
        guard hasMethods else { throw RESTError.badRequest("The REST API doesn't contain any methods") }
    }
}

extension REST.DeploymentContent {
    /// What `embed=apisummary` asks for.
    fileprivate var summary: OrderedMap<OrderedMap<REST.MethodSnapshot>> {
        var summary: OrderedMap<OrderedMap<REST.MethodSnapshot>> = [:]
        for resource in resources {
            guard let methods = resource.resourceMethods, !methods.isEmpty else { continue }
            summary[resource.path] = OrderedMap(methods.map { ($0.key, REST.MethodSnapshot($0.value)) })
        }
        return summary
    }
}

extension REST.Deployment: RESTPart {
    static let kind = "rest.deployment"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.Deployment>> & Sendable { \.deployments }
    static var quota: Int? { RESTQuotas.deployments }
    static let collection = "deployments"
    static let parameter = "deployment_id"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid Deployment identifier specified")
    }

    func leave(_ api: inout RESTAPI) { api.contents[id] = nil }

    func checkDeletion(from api: RESTAPI) throws(ServiceError) {
        guard !api.stages.contains(where: { $0.deploymentId == id }) else {
            throw RESTError.badRequest("Active stages pointing to this deployment must be moved or deleted")
        }
        guard !api.stages.contains(where: { $0.canarySettings?.deploymentId == id }) else {
            throw RESTError.badRequest(
                "Active stages with canary settings pointing to this deployment must be moved or deleted")
        }
    }
}
