package import EntityStore
package import GatewayModel
import JSON

/// The management API: all resources of the account, and the operations on them, one at a time.
///
/// Everything is held in memory and answered from there. A change is computed on a copy, compiled, made durable and
/// only then shown: see `commit`.
package actor ControlPlane {
    let settings: ControlPlaneSettings
    let store: any EntityStore
    let traffic: any Traffic
    let functionHost: any FunctionHost
    nonisolated let snapshots: CodeSnapshots

    var apis: [String: HTTPAPI] = [:]
    var functions: [String: LambdaFunction] = [:]
    /// What was tried of functions and is not in use yet, by their names.
    var trials: [String: FunctionTrial] = [:]

    package init(
        settings: ControlPlaneSettings, store: any EntityStore, traffic: any Traffic, functionHost: any FunctionHost
    ) {
        self.settings = settings
        self.store = store
        self.traffic = traffic
        self.functionHost = functionHost
        snapshots = settings.snapshots
    }

    /// For `draft`.
    init(
        settings: ControlPlaneSettings, traffic: any Traffic, functionHost: any FunctionHost,
        apis: [String: HTTPAPI], functions: [String: LambdaFunction]
    ) {
        self.settings = settings
        store = MemoryStore()
        self.traffic = traffic
        self.functionHost = functionHost
        snapshots = settings.snapshots
        self.apis = apis
        self.functions = functions
    }

    /// Reads everything from the store and puts it in service; called once, before anything listens.
    package func start() async throws {
        let entities = try store.load()
        try restoreFunctions(from: entities)
        try restoreAPIs(from: entities)
        for function in functions.values { await functionHost.publish(definition(of: function)) }
        let stages = apis.values.flatMap { api in api.servedStages(account: settings.account) }
        try await traffic.prepare(stages, removing: []).publish()
    }

    /// Answers one management call. `allowsLocalCode` is for callers inside the process: code may be a local folder.
    package func respond(to request: WireRequest, allowsLocalCode: Bool = false) async -> WireResponse {
        let requestId = Identifiers.uuid()
        let found = ServiceFront.find(ServiceHead(request))
        switch found.destination {
        case .resources: break
        case .securityTokens, .action: return respond(toForm: request, found.destination, requestId: requestId)
        // The server answers calls of tables before they come here.
        case .tables, .refused: return found.refuse(requestId: requestId)
        }
        do throws(ServiceError) {
            var (operation, call) = try resolve(request, requestId: requestId)
            call.allowsLocalCode = allowsLocalCode
            let reply = try await operation.perform(self, call)
            var headers = reply.headers
            let status = reply.status ?? operation.success
            if !reply.body.isEmpty { headers.append(("content-type", reply.contentType)) }
            headers.append(("x-amzn-requestid", requestId))
            return WireResponse(status: status, headers: headers, body: reply.body)
        } catch {
            return error.response(requestId: requestId)
        }
    }

    /// A form's parameters are in the body, or in the query of a GET.
    private nonisolated func respond(
        toForm request: WireRequest, _ destination: ServiceFront.Destination, requestId: String
    ) -> WireResponse {
        let text = request.body.isEmpty ? request.query : String(decoding: request.body, as: UTF8.self)
        let action = PercentEncoding.query(text)?.first { $0.name == "Action" }?.value ?? ""
        if destination == .securityTokens || SecurityTokenService.actions.contains(action) {
            return SecurityTokenService(account: settings.account).respond(to: action, requestId: requestId)
        }
        let wire = WireProtocol.query(namespace: "")
        return wire.response(wire.refusal("Gatehouse does not serve the action '\(action)'."), requestId: requestId)
    }

    private func resolve(_ request: WireRequest, requestId: String) throws(ServiceError) -> (Operation, Call) {
        guard
            case .found(let operation, let parameters) = AllOperations.table.match(
                method: request.method, path: request.path)
        else { throw .unknownOperation("\(request.method) \(request.path)") }
        guard let query = PercentEncoding.query(request.query) else {
            throw .serialization("The query string is not valid percent-encoding.")
        }
        return (
            operation,
            Call(
                pathParameters: parameters, query: query, headers: request.headers, body: request.body,
                requestId: requestId)
        )
    }

    /// Makes `changes` durable, or throws with nothing changed.
    func save(_ changes: [EntityChange]) throws(ServiceError) {
        do { try store.commit(changes) } catch {
            throw .internalFailure("The change could not be stored: \(error)")
        }
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
    /// Nil when nothing is installed: code brings what it needs.
    package private(set) var dependencies: (any FunctionDependencies)?
    /// False in a draft: code is looked at, and its files stay where they are.
    private(set) var keepsCode = true

    package init(
        account: AccountIdentity, codeFolder: String, now: @escaping @Sendable () -> Timestamp,
        snapshots: CodeSnapshots? = nil, dependencies: (any FunctionDependencies)? = nil
    ) {
        self.account = account
        self.codeFolder = codeFolder
        self.now = now
        self.snapshots = snapshots ?? CodeSnapshots(codeFolder: codeFolder, isDurable: true)
        self.dependencies = dependencies
    }

    var ofDraft: ControlPlaneSettings {
        var settings = self
        settings.dependencies = nil
        settings.keepsCode = false
        return settings
    }
}
