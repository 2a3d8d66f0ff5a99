import EntityStore
import GatewayModel
import JSON
import JSONWebToken
import Shapes

extension PoolOperation {
    static let pools: [PoolOperation] = [
        PoolOperation(
            "CreateUserPool",
            [.need("PoolName", .poolName), .may("Schema", PoolRules.schema)] + PoolRules.members + PoolRules.createOnly
        ) { pools, input throws(PoolError) in
            let kept = input.only(PoolRules.createOnly.map(\.name))
            let tags = input.map("UserPoolTags")
            let id = try pools.newPoolId(tags)
            var settings = try PoolRules.settings(input, kept: kept)
            try PoolRules.checkCreation(input)
            let schema = try PoolRules.attributes(input)
            try PoolOperation.checkCount(tags.count)
            let keys = try await PoolKeys.new()
            let now = pools.now
            settings["UserPoolTags"] = .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
            let pool = UserPool(
                id: id, name: input.needed("PoolName"), settings: .object(settings), mfa: [:], schema: schema,
                domains: [], created: now, modified: now, sealedKeys: try pools.seal(keys, of: id))
            try await pools.change { state, steps throws(PoolError) in
                // Another call may have taken the id that a tag asks for.
                guard state.pools[id] == nil else { throw Self.exists(id) }
                guard state.pools.count < Self.poolLimit else {
                    throw .limit("An account can have \(Self.poolLimit) user pools at most.")
                }
                steps.append(.pool(pool, keys))
            }
            return ["UserPool": pools.description(of: pool)]
        },
        PoolOperation("DescribeUserPool", [.need("UserPoolId", .poolId)]) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            return ["UserPool": pools.description(of: content.pool, users: content.users.count)]
        },
        PoolOperation("ListUserPools", [.need("MaxResults", .integer(1...60)), .may("NextToken", .anyText)]) {
            pools, input throws(PoolError) in
            let all = pools.read { $0.pools.values.map(\.pool) }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
            let page = try Page(all, input, by: \.id)
            var answer: JSONObject = [
                "UserPools": .array(
                    page.items.map { pool in
                        [
                            "Id": .string(pool.id), "Name": .string(pool.name),
                            "LambdaConfig": pool.setting("LambdaConfig") ?? [:],
                            "CreationDate": .time(pool.created), "LastModifiedDate": .time(pool.modified),
                        ]
                    })
            ]
            answer["NextToken"] = page.next
            return answer
        },
        PoolOperation(
            "UpdateUserPool",
            [.need("UserPoolId", .poolId), .may("PoolName", .poolName)] + PoolRules.members
        ) { pools, input throws(PoolError) in
            let now = pools.now
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                var pool = content.pool
                let fixed = pool.settings.object ?? [:]
                var kept = JSONObject(
                    PoolRules.createOnly.compactMap { one in fixed[one.name].map { (one.name, $0) } })
                // What an update does not name goes back to its default, as in AWS, but the tags and these.
                for name in ["DeletionProtection", "MfaConfiguration", "UserPoolTier"] { kept[name] = fixed[name] }
                var settings = try PoolRules.settings(input, kept: kept)
                try PoolOperation.checkCount(input.map("UserPoolTags").count)
                settings["UserPoolTags"] =
                    input["UserPoolTags"].map { _ in
                        .object(JSONObject(input.map("UserPoolTags").map { ($0.key, .string($0.value)) }))
                    } ?? fixed["UserPoolTags"]
                pool.settings = .object(settings)
                if let name = input.text("PoolName") { pool.name = name }
                pool.modified = now
                steps.append(.pool(pool, content.keys))
            }
            return [:]
        },
        PoolOperation("DeleteUserPool", [.need("UserPoolId", .poolId)]) { pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let pool = try state.content(input.needed("UserPoolId")).pool
                guard !pool.isProtected else {
                    throw .invalid(
                        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first."
                    )
                }
                guard pool.domains.isEmpty else {
                    throw .invalid(
                        "User pool cannot be deleted. It has a domain configured that should be deleted first.")
                }
                steps.append(.removePool(pool.id))
            }
            return [:]
        },
    ]

    /// AWS's quota of an account. Source: Developer Guide, quotas.
    private static let poolLimit = 1_000

    static func exists(_ id: String) -> PoolError { .invalid("There is a user pool \(id) already.") }
}

extension UserPools {
    /// A new id, or the one that the tag `_custom_id_` asks for, as development tools have it.
    func newPoolId(_ tags: OrderedMap<String>) throws(PoolError) -> String {
        guard let wanted = tags["_custom_id_"] else {
            return account.region + "_" + Randomness.text(9, of: Randomness.lettersAndDigits)
        }
        let id = wanted.contains("_") ? wanted : "\(account.region)_\(wanted)"
        do throws(ShapeFault) {
            try Shape.check([.need("UserPoolId", .poolId)], ["UserPoolId": .string(id)])
        } catch { throw PoolError(error) }
        guard read({ $0.pools[id] }) == nil else { throw PoolOperation.exists(id) }
        return id
    }

    func description(of pool: UserPool, users: Int = 0) -> JSONValue {
        var object: JSONObject = [
            "Id": .string(pool.id), "Name": .string(pool.name), "Arn": .string(pool.arn(account)),
            "CreationDate": .time(pool.created), "LastModifiedDate": .time(pool.modified),
            "SchemaAttributes": .array(pool.schema.map(\.description)), "EstimatedNumberOfUsers": .number(users),
        ]
        for (name, value) in pool.settings.object ?? [:] { object[name] = value }
        for domain in pool.domains {
            object[domain.certificateArn == nil ? "Domain" : "CustomDomain"] = .string(domain.name)
        }
        return .object(object)
    }
}
