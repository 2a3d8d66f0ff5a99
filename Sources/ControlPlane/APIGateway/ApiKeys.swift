import EntityStore
import GatewayModel
import JSON

/// The operations on ApiKey.
extension RESTOperations {
    static var apiKeys: [Operation] {
        let item = "/apikeys/{api_Key}"
        return [
            Operation("CreateApiKey", .apigateway, .post, "/apikeys", success: 201, createApiKey),
            Operation("GetApiKey", .apigateway, .get, item) { control, call throws(ServiceError) in
                var key = try control.find(REST.ApiKey.self, call).shown(withValue: call.query("includeValue"))
                key.tags = key.tags ?? [:]
                return try .json(key)
            },
            Operation("GetApiKeys", .apigateway, .get, "/apikeys", getApiKeys),
            Operation("UpdateApiKey", .apigateway, .patch, item, updateApiKey),
            Operation("DeleteApiKey", .apigateway, .delete, item, success: 202, deleteApiKey),
            Operation(
                "ImportApiKeys", .apigateway, .post, "/apikeys?mode=import", success: 201, ApiKeyImport.perform),
        ]
    }

    private static func createApiKey(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        let tags = try RestTags.read(members)
        var key = REST.ApiKey(
            id: try control.freshId(of: REST.ApiKey.self, length: 10, call, tags: tags), value: "",
            createdDate: Int(call.now.seconds))
        key.tags = tags
        key.name = try ApiKeyRules.name(try members.string("name"))
        key.description = try ApiKeyRules.description(try members.string("description"))
        key.enabled = try members.bool("enabled") ?? false
        key.customerId = try members.string("customerId")
        key.value = try ApiKeyRules.value(try members.string("value"))
        key.stageKeys = try stageKeys(members, control)
        try await control.createApiKey(key, call)
        return try .json(key)
    }

    /// Of the time before usage plans: they are stored, and let nobody in.
    private static func stageKeys(_ members: RestMembers, _ control: ControlPlane) throws(ServiceError) -> [String] {
        var keys: [String] = []
        for stage in try members.objects("stageKeys") ?? [] {
            let (id, name) = (try stage.string("restApiId") ?? "", try stage.string("stageName") ?? "")
            guard control.world[RESTAPI.self, id]?.stages[name] != nil else {
                throw RESTError.badRequest("Invalid stage identifier specified")
            }
            keys.append("\(id)/\(name)")
        }
        return keys
    }

    private static func getApiKeys(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let (prefix, customer) = (call.query("name") ?? "", call.query("customerId"))
        let keys = control.world.all(REST.ApiKey.self).filter { key in
            (key.name ?? "").hasPrefix(prefix) && (customer == nil || key.customerId == customer)
        }
        return try RestPage.reply(keys.map { $0.shown(withValue: call.query("includeValues")) }, call, key: \.id)
    }

    private static func updateApiKey(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let patches = try patches(of: "UpdateApiKey", call)
        var key = try await control.changeDocument(REST.ApiKey.self, call.path("api_Key")) { key throws(ServiceError) in
            try ApiKeyRules.patches.apply(patches, to: &key)
            key.lastUpdatedDate = Int(call.now.seconds)
        }
        key = key.shown(withValue: nil)
        key.tags = key.tags ?? [:]
        return try .json(key)
    }

    /// It leaves its plans first: nothing is left that a later key of the id would be let in by.
    private static func deleteApiKey(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let key = try control.find(REST.ApiKey.self, call)
        for plan in control.world.plans where plan.keys[key.id] != nil {
            try await control.changePlan(plan.id) { plan in plan.keys.remove(key.id) }
        }
        try await control.deleteDocument(REST.ApiKey.self, key.id)
        return .empty
    }
}

extension ControlPlane {
    /// A value belongs to one key.
    func createApiKey(_ key: REST.ApiKey, _ call: Call) async throws(ServiceError) {
        // One after another, or two could be made with one value. Nobody who has a key's turn asks for this one.
        try await inTurn(of: RootID("apikeys", "new")) { () throws(ServiceError) in
            guard !world.apiKeys.contains(where: { $0.value.root.document.value == key.value }) else {
                throw RESTError.conflict("API Key already exists")
            }
            try await create(key, call)
        }
    }
}

enum ApiKeyRules {
    /// An empty name is none.
    static func name(_ name: String?) throws(ServiceError) -> String? {
        guard let name, !name.isEmpty else { return nil }
        guard name.unicodeScalars.count <= RESTQuotas.apiKeyNameLength else {
            throw RESTError.badRequest(
                "Invalid API Key name, can be at most \(RESTQuotas.apiKeyNameLength) characters.")
        }
        return name
    }

    static func description(_ text: String?) throws(ServiceError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= RESTQuotas.apiKeyDescriptionLength else {
            throw RESTError.badRequest("Invalid API Key description specified.")
        }
        return text
    }

    /// An empty value is none: one is made.
    static func value(_ value: String?) throws(ServiceError) -> String {
        guard let value, !value.isEmpty else { return Identifiers.apiKeyValue() }
        let range = RESTQuotas.apiKeyValueLength
        guard value.utf8.count >= range.lowerBound else {
            throw RESTError.badRequest("API Key value should be at least \(range.lowerBound) characters")
        }
        guard value.utf8.count <= range.upperBound else {
            throw RESTError.badRequest("API Key value exceeds maximum size of \(range.upperBound) characters")
        }
        return value
    }

    static let patches = PatchTable<REST.ApiKey>(
        .listed,
        [
            PatchRule("/description", [.replace]) { key, step throws(ServiceError) in
                key.description = try description(step.value)
            },
            .bool("/enabled", \.enabled),
            PatchRule("/name", [.replace]) { key, step throws(ServiceError) in key.name = try name(step.value) },
            .text("/customerId", \.customerId),
            PatchRule("/stages", [.add, .remove]) { key, step throws(ServiceError) in
                guard let stage = step.text else { throw RESTError.badRequest("Invalid stage identifier specified") }
                key.stageKeys.removeAll { $0 == stage }
                if step.op == .add { key.stageKeys.append(stage) }
            },
        ])
}

extension REST.ApiKey: AccountDocument {
    static let rootType = "apikey"
    static var place: any WritableKeyPath<World, Roots<AccountResource<REST.ApiKey>>> & Sendable { \.apiKeys }
    static let parameter = "api_Key"
    static var quota: Int { RESTQuotas.apiKeys }
    static var notFound: ServiceError { RESTError.notFound("Invalid API Key identifier specified") }

    /// The value is only told to who asks for it.
    fileprivate func shown(withValue wanted: String?) -> REST.ApiKey {
        var shown = self
        if wanted?.lowercased() != "true" { shown.value = nil }
        return shown
    }
}
