import ControlPlane
import DataPlane
import GatewayModel
import Stacks
import TableStore
import UserPools

/// The management API without a socket. Only callers inside the process may hand over code as a local folder.
struct InProcessManagement: Management {
    let controlPlane: ControlPlane
    let tables: TableEndpoint
    let pools: UserPools
    let account: AccountIdentity

    func call(_ request: WireRequest) async -> WireResponse {
        if let operation = request.tableOperation {
            return WireResponse(await tables.answer(operation, request.body))
        }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management {
        let stageCheck = StageCheck()
        let controlPlane = controlPlane.draft { stages throws(TrafficError) in
            do throws(CompileError) { try stageCheck.check(stages) } catch { throw TrafficError(error.message) }
        }
        return DraftManagement(
            controlPlane: controlPlane, tables: DraftTables(tables: tables, account: account), pools: pools.draft())
    }
}

/// The management API of a draft.
private struct DraftManagement: Management {
    let controlPlane: ControlPlane
    let tables: DraftTables
    let pools: UserPools

    func call(_ request: WireRequest) async -> WireResponse {
        if let operation = request.tableOperation { return await tables.answer(operation, request.body) }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management { self }
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
