import Crypto

/// An event of type Api: a method of a REST API that calls the function.
struct ApiEvent {
    static let implicitApi = "ServerlessRestApi"
    static let implicitStage = "Prod"
    static let invalidApiId =
        "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template."

    private static let rules = PropertyRules(
        type: "the event type Api",
        supported: [
            "Auth": .members(
                PropertyRules(
                    type: "the event type Api.Auth",
                    supported: [
                        "ApiKeyRequired": .boolean, "AuthorizationScopes": .list, "Authorizer": .text,
                        "InvokeRole": .any, "OverrideApiAuth": .boolean, "ResourcePolicy": .map,
                    ])),
            "Method": .text, "Path": .text,
            "RequestModel": .members(
                PropertyRules(
                    type: "the event type Api.RequestModel",
                    supported: [
                        "Model": .text, "Required": .boolean, "ValidateBody": .boolean, "ValidateParameters": .boolean,
                    ])),
            "RequestParameters": .list, "ResponseTransferMode": .word(["BUFFERED", "RESPONSE_STREAM"], known: []),
            "RestApiId": .any, "TimeoutInMillis": .integer,
        ],
        known: ["Stage"])

    struct Parameter {
        /// `method.request.header.name`.
        let source: String
        let required: TemplateValue
        let isCached: Bool
    }

    let name: String
    let apiId: String
    /// Whether the API is named by its logical id as plain text.
    let namesApiPlainly: Bool
    let path: String
    /// In lower case; `x-amazon-apigateway-any-method` for ANY.
    let method: String
    let auth: TemplateMap
    let model: TemplateMap
    let parameters: [Parameter]
    let timeoutInMillis: TemplateValue?
    let isStreamed: Bool
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
        path = FunctionEvents.literal("Path", of: properties, line: entry.line, place, &problems)
        method = FunctionEvents.method(of: properties, line: entry.line, place, &problems)
        if !path.isEmpty, !path.hasPrefix("/") {
            problems.add("Path must begin with a slash", line: properties["Path"]?.line, path: place)
        }
        namesApiPlainly = properties["RestApiId"]?.string != nil
        apiId = FunctionEvents.apiId(
            "RestApiId", of: properties, implicit: Self.implicitApi, invalid: Self.invalidApiId, place, &problems)
        auth = properties["Auth"]?.map ?? TemplateMap()
        model = properties["RequestModel"]?.map ?? TemplateMap()
        timeoutInMillis = properties["TimeoutInMillis"]
        isStreamed = properties["ResponseTransferMode"]?.text == "RESPONSE_STREAM"
        parameters = (properties["RequestParameters"]?.list ?? []).compactMap {
            Self.parameter($0, "\(place).RequestParameters", &problems)
        }
        guard problems.list.count == known else { return nil }
    }

    private static func parameter(
        _ value: TemplateValue, _ place: String, _ problems: inout Problems
    ) -> Parameter? {
        let refuse = { (message: String, problems: inout Problems) -> Parameter? in
            problems.add("Invalid value for 'RequestParameters' property. " + message, line: value.line, path: place)
            return nil
        }
        let entry = value.map?.entries.first
        guard let source = value.string ?? entry?.key else {
            return refuse("Property must be either a string or an object", &problems)
        }
        let locations = ["querystring", "path", "header"]
        guard locations.contains(where: { source.hasPrefix("method.request.\($0).") }) else {
            return refuse(
                "Keys must be in the format 'method.request.[querystring|path|header].{value}', "
                    + "e.g 'method.request.header.Authorization'.", &problems)
        }
        let settings = entry?.value.map ?? TemplateMap()
        guard entry == nil || entry?.value.map != nil,
            settings.allSatisfy({ ["Required", "Caching"].contains($0.key) }), value.map.map({ $0.count == 1 }) ?? true
        else {
            return refuse("Values must be an object, e.g { Required: true, Caching: false }", &problems)
        }
        return Parameter(
            source: source, required: settings["Required"] ?? .bool(false, line: value.line),
            isCached: settings["Caching"]?.boolean ?? false)
    }

    /// Lets the API call the function for this method, at any stage.
    ///
    /// - Parameter stage: part of the permission's logical id.
    func permission(
        for function: ServerlessFunction, target: EventTarget, stage: String, partition: String
    ) -> PlainResource {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let verb = method == HttpApiDefinition.anyMethod ? "*" : method.uppercased()
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let arn =
            "arn:\(partition):execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/\(verb)"
            + Self.withoutVariables(trimmed)
        // What the event says stands for the id: as plain text it is one that no API has.
        let id = namesApiPlainly ? text(apiId) : .ref(apiId, line: line)
        let variables: TemplateValue = .map(["__ApiId__": id, "__Stage__": text("*")], line: line)
        var permission = TemplateMap()
        permission["Action"] = text("lambda:InvokeFunction")
        permission["FunctionName"] = .ref(target.logicalId, line: line)
        permission["Principal"] = text("apigateway.amazonaws.com")
        permission["SourceArn"] = .map(["Fn::Sub": .list([text(arn), variables], line: line)], line: line)
        let isWord = stage.utf8.allSatisfy(LogicalId.isAlphanumeric)
        let suffix = isWord ? stage : String(Insecure.SHA1.hexadecimal(of: stage).prefix(10))
        return PlainResource(
            "\(function.logicalId)\(name)Permission\(suffix)", "AWS::Lambda::Permission", line: line, path: place,
            attributes: function.resource.attributes, properties: permission)
    }

    /// As a resource of ARNs: `*` for each variable.
    static func withoutVariables(_ path: String) -> String {
        var result = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "{") {
            let close = rest[open...].firstIndex(of: "}")
            let name = close.map { rest[rest.index(after: open)..<$0] } ?? ""
            let variable = name.hasSuffix("+") ? name.dropLast() : name
            guard let close, !variable.isEmpty,
                variable.utf8.allSatisfy({ LogicalId.isAlphanumeric($0) || "._-".utf8.contains($0) })
            else {
                result += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            result += rest[..<open] + "*"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
