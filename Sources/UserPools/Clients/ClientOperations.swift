import JSON
import Shapes

extension PoolOperation {
    static let clients: [PoolOperation] = [
        PoolOperation(
            "CreateUserPoolClient",
            [
                .need("UserPoolId", .poolId), .need("ClientName", .clientName), .may("GenerateSecret", .boolean),
                .may("ClientSecret", .secret(24...64)),
            ] + ClientRules.members
        ) { pools, input throws(PoolError) in
            let id = Randomness.text(26, of: Randomness.smallLettersAndDigits)
            let now = pools.now
            var secret = input.text("ClientSecret")
            if secret == nil, input.flag("GenerateSecret") == true {
                secret = Randomness.text(51, of: Randomness.smallLettersAndDigits)
            }
            var sealed: String?
            if let secret { sealed = try pools.seal(secret, for: "secret of \(id)") }
            let client = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard content.clients.count < Self.clientLimit else {
                    throw .limit("A user pool can have \(Self.clientLimit) clients at most.")
                }
                let settings = try ClientRules.settings(input, in: content, hasSecret: sealed != nil)
                let client = PoolClient(
                    id: id, poolId: content.pool.id, name: input.needed("ClientName"), sealedSecret: sealed,
                    settings: .object(settings), created: now, modified: now)
                steps.append(.client(client))
                return client
            }
            return ["UserPoolClient": try pools.description(of: client)]
        },
        PoolOperation("DescribeUserPoolClient", [.need("UserPoolId", .poolId), .need("ClientId", .clientId)]) {
            pools, input throws(PoolError) in
            let client = try pools.read { state throws(PoolError) in try state.client(input) }
            return ["UserPoolClient": try pools.description(of: client)]
        },
        PoolOperation(
            "ListUserPoolClients",
            [.need("UserPoolId", .poolId), .may("MaxResults", .integer(1...60)), .may("NextToken", .anyText)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            let page = try Page(content.clients.values.sorted { ($0.name, $0.id) < ($1.name, $1.id) }, input, by: \.id)
            var answer: JSONObject = [
                "UserPoolClients": .array(
                    page.items.map { client in
                        [
                            "ClientId": .string(client.id), "UserPoolId": .string(client.poolId),
                            "ClientName": .string(client.name),
                        ]
                    })
            ]
            answer["NextToken"] = page.next
            return answer
        },
        PoolOperation(
            "UpdateUserPoolClient",
            [.need("UserPoolId", .poolId), .need("ClientId", .clientId), .may("ClientName", .clientName)]
                + ClientRules.members
        ) { pools, input throws(PoolError) in
            let now = pools.now
            let client = try await pools.change { state, steps throws(PoolError) in
                var client = try state.client(input)
                client.settings = .object(
                    try ClientRules.settings(
                        input, in: try state.content(input.needed("UserPoolId")), hasSecret: client.hasSecret))
                if let name = input.text("ClientName") { client.name = name }
                client.modified = now
                steps.append(.client(client))
                return client
            }
            return ["UserPoolClient": try pools.description(of: client)]
        },
        PoolOperation("DeleteUserPoolClient", [.need("UserPoolId", .poolId), .need("ClientId", .clientId)]) {
            pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                steps.append(.removeClient(try state.client(input)))
            }
            return [:]
        },
    ]

    /// AWS's quota of a pool. Source: Developer Guide, quotas.
    private static let clientLimit = 1_000
}

extension PoolState {
    /// The client that a call names, in the pool that it names.
    func client(_ input: Input) throws(PoolError) -> PoolClient {
        let content = try content(input.needed("UserPoolId"))
        guard let client = content.clients[input.needed("ClientId")] else {
            throw .noClient(input.needed("ClientId"))
        }
        return client
    }
}

extension UserPools {
    /// nil for a client that has none. One that cannot be opened is still one.
    func secret(of client: PoolClient) throws(PoolError) -> String? {
        guard let sealed = client.sealedSecret else { return nil }
        guard let secret = open(sealed, for: "secret of \(client.id)") else {
            throw .internalFailure("The secret of the client \(client.id) cannot be opened with this server's key.")
        }
        return secret
    }

    func description(of client: PoolClient) throws(PoolError) -> JSONValue {
        var object: JSONObject = [
            "UserPoolId": .string(client.poolId), "ClientName": .string(client.name), "ClientId": .string(client.id),
        ]
        object["ClientSecret"] = try secret(of: client).map { .string($0) }
        object["LastModifiedDate"] = .time(client.modified)
        object["CreationDate"] = .time(client.created)
        for (name, value) in client.settings.object ?? [:] { object[name] = value }
        return .object(object)
    }
}
