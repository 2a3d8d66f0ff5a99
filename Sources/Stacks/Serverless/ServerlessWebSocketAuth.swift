/// The `Auth` of an AWS::Serverless::WebSocketApi: what is asked of those who connect.
struct ServerlessWebSocketAuth {
    static let rules = PropertyRules(
        type: "\(ServerlessWebSocketApi.type).Auth",
        supported: [
            "AuthArn": .text, "AuthType": .text, "IdentitySource": .list, "InvokeRole": .text, "Name": .text,
        ])
    private static let types = ["AWS_IAM", "CUSTOM", "NONE"]
    static let partition = "${AWS::Partition}"

    private let api: TemplateResource
    private let properties: TemplateMap
    private let line: Int
    private let path: String

    /// - Parameter connects: whether the API has a route `$connect`.
    init(_ value: TemplateValue?, of api: TemplateResource, connects: Bool, problems: inout Problems) {
        self.api = api
        properties = value?.map ?? TemplateMap()
        line = value?.line ?? api.line
        path = "\(api.path).Properties.Auth"
        guard !properties.isEmpty else { return }
        Self.rules.check(properties, path: path, problems: &problems)
        if !connects {
            problems.add(
                "Authorization is only available if there is a $connect route.", line: line, path: path)
        }
        if let objection { problems.add(objection, line: properties["AuthType"]?.line ?? line, path: path) }
    }

    private var objection: String? {
        guard let value = properties["AuthType"], value.isTruthy else {
            return "AuthType must be specified for additional auth configurations."
        }
        guard let type = value.text, Self.types.contains(type) else {
            return "AuthType '\(value.text ?? value.kind)' is not one of AWS_IAM, CUSTOM or NONE."
        }
        guard type == "CUSTOM" else {
            return properties.count > 1 ? "No additional configurations supported for AuthType \(type)." : nil
        }
        return set("AuthArn") == nil ? "AuthArn must be specified if AuthType is CUSTOM." : nil
    }

    private func set(_ name: String) -> TemplateValue? { properties[name].flatMap { $0.isTruthy ? $0 : nil } }

    private var isCustom: Bool { properties["AuthType"]?.text == "CUSTOM" }
    private var authorizerId: String { "\(api.logicalId)ConnectAuthorizer" }

    /// Says at the route `$connect` what is asked.
    func secure(_ route: inout TemplateMap) {
        route["AuthorizationType"] = properties["AuthType"]
        if isCustom { route["AuthorizerId"] = .ref(authorizerId, line: line) }
    }

    /// The authorizer, and the permission of its function where no role calls it.
    var plainResources: [PlainResource] {
        guard isCustom, let function = set("AuthArn") else { return [] }
        var authorizer = TemplateMap()
        authorizer["ApiId"] = .ref(api.logicalId, line: line)
        authorizer["AuthorizerCredentialsArn"] = properties["InvokeRole"]
        authorizer["AuthorizerType"] = .string("REQUEST", line: line)
        authorizer["AuthorizerUri"] = ServerlessAuthorizer.uri(
            of: function, as: "AuthArn", partition: Self.partition, line: line)
        authorizer["IdentitySource"] = properties["IdentitySource"]
        authorizer["Name"] = set("Name") ?? .string(authorizerId, line: line)
        let made = PlainResource(
            authorizerId, "AWS::ApiGatewayV2::Authorizer", line: line, path: path, attributes: api.attributes,
            properties: authorizer)
        guard set("InvokeRole") == nil else { return [made] }
        return [
            made,
            .authorizerPermission(
                of: api.logicalId, "", function, partition: Self.partition, line: line, path: path,
                attributes: api.attributes),
        ]
    }
}
