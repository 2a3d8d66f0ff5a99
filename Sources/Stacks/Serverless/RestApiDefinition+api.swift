/// What the properties of AWS::Serverless::Api add to the document.
extension RestApiDefinition {
    private static let gatewayResponses = "x-amazon-apigateway-gateway-responses"
    private static let endpointConfiguration = "x-amazon-apigateway-endpoint-configuration"
    private static let everyMethod = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

    struct Cors {
        let allowOrigin: TemplateValue
        var allowHeaders: TemplateValue?
        var allowMethods: TemplateValue?
        var maxAge: TemplateValue?
        var allowsCredentials = false
    }

    /// Gives every path a preflight but where it has OPTIONS already. Paths that differ in a slash at the end are one.
    mutating func setCors(_ cors: Cors) {
        var seen: Set<String> = []
        for path in paths {
            var name = path.key[...]
            while name.count > 1, name.hasSuffix("/") { name = name.dropLast() }
            guard seen.insert(String(name)).inserted, let item = path.value.map, item["options"] == nil else {
                continue
            }
            var cors = cors
            if cors.allowMethods?.isTruthy != true {
                let isAny = item[HttpApiDefinition.anyMethod] != nil
                let methods = isAny ? Self.everyMethod : Set(item.map { $0.key.uppercased() } + ["OPTIONS"]).sorted()
                cors.allowMethods = .string("'\(methods.joined(separator: ","))'", line: line)
            }
            paths.edit(path.key, line: line) { $0["options"] = Self.preflight(cors, line: line) }
        }
    }

    private static func preflight(_ cors: Cors, line: Int) -> TemplateValue {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        var parameters = TemplateMap()
        var headers = TemplateMap()
        let add = { (name: String, value: TemplateValue?, type: String) in
            guard let value else { return }
            parameters["method.response.header.Access-Control-\(name)"] = value
            headers["Access-Control-\(name)"] = .map(["type": text(type)], line: line)
        }
        let truthy = { (value: TemplateValue?) in value.flatMap { $0.isTruthy ? $0 : nil } }
        add("Allow-Origin", cors.allowOrigin, "string")
        add("Allow-Headers", truthy(cors.allowHeaders), "string")
        add("Allow-Methods", truthy(cors.allowMethods), "string")
        add("Max-Age", cors.maxAge, "integer")
        add("Allow-Credentials", cors.allowsCredentials ? text("'true'") : nil, "string")
        let response: TemplateValue = .map(
            [
                "statusCode": text("200"), "responseParameters": .map(parameters, line: line),
                "responseTemplates": .map(["application/json": text("{}\n")], line: line),
            ], line: line)
        let integration: TemplateValue = .map(
            [
                "type": text("mock"),
                "requestTemplates": .map(["application/json": text("{\n  \"statusCode\" : 200\n}\n")], line: line),
                "responses": .map(["default": response], line: line),
            ], line: line)
        let json = TemplateValue.list([text("application/json")], line: line)
        let answer: TemplateValue = .map(
            ["description": text("Default response for CORS method"), "headers": .map(headers, line: line)], line: line)
        return .map(
            [
                "summary": text("CORS support"), "consumes": json, "produces": json, Self.integration: integration,
                "responses": .map(["200": answer], line: line),
            ], line: line)
    }

    /// Slashes may be written `~1`.
    mutating func setBinaryMediaTypes(_ types: TemplateValue) {
        document["x-amazon-apigateway-binary-media-types"] = types.withSlashes
    }

    mutating func setGatewayResponse(_ type: String, _ response: TemplateMap, line: Int) {
        let given = response["ResponseParameters"]?.map ?? TemplateMap()
        var parameters = TemplateMap()
        for (name, prefix) in ["Headers": "header", "Paths": "path", "QueryStrings": "querystring"] as KeyValuePairs {
            for entry in given[name]?.map ?? TemplateMap() {
                parameters["gatewayresponse.\(prefix).\(entry.key)"] = entry.value
            }
        }
        var members = TemplateMap()
        members["responseParameters"] = .map(parameters, line: line)
        let templates = response["ResponseTemplates"].flatMap { $0.isTruthy ? $0 : nil }
        members["responseTemplates"] = templates ?? .map(TemplateMap(), line: line)
        members["statusCode"] = response["StatusCode"]?.text.map { .string($0, line: line) }
        document.edit(Self.gatewayResponses, line: line) { $0[type] = .map(members, line: line) }
    }

    mutating func setModels(_ models: TemplateMap, line: Int) {
        document.edit("definitions", line: line) { definitions in
            for model in models { definitions[model.key.lowercased()] = model.value }
        }
    }

    mutating func setDisableExecuteApiEndpoint(_ value: TemplateValue) {
        let set = { (map: inout TemplateMap) in
            map.edit(Self.endpointConfiguration, line: value.line) { $0["disableExecuteApiEndpoint"] = value }
        }
        guard Self.isVersion3(document["openapi"]) else { return set(&document) }
        let servers = document["servers"]?.list ?? [.map(TemplateMap(), line: value.line)]
        document["servers"] = .list(
            servers.map { server in
                var server = server.map ?? TemplateMap()
                set(&server)
                return .map(server, line: value.line)
            }, line: value.line)
    }

    /// Puts what Swagger has where OpenAPI 3 has it. Headers of preflights are wrapped anew each time: that is how SAM
    /// has them.
    ///
    /// - Parameter version: what the template asks for; else the document's own counts.
    mutating func convert(to version: TemplateValue?) {
        guard document["swagger"].map(\.isNull) ?? true, Self.isVersion3(version ?? document["openapi"]) else { return }
        for (old, new) in [Self.securityDefinitions: "securitySchemes", "definitions": "schemas"] as KeyValuePairs {
            guard let value = document[old], value.isTruthy else { continue }
            document.edit("components", line: line) { $0[new] = value }
            document[old] = nil
        }
        for path in paths {
            guard path.value.map?["options"]?.isTruthy == true else { continue }
            paths.edit(path.key, line: line) { item in
                item.edit("options", line: line) { options in
                    options["produces"] = nil
                    options["consumes"] = nil
                    guard let headers = options["responses"]?.map?["200"]?.map?["headers"]?.map, !headers.isEmpty
                    else { return }
                    let wrapped = headers.map { header in
                        TemplateMap.Entry(
                            key: header.key, line: header.line,
                            value: .map(["schema": header.value], line: header.line))
                    }
                    options.edit("responses", line: line) { responses in
                        responses.edit("200", line: line) { $0["headers"] = .map(TemplateMap(wrapped), line: line) }
                    }
                }
            }
        }
    }
}

extension TemplateValue {
    fileprivate var withSlashes: TemplateValue {
        switch content {
        case .string(let text): .string(text.replacing("~1", with: "/"), line: line)
        case .list(let list): .list(list.map(\.withSlashes), line: line)
        case .map(let map):
            .map(
                TemplateMap(
                    map.map {
                        TemplateMap.Entry(
                            key: $0.key.replacing("~1", with: "/"), line: $0.line, value: $0.value.withSlashes)
                    }), line: line)
        case .null, .bool, .number: self
        }
    }
}
