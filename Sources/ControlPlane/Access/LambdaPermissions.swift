import GatewayModel
import IAMPolicy
import JSON

extension Operation {
    /// Where the action has not the operation's name.
    private static let lambdaActions = [
        "Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction",
        "DownloadFunctionCode": "GetFunction",
    ]
    /// Those that may be about a version or an alias; of all others a qualifier is no part of the resource.
    private static let ofQualified: Set = [
        "AddPermission", "DeleteFunction", "GetFunction", "GetFunctionConfiguration", "GetPolicy", "Invoke",
        "InvokeAsync", "InvokeWithResponseStream", "RemovePermission",
    ]

    /// The operation on the function, with its qualifier, or on the layer; a role that is handed over needs more, and so
    /// do layers that a function uses.
    func lambdaPermissions(_ call: Call) -> [Permission] {
        // GetLayerVersionByArn has the path of ListLayers.
        if name == "ListLayers", let arn = call.query("Arn") {
            return [Permission("lambda:GetLayerVersion", on: layer(arn, call.account))]
        }
        let object = name == "Invoke" || name == "InvokeWithResponseStream" ? [:] : (try? call.object()) ?? [:]
        var values: [String: ConditionValues] = [:]
        if name == "AddPermission" { values["lambda:principal"] = .of(object["Principal"]?.string) }
        var needed = [
            Permission(
                "lambda:\(Self.lambdaActions[name] ?? name)", on: lambdaResource(call, object), values: values)
        ]
        guard name == "CreateFunction" || name == "UpdateFunctionConfiguration" else { return needed }
        for layer in object["Layers"]?.array ?? [] {
            guard let arn = layer.string else { continue }
            needed.append(Permission("lambda:GetLayerVersion", on: self.layer(arn, call.account)))
        }
        if name == "CreateFunction", SystemTags.hasOthers(object["Tags"]) {
            needed.append(Permission("lambda:TagResource", on: lambdaResource(call, object)))
        }
        if let role = object["Role"]?.string { needed.append(.passRole(role, to: "lambda.amazonaws.com")) }
        return needed
    }

    /// What it takes that tags are shown; nil where they are not asked for beside. Source: Lambda API reference,
    /// GetFunction.
    func tagsPermission(_ call: Call) -> Permission? {
        guard name == "GetFunction", let function = FunctionName(parsing: call.path("FunctionName")) else { return nil }
        return Permission("lambda:ListTags", on: call.account.functionARN(function.name))
    }

    private func lambdaResource(_ call: Call, _ object: JSONObject) -> String {
        let account = call.account
        let named = name == "CreateFunction" ? object["FunctionName"]?.string : call.pathParameters["FunctionName"]
        if let text = named {
            guard let function = FunctionName(parsing: text) else { return "*" }
            guard Self.ofQualified.contains(name) else { return account.functionARN(function.name) }
            return account.functionARN(function.name, qualifier: function.qualifier ?? call.query("Qualifier"))
        }
        if let name = call.pathParameters["LayerName"] {
            let arn = layer(name, account)
            return call.pathParameters["VersionNumber"].map { "\(arn):\($0)" } ?? arn
        }
        let resource = call.pathParameters["Resource"] ?? "*"
        return FunctionName(parsing: resource).map { account.functionARN($0.name) } ?? resource
    }

    /// Of a layer of this account, however a call names it, the one ARN that it has: its partition is not read elsewhere.
    private func layer(_ text: String, _ account: AccountIdentity) -> String {
        guard let arn = LayerName.ARN(text) else {
            return text.hasPrefix("arn:")
                ? text : "arn:\(account.partition):lambda:\(account.region):\(account.accountId):layer:\(text)"
        }
        let version = arn.version.map { ":\($0)" } ?? ""
        return "arn:\(account.partition):lambda:\(arn.region):\(arn.account):layer:\(arn.name)\(version)"
    }
}

extension World {
    /// The policy of the function that a permission speaks of, or of its alias or version.
    func functionPolicy(_ permission: Permission) -> PolicyDocument? {
        guard let name = FunctionName(parsing: permission.resource),
            let function = self[LambdaFunction.self, name.name],
            let stored = function.policies[name.qualifier == Qualifier.latest ? "" : name.qualifier ?? ""]
        else { return nil }
        return try? PolicyDocument(stored.policy.document, kind: .resource)
    }
}
