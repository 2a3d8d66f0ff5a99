/// One of the authorizers of an HTTP API's `Auth`: JWT where it has a JwtConfiguration, else a function.
struct HttpApiAuthorizer {
    let name: String
    let line: Int
    private let properties: TemplateMap
    private let partition: String

    private static let rules = PropertyRules(
        type: "\(ServerlessHttpApi.type).Auth.Authorizer",
        supported: [
            "AuthorizationScopes": .list, "AuthorizerPayloadFormatVersion": .text,
            "EnableFunctionDefaultPermissions": .boolean, "EnableSimpleResponses": .boolean, "FunctionArn": .any,
            "FunctionInvokeRole": .any,
            "Identity": .members(
                PropertyRules(
                    type: "\(ServerlessHttpApi.type).Auth.Authorizer.Identity",
                    supported: [
                        "Context": .list, "Headers": .list, "QueryStrings": .list, "ReauthorizeEvery": .integer,
                        "StageVariables": .list,
                    ])),
            "IdentitySource": .text, "JwtConfiguration": .map,
        ])
    private static let ofTokens = [
        ("AuthorizationScopes", "OAuth2 Authorizer"),
        ("IdentitySource", "OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead"),
    ]
    private static let ofFunctions = [
        "FunctionArn", "FunctionInvokeRole", "Identity", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses",
        "EnableFunctionDefaultPermissions",
    ].map { ($0, "Lambda Authorizer") }

    /// Nil when it has problems.
    init?(_ entry: TemplateMap.Entry, partition: String, path: String, problems: inout Problems) {
        name = entry.key
        line = entry.line
        self.partition = partition
        let known = problems.list.count
        let place = "\(path).Authorizers.\(name)"
        guard let authorizer = entry.value.map, !Intrinsic.isCall(entry.value) else {
            problems.add("Property 'Auth.Authorizers.\(name)' should be a map.", line: line, path: path)
            return nil
        }
        properties = authorizer
        if let url = authorizer.entry("OpenIdConnectUrl") {
            problems.add(
                "'OpenIdConnectUrl' is no longer a supported property for authorizer '\(name)'. Please refer to the "
                    + "AWS SAM documentation.", line: url.line, path: place)
        }
        // The translator leaves out what it does not know.
        let isKnown = { (member: TemplateMap.Entry) in Self.rules.supported[member.key] != nil }
        for member in authorizer where !isKnown(member) && member.key != "OpenIdConnectUrl" {
            problems.warn("\(member.key) has no effect on an authorizer of an HTTP API", line: member.line, path: place)
        }
        Self.rules.check(TemplateMap(authorizer.filter(isKnown)), path: place, problems: &problems)
        for (member, kind) in isJWT ? Self.ofFunctions : Self.ofTokens {
            guard let value = authorizer.entry(member) else { continue }
            problems.add("\(member) is only supported for \(kind).", line: value.line, path: place)
        }
        for (member, kind) in needed where authorizer[member]?.isTruthy != true {
            problems.add("\(name) \(kind) Authorizer must define '\(member)'.", line: line, path: place)
        }
        guard problems.list.count == known else { return nil }
    }

    private var isJWT: Bool { properties["JwtConfiguration"]?.isTruthy == true }

    private var needed: [(String, String)] {
        isJWT
            ? [("IdentitySource", "OAuth2")]
            : [("FunctionArn", "Lambda"), ("AuthorizerPayloadFormatVersion", "Lambda")]
    }

    /// The function that the API shall be let call; the template says so, or nobody does.
    var permittedFunction: TemplateValue? {
        properties["EnableFunctionDefaultPermissions"]?.boolean == true ? properties["FunctionArn"] : nil
    }

    /// As OpenAPI documents define it.
    var scheme: TemplateValue {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        var scheme = TemplateMap()
        var authorizer = TemplateMap()
        if isJWT {
            scheme["type"] = text("oauth2")
            authorizer["type"] = text("jwt")
            authorizer["identitySource"] = properties["IdentitySource"]
            // Templates write Audience and Issuer as CloudFormation has them, or as documents have them.
            var configuration = TemplateMap()
            for member in properties["JwtConfiguration"]?.map ?? TemplateMap() {
                configuration[member.key.lowercased()] = member.value
            }
            authorizer["jwtConfiguration"] = .map(configuration, line: line)
        } else {
            scheme["type"] = text("apiKey")
            scheme["name"] = text("Unused")
            scheme["in"] = text("header")
            describeFunction(&authorizer)
        }
        scheme["x-amazon-apigateway-authorizer"] = .map(authorizer, line: line)
        return .map(scheme, line: line)
    }

    private func describeFunction(_ authorizer: inout TemplateMap) {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        authorizer["type"] = text("request")
        authorizer["authorizerUri"] = ServerlessAuthorizer.uri(
            of: properties["FunctionArn"] ?? text(""), partition: partition, line: line)
        if let role = properties["FunctionInvokeRole"], role.isTruthy, role.text != ServerlessHttpApiAuth.none {
            authorizer["authorizerCredentials"] = role
        }
        authorizer["authorizerPayloadFormatVersion"] = properties["AuthorizerPayloadFormatVersion"]
        if let simple = properties["EnableSimpleResponses"], simple.isTruthy {
            authorizer["enableSimpleResponses"] = simple
        }
        guard let identity = properties["Identity"]?.map, !identity.isEmpty else { return }
        authorizer["authorizerResultTtlInSeconds"] = identity["ReauthorizeEvery"]
        let sources: KeyValuePairs = [
            "Headers": "$request.header.", "QueryStrings": "$request.querystring.",
            "StageVariables": "$stageVariables.", "Context": "$context.",
        ]
        authorizer["identitySource"] = .list(
            sources.flatMap { name, prefix in (identity[name]?.list ?? []).map { text(prefix + ($0.text ?? "")) } },
            line: line)
    }
}
