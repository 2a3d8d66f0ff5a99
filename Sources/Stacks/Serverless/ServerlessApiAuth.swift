/// The `Auth` of a REST API: its authorizers, what methods need that say nothing, and its policy.
struct ServerlessApiAuth {
    static let rules = PropertyRules(
        type: "\(ServerlessApi.type).Auth",
        supported: [
            "AddApiKeyRequiredToCorsPreflight": .boolean, "AddDefaultAuthorizerToCorsPreflight": .boolean,
            "ApiKeyRequired": .boolean, "Authorizers": .any, "DefaultAuthorizer": .text, "InvokeRole": .any,
            "ResourcePolicy": .map, "UsagePlan": .any,
        ])
    private static let authorizerRules = PropertyRules(
        type: "\(ServerlessApi.type).Auth.Authorizer",
        supported: [
            "AuthorizationScopes": .list, "DisableFunctionDefaultPermissions": .boolean, "FunctionArn": .any,
            "FunctionInvokeRole": .any, "FunctionPayloadType": .word(["TOKEN", "REQUEST"], known: []),
            "Identity": .any, "UserPoolArn": .any,
        ])

    private let logicalId: String
    private let place: String
    private let line: Int
    private let partition: String
    /// With parameters worked out.
    private let properties: TemplateMap
    private let authorizers: TemplateMap

    init(
        _ value: TemplateValue?, of logicalId: String, path: String, in template: LiveTemplate, problems: inout Problems
    ) {
        self.logicalId = logicalId
        place = "\(path).Properties.Auth"
        partition = template.partition
        line = value?.line ?? 0
        properties = value?.known(to: template.resolver).map ?? TemplateMap()
        let given = properties["Authorizers"]
        authorizers = given?.map ?? TemplateMap()
        if let given, given.isTruthy, given.map == nil || Intrinsic.isCall(given) {
            problems.add(
                "Property 'Auth.Authorizers' should be a map.", line: given.line, path: place)
        }
        for entry in authorizers { check(entry, problems: &problems) }
        Self.check(properties["ResourcePolicy"]?.map, path: "\(place).ResourcePolicy", problems: &problems)
        let name = properties["DefaultAuthorizer"]
        if let name, name.isTruthy, name.text != RestApiDefinition.iam, authorizers[name.text ?? ""] == nil {
            problems.add(
                "Unable to set DefaultAuthorizer because '\(name.text ?? name.kind)' was not defined in 'Authorizers'.",
                line: name.line, path: place)
        }
    }

    /// The translator takes texts apart to tell VPCs from their endpoints.
    private static func check(_ policy: TemplateMap?, path: String, problems: inout Problems) {
        for suffix in ["Blacklist", "Whitelist"] {
            guard let entry = policy?.entry("SourceVpc\(suffix)"), entry.value.isTruthy else { continue }
            guard entry.value.list?.allSatisfy({ $0.string != nil }) != true else { continue }
            problems.add(
                "SourceVpc\(suffix) must be a list of strings. Use IntrinsicVpc\(suffix) instead for values that use "
                    + "Intrinsic Functions", line: entry.line, path: path)
        }
    }

    private func check(_ entry: TemplateMap.Entry, problems: inout Problems) {
        guard let authorizer = entry.value.map else {
            problems.add(
                "Property 'Auth.Authorizers.\(entry.key)' should be a map.", line: entry.line, path: place)
            return
        }
        let path = "\(place).Authorizers.\(entry.key)"
        // The translator leaves out what it does not know.
        let isKnown = { (member: TemplateMap.Entry) in Self.authorizerRules.supported[member.key] != nil }
        for member in authorizer where !isKnown(member) {
            problems.warn("\(member.key) has no effect on an authorizer of a REST API", line: member.line, path: path)
        }
        Self.authorizerRules.check(TemplateMap(authorizer.filter(isKnown)), path: path, problems: &problems)
        let identity = authorizer["Identity"]
        if let identity, identity.isTruthy, identity.map == nil {
            problems.add("Auth.Authorizers.<Authorizer>.Identity must be a dict", line: identity.line, path: path)
        }
        guard authorizer["FunctionPayloadType"]?.text == "REQUEST" else { return }
        let hasSource = ["Headers", "QueryStrings", "StageVariables", "Context"].contains {
            identity?.map?[$0]?.isTruthy == true
        }
        let isCached = identity?.map?["ReauthorizeEvery"]?.integer.map { $0 > 0 } ?? true
        if !hasSource, isCached || identity?.isTruthy != true {
            problems.add(
                "\(entry.key) Authorizer must specify Identity with at least one of Headers, QueryStrings, "
                    + "StageVariables, or Context.", line: entry.line, path: path)
        }
    }

    var isEmpty: Bool { properties.isEmpty }
    var usagePlan: TemplateValue? { properties["UsagePlan"] }
    private var defaultAuthorizer: String? {
        properties["DefaultAuthorizer"].flatMap { $0.isTruthy ? $0.text : nil }
    }

    /// The role of a method's calls of its function, where callers are known by AWS_IAM.
    func credentials(of event: ApiEvent) -> TemplateValue? {
        let isIAM =
            event.auth["Authorizer"]?.text == RestApiDefinition.iam
            || defaultAuthorizer == RestApiDefinition.iam && event.auth.isEmpty
        guard isIAM else { return nil }
        let none = TemplateValue.string("NONE", line: event.line)
        // A role that is said to be nothing is none; one that is not said is the caller's.
        let role = { (map: TemplateMap) in map["InvokeRole"].map { $0.isTruthy ? $0 : none } }
        let caller = TemplateValue.string("arn:\(partition):iam::*:user/*", line: event.line)
        guard let chosen = role(event.auth) ?? role(properties) else { return caller }
        if chosen.text == "NONE" { return nil }
        return chosen.text == "CALLER_CREDENTIALS" ? caller : chosen
    }

    /// What an event's Auth says.
    func secure(
        _ event: ApiEvent, stage: TemplateValue, in definition: inout RestApiDefinition, problems: inout Problems
    ) {
        guard !event.auth.isEmpty else { return }
        let authorizer = event.auth["Authorizer"].flatMap { $0.isTruthy ? $0.text : nil }
        let subject = "on API method [\(event.shownMethod)] for path [\(event.path)] because"
        let refuse = { (message: String, problems: inout Problems) in
            problems.add(message, line: event.line, path: "\(event.place).Auth")
        }
        if authorizer == "NONE", defaultAuthorizer == nil {
            refuse(
                "Unable to set Authorizer \(subject) 'NONE' is only a valid value when a DefaultAuthorizer on the API "
                    + "is specified.", &problems)
        } else if let authorizer, authorizer != RestApiDefinition.iam, authorizer != "NONE",
            authorizers[authorizer]?.isTruthy != true
        {
            refuse(
                "Unable to set Authorizer [\(authorizer)] \(subject) "
                    + (authorizers.isEmpty
                        ? "the related API does not define any Authorizers."
                        : "it wasn't defined in the API's Authorizers."),
                &problems)
        }
        let scopes = event.auth["AuthorizationScopes"]
        if scopes?.isTruthy == true, authorizer == nil {
            refuse("AuthorizationScopes works only when Authorizer is set", &problems)
        }
        let needsKey = event.auth["ApiKeyRequired"].map { $0.boolean ?? $0.isTruthy }
        if needsKey == false, properties["ApiKeyRequired"]?.boolean != true {
            refuse(
                "Unable to set ApiKeyRequired [False] \(subject) the related API does not specify any ApiKeyRequired.",
                &problems)
        }
        let own = authorizer.flatMap { authorizers[$0]?.map }
        definition.secure(
            event, authorizer: authorizer, scopes: own.flatMap { scopes ?? $0["AuthorizationScopes"] },
            needsKey: needsKey)
        if let policy = event.auth["ResourcePolicy"]?.map, !policy.isEmpty {
            Self.check(policy, path: "\(event.place).Auth.ResourcePolicy", problems: &problems)
            definition.addPolicy(policy, path: event.path, stage: stage)
            if let custom = policy["CustomStatements"], custom.isTruthy { definition.addStatements(custom) }
        }
    }

    /// What the API's own says, of all methods.
    func apply(to definition: inout RestApiDefinition, stage: TemplateValue, problems: inout Problems) {
        for entry in authorizers {
            let authorizer = ServerlessAuthorizer(entry, partition: partition)
            definition.setAuthorizer(entry.key, authorizer.definition)
        }
        if let name = defaultAuthorizer {
            if name == RestApiDefinition.iam { definition.setAuthorizer(name, ServerlessAuthorizer.iam(line: line)) }
            definition.setDefaultAuthorizer(
                name, among: Set(authorizers.map(\.key) + [RestApiDefinition.iam]),
                scopes: authorizers[name]?.map?["AuthorizationScopes"] ?? .list([], line: line),
                includingPreflights: properties["AddDefaultAuthorizerToCorsPreflight"]?.boolean ?? true)
        }
        if properties["ApiKeyRequired"]?.boolean == true {
            definition.defineKey()
            definition.setKeyRequired(
                includingPreflights: properties["AddApiKeyRequiredToCorsPreflight"]?.boolean ?? true)
        }
        guard let policy = properties["ResourcePolicy"]?.map, !policy.isEmpty else { return }
        for path in definition.paths { definition.addPolicy(policy, path: path.key, stage: stage) }
        if let custom = policy["CustomStatements"], custom.isTruthy { definition.addStatements(custom) }
    }

    /// Lets the API call the functions that authorize.
    func permissions(of api: ServerlessApi) -> [PlainResource] {
        authorizers.compactMap { entry in
            guard let authorizer = entry.value.map, let function = authorizer["FunctionArn"], function.isTruthy,
                authorizer["DisableFunctionDefaultPermissions"]?.boolean != true
            else { return nil }
            return PlainResource.authorizerPermission(
                of: api.logicalId, entry.key, function, partition: partition, line: entry.line, path: place,
                attributes: api.attributes)
        }
    }
}

extension TemplateValue {
    /// With every function worked out that needs no resource; the others stay.
    func known(to resolver: IntrinsicResolver) -> TemplateValue {
        if Intrinsic.isCall(self), let value = try? resolver.resolve(self) { return value }
        switch content {
        case .null, .bool, .number, .string: return self
        case .list(let list): return .list(list.map { $0.known(to: resolver) }, line: line)
        case .map(let map):
            return .map(
                TemplateMap(
                    map.map {
                        TemplateMap.Entry(key: $0.key, line: $0.line, value: $0.value.known(to: resolver))
                    }), line: line)
        }
    }
}
