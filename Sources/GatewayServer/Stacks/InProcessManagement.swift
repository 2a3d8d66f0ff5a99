import Callers
import ControlPlane
import DataPlane
import GatewayModel
import LogStore
import Stacks
import Synchronization
import TableStore
import UserPools

/// The management API without a socket, for whoever is inside the process.
struct InProcessManagement: Management {
    let controlPlane: ControlPlane
    let tables: TableEndpoint
    let pools: UserPools
    let objects: ObjectEndpoint
    let logs: LogStore
    let account: AccountIdentity
    /// Who makes stacks within stacks, when it is there.
    let cloudFormation: CloudFormationHolder
    let responses: (any CustomResponses)?
    /// As whom calls are made; nil is the account itself.
    private(set) var caller: Caller?
    /// Whether code may be handed over as a local folder.
    private(set) var allowsLocalCode = true

    init(
        controlPlane: ControlPlane, tables: TableEndpoint, pools: UserPools, objects: ObjectEndpoint, logs: LogStore,
        account: AccountIdentity, cloudFormation: CloudFormationHolder, responses: any CustomResponses
    ) {
        self.logs = logs
        self.controlPlane = controlPlane
        self.tables = tables
        self.pools = pools
        self.objects = objects
        self.account = account
        self.cloudFormation = cloudFormation
        self.responses = responses
    }

    /// For what somebody asks for from outside: what he may not do himself is not done for him.
    func acting(as caller: Caller?) -> InProcessManagement {
        var management = self
        management.caller = caller
        management.allowsLocalCode = false
        return management
    }

    func call(_ request: WireRequest) async -> WireResponse {
        let request = acted(request)
        switch request.destination {
        case .tables(let operation):
            let denial = controlPlane.denial(of: request) {
                Permission.tables(operation, request.body, in: account)
            }
            if let denial {
                let wire = TableService.wire
                return wire.response(wire.accessDenied(denial), requestId: Identifiers.uuid())
            }
            return WireResponse(await tables.answer(operation, request.body))
        case .objects(let hostBucket): return await objects.answer(request, hostBucket)
        case .stacks:
            if let cloudFormation = cloudFormation.value { return await cloudFormation.respond(toEngine: request) }
        default: break
        }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        if let answer = await logs.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: allowsLocalCode)
    }

    /// The request as the caller's own.
    func acted(_ request: WireRequest) -> WireRequest {
        var request = request
        request.caller = caller
        request.isSecure = true
        return request
    }

    func draft() async -> any Management {
        let stageCheck = StageCheck()
        let controlPlane = controlPlane.draft { stages throws(TrafficError) in
            do throws(CompileError) { try stageCheck.check(stages) } catch { throw TrafficError(error.message) }
        }
        return DraftManagement(
            controlPlane: controlPlane, tables: DraftTables(tables: tables, account: account), pools: pools.draft(),
            stacks: DraftStacks(cloudFormation: cloudFormation), objects: DraftObjects(objects, caller: caller),
            logs: DraftLogs(logs))
    }
}

/// The management API of a draft.
private struct DraftManagement: Management {
    let controlPlane: ControlPlane
    let tables: DraftTables
    let pools: UserPools
    let stacks: DraftStacks
    let objects: DraftObjects
    let logs: DraftLogs

    func call(_ request: WireRequest) async -> WireResponse {
        switch request.destination {
        case .tables(let operation): return await tables.answer(operation, request.body)
        case .objects(let hostBucket): return await objects.answer(request, hostBucket)
        case .stacks: return await stacks.answer(request)
        default: break
        }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        if let answer = await logs.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management { self }
}

/// CloudFormation's API, which is made after what it stands on.
final class CloudFormationHolder: Sendable {
    private let held = Mutex<CloudFormation?>(nil)

    var value: CloudFormation? { held.withLock { $0 } }

    func hold(_ cloudFormation: CloudFormation) { held.withLock { $0 = cloudFormation } }
}

/// A copy of the groups and streams, made when a draft first asks for them.
private actor DraftLogs {
    private let original: LogStore
    private var copy: LogStore?

    init(_ original: LogStore) { self.original = original }

    func respond(to request: WireRequest, _ controlPlane: ControlPlane) async -> WireResponse? {
        guard case .logs = ServiceFront.find(ServiceHead(request)).destination else { return nil }
        if copy == nil { copy = try? original.draft() }
        // Without room for a copy, what is asked of it fails.
        return await copy?.respond(to: request, controlPlane) ?? WireResponse(status: 500)
    }
}

extension WireRequest {
    fileprivate var destination: ServiceFront.Destination { ServiceFront.find(ServiceHead(self)).destination }
}

extension WireResponse {
    init(_ response: TableResponse) { self.init(status: response.status, headers: [], body: response.body) }
}
