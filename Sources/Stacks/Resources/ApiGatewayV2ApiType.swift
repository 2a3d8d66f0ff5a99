import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2Api = ResourceType(
        name: "AWS::ApiGatewayV2::Api", attributes: ["ApiEndpoint", "ApiId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Api",
            supported: [
                "ApiKeySelectionExpression": .text, "BasePath": .text, "Body": .map,
                "BodyS3Location": .members(BodyLocation.rules("AWS::ApiGatewayV2::Api", tag: "Etag")),
                "CorsConfiguration": .members(
                    PropertyRules(
                        type: "AWS::ApiGatewayV2::Api.Cors",
                        supported: [
                            "AllowCredentials": .boolean, "AllowHeaders": .list, "AllowMethods": .list,
                            "AllowOrigins": .list, "ExposeHeaders": .list, "MaxAge": .integer,
                        ])),
                "CredentialsArn": .text, "Description": .text, "DisableExecuteApiEndpoint": .boolean,
                "DisableSchemaValidation": .boolean,
                "FailOnWarnings": .boolean, "IpAddressType": .text, "Name": .text,
                "ProtocolType": .word(["HTTP", "WEBSOCKET"], known: []),
                "RouteKey": .text, "RouteSelectionExpression": .text, "Tags": .map, "Target": .text,
                "Version": .text,
            ]),
        replacedBy: ["ProtocolType"], behaviour: ApiGatewayV2ApiType())
}

/// AWS::ApiGatewayV2::Api: with a Body ImportApi and ReimportApi, else CreateApi and UpdateApi. What stands beside a
/// Body comes after it.
private struct ApiGatewayV2ApiType: ResourceBehaviour {
    private static let apis = ["v2", "apis"]

    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.api())
    }

    /// A document makes the routes, so quick create has no place beside it; how to import means nothing without one. There
    /// are no documents of WebSocket APIs.
    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        if let contradiction = BodyLocation.contradiction(properties) { return contradiction }
        let body = ["Body", "BodyS3Location"].first { properties[$0] != nil }
        if let body, properties["ProtocolType"]?.text == "WEBSOCKET" {
            return (body, "\(body) is only for HTTP APIs, and ProtocolType is WEBSOCKET")
        }
        let (names, word) =
            body == nil
            ? (["BasePath", "FailOnWarnings"], "without") : (["Target", "RouteKey", "CredentialsArn"], "beside")
        guard let name = names.first(where: { properties[$0] != nil }) else { return nil }
        return (name, "\(name) has no effect \(word) Body")
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetApi", "GET", Self.apis + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let request = try await request.withBody()
        let properties = request.properties
        guard let document = properties.properties["Body"] else {
            var body = try members(properties)
            body["protocolType"] = try properties.text("ProtocolType")
            body["routeKey"] = try properties.text("RouteKey")
            body["target"] = try properties.text("Target")
            body["credentialsArn"] = try properties.text("CredentialsArn")
            body["tags"] = try properties.textMap("Tags")
            return try api(
                try await request.call(
                    "CreateApi", "POST", Self.apis, body: body, newId: request.preparation.physicalId), request)
        }
        let answer = try await request.call(
            "ImportApi", "PUT", Self.apis, query: try importQuery(properties),
            body: ["body": .string(document.json.text)], newId: request.preparation.physicalId)
        var made = try api(answer, request)
        made.warnings = Self.warnings(answer)
        do throws(ResourceFailure) { try await setBesideBody(made, request) } catch {
            try await request.callIfPresent("DeleteApi", "DELETE", Self.apis + [made.physicalId])
            throw error
        }
        return made
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let update = try await update.withBody()
        let (request, properties) = (update.request, update.request.properties)
        var existing = update.existing
        let path = Self.apis + [existing.physicalId]
        if let document = try document(update) {
            // A new document takes the place of all that it may say, so what stands beside it is set again.
            let answer = try await request.call(
                "ReimportApi", "PUT", path, query: try importQuery(properties),
                body: ["body": .string(document.text)])
            existing.warnings = Self.warnings(answer)
            try await setBesideBody(existing, request)
            // A document that does not say so leaves a disabled endpoint disabled.
            if Self.isEndpointSaid(update.old.properties), !Self.isEndpointSaid(properties.properties) {
                try await request.call("UpdateApi", "PATCH", path, body: ["disableExecuteApiEndpoint": false])
            }
        } else {
            var body = try members(properties)
            body = JSONObject(
                body.members.filter { update.changed.contains(Self.property($0.key)) }.map { ($0.0, $0.1) })
            for (name, cleared) in Self.cleared where update.changed.contains(Self.property(name)) {
                body[name] = body[name] ?? cleared
            }
            if update.changes("RouteKey") { body["routeKey"] = try properties.text("RouteKey") ?? "$default" }
            if update.changes("Target") { body["target"] = try properties.text("Target") }
            if update.changes("CredentialsArn") {
                body["credentialsArn"] = try properties.text("CredentialsArn") ?? ""
            }
            if !body.isEmpty { try await request.call("UpdateApi", "PATCH", path, body: body) }
        }
        if update.changes("Target") {
            try await withdraw(try update.old.text("Target")?.string, existing.physicalId, request)
        }
        if update.changes("Tags") {
            try await request.retag(
                "/apis/\(existing.physicalId)", from: try update.old.textMap("Tags"),
                to: try properties.textMap("Tags"))
        }
        return existing
    }

    /// The document to import again. An API whose template has no Body any more loses what the last one made.
    private func document(_ update: ResourceUpdate) throws(ResourceFailure) -> JSONValue? {
        guard update.changes("Body", "BasePath", "FailOnWarnings") else {
            // Taken away beside a Body: what the Body says of it holds again.
            let isTakenAway = update.changed.contains { update.request.properties.properties[$0] == nil }
            return isTakenAway ? update.request.properties.properties["Body"]?.json : nil
        }
        if let body = update.request.properties.properties["Body"] { return body.json }
        guard update.old.properties["Body"] != nil else { return nil }
        let name = try update.request.properties.required("Name")
        return ["openapi": "3.0.1", "info": ["title": .string(name), "version": ""], "paths": [:]]
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteApi", "DELETE", Self.apis + [deletion.physicalId])
    }

    /// Quick create lets the API invoke its target; when it is the target no more, it may not.
    private func withdraw(
        _ target: String?, _ apiId: String, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        guard let target, let function = target.firstRange(of: ":function:") else { return }
        let name = String(target[function.upperBound...].prefix { $0 != "/" })
        try await calls.callIfPresent(
            "RemovePermission", "DELETE",
            ["2015-03-31", "functions", name, "policy", "apigateway-quickcreate-\(apiId)"])
    }

    /// A target makes three things that API Gateway manages, so it can be changed but neither come nor go.
    func replacing(_ old: TemplateMap, _ new: TemplateMap) -> Set<String> {
        (old["Target"] == nil) == (new["Target"] == nil) ? [] : ["Target"]
    }

    private func setBesideBody(
        _ api: ProvisionedResource, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        let body = try members(request.properties)
        if !body.isEmpty { try await request.call("UpdateApi", "PATCH", Self.apis + [api.physicalId], body: body) }
        if let tags = try request.properties.textMap("Tags") {
            try await request.retag("/apis/\(api.physicalId)", from: nil, to: tags)
        }
    }

    private func importQuery(_ properties: PropertyReader) throws(ResourceFailure) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let path = try properties.text("BasePath")?.string { query.append(("basepath", path)) }
        if try properties.boolean("FailOnWarnings") == true { query.append(("failOnWarnings", "true")) }
        return query
    }

    /// Whether the template says if the API's own endpoint is disabled.
    private static func isEndpointSaid(_ properties: TemplateMap) -> Bool {
        let configuration = properties["Body"]?.map?["x-amazon-apigateway-endpoint-configuration"]?.map
        return properties["DisableExecuteApiEndpoint"] != nil || configuration?["disableExecuteApiEndpoint"] != nil
    }

    /// Every document that SAM makes has responses and parameters, and its default route is called $default: that an
    /// HTTP API ignores the ones and wonders at the other is no news.
    private static func warnings(_ answer: JSONValue) -> [String] {
        (answer["warnings"]?.array ?? []).compactMap(\.string).filter { warning in
            !["key [responses] ", "key [parameters] ", "Resource $default should "].contains { warning.contains($0) }
        }
    }

    /// What UpdateApi takes to unset a member.
    private static let cleared: KeyValuePairs<String, JSONValue> = [
        "apiKeySelectionExpression": "$request.header.x-api-key", "corsConfiguration": [:], "description": "",
        "disableExecuteApiEndpoint": false, "disableSchemaValidation": false, "ipAddressType": "ipv4", "version": "",
    ]

    private static func property(_ member: String) -> String { member.prefix(1).uppercased() + member.dropFirst() }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        for name in [
            "Name", "Description", "Version", "IpAddressType", "RouteSelectionExpression", "ApiKeySelectionExpression",
        ] { body[name.prefix(1).lowercased() + name.dropFirst()] = try properties.text(name) }
        body["disableExecuteApiEndpoint"] = try properties.boolean("DisableExecuteApiEndpoint")
        body["disableSchemaValidation"] = try properties.boolean("DisableSchemaValidation")
        if let cors = try properties.nested("CorsConfiguration") {
            var members = JSONObject()
            for name in ["AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders"] {
                members[name.prefix(1).lowercased() + name.dropFirst()] = try cors.texts(name)
            }
            members["allowCredentials"] = try cors.boolean("AllowCredentials")
            members["maxAge"] = try cors.integer("MaxAge")
            body["corsConfiguration"] = .object(members)
        }
        return body
    }

    private func api(_ answer: JSONValue, _ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource {
        let apiId = try answer.member("apiId", of: "CreateApi")
        return request.provisioned(
            apiId, ["ApiEndpoint": try answer.member("apiEndpoint", of: "CreateApi"), "ApiId": apiId])
    }
}

extension ResourceRequest {
    /// Tags of API Gateway V2; `path` is the end of the resource's ARN.
    func retag(_ path: String, from old: JSONValue?, to new: JSONValue?) async throws(ResourceFailure) {
        let change = TagChange(from: old, to: new)
        let resource = ["v2", "tags", "arn:\(account.partition):apigateway:\(account.region)::\(path)"]
        if !change.set.isEmpty {
            try await call("TagResource", "POST", resource, body: ["tags": .object(change.set)])
        }
        if !change.removed.isEmpty {
            try await call("UntagResource", "DELETE", resource, query: change.removed.map { ("tagKeys", $0) })
        }
    }
}
