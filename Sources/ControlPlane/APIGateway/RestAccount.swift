import GatewayModel
import JSON

/// The operations on Account.
extension RESTOperations {
    static var account: [Operation] {
        [
            Operation("GetAccount", .apigateway, .get, "/account") { control, call throws(ServiceError) in
                try .json(control.world.restAccount(call.account))
            },
            Operation("UpdateAccount", .apigateway, .patch, "/account") { control, call throws(ServiceError) in
                let patches = try patches(of: "UpdateAccount", call)
                let account = try await control.change(
                    AccountResource<REST.Account>.self, REST.Account.onlyId,
                    { change throws(ServiceError) in
                        var account = change.root?.document ?? REST.Account.fresh(call.account)
                        try accountPatches.apply(patches, to: &account)
                        change.root = AccountResource(document: account, order: 0)
                        return account
                    })
                return try .json(account)
            },
        ]
    }

    private static let accountPatches = PatchTable<REST.Account>(
        .listed,
        [
            PatchRule("/cloudwatchRoleArn", [.replace]) { account, step throws(ServiceError) in
                if let arn = step.text, !CallCredentials.isRole(arn) {
                    throw RESTError.badRequest(
                        "The role ARN does not have required permissions configured. Please grant trust permission for "
                            + "API Gateway and add the required role policy.")
                }
                account.cloudwatchRoleArn = step.text
            },
            PatchRule("/features", [.add, .remove]) { account, step throws(ServiceError) in
                guard step.value == "UsagePlans" else { throw step.invalidValue }
                guard step.op == .add else {
                    throw RESTError.badRequest("Usage Plans cannot be disabled once they are enabled.")
                }
            },
        ])
}

extension World {
    /// What the account says of REST APIs; a fresh one has a role for logs, so that logging works without further ado.
    func restAccount(_ identity: AccountIdentity) -> REST.Account {
        self[document: REST.Account.self, REST.Account.onlyId] ?? REST.Account.fresh(identity)
    }
}

extension REST.Account: AccountDocument {
    static let rootType = "restaccount"
    static var place: any WritableKeyPath<World, Roots<AccountResource<REST.Account>>> & Sendable { \.account }
    static let parameter = ""
    static var quota: Int { 1 }
    static var notFound: ServiceError { RESTError.notFound("Invalid Account identifier specified") }

    /// There is one account.
    fileprivate static let onlyId = "account"
    var id: String { Self.onlyId }

    /// An account has no tags.
    var tags: OrderedMap<String>? {
        get { nil }
        set {}
    }

    fileprivate static func fresh(_ identity: AccountIdentity) -> REST.Account {
        var account = REST.Account()
        account.cloudwatchRoleArn = "arn:\(identity.partition):iam::\(identity.accountId):role/gatehouse-logs"
        return account
    }
}
