import EntityStore
import FunctionPackages
import GatewayModel
import JSON
import Synchronization

extension ControlPlane {
    /// At the start: the packages of all functions and layers are there, and no others.
    func repairPackages() {
        let world = world
        packages.tidy(inUse: world.packagesInUse)
        let used = world.snapshotsInUse.map { ($0.snapshot ?? "", $0) }
        snapshots.restore(
            Dictionary(used, uniquingKeysWith: { first, _ in first }),
            isTrusted: !world.functions.isEmpty || !world.layers.isEmpty)
    }

    /// What the host needs to run the function and to judge who may call it.
    func definition(of function: LambdaFunction) -> Lambda.FunctionDefinition {
        let latest = definition(
            of: function.head.configuration, code: function.head.code, revision: function.head.environmentRevision,
            roleId: function.head.roleId)
        let published = function.versions.map { version in
            definition(
                of: version.configuration, code: version.code, revision: version.configuration.RevisionId,
                roleId: version.roleId)
        }
        return Lambda.FunctionDefinition(
            functionName: function.name, account: settings.account, versions: [latest] + published,
            aliases: function.aliases.map(\.value.target), reservedConcurrency: function.head.reservedConcurrency,
            policies: OrderedMap(function.policies.map { ($0.key, $0.value.policy) }))
    }

    private func definition(
        of configuration: FunctionConfiguration, code: LambdaFunction.CodePlace, revision: String, roleId given: String?
    ) -> Lambda.FunctionVersion {
        let logging = configuration.LoggingConfig
        let roleId = sessionHolder(of: configuration, given: given)
        var version = Lambda.FunctionVersion(
            // Environments that act as another role than before are retired.
            version: configuration.Version, revisionId: revision + (roleId.map { "/" + $0 } ?? ""),
            runtime: configuration.Runtime,
            handler: configuration.Handler,
            code: hold(code, configuration.FunctionName, configuration.CodeSha256),
            memorySize: configuration.MemorySize, timeout: configuration.Timeout,
            environment: configuration.Environment?.Variables ?? [:], logGroup: logging.LogGroup,
            logFormat: logging.LogFormat)
        version.applicationLogLevel = logging.ApplicationLogLevel
        version.systemLogLevel = logging.SystemLogLevel
        version.layers = layers(of: configuration)
        version.roleId = roleId
        return version
    }

    func hold(_ code: LambdaFunction.CodePlace, _ home: String, _ codeSha256: String) -> Lambda.CodeFolder {
        code.snapshot.map(snapshots.hold) ?? code.localFolder.map { Lambda.CodeFolder($0) }
            ?? packages.hold(home, codeSha256: codeSha256)
    }

    var packages: FunctionPackages {
        FunctionPackages(folder: settings.codeFolder, isDurable: snapshots.isDurable, folders: snapshots.folders)
    }

    /// The function as it is now.
    func function(_ name: FunctionName) throws(ServiceError) -> LambdaFunction {
        guard let function = world[LambdaFunction.self, name.name] else {
            throw .functionNotFound(settings.account.functionARN(name.name))
        }
        return function
    }

    /// Changes a function that is there.
    func changeFunction<Answer>(
        _ name: FunctionName, _ make: (inout LambdaFunction) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await changeFunction(name) { function, _ throws(ServiceError) in try make(&function) }
    }

    /// Changes a function that is there, and may look at layers, of which none may be another one by the time of the
    /// commit.
    func changeFunction<Answer>(
        _ name: FunctionName,
        _ make: (inout LambdaFunction, _ layer: (String) -> LambdaLayer?) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await commitFunction(name.name) { change throws(ServiceError) in
            guard var function = change.root else {
                throw .functionNotFound(settings.account.functionARN(name.name))
            }
            let answer = try make(&function) { change.read(LambdaLayer.self, $0) }
            change.root = function
            return answer
        }
    }

    /// Makes, changes or deletes a function; the host, the stages that call it and its code on disk follow.
    func commitFunction<Answer>(
        _ name: String, _ make: (inout Change<LambdaFunction>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        var isCalledOtherwise = false
        var leavesSnapshots = false
        var leftLayers: Set<String> = []
        let answer = try await change(
            LambdaFunction.self, name, make, preparing: { _ in },
            publishing: { change, _ in
                let (old, new) = (change.old, change.root)
                if old?.differsInTagsOnly(from: new) != true { await publishFunction(name) }
                if old?.packagesInUse != new?.packagesInUse { discardUnusedPackages(of: name) }
                isCalledOtherwise = old?.isCalled(as: new) != true
                let kept = new?.snapshotsInUse ?? []
                leavesSnapshots = old?.snapshotsInUse.allSatisfy(kept.contains) == false
                leftLayers = Set((old?.layersInUse ?? []).subtracting(new?.layersInUse ?? []).map(\.name))
            })
        // Stages that are served can be compiled again: what is stored is not answered as an error.
        if isCalledOtherwise { try? await serve(Set(world.callers.stages(calling: name))) }
        if leavesSnapshots { discardUnusedSnapshots() }
        // What stays of a deleted version costs space only.
        try? await dropDeletedLayerVersions(of: leftLayers)
        return answer
    }

    /// Tells the host of the function as it is, in the function's turn: an older definition never comes after a newer.
    func publishFunction(_ name: String) async {
        if let function = world[LambdaFunction.self, name] {
            await functionHost.publish(definition(of: function))
        } else {
            trials.withLock { $0[name] = nil }
            await functionHost.remove(functionName: name)
        }
        publications.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }
}

extension AliasConfiguration {
    fileprivate var target: Lambda.AliasTarget {
        let additional = RoutingConfig?.AdditionalVersionWeights?.entries.first
        return Lambda.AliasTarget(
            name: Name, functionVersion: FunctionVersion, additionalVersion: additional?.key,
            additionalWeight: additional?.value ?? 0)
    }
}
