import GatewayModel
import JSON

/// The operations on IntegrationResponse.
extension RESTOperations {
    static var integrationResponses: [Operation] {
        let path = integration + "/responses/{status_code}"
        return [
            changingMethod("PutIntegrationResponse", .put, path, success: 201, checking: checkModel) {
                method, _, call throws(ServiceError) in
                let members = try RestMembers(call)
                var response = REST.IntegrationResponse(statusCode: call.path("status_code"))
                _ = try method.integration()
                response.selectionPattern = try members.string("selectionPattern")
                response.contentHandling = try members.string("contentHandling")
                response.responseParameters = try members.map("responseParameters")
                response.responseTemplates = try members.optionalMap("responseTemplates")
                return try method.put(response)
            },
            readingMethod("GetIntegrationResponse", path, checking: checkStatusCode) {
                method, call throws(ServiceError) in try .json(try method.integrationResponse(call))
            },
            patchingMethod("UpdateIntegrationResponse", path, checking: checkStatusCode) {
                method, _, patches, call throws(ServiceError) in
                var response = try method.integrationResponse(call)
                try patchTable.apply(patches, to: &response)
                return try method.put(response)
            },
            // Recorded: of a method that is not there it is the integration that is missing.
            changingMethod(
                "DeleteIntegrationResponse", .delete, path, success: 204, missing: RESTError.noIntegration,
                checking: checkStatusCode
            ) { method, _, call throws(ServiceError) in
                let response = try method.integrationResponse(call)
                method.methodIntegration?.integrationResponses?[response.statusCode] = nil
                if method.methodIntegration?.integrationResponses?.isEmpty == true {
                    method.methodIntegration?.integrationResponses = nil
                }
                return .empty
            },
        ]
    }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        constraints.oneOf(
            try RestMembers(call).string("contentHandling"), "putIntegrationResponseInput.contentHandling",
            ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"])
        checkStatusCode(&constraints, call)
    }

    private static let patchTable = PatchTable<REST.IntegrationResponse>(
        .plain,
        [
            .text("/selectionPattern", \.selectionPattern),
            .text("/contentHandling", \.contentHandling),
            .entries("/responseParameters/<name>", \.responseParameters, missing: RESTError.noParameter) {
                step throws(ServiceError) in step.value ?? ""
            },
            .entries("/responseTemplates/<mediaType>", \.responseTemplates, missing: nil) {
                step throws(ServiceError) in try MediaTypes.template(step.value)
            },
        ])
}

extension REST.Method {
    fileprivate func integrationResponse(_ call: Call) throws(ServiceError) -> REST.IntegrationResponse {
        guard let response = try integration().integrationResponses?[call.path("status_code")] else {
            throw RESTError.noStatusCode
        }
        return response
    }

    /// Checks the response and puts it into the integration.
    mutating func put(_ response: REST.IntegrationResponse) throws(ServiceError) -> Reply {
        var response = response
        response.responseTemplates = try MediaTypes.templates(response.responseTemplates)
        try RestMappings.checkResponse(
            response.responseParameters ?? [:], of: self, statusCode: response.statusCode)
        if let handling = response.contentHandling, handling != "CONVERT_TO_BINARY", handling != "CONVERT_TO_TEXT" {
            throw RESTError.badRequest(
                "Invalid content handling specified. Valid options are CONVERT_TO_BINARY,CONVERT_TO_TEXT")
        }
        var responses = methodIntegration?.integrationResponses ?? [:]
        responses[response.statusCode] = response
        methodIntegration?.integrationResponses = responses
        return try .json(response)
    }
}
