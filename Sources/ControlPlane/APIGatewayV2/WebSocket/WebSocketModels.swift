import GatewayModel
import JSON

/// The operations on Model of WebSocket APIs. Names and schemas follow the rules of REST APIs.
extension V2Operations {
    static var models: [Operation] {
        let kit = PartOperations<V2.Model>()
        return [
            kit.create("CreateModel") { api, call throws(ServiceError) in
                guard api.isWebSocket else { throw V2Error.onlyFor(webSocket: true, "CreateModel") }
                var model = V2.Model(modelId: api.freshId(of: V2.Model.self, call), name: "")
                try WebSocketModelMembers.apply(try RequestMembers(call), to: &model, api)
                return model
            },
            kit.get("GetModel"), kit.list("GetModels"),
            kit.update("UpdateModel") { model, api, call throws(ServiceError) in
                let name = model.name
                try WebSocketModelMembers.apply(try RequestMembers(call), to: &model, api)
                if model.name != name { try WebSocketModelMembers.checkUnused(name, in: api, to: "rename") }
            },
            kit.delete("DeleteModel"),
            Operation(
                "GetModelTemplate", .get, "/v2/apis/{apiId}/models/{modelId}/template",
                reading: { api, call throws(ServiceError) in
                    let text = ModelTemplate.text(of: try api.find(V2.Model.self, call).rest) { name in
                        api.models.first { $0.name == name }?.rest
                    }
                    return .json(["value": .string(text)])
                }),
        ]
    }
}

enum WebSocketModelMembers {
    static func apply(_ members: RequestMembers, to model: inout V2.Model, _ api: HTTPAPI) throws(ServiceError) {
        if let name = try members.string("name", upTo: V2Quotas.modelNameLength) { model.name = name }
        guard !model.name.isEmpty else { throw V2Error.badRequest("Model name must be non-empty") }
        guard model.name.isWord(), !model.name.contains("-"), !model.name.contains("_") else {
            throw V2Error.badRequest("Model name must be alphanumeric: \(model.name)")
        }
        guard !api.models.contains(where: { $0.name == model.name && $0.modelId != model.modelId }) else {
            throw V2Error.conflict("Model name already exists for this API")
        }
        if let text = try members.string("description", upTo: V2Quotas.descriptionLength) {
            model.description = text.isEmpty ? nil : text
        }
        if let type = try members.string("contentType", upTo: V2Quotas.contentTypeLength) {
            if !type.isEmpty { try MediaTypes.check(type) }
            model.contentType = type.isEmpty ? nil : type
        }
        if let schema = try members.string("schema") {
            guard schema.utf8.count <= V2Quotas.modelSchemaBytes else {
                throw V2Error.badRequest("A model's schema can have at most \(V2Quotas.modelSchemaBytes) bytes.")
            }
            model.schema = schema
        }
        try ModelRules.check(model.rest)
    }

    /// Routes and other models know a model by its name.
    ///
    /// - Parameter verb: what is about to be done to it.
    static func checkUnused(_ name: String, in api: HTTPAPI, to verb: String) throws(ServiceError) {
        let fault = "Cannot \(verb) model '\(name)', is referenced in "
        for route in api.routes {
            if (route.requestModels ?? [:]).contains(where: { $0.value == name }) {
                throw V2Error.conflict("\(fault)route request: \(route.routeKey)")
            }
            for response in route.routeResponses ?? []
            where (response.responseModels ?? [:]).contains(where: { $0.value == name }) {
                throw V2Error.conflict("\(fault)route response: \(route.routeKey)")
            }
        }
        if let other = api.models.first(where: {
            $0.name != name && ModelReferences.names(in: $0.rest).contains(name)
        }) {
            throw V2Error.conflict("\(fault)model: \(other.name)")
        }
    }
}

extension V2.Model: APIPart {
    static let kind = "v2.model"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Model>> & Sendable { \.models }
    static var quota: Int? { V2Quotas.models }
    static let collection = "models"
    static let parameter = "modelId"

    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid Model identifier specified \(key)")
    }

    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {
        try WebSocketModelMembers.checkUnused(name, in: api, to: "delete")
    }

    /// As REST APIs have it.
    var rest: REST.Model {
        REST.Model(id: modelId, name: name, contentType: contentType ?? "application/json", schema: schema)
    }
}
