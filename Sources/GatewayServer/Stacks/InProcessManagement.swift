import ControlPlane
import DataPlane
import GatewayModel
import LogStore
import Stacks
import TableStore
import UserPools

/// The management API without a socket. Only callers inside the process may hand over code as a local folder.
struct InProcessManagement: Management {
    let controlPlane: ControlPlane
    let tables: TableEndpoint
    let pools: UserPools
    let logs: LogStore
    let account: AccountIdentity

    func call(_ request: WireRequest) async -> WireResponse {
        if let operation = request.tableOperation {
            return WireResponse(await tables.answer(operation, request.body))
        }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        if let answer = await logs.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management {
        let stageCheck = StageCheck()
        let controlPlane = controlPlane.draft { stages throws(TrafficError) in
            do throws(CompileError) { try stageCheck.check(stages) } catch { throw TrafficError(error.message) }
        }
        return DraftManagement(
            controlPlane: controlPlane, tables: DraftTables(tables: tables, account: account), pools: pools.draft(),
            logs: DraftLogs(logs))
    }
}

/// The management API of a draft.
private struct DraftManagement: Management {
    let controlPlane: ControlPlane
    let tables: DraftTables
    let pools: UserPools
    let logs: DraftLogs

    func call(_ request: WireRequest) async -> WireResponse {
        if let operation = request.tableOperation { return await tables.answer(operation, request.body) }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        if let answer = await logs.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management { self }
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
    fileprivate var tableOperation: String? {
        guard case .tables(let operation) = ServiceFront.find(ServiceHead(self)).destination else { return nil }
        return operation
    }
}

extension WireResponse {
    init(_ response: TableResponse) { self.init(status: response.status, headers: [], body: response.body) }
}
