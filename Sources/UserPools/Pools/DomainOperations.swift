import GatewayModel
import JSON
import Shapes

extension PoolOperation {
    private static let domain = Shape.text(
        1...63,
        Shape.TextRule("^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$") { text in
            let isAllowed = text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || $0.isDigit || $0 == 0x2D || $0 == 0x2E
            }
            return isAllowed && !text.hasPrefix("-") && !text.hasSuffix("-")
        })
    private static let certificate = Shape.structure([.need("CertificateArn", .arn)])

    static let domains: [PoolOperation] = [
        PoolOperation(
            "CreateUserPoolDomain",
            [
                .need("Domain", domain), .need("UserPoolId", .poolId), .may("ManagedLoginVersion", .integer(1...2)),
                .may("CustomDomainConfig", certificate),
            ]
        ) { pools, input throws(PoolError) in
            let name = input.needed("Domain")
            let custom = input["CustomDomainConfig"]
            if custom == nil { try PoolDomain.checkPrefix(name) } else { try PoolDomain.checkOwn(name) }
            let now = pools.now
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard state.domains[name] == nil else { throw .invalid("Domain already exists.") }
                var pool = content.pool
                // One prefix and one domain of its own.
                guard !pool.domains.contains(where: { ($0.certificateArn == nil) == (custom == nil) }) else {
                    throw .invalid("There is already an existing domain with user pool.")
                }
                pool.domains.append(
                    UserPool.Domain(
                        name: name, certificateArn: custom?["CertificateArn"]?.string,
                        version: input.integer("ManagedLoginVersion")))
                pool.modified = now
                steps.append(.pool(pool, content.keys))
            }
            return custom == nil ? [:] : ["CloudFrontDomain": .string(distribution)]
        },
        PoolOperation("DescribeUserPoolDomain", [.need("Domain", domain)]) { pools, input throws(PoolError) in
            let name = input.needed("Domain")
            let pool = pools.read { state in state.domains[name].flatMap { state.pools[$0]?.pool } }
            guard let pool, let found = pool.domains.first(where: { $0.name == name }) else {
                return ["DomainDescription": [:]]
            }
            var description: JSONObject = [
                "UserPoolId": .string(pool.id), "AWSAccountId": .string(pools.account.accountId),
                "Domain": .string(name), "S3Bucket": .string("aws-cognito-prod-\(pools.account.region)-assets"),
                "CloudFrontDistribution": .string(distribution), "Version": .string("20261128000000"),
                "Status": "ACTIVE", "CustomDomainConfig": [:],
            ]
            if let certificate = found.certificateArn {
                description["CustomDomainConfig"] = ["CertificateArn": .string(certificate)]
            }
            description["ManagedLoginVersion"] = .number(found.version ?? 1)
            return ["DomainDescription": .object(description)]
        },
        PoolOperation(
            "UpdateUserPoolDomain",
            [
                .need("Domain", domain), .need("UserPoolId", .poolId), .may("ManagedLoginVersion", .integer(1...2)),
                .may("CustomDomainConfig", certificate),
            ]
        ) { pools, input throws(PoolError) in
            let name = input.needed("Domain")
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                var pool = content.pool
                guard let index = pool.domains.firstIndex(where: { $0.name == name }) else { throw noDomain }
                if let arn = input["CustomDomainConfig"]?["CertificateArn"]?.string {
                    guard pool.domains[index].certificateArn != nil else {
                        throw .invalid("A prefix domain has no certificate of its own.")
                    }
                    pool.domains[index].certificateArn = arn
                }
                pool.domains[index].version = input.integer("ManagedLoginVersion") ?? pool.domains[index].version
                steps.append(.pool(pool, content.keys))
            }
            return [:]
        },
        PoolOperation("DeleteUserPoolDomain", [.need("Domain", domain), .need("UserPoolId", .poolId)]) {
            pools, input throws(PoolError) in
            let name = input.needed("Domain")
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                var pool = content.pool
                guard pool.domains.contains(where: { $0.name == name }) else { throw noDomain }
                pool.domains.removeAll { $0.name == name }
                steps.append(.pool(pool, content.keys))
            }
            return [:]
        },
    ]

    private static let noDomain = PoolError.invalid("No such domain or user pool exists.")
    /// AWS's front of a domain, which clients only read.
    private static let distribution = "d111111abcdef8.cloudfront.net"
}
