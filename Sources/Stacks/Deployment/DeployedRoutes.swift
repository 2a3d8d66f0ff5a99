import JSON

/// The routes of the APIs of a stack: of documents that were imported, of route resources, of quick create.
struct DeployedRoutes {
    struct Route {
        let shown: StackDeployment.Route
        /// All that says where the route leads.
        let meaning: JSONValue
    }

    private let routes: [String: [Route]]
    private let resources: [StackResource]

    init(_ resources: [StackResource]) {
        self.resources = resources
        let functions = resources.filter { $0.type == ResourceType.lambdaFunction.name }
        var routes: [String: [Route]] = [:]
        for api in resources where api.type == ResourceType.apiGatewayV2Api.name {
            routes[api.logicalId] =
                Self.imported(api, functions) + Self.separate(api, resources, functions)
                + Self.quick(api, functions)
        }
        for api in resources where api.type == ResourceType.apiGatewayRestApi.name {
            routes[api.logicalId] = Self.imported(api, functions) + Self.methods(api, resources, functions)
        }
        self.routes = routes
    }

    /// Each API at each of its stages.
    var apis: [StackDeployment.Api] {
        var apis: [StackDeployment.Api] = []
        for api in resources where api.type == ResourceType.apiGatewayV2Api.name {
            var stages = resources.filter {
                $0.type == ResourceType.apiGatewayV2Stage.name && $0.properties["ApiId"]?.string == api.physicalId
            }.map(\.physicalId)
            if api.properties["Target"] != nil { stages.insert("$default", at: 0) }
            apis += stages.map { stage in
                StackDeployment.Api(
                    logicalId: api.logicalId, apiId: api.physicalId, stageName: stage,
                    isWebSocket: Self.isWebSocket(api), routes: (routes[api.logicalId] ?? []).map(\.shown))
            }
        }
        return apis + restApis
    }

    private static func isWebSocket(_ api: StackResource) -> Bool { api.properties["ProtocolType"] == "WEBSOCKET" }

    /// Each REST API at each of its stages: those of stage resources, and those that deployments make.
    private var restApis: [StackDeployment.Api] {
        resources.filter { $0.type == ResourceType.apiGatewayRestApi.name }.flatMap { api in
            var stages: [String] = []
            for resource in resources where resource.properties["RestApiId"]?.string == api.physicalId {
                let isStage = resource.type == ResourceType.apiGatewayStage.name
                let isDeployment = resource.type == ResourceType.apiGatewayDeployment.name
                let made = isDeployment ? resource.properties["StageName"]?.string : nil
                guard let name = isStage ? resource.physicalId : made, !stages.contains(name) else { continue }
                stages.append(name)
            }
            // The stage that SAM's deployments make beside the template's own is nobody's to call.
            if stages.count > 1 { stages.removeAll { $0 == ServerlessApi.extraStage } }
            return stages.map { stage in
                StackDeployment.Api(
                    logicalId: api.logicalId, apiId: api.physicalId, stageName: stage,
                    routes: (routes[api.logicalId] ?? []).map(\.shown))
            }
        }
    }

    /// How many routes are new, gone, or lead elsewhere.
    static func changes(from old: [StackResource], to new: [StackResource]) -> Int {
        let (before, after) = (DeployedRoutes(old).meanings, DeployedRoutes(new).meanings)
        return Set(before.keys).union(after.keys).count { key in
            guard let old = before[key], let new = after[key] else { return true }
            return !PropertyDifference.isSame(old, new)
        }
    }

    private var meanings: [String: JSONValue] {
        var meanings: [String: JSONValue] = [:]
        for (api, routes) in routes {
            for route in routes { meanings["\(api) \(route.shown.method) \(route.shown.path)"] = route.meaning }
        }
        return meanings
    }

    private static let methods: Set<String> = ["delete", "get", "head", "options", "patch", "post", "put"]

    static func imported(_ api: StackResource, _ functions: [StackResource]) -> [Route] {
        (api.properties["Body"]?["paths"]?.object ?? [:]).flatMap { path, operations in
            (operations.object ?? [:]).compactMap { method, operation in
                let isAny = method == HttpApiDefinition.anyMethod
                guard isAny || methods.contains(method.lowercased()) else { return nil }
                let uri = operation["x-amazon-apigateway-integration"]?["uri"]?.string
                let shown = StackDeployment.Route(
                    method: isAny ? "ANY" : method.uppercased(), path: routePath(path),
                    functionLogicalId: function(uri, functions), needs: needs(of: operation))
                return Route(shown: shown, meaning: operation)
            }
        }
    }

    private static func separate(
        _ api: StackResource, _ resources: [StackResource], _ functions: [StackResource]
    ) -> [Route] {
        resources.compactMap { route -> Route? in
            guard route.type == ResourceType.apiGatewayV2Route.name,
                route.properties["ApiId"]?.string == api.physicalId, let key = route.properties["RouteKey"]?.string
            else { return nil }
            let target = route.properties["Target"]?.string ?? ""
            let integration = resources.first {
                $0.type == ResourceType.apiGatewayV2Integration.name && target == "integrations/\($0.physicalId)"
            }
            let uri = integration?.properties["IntegrationUri"]?.string
            return Route(
                shown: shown(
                    key, function(uri, functions), needs(of: route.properties, resources),
                    isWebSocket: isWebSocket(api)),
                meaning: [
                    route.properties, integration?.properties ?? .null,
                    .array(responses(of: route, integration, resources)),
                ])
        }
    }

    /// What is made of the answers of a WebSocket API's route.
    private static func responses(
        of route: StackResource, _ integration: StackResource?, _ resources: [StackResource]
    ) -> [JSONValue] {
        resources.filter { response in
            switch response.type {
            case ResourceType.apiGatewayV2RouteResponse.name:
                response.properties["RouteId"]?.string == route.physicalId
            case ResourceType.apiGatewayV2IntegrationResponse.name:
                integration != nil && response.properties["IntegrationId"]?.string == integration?.physicalId
            default: false
            }
        }.map(\.properties)
    }

    private static func quick(_ api: StackResource, _ functions: [StackResource]) -> [Route] {
        guard let target = api.properties["Target"]?.string else { return [] }
        let key = api.properties["RouteKey"]?.string ?? "$default"
        return [Route(shown: shown(key, function(target, functions)), meaning: .string(target))]
    }

    private static func shown(
        _ key: String, _ functionLogicalId: String?, _ needs: [String] = [], isWebSocket: Bool = false
    ) -> StackDeployment.Route {
        if isWebSocket {
            return StackDeployment.Route(method: "", path: key, functionLogicalId: functionLogicalId, needs: needs)
        }
        let parts = key.split(separator: " ", maxSplits: 1)
        return StackDeployment.Route(
            method: parts.count == 2 ? String(parts[0]) : "ANY", path: String(parts.last ?? ""),
            functionLogicalId: functionLogicalId, needs: needs)
    }

    /// The function of the stack that an integration's URI names, by its ARN alone or within API Gateway's.
    static func function(_ uri: String?, _ functions: [StackResource]) -> String? {
        guard let uri else { return nil }
        return functions.first { function in
            guard let arn = function.attributes["Arn"] else { return false }
            return uri == arn || uri.hasPrefix("\(arn):") || uri.contains("/functions/\(arn)/")
                || uri.contains("/functions/\(arn):")
        }?.logicalId
    }

    /// SAM writes `$default` and the importer takes `/$default` as well.
    private static func routePath(_ path: String) -> String {
        path == "/\(HttpApiDefinition.defaultPath)" ? HttpApiDefinition.defaultPath : path
    }
}
