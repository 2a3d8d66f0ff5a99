import JSON

/// What callers of routes have to show.
extension DeployedRoutes {
    private static let signature = "a signature"
    private static let key = "an API key"

    /// Of an operation of a document. Some names are SAM's own, among them those that lift a need.
    static func needs(of operation: JSONValue) -> [String] {
        (operation["security"]?.array ?? []).flatMap { $0.object?.keys ?? [] }.compactMap { name in
            switch name {
            case ServerlessHttpApiAuth.none, "api_key_false": nil
            case "api_key": key
            case ServerlessHttpApiAuth.iam: signature
            default: name
            }
        }
    }

    /// Of a route or a method that is a resource.
    static func needs(of properties: JSONValue, _ resources: [StackResource]) -> [String] {
        var needs: [String] = []
        switch properties["AuthorizationType"]?.string ?? "NONE" {
        case "NONE": break
        case "AWS_IAM": needs.append(signature)
        case let type:
            let authorizer = resources.first {
                $0.type.hasSuffix("::Authorizer") && $0.physicalId == properties["AuthorizerId"]?.string
            }
            needs.append(authorizer?.properties["Name"]?.string ?? type)
        }
        let isKeyNeeded = properties["ApiKeyRequired"]
        if isKeyNeeded?.bool == true || isKeyNeeded == "true" { needs.append(key) }
        return needs
    }
}
