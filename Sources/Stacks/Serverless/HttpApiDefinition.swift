/// The OpenAPI document of an HTTP API while the transform fills it in.
struct HttpApiDefinition {
    static let defaultPath = "$default"
    static let anyMethod = "x-amazon-apigateway-any-method"
    static let integration = "x-amazon-apigateway-integration"
    private static let cors = "x-amazon-apigateway-cors"
    private static let endpointConfiguration = "x-amazon-apigateway-endpoint-configuration"
    private static let tagValue = "x-amazon-apigateway-tag-value"

    /// Whether SAM writes the document alone; then a route may come only once.
    let isManaged: Bool
    var document: TemplateMap
    var paths: TemplateMap
    let line: Int

    /// The empty document that SAM begins with when the template has none.
    init(line: Int) {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        isManaged = true
        self.line = line
        paths = TemplateMap()
        document = TemplateMap()
        document["openapi"] = text("3.0.1")
        document["info"] = .map(["version": text("1.0"), "title": .ref("AWS::StackName", line: line)], line: line)
        document["paths"] = .map(paths, line: line)
    }

    /// Nil when the document is not one of OpenAPI 3 with paths.
    init?(_ body: TemplateValue) {
        guard let document = body.map, let paths = document["paths"]?.map, let version = document["openapi"]?.text,
            version == "3" || version.hasPrefix("3."), paths.entries.allSatisfy({ $0.value.map != nil })
        else { return nil }
        isManaged = false
        line = body.line
        self.document = document
        self.paths = paths
    }

    var body: TemplateValue {
        var whole = document
        whole["paths"] = .map(paths, line: document["paths"]?.line ?? line)
        return .map(whole, line: line)
    }

    static func normalized(_ method: String) -> String {
        let method = method.lowercased()
        return method == "any" ? anyMethod : method
    }

    private func integration(_ path: String, _ method: String) -> TemplateMap? {
        paths[path]?.map?[method]?.map?[Self.integration]?.map
    }

    /// Whether the `$default` route calls the function: then its permission covers all routes. SAM does not look at
    /// aliases.
    func defaultRouteCalls(_ target: EventTarget) -> Bool {
        guard !target.isAlias, let uri = integration(Self.defaultPath, Self.anyMethod)?["uri"],
            case .intrinsic(.sub(let template, _)) = Intrinsic.read(uri)
        else { return false }
        return template.parts.contains(.variable(target.arnVariable))
    }

    /// Adds the route of an event; false when the document is SAM's and has the route already.
    mutating func add(_ event: HttpApiEvent, target: EventTarget) -> Bool {
        let line = event.line
        let existing = integration(event.path, event.method)
        if existing != nil, isManaged { return false }
        var item = paths[event.path]?.map ?? TemplateMap()
        var operation = item[event.method]?.map ?? TemplateMap()
        var integration = existing ?? Self.integration(target, line: line)
        if existing == nil {
            if event.path == Self.defaultPath, event.method == Self.anyMethod {
                operation["isDefaultRoute"] = .bool(true, line: line)
            }
            if operation["responses"] == nil { operation["responses"] = .map(TemplateMap(), line: line) }
        }
        if let timeout = event.timeoutInMillis { integration["timeoutInMillis"] = timeout }
        if let version = event.payloadFormatVersion {
            integration["payloadFormatVersion"] = version.text.map { .string($0, line: version.line) } ?? version
        }
        operation[Self.integration] = .map(integration, line: line)
        Self.declareParameters(of: event.path, in: &operation, line: line)
        item[event.method] = .map(operation, line: line)
        paths[event.path] = .map(item, line: line)
        return true
    }

    private static func integration(_ target: EventTarget, line: Int) -> TemplateMap {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let uri =
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${\(target.arnVariable)}"
            + "/invocations"
        var integration = TemplateMap()
        integration["type"] = text("aws_proxy")
        integration["httpMethod"] = text("POST")
        integration["payloadFormatVersion"] = text("2.0")
        integration["uri"] = .map(["Fn::Sub": text(uri)], line: line)
        return integration
    }

    /// The variables of the path, as SAM declares them: a greedy one keeps its plus sign.
    private static func declareParameters(of path: String, in operation: inout TemplateMap, line: Int) {
        var parameters = operation["parameters"]?.list ?? []
        for piece in path.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: "}") else { continue }
            let name = String(piece[..<end])
            let position = parameters.firstIndex { $0.map?["name"]?.text == name }
            var parameter = position.flatMap { parameters[$0].map } ?? TemplateMap()
            parameter["name"] = .string(name, line: line)
            parameter["in"] = .string("path", line: line)
            parameter["required"] = .bool(true, line: line)
            if let position {
                parameters[position] = .map(parameter, line: line)
            } else {
                parameters.append(.map(parameter, line: line))
            }
        }
        if !parameters.isEmpty { operation["parameters"] = .list(parameters, line: line) }
    }
}

/// What the properties of AWS::Serverless::HttpApi add to the document.
extension HttpApiDefinition {
    mutating func setCors(_ members: TemplateMap) {
        var cors = document[Self.cors]?.map ?? TemplateMap()
        for member in members { cors[member.key] = member.value }
        document[Self.cors] = .map(cors, line: line)
    }

    mutating func setTags(_ tags: TemplateMap) {
        var list = document["tags"]?.list ?? []
        for tag in tags {
            let position = list.firstIndex { $0.map?["name"]?.text == tag.key }
            var entry = position.flatMap { list[$0].map } ?? TemplateMap()
            entry["name"] = .string(tag.key, line: tag.line)
            entry[Self.tagValue] = tag.value
            if let position {
                list[position] = .map(entry, line: tag.line)
            } else {
                list.append(.map(entry, line: tag.line))
            }
        }
        document["tags"] = .list(list, line: line)
    }

    mutating func setDisableExecuteApiEndpoint(_ value: TemplateValue) {
        let servers = document["servers"]?.list ?? [.map(TemplateMap(), line: value.line)]
        document["servers"] = .list(
            servers.map { server in
                var server = server.map ?? TemplateMap()
                var configuration = server[Self.endpointConfiguration]?.map ?? TemplateMap()
                configuration["disableExecuteApiEndpoint"] = value
                server[Self.endpointConfiguration] = .map(configuration, line: value.line)
                return .map(server, line: value.line)
            }, line: value.line)
    }

    /// The importer warns of a path without a slash; where warnings count, `$default` is written `/$default`.
    mutating func slashDefaultPath() {
        guard let item = paths[Self.defaultPath] else { return }
        paths[Self.defaultPath] = nil
        paths["/\(Self.defaultPath)"] = item
    }

    /// False when the document has a title of its own.
    mutating func setTitle(_ value: TemplateValue) -> Bool {
        guard let title = document["info"]?.map?["title"],
            case .intrinsic(.ref("AWS::StackName")) = Intrinsic.read(title)
        else { return false }
        setInfo("title", value)
        return true
    }

    /// False when the document has a description of its own.
    mutating func setDescription(_ value: TemplateValue) -> Bool {
        guard document["info"]?.map?["description"] == nil else { return false }
        setInfo("description", value)
        return true
    }

    private mutating func setInfo(_ name: String, _ value: TemplateValue) {
        var info = document["info"]?.map ?? TemplateMap()
        info[name] = value
        document["info"] = .map(info, line: document["info"]?.line ?? line)
    }
}
