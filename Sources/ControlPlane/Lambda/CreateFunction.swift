import FunctionPackages
import GatewayModel
import JSON

extension LambdaOperations {
    static func createFunction(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let input = try NewFunction(call, account: control.settings.account)
        guard control.world[LambdaFunction.self, input.name] == nil else { throw exists(input.name) }
        let roleId = try control.executionRole(input.configuration.role ?? "", of: input.name)
        let answer = try await control.withPackage(
            of: input.code, for: input.name, runtime: input.configuration.runtime ?? ""
        ) { package throws(ServiceError) in
            try await control.commitFunction(input.name) { change throws(ServiceError) -> FunctionConfiguration? in
                guard change.root == nil else { throw exists(input.name) }
                guard control.isKept(package, for: input.name) else { return nil }
                var function = try input.function(package, account: call.account, at: call.now)
                function.head.roleId = roleId
                try function.take(layers: input.configuration.layers, of: call.account, in: control) {
                    change.read(LambdaLayer.self, $0)
                }
                var created = function.head.configuration.creating
                created.RevisionId = Identifiers.uuid()
                if input.publish {
                    created.Version = function.publish(description: nil).configuration.Version
                }
                change.root = function
                return created
            }
        }
        return try .json(answer)
    }

    private static func exists(_ name: String) -> ServiceError {
        .resourceConflict("Function already exist: \(name)")
    }
}

/// What CreateFunction is given, checked.
private struct NewFunction {
    let name: String
    let configuration: ConfigurationInput
    let architectures: [String]
    let code: FunctionCode
    let publish: Bool
    let tags: OrderedMap<String>

    /// Bytes of the whole request. Source: recorded from AWS.
    private static let maximumRequestSize = 70_167_211
    /// Source: Lambda quotas and the text of the error: 64 characters for the name itself, 140 for an ARN.
    private static let maximumNameLength = 64

    init(_ call: Call, account: AccountIdentity) throws(ServiceError) {
        guard call.body.count < Self.maximumRequestSize else {
            throw .requestEntityTooLarge(
                "Request must be smaller than \(Self.maximumRequestSize) bytes for the CreateFunction operation")
        }
        let members = Members(try call.object())
        let nameOrARN = try members.string("FunctionName")
        configuration = try ConfigurationInput(members)
        let codeMembers = try members.members("Code")
        let architectures = try members.strings("Architectures")
        self.architectures = architectures ?? ["x86_64"]
        publish = try members.bool("Publish") ?? false
        tags = try members.stringMap("Tags") ?? [:]

        var constraints = Constraints()
        constraints.present(nameOrARN, "functionName")
        if let nameOrARN { constraints.functionName(nameOrARN, .plain) }
        constraints.present(configuration.role, "role")
        constraints.present(codeMembers, "code")
        constraints.oneOf(try members.string("PackageType"), "packageType", ["Zip", "Image"])
        constraints.architectures(architectures)
        configuration.check(&constraints)
        try constraints.check()
        guard let nameOrARN, let function = FunctionName(parsing: nameOrARN, .plain), let codeMembers else {
            throw .internalFailure("A function without a name or code passed its checks.")
        }
        try function.checkPlace(account)
        name = function.name
        guard name.utf8.count <= Self.maximumNameLength else {
            throw .invalidParameter(
                "1 validation error detected: Value '\(name)' at 'functionName' failed to satisfy constraint: "
                    + "Member must have length less than or equal to \(Self.maximumNameLength)")
        }

        try RefusedMembers.check(members.object)
        try RefusedMembers.check(codeMembers.object)
        guard configuration.runtime != nil, configuration.handler != nil else {
            throw .invalidParameter(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
        }
        try configuration.checkValues()
        try FunctionTags.check(tags, call)
        code = try FunctionCode(codeMembers, call, verb: "creating")
    }

    func function(
        _ package: FunctionPackage, account: AccountIdentity, at now: Timestamp
    ) throws(ServiceError) -> LambdaFunction {
        var configuration = FunctionConfiguration(name: name, account: account, package: package, at: now)
        configuration.Architectures = architectures
        try self.configuration.apply(to: &configuration, in: account)
        return LambdaFunction(
            name: name,
            head: LambdaFunction.Head(
                configuration: configuration, code: package.place, environmentRevision: Identifiers.uuid(), tags: tags))
    }
}

extension Constraints {
    mutating func architectures(_ values: [String]?) {
        guard let values else { return }
        let text = "'[\(values.joined(separator: ", "))]'"
        if values.isEmpty {
            violation(text, at: "architectures", "Member must have length greater than or equal to 1")
        } else if values.count > 1 {
            violation(text, at: "architectures", "Member must have length less than or equal to 1")
        } else if !values.allSatisfy(["x86_64", "arm64"].contains) {
            violation(
                text, at: "architectures",
                "Member must satisfy constraint: "
                    + "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]")
        }
    }
}
