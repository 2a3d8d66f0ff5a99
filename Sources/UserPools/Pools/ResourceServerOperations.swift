import JSON
import Shapes

extension PoolOperation {
    private static let serverMembers: [Shape.Member] = [
        .need("UserPoolId", .poolId), .need("Identifier", .text(1...256, scopeText(["\"", "\\"]))),
    ]
    private static let serverSettings: [Shape.Member] = [
        .need("Name", .text(1...256, .names)),
        .may(
            "Scopes",
            .list(
                .structure([
                    .need("ScopeName", .text(1...256, scopeText(["\"", "\\", "/"]))),
                    .need("ScopeDescription", .text(1...256)),
                ]), 0...100)),
    ]
    /// AWS's quota of a pool. Source: Developer Guide, quotas.
    private static let serverLimit = 25

    private static func scopeText(_ excluded: Set<Character>) -> Shape.TextRule {
        Shape.TextRule("[\\x21\\x23-\\x5B\\x5D-\\x7E]+") { text in
            text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains(where: excluded.contains)
        }
    }

    static let resourceServers: [PoolOperation] = [
        PoolOperation("CreateResourceServer", serverMembers + serverSettings) { pools, input throws(PoolError) in
            let server = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                let identifier = input.needed("Identifier")
                guard content.servers[identifier] == nil else {
                    throw .invalid("\(identifier) already exists in user pool \(content.pool.id).")
                }
                guard content.servers.count < serverLimit else {
                    throw .limit("A user pool can have \(serverLimit) resource servers at most.")
                }
                let server = ResourceServer(
                    poolId: content.pool.id, identifier: identifier, name: input.needed("Name"),
                    scopes: input["Scopes"] ?? [])
                steps.append(.server(server))
                return server
            }
            return ["ResourceServer": server.description]
        },
        PoolOperation("DescribeResourceServer", serverMembers) { pools, input throws(PoolError) in
            ["ResourceServer": try pools.content(input.needed("UserPoolId")).server(input).description]
        },
        PoolOperation("UpdateResourceServer", serverMembers + serverSettings) { pools, input throws(PoolError) in
            let server = try await pools.change { state, steps throws(PoolError) in
                var server = try state.content(input.needed("UserPoolId")).server(input)
                server.name = input.needed("Name")
                server.scopes = input["Scopes"] ?? []
                steps.append(.server(server))
                return server
            }
            return ["ResourceServer": server.description]
        },
        PoolOperation("DeleteResourceServer", serverMembers) { pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                steps.append(.removeServer(try state.content(input.needed("UserPoolId")).server(input)))
            }
            return [:]
        },
        PoolOperation(
            "ListResourceServers",
            [.need("UserPoolId", .poolId), .may("MaxResults", .integer(1...50)), .may("NextToken", .anyText)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            let page = try Page(
                content.servers.values.sorted { $0.identifier < $1.identifier }, input, most: 50, by: \.identifier)
            var answer: JSONObject = ["ResourceServers": .array(page.items.map(\.description))]
            answer["NextToken"] = page.next
            return answer
        },
    ]
}

extension PoolContent {
    fileprivate func server(_ input: Input) throws(PoolError) -> ResourceServer {
        guard let server = servers[input.needed("Identifier")] else {
            throw .missing("Resource server \(input.needed("Identifier")) does not exist.")
        }
        return server
    }
}
