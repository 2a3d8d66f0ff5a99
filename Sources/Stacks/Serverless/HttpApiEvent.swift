/// An event of type HttpApi: a route of an HTTP API that calls the function.
struct HttpApiEvent {
    static let implicitApi = "ServerlessHttpApi"

    private static let rules = PropertyRules(
        type: "the event type HttpApi",
        supported: [
            "ApiId": .any,
            "Auth": .members(
                PropertyRules(
                    type: "the event type HttpApi.Auth",
                    supported: ["AuthorizationScopes": .list, "Authorizer": .text])), "Method": .text, "Path": .text,
            "PayloadFormatVersion": .text,
            "RouteSettings": .map, "TimeoutInMillis": .integer,
        ],
        known: ["Stage"])

    let name: String
    let apiId: String
    let isImplicit: Bool
    /// Whether the API is named by its logical id as plain text.
    let namesApiPlainly: Bool
    /// `$default`, or as the template writes it.
    let path: String
    /// In lower case; `x-amazon-apigateway-any-method` for ANY.
    let method: String
    /// Who may call the route.
    let auth: TemplateMap
    let payloadFormatVersion: TemplateValue?
    let timeoutInMillis: TemplateValue?
    /// Of this route, to be added to those of the API.
    let routeSettings: TemplateMap.Entry?
    let line: Int
    /// Where the event stands in the template.
    let place: String

    /// Nil when the event has problems.
    init?(
        _ entry: TemplateMap.Entry, _ properties: TemplateMap, path place: String, problems: inout Problems
    ) {
        let known = problems.list.count
        Self.rules.check(properties, path: place, problems: &problems)
        name = entry.key
        line = entry.line
        self.place = place
        auth = properties["Auth"]?.map ?? TemplateMap()
        payloadFormatVersion = properties["PayloadFormatVersion"]
        timeoutInMillis = properties["TimeoutInMillis"]
        if properties["Path"] == nil, properties["Method"] == nil {
            path = HttpApiDefinition.defaultPath
            method = HttpApiDefinition.anyMethod
        } else {
            path = FunctionEvents.literal("Path", of: properties, line: entry.line, place, &problems)
            method = FunctionEvents.method(of: properties, line: entry.line, place, &problems)
        }
        if !path.isEmpty, !path.hasPrefix("/"), path != HttpApiDefinition.defaultPath {
            problems.add("Path must begin with a slash, or be $default", line: properties["Path"]?.line, path: place)
        }
        if let version = payloadFormatVersion?.text, version != "1.0", version != "2.0" {
            problems.add("PayloadFormatVersion must be 1.0 or 2.0", line: payloadFormatVersion?.line, path: place)
        }
        isImplicit = properties["ApiId"] == nil
        namesApiPlainly = properties["ApiId"]?.string != nil
        apiId = FunctionEvents.apiId(
            "ApiId", of: properties, implicit: Self.implicitApi, invalid: Self.invalidApiId, place, &problems)
        let word = properties["Method"]?.text?.uppercased()
        // The translator's own word for any method is no part of a key.
        let key = [word, path].compactMap { $0 }.filter { $0 != HttpApiDefinition.anyMethod.uppercased() }
        routeSettings = properties.entry("RouteSettings").map { entry in
            TemplateMap.Entry(key: key.joined(separator: " "), line: entry.line, value: entry.value)
        }
        guard problems.list.count == known else { return nil }
    }

    static let invalidApiId =
        "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template."
}
