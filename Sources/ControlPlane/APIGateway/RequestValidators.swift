import GatewayModel
import JSON

/// The operations on RequestValidator.
extension RESTOperations {
    static var requestValidators: [Operation] {
        let kit = RESTPartOperations<REST.RequestValidator>()
        return [
            kit.create("CreateRequestValidator", unknown: noValidatedAPI) { api, members, call throws(ServiceError) in
                var validator = REST.RequestValidator(
                    id: api.freshId(of: REST.RequestValidator.self, call), name: try members.string("name"))
                validator.validateRequestBody = try members.bool("validateRequestBody") ?? false
                validator.validateRequestParameters = try members.bool("validateRequestParameters") ?? false
                return validator
            },
            kit.get("GetRequestValidator"), kit.list("GetRequestValidators"),
            kit.update("UpdateRequestValidator", validatorPatches), kit.delete("DeleteRequestValidator"),
        ]
    }

    @Sendable private static func noValidatedAPI(_: Call) -> ServiceError {
        RESTError.badRequest("Invalid REST API identifier specified")
    }

    private static let validatorPatches = PatchTable<REST.RequestValidator>(
        .listed,
        [
            PatchRule("/name", [.replace]) { validator, step throws(ServiceError) in
                guard let name = step.text else {
                    throw RESTError.badRequest("Request Validator name cannot be blank")
                }
                validator.name = name
            },
            .bool("/validateRequestParameters", \.validateRequestParameters),
            .bool("/validateRequestBody", \.validateRequestBody),
        ])
}

extension REST.RequestValidator: RESTPart {
    static let kind = "rest.requestValidator"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.RequestValidator>> & Sendable { \.requestValidators }
    static var quota: Int? { RESTQuotas.requestValidators }
    static let collection = "requestvalidators"
    static let parameter = "requestvalidator_id"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid Request Validator identifier specified")
    }

    func checkDeletion(from api: RESTAPI) throws(ServiceError) {
        for resource in api.resources {
            for (verb, method) in resource.resourceMethods ?? [:] where method.requestValidatorId == id {
                throw RESTError.conflict(
                    "Cannot delete request validator '\(name ?? id)', is referenced in method: \(verb)/\(resource.path)"
                )
            }
        }
    }
}
