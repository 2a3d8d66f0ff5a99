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
            configuration.take(try await code.describe(in: control.snapshots), architectures)
            return try .json(configuration)
        }

        // Code in local folders is being worked on: it is tried before it replaces what runs.
        let rehearsal = code.isLocal ? Rehearsal() : nil
        var isUnchanged = false
        let answer = try await control.withPackage(
            of: code, for: name.name, runtime: try control.function(name).head.configuration.Runtime,
            rehearsing: { package throws(ServiceError) in
                guard let rehearsal else { return nil }
                let function = try control.function(name)
                // The same copy is the same code: what runs may stay.
                return function.has(package, architectures)
                    ? nil : rehearsal.candidate(function, package, architectures)
            }
        ) { package throws(ServiceError) in
            var function = try control.function(name)
            try function.checkRevision(revisionId)
            if code.isLocal, !publish, function.has(package, architectures) {
                isUnchanged = true
                return function.head.configuration.updating
            }
            let previous = function.head.configuration.CodeSha256
            let revision = rehearsal?.revision(for: function) ?? Identifiers.uuid()
            function.take(package, architectures)
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
            control.discardUnusedPackages(of: name.name, previous: previous)
            return answer
        }
        if isUnchanged { return try .json(answer) }
        try await control.announce(name.name)
        if code.isLocal { await control.discardUnusedSnapshots() }
        return try .json(answer)
    }
}

/// The revision that was rehearsed, and what it was made from.
private final class Rehearsal {
    private let revision = Identifiers.uuid()
    private var origin: String?

    func candidate(
        _ function: LambdaFunction, _ package: FunctionPackage, _ architectures: [String]?
    ) -> LambdaFunction {
        var candidate = function
        origin = function.head.environmentRevision
        candidate.take(package, architectures)
        candidate.head.environmentRevision = revision
        return candidate
    }

    /// Nil when the function has become another one meanwhile: what was rehearsed is not what will run.
    func revision(for function: LambdaFunction) -> String? {
        function.head.environmentRevision == origin ? revision : nil
    }
}

extension LambdaFunction {
    fileprivate mutating func updated(at now: Timestamp, environmentRevision: String = Identifiers.uuid()) {
        head.configuration.LastModified = now.lambdaLastModified
        head.configuration.RevisionId = Identifiers.uuid()
        head.environmentRevision = environmentRevision
    }

    fileprivate func has(_ package: FunctionPackage, _ architectures: [String]?) -> Bool {
        head.code == package.place && head.configuration.CodeSha256 == package.codeSha256
            && architectures.map { $0 == head.configuration.Architectures } ?? true
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
