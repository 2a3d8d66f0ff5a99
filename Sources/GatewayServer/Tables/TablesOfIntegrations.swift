import CZlib
import DataPlane
import GatewayModel
import NIOCore
import TableStore

/// The data plane's view of the tables.
struct TablesOfIntegrations: TableTarget {
    let tables: TableEndpoint

    func answer(
        _ operation: String, _ body: ByteBuffer, on loop: any EventLoop,
        completion: @escaping @Sendable (TableAnswer) -> Void
    ) {
        let response = tables.answer(operation, Array(body.readableBytesView), nil, on: loop) { response in
            loop.execute { completion(TableAnswer(response)) }
        }
        if let response { completion(TableAnswer(response)) }
    }
}

extension TableAnswer {
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
