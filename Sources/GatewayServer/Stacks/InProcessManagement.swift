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
    let objects: ObjectEndpoint
    let account: AccountIdentity

    func call(_ request: WireRequest) async -> WireResponse {
        switch request.destination {
        case .tables(let operation): return WireResponse(await tables.answer(operation, request.body))
        case .objects(let hostBucket): return await objects.answer(request, hostBucket)
        default: break
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
            controlPlane: controlPlane, tables: DraftTables(tables: tables, account: account), pools: pools.draft(),
            objects: DraftObjects(objects))
    }
}

/// The management API of a draft.
private struct DraftManagement: Management {
    let controlPlane: ControlPlane
    let tables: DraftTables
    let pools: UserPools
    let objects: DraftObjects

    func call(_ request: WireRequest) async -> WireResponse {
        switch request.destination {
        case .tables(let operation): return await tables.answer(operation, request.body)
        case .objects(let hostBucket): return await objects.answer(request, hostBucket)
        default: break
        }
        if let answer = await pools.respond(to: request, controlPlane) { return answer }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }

    func draft() async -> any Management { self }
}

extension WireRequest {
    fileprivate var destination: ServiceFront.Destination { ServiceFront.find(ServiceHead(self)).destination }
}

extension WireResponse {
    init(_ response: TableResponse) { self.init(status: response.status, headers: [], body: response.body) }
}
