import Crypto

/// AWS::Serverless::HttpApi: the API, made by importing an OpenAPI document, and its one stage.
struct ServerlessHttpApi {
    static let type = "AWS::Serverless::HttpApi"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "AccessLogSettings": .map, "CorsConfiguration": .mapOrBoolean, "DefinitionBody": .map,
            "Description": .text, "DisableExecuteApiEndpoint": .boolean, "Name": .text, "StageName": .text,
            "StageVariables": .map, "Tags": .map,
        ],
        known: [
            "Auth", "DefaultRouteSettings", "DefinitionUri", "Domain", "FailOnWarnings", "PropagateTags",
            "RouteSettings",
        ],
        members: ["AccessLogSettings": ["DestinationArn", "Format"]])

    private static let corsMembers: Set<String> = [
        "AllowOrigins", "AllowHeaders", "AllowMethods", "ExposeHeaders", "MaxAge", "AllowCredentials",
    ]
    private static let createdBy = "httpapi:createdBy"
    private static let defaultStage = "$default"

    let logicalId: String
    let line: Int
    let path: String
    let dependsOn: [TemplateValue]
    /// The template's own over the globals.
    let properties: TemplateMap
    var definition: HttpApiDefinition

    init(_ resource: TemplateResource, globals: ServerlessGlobals, problems: inout Problems) {
        let path = "\(resource.path).Properties"
        Self.rules.check(resource.properties, path: path, problems: &problems)
        logicalId = resource.logicalId
        line = resource.line
        self.path = resource.path
        dependsOn = resource.dependsOn
        properties = ServerlessGlobals.merge(resource.properties, over: globals.httpApi)
        definition = HttpApiDefinition(line: line)
        if let body = properties["DefinitionBody"], body.map?.isEmpty == false {
            if let given = HttpApiDefinition(body) {
                definition = given
            } else {
                problems.add(
                    "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in "
                        + "'DefinitionBody'.", line: body.line, path: "\(path).DefinitionBody")
            }
        }
    }

    /// The API of the events that name none.
    init(implicitAt line: Int, globals: ServerlessGlobals) {
        logicalId = HttpApiEvent.implicitApi
        self.line = line
        path = "Resources.\(logicalId)"
        dependsOn = []
        properties = globals.httpApi
        definition = HttpApiDefinition(line: line)
    }

    /// The API and its stage, once all events have added their routes.
    func plainResources(problems: inout Problems) -> [PlainResource] {
        var definition = self.definition
        var tags = properties["Tags"]?.map ?? TemplateMap()
        tags[Self.createdBy] = .string("SAM", line: line)
        addCors(to: &definition, problems: &problems)
        definition.setTags(tags)
        if let value = properties["DisableExecuteApiEndpoint"] { definition.setDisableExecuteApiEndpoint(value) }
        if let value = properties["Name"], !definition.setTitle(value) {
            refuseSecond("Name", value, problems: &problems)
        }
        if let value = properties["Description"], !definition.setDescription(value) {
            refuseSecond("Description", value, problems: &problems)
        }
        var api = TemplateMap()
        api["Body"] = definition.body
        return [
            PlainResource(
                logicalId, "AWS::ApiGatewayV2::Api", line: line, path: path, dependsOn: dependsOn, properties: api),
            stage(tags: tags),
        ]
    }

    private func refuseSecond(_ name: String, _ value: TemplateValue, problems: inout Problems) {
        problems.add(
            "Unable to set \(name) because it is already defined within inline OpenAPI specified in the "
                + "'DefinitionBody' property.", line: value.line, path: "\(path).Properties")
    }

    private func stage(tags: TemplateMap) -> PlainResource {
        var stage = TemplateMap()
        stage["ApiId"] = .ref(logicalId, line: line)
        stage["StageName"] = stageName
        stage["StageVariables"] = properties["StageVariables"]
        stage["AccessLogSettings"] = properties["AccessLogSettings"]
        stage["Tags"] = .map(tags, line: line)
        stage["AutoDeploy"] = .bool(true, line: line)
        return PlainResource(
            stageLogicalId, "AWS::ApiGatewayV2::Stage", line: line, path: path, properties: stage)
    }

    private var stageName: TemplateValue {
        guard let name = properties["StageName"], name.text != "" else { return .string(Self.defaultStage, line: line) }
        return name
    }

    /// As SAM derives it: from the name where it is one word, else from its SHA-1.
    var stageLogicalId: String {
        guard let name = stageName.text else { return "\(logicalId)Stage" }
        if name == Self.defaultStage { return "\(logicalId)ApiGatewayDefaultStage" }
        if name.utf8.allSatisfy(LogicalId.isAlphanumeric) { return "\(logicalId)\(name)Stage" }
        let digest = Insecure.SHA1.hash(data: Array(name.utf8)).map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        return "\(logicalId)Stage\(digest.joined().prefix(10))"
    }

    private func addCors(to definition: inout HttpApiDefinition, problems: inout Problems) {
        guard let value = properties["CorsConfiguration"] else { return }
        let path = "\(path).Properties.CorsConfiguration"
        guard let map = value.map, !Intrinsic.isCall(value) else {
            if Intrinsic.isCall(value) {
                problems.add("CorsConfiguration must be true or a map, not a function", line: value.line, path: path)
            } else if value.boolean == true {
                let all = TemplateValue.list([.string("*", line: value.line)], line: value.line)
                definition.setCors(TemplateMap([TemplateMap.Entry(key: "allowOrigins", line: value.line, value: all)]))
            }
            return
        }
        var members: [TemplateMap.Entry] = []
        for member in map {
            guard Self.corsMembers.contains(member.key) else {
                problems.add("Invalid key '\(member.key)' for 'Cors' property.", line: member.line, path: path)
                continue
            }
            if member.key == "AllowCredentials", member.value.boolean == false { continue }
            let name = member.key.prefix(1).lowercased() + member.key.dropFirst()
            members.append(TemplateMap.Entry(key: name, line: member.line, value: member.value))
        }
        if map["AllowCredentials"]?.boolean == true, map["AllowOrigins"]?.list?.map(\.text) == ["*"] {
            problems.add(
                "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is "
                    + "\"'*'\" or not set.", line: map["AllowCredentials"]?.line, path: path)
        }
        definition.setCors(TemplateMap(members))
    }
}
