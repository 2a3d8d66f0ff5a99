/// An event of type HttpApi: a route of an HTTP API that calls the function.
struct HttpApiEvent {
    static let implicitApi = "ServerlessHttpApi"

    private static let rules = PropertyRules(
        type: "the event type HttpApi",
        supported: [
            "ApiId": .any, "Auth": .map, "Method": .text, "Path": .text, "PayloadFormatVersion": .text,
            "RouteSettings": .map, "TimeoutInMillis": .integer,
        ],
        known: ["Stage"])

    private static let methods: Set<String> = ["get", "head", "options", "patch", "post", "put", "delete"]

    let name: String
    let apiId: String
    let isImplicit: Bool
    /// Whether the API is named by its logical id as plain text.
    let namesApiPlainly: Bool
    /// `$default`, or as the template writes it.
    let path: String
    /// In lower case; `x-amazon-apigateway-any-method` for ANY.
    let method: String
    let payloadFormatVersion: TemplateValue?
    let timeoutInMillis: TemplateValue?
    /// Of this route, to be added to those of the API.
    let routeSettings: TemplateMap.Entry?
    let line: Int
    /// Where the event stands in the template.
    let place: String

    /// Nil when the event has problems.
    init?(_ entry: TemplateMap.Entry, path place: String, problems: inout Problems) {
        let known = problems.list.count
        guard let event = entry.value.map, let type = event["Type"], let typeName = type.string else {
            problems.add("An event is a map with a Type", line: entry.line, path: place)
            return nil
        }
        guard typeName == "HttpApi" else {
            problems.add("the event type \(typeName) is not supported yet", line: type.line, path: place)
            return nil
        }
        for member in event where member.key != "Type" && member.key != "Properties" {
            problems.add("An event has no member \(member.key)", line: member.line, path: place)
        }
        if let value = event["Properties"], value.map == nil {
            problems.add("Properties should be a map.", line: value.line, path: place)
        }
        let properties = event["Properties"]?.map ?? TemplateMap()
        Self.rules.check(properties, path: place, problems: &problems)
        Self.refuseAuth(properties["Auth"], place, &problems)

        name = entry.key
        line = entry.line
        self.place = place
        payloadFormatVersion = properties["PayloadFormatVersion"]
        timeoutInMillis = properties["TimeoutInMillis"]
        if properties["Path"] == nil, properties["Method"] == nil {
            path = HttpApiDefinition.defaultPath
            method = HttpApiDefinition.anyMethod
        } else {
            path = Self.literal("Path", of: properties, line: entry.line, place, &problems)
            method = Self.method(properties, line: entry.line, place, &problems)
        }
        if !path.isEmpty, !path.hasPrefix("/"), path != HttpApiDefinition.defaultPath {
            problems.add("Path must begin with a slash, or be $default", line: properties["Path"]?.line, path: place)
        }
        if let version = payloadFormatVersion?.text, version != "1.0", version != "2.0" {
            problems.add("PayloadFormatVersion must be 1.0 or 2.0", line: payloadFormatVersion?.line, path: place)
        }
        isImplicit = properties["ApiId"] == nil
        namesApiPlainly = properties["ApiId"]?.string != nil
        apiId = Self.apiId(properties["ApiId"], place, &problems)
        let word = properties["Method"]?.text?.uppercased()
        // The translator's own word for any method is no part of a key.
        let key = [word, path].compactMap { $0 }.filter { $0 != HttpApiDefinition.anyMethod.uppercased() }
        routeSettings = properties.entry("RouteSettings").map { entry in
            TemplateMap.Entry(key: key.joined(separator: " "), line: entry.line, value: entry.value)
        }
        guard problems.list.count == known else { return nil }
    }

    /// Nothing is asked for by an empty map. NONE lifts what a default authorizer asks for, and an API has none here: the
    /// translator refuses it then.
    private static func refuseAuth(_ value: TemplateValue?, _ place: String, _ problems: inout Problems) {
        guard let auth = value?.map, !auth.isEmpty else { return }
        let message =
            auth["Authorizer"]?.text == "NONE"
            ? "'NONE' is only a valid value when a DefaultAuthorizer on the API is specified."
            : "authorizers are not supported yet"
        problems.add(message, line: value?.line, path: "\(place).Auth")
    }

    private static func literal(
        _ name: String, of properties: TemplateMap, line: Int, _ place: String, _ problems: inout Problems
    ) -> String {
        guard let value = properties[name] else {
            problems.add("Property '\(name)' is required.", line: line, path: place)
            return ""
        }
        if Intrinsic.isCall(value) {
            problems.add("\(name) must be written out, not a function", line: value.line, path: place)
        }
        return value.text ?? ""
    }

    private static func method(
        _ properties: TemplateMap, line: Int, _ place: String, _ problems: inout Problems
    ) -> String {
        let method = HttpApiDefinition.normalized(literal("Method", of: properties, line: line, place, &problems))
        if !method.isEmpty, method != HttpApiDefinition.anyMethod, !methods.contains(method) {
            problems.add(
                "Method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
                line: properties["Method"]?.line, path: place)
        }
        return method
    }

    private static func apiId(_ value: TemplateValue?, _ place: String, _ problems: inout Problems) -> String {
        guard let value else { return implicitApi }
        if let name = value.string {
            problems.warn(
                "the translator takes the text \(name) for the logical id of the API, and for its id in the function's "
                    + "permission, which then permits nothing; write !Ref \(name)", line: value.line, path: place)
            return name
        }
        guard case .intrinsic(.ref(let name)) = Intrinsic.read(value) else {
            problems.add(invalidApiId, line: value.line, path: place)
            return ""
        }
        return name
    }

    static let invalidApiId =
        "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template."
}
