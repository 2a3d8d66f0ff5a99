import EntityStore
import GatewayModel
import JSON

extension LambdaOperations {
    static var aliases: [Operation] {
        [
            Operation("CreateAlias", .lambda, .post, function + "/aliases", success: 201, createAlias),
            Operation("GetAlias", .lambda, .get, function + "/aliases/{Name}", getAlias),
            Operation("ListAliases", .lambda, .get, function + "/aliases", listAliases),
            Operation("UpdateAlias", .lambda, .put, function + "/aliases/{Name}", updateAlias),
            Operation("DeleteAlias", .lambda, .delete, function + "/aliases/{Name}", success: 204, deleteAlias),
        ]
    }
}

extension LambdaOperations {
    private static func createAlias(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try AliasInput(members)
        let name = try members.string("Name")
        var constraints = Constraints()
        constraints.present(name, "name")
        constraints.alias(name)
        constraints.present(input.functionVersion, "functionVersion")
        input.check(&constraints)
        let functionName = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        guard let name, let version = input.functionVersion else {
            throw .internalFailure("An alias without a name or version passed its checks.")
        }
        let arn = call.account.functionARN(functionName.name, qualifier: name)
        let alias = try await control.commitFunction(functionName.name) { change throws(ServiceError) in
            guard var function = change.root, function.version(version) != nil else {
                throw .functionNotFound(call.account.functionARN(functionName.name, qualifier: version))
            }
            guard function.aliases[name] == nil else { throw .resourceConflict("Alias already exists: \(arn)") }
            let alias = AliasConfiguration(
                AliasArn: arn, Name: name, FunctionVersion: version, Description: input.description ?? "",
                RoutingConfig: try input.routing(for: version, of: function, in: call.account),
                RevisionId: Identifiers.uuid())
            function.aliases[name] = alias
            change.root = function
            return alias
        }
        return try .json(alias)
    }

    private static func getAlias(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let (functionName, name) = try aliasName(call)
        let function = try control.function(functionName)
        guard let alias = function.aliases[name] else {
            throw .resourceNotFound(
                "Cannot find alias arn: \(call.account.functionARN(function.name, qualifier: name))")
        }
        return try .json(alias)
    }

    private static func listAliases(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let version = call.query("FunctionVersion")
        var constraints = Constraints()
        constraints.version(version)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        let function = try control.function(name)
        let aliases = function.aliases.filter { version == nil || $0.value.FunctionVersion == version }
        return try FunctionPage(call).reply("Aliases", aliases.map { ($0.key, $0.value) })
    }

    private static func updateAlias(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try AliasInput(members)
        var constraints = Constraints()
        input.check(&constraints)
        let (functionName, name) = try aliasName(call, constraints)
        let account = call.account
        let alias = try await control.changeFunction(functionName) { function throws(ServiceError) in
            guard var alias = function.aliases[name] else {
                throw .resourceNotFound("Alias not found: \(account.functionARN(function.name, qualifier: name))")
            }
            if let revisionId = try members.string("RevisionId"), revisionId != alias.RevisionId {
                throw .wrongRevision(see: "GetFunction/GetAlias")
            }
            if let version = input.functionVersion {
                guard function.version(version) != nil else {
                    throw .functionNotFound(account.functionARN(function.name, qualifier: version))
                }
                alias.FunctionVersion = version
            }
            alias.Description = input.description ?? alias.Description
            // A weight that stays must suit the new version too.
            if let routing = input.weights.map(AliasInput.kept) ?? alias.RoutingConfig {
                alias.RoutingConfig = try AliasInput.checked(
                    routing, for: alias.FunctionVersion, of: function, in: account)
            }
            alias.RevisionId = Identifiers.uuid()
            function.aliases[name] = alias
            return alias
        }
        return try .json(alias)
    }

    /// An alias that is not there counts as deleted.
    private static func deleteAlias(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let (functionName, name) = try aliasName(call)
        try await control.changeFunction(functionName) { function in
            guard function.aliases[name] != nil else { return }
            function.aliases[name] = nil
            function.policies[name] = nil
        }
        return .empty
    }

    /// The function and the alias that the path names.
    private static func aliasName(
        _ call: Call, _ constraints: Constraints = Constraints()
    ) throws(ServiceError) -> (FunctionName, String) {
        let name = call.path("Name")
        var constraints = constraints
        constraints.alias(name)
        return (try call.unqualifiedFunctionName(in: call.account, constraints), name)
    }
}

/// What CreateAlias and UpdateAlias have in common.
private struct AliasInput {
    let functionVersion: String?
    let description: String?
    /// Nil when no RoutingConfig was given; empty weights take it away.
    let weights: OrderedMap<Double>?

    init(_ members: Members) throws(ServiceError) {
        functionVersion = try members.string("FunctionVersion")
        description = try members.string("Description")
        weights = try members.members("RoutingConfig").map { members throws(ServiceError) in
            try members.numberMap("AdditionalVersionWeights") ?? [:]
        }
    }

    func check(_ constraints: inout Constraints) {
        constraints.version(functionVersion)
        constraints.length(description, "description", 0...256)
        guard let weights else { return }
        let text = "'{\(weights.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))}'"
        let member = "routingConfig.additionalVersionWeights"
        if !weights.keys.allSatisfy(Qualifier.isVersion) {
            constraints.violation(
                text, at: member,
                "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
                    + "Member must have length greater than or equal to 1, "
                    + "Member must satisfy regular expression pattern: [0-9]+]")
        }
        if !weights.allSatisfy({ (0...1).contains($0.value) }) {
            constraints.violation(
                text, at: member,
                "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                    + "Member must have value greater than or equal to 0.0, Member must not be null]")
        }
    }

    func routing(
        for version: String, of function: LambdaFunction, in account: AccountIdentity
    ) throws(ServiceError) -> AliasConfiguration.AliasRoutingConfiguration? {
        guard let weights else { return nil }
        return try Self.checked(Self.kept(weights), for: version, of: function, in: account)
    }

    static func kept(_ weights: OrderedMap<Double>) -> AliasConfiguration.AliasRoutingConfiguration {
        .init(AdditionalVersionWeights: weights)
    }

    /// The routing when it suits the main version, nil when it routes nothing.
    static func checked(
        _ routing: AliasConfiguration.AliasRoutingConfiguration, for version: String, of function: LambdaFunction,
        in account: AccountIdentity
    ) throws(ServiceError) -> AliasConfiguration.AliasRoutingConfiguration? {
        guard let weights = routing.AdditionalVersionWeights, let additional = weights.keys.first else { return nil }
        guard weights.count == 1 else {
            throw .invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
        }
        guard additional != version else {
            throw .invalidParameter(
                "Invalid function version \(version). "
                    + "Function version \(version) is already included in routing configuration.")
        }
        guard version != Qualifier.latest else {
            throw .invalidParameterWithoutType(
                "$LATEST is not supported for an alias pointing to more than 1 version")
        }
        guard function.version(additional) != nil else {
            throw .functionNotFound(account.functionARN(function.name, qualifier: additional))
        }
        return routing
    }
}

extension Constraints {
    fileprivate mutating func alias(_ name: String?) {
        length(name, "name", 1...128)
        pattern(name, "name", Qualifier.aliasPattern, Qualifier.isAlias)
    }

    fileprivate mutating func version(_ version: String?) {
        length(version, "functionVersion", 1...1024)
        pattern(version, "functionVersion", Qualifier.versionPattern) {
            $0 == Qualifier.latest || $0 == "$LATEST.PUBLISHED" || Qualifier.isVersion($0)
        }
    }
}
