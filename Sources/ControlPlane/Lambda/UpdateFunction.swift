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

        let package = try await control.package(of: function, movedTo: input.runtime)
        defer { if let snapshot = package?.snapshot { control.snapshots.release(snapshot) } }
        if let package {
            function = try control.function(name)
            function.take(package, nil)
        }
        let old = try control.function(name)
        try input.apply(to: &function.head.configuration, in: control.settings.account)
        if call.allowsLocalCode, function.runs(as: old) { return try .json(old.head.configuration.updating) }
        function.updated(at: control.settings.now())
        try await control.commit(function, [function.saveHead()])
        return try .json(function.head.configuration.updating)
    }

    static func updateFunctionCode(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let architectures = try members.strings("Architectures")
        var trial =
            call.allowsLocalCode
            ? try members.members(FunctionTrial.member).map { members throws(ServiceError) in
                try FunctionTrial(members)
            } : nil
        var constraints = Constraints()
        constraints.architectures(architectures)
        trial?.configuration.check(&constraints)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        let revisionId = try members.string("RevisionId")
        let publish = try members.bool("Publish") ?? false
        try control.function(name).checkRevision(revisionId)
        try RefusedMembers.check(members.object)
        try trial?.configuration.checkValues()
        let code = try FunctionCode(members, allowsLocalCode: call.allowsLocalCode, verb: "updating")
        let isDryRun = try members.bool("DryRun") ?? false
        if isDryRun, trial == nil {
            var configuration = try control.function(name).head.configuration
            configuration.take(try await code.describe(in: control.snapshots), architectures)
            return try .json(configuration)
        }

        /// The function with what is new.
        func changed(_ package: FunctionPackage) throws(ServiceError) -> LambdaFunction {
            var function = try control.function(name)
            function.take(package, architectures)
            try trial?.configuration.apply(to: &function.head.configuration, in: control.settings.account)
            return function
        }
        let current = try control.function(name).head.configuration.Runtime
        let runtime = trial?.configuration.runtime ?? current
        var isUnchanged = false
        let answer = try await control.withPackage(
            of: code, for: name.name, runtime: runtime,
            rehearsing: { package throws(ServiceError) in
                guard let asked = trial else { return nil }
                let (old, new) = (try control.function(name), try changed(package))
                // The same copy is the same code: what runs may stay.
                guard !new.runs(as: old) else { return nil }
                if let earlier = control.trials.removeValue(forKey: name.name), earlier.has(new) {
                    trial = earlier
                    return nil
                }
                return asked.candidate(new, isNeeded: new.startsAnew(after: old, in: control.snapshots))
            }
        ) { package throws(ServiceError) in
            let old = try control.function(name)
            try old.checkRevision(revisionId)
            var function = try changed(package)
            // A deployment that is taken back says again what is there already.
            if call.allowsLocalCode, !publish, function.runs(as: old) {
                isUnchanged = true
                return old.head.configuration.updating
            }
            if isDryRun {
                control.trials[name.name] = trial
                isUnchanged = true
                return old.head.configuration.updating
            }
            let revision = trial?.revision(for: old) ?? Identifiers.uuid()
            function.updated(at: control.settings.now(), environmentRevision: revision)
            var answer = function.head.configuration.updating
            var changes: [EntityChange] = []
            if publish {
                let (version, isNew) = function.publish(description: nil)
                if isNew { changes.append(try function.save(version)) }
                answer = version.configuration.qualified(version.configuration.Version).creating
            }
            changes.append(try function.saveHead())
            try control.put(function, changes)
            control.discardUnusedPackages(of: name.name)
            return answer
        }
        if isUnchanged { return try .json(answer) }
        try await control.announce(name.name)
        if code.isLocal { control.discardUnusedSnapshots() }
        return try .json(answer)
    }
}

extension LambdaFunction {
    fileprivate mutating func updated(at now: Timestamp, environmentRevision: String = Identifiers.uuid()) {
        head.configuration.LastModified = now.lambdaLastModified
        head.configuration.RevisionId = Identifiers.uuid()
        head.environmentRevision = environmentRevision
    }

    fileprivate mutating func take(_ package: FunctionPackage, _ architectures: [String]?) {
        head.configuration.take(package, architectures)
        head.code = package.place
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
