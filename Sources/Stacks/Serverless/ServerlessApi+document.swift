/// The document of an API with all that its properties say, in SAM's order.
extension ServerlessApi {
    func body(problems: inout Problems) -> TemplateValue? {
        guard var definition else {
            refuseWithoutDefinition(problems: &problems)
            return given
        }
        if let cors = cors(problems: &problems) { definition.setCors(cors) }
        auth.apply(to: &definition, stage: properties["StageName"] ?? .string("", line: line), problems: &problems)
        if !auth.isEmpty { definition.convert(to: version) }
        for response in properties["GatewayResponses"]?.map ?? TemplateMap() {
            definition.setGatewayResponse(response.key, response.value.map ?? TemplateMap(), line: response.line)
        }
        if let types = properties["BinaryMediaTypes"], types.isTruthy { definition.setBinaryMediaTypes(types) }
        if let models = properties["Models"]?.map, !models.isEmpty {
            for model in models where model.value.map?["type"]?.isTruthy != true {
                let message =
                    model.value.map == nil
                    ? "Invalid value for 'Models' property" : "'Models' schema is missing 'type'."
                problems.add(message, line: model.line, path: "\(path).Properties.Models")
            }
            definition.setModels(models, line: line)
            definition.convert(to: version)
        }
        if let value = properties["DisableExecuteApiEndpoint"] { definition.setDisableExecuteApiEndpoint(value) }
        definition.convert(to: version)
        return definition.body
    }

    private func refuseWithoutDefinition(problems: inout Problems) {
        guard properties["DefinitionUri"]?.isTruthy != true else { return }
        for name in ["Auth", "Cors", "DisableExecuteApiEndpoint", "GatewayResponses", "Models", "MergeDefinitions"] {
            guard let value = properties[name], value.isTruthy else { continue }
            problems.add(
                "Unable to add \(name) definitions because 'DefinitionBody' does not contain a valid Swagger "
                    + "definition.", line: value.line, path: "\(path).Properties")
        }
    }

    private func cors(problems: inout Problems) -> RestApiDefinition.Cors? {
        guard let value = properties["Cors"], value.isTruthy else { return nil }
        let place = "\(path).Properties.Cors"
        guard let map = value.map, !Intrinsic.isCall(value) else {
            guard value.string != nil || Intrinsic.isCall(value) else {
                problems.add("Invalid value for 'Cors' property", line: value.line, path: place)
                return nil
            }
            return RestApiDefinition.Cors(allowOrigin: value)
        }
        let names = ["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"]
        for member in map where !names.contains(member.key) {
            problems.add("Invalid key '\(member.key)' for 'Cors' property.", line: member.line, path: place)
        }
        let all = "'*'"
        let origin = map["AllowOrigin"] ?? .string(all, line: value.line)
        if !origin.isTruthy {
            problems.add(
                "Invalid input. Value for AllowedOrigins is required", line: origin.line, path: place)
        }
        var allowsCredentials = false
        if case .bool(true)? = map["AllowCredentials"]?.content { allowsCredentials = true }
        if allowsCredentials, origin.text == all {
            problems.add(
                "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is "
                    + "\"'*'\" or not set", line: map["AllowCredentials"]?.line, path: place)
        }
        return RestApiDefinition.Cors(
            allowOrigin: origin, allowHeaders: map["AllowHeaders"], allowMethods: map["AllowMethods"],
            maxAge: map["MaxAge"], allowsCredentials: allowsCredentials)
    }
}
