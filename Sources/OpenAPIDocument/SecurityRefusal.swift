import JSON

/// What a document asks for to protect its routes. None of it is enforced yet, so a document that asks is refused: it
/// must not become an API that lets everyone in.
enum SecurityRefusal {
    static func errors(ofComponents components: JSONValue?) -> [String] {
        (components?["securitySchemes"]?.object ?? [:]).compactMap { scheme in
            scheme.value["x-amazon-apigateway-authorizer"] == nil
                ? nil : "Gatehouse does not serve authorizers yet: the security scheme '\(scheme.key)' is one."
        }
    }

    /// Why the operation may not become an open route; nil when it is meant to be open.
    static func error(of operation: JSONValue, in document: JSONValue, routeKey: String) -> String? {
        if let auth = operation["x-amazon-apigateway-auth"], auth["type"]?.string?.uppercased() != "NONE" {
            return "Gatehouse does not serve authorizers yet: '\(routeKey)' asks for one (x-amazon-apigateway-auth)."
        }
        guard let security = operation["security"] ?? document["security"], asksForSomething(security) else {
            return nil
        }
        return "Gatehouse does not serve authorizers yet: '\(routeKey)' asks for one (security)."
    }

    /// An empty list lifts the document's requirement, and so does a list of empty ones.
    private static func asksForSomething(_ security: JSONValue) -> Bool {
        guard let list = security.array else { return !security.isNull }
        return list.contains { $0.object?.isEmpty != true }
    }
}
