import GatewayModel
import JSON
import OpenAPIDocument

extension Operation {
    /// What a call of it does.
    func permissions(_ call: Call, _ world: World) -> [Permission] {
        switch service {
        case .apigateway: apiGatewayPermissions(call, world)
        case .lambda: lambdaPermissions(call)
        }
    }

    /// The verb on the path. An API's policy and roles that are handed over need more.
    private func apiGatewayPermissions(_ call: Call, _ world: World) -> [Permission] {
        func arn(_ path: String) -> String {
            "arn:\(call.account.partition):apigateway:\(call.account.region)::\(path)"
        }
        let resource = arn(path(of: call))
        let handed = HandedOver(call, name)
        var needed = [Permission("apigateway:\(method.rawValue)", on: resource)]
        // A document without a policy takes away the one that its API has.
        let takesPolicy =
            name == "PutRestApi" && call.query("mode") == "overwrite"
            && world[RESTAPI.self, call.path("restapi_id")]?.api.policy != nil
        if handed.hasPolicy || takesPolicy { needed.append(Permission("apigateway:UpdateRestApiPolicy", on: resource)) }
        if let permission = functionPermission(call, handed.object, world) { needed.append(permission) }
        // What is copied is shown.
        if name == "CreateRestApi", let source = handed.object["cloneFrom"]?.string {
            needed.append(Permission("apigateway:GET", on: arn("/restapis/\(source)")))
        }
        if method == .post, handed.hasTags {
            // Recorded so: what is made has no id yet. Version 1 tags with PUT, version 2 with POST.
            let verb = self.path.hasPrefix("/v2/") ? method.rawValue : "PUT"
            let tags = "/tags/\(PercentEncoding.encode(resource + "/"))*"
            needed.append(Permission("apigateway:\(verb)", on: arn(tags)))
        }
        return needed + handed.roles.map { .passRole($0, to: "apigateway.amazonaws.com") }
    }

    /// What is done with a function by the way.
    private func functionPermission(_ call: Call, _ object: JSONObject, _ world: World) -> Permission? {
        switch name {
        // A method that calls its function with its caller's credentials is tested with those of who tests it.
        case "TestInvokeMethod":
            let resource = world[RESTAPI.self, call.path("restapi_id")]?.resources[call.path("resource_id")]
            let methods = resource?.resourceMethods
            let integration = (methods?[call.path("http_method")] ?? methods?["ANY"])?.methodIntegration
            var variables = OrderedMap<String>()
            for (name, value) in object["stageVariables"]?.object?.members ?? [] { variables[name] = value.string }
            guard let integration, CallCredentials(integration.credentials, variables) == .callers else { return nil }
            let uri = LambdaURI(StageVariables.fill(integration.uri ?? "", variables), isREST: true)
            let function = uri?.functionName.map { call.account.functionARN($0) }
            return Permission("lambda:InvokeFunction", on: function ?? "*")
        // Quick create lets API Gateway call the function.
        case "CreateApi", "UpdateApi":
            guard let function = object["target"]?.string.flatMap({ LambdaURI($0)?.functionName }),
                CallCredentials(object["credentialsArn"]?.string) == .own
            else { return nil }
            return Permission("lambda:AddPermission", on: call.account.functionARN(function))
        default: return nil
        }
    }

    /// As ARNs have it: without the version, and with its parameters decoded, but for ARNs in it.
    private func path(of call: Call) -> String {
        var parts = path.prefix { $0 != "?" }.split(separator: "/")
        if parts.first == "v2" { parts.removeFirst() }
        return parts.map { part in
            guard part.hasPrefix("{") else { return "/\(part)" }
            let name = String(part.dropFirst().dropLast())
            let value = call.path(name)
            return "/" + (value.hasPrefix("arn:") ? PercentEncoding.encode(value) : value)
        }.joined()
    }
}

/// What the body of a call hands over that the caller needs permissions of its own for.
private struct HandedOver {
    /// The body, where it is no document; empty where it is no object.
    private(set) var object: JSONObject = [:]
    private(set) var roles: [String] = []
    private(set) var hasPolicy = false
    private(set) var hasTags = false

    private static let roleMembers = [
        "credentials", "authorizerCredentials", "credentialsArn", "authorizerCredentialsArn",
    ]

    init(_ call: Call, _ operation: String) {
        guard !call.body.isEmpty else { return }
        switch operation {
        case "ImportRestApi", "PutRestApi": document(String(decoding: call.body, as: UTF8.self), call.account)
        case "ImportApi", "ReimportApi":
            if let text = (try? call.object())?["body"]?.string { document(text, call.account) }
        default:
            object = (try? call.object()) ?? [:]
            members(operation)
        }
    }

    private mutating func members(_ operation: String) {
        for name in Self.roleMembers { take(object[name]) }
        if let policy = object["policy"], !policy.isNull { hasPolicy = true }
        if operation.hasPrefix("Create") || operation.hasPrefix("Generate") {
            hasTags = SystemTags.hasOthers(object["tags"])
        }
        for patch in object["patchOperations"]?.array ?? [] {
            let path = patch["path"]?.string ?? ""
            if path == "/policy" { hasPolicy = true }
            let name = path.split(separator: "/").last ?? ""
            if name == "cloudwatchRoleArn" || Self.roleMembers.contains(String(name)) { take(patch["value"]) }
        }
    }

    private mutating func document(_ text: String, _ account: AccountIdentity) {
        let handed = DocumentRoles(text, account: account)
        roles += handed.roles.filter(Self.isRole)
        hasPolicy = handed.hasPolicy
    }

    private mutating func take(_ value: JSONValue?) {
        if let role = value?.string, Self.isRole(role) { roles.append(role) }
    }

    /// Whatever is not the caller's own credentials (`arn:aws:iam::*:user/*`).
    private static func isRole(_ arn: String) -> Bool {
        if case .role = CallCredentials(arn) { true } else { false }
    }
}
