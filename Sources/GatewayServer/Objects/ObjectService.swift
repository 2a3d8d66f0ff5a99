import ControlPlane
import DataPlane
import GatewayModel
import HTTPFront
import NIOCore
import NIOPosix
import ObjectStore

/// Answers S3's operations on a connection of the management listener (rest-xml).
///
/// The loop only moves bytes: what waits for the disk or hashes is done on blocking threads, one step of a request after
/// the other. A body goes to the disk as it comes, and its client waits when the disk does; content is read as its client
/// takes it. So neither is ever in memory as a whole.
final class ObjectService: HTTPService {
    /// Bytes of a body that wait for the disk before its client has to.
    private static let waitingBytes = 1_048_576
    /// Bytes of content that are read at a time.
    private static let pieceBytes = 524_288
    /// A document; AWS's longest, DeleteObjects, is 1,000 keys of 1,024 bytes, escaped.
    private static let documentBytes = 4_194_304

    /// What the request that is being read leads to.
    private enum Reading {
        /// It is answered, or refused.
        case nothing
        case document(ObjectOperation, ObjectCall)
        case content(any ReceivedContent)
    }

    private let store: ObjectStore
    private let gate: AccessGate
    /// What all requests together may hold.
    private let bodies: MemoryBudget
    private let tell: @Sendable (String) -> Void
    private var reading = Reading.nothing
    private var document: [UInt8] = []
    /// Of a body: pieces for the disk, and whether it is at work on others.
    private var pieces: [ByteBuffer] = []
    private var pieceBytes = 0
    private var isBusy = false
    private var hasEnded = false
    /// Content that is being sent, and from where on.
    private var sending: (content: ObjectAnswer.Content, next: Int)?
    private var isFetching = false
    private var hostBucket: String?
    /// Counts requests, so that an answer finds no later one.
    private var turn = 0

    init(store: ObjectStore, gate: AccessGate, bodies: MemoryBudget, tell: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.gate = gate
        self.bodies = bodies
        self.tell = tell
    }

    /// The bucket that the host of the request that begins names.
    func take(_ hostBucket: String?) { self.hostBucket = hostBucket }

    // MARK: Requests

    func headReceived(_ stream: HTTPStream) {
        reset()
        let head = stream.head
        do throws(ObjectError) {
            let wire = WireRequest(head, body: [])
            let request = try ObjectRequest(
                method: wire.method, path: wire.path, query: wire.query, headers: wire.headers, hostBucket: hostBucket)
            let admission = try gate.admitObjects(head, request)
            let pageRefusal = BrowserGuard.refusal(head, anyHost: gate.controlPlane.requiresCredentials)
                .map { ObjectError("AccessDenied", status: $0.status, $0.message) }
            // Of a form its fields tell, and no more than they may.
            if let pageRefusal, !admission.isLink, !request.isForm { throw pageRefusal }
            let operation = try ObjectOperation.find(request)
            try request.checkOwner(gate.controlPlane.account)
            let call = ObjectCall(
                store: store, account: gate.controlPlane.account, request: request,
                access: gate.access(of: admission.caller, stream))
            try read(operation, call, admission, pageRefusal, stream)
        } catch { refuse(error, stream) }
    }

    private func read(
        _ operation: ObjectOperation, _ call: ObjectCall, _ admission: AccessGate.ObjectAdmission,
        _ pageRefusal: ObjectError?, _ stream: HTTPStream
    ) throws(ObjectError) {
        let length: Int? =
            switch stream.head.body {
            case .none: call.request.header("content-length") == nil ? nil : 0
            case .length(let length): length
            case .chunked: nil
            }
        let content: any ReceivedContent
        switch operation.body {
        case .none, .document, .copy:
            reading = .document(operation, call)
            if !stream.takeBody(limit: Self.documentBytes) { bodyTooLarge(stream) }
            return
        case .content(let receiving):
            content = ObjectContent(
                call, receiving, try ContentClaims(call.request, contentLength: length), admission.chunks)
        case .form:
            content = try PostedContent(call, hasLength: length != nil, pageRefusal: pageRefusal)
        }
        reading = .content(content)
        work(stream) { () throws(ObjectError) in
            try call.access.check(operation.permissions(call.request, call.account), call)
            try content.begin()
        } then: { service, stream in
            // Only now is a client that asked first told to send.
            if !stream.takeBody(limit: 2 * ContentClaims.bytes) { service.bodyTooLarge(stream) }
            service.write(content, stream)
        }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        guard stream.canRespond else { return }
        switch reading {
        case .nothing: break
        case .document:
            guard bodies.take(bytes.readableBytes) else {
                return refuse(
                    ObjectError("SlowDown", status: 503, "Please reduce your request rate."), stream, closes: true)
            }
            document.append(contentsOf: bytes.readableBytesView)
        case .content(let content):
            pieces.append(bytes)
            pieceBytes += bytes.readableBytes
            if pieceBytes >= Self.waitingBytes { stream.setReading(false) }
            write(content, stream)
        }
    }

    func requestEnded(_ stream: HTTPStream) {
        guard stream.canRespond else { return }
        hasEnded = true
        switch reading {
        case .nothing: break
        case .content(let content): write(content, stream)
        case .document(let operation, var call):
            call.body = document
            dropDocument()
            let ready = call
            @Sendable func admit() throws(ObjectError) {
                try Self.check(ready)
                try ready.access.check(operation.permissions(ready.request, ready.account), ready)
            }
            guard case .copy(let begin) = operation.body else {
                return run(stream) { () throws(ObjectError) in
                    try admit()
                    return try operation.run(ready)
                }
            }
            hop(stream) { () throws(ObjectError) in
                try admit()
                return try begin(ready)
            } _: { service, stream, outcome in
                switch outcome {
                case .success(let copy): service.goOn(copy, stream)
                case .failure(let error): service.refuse(error, stream)
                }
            }
        }
    }

    /// A copy is done step by step: whoever else waits for the disk has his turn between.
    private func goOn(_ copy: ContentCopy, _ stream: HTTPStream) {
        hop(stream) { () throws(ObjectError) in
            try copy.step()
        } _: { service, stream, outcome in
            switch outcome {
            case .success(let answer?): service.write(answer, stream)
            case .success(nil): service.goOn(copy, stream)
            case .failure(let error): service.refuse(error, stream)
            }
        }
    }

    /// Whether a document is what its sender says.
    static func check(_ call: ObjectCall) throws(ObjectError) {
        // What completes an upload tells the checksum of the object, not of its own document.
        let claims = try ContentClaims(
            call.request, contentLength: call.body.count,
            hasOwnChecksum: !(call.request.method == "POST" && call.request.has("uploadId")))
        try claims.check(ContentDigests(of: call.body, claims.kind), trailer: nil)
    }

    // MARK: Bodies

    /// Hands the next pieces to the disk, one batch at a time.
    private func write(_ content: any ReceivedContent, _ stream: HTTPStream) {
        guard !isBusy else { return }
        guard !pieces.isEmpty else {
            guard hasEnded else { return }
            reading = .nothing
            return run(stream) { () throws(ObjectError) in try content.finish() }
        }
        let batch = pieces
        pieces = []
        pieceBytes = 0
        work(stream) { () throws(ObjectError) in
            try content.append(batch)
        } then: { service, stream in
            service.write(content, stream)
        }
        stream.setReading(true)
    }

    /// Work that waits for the disk; what follows is done on the loop, unless it failed or the request is another.
    private func work(
        _ stream: HTTPStream, _ step: @escaping @Sendable () throws(ObjectError) -> Void,
        then: @escaping @Sendable (ObjectService, HTTPStream) -> Void
    ) {
        isBusy = true
        hop(stream, step) { service, stream, outcome in
            service.isBusy = false
            switch outcome {
            case .success: then(service, stream)
            case .failure(let error): service.refuse(error, stream, closes: true)
            }
        }
    }

    private func run(_ stream: HTTPStream, _ step: @escaping @Sendable () throws(ObjectError) -> ObjectAnswer) {
        hop(stream, step) { service, stream, outcome in
            switch outcome {
            case .success(let answer): service.write(answer, stream)
            case .failure(let error): service.refuse(error, stream)
            }
        }
    }

    private func hop<Value: Sendable>(
        _ stream: HTTPStream, _ step: @escaping @Sendable () throws(ObjectError) -> Value,
        _ then: @escaping @Sendable (ObjectService, HTTPStream, Result<Value, ObjectError>) -> Void
    ) {
        let turn = turn
        let loop = stream.eventLoop
        let bound = NIOLoopBound((self, stream), eventLoop: loop)
        NIOThreadPool.singleton.submit { _ in
            let outcome = Result { () throws(ObjectError) in try step() }
            loop.execute {
                let (service, stream) = bound.value
                guard service.turn == turn else { return }
                then(service, stream, outcome)
            }
        }
    }

    func bodyTooLarge(_ stream: HTTPStream) {
        refuse(
            ObjectError("EntityTooLarge", status: 400, "Your proposed upload exceeds the maximum allowed size"), stream)
    }

    // MARK: Answers

    private func refuse(_ error: ObjectError, _ stream: HTTPStream, closes: Bool = false) {
        guard stream.canRespond else { return }
        if let fault = error.fault { tell("objects: \(fault)") }
        dropBody()
        // What still comes is nobody's, and read away.
        stream.setReading(true)
        if closes { stream.closeAfterResponse() }
        write(ObjectAnswer(error), stream)
    }

    private func write(_ answer: ObjectAnswer, _ stream: HTTPStream) {
        guard stream.canRespond else { return }
        let isHead = stream.head.method == .head
        stream.startResponse(status: answer.status)
        stream.writeDate()
        for (name, value) in answer.headers + answer.ownHeaders { stream.writeField(name, value) }
        if let length = answer.unsentLength {
            stream.finishHead(.length(length))
            return stream.endResponse()
        }
        guard let content = answer.content else {
            stream.finishHead(
                answer.status == 204 || answer.status == 304 ? .none : .length(isHead ? 0 : answer.body.count))
            if !isHead { stream.writeBody(ByteBuffer(bytes: answer.body)) }
            return stream.endResponse()
        }
        stream.finishHead(.length(content.range.count))
        sending = (content, content.range.lowerBound)
        fetch(stream)
    }

    /// Reads the next piece of content, when its client takes more.
    private func fetch(_ stream: HTTPStream) {
        guard !isFetching, let (content, start) = sending else { return }
        guard start < content.range.upperBound else {
            sending = nil
            return stream.endResponse()
        }
        guard stream.isWritable else { return stream.flushResponse() }
        isFetching = true
        let count = min(Self.pieceBytes, content.range.upperBound - start)
        hop(stream) { () throws(ObjectError) -> ByteBuffer in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            var outcome = Result<Void, ObjectError>.success(())
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                outcome = Result { () throws(ObjectError) in try content.reader.read(room, at: start) }
                return count
            }
            try outcome.get()
            return buffer
        } _: { service, stream, outcome in
            service.isFetching = false
            switch outcome {
            case .success(let buffer):
                service.sending?.next = start + count
                stream.writeBody(buffer)
                stream.flushResponse()
                service.fetch(stream)
            case .failure(let error):
                if let fault = error.fault { service.tell("objects: \(fault)") }
                service.sending = nil
                stream.abort()
            }
        }
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        if isWritable { fetch(stream) }
    }

    func connectionClosed(_ stream: HTTPStream) { reset() }

    private func reset() {
        turn += 1
        dropBody()
        sending = nil
        isFetching = false
        isBusy = false
        hasEnded = false
    }

    private func dropBody() {
        dropDocument()
        reading = .nothing
        pieces = []
        pieceBytes = 0
    }

    private func dropDocument() {
        bodies.give(document.count)
        document = []
    }
}
