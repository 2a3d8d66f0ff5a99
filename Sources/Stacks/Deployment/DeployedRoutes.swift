/// The routes of the APIs of a stack, from the documents that were imported.
struct DeployedRoutes {
    let apis: [StackDeployment.Api]

    /// The properties are those with which the resources were made, by logical id.
    init(_ resources: [ProvisionedResource], _ properties: [String: TemplateMap]) {
        let functions = resources.compactMap { resource in
            resource.attributes["Arn"].map { (arn: $0, logicalId: resource.logicalId) }
        }
        let stages = resources.filter { $0.type == ResourceType.apiGatewayV2Stage.name }
        var apis: [StackDeployment.Api] = []
        for api in resources where api.type == ResourceType.apiGatewayV2Api.name {
            let paths = properties[api.logicalId]?["Body"]?.map?["paths"]?.map ?? TemplateMap()
            let routes = Self.routes(paths, functions)
            for stage in stages where properties[stage.logicalId]?["ApiId"]?.text == api.physicalId {
                apis.append(
                    StackDeployment.Api(
                        logicalId: api.logicalId, apiId: api.physicalId, stageName: stage.physicalId, routes: routes))
            }
        }
        self.apis = apis
    }

    private static let methods: Set<String> = ["delete", "get", "head", "options", "patch", "post", "put"]

    private static func routes(
        _ paths: TemplateMap, _ functions: [(arn: String, logicalId: String)]
    ) -> [StackDeployment.Route] {
        paths.entries.flatMap { path in
            (path.value.map?.entries ?? []).compactMap { operation in
                let isAny = operation.key == HttpApiDefinition.anyMethod
                guard isAny || methods.contains(operation.key.lowercased()) else { return nil }
                let uri = operation.value.map?["x-amazon-apigateway-integration"]?.map?["uri"]?.text ?? ""
                return StackDeployment.Route(
                    method: isAny ? "ANY" : operation.key.uppercased(), path: routePath(path.key),
                    functionLogicalId: functions.first { uri.contains("/functions/\($0.arn)/") }?.logicalId)
            }
        }
    }

    /// SAM writes `$default` and the importer takes `/$default` as well.
    private static func routePath(_ path: String) -> String {
        path == "/\(HttpApiDefinition.defaultPath)" ? HttpApiDefinition.defaultPath : path
    }
}
