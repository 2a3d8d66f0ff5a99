/// The events of a function, by type.
struct FunctionEvents {
    private(set) var http: [HttpApiEvent] = []
    private(set) var rest: [ApiEvent] = []
    private(set) var cognito: [CognitoEvent] = []

    init(_ events: TemplateMap, path: String, problems: inout Problems) {
        for entry in events {
            let place = "\(path).\(entry.key)"
            guard let event = entry.value.map, let type = event["Type"], let typeName = type.string else {
                problems.add("An event is a map with a Type", line: entry.line, path: place)
                continue
            }
            guard ["HttpApi", "Api", "Cognito"].contains(typeName) else {
                problems.add("the event type \(typeName) is not supported yet", line: type.line, path: place)
                continue
            }
            for member in event where member.key != "Type" && member.key != "Properties" {
                problems.add("An event has no member \(member.key)", line: member.line, path: place)
            }
            if let value = event["Properties"], value.map == nil {
                problems.add("Properties should be a map.", line: value.line, path: place)
            }
            let properties = event["Properties"]?.map ?? TemplateMap()
            switch typeName {
            case "Api": ApiEvent(entry, properties, path: place, problems: &problems).map { rest.append($0) }
            case "Cognito": CognitoEvent(entry, properties, path: place, problems: &problems).map { cognito.append($0) }
            default: HttpApiEvent(entry, properties, path: place, problems: &problems).map { http.append($0) }
            }
        }
    }

    private static let methods: Set<String> = ["get", "head", "options", "patch", "post", "put", "delete"]

    /// A property that must be written out.
    static func literal(
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

    /// In small letters; `x-amazon-apigateway-any-method` for ANY.
    static func method(
        of properties: TemplateMap, line: Int, _ place: String, _ problems: inout Problems
    ) -> String {
        let method = HttpApiDefinition.normalized(literal("Method", of: properties, line: line, place, &problems))
        if !method.isEmpty, method != HttpApiDefinition.anyMethod, !methods.contains(method) {
            problems.add(
                "Method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
                line: properties["Method"]?.line, path: place)
        }
        return method
    }

    /// The logical id that ApiId or RestApiId names; empty when it names none.
    static func apiId(
        _ property: String, of properties: TemplateMap, implicit: String, invalid: String, _ place: String,
        _ problems: inout Problems
    ) -> String {
        guard let value = properties[property] else { return implicit }
        if let name = value.string {
            problems.warn(
                "the translator takes the text \(name) for the logical id of the API, and for its id in the function's "
                    + "permission, which then permits nothing; write !Ref \(name)", line: value.line, path: place)
            return name
        }
        guard case .intrinsic(.ref(let name)) = Intrinsic.read(value) else {
            problems.add(invalid, line: value.line, path: place)
            return ""
        }
        return name
    }
}
