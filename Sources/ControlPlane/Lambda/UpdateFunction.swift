import EntityStore
import FunctionPackages
import GatewayModel
import JSON
import Synchronization

extension LambdaOperations {
    static func updateFunctionConfiguration(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try ConfigurationInput(members)
        var constraints = Constraints()
        input.check(&constraints)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        let before = try control.function(name)
        let revisionId = try members.string("RevisionId")
        try before.checkRevision(revisionId)
        try RefusedMembers.check(members.object)
        try input.checkValues()
        let roleId = try input.role.map { role throws(ServiceError) in try control.executionRole(role, of: name.name) }

        let package = try await control.package(of: before, movedTo: input.runtime)
        defer { if let snapshot = package?.snapshot { control.snapshots.release(snapshot) } }
        let answer = try await control.changeFunction(name) { function, layer throws(ServiceError) in
            let old = function
            try old.checkRevision(revisionId)
            if let package {
                // Its code is the one that was moved to the new runtime: another call must not be taken back with it.
                // AWS, where updates take their time, says so of any second one.
                guard function.head.code == before.head.code else {
                    throw .updateInProgress(call.account.functionARN(name.name))
                }
                function.take(package, nil)
            }
            try input.apply(to: &function.head.configuration, in: call.account)
            if let roleId { function.head.roleId = roleId }
            try function.take(layers: input.layers, of: call.account, in: control, find: layer)
            if call.allowsLocalCode, function.runs(as: old) {
                function = old
            } else {
                function.updated(at: call.now)
            }
            return function.head.configuration.updating
        }
        return try .json(answer)
    }

    static func updateFunctionCode(
        _ control: ControlPlane, _ call: Call
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
        let roleId = try trial?.configuration.role.map { role throws(ServiceError) in
            try control.executionRole(role, of: name.name)
        }
        let code = try FunctionCode(members, call, verb: "updating")
        let isDryRun = try members.bool("DryRun") ?? false
        if isDryRun, trial == nil {
            var configuration = try control.function(name).head.configuration
            configuration.take(try await control.describe(code), architectures)
            return try .json(configuration)
        }

        let current = try control.function(name).head.configuration.Runtime
        let runtime = trial?.configuration.runtime ?? current
        let answer = try await control.withPackage(
            of: code, for: name.name, runtime: runtime
        ) { package throws(ServiceError) in
            if trial != nil {
                let old = try control.function(name)
                var new = old
                try new.take(package, architectures, trial, call)
                if let roleId { new.head.roleId = roleId }
                let world = control.world
                try new.take(layers: trial?.configuration.layers, of: call.account, in: control) {
                    world[LambdaLayer.self, $0]
                }
                try await trial?.tryOut(new, replacing: old, in: control)
            }
            do throws(ServiceError) {
                return try await control.changeFunction(name) { function, layer throws(ServiceError) in
                    guard control.isKept(package, for: name.name) else { return FunctionConfiguration?.none }
                    let old = function
                    try old.checkRevision(revisionId)
                    try function.take(package, architectures, trial, call)
                    if let roleId { function.head.roleId = roleId }
                    try function.take(
                        layers: trial?.configuration.layers, of: call.account, in: control, find: layer)
                    // What the code depends on was installed for the runtime that the function had.
                    guard package.localFolder == nil || function.head.configuration.Runtime == runtime else {
                        throw .updateInProgress(call.account.functionARN(name.name))
                    }
                    // A deployment that is taken back says again what is there already.
                    if isDryRun || call.allowsLocalCode && !publish && function.runs(as: old) {
                        function = old
                        return old.head.configuration.updating
                    }
                    function.updated(at: call.now)
                    trial?.adopt(for: &function, replacing: old)
                    guard publish else { return function.head.configuration.updating }
                    let version = function.publish(description: nil).configuration
                    return version.qualified(version.Version).creating
                }
            } catch {
                await trial?.giveUp(name.name, in: control)
                throw error
            }
        }
        if isDryRun { control.trials.withLock { $0[name.name] = trial } }
        return try .json(answer)
    }
}

extension LambdaFunction {
    fileprivate mutating func updated(at now: Timestamp) {
        head.configuration.LastModified = now.lambdaLastModified
        head.configuration.RevisionId = Identifiers.uuid()
        head.environmentRevision = Identifiers.uuid()
    }

    fileprivate mutating func take(_ package: FunctionPackage, _ architectures: [String]?) {
        head.configuration.take(package, architectures)
        head.code = package.place
    }

    fileprivate mutating func take(
        _ package: FunctionPackage, _ architectures: [String]?, _ trial: FunctionTrial?, _ call: Call
    ) throws(ServiceError) {
        take(package, architectures)
        try trial?.configuration.apply(to: &head.configuration, in: call.account)
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

extension ServiceError {
    /// In AWS's words, where updates take their time.
    fileprivate static func updateInProgress(_ arn: String) -> ServiceError {
        .resourceConflict(
            "The operation cannot be performed at this time. An update is in progress for resource: \(arn)")
    }
}
