import GatewayModel
import JSON
import Shapes

extension PoolOperation {
    /// AWS's quota of a resource.
    private static let tagLimit = 50

    static let poolTags: [PoolOperation] = [
        PoolOperation("TagResource", [.need("ResourceArn", .arn), .need("Tags", .map)]) {
            pools, input throws(PoolError) in
            try await pools.changeTags(input) { tags in
                for (name, value) in input.map("Tags") { tags[name] = .string(value) }
            }
        },
        PoolOperation("UntagResource", [.need("ResourceArn", .arn), .need("TagKeys", .list(.text(1...128)))]) {
            pools, input throws(PoolError) in
            try await pools.changeTags(input) { tags in for name in input.texts("TagKeys") ?? [] { tags[name] = nil } }
        },
        PoolOperation("ListTagsForResource", [.need("ResourceArn", .arn)]) { pools, input throws(PoolError) in
            let content = try pools.read { state throws(PoolError) in try pools.tagged(input, state) }
            return ["Tags": content.pool.setting("UserPoolTags") ?? [:]]
        },
        PoolOperation(
            "AddCustomAttributes", [.need("UserPoolId", .poolId), .need("CustomAttributes", PoolRules.schema)]
        ) { pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                var pool = content.pool
                for value in input["CustomAttributes"]?.array ?? [] {
                    pool.schema.append(try PoolRules.custom(value, in: pool.schema))
                }
                steps.append(.pool(pool, content.keys))
            }
            return [:]
        },
    ]

    static func checkCount(_ tags: Int) throws(PoolError) {
        guard tags <= tagLimit else { throw .limit("A user pool can have \(tagLimit) tags at most.") }
    }
}

extension UserPools {
    fileprivate func tagged(_ input: Input, _ state: PoolState) throws(PoolError) -> PoolContent {
        let arn = input.needed("ResourceArn")
        let id = String(arn.split(separator: "/").last ?? "")
        guard let found = state.pools[id], found.pool.arn(account) == arn else {
            throw .missing("User pool \(id) does not exist.")
        }
        return found
    }

    fileprivate func changeTags(
        _ input: Input, _ body: (inout JSONObject) -> Void
    ) async throws(PoolError) -> JSONObject {
        try await change { state, steps throws(PoolError) in
            let content = try tagged(input, state)
            var pool = content.pool
            var settings = pool.settings.object ?? [:]
            var tags = settings["UserPoolTags"]?.object ?? [:]
            body(&tags)
            try PoolOperation.checkCount(tags.count)
            settings["UserPoolTags"] = .object(tags)
            pool.settings = .object(settings)
            steps.append(.pool(pool, content.keys))
        }
        return [:]
    }
}
