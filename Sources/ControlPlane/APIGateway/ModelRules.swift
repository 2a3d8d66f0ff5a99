import GatewayModel
import JSONSchema

/// What the schema of a model must look like: JSON Schema draft 4, without what the service does not support.
enum ModelRules {
    static func check(_ model: REST.Model, in api: RESTAPI) throws(ServiceError) {
        try checkBytes(of: api.models, with: model)
        try check(model)
    }

    /// - Parameter model: new, or in the place of the one with its name.
    static func checkBytes(of models: PartList<REST.Model>, with model: REST.Model? = nil) throws(ServiceError) {
        let others = models.reduce(0) { $0 + ($1.name == model?.name ? 0 : $1.schema?.utf8.count ?? 0) }
        guard others + (model?.schema?.utf8.count ?? 0) <= RESTQuotas.modelBytes else {
            throw RESTError.limitExceeded("The models of an API can have at most \(RESTQuotas.modelBytes) bytes.")
        }
    }

    static func check(_ model: REST.Model) throws(ServiceError) {
        guard let schema = model.schema, !schema.isEmpty else {
            throw RESTError.badRequest("Model schema must have at least 1 property or array items defined")
        }
        guard model.isJSON else { return }
        let errors = ModelCheck.errors(in: schema)
        guard errors.isEmpty else { throw RESTError.badRequest(ModelCheck.message(errors)) }
    }
}

extension REST.Model {
    /// Others are stored and never validate.
    var isJSON: Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type == "application/json" || type.hasSuffix("+json")
    }
}
