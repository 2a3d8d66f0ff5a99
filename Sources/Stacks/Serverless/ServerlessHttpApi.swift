import Crypto

/// AWS::Serverless::HttpApi: the API, made by importing an OpenAPI document, and its one stage.
struct ServerlessHttpApi {
    static let type = "AWS::Serverless::HttpApi"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "AccessLogSettings": .members(
                PropertyRules(
                    type: "\(type).AccessLogSettings", supported: ["DestinationArn": .text, "Format": .text])),
            "Auth": .members(ServerlessHttpApiAuth.rules), "CorsConfiguration": .mapOrBoolean,
            "DefaultRouteSettings": .map, "DefinitionBody": .map,
            "DefinitionUri": .any, "Description": .text, "DisableExecuteApiEndpoint": .boolean,
            "FailOnWarnings": .boolean, "Name": .text, "PropagateTags": .boolean, "RouteSettings": .map,
            "StageName": .text, "StageVariables": .map, "Tags": .map,
        ],
        known: ["Domain"], storedOnly: ["PropagateTags"])

    private static let corsRules = PropertyRules(
        type: "\(type).CorsConfiguration",
        supported: [
            "AllowCredentials": .boolean, "AllowHeaders": .list, "AllowMethods": .list, "AllowOrigins": .list,
            "ExposeHeaders": .list, "MaxAge": .integer,
        ])
    private static let createdBy = "httpapi:createdBy"
    private static let defaultStage = "$default"

    let logicalId: String
    let line: Int
    let path: String
    let dependsOn: [TemplateValue]
    private let attributes: ResourceAttributes
    /// As the template writes it; SAM derives the stage's logical id from that.
    private let writtenStageName: TemplateValue?
    /// The template's own over the globals.
    private(set) var properties: TemplateMap
    private let auth: ServerlessHttpApiAuth
    private(set) var definition: HttpApiDefinition
    /// The place in S3 where the document of the template lies.
    private var bodyLocation: TemplateValue?

    init(
        _ resource: TemplateResource, globals: ServerlessGlobals, in template: LiveTemplate,
        problems: inout Problems
    ) {
        let path = "\(resource.path).Properties"
        Self.rules.check(resource.properties, path: path, problems: &problems)
        logicalId = resource.logicalId
        line = resource.line
        self.path = resource.path
        dependsOn = resource.dependsOn
        attributes = resource.attributes
        writtenStageName = resource.written["StageName"]
        properties = ServerlessGlobals.merge(resource, over: globals.httpApi)
        auth = ServerlessHttpApiAuth(
            properties["Auth"], of: logicalId, path: resource.path, in: template, problems: &problems)
        definition = HttpApiDefinition(line: line)
        if let body = document(in: template.source, problems: &problems), body.map?.isEmpty == false {
            if let given = HttpApiDefinition(body) {
                definition = given
            } else {
                problems.add(
                    "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in "
                        + "'DefinitionBody'.", line: body.line, path: "\(path).DefinitionBody")
            }
        }
    }

    /// The API of the events that name none. It is kept where one of their functions is.
    init(
        implicitFor functions: [ServerlessFunction], globals: ServerlessGlobals, in template: LiveTemplate,
        problems: inout Problems
    ) {
        let line = functions.lazy.flatMap(\.events.http).first(where: \.isImplicit)?.line ?? 1
        let policy = { (policies: [DeletionPolicy?]) -> DeletionPolicy? in
            policies.contains(.retain) ? .retain : policies.contains(.delete) ? .delete : nil
        }
        var attributes = ResourceAttributes()
        attributes.deletionPolicy = policy(functions.map(\.resource.attributes.deletionPolicy))
        attributes.updateReplacePolicy = policy(functions.map(\.resource.attributes.updateReplacePolicy))
        logicalId = HttpApiEvent.implicitApi
        self.line = line
        path = "Resources.\(logicalId)"
        dependsOn = []
        self.attributes = attributes
        writtenStageName = nil
        properties = globals.httpApi
        auth = ServerlessHttpApiAuth(properties["Auth"], of: logicalId, path: path, in: template, problems: &problems)
        definition = HttpApiDefinition(line: line)
    }

    /// Adds the route of an event; false when the document is SAM's and has the route already.
    ///
    /// A document of DefinitionUri stays as it is: SAM expects the routes of the events in it.
    mutating func add(_ event: HttpApiEvent, target: EventTarget, problems: inout Problems) -> Bool {
        if let settings = event.routeSettings { add(settings) }
        guard properties["DefinitionUri"] == nil else {
            if !event.auth.isEmpty {
                problems.warn(
                    "Auth of an event has no effect on an API that DefinitionUri describes", line: event.line,
                    path: event.place)
            }
            return true
        }
        guard definition.add(event, target: target) else { return false }
        auth.secure(event, in: &definition, problems: &problems)
        return true
    }

    /// Members that an event sets go before those of the API.
    private mutating func add(_ settings: TemplateMap.Entry) {
        var all = properties["RouteSettings"]?.map ?? TemplateMap()
        if let added = settings.value.map, !Intrinsic.isCall(settings.value), var given = all[settings.key]?.map {
            for member in added { given[member.key] = member.value }
            all[settings.key] = .map(given, line: settings.line)
        } else {
            all[settings.key] = settings.value
        }
        properties["RouteSettings"] = .map(all, line: settings.line)
    }

    /// The document that the template gives: in DefinitionBody, or beside it, named by DefinitionUri.
    private mutating func document(in source: TemplateSource, problems: inout Problems) -> TemplateValue? {
        let path = "\(path).Properties"
        guard let uri = properties["DefinitionUri"] else { return properties["DefinitionBody"] }
        guard properties["DefinitionBody"] == nil else {
            problems.add(
                "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.", line: uri.line, path: path)
            return nil
        }
        for name in ["Auth", "CorsConfiguration", "Tags", "Name", "Description", "DisableExecuteApiEndpoint"] {
            guard let value = properties[name] else { continue }
            problems.add(
                "\(name) works only with inline OpenApi specified in the 'DefinitionBody' property.", line: value.line,
                path: path)
        }
        guard let location = uri.string, !location.contains("://") else {
            bodyLocation = ObjectPlace(uri, of: "DefinitionUri", path: path, problems: &problems)?.body(line: uri.line)
            return nil
        }
        return IncludedFiles(source).read(
            location, what: "DefinitionUri", line: uri.line, path: path, &problems)?.value
    }

    /// The API and its stage, once all events have added their routes.
    func plainResources(problems: inout Problems) -> [PlainResource] {
        var api = TemplateMap()
        guard properties["DefinitionUri"] == nil else {
            api["Body"] = bodyLocation == nil ? definition.body : nil
            api["BodyS3Location"] = bodyLocation
            api["FailOnWarnings"] = properties["FailOnWarnings"]
            return [plainApi(api), stage(tags: nil)]
        }
        var definition = self.definition
        var tags = properties["Tags"]?.map ?? TemplateMap()
        tags[Self.createdBy] = .string("SAM", line: line)
        addCors(to: &definition, problems: &problems)
        auth.apply(to: &definition, problems: &problems)
        definition.setTags(tags)
        if let value = properties["DisableExecuteApiEndpoint"] { definition.setDisableExecuteApiEndpoint(value) }
        if let value = properties["Name"], !definition.setTitle(value) {
            refuseSecond("Name", value, problems: &problems)
        }
        if let value = properties["Description"], !definition.setDescription(value) {
            refuseSecond("Description", value, problems: &problems)
        }
        if let value = properties["FailOnWarnings"], value.boolean != false { definition.slashDefaultPath() }
        api["Body"] = definition.body
        api["FailOnWarnings"] = properties["FailOnWarnings"]
        return [plainApi(api), stage(tags: tags)] + auth.permissions(attributes: attributes)
    }

    private func plainApi(_ properties: TemplateMap) -> PlainResource {
        PlainResource(
            logicalId, "AWS::ApiGatewayV2::Api", line: line, path: path, attributes: attributes, dependsOn: dependsOn,
            properties: properties)
    }

    private func refuseSecond(_ name: String, _ value: TemplateValue, problems: inout Problems) {
        problems.add(
            "Unable to set \(name) because it is already defined within inline OpenAPI specified in the "
                + "'DefinitionBody' property.", line: value.line, path: "\(path).Properties")
    }

    private func stage(tags: TemplateMap?) -> PlainResource {
        var stage = TemplateMap()
        stage["ApiId"] = .ref(logicalId, line: line)
        stage["StageName"] = stageName
        stage["StageVariables"] = properties["StageVariables"]
        stage["AccessLogSettings"] = properties["AccessLogSettings"]
        stage["DefaultRouteSettings"] = properties["DefaultRouteSettings"]
        stage["RouteSettings"] = properties["RouteSettings"]
        stage["Tags"] = tags.map { .map($0, line: line) }
        stage["AutoDeploy"] = .bool(true, line: line)
        return PlainResource(
            stageLogicalId, "AWS::ApiGatewayV2::Stage", line: line, path: path, attributes: attributes,
            properties: stage)
    }

    private var stageName: TemplateValue {
        guard let name = properties["StageName"], name.text != "" else { return .string(Self.defaultStage, line: line) }
        return name
    }

    /// As SAM derives it: from the name where it is one word, else from its SHA-1.
    var stageLogicalId: String {
        guard let name = (writtenStageName.map(Intrinsic.isCall) ?? false) ? nil : stageName.text else {
            return "\(logicalId)Stage"
        }
        if name == Self.defaultStage { return "\(logicalId)ApiGatewayDefaultStage" }
        if name.utf8.allSatisfy(LogicalId.isAlphanumeric) { return "\(logicalId)\(name)Stage" }
        return "\(logicalId)Stage\(Insecure.SHA1.hexadecimal(of: name).prefix(10))"
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
            guard Self.corsRules.supported[member.key] != nil else {
                problems.add("Invalid key '\(member.key)' for 'Cors' property.", line: member.line, path: path)
                continue
            }
            Self.corsRules.check(TemplateMap([member]), path: path, problems: &problems)
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
