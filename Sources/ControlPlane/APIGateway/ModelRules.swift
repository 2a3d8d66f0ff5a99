import GatewayModel
import JSON

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
        guard let value = try? JSONValue(parsing: Array(schema.utf8)) else { throw invalid([invalidSchema]) }
        var check = SchemaCheck()
        check.schema(value)
        var faults = check.faults
        if !check.unsupported.isEmpty {
            let keywords = check.unsupported.map { "\"\($0)\"" }.joined(separator: ",")
            faults.append("\(invalidSchema). Unsupported keyword(s): [\(keywords)]")
        }
        guard faults.isEmpty else { throw invalid(faults) }
    }

    static let invalidSchema = "Invalid model schema specified"

    private static func invalid(_ faults: [String]) -> ServiceError {
        RESTError.invalidResult("Invalid model specified: ", faults.joined(separator: ", "))
    }
}

extension REST.Model {
    /// Others are stored and never validate.
    var isJSON: Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type == "application/json" || type.hasSuffix("+json")
    }
}

/// Walks a schema. JSON text has a depth limit, so this has it too.
private struct SchemaCheck {
    private(set) var faults: [String] = []
    private(set) var unsupported: [String] = []

    mutating func schema(_ value: JSONValue) {
        guard let object = value.object else { return fail() }
        for (keyword, value) in object { check(keyword, value) }
    }

    private mutating func check(_ keyword: String, _ value: JSONValue) {
        switch keyword {
        case "$schema", "id", "title", "description", "format", "pattern": if value.string == nil { fail() }
        case "default": break
        case "$ref": checkReference(value)
        case "type": checkType(value)
        case "enum": checkUnique(value.array)
        case "required":
            checkUnique(value.array)
            if value.array?.allSatisfy({ $0.string != nil }) != true { fail() }
        case "multipleOf": if value.double.map({ $0 > 0 }) != true { fail() }
        case "maximum", "minimum": if value.double == nil { fail() }
        case "exclusiveMaximum", "exclusiveMinimum", "uniqueItems": if value.bool == nil { fail() }
        case "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties":
            if value.integer.map({ $0 >= 0 }) != true { fail() }
        case "additionalItems", "additionalProperties": if value.bool == nil { schema(value) }
        case "not": schema(value)
        case "items":
            if let list = value.array { schemas(list) } else { schema(value) }
        case "allOf", "anyOf", "oneOf":
            if let list = value.array, !list.isEmpty { schemas(list) } else { fail() }
        case "properties", "patternProperties", "definitions":
            if let object = value.object { schemas(object.map(\.value)) } else { fail() }
        case "dependencies": checkDependencies(value)
        default: if !unsupported.contains(keyword) { unsupported.append(keyword) }
        }
    }

    private mutating func schemas(_ values: [JSONValue]) {
        for value in values { schema(value) }
    }

    private mutating func checkUnique(_ values: [JSONValue]?) {
        guard let values, !values.isEmpty, Set(values).count == values.count else { return fail() }
    }

    private mutating func checkType(_ value: JSONValue) {
        let names = value.array ?? [value]
        let known: Set = ["array", "boolean", "integer", "null", "number", "object", "string"]
        guard !names.isEmpty, names.allSatisfy({ $0.string.map(known.contains) == true }),
            Set(names).count == names.count
        else { return fail() }
    }

    private mutating func checkDependencies(_ value: JSONValue) {
        guard let object = value.object else { return fail() }
        for (_, dependency) in object {
            if let names = dependency.array {
                checkUnique(names)
                if !names.allSatisfy({ $0.string != nil }) { fail() }
            } else {
                schema(dependency)
            }
        }
    }

    private mutating func checkReference(_ value: JSONValue) {
        guard let text = value.string else { return fail() }
        if text.hasPrefix("#") || ModelReferences.name(in: text) != nil { return }
        let fault = "Model reference must be in canonical form"
        if !faults.contains(fault) { faults.append(fault) }
    }

    private mutating func fail() {
        if !faults.contains(ModelRules.invalidSchema) { faults.append(ModelRules.invalidSchema) }
    }
}
