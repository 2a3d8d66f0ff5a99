import Callers
package import ControlPlane
import DataPlane
import Dispatch
import EntityStore
import FunctionPackages
import GatewayModel
import HTTPFront
import LambdaHost
import LogStore
import NIOCore
import NIOPosix
import ObjectStore
import SQLiteStore
import Stacks
import TableStore
import UserPools

/// A whole server: the two planes, the function host and the listeners, put together. To know what runs, read `start`.
package final class Gatehouse: Sendable {
    package let controlPlane: ControlPlane
    package let managementAddress: ServerSettings.Address
    /// Whether the management listener encrypts.
    package let isSecure: Bool
    package var managementURL: String { "\(isSecure ? "https" : "http")://\(managementAddress.text)" }
    package let trafficAddresses: [ServerSettings.Address]
    package let stacks: StackService

    private let group: MultiThreadedEventLoopGroup
    private let server: HTTPServer
    private let dataPlane: DataPlane
    let lambdaHost: LambdaHost
    private let usage: UsageLedger
    private let accessLogs: AccessLogFiles
    private let functionLogs: FunctionLogs
    private let logIntake: LogIntake
    let logs: LogStore
    private let store: any EntityStore
    let tables: TableEndpoint
    let objects: ObjectStore
    let pools: UserPools
    let snapshots: CodeSnapshots
    let generation: ServedGeneration
    let account: AccountIdentity
    /// Absolute; nil when nothing is kept.
    let dataFolder: String?
    private let folder: StateFolder

    /// How long requests under way may take after SIGTERM: an integration's longest time, and a little.
    private static let drainTime = TimeAmount.seconds(32)

    /// Loads the state, compiles it, publishes it, and only then listens.
    package static func start(_ settings: ServerSettings) async throws -> Gatehouse {
        try settings.checkListener()
        let functionUser = try settings.functionUser.map { try FunctionUser.named($0) }
        let folder = try StateFolder(settings.dataFolder, sharedWith: functionUser)
        // What killed servers left may be much; nobody waits for it.
        DispatchQueue.global(qos: .utility).async { ScratchFolder.removeStale(in: StateFolder.temporaryFolder) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.loops ?? System.coreCount)
        /// Functions reach the management API there.
        let port = PortHolder()

        let snapshots = CodeSnapshots(codeFolder: folder.code, isDurable: folder.database != nil)
        let faults = FaultNotices()
        let logs = try LogStore(
            path: folder.logEvents, isDurable: folder.database != nil, account: settings.account,
            storageBytes: Int64(settings.logMegabytes) << 20,
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) })
        Task.detached(priority: .utility) { [weak logs] in
            repeat {
                logs?.tidySoon()
            } while (try? await Task.sleep(for: LogStore.tidyInterval)) != nil && logs != nil
        }
        let logIntake = LogIntake(logs, onFault: { faults.tell($0) })
        let functionLogs = FunctionLogs(
            folder: folder.logs, namingSources: { snapshots.namingSources(in: $0) },
            shown: settings.shownFunctionLines.map {
                FunctionLogs.Shown(writer: Console.writer($0.stream), notesOnly: $0.notesOnly)
            }, intake: logIntake)
        let sealing = try await SecretsKey.open(in: folder)
        let environments = LiveEnvironments()
        var hostSettings = LambdaHostSettings(
            account: settings.account, endpointURL: { "http://127.0.0.1:\(port.value)" },
            runtimesFolder: settings.runtimesFolder, scratchFolder: folder.scratch,
            searchPath: settings.searchPath, concurrency: settings.functionConcurrency,
            logs: functionLogs)
        let bodies = MemoryBudget(limit: HTTPLimits.collectedBytes)
        hostSettings.limits = .of(settings.limits)
        hostSettings.takeMemory = { bodies.take($0) }
        hostSettings.giveMemory = { bodies.give($0) }
        hostSettings.sessions = FunctionSessions(
            tokens: SessionTokens(key: sealing), environments: environments)
        let https = try FunctionHTTPS(account: settings.account, folder: folder.scratch)
        hostSettings.ownHTTPS = { https.access }
        hostSettings.fence = functionUser.map { FunctionFence(user: $0, codeFolder: folder.code) }
        let lambdaHost = try await LambdaHost(group: group, settings: hostSettings)
        try hostSettings.fence?.check(lambdaHost.runtimes, folder)

        let tables = TableEndpoint(
            store: try TableStore(
                path: folder.tables, isDurable: folder.database != nil, account: settings.account,
                now: { Timestamp(milliseconds: WallClock.epochMilliseconds) }, onFault: { faults.tell($0) }),
            group: group)

        let objects = try ObjectStore(
            path: folder.objects, folder: folder.contents, isDurable: folder.database != nil,
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) })
        Task.detached(priority: .utility) { [weak objects] in
            repeat {
                objects?.tidySoon()
            } while (try? await Task.sleep(for: ObjectStore.tidyInterval)) != nil && objects != nil
        }

        let triggers = TriggerFunctions()
        let isLocalIssuer = settings.hasLocalIssuer
        let scheme = settings.tls == nil ? "http" : "https"
        let shownPort = PortHolder()
        let pools = UserPools(
            account: settings.account,
            store: try folder.userPools.map { path in try SQLiteCopy.naming(path) { try SQLiteStore(path: path) } }
                ?? MemoryStore(),
            sealing: sealing, triggers: triggers,
            issuerBase: { isLocalIssuer ? "\(scheme)://localhost:\(shownPort.value)" : nil },
            isSecure: settings.tls != nil,
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) })
        try await pools.load()

        let vpcLinks = VpcLinkTargets(settings.vpcLinks)
        let accessLogs = AccessLogFiles(destination: settings.accessLog, folder: folder.logs, intake: logIntake)
        let functionChanges = FunctionChanges()
        let undeployed = UndeployedMethods()
        let issuers = try IssuerService(settings.issuers, pools: pools, group: group)
        var options = try dataPlaneOptions(settings, snapshots, tables, vpcLinks, undeployed)
        options.memory = bodies
        let ownServices = OwnServicesAdapter()
        options.services.own = ownServices
        let dataPlane = try await DataPlane(
            group: group, functions: FunctionDirectoryAdapter(host: lambdaHost, changes: functionChanges),
            accessLogs: accessLogs, issuers: issuers,
            options: options)

        let store: any EntityStore =
            try folder.database.map { path in try SQLiteCopy.naming(path) { try SQLiteStore(path: path) } }
            ?? MemoryStore()
        var resources = ControlPlaneSettings(
            account: settings.account, codeFolder: folder.code,
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) }, snapshots: snapshots,
            dependencies: settings.dependencies.map { dependencies in
                InstalledDependencies(dependencies, host: lambdaHost, onProgress: settings.onProgress ?? { _ in })
            }, concurrentExecutions: settings.functionConcurrency,
            services: ServedServices(endpoints: Set(settings.serviceEndpoints.keys)),
            refusesBrokenTemplates: settings.isStrict)
        resources.tell = { faults.tell($0) }
        resources.callerTraffic = CallerTrafficAdapter(plane: dataPlane)
        resources.sealing = sealing
        resources.environments = environments
        resources.requiresCredentials = settings.requiresCredentials
        resources.limits = .of(settings.limits)
        resources.objects = CodeObjectsAdapter(store: objects)
        let controlPlane = ControlPlane(
            settings: resources,
            store: store,
            traffic: TrafficAdapter(
                plane: dataPlane, closedStages: ClosedStages(), brokenTemplates: BrokenTemplates(),
                unreached: UnreachedIntegrations()),
            functionHost: FunctionHostAdapter(host: lambdaHost, changes: functionChanges),
            keys: KeyTrafficAdapter(plane: dataPlane), methodTesting: MethodTestingAdapter(plane: dataPlane),
            restExecution: AuthorizerAnswersAdapter(plane: dataPlane),
            stageCaches: StageCachesAdapter(plane: dataPlane), issuers: issuers)
        vpcLinks.know(controlPlane)
        triggers.know(controlPlane)
        undeployed.look(into: controlPlane)
        let usage = UsageLedger(store: store, meters: dataPlane.meters, onFault: { faults.tell($0) })
        // Before keys are served: what they may still use follows from what they have used.
        try await usage.load()
        try await controlPlane.start()
        usage.start { plan, key in controlPlane.hasKey(key, inPlan: plan) }

        let cloudFormation = CloudFormationHolder()
        let responses = ResponseDesk(port: { port.value }, account: settings.account)
        let inProcess = InProcessManagement(
            controlPlane: controlPlane, tables: tables, pools: pools,
            objects: ObjectEndpoint(controlPlane: controlPlane, store: objects), logs: logs,
            account: settings.account, cloudFormation: cloudFormation,
            responses: responses)
        ownServices.know(inProcess)
        let stacks = StackService(
            store: store, sealing: sealing, management: inProcess, account: settings.account,
            assetFolder: folder.assets,
            managementOf: { role in
                guard let role else { return inProcess.acting(as: nil) }
                return controlPlane.serviceRole(role, .cloudFormation).map(inProcess.acting)
            },
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) })
        let stackAPI = CloudFormation(
            stacks: stacks, controlPlane: controlPlane, objects: objects, management: inProcess.acting)
        cloudFormation.hold(stackAPI)
        try await stacks.start()
        for record in await stacks.all {
            guard let names = record.leftOut, !names.isEmpty else { continue }
            Console.postWarning(
                "gatehouse: the stack \(record.name) was deployed without what nobody serves: "
                    + names.joined(separator: ", "))
        }

        let server = try await HTTPServer(group: group)
        let generation = ServedGeneration(dataPlane)
        let local = LocalEndpoints(
            dataPlane: dataPlane, generation: generation, accessLogs: accessLogs, functionLogs: functionLogs,
            logIntake: logIntake, stacks: StackEndpoints(stacks: stacks, account: settings.account),
            releases: ReleaseEndpoint(controlPlane: controlPlane), pools: PoolEndpoints(pools: pools),
            controlPlane: controlPlane,
            account: settings.account)
        let service: @Sendable (any EventLoop, AccessGate) -> any HTTPService = { loop, gate in
            ConnectionService(
                exchange: dataPlane.exchange(on: loop),
                tables: TableService(tables: tables, gate: gate, bodies: bodies),
                objects: ObjectService(store: objects, gate: gate, bodies: bodies, tell: { faults.tell($0) }),
                management: ManagementService(
                    controlPlane: controlPlane, local: local, pools: pools, logs: logs, cloudFormation: stackAPI,
                    gate: gate, bodies: bodies),
                responses: ResponseService(desk: responses))
        }
        try await https.listen(on: server, dataPlane, controlPlane, responses)
        let shares = Descriptors.shares(trafficListeners: settings.traffic.count)
        let gate = AccessGate(controlPlane: controlPlane, isSecure: settings.tls != nil)
        var listener = Listener(host: settings.listen.host, port: settings.listen.port) { service($0, gate) }
        listener.limit = shares.management
        listener.setUp = try settings.tls.map { try ManagementTLS.setUp($0) }
        let management = try await bind(server, listener)
        port.value = management.port
        shownPort.value = management.port
        if !settings.listen.isLoopback || settings.tls != nil {
            // Functions go on reaching it as they do everywhere else.
            let gate = AccessGate(controlPlane: controlPlane, isSecure: false)
            port.value = try await bind(server, Listener(host: "127.0.0.1", port: 0) { service($0, gate) }).port
        }
        var traffic: [ServerSettings.Address] = []
        for address in settings.traffic {
            var listener = Listener(host: address.host, port: address.port) { loop in dataPlane.exchange(on: loop) }
            listener.limit = shares.traffic
            traffic.append(try await bind(server, listener))
        }
        folder.tell(localPort: port.value)
        await stacks.takeUp()
        return Gatehouse(
            controlPlane: controlPlane, managementAddress: management, isSecure: settings.tls != nil,
            trafficAddresses: traffic, stacks: stacks,
            group: group,
            server: server, dataPlane: dataPlane, lambdaHost: lambdaHost, usage: usage, accessLogs: accessLogs,
            functionLogs: functionLogs, logIntake: logIntake, logs: logs, store: store, tables: tables,
            objects: objects, pools: pools,
            snapshots: snapshots,
            generation: generation,
            account: settings.account, dataFolder: settings.dataFolder.map(StateFolder.absolute), folder: folder)
    }

    private init(
        controlPlane: ControlPlane, managementAddress: ServerSettings.Address, isSecure: Bool,
        trafficAddresses: [ServerSettings.Address], stacks: StackService, group: MultiThreadedEventLoopGroup,
        server: HTTPServer,
        dataPlane: DataPlane, lambdaHost: LambdaHost, usage: UsageLedger, accessLogs: AccessLogFiles,
        functionLogs: FunctionLogs, logIntake: LogIntake, logs: LogStore,
        store: any EntityStore, tables: TableEndpoint, objects: ObjectStore, pools: UserPools, snapshots: CodeSnapshots,
        generation: ServedGeneration,
        account: AccountIdentity, dataFolder: String?, folder: StateFolder
    ) {
        self.controlPlane = controlPlane
        self.managementAddress = managementAddress
        self.isSecure = isSecure
        self.trafficAddresses = trafficAddresses
        self.stacks = stacks
        self.group = group
        self.server = server
        self.dataPlane = dataPlane
        self.lambdaHost = lambdaHost
        self.usage = usage
        self.accessLogs = accessLogs
        self.functionLogs = functionLogs
        self.logIntake = logIntake
        self.logs = logs
        self.store = store
        self.tables = tables
        self.objects = objects
        self.pools = pools
        self.snapshots = snapshots
        self.generation = generation
        self.account = account
        self.dataFolder = dataFolder
        self.folder = folder
    }

    /// Finishes the requests under way, ends the functions, writes the logs.
    package func stop() async {
        // They end only when somebody ends them.
        logs.endLiveTails()
        await server.drain(timeout: Self.drainTime)
        // What clients who were sent away have caused.
        await dataPlane.endEvents(within: Self.drainTime)
        await dataPlane.flushLogs()
        accessLogs.flush()
        await lambdaHost.shutdown()
        // The last holders of code that no function has any more are gone now.
        snapshots.settle()
        tables.close()
        objects.close()
        pools.close()
        await usage.stop()
        // Behind everything that commits.
        store.close()
        functionLogs.flush()
        logIntake.flush()
        logs.close()
        Console.flush()
        folder.close()
    }

    private static func bind(
        _ server: HTTPServer, _ listener: Listener
    ) async throws -> ServerSettings.Address {
        let address = ServerSettings.Address(host: listener.host, port: listener.port)
        do {
            let bound = try await server.listen(listener)
            return ServerSettings.Address(host: address.host, port: bound.port ?? address.port)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartError(
                "Port \(address.port) of \(address.host) is in use by another program. Stop it, or choose another port."
            )
        } catch {
            throw StartError("Cannot listen on \(address.text): \(SystemReason.text(error)).")
        }
    }

    private static func dataPlaneOptions(
        _ settings: ServerSettings, _ snapshots: CodeSnapshots, _ tables: TableEndpoint,
        _ vpcLinks: VpcLinkTargets, _ undeployed: UndeployedMethods
    ) throws -> DataPlaneOptions {
        var options = DataPlaneOptions(tls: try TrustedCertificates.context(settings.trustedCertificates))
        if let limit = settings.accountThrottle { options.limitAccount(rate: limit.rate, burst: limit.burst) }
        options.requiresCredentials = settings.requiresCredentials
        options.limits = .of(settings.limits)
        // Beyond loopback nobody is let at connections by what he says of himself, whatever the mode.
        options.verifiesCallbacks =
            settings.requiresCredentials || !([settings.listen] + settings.traffic).allSatisfy(\.isLoopback)
        options.webSocketLimits = WebSocketLimit.limits(settings.limits, settings.webSocketLimits)
        // AWS quota: new connections of WebSocket APIs a second, in an account and region.
        if settings.limits != .off { options.limitConnects(rate: 500, burst: 500) }
        options.webSocketClients = Descriptors.shares(trafficListeners: settings.traffic.count).webSockets
        options.services.tables = TablesOfIntegrations(tables: tables, account: settings.account)
        options.services.endpoints = settings.serviceEndpoints
        options.services.credentials = settings.serviceCredentials
        options.services.vpcLinks = vpcLinks
        options.cache.bytes = settings.cacheMegabytes << 20
        options.cache.fillsOnce = settings.cacheFillsOnce
        if let onRequest = settings.onRequest {
            options.undeployedMethod = { undeployed.method(at: $0, verb: $1, path: $2) }
            options.onRequest = { summary in
                onRequest(
                    RequestLine(
                        method: summary.method, path: summary.path, status: summary.status,
                        routeKey: summary.routeKey, milliseconds: summary.milliseconds,
                        reason: summary.reason.map(snapshots.namingSources), mark: summary.mark))
            }
        }
        return options
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
