import CZlib
import Callers
import ControlPlane
import DataPlane
import GatewayModel
import NIOCore
import TableStore

/// The data plane's view of the tables.
struct TablesOfIntegrations: TableTarget {
    let tables: TableEndpoint
    let account: AccountIdentity

    func answer(
        _ operation: String, _ body: ByteBuffer, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (ServiceAnswer) -> Void
    ) {
        // What names no operation does nothing.
        let check = operation.isEmpty ? nil : caller.map { self.check($0, operation) }
        let response = tables.answer(operation, Array(body.readableBytesView), nil, check, on: loop) { response in
            loop.execute { completion(ServiceAnswer(response)) }
        }
        if let response { completion(ServiceAnswer(response)) }
    }

    /// What the policies of an integration's role say of a call.
    private func check(_ caller: Caller, _ operation: String) -> TableEndpoint.Check {
        let account = account
        return { body in
            let call = GatewayCall(
                now: Timestamp(milliseconds: WallClock.epochMilliseconds), region: account.region)
            for permission in Permission.tables(operation, body, in: account) {
                let refusal = caller.refusal(permission.action, on: permission.resource) { call.value($0, of: caller) }
                guard let refusal else { continue }
                let wire = TableService.wire
                return TableResponse(wire.response(wire.accessDenied(refusal), requestId: ""))
            }
            return nil
        }
    }
}

extension ServiceAnswer {
    /// With the fields that DynamoDB answers.
    fileprivate init(_ response: TableResponse) {
        let checksum = response.body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        var random = SplitMix64()
        let requestId = Identifiers.tableRequest(using: &random)
        self.init(
            status: response.status, requestId: requestId,
            fields: "Server: Server\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
                + "x-amzn-RequestId: \(requestId)\r\nx-amz-crc32: \(checksum)\r\n",
            body: ByteBuffer(bytes: response.body))
    }
}
