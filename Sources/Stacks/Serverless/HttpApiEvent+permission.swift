extension HttpApiEvent {
    /// Lets the API call the function for this route, at any stage.
    func permission(for function: ServerlessFunction, target: EventTarget) -> PlainResource {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}"
        // What the event says stands for the id: as plain text it is one that no API has.
        let id = namesApiPlainly ? text(apiId) : .ref(apiId, line: line)
        let variables: TemplateValue = .map(["__ApiId__": id, "__Stage__": text("*")], line: line)
        var permission = TemplateMap()
        permission["Action"] = text("lambda:InvokeFunction")
        permission["FunctionName"] = .ref(target.logicalId, line: line)
        permission["Principal"] = text("apigateway.amazonaws.com")
        permission["SourceArn"] = .map(
            ["Fn::Sub": .list([text(arn + sourcePath), variables], line: line)], line: line)
        return PlainResource(
            "\(function.logicalId)\(name)Permission", "AWS::Lambda::Permission", line: line, path: place,
            attributes: function.resource.attributes, properties: permission)
    }

    /// The method and path of a source ARN, as aws-sam-translator 1.110.0 writes them: without a slash at the end,
    /// and with `*` for variables.
    private var sourcePath: String {
        let method = method == HttpApiDefinition.anyMethod ? "*" : method.uppercased()
        if path == HttpApiDefinition.defaultPath { return "/\(method)" }
        if method == "*", path == "/\(HttpApiDefinition.defaultPath)" { return path }
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return "/\(method)\(Self.withoutVariables(path))"
    }

    /// Greedy variables other than `{proxy+}` stay: that is how SAM's expression is.
    private static func withoutVariables(_ path: String) -> String {
        var result = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            guard name == "proxy+" || isVariable(name) else {
                result += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            result += rest[..<open] + "*"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private static func isVariable(_ name: Substring) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { LogicalId.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
}
