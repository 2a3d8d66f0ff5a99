import CZlib
import Callers
import ControlPlane
import DataPlane
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
    /// What all requests together may hold.
    private let bodies: MemoryBudget
    private var admission = AccessGate.Admission.open
    private var body: [UInt8] = []
    /// Bytes taken of what all may hold.
    private var held = 0
    /// Of the request that is being read.
    private var operation = ""
    private var coding: ContentCoding?
    private var random = SplitMix64()
    /// Counts requests, so that an answer finds no later one.
    private var turn = 0

    init(tables: TableEndpoint, gate: AccessGate, bodies: MemoryBudget) {
        self.tables = tables
        self.gate = gate
        self.bodies = bodies
    }

    /// The operation of the request that begins.
    func take(_ operation: String) { self.operation = operation }

    /// Whether the browser guard keeps a request away.
    func refuses(_ head: RequestHead) -> Bool {
        BrowserGuard.refusal(head, anyHost: gate.controlPlane.requiresCredentials) != nil
    }

    func headReceived(_ stream: HTTPStream) {
        turn += 1
        giveBack()
        body.removeAll(keepingCapacity: body.capacity <= 65_536)
        coding = Self.coding(stream.head)
        admission = .open
        do throws(SignatureFault) { admission = try gate.admit(stream.head, ServiceFront.tables(operation)) } catch {
            return refuse(error.error(in: Self.wire), stream)
        }
        if !stream.takeBody(limit: ServiceFront.tableBytes) { bodyTooLarge(stream) }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        guard stream.canRespond else { return }
        guard bodies.take(bytes.readableBytes) else {
            giveBack()
            stream.closeAfterResponse()
            return refuse(.overloaded, stream)
        }
        held += bytes.readableBytes
        body.append(contentsOf: bytes.readableBytesView)
    }

    private func giveBack() {
        bodies.give(held)
        held = 0
    }

    func requestEnded(_ stream: HTTPStream) {
        guard stream.canRespond else { return }
        giveBack()
        var check: TableEndpoint.Check?
        if case .signed(let pending) = admission {
            admission = .open
            do throws(SignatureFault) {
                check = gate.check(try gate.verify(pending, body: body), operation, from: stream)
            } catch { return refuse(error.error(in: Self.wire), stream) }
        }
        let turn = turn
        let loop = stream.eventLoop
        let bound = NIOLoopBound((self, stream), eventLoop: loop)
        let response = tables.answer(operation, body, coding, check, on: loop) { response in
            loop.execute {
                let (service, stream) = bound.value
                guard service.turn == turn, stream.canRespond else { return }
                service.write(response, to: stream)
            }
        }
        if let response { write(response, to: stream) }
    }

    static let wire = WireProtocol.json(version: "1.0")

    private func refuse(_ error: ServiceError, _ stream: HTTPStream) {
        write(TableResponse(Self.wire.response(error, requestId: "")), to: stream)
    }

    func bodyTooLarge(_ stream: HTTPStream) {
        stream.startResponse(status: 413)
        stream.finishHead(.length(0))
        stream.endResponse()
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) {
        turn += 1
        giveBack()
    }

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

extension TableResponse {
    init(_ response: WireResponse) { self.init(status: response.status, body: response.body) }
}

extension AccessGate {
    /// What a caller's policies say of a call of tables, when its body can be read; nil for who may do everything.
    fileprivate func check(_ caller: Caller, _ operation: String, from stream: HTTPStream) -> TableEndpoint.Check? {
        guard controlPlane.asksPolicies(of: caller) else { return nil }
        var request = WireRequest(stream.head, body: [])
        request.sourceAddress = String(decoding: stream.peer.address, as: UTF8.self)
        request.isSecure = isSecure
        let facts = controlPlane.facts(of: request)
        let controlPlane = controlPlane
        return { body in
            let denial = controlPlane.denial(of: caller, facts) {
                Permission.tables(operation, body, in: controlPlane.account)
            }
            guard let denial else { return nil }
            let error = TableService.wire.accessDenied(denial)
            return TableResponse(TableService.wire.response(error, requestId: ""))
        }
    }
}
