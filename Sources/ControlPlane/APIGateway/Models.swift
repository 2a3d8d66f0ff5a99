import GatewayModel
import JSON

/// The operations on Model.
extension RESTOperations {
    static var models: [Operation] {
        let kit = RESTPartOperations<REST.Model>()
        return [
            kit.create("CreateModel", checking: checkModel) { api, members, call throws(ServiceError) in
                let name = try members.string("name") ?? ""
                guard !name.isEmpty else { throw RESTError.badRequest("Model name must be non-empty") }
                guard name.isWord(), !name.contains("-"), !name.contains("_") else {
                    throw RESTError.badRequest("Model name must be alphanumeric: \(name)")
                }
                guard api.models[name] == nil else {
                    throw RESTError.conflict("Model name already exists for this REST API")
                }
                var model = REST.Model(
                    id: api.freshModelId(call), name: name, contentType: try members.string("contentType") ?? "",
                    schema: try members.string("schema"))
                if let text = try members.string("description"), !text.isEmpty { model.description = text }
                try MediaTypes.check(model.contentType)
                try ModelRules.check(model, in: api)
                return model
            },
            reading("GetModel", api + "/models/{model_name}", unknown: noModel) { api, call throws(ServiceError) in
                var model = try api.find(REST.Model.self, call)
                if call.query("flatten")?.lowercased() == "true" { model.schema = ModelReferences.flat(model, in: api) }
                return try .json(model)
            },
            kit.list("GetModels"),
            kit.update("UpdateModel", modelPatches) { model, api, _ throws(ServiceError) in
                try ModelRules.check(model, in: api)
            },
            kit.delete("DeleteModel"),
            reading("GetModelTemplate", api + "/models/{model_name}/default_template", unknown: noModel) {
                api, call throws(ServiceError) in
                let model = try api.find(REST.Model.self, call)
                return .json(["value": .string(ModelTemplate.text(of: model) { api.models[$0] })])
            },
        ]
    }

    private static func noModel(_ call: Call) -> ServiceError { REST.Model.notFound(call.path("model_name")) }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        let members = try RestMembers(call)
        constraints.present(try members.string("name"), "createModelInput.name")
        constraints.present(try members.string("contentType"), "createModelInput.contentType")
    }

    private static let modelPatches = PatchTable<REST.Model>(
        .listed,
        [
            .text("/description", \.description),
            PatchRule("/schema", [.replace]) { model, step throws(ServiceError) in model.schema = step.value },
        ])
}

extension RESTAPI {
    /// Models are found by their names; their ids are only shown.
    fileprivate func freshModelId(_ call: Call) -> String {
        let taken = Set(models.map(\.id))
        while true {
            let id = Identifiers.part(6)
            if !taken.contains(id) { return id }
        }
    }
}

extension REST.Model: RESTPart {
    static let kind = "rest.model"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.Model>> & Sendable { \.models }
    static var quota: Int? { RESTQuotas.models }
    static let collection = "models"
    static let parameter = "model_name"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid model name specified: \(key)")
    }

    func checkDeletion(from api: RESTAPI) throws(ServiceError) {
        // Recorded: of several the resource that was made last is named.
        for resource in api.resources.reversed() {
            for (verb, method) in resource.resourceMethods ?? [:] {
                let place = "\(resource.path)/\(verb)"
                if (method.requestModels ?? [:]).contains(where: { $0.value == name }) {
                    throw RESTError.conflict(
                        "Cannot delete model '\(name)', is referenced in method request: \(place)")
                }
                for (_, response) in method.methodResponses ?? [:]
                where (response.responseModels ?? [:]).contains(where: { $0.value == name }) {
                    throw RESTError.conflict(
                        "Cannot delete model '\(name)', is referenced in method response: \(place)")
                }
            }
        }
        if let other = api.models.first(where: { $0.name != name && ModelReferences.names(in: $0).contains(name) }) {
            throw RESTError.conflict("Cannot delete model '\(name)', is referenced in model: \(other.name)")
        }
    }
}
