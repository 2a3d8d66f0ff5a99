import GatewayModel
import JSON

/// ImportDocumentationParts: the parts that an OpenAPI document lists under `x-amazon-apigateway-documentation`.
extension RESTOperations {
    static func importParts(_ api: inout RESTAPI, _ call: Call) throws(ServiceError) -> Reply {
        let mode = call.query("mode") ?? "merge"
        guard mode == "merge" || mode == "overwrite" else { throw RESTError.badRequest("Invalid mode specified") }
        guard let document = try? JSONValue(parsing: call.body), document.object != nil,
            let parts = document["x-amazon-apigateway-documentation"]?["documentationParts"]?.array
        else { throw RESTError.badRequest("Unable to build importer with provided input.") }
        if mode == "overwrite" { api.documentationParts = [] }
        var ids: [JSONValue] = []
        for part in parts {
            let imported = try imported(part, into: api)
            // Recorded: what is imported gets an id of its own, in the place of what it replaces.
            if let old = api.documentationParts.first(where: { $0.location == imported.location }) { api.remove(old) }
            try api.put(imported)
            ids.append(.string(imported.id))
        }
        return .json(["ids": .array(ids)])
    }

    private static func imported(
        _ value: JSONValue, into api: RESTAPI
    ) throws(ServiceError) -> REST.DocumentationPart {
        guard let location = value["location"]?.object, let properties = value["properties"] else {
            throw RESTError.badRequest("Unable to build importer with provided input.")
        }
        let place = try DocumentationRules.location(RestMembers(location))
        guard DocumentationRules.types.contains(place.type) else {
            throw RESTError.badRequest("Invalid documentation part type specified: \(place.type)")
        }
        let part = REST.DocumentationPart(
            id: api.freshId(of: REST.DocumentationPart.self), location: place,
            properties: properties.string ?? String(decoding: properties.bytes, as: UTF8.self))
        try DocumentationRules.check(part)
        return part
    }
}
