/// Every management operation that is served, or known and refused, one line per resource.
package enum AllOperations {
    package static let list: [Operation] =
        V2Operations.apis + V2Operations.routes + V2Operations.routeResponses + V2Operations.integrations
        + V2Operations.integrationResponses + V2Operations.models + V2Operations.authorizers
        + V2Operations.stages + V2Operations.deployments + V2Operations.documents + V2Operations.tags
        + V2Operations.vpcLinks + V2Operations.emptyLists + V2Operations.refused
        + RESTOperations.restApis + RESTOperations.resources + RESTOperations.methods + RESTOperations.methodResponses
        + RESTOperations.integrations + RESTOperations.integrationResponses + RESTOperations.deployments
        + RESTOperations.stages + RESTOperations.models + RESTOperations.requestValidators
        + RESTOperations.gatewayResponses + RESTOperations.authorizers + RESTOperations.apiKeys
        + RESTOperations.usagePlans + RESTOperations.usagePlanKeys + RESTOperations.usage + RESTOperations.account
        + RESTOperations.tags + RESTOperations.clientCertificates + RESTOperations.documentationParts
        + RESTOperations.documentationVersions + RESTOperations.vpcLinks + RESTOperations.sdkTypes
        + RESTOperations.documents + RESTOperations.testInvocations + RESTOperations.refused
        + LambdaOperations.functions + LambdaOperations.invoke
        + LambdaOperations.invokeWithResponseStream + LambdaOperations.layers + LambdaOperations.layerPermissions
        + LambdaOperations.versions + LambdaOperations.aliases
        + LambdaOperations.permissions + LambdaOperations.concurrency + LambdaOperations.tags
        + LambdaOperations.emptyLists + LambdaOperations.refused

    static let table = OperationTable(list)

    /// The service that a call means by its method and path, as its clients sign; nil when there is none.
    package static func service(method: String, path: String, query: String) -> String? {
        guard case .found(let operation, _) = table.match(method: method, path: path, query: query) else { return nil }
        return operation.service.rawValue
    }

    /// The operation that a call means by its method and path; nil when there is none.
    package static func named(method: String, path: String) -> String? {
        guard case .found(let operation, _) = table.match(method: method, path: path) else { return nil }
        return operation.name
    }
}
