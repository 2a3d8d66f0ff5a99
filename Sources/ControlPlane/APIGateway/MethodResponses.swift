import GatewayModel
import JSON

/// The operations on MethodResponse.
extension RESTOperations {
    static var methodResponses: [Operation] {
        let path = method + "/responses/{status_code}"
        return [
            changingMethod("PutMethodResponse", .put, path, success: 201, checking: checkStatusCode) {
                method, api, call throws(ServiceError) in
                let code = call.path("status_code")
                guard method.methodResponses?[code] == nil else {
                    throw RESTError.conflict("Response already exists for this resource")
                }
                let members = try RestMembers(call)
                var response = REST.MethodResponse(statusCode: code)
                response.responseModels = try members.map("responseModels")
                response.responseParameters = try members.boolMap("responseParameters")
                try check(response, in: api)
                method.methodResponses = method.methodResponses ?? [:]
                method.methodResponses?[code] = response
                return try .json(response)
            },
            readingMethod("GetMethodResponse", path, checking: checkStatusCode) { method, call throws(ServiceError) in
                try .json(try method.response(call))
            },
            patchingMethod("UpdateMethodResponse", path, success: 201, checking: checkStatusCode) {
                method, api, patches, call throws(ServiceError) in
                var response = try method.response(call)
                try patchTable.apply(patches, to: &response)
                try check(response, in: api)
                method.methodResponses?[response.statusCode] = response
                return try .json(response)
            },
            changingMethod("DeleteMethodResponse", .delete, path, success: 204, checking: checkStatusCode) {
                method, _, call throws(ServiceError) in
                let response = try method.response(call)
                method.methodResponses?[response.statusCode] = nil
                if method.methodResponses?.isEmpty == true { method.methodResponses = nil }
                return .empty
            },
        ]
    }

    private static func check(_ response: REST.MethodResponse, in api: RESTAPI) throws(ServiceError) {
        try MethodRules.checkModels(response.responseModels, in: api)
        for (key, _) in response.responseParameters ?? [:] {
            guard let place = MappingPlace(key, of: "method.response"), place.kind == .header, !place.isMultivalue
            else {
                throw RESTError.invalidMapping("Invalid mapping expression specified: \(key)")
            }
        }
    }

    private static let patchTable = PatchTable<REST.MethodResponse>(
        .plain,
        [
            .entries("/responseParameters/<name>", \.responseParameters, missing: RESTError.noParameter) { $0.bool },
            .entries("/responseModels/<mediaType>", \.responseModels, missing: RESTError.noContentType) {
                step throws(ServiceError) in step.value ?? ""
            },
        ])
}

extension REST.Method {
    fileprivate func response(_ call: Call) throws(ServiceError) -> REST.MethodResponse {
        guard let response = methodResponses?[call.path("status_code")] else { throw RESTError.noStatusCode }
        return response
    }
}
