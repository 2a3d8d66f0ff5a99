package import Callers
package import EntityStore
package import FunctionPackages
package import GatewayModel
import JSON
package import Sealing
import Synchronization

/// The management API: all resources of the account, and the operations on them.
///
/// Everything is held in memory and answered from there: `world` is all definitions at one moment, and `change` is the
/// one way to another moment. Nothing here is tied to an actor; calls run at the same time.
package final class ControlPlane: Sendable {
    let settings: ControlPlaneSettings
    let store: any EntityStore
    let traffic: any Traffic
    let functionHost: any FunctionHost
    /// Nil where nobody calls: in drafts and tests.
    let keys: (any KeyTraffic)?
    /// Nil in drafts and tests.
    let methodTesting: (any MethodTesting)?
    /// Nil while nothing executes REST APIs.
    let restExecution: (any RestExecution)?
    /// Nil while nothing is cached.
    let stageCaches: (any StageCaches)?
    /// Nil where issuers of tokens are not asked: in drafts and tests.
    let issuers: (any IssuerCheck)?
    let snapshots: CodeSnapshots

    let current: Mutex<World>
    let turns = Turns()
    /// How often the host was told of a function: what was compiled before may not know it.
    let publications = Atomic<UInt64>(0)
    /// What was tried of functions and is not in use yet, by their names.
    let trials = Mutex<[String: FunctionTrial]>([:])
    let upkeep: Mutex<CallerUpkeep>
    /// By access key.
    let keyUses = Mutex<[String: KeyUse]>([:])

    package convenience init(
        settings: ControlPlaneSettings, store: any EntityStore, traffic: any Traffic, functionHost: any FunctionHost,
        keys: (any KeyTraffic)? = nil, methodTesting: (any MethodTesting)? = nil,
        restExecution: (any RestExecution)? = nil, stageCaches: (any StageCaches)? = nil,
        issuers: (any IssuerCheck)? = nil
    ) {
        self.init(
            settings: settings, store: store, traffic: traffic, functionHost: functionHost, keys: keys,
            methodTesting: methodTesting, restExecution: restExecution, stageCaches: stageCaches, issuers: issuers,
            world: World())
    }

    init(
        settings: ControlPlaneSettings, store: any EntityStore, traffic: any Traffic, functionHost: any FunctionHost,
        keys: (any KeyTraffic)? = nil, methodTesting: (any MethodTesting)? = nil,
        restExecution: (any RestExecution)? = nil, stageCaches: (any StageCaches)? = nil,
        issuers: (any IssuerCheck)? = nil, world: World
    ) {
        self.settings = settings
        current = Mutex(world)
        self.store = store
        self.traffic = traffic
        self.functionHost = functionHost
        self.keys = keys
        self.methodTesting = methodTesting
        self.restExecution = restExecution
        self.stageCaches = stageCaches
        self.issuers = issuers
        snapshots = settings.snapshots
        upkeep = Mutex(CallerUpkeep(settings))
    }

    package var account: AccountIdentity { settings.account }

    /// Whether nobody is the account itself without a key of its.
    package var requiresCredentials: Bool { settings.requiresCredentials }

    /// Reads everything from the store and puts it in service; called once, before anything listens.
    package func start() async throws {
        let roots = try await readStore()
        repairPackages()
        // Also where there is nobody: what becomes of roles that are not here is known by them.
        await settings.callerTraffic?.publish { [self] in callers }
        try await serve(roots, since: World())
        try await forgetSecrets(at: settings.now())
    }

    /// Answers one management call. `allowsLocalCode` is for callers inside the process: code may be a local folder.
    package func respond(to request: WireRequest, allowsLocalCode: Bool = false) async -> WireResponse {
        let requestId = Identifiers.uuid()
        let found = ServiceFront.find(ServiceHead(request))
        switch found.destination {
        case .resources: break
        case .form(let service): return await respond(toForm: request, of: service, requestId: requestId)
        case .targeted(let service, let operation):
            guard let service = TargetService.named(service) else { return found.refuse(requestId: requestId) }
            return await service.respond(self, to: request, operation, requestId: requestId)
        // The server answers calls of tables, of user pools, of logs, S3 and CloudFormation before they come here.
        case .tables, .userPools, .logs, .objects, .stacks, .refused: return found.refuse(requestId: requestId)
        }
        do throws(ServiceError) {
            var (operation, call) = try resolve(request, requestId: requestId)
            call.allowsLocalCode = allowsLocalCode
            call.isSecure = request.isSecure
            call.systemTags = request.systemTags
            call.codeLinks = CodeLinks(key: settings.sealing)
            call.objects = settings.objects.map { objects in
                CallerObjects(objects, account: settings.account) { [self] permission, policy in
                    self.denial(of: request, { [permission] }, resourcePolicy: { _ in policy })
                }
            }
            let service = operation.service
            let functionPolicy = { [self] in service == .lambda ? world.functionPolicy($0) : nil }
            let denial = denial(
                of: request, { operation.permissions(call, world) }, resourcePolicy: functionPolicy)
            if let denial { throw found.wire.accessDenied(denial) }
            if let tags = operation.tagsPermission(call) {
                call.tagsDenial = self.denial(of: request, { [tags] }, resourcePolicy: functionPolicy)
            }
            let reply = try await operation.perform(self, call)
            var headers = reply.headers
            let status = reply.status ?? operation.success
            if !reply.body.isEmpty { headers.append(("content-type", reply.contentType)) }
            headers.append(("x-amzn-requestid", requestId))
            var response = WireResponse(status: status, headers: headers, body: reply.body)
            response.pieces = reply.pieces
            return response
        } catch {
            return error.response(requestId: requestId)
        }
    }

    /// A form's parameters are in the body, or in the query of a GET.
    private func respond(
        toForm request: WireRequest, of service: String?, requestId: String
    ) async -> WireResponse {
        let text = request.body.isEmpty ? request.query : String(decoding: request.body, as: UTF8.self)
        let pairs = PercentEncoding.query(text) ?? []
        let action = pairs.first { $0.name == "Action" }?.value ?? ""
        let found = service.map(FormService.named) ?? FormService.having(action: action)
        guard let found else {
            let wire = WireProtocol.query(namespace: "")
            return wire.response(wire.refusal("Gatehouse does not serve the action '\(action)'."), requestId: requestId)
        }
        guard !request.isAnonymous || FormService.openToAnybody.contains(action) else {
            let fault = ServiceError(
                "MissingAuthenticationToken", status: 403, "Request is missing Authentication Token")
            return found.wire.response(fault, requestId: requestId)
        }
        return await found.respond(
            self, to: action,
            FormCall(
                members: FormMembers(pairs), requestId: requestId, account: settings.account, now: settings.now(),
                caller: request.caller, facts: facts(of: request)))
    }

    private func resolve(_ request: WireRequest, requestId: String) throws(ServiceError) -> (Operation, Call) {
        guard
            case .found(let operation, let parameters) = AllOperations.table.match(
                method: request.method, path: request.path, query: request.query)
        else { throw .unknownOperation("\(request.method) \(request.path)") }
        guard let query = PercentEncoding.query(request.query) else {
            throw .serialization("The query string is not valid percent-encoding.")
        }
        return (
            operation,
            Call(
                pathParameters: parameters, query: query, headers: request.headers, body: request.body,
                requestId: requestId, account: settings.account, now: settings.now(),
                services: settings.services, limits: settings.limits, identities: Identities(world, settings.account),
                refusesBrokenTemplates: settings.refusesBrokenTemplates)
        )
    }
}

package struct ControlPlaneSettings: Sendable {
    package let account: AccountIdentity
    /// Where function packages are kept and unpacked.
    package let codeFolder: String
    /// The moment that resources are stamped with.
    package let now: @Sendable () -> Timestamp
    /// Copies of code that lies in folders of this machine.
    package let snapshots: CodeSnapshots
    let concurrency: AccountConcurrency
    /// Those that integrations of REST APIs reach.
    package let services: ServedServices
    /// Whether AWS's quotas of calls hold.
    package var limits = CallLimits.aws
    /// AWS deploys mapping templates that are none, and answers 500 when they are to be run.
    let refusesBrokenTemplates: Bool
    /// Nil when nothing is installed: code brings what it needs.
    package private(set) var dependencies: (any FunctionDependencies)?
    /// What secrets are sealed with.
    package var sealing = SealingKey()
    /// Nil where no functions run: in drafts and tests.
    package var environments: LiveEnvironments?
    /// Nil where there is no S3: in tests.
    package var objects: (any CodeObjects)?
    /// Nil where nobody calls: in drafts and tests.
    package var callerTraffic: (any CallerTraffic)?
    /// Whether nobody is the account itself without a key of its: what development takes as it comes (policies of AWS's
    /// own that are not known here, roles that there are not) is refused then.
    package var requiresCredentials = false
    /// Tells the operator something in a sentence.
    package var tell: @Sendable (String) -> Void = { _ in }
    /// False in a draft: code is looked at, and its files stay where they are.
    private(set) var keepsCode = true

    package init(
        account: AccountIdentity, codeFolder: String, now: @escaping @Sendable () -> Timestamp,
        snapshots: CodeSnapshots? = nil, dependencies: (any FunctionDependencies)? = nil, concurrentExecutions: Int,
        services: ServedServices = ServedServices(), refusesBrokenTemplates: Bool = false
    ) {
        self.refusesBrokenTemplates = refusesBrokenTemplates
        self.account = account
        concurrency = AccountConcurrency(limit: concurrentExecutions)
        self.codeFolder = codeFolder
        self.now = now
        self.snapshots = snapshots ?? CodeSnapshots(codeFolder: codeFolder, isDurable: true)
        self.dependencies = dependencies
        self.services = services
    }

    var ofDraft: ControlPlaneSettings {
        var settings = self
        settings.dependencies = nil
        settings.keepsCode = false
        settings.tell = { _ in }
        settings.callerTraffic = nil
        return settings
    }
}
