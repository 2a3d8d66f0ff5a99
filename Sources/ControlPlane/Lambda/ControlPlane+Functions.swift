import EntityStore
import GatewayModel
import JSON

extension ControlPlane {
    /// Takes up all functions of the store, and repairs their packages on disk.
    func restoreFunctions(from entities: [Entity]) throws {
        functions = try LambdaFunction.restore(from: entities)
        packages.tidy(inUse: functions.mapValues(\.packagesInUse))
        let used = functions.values.flatMap(\.snapshotsInUse).map { (name: $0.snapshot ?? "", package: $0) }
        snapshots.restore(
            Dictionary(used.map { ($0.name, $0.package) }, uniquingKeysWith: { first, _ in first }),
            isTrusted: !functions.isEmpty)
    }

    /// What the host needs to run the function and to judge who may call it.
    func definition(of function: LambdaFunction) -> Lambda.FunctionDefinition {
        let latest = definition(
            of: function.head.configuration, code: function.head.code, revision: function.head.environmentRevision)
        let published = function.versions.map { version in
            definition(
                of: version.configuration, code: version.code, revision: version.configuration.RevisionId)
        }
        return Lambda.FunctionDefinition(
            functionName: function.name, account: settings.account, versions: [latest] + published,
            aliases: function.aliases.map(\.value.target), reservedConcurrency: function.head.reservedConcurrency,
            policies: OrderedMap(function.policies.map { ($0.key, $0.value.policy) }))
    }

    private func definition(
        of configuration: FunctionConfiguration, code: LambdaFunction.CodePlace, revision: String
    ) -> Lambda.FunctionVersion {
        let logging = configuration.LoggingConfig
        var version = Lambda.FunctionVersion(
            version: configuration.Version, revisionId: revision, runtime: configuration.Runtime,
            handler: configuration.Handler,
            code: code.snapshot.map(snapshots.hold) ?? code.localFolder.map { Lambda.CodeFolder($0) }
                ?? packages.hold(configuration.FunctionName, codeSha256: configuration.CodeSha256),
            memorySize: configuration.MemorySize, timeout: configuration.Timeout,
            environment: configuration.Environment?.Variables ?? [:], logGroup: logging.LogGroup,
            logFormat: logging.LogFormat)
        version.applicationLogLevel = logging.ApplicationLogLevel
        version.systemLogLevel = logging.SystemLogLevel
        return version
    }

    var packages: FunctionPackages {
        FunctionPackages(folder: settings.codeFolder, isDurable: snapshots.isDurable, folders: snapshots.folders)
    }

    /// Makes a changed function durable, shows it, and lets the host and the stages that call it follow.
    func commit(_ function: LambdaFunction, _ changes: [EntityChange]) async throws(ServiceError) {
        try put(function, changes)
        try await announce(function.name)
    }

    /// The first half of `commit`. Nothing waits in it, so that no other call sees the store without memory.
    func put(_ function: LambdaFunction, _ changes: [EntityChange]) throws(ServiceError) {
        try save(changes)
        functions[function.name] = function
    }

    /// The second half of `commit`. The definition is taken now, and this actor asks the host in turn: an older one
    /// never comes after a newer one.
    func announce(_ functionName: String) async throws(ServiceError) {
        if let function = functions[functionName] { await functionHost.publish(definition(of: function)) }
        try await refreshStages()
    }

    /// The function as it is now.
    func function(_ name: FunctionName) throws(ServiceError) -> LambdaFunction {
        guard let function = functions[name.name] else {
            throw .functionNotFound(settings.account.functionARN(name.name))
        }
        return function
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
