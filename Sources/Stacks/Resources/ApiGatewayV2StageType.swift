import JSON

extension ResourceType {
    static let apiGatewayV2Stage = ResourceType(
        name: "AWS::ApiGatewayV2::Stage", attributes: [],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Stage",
            supported: [
                "AccessLogSettings": .members(
                    PropertyRules(
                        type: "AWS::ApiGatewayV2::Stage.AccessLogSettings",
                        supported: ["DestinationArn": .text, "Format": .text])),
                "ApiId": .text, "AutoDeploy": .boolean, "ClientCertificateId": .text,
                "DefaultRouteSettings": .members(routeSettings), "DeploymentId": .text, "Description": .text,
                "RouteSettings": .mapOfMembers(routeSettings), "StageName": .text, "StageVariables": .map,
                "Tags": .map,
            ], known: ["AccessPolicyId"], required: ["ApiId", "StageName"]),
        replacedBy: ["ApiId", "StageName"], behaviour: ApiGatewayV2StageType())

    private static let routeSettings = PropertyRules(
        type: "AWS::ApiGatewayV2::Stage.RouteSettings",
        supported: [
            "DataTraceEnabled": .boolean, "DetailedMetricsEnabled": .boolean, "LoggingLevel": .text,
            "ThrottlingBurstLimit": .integer, "ThrottlingRateLimit": .any,
        ])
}

/// AWS::ApiGatewayV2::Stage: CreateStage and UpdateStage.
private struct ApiGatewayV2StageType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let name = try request.properties.required("StageName")
        return ResourcePreparation(physicalId: name, present: try await exists(name, request) ? [name] : [])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { name async throws(ResourceFailure) in try await exists(name, request) }
    }

    private func exists(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.callIfPresent("GetStage", "GET", try path(request.properties) + [name]) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        let name = try properties.required("StageName")
        var body: JSONObject = ["stageName": .string(name)]
        for (member, value) in try members(properties) { body[member] = value }
        body["tags"] = try properties.textMap("Tags")
        try await request.call("CreateStage", "POST", try path(properties), body: body)
        return request.provisioned(name)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, properties) = (update.request, update.request.properties)
        let path = try path(properties) + [update.existing.physicalId]
        let old = try members(update.old)
        var body = try members(properties)
        for (name, cleared) in Self.cleared where old[name] != nil { body[name] = body[name] ?? cleared }
        if let old = old["stageVariables"]?.object {
            var variables = body["stageVariables"]?.object ?? [:]
            // Variables are merged; an empty one is taken away.
            for name in old.keys where variables[name] == nil { variables[name] = "" }
            body["stageVariables"] = .object(variables)
        }
        clearSettings(of: "defaultRouteSettings", old, &body)
        if let routes = body["routeSettings"]?.object {
            var all = routes
            for route in routes.keys {
                var one: JSONObject = ["settings": all[route] ?? [:]]
                clearSettings(of: "settings", ["settings": old["routeSettings"]?[route] ?? [:]], &one)
                all[route] = one["settings"]
            }
            body["routeSettings"] = .object(all)
        }
        try await request.call("UpdateStage", "PATCH", path, body: body)
        for key in (old["routeSettings"]?.object ?? [:]).keys where body["routeSettings"]?[key] == nil {
            try await request.callIfPresent("DeleteRouteSettings", "DELETE", path + ["routesettings", key])
        }
        if update.changes("Tags") {
            try await request.retag(
                "/apis/\(try properties.required("ApiId"))/stages/\(update.existing.physicalId)",
                from: try update.old.textMap("Tags"), to: try properties.textMap("Tags"))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteStage", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    /// What UpdateStage takes to unset a member.
    private static let cleared: KeyValuePairs<String, JSONValue> = [
        "accessLogSettings": [:], "autoDeploy": false, "clientCertificateId": "", "defaultRouteSettings": [:],
        "description": "",
    ]

    /// What a setting is set to that a template does not name any more; UpdateStage keeps what it is not told of.
    private static let clearedSettings: KeyValuePairs<String, JSONValue> = [
        "dataTraceEnabled": false, "detailedMetricsEnabled": false, "loggingLevel": "OFF",
        "throttlingBurstLimit": .null, "throttlingRateLimit": .null,
    ]

    private func clearSettings(of member: String, _ old: JSONObject, _ body: inout JSONObject) {
        guard var settings = body[member]?.object else { return }
        for (name, cleared) in Self.clearedSettings where old[member]?[name] != nil && settings[name] == nil {
            settings[name] = cleared
        }
        body[member] = .object(settings)
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["v2", "apis", try properties.required("ApiId"), "stages"]
    }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        body["autoDeploy"] = try properties.boolean("AutoDeploy")
        body["clientCertificateId"] = try properties.text("ClientCertificateId")
        body["deploymentId"] = try properties.text("DeploymentId")
        body["description"] = try properties.text("Description")
        body["stageVariables"] = try properties.textMap("StageVariables")
        if let settings = try properties.nested("AccessLogSettings") {
            var log = JSONObject()
            log["destinationArn"] = try settings.text("DestinationArn")
            log["format"] = try settings.text("Format")
            body["accessLogSettings"] = .object(log)
        }
        if let settings = try properties.nested("DefaultRouteSettings") {
            body["defaultRouteSettings"] = try routeSettings(settings)
        }
        if let routes = try properties.map("RouteSettings") {
            var all = JSONObject()
            for route in routes {
                guard let settings = route.value.map else {
                    throw ResourceFailure(
                        message: "RouteSettings.\(route.key) must be a map; it is a \(route.value.kind)",
                        line: route.line)
                }
                all[route.key] = try routeSettings(PropertyReader(properties: settings))
            }
            body["routeSettings"] = .object(all)
        }
        return body
    }

    /// All that the template says: what is not served the API refuses.
    private func routeSettings(_ settings: PropertyReader) throws(ResourceFailure) -> JSONValue {
        var members = JSONObject()
        for entry in settings.properties {
            let name = entry.key.prefix(1).lowercased() + entry.key.dropFirst()
            switch name {
            case "dataTraceEnabled", "detailedMetricsEnabled": members[name] = try settings.boolean(entry.key)
            case "loggingLevel": members[name] = try settings.text(entry.key)
            case "throttlingBurstLimit": members[name] = try settings.integer(entry.key)
            case "throttlingRateLimit": members[name] = try rate(entry)
            default: members[name] = entry.value.json
            }
        }
        return .object(members)
    }

    /// A number, also one that is written as a string.
    private func rate(_ entry: TemplateMap.Entry) throws(ResourceFailure) -> JSONValue {
        let value = entry.value.json
        if value.double != nil { return value }
        guard let text = value.string, let rate = Double(decimal: text) else {
            throw ResourceFailure(
                message: "\(entry.key) must be a number; it is a \(entry.value.kind)", line: entry.line)
        }
        return .number(String(rate))
    }
}
