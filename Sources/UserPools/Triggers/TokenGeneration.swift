import JSON

/// PreTokenGeneration, in its three versions.
extension UserPools {
    /// What the pool's function makes of the tokens of a grant.
    func changes(
        of grant: Grant, _ source: String, _ metadata: JSONObject
    ) async throws(PoolError) -> TokenChanges {
        try await changes(
            Occasion(grant.content.pool, grant.client.id, grant.user), grant.groups, grant.scopes, source, metadata)
    }

    /// What it makes of the token of a client itself: only version 3 is asked. Source: Developer Guide, pre token
    /// generation.
    func changes(
        ofMachine client: PoolClient, _ scopes: [String], _ pool: UserPool, _ metadata: JSONObject
    ) async throws(PoolError) -> TokenChanges {
        guard pool.setting("LambdaConfig")?["PreTokenGenerationConfig"]?["LambdaVersion"] == "V3_0" else {
            return TokenChanges()
        }
        return try await changes(
            Occasion(pool, client.id, username: nil, attributes: [:]), [], scopes, "TokenGeneration_ClientCredentials",
            metadata)
    }

    private func changes(
        _ occasion: Occasion, _ groups: [PoolGroup], _ scopes: [String], _ source: String, _ metadata: JSONObject
    ) async throws(PoolError) -> TokenChanges {
        let lambdas = occasion.pool.setting("LambdaConfig")
        let settings = lambdas?["PreTokenGenerationConfig"]
        guard let function = settings?["LambdaArn"]?.string ?? lambdas?["PreTokenGeneration"]?.string else {
            return TokenChanges()
        }
        let version = settings?["LambdaVersion"]?.string ?? "V1_0"
        let roles = groups.compactMap(\.roleArn)
        var configuration: JSONObject = [
            "groupsToOverride": .array(groups.map { .string($0.name) }),
            "iamRolesToOverride": .array(roles.map { .string($0) }),
        ]
        configuration["preferredRole"] = roles.first.map { .string($0) } ?? .null
        var request: JSONObject = ["groupConfiguration": .object(configuration)]
        if version != "V1_0" { request["scopes"] = .array(scopes.map { .string($0) }) }
        let member = version == "V1_0" ? "claimsOverrideDetails" : "claimsAndScopeOverrideDetails"
        let response = try await call(
            function, "PreTokenGeneration", ["V1_0": "1", "V2_0": "2", "V3_0": "3"][version] ?? "1", source,
            occasion, request.merged(metadata), [member: nil])
        var changes = TokenChanges()
        let details = response[member]
        if version == "V1_0" {
            // Texts only: version 1 knows no others.
            for (name, value) in details?["claimsToAddOrOverride"]?.object ?? [:] where value.string != nil {
                changes.idClaims[name] = value
            }
            changes.suppressedIdClaims = Self.names(details?["claimsToSuppress"])
        } else {
            let (id, access) = (details?["idTokenGeneration"], details?["accessTokenGeneration"])
            changes.idClaims = id?["claimsToAddOrOverride"]?.object ?? [:]
            changes.suppressedIdClaims = Self.names(id?["claimsToSuppress"])
            changes.accessClaims = access?["claimsToAddOrOverride"]?.object ?? [:]
            changes.suppressedAccessClaims = Self.names(access?["claimsToSuppress"])
            changes.addedScopes = (access?["scopesToAdd"]?.array ?? []).compactMap(\.string)
                // A scope with a blank in it would be two.
                .filter { !$0.isEmpty && !$0.contains(" ") && $0 != Grant.ownScope }
            changes.suppressedScopes = Self.names(access?["scopesToSuppress"])
        }
        if let groups = details?["groupOverrideDetails"], groups.object != nil {
            if let names = groups["groupsToOverride"]?.array { changes.groups = names.compactMap(\.string) }
            if let names = groups["iamRolesToOverride"]?.array { changes.roles = names.compactMap(\.string) }
            changes.preferredRole = groups["preferredRole"]?.string
        }
        return changes
    }

    private static func names(_ value: JSONValue?) -> Set<String> { Set((value?.array ?? []).compactMap(\.string)) }
}
