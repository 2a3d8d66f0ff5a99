import GatewayModel
import JSON

/// The members of CreateApi and UpdateApi: read, checked and put on an API. Only what is present changes anything.
enum APIMembers {
    static func apply(_ members: RequestMembers, to api: inout V2.Api) throws(ServiceError) {
        if api.isWebSocket {
            try WebSocketApiMembers.apply(members, to: &api)
        } else {
            try refuseUnsupported(members)
        }
        if let name = try members.string("name") {
            guard !name.isEmpty, name.unicodeScalars.count <= V2Quotas.apiNameLength else {
                throw V2Error.badRequest("Invalid API name specified")
            }
            api.name = name
        }
        if let text = try members.string("description", upTo: V2Quotas.descriptionLength) {
            api.description = text.isEmpty ? nil : text
        }
        if let text = try members.string("version", upTo: V2Quotas.versionLength) {
            api.version = text.isEmpty ? nil : text
        }
        if let members = try members.object("corsConfiguration") {
            let cors = try CorsRules.read(members)
            api.corsConfiguration = cors == V2.Cors() ? nil : cors
        }
        if let isDisabled = try members.bool("disableExecuteApiEndpoint") { api.disableExecuteApiEndpoint = isDisabled }
        if let type = try members.string("ipAddressType") {
            guard type == "ipv4" || type == "dualstack" else {
                throw V2Error.badRequest("Invalid ipAddressType specified. Must be one of [ipv4, dualstack]")
            }
            api.ipAddressType = type
        }
        if !api.isWebSocket, let expression = try members.string("routeSelectionExpression") {
            guard routeSelectionExpressions.contains(expression) else {
                throw V2Error.badRequest(
                    "Route selection expression is currently limited to \"${request.method} ${request.path}\"")
            }
            api.routeSelectionExpression = expression
        }
    }

    /// A fresh API as it reads back before anything is set.
    static func make(
        _ protocolType: String, name: String, _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> V2.Api {
        let id = try freshId(control, call)
        var api = V2.Api(apiId: id, name: name, protocolType: protocolType)
        api.apiEndpoint = "\(api.isWebSocket ? "wss" : "https")://\(id).\(call.account.executeAPIDomain)"
        api.apiKeySelectionExpression = apiKeySelectionExpression
        api.createdDate = call.timestamp
        api.disableExecuteApiEndpoint = false
        api.ipAddressType = "ipv4"
        if !api.isWebSocket { api.routeSelectionExpression = routeSelectionExpressions[0] }
        api.tags = [:]
        return api
    }

    /// An id that no API has: the one that the call has chosen, or any.
    private static func freshId(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> String {
        let world = control.world
        guard world.apis.count < V2Quotas.apis else {
            throw ServiceError(
                "TooManyRequestsException", status: 429,
                "Maximum number of APIs for this account has been reached.")
        }
        if let id = call.chosenId, world[HTTPAPI.self, id] == nil { return id }
        while true {
            let id = Identifiers.api()
            if world[HTTPAPI.self, id] == nil { return id }
        }
    }

    private static let routeSelectionExpressions = [
        "$request.method $request.path", "${request.method} ${request.path}",
    ]
    static let apiKeySelectionExpression = "$request.header.x-api-key"

    /// HTTP APIs have no API keys, so the expression's default is the only value that promises nothing; Terraform
    /// always sends it.
    private static func refuseUnsupported(_ members: RequestMembers) throws(ServiceError) {
        if let expression = try members.string("apiKeySelectionExpression"), expression != apiKeySelectionExpression {
            throw V2Error.onlyFor(webSocket: true, "The member apiKeySelectionExpression")
        }
        if try members.bool("disableSchemaValidation") == true {
            throw V2Error.onlyFor(webSocket: true, "The member disableSchemaValidation")
        }
    }
}
