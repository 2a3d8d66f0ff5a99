/// The `Auth` of an HTTP API: its authorizers, and which of them routes need that name none.
struct ServerlessHttpApiAuth {
    static let rules = PropertyRules(
        type: "\(ServerlessHttpApi.type).Auth",
        supported: ["Authorizers": .map, "DefaultAuthorizer": .text, "EnableIamAuthorizer": .boolean])
    static let iam = "AWS_IAM"
    /// Lifts what the API asks for.
    static let none = "NONE"

    private let logicalId: String
    private let place: String
    private let line: Int
    private let properties: TemplateMap
    private let given: TemplateMap
    private let authorizers: [HttpApiAuthorizer]

    init(
        _ value: TemplateValue?, of logicalId: String, path: String, in template: LiveTemplate, problems: inout Problems
    ) {
        self.logicalId = logicalId
        place = "\(path).Properties.Auth"
        line = value?.line ?? 0
        properties = value?.map ?? TemplateMap()
        let authorizers = properties["Authorizers"]
        given = authorizers?.map ?? TemplateMap()
        if let authorizers, authorizers.isTruthy, authorizers.map == nil || Intrinsic.isCall(authorizers) {
            problems.add("Property 'Auth.Authorizers' should be a map.", line: authorizers.line, path: place)
        }
        var made: [HttpApiAuthorizer] = []
        for entry in given {
            HttpApiAuthorizer(entry, partition: template.partition, path: place, problems: &problems)
                .map { made.append($0) }
        }
        self.authorizers = made
        if let name = properties["DefaultAuthorizer"], name.isTruthy, !isDefined(name.text ?? "") {
            problems.add(
                name.string == nil
                    ? "Property 'Auth.DefaultAuthorizer' should be a string."
                    : "Unable to set DefaultAuthorizer because '\(name.text ?? "")' was not defined in 'Authorizers'.",
                line: name.line, path: place)
        }
    }

    private var enablesIAM: Bool {
        if case .bool(true)? = properties["EnableIamAuthorizer"]?.content { true } else { false }
    }

    private func isDefined(_ name: String) -> Bool {
        name == Self.iam && enablesIAM || given[name] != nil
    }

    private var defaultAuthorizer: String? {
        properties["DefaultAuthorizer"].flatMap { $0.isTruthy ? $0.text : nil }
    }

    /// What an event's Auth says.
    func secure(_ event: HttpApiEvent, in definition: inout HttpApiDefinition, problems: inout Problems) {
        guard !event.auth.isEmpty else { return }
        let named = event.auth["Authorizer"].flatMap { $0.isTruthy ? $0.text : nil }
        guard let name = named ?? defaultAuthorizer else {
            problems.add(
                "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on "
                    + "the HttpApi.", line: event.line, path: "\(event.place).Auth")
            return
        }
        if let reason = objection(to: name) {
            let subject = name == Self.none ? "Authorizer" : "Authorizer [\(name)]"
            problems.add(
                "Unable to set \(subject) on API method [\(event.method)] for path [\(event.path)] because \(reason)",
                line: event.line, path: "\(event.place).Auth")
            return
        }
        let scopes = event.auth["AuthorizationScopes"].flatMap { $0.isTruthy ? $0 : nil }
        let own = given[name]?.map?["AuthorizationScopes"].flatMap { $0.isTruthy ? $0 : nil }
        let none = TemplateValue.list([], line: event.line)
        // Neither of the two built-in ones has scopes.
        definition.secure(
            event, authorizer: name, scopes: [Self.none, Self.iam].contains(name) ? none : scopes ?? own ?? none)
    }

    private func objection(to name: String) -> String? {
        if name == Self.none {
            return defaultAuthorizer == nil
                ? "'NONE' is only a valid value when a DefaultAuthorizer on the API is specified." : nil
        }
        if isDefined(name) { return nil }
        return given.isEmpty
            ? "the related API does not define any Authorizers." : "it wasn't defined in the API's Authorizers."
    }

    /// What the API's own says, of all routes.
    func apply(to definition: inout HttpApiDefinition, problems: inout Problems) {
        if enablesIAM {
            definition.setSecurityScheme(Self.iam, ServerlessAuthorizer.iam(line: line))
        }
        for authorizer in authorizers { definition.setSecurityScheme(authorizer.name, authorizer.scheme) }
        guard let name = defaultAuthorizer else { return }
        for (path, method) in definition.pathsWithoutMethod {
            problems.add("Could not find \(method) in \(path) within DefinitionBody.", line: line, path: place)
        }
        definition.setDefaultAuthorizer(
            name, scopes: given[name]?.map?["AuthorizationScopes"] ?? .list([], line: line))
    }

    /// Lets the API call the functions that authorize, where the template asks for that.
    func permissions(attributes: ResourceAttributes) -> [PlainResource] {
        authorizers.compactMap { authorizer in
            guard let function = authorizer.permittedFunction else { return nil }
            return PlainResource.authorizerPermission(
                of: logicalId, authorizer.name, function, partition: "${AWS::Partition}", line: authorizer.line,
                path: place, attributes: attributes)
        }
    }
}

extension PlainResource {
    /// Lets an API call the function of one of its authorizers.
    static func authorizerPermission(
        of api: String, _ authorizer: String, _ function: TemplateValue, partition: String, line: Int, path: String,
        attributes: ResourceAttributes
    ) -> PlainResource {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let arn = "arn:\(partition):execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*"
        let variables: TemplateValue = .map(["__ApiId__": .ref(api, line: line)], line: line)
        var permission = TemplateMap()
        permission["Action"] = text("lambda:InvokeFunction")
        permission["FunctionName"] = function
        permission["Principal"] = text("apigateway.amazonaws.com")
        permission["SourceArn"] = .map(["Fn::Sub": .list([text(arn), variables], line: line)], line: line)
        return PlainResource(
            "\(api)\(authorizer)AuthorizerPermission", "AWS::Lambda::Permission", line: line, path: path,
            attributes: attributes, properties: permission)
    }
}
