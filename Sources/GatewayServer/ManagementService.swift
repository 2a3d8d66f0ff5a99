import ControlPlane
import DataPlane
import GatewayModel
import HTTPFront
import LogStore
import NIOCore
import SigV4
import UserPools

/// Answers management calls: collects a request, hands it to the control plane as a value, writes what comes back.
final class ManagementService: HTTPService {
    private let controlPlane: ControlPlane
    private let local: LocalEndpoints
    private let pools: UserPools
    private let cloudFormation: CloudFormation
    private let logs: LogStore
    private let gate: AccessGate
    /// What all requests together may hold.
    private let bodies: MemoryBudget
    private var admission = AccessGate.Admission.open
    private var body: [UInt8] = []
    /// The service of the request that is being read, and how it is called.
    private var found = ServiceFront.unknown
    /// What web pages may ask of user pools, when it is that.
    private var access: PoolAccess?
    /// Counts requests, so that an answer finds no later one.
    private var turn = 0
    /// Who writes a response piece by piece, and is told whether the next one is wanted.
    private var writer: CheckedContinuation<Bool, Never>?

    init(
        controlPlane: ControlPlane, local: LocalEndpoints, pools: UserPools, logs: LogStore,
        cloudFormation: CloudFormation, gate: AccessGate, bodies: MemoryBudget
    ) {
        self.cloudFormation = cloudFormation
        self.controlPlane = controlPlane
        self.pools = pools
        self.logs = logs
        self.local = local
        self.gate = gate
        self.bodies = bodies
    }

    /// Where the request that begins leads.
    func take(_ found: ServiceFront.Found) { self.found = found }

    func headReceived(_ stream: HTTPStream) {
        turn += 1
        dropBody()
        admission = .open
        access = PoolAccess.of(stream.head, found, pools)
        // Where all have to sign, the host is signed, and may be any.
        let refusal =
            access == nil
            ? BrowserGuard.refusal(stream.head, anyHost: controlPlane.requiresCredentials)
            : controlPlane.requiresCredentials ? nil : PoolAccess.refusal(stream.head, pools)
        if let refusal {
            write(found.wire.response(refusal, requestId: Identifiers.uuid()), to: stream)
        } else if case .refused = found.destination {
            // Nobody reads its body.
            write(found.refuse(requestId: Identifiers.uuid()), to: stream)
        } else if access == nil, let refusal = admit(stream) {
            write(found.wire.response(refusal, requestId: Identifiers.uuid()), to: stream)
        } else if !stream.takeBody(limit: access == .endpoint ? UserPools.formBytes : found.bodyLimit) {
            bodyTooLarge(stream)
        }
    }

    /// Why the request is not read; nil lets it go on.
    private func admit(_ stream: HTTPStream) -> ServiceError? {
        do throws(SignatureFault) {
            admission = try gate.admit(stream.head, found)
            return nil
        } catch { return error.error(in: found.wire) }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        guard stream.canRespond else { return }
        guard bodies.take(bytes.readableBytes) else {
            dropBody()
            stream.closeAfterResponse()
            return write(found.wire.response(.overloaded, requestId: Identifiers.uuid()), to: stream)
        }
        body.append(contentsOf: bytes.readableBytesView)
    }

    private func dropBody() {
        bodies.give(body.count)
        body = []
    }

    func requestEnded(_ stream: HTTPStream) {
        guard stream.canRespond else { return }
        var signed = WireRequest(stream.head, body: body)
        signed.isSecure = gate.isSecure
        signed.sourceAddress = String(decoding: stream.peer.address, as: UTF8.self)
        switch admission {
        case .open: break
        case .anonymous: signed.isAnonymous = true
        case .signed(let pending):
            admission = .open
            do throws(SignatureFault) { signed.caller = try gate.verify(pending, body: body) } catch {
                dropBody()
                return write(
                    found.wire.response(error.error(in: found.wire), requestId: Identifiers.uuid()), to: stream)
            }
        }
        let request = signed
        dropBody()
        let turn = turn
        let bound = NIOLoopBound((self, stream), eventLoop: stream.eventLoop)
        let loop = stream.eventLoop
        let controlPlane = controlPlane
        let local = local
        let pools = pools
        let logs = logs
        let access = access
        let stacks = found.destination == .stacks ? cloudFormation : nil
        Task {
            let response: WireResponse
            if let access {
                // Nobody else answers what the guard of web pages has let pass.
                response = await pools.respond(to: request, access, controlPlane) ?? WireResponse(status: 404)
            } else if let stacks {
                response = await stacks.respond(to: request)
            } else if let answer = await local.respond(to: request) {
                response = answer
            } else if let answer = await pools.respond(to: request, controlPlane) {
                response = answer
            } else if let answer = await logs.respond(to: request, controlPlane) {
                response = answer
            } else {
                response = await controlPlane.respond(to: request)
            }
            loop.execute {
                let (service, stream) = bound.value
                guard service.turn == turn, stream.canRespond else {
                    response.pieces?.discard()
                    return
                }
                service.write(response, to: stream)
            }
            guard let pieces = response.pieces else { return }
            while let piece = await pieces.next() {
                let isWanted = await withCheckedContinuation { continuation in
                    loop.execute {
                        let (service, stream) = bound.value
                        guard service.turn == turn else { return continuation.resume(returning: false) }
                        service.write(piece, to: stream, continuation)
                    }
                }
                guard isWanted else { return pieces.discard() }
            }
            loop.execute {
                let (service, stream) = bound.value
                if service.turn == turn { stream.endResponse() }
            }
        }
    }

    /// Whoever takes pieces slowly is not sent more of them than it takes.
    private func write(_ piece: [UInt8], to stream: HTTPStream, _ writer: CheckedContinuation<Bool, Never>) {
        stream.writeBody(ByteBuffer(bytes: piece))
        stream.flushResponse()
        if stream.isWritable { writer.resume(returning: true) } else { self.writer = writer }
    }

    func bodyTooLarge(_ stream: HTTPStream) {
        let head = stream.head
        let operation = AllOperations.named(method: head.string(head.methodRange), path: head.string(head.path))
        // Recorded from AWS for CreateFunction; other operations have smaller bounds there, with other words.
        let ending = operation.map { " for the \($0) operation" } ?? ""
        write(
            found.wire.response(
                ServiceError(
                    "RequestEntityTooLargeException", status: 413,
                    "Request must be smaller than \(found.bodyLimit) bytes\(ending)"),
                requestId: Identifiers.uuid()), to: stream)
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        if isWritable { resumeWriter(true) }
    }

    func connectionClosed(_ stream: HTTPStream) {
        turn += 1
        dropBody()
        resumeWriter(false)
    }

    private func resumeWriter(_ isWanted: Bool) {
        let writer = writer
        self.writer = nil
        writer?.resume(returning: isWanted)
    }

    private func write(_ response: WireResponse, to stream: HTTPStream) {
        stream.startResponse(status: response.status)
        stream.writeDate()
        for (name, value) in response.headers { stream.writeField(name, value) }
        if response.pieces != nil {
            stream.finishHead(.stream)
            return stream.flushResponse()
        }
        stream.finishHead(response.status == 204 ? .none : .length(response.body.count))
        stream.writeBody(ByteBuffer(bytes: response.body))
        stream.endResponse()
    }
}

extension WireRequest {
    init(_ head: RequestHead, body: [UInt8]) {
        var headers: [(name: String, value: String)] = []
        for field in head.fields { headers.append((head.string(field.name).lowercased(), head.string(field.value))) }
        self.init(
            method: head.string(head.methodRange), path: head.string(head.path), query: head.string(head.query),
            headers: headers, body: body)
    }
}
