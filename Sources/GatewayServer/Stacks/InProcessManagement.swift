import ControlPlane
import Stacks
import TableStore

/// The management API without a socket. Only callers inside the process may hand over code as a local folder.
struct InProcessManagement: Management {
    let controlPlane: ControlPlane
    let tables: TableEndpoint

    func call(_ request: WireRequest) async -> WireResponse {
        if case .tables(let operation) = ServiceFront.find(ServiceHead(request)).destination {
            let response = await tables.answer(operation, request.body)
            return WireResponse(status: response.status, headers: [], body: response.body)
        }
        return await controlPlane.respond(to: request, allowsLocalCode: true)
    }
}
