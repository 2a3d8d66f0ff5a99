import CZlib
import ControlPlane
import GatewayModel
import HTTPFront
import NIOCore
import SigV4
import TableStore

/// Answers DynamoDB's operations on a connection of the management listener (awsJson1.0: `POST /` with
/// `X-Amz-Target: DynamoDB_20120810.Operation`).
final class TableService: HTTPService {
    private let tables: TableEndpoint
    private let gate: AccessGate
    private var pending: AccessGate.Pending?
    private var body: [UInt8] = []
    /// Of the request that is being read.
    private var operation = ""
    private var coding: ContentCoding?
    private var random = SplitMix64()
    /// Counts requests, so that an answer finds no later one.
    private var turn = 0

    init(tables: TableEndpoint, gate: AccessGate) {
        self.tables = tables
        self.gate = gate
    }

    /// The operation of the request that begins.
    func take(_ operation: String) { self.operation = operation }

    func headReceived(_ stream: HTTPStream) {
        turn += 1
        body.removeAll(keepingCapacity: body.capacity <= 65_536)
        coding = Self.coding(stream.head)
        pending = nil
        do throws(SignatureFault) { pending = try gate.admit(stream.head, ServiceFront.tables(operation)) } catch {
            return refuse(error, stream)
        }
        if !stream.takeBody(limit: ServiceFront.tableBytes) { bodyTooLarge(stream) }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        body.append(contentsOf: bytes.readableBytesView)
    }

    func requestEnded(_ stream: HTTPStream) {
        if let pending {
            self.pending = nil
            do throws(SignatureFault) { _ = try gate.verify(pending, body: body) } catch {
                return refuse(error, stream)
            }
        }
        let turn = turn
        let loop = stream.eventLoop
        let bound = NIOLoopBound((self, stream), eventLoop: loop)
        let response = tables.answer(operation, body, coding, on: loop) { response in
            loop.execute {
                let (service, stream) = bound.value
                guard service.turn == turn, stream.canRespond else { return }
                service.write(response, to: stream)
            }
        }
        if let response { write(response, to: stream) }
    }

    private func refuse(_ fault: SignatureFault, _ stream: HTTPStream) {
        let wire = WireProtocol.json(version: "1.0")
        let response = wire.response(fault.error(in: wire), requestId: "")
        write(TableResponse(status: response.status, body: response.body), to: stream)
    }

    func bodyTooLarge(_ stream: HTTPStream) {
        stream.startResponse(status: 413)
        stream.finishHead(.length(0))
        stream.endResponse()
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) { turn += 1 }

    /// A body in any other coding is read as it is, and is no JSON.
    private static func coding(_ head: RequestHead) -> ContentCoding? {
        value(of: "content-encoding", in: head) { value in
            if ASCII.equalsIgnoringCase(value, "gzip") { return .gzip }
            return ASCII.equalsIgnoringCase(value, "deflate") ? .deflate : nil
        }
    }

    /// What the first field of that name has for a value.
    private static func value<Result>(
        of name: StaticString, in head: RequestHead, _ read: (UnsafeRawBufferPointer) -> Result?
    ) -> Result? {
        head.withBytes { bytes in
            for field in head.fields where field.known == .other && field.name.count == name.utf8CodeUnitCount {
                let fieldName = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(fieldName, name) else { continue }
                return read(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
            }
            return nil
        }
    }

    private func write(_ response: TableResponse, to stream: HTTPStream) {
        stream.startResponse(status: response.status)
        stream.writeDate()
        // Clients compare it with the body and ask again when it differs.
        let checksum = response.body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        stream.writeHead { out in
            out.write("content-type: application/x-amz-json-1.0\r\nx-amz-crc32: ")
            out.writeString(String(checksum))
            out.write("\r\nx-amzn-requestid: ")
            out.writeString(Identifiers.tableRequest(using: &random))
            out.write("\r\n")
        }
        stream.finishHead(.length(response.body.count))
        stream.writeBody(ByteBuffer(bytes: response.body))
        stream.endResponse()
    }
}
