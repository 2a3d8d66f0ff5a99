import GatewayModel
import JSON

/// The operations on Integration.
extension RESTOperations {
    static let integration = method + "/integration"

    static var integrations: [Operation] {
        [
            changingMethod("PutIntegration", .put, integration, success: 201, checking: checkModel) {
                method, api, call throws(ServiceError) in
                var made = try RestIntegrationMembers.make(try RestMembers(call))
                made.cacheNamespace = made.cacheNamespace ?? call.path("resource_id")
                try RestIntegrationRules.check(&made, of: method, call.limits)
                method.methodIntegration = made
                return try .json(made)
            },
            readingMethod("GetIntegration", integration) { method, _ throws(ServiceError) in
                try .json(try method.integration())
            },
            patchingMethod("UpdateIntegration", integration) { method, _, patches, call throws(ServiceError) in
                var changed = try method.integration()
                try RestIntegrationPatches.table.apply(patches, to: &changed)
                try RestIntegrationRules.check(&changed, of: method, call.limits)
                method.methodIntegration = changed
                return try .json(changed)
            },
            changingMethod("DeleteIntegration", .delete, integration, success: 204) {
                method, _, _ throws(ServiceError) in
                _ = try method.integration()
                method.methodIntegration = nil
                return .empty
            },
        ]
    }

    /// The orders are the service's where a recording shows them.
    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        let members = try RestMembers(call)
        let input = "putIntegrationInput."
        constraints.present(try members.string("type"), input + "type")
        constraints.oneOf(
            try members.string("type"), input + "type", ["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"])
        constraints.oneOf(
            try members.string("connectionType"), input + "connectionType", ["INTERNET", "VPC_LINK"])
        constraints.oneOf(
            try members.string("contentHandling"), input + "contentHandling",
            ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"])
        constraints.oneOf(
            try members.string("responseTransferMode"), input + "responseTransferMode", ["BUFFERED", "STREAM"])
    }
}

extension REST.Method {
    func integration() throws(ServiceError) -> REST.Integration {
        guard let methodIntegration else { throw RESTError.noIntegration }
        return methodIntegration
    }
}

enum RestIntegrationMembers {
    static func make(_ members: RestMembers) throws(ServiceError) -> REST.Integration {
        var made = REST.Integration(type: try members.string("type") ?? "")
        made.httpMethod = try members.string("httpMethod")
        made.uri = try members.string("uri")
        made.connectionType = try members.string("connectionType")
        made.connectionId = try members.string("connectionId")
        made.credentials = try members.string("credentials")
        made.requestParameters = try members.map("requestParameters")
        made.requestTemplates = try members.optionalMap("requestTemplates")
        if let behavior = try members.string("passthroughBehavior"), !behavior.isEmpty {
            made.passthroughBehavior = behavior
        }
        if let namespace = try members.string("cacheNamespace"), !namespace.isEmpty { made.cacheNamespace = namespace }
        made.cacheKeyParameters = try members.strings("cacheKeyParameters") ?? []
        made.contentHandling = try members.string("contentHandling")
        made.responseTransferMode = try members.string("responseTransferMode")
        made.timeoutInMillis = try members.integer("timeoutInMillis") ?? made.timeoutInMillis
        if let tls = try members.members("tlsConfig") {
            made.tlsConfig = REST.TlsConfig(
                insecureSkipVerification: try tls.bool("insecureSkipVerification") ?? false)
        }
        made.integrationTarget = try members.string("integrationTarget")
        return made
    }
}

/// What UpdateIntegration may change.
enum RestIntegrationPatches {
    static let table = PatchTable<REST.Integration>(
        .plain,
        [
            .text("/httpMethod", \.httpMethod),
            .text("/uri", \.uri),
            .text("/connectionId", \.connectionId),
            .text("/connectionType", \.connectionType),
            .text("/contentHandling", \.contentHandling),
            .text("/credentials", \.credentials),
            .text("/integrationTarget", \.integrationTarget),
            .text("/responseTransferMode", \.responseTransferMode),
            .text("/cacheNamespace", \.cacheNamespace),
            PatchRule("/passthroughBehavior", [.replace]) { integration, step throws(ServiceError) in
                integration.passthroughBehavior = step.text ?? "WHEN_NO_MATCH"
            },
            PatchRule("/timeoutInMillis", [.replace]) { integration, step throws(ServiceError) in
                integration.timeoutInMillis = try step.integer()
            },
            PatchRule("/tlsConfig/insecureSkipVerification", [.replace]) { integration, step throws(ServiceError) in
                integration.tlsConfig = REST.TlsConfig(insecureSkipVerification: step.bool)
            },
            .entries("/requestParameters/<name>", \.requestParameters, missing: RESTError.noParameter) {
                step throws(ServiceError) in step.value ?? ""
            },
            .entries("/requestTemplates/<mediaType>", \.requestTemplates, missing: nil) {
                step throws(ServiceError) in try MediaTypes.template(step.value)
            },
            PatchRule("/cacheKeyParameters/<name>", [.add, .replace, .remove]) { integration, step in
                integration.cacheKeyParameters.removeAll { $0 == step.name }
                if step.op != .remove { integration.cacheKeyParameters.append(step.name) }
            },
        ])
}
