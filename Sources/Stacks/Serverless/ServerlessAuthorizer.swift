/// One of the authorizers of a REST API's `Auth`, as documents define them.
struct ServerlessAuthorizer {
    private let properties: TemplateMap
    private let partition: String
    private let line: Int

    init(_ entry: TemplateMap.Entry, partition: String) {
        properties = entry.value.map ?? TemplateMap()
        self.partition = partition
        line = entry.line
    }

    private static func definition(header: TemplateValue, type: String, line: Int) -> TemplateMap {
        var definition = TemplateMap()
        definition["type"] = .string("apiKey", line: line)
        definition["name"] = header
        definition["in"] = .string("header", line: line)
        definition["x-amazon-apigateway-authtype"] = .string(type, line: line)
        return definition
    }

    static func iam(line: Int) -> TemplateValue {
        .map(definition(header: .string("Authorization", line: line), type: "awsSigv4", line: line), line: line)
    }

    /// Where API Gateway calls a function.
    ///
    /// - Parameter variable: what the translator calls the function's ARN.
    static func uri(
        of function: TemplateValue, as variable: String = "__FunctionArn__", partition: String, line: Int
    ) -> TemplateValue {
        let uri =
            "arn:\(partition):apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${\(variable)}/invocations"
        let entry = TemplateMap.Entry(key: variable, line: line, value: function)
        let variables = TemplateValue.map(TemplateMap([entry]), line: line)
        return .map(["Fn::Sub": .list([.string(uri, line: line), variables], line: line)], line: line)
    }

    var definition: TemplateValue {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let isCognito = properties["UserPoolArn"]?.isTruthy == true
        let isRequest = properties["FunctionPayloadType"]?.text == "REQUEST"
        let identity = properties["Identity"]?.map ?? TemplateMap()
        let set = { (name: String) in identity[name].flatMap { $0.isTruthy ? $0 : nil } }
        let header = !isCognito && isRequest ? text("Unused") : set("Header") ?? text("Authorization")
        var definition = Self.definition(
            header: header, type: isCognito ? "cognito_user_pools" : "custom", line: line)
        var authorizer = TemplateMap()
        authorizer["type"] = text(isCognito ? "cognito_user_pools" : isRequest ? "request" : "token")
        if isCognito {
            let pools = properties["UserPoolArn"] ?? text("")
            authorizer["providerARNs"] = pools.list == nil ? .list([pools], line: line) : pools
        } else {
            describeFunction(&authorizer, identity, isRequest: isRequest)
        }
        if isCognito || !isRequest { authorizer["identityValidationExpression"] = set("ValidationExpression") }
        definition["x-amazon-apigateway-authorizer"] = .map(authorizer, line: line)
        return .map(definition, line: line)
    }

    private func describeFunction(_ authorizer: inout TemplateMap, _ identity: TemplateMap, isRequest: Bool) {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        authorizer["authorizerUri"] = Self.uri(
            of: properties["FunctionArn"] ?? TemplateValue(.null, line: line), partition: partition, line: line)
        authorizer["authorizerResultTtlInSeconds"] = identity["ReauthorizeEvery"]
        if let role = properties["FunctionInvokeRole"], role.isTruthy, role.text != "NONE" {
            authorizer["authorizerCredentials"] = role
        }
        guard isRequest else { return }
        let sources: KeyValuePairs = [
            "Headers": "method.request.header.", "QueryStrings": "method.request.querystring.",
            "StageVariables": "stageVariables.", "Context": "context.",
        ]
        let all = sources.flatMap { name, prefix in
            (identity[name]?.list ?? []).map { prefix + ($0.text ?? "") }
        }
        if !all.isEmpty { authorizer["identitySource"] = text(all.joined(separator: ", ")) }
    }
}
