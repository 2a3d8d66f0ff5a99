import JSON

/// The routes of REST APIs: methods of resources.
extension DeployedRoutes {
    static func methods(
        _ api: StackResource, _ resources: [StackResource], _ functions: [StackResource]
    ) -> [Route] {
        let paths = paths(api, resources)
        return resources.compactMap { method -> Route? in
            guard method.type == ResourceType.apiGatewayMethod.name,
                method.properties["RestApiId"]?.string == api.physicalId,
                let path = method.properties["ResourceId"]?.string.flatMap({ paths[$0] }),
                let verb = method.properties["HttpMethod"]?.string
            else { return nil }
            let uri = method.properties["Integration"]?["Uri"]?.string
            return Route(
                shown: StackDeployment.Route(
                    method: verb, path: path, functionLogicalId: function(uri, functions),
                    needs: needs(of: method.properties, resources)), meaning: method.properties)
        }
    }

    /// The paths of an API's resources by their ids. A resource comes after the one that it is below.
    private static func paths(_ api: StackResource, _ resources: [StackResource]) -> [String: String] {
        guard let root = api.attributes["RootResourceId"] else { return [:] }
        var paths = [root: "/"]
        for resource in resources where resource.type == ResourceType.apiGatewayResource.name {
            guard let parent = resource.properties["ParentId"]?.string.flatMap({ paths[$0] }),
                let part = resource.properties["PathPart"]?.string
            else { continue }
            paths[resource.physicalId] = parent == "/" ? "/\(part)" : "\(parent)/\(part)"
        }
        return paths
    }
}
