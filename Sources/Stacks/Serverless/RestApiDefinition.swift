/// The Swagger document of a REST API while the transform fills it in.
///
/// What is written, and in which order, is as in aws-sam-translator 1.110.0 (`SwaggerEditor`).
struct RestApiDefinition {
    static let integration = "x-amazon-apigateway-integration"
    private static let validators = "x-amazon-apigateway-request-validators"
    private static let validator = "x-amazon-apigateway-request-validator"
    static let securityDefinitions = "securityDefinitions"
    /// What a path has beside methods.
    private static let noMethods: Set<String> = ["summary", "description", "parameters"]

    var document: TemplateMap
    var paths: TemplateMap
    var statements: PolicyStatements
    let line: Int

    /// The empty document that SAM begins with when the template has none.
    init(line: Int) {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        self.line = line
        paths = TemplateMap()
        statements = PolicyStatements(nil, isAdded: false)
        document = TemplateMap()
        document["swagger"] = text("2.0")
        document["info"] = .map(["version": text("1.0"), "title": .ref("AWS::StackName", line: line)], line: line)
        document["paths"] = .map(paths, line: line)
    }

    /// Nil when the document is neither Swagger nor OpenAPI 3 with paths.
    init?(_ body: TemplateValue) {
        guard let document = body.map, let paths = document["paths"]?.map,
            document["swagger"]?.isTruthy == true || Self.isVersion3(document["openapi"]),
            paths.allSatisfy({ path in path.value.map?.allSatisfy { Self.isSound($0) } ?? false })
        else { return nil }
        line = body.line
        self.document = document
        self.paths = paths
        statements = PolicyStatements(document[Self.policy]?.map?["Statement"], isAdded: false)
    }

    private static func isSound(_ entry: TemplateMap.Entry) -> Bool {
        noMethods.contains(entry.key) || entry.value.map != nil
    }

    /// `3`, `3.0`, `3.0.1` and the like.
    static func isVersion3(_ value: TemplateValue?) -> Bool {
        guard let text = value?.text else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.first == "3" && parts.count <= 3
            && parts.dropFirst().allSatisfy { part in
                part.utf8.count == 1 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    private var isSwagger: Bool { document["swagger"].map { !$0.isNull } ?? false }

    var body: TemplateValue {
        var whole = withStatements(document)
        whole["paths"] = .map(paths, line: document["paths"]?.line ?? line)
        return .map(whole, line: line)
    }

    /// The document of an API that SAM writes, in the version that the template asks for.
    mutating func setVersion(_ version: TemplateValue) {
        document["openapi"] = .string(version.text ?? "", line: version.line)
        document["swagger"] = nil
    }

    mutating func addPath(_ path: String, _ method: String, line: Int) {
        paths.edit(path, line: line) { $0.edit(method, line: line) { _ in } }
    }

    func hasIntegration(_ path: String, _ method: String) -> Bool {
        paths[path]?.map?[method]?.map?[Self.integration]?.isTruthy ?? false
    }

    mutating func editMethod(_ path: String, _ method: String, _ change: (inout TemplateMap) -> Void) {
        guard hasIntegration(path, method) else { return }
        paths.edit(path, line: line) { $0.edit(method, line: line, change) }
    }

    /// Every method that has an integration.
    mutating func editMethods(_ change: (_ name: String, _ method: inout TemplateMap) -> Void) {
        for path in paths {
            for method in path.value.map ?? TemplateMap() where !Self.noMethods.contains(method.key) {
                editMethod(path.key, method.key) { change(HttpApiDefinition.normalized(method.key), &$0) }
            }
        }
    }

    /// Adds the method of an event; false when there is one already.
    mutating func add(
        _ event: ApiEvent, target: EventTarget, credentials: TemplateValue?, partition: String
    ) -> Bool {
        guard !hasIntegration(event.path, event.method) else { return false }
        let line = event.line
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let service =
            event.isStreamed ? ("2021-11-15", "response-streaming-invocations") : ("2015-03-31", "invocations")
        let uri =
            "arn:\(partition):apigateway:${AWS::Region}:lambda:path/\(service.0)/functions/${\(target.arnVariable)}"
            + "/\(service.1)"
        var integration = TemplateMap()
        integration["type"] = text("aws_proxy")
        integration["httpMethod"] = text("POST")
        integration["uri"] = .map(["Fn::Sub": text(uri)], line: line)
        if event.isStreamed { integration["responseTransferMode"] = text("STREAM") }
        integration["credentials"] = credentials
        paths.edit(event.path, line: line) { path in
            path.edit(event.method, line: line) { method in
                method[Self.integration] = .map(integration, line: line)
                if method["responses"] == nil { method["responses"] = .map(TemplateMap(), line: line) }
            }
        }
        return true
    }

    /// Takes the method of an event out of a document that has it alone; what it says counts before what this one says.
    mutating func merge(_ other: RestApiDefinition, _ event: ApiEvent) {
        let added = other.paths[event.path]?.map?[event.method]?.map ?? TemplateMap()
        paths.edit(event.path, line: event.line) { path in
            path.edit(event.method, line: event.line) { method in
                for member in added { method[member.key] = member.value }
            }
        }
    }

    mutating func setTimeout(_ value: TemplateValue, of event: ApiEvent) {
        editMethod(event.path, event.method) { method in
            method.edit(Self.integration, line: value.line) { $0["timeoutInMillis"] = value }
        }
    }

    mutating func setModel(_ name: String, isRequired: TemplateValue?, of event: ApiEvent) {
        let isSwagger = isSwagger
        let isVersion3 = Self.isVersion3(document["openapi"])
        let text = { (text: String) in TemplateValue.string(text, line: event.line) }
        let reference = { (path: String) -> TemplateValue in
            .map(["$ref": text("#/\(path)/\(name)")], line: event.line)
        }
        editMethod(event.path, event.method) { method in
            if isSwagger {
                var parameter = TemplateMap()
                parameter["in"] = text("body")
                parameter["name"] = text(name)
                parameter["schema"] = reference("definitions")
                parameter["required"] = isRequired
                method.append(.map(parameter, line: event.line), to: "parameters")
            } else if isVersion3 {
                let content = TemplateValue.map(["schema": reference("components/schemas")], line: event.line)
                var body = TemplateMap()
                body["content"] = .map(["application/json": content], line: event.line)
                body["required"] = isRequired
                method["requestBody"] = .map(body, line: event.line)
            }
        }
    }

    mutating func setValidator(body: Bool, parameters: Bool, of event: ApiEvent) {
        let name =
            switch (body, parameters) {
            case (true, true): "body-and-params"
            case (true, false): "body-only"
            case (false, true): "params-only"
            case (false, false): "no-validation"
            }
        let line = event.line
        document.edit(Self.validators, line: line) { validators in
            guard validators[name]?.isTruthy != true else { return }
            validators[name] = .map(
                [
                    "validateRequestBody": .bool(body, line: line),
                    "validateRequestParameters": .bool(parameters, line: line),
                ], line: line)
        }
        editMethod(event.path, event.method) { $0[Self.validator] = .string(name, line: line) }
    }

    mutating func setParameters(of event: ApiEvent) {
        let text = { (text: String) in TemplateValue.string(text, line: event.line) }
        editMethod(event.path, event.method) { method in
            for parameter in event.parameters {
                let parts = parameter.source.split(separator: ".", maxSplits: 3).map(String.init)
                guard parts.count == 4 else { continue }
                var member = TemplateMap()
                member["in"] = text(parts[2] == "querystring" ? "query" : parts[2])
                member["name"] = text(parts[3])
                member["required"] = parameter.required
                member["type"] = text("string")
                method.append(.map(member, line: event.line), to: "parameters")
                guard parameter.isCached else { continue }
                method.edit(Self.integration, line: event.line) {
                    $0.append(text(parameter.source), to: "cacheKeyParameters")
                }
            }
        }
    }
}

extension TemplateMap {
    /// Changes the map at a key, an empty one where there is none.
    mutating func edit(_ key: String, line: Int, _ change: (inout TemplateMap) -> Void) {
        let value = self[key]
        var map = value?.map ?? TemplateMap()
        change(&map)
        self[key] = .map(map, line: value?.line ?? line)
    }

    mutating func append(_ value: TemplateValue, to key: String) {
        self[key] = .list((self[key]?.list ?? []) + [value], line: self[key]?.line ?? value.line)
    }
}

extension TemplateValue {
    /// As Python has it, which the translator is written in.
    var isTruthy: Bool {
        switch content {
        case .null: false
        case .bool(let value): value
        case .number(let text): Double(text) != 0
        case .string(let text): !text.isEmpty
        case .list(let list): !list.isEmpty
        case .map(let map): !map.isEmpty
        }
    }
}
