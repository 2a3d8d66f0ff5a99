import GatewayModel
import JSON

/// What a stage must look like.
enum RestStageRules {
    static let cacheClusterSizes = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]

    static func checkName(_ name: String) throws(ServiceError) -> String {
        guard name.isWord(), name.utf8.count <= RESTQuotas.stageNameLength else {
            throw RESTError.badRequest("Stage name only allows a-zA-Z0-9_-")
        }
        return name
    }

    static func check(_ variables: OrderedMap<String>) throws(ServiceError) {
        guard variables.count <= RESTQuotas.stageVariables else {
            throw RESTError.badRequest("A stage can have at most \(RESTQuotas.stageVariables) stage variables.")
        }
        for (name, value) in variables { try checkVariable(name, value) }
    }

    static func checkVariable(_ name: String, _ value: String) throws(ServiceError) {
        guard name.utf8.count <= RESTQuotas.stageVariableNameLength, StageVariableExpression.isName(name) else {
            throw RESTError.badRequest(
                "Invalid stage variable name: \(name).  Please use names with only word characters.")
        }
        guard value.utf8.count <= RESTQuotas.stageVariableValueLength, StageMembers.isVariableValue(value) else {
            throw RESTError.badRequest(
                "Invalid stage variable value: \(value).  Please use values with alphanumeric characters and the "
                    + "symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.")
        }
    }

    static func percent(_ percent: Double) throws(ServiceError) -> Double {
        guard (0...100).contains(percent) else {
            throw RESTError.badRequest("Percent traffic must be between 0.0 and 100.0")
        }
        return percent
    }

    static func documentationVersion(_ version: String, of api: RESTAPI) throws(ServiceError) -> String {
        guard api.documentationVersions[version] != nil else { throw REST.DocumentationVersion.notFound(version) }
        return version
    }

    /// The deployment that a canary, or a patch of a stage, names.
    static func deployment(_ id: String?, of api: RESTAPI) throws(ServiceError) -> String {
        guard let id, api.deployments[id] != nil else { throw RESTError.badRequest("Deployment id does not exist") }
        return id
    }

    /// A cache is there as soon as it is switched on; the smallest, when no size was said.
    static func settleCache(_ stage: inout REST.Stage) {
        if stage.cacheClusterEnabled, stage.cacheClusterSize == nil { stage.cacheClusterSize = cacheClusterSizes[0] }
        stage.cacheClusterStatus = stage.cacheClusterEnabled ? "AVAILABLE" : "NOT_AVAILABLE"
    }
}
