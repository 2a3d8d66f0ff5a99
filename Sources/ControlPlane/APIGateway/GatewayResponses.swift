import GatewayModel
import JSON

/// The operations on GatewayResponse.
extension RESTOperations {
    static var gatewayResponses: [Operation] {
        let collection = api + "/gatewayresponses"
        let item = collection + "/{response_type}"
        return [
            reading("GetGatewayResponses", collection) { api, call throws(ServiceError) in
                try RestPage.reply(
                    GatewayResponseDefaults.types.keys.sorted().map { api.gatewayResponse($0) }, call, key: \.key)
            },
            reading("GetGatewayResponse", item, checking: checkType) { api, call throws(ServiceError) in
                try .json(api.gatewayResponse(call.path("response_type")))
            },
            changing("PutGatewayResponse", .put, item, success: 201, checking: checkPut) {
                api, call throws(ServiceError) in
                let members = try RestMembers(call)
                let type = call.path("response_type")
                var response = GatewayResponseDefaults.response(type)
                response.defaultResponse = false
                response.statusCode = try members.string("statusCode") ?? response.statusCode
                if let parameters = try members.map("responseParameters") { response.responseParameters = parameters }
                if let templates = try members.map("responseTemplates") { response.responseTemplates = templates }
                try GatewayResponseRules.check(response)
                try api.put(response)
                return try .json(response)
            },
            patching("UpdateGatewayResponse", item, checking: checkType) { api, patches, call throws(ServiceError) in
                var response = api.gatewayResponse(call.path("response_type"))
                response.defaultResponse = false
                try gatewayResponsePatches.apply(patches, to: &response)
                response.responseParameters = response.responseParameters ?? [:]
                response.responseTemplates = response.responseTemplates ?? [:]
                try GatewayResponseRules.check(response)
                try api.put(response)
                return try .json(response)
            },
            changing("DeleteGatewayResponse", .delete, item, success: 202, checking: checkType) {
                api, call throws(ServiceError) in
                api.remove(try api.find(REST.GatewayResponse.self, call))
                return .empty
            },
        ]
    }

    private static func checkType(_ constraints: inout Constraints, _ call: Call) {
        constraints.oneOf(call.path("response_type"), "responseType", GatewayResponseDefaults.order)
    }

    private static func checkPut(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        constraints.pattern(
            try RestMembers(call).string("statusCode"), "putGatewayResponseInput.statusCode", #"[1-5]\d\d"#,
            GatewayResponseRules.isStatusCode)
        checkType(&constraints, call)
    }

    private static let gatewayResponsePatches = PatchTable<REST.GatewayResponse>(
        .pathOnly,
        [
            PatchRule("/statusCode", [.replace]) { response, step throws(ServiceError) in
                guard let code = step.value, GatewayResponseRules.isStatusCode(code) else { throw step.invalidValue }
                response.statusCode = code
            },
            .entries("/responseParameters/<name>", \.responseParameters, missing: RESTError.noParameter) {
                step throws(ServiceError) in
                try GatewayResponseRules.present(step.value, "responseParameters")
            },
            .entries("/responseTemplates/<mediaType>", \.responseTemplates, missing: RESTError.noContentType) {
                step throws(ServiceError) in
                try GatewayResponseRules.present(step.value, "responseTemplates")
            },
        ])
}

extension RESTAPI {
    /// What the API has set, or else what its DEFAULT_4XX or DEFAULT_5XX says, or else what every API begins with.
    func gatewayResponse(_ type: String) -> REST.GatewayResponse {
        if let own = gatewayResponses[type] { return own }
        var response = GatewayResponseDefaults.response(type)
        let general = response.statusCode?.hasPrefix("4") == true ? "DEFAULT_4XX" : "DEFAULT_5XX"
        if type != general, response.statusCode != nil, let inherited = gatewayResponses[general] {
            response.statusCode = inherited.statusCode ?? response.statusCode
            response.responseParameters = inherited.responseParameters
            response.responseTemplates = inherited.responseTemplates
        }
        return response
    }
}

enum GatewayResponseRules {
    static func check(_ response: REST.GatewayResponse) throws(ServiceError) {
        for (key, source) in response.responseParameters ?? [:] {
            guard let place = MappingPlace(key, of: "gatewayresponse"), place.kind == .header else {
                throw RESTError.invalidMapping("Invalid mapping expression specified: \(key)")
            }
            try checkSource(source)
        }
        for (type, template) in response.responseTemplates ?? [:] {
            try MediaTypes.check(type)
            guard template.utf8.count <= RESTQuotas.templateBytes else {
                throw RESTError.badRequest("A template can have at most \(RESTQuotas.templateBytes) bytes.")
            }
        }
    }

    private static func checkSource(_ source: String) throws(ServiceError) {
        if let place = MappingPlace(source, of: "method.request"), place.kind != .body { return }
        guard RestMappings.isGeneral(source) else {
            throw RESTError.invalidMapping("Invalid mapping expression specified: \(source)")
        }
    }

    static func present(_ value: String?, _ member: String) throws(ServiceError) -> String {
        guard let value, !value.isEmpty else {
            throw RESTError.badRequest("Invalid null or empty value in \(member)")
        }
        return value
    }

    static func isStatusCode(_ code: String) -> Bool {
        code.utf8.count == 3 && code.isDigits && ("1"..."5").contains(code.prefix(1))
    }
}

/// What the types are before an API sets them. Source: docs/supported-gateway-response-types; recorded.
enum GatewayResponseDefaults {
    /// As the service prints them.
    static let order = [
        "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "AUTHORIZER_CONFIGURATION_ERROR", "MISSING_AUTHENTICATION_TOKEN",
        "BAD_REQUEST_BODY", "INVALID_SIGNATURE", "INVALID_API_KEY", "BAD_REQUEST_PARAMETERS", "AUTHORIZER_FAILURE",
        "UNAUTHORIZED", "INTEGRATION_TIMEOUT", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX", "WAF_FILTERED",
        "QUOTA_EXCEEDED", "THROTTLED", "API_CONFIGURATION_ERROR", "UNSUPPORTED_MEDIA_TYPE", "INTEGRATION_FAILURE",
        "EXPIRED_TOKEN",
    ]

    /// Their status codes; none for those that stand for all others.
    static let types: [String: String?] = [
        "ACCESS_DENIED": "403", "API_CONFIGURATION_ERROR": "500", "AUTHORIZER_CONFIGURATION_ERROR": "500",
        "AUTHORIZER_FAILURE": "500", "BAD_REQUEST_BODY": "400", "BAD_REQUEST_PARAMETERS": "400", "DEFAULT_4XX": nil,
        "DEFAULT_5XX": nil, "EXPIRED_TOKEN": "403", "INTEGRATION_FAILURE": "504", "INTEGRATION_TIMEOUT": "504",
        "INVALID_API_KEY": "403", "INVALID_SIGNATURE": "403", "MISSING_AUTHENTICATION_TOKEN": "403",
        "QUOTA_EXCEEDED": "429", "REQUEST_TOO_LARGE": "413", "RESOURCE_NOT_FOUND": "404", "THROTTLED": "429",
        "UNAUTHORIZED": "401", "UNSUPPORTED_MEDIA_TYPE": "415", "WAF_FILTERED": "403",
    ]

    static func response(_ type: String) -> REST.GatewayResponse {
        var response = REST.GatewayResponse(responseType: type, statusCode: types[type] ?? nil)
        response.defaultResponse = true
        response.responseParameters = [:]
        response.responseTemplates = ["application/json": #"{"message":$context.error.messageString}"#]
        return response
    }
}

extension REST.GatewayResponse: RESTPart {
    static let kind = "rest.gatewayResponse"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.GatewayResponse>> & Sendable { \.gatewayResponses }
    static let collection = "gatewayresponses"
    static let parameter = "response_type"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Gateway response type not defined on api")
    }
}
