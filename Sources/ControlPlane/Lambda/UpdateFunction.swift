import EntityStore
import GatewayModel
import JSON

extension LambdaOperations {
    static func updateFunctionConfiguration(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try ConfigurationInput(members)
        var constraints = Constraints()
        input.check(&constraints)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        var function = try control.function(name)
        try function.checkRevision(try members.string("RevisionId"))
        try RefusedMembers.check(members.object)
        try input.checkValues()

        try input.apply(to: &function.head.configuration, in: control.settings.account)
        function.updated(at: control.settings.now())
        try await control.commit(function, [function.saveHead()])
        return try .json(function.head.configuration.updating)
    }

    static func updateFunctionCode(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let architectures = try members.strings("Architectures")
        var constraints = Constraints()
        constraints.architectures(architectures)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        let revisionId = try members.string("RevisionId")
        let publish = try members.bool("Publish") ?? false
        try control.function(name).checkRevision(revisionId)
        try RefusedMembers.check(members.object)
        let code = try FunctionCode(members, allowsLocalCode: call.allowsLocalCode, verb: "updating")
        if try members.bool("DryRun") ?? false {
            var configuration = try control.function(name).head.configuration
            configuration.take(try await code.describe(), architectures)
            return try .json(configuration)
        }

        let answer = try await control.withPackage(of: code, for: name.name) { package throws(ServiceError) in
            var function = try control.function(name)
            try function.checkRevision(revisionId)
            let previous = function.head.configuration.CodeSha256
            function.head.configuration.take(package, architectures)
            function.head.code = package.place
            function.updated(at: control.settings.now())
            var answer = function.head.configuration.updating
            var changes: [EntityChange] = []
            if publish {
                let (version, isNew) = function.publish(description: nil)
                if isNew { changes.append(try function.save(version)) }
                answer = version.configuration.qualified(version.configuration.Version).creating
            }
            changes.append(try function.saveHead())
            try control.put(function, changes)
            control.discardUnusedPackages(of: name.name, previous: previous)
            return answer
        }
        try await control.announce(name.name)
        return try .json(answer)
    }
}

extension LambdaFunction {
    fileprivate mutating func updated(at now: Timestamp) {
        head.configuration.LastModified = now.lambdaLastModified
        head.configuration.RevisionId = Identifiers.uuid()
        head.environmentRevision = Identifiers.uuid()
    }

    /// Updates and publishing may ask that `$LATEST` is still what the caller has seen.
    func checkRevision(_ revisionId: String?) throws(ServiceError) {
        guard let revisionId, revisionId != head.configuration.RevisionId else { return }
        throw .wrongRevision(see: "GetFunction/GetAlias")
    }
}

extension FunctionConfiguration {
    fileprivate mutating func take(_ package: FunctionPackage, _ architectures: [String]?) {
        CodeSha256 = package.codeSha256
        CodeSize = package.codeSize
        if let architectures { Architectures = architectures }
    }
}
