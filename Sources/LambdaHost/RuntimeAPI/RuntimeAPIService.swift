import GatewayModel
import HTTPFront
import NIOCore

/// The Runtime API (2018-06-01) as one runtime sees it, on a listener of its own: who connects there has to be of that
/// environment's processes.
final class RuntimeAPIService: HTTPService {
    private enum Call {
        case next
        case response(id: [UInt8])
        /// A response that is passed on while it comes.
        case stream
        /// A streamed response to a call that has ended, or to none.
        case lateStream
        case unknownMode
        case error(id: [UInt8])
        case initError
        case ping
        case unknown
        /// Of another process, or of a web page in a browser.
        case foreign
    }

    private let sandbox: Sandbox
    /// Whether a process of the environment is at the other end.
    private let isOwn: Bool
    private var call = Call.unknown
    private var body: HeldAnswer

    init(sandbox: Sandbox, isOwn: Bool) {
        self.sandbox = sandbox
        self.isOwn = isOwn
        body = HeldAnswer(sandbox.pool.host.settings)
    }

    func headReceived(_ stream: HTTPStream) {
        let isAllowed = isOwn && Self.isOfRuntime(stream.head)
        call = isAllowed ? stream.head.withBytes { Self.call(stream.head, $0) } : .foreign
        body.release()
        if case .response(let id) = call, let mode = Self.field("lambda-runtime-function-response-mode", stream.head) {
            call = mode.lowercased() == "streaming" ? begin(id, stream) : .unknownMode
        }
        let limit = if case .stream = call { Int.max } else { LambdaLimits.readPayloadBytes }
        if !stream.takeBody(limit: limit) { bodyTooLarge(stream) }
    }

    private func begin(_ id: [UInt8], _ stream: HTTPStream) -> Call {
        let contentType = Self.field("content-type", stream.head) ?? "application/octet-stream"
        return sandbox.answerBegan(id, contentType: Array(contentType.utf8), stream) ? .stream : .lateStream
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        switch call {
        case .stream: return sandbox.answerContinued(bytes, stream)
        case .lateStream, .unknownMode: return
        default: break
        }
        body.append(bytes)
    }

    func requestEnded(_ stream: HTTPStream) {
        switch call {
        case .next: sandbox.nextRequested(stream)
        case .response(let id): answer(id, stream, isError: false)
        case .stream:
            // The caller's answer ends first, the runtime's acknowledgement comes right behind it.
            if sandbox.answerEnded(StreamError.payload(stream.trailers), stream) {
                Self.accept(stream)
            } else {
                Self.refuseId(stream)
            }
        case .lateStream: Self.refuseId(stream)
        case .unknownMode:
            Self.refuse(
                stream, status: 400, type: "InvalidFunctionResponseMode", message: "Invalid function response mode")
        case .error(let id): answer(id, stream, isError: true)
        case .initError:
            let type = Self.errorType(stream)
            let payload = body.bytes
            body.release()
            Self.accept(stream)
            sandbox.initFailed(payload, type: type)
        case .ping: Self.respond(stream, status: 200, contentType: "text/plain", ByteBuffer(string: "pong"))
        case .unknown: Self.refuse(stream, status: 404, type: "NotFound", message: "no such operation")
        case .foreign:
            Self.refuse(
                stream, status: 403, type: "Forbidden",
                message: "the Runtime API answers the runtime of its own environment only")
        }
    }

    func bodyTooLarge(_ stream: HTTPStream) { stream.abort() }
    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) {
        body.release()
        sandbox.connectionLost(stream)
    }

    private func answer(_ id: [UInt8], _ stream: HTTPStream, isError: Bool) {
        let (payload, fault) = (body.bytes, body.fault)
        // The caller's answer goes first, the runtime's acknowledgement right behind it.
        let isTaken = sandbox.answered(id, payload, isError: isError, fault: fault)
        body.release()
        guard isTaken else { return Self.refuseId(stream) }
        if fault != nil {
            Self.refuse(
                stream, status: 413, type: "RequestEntityTooLarge",
                message: "Exceeded maximum allowed payload size (\(sandbox.limits.payloadBytes) bytes).")
        } else {
            Self.accept(stream)
        }
    }

    /// Runtimes name the address that they were given, and send no Origin. A web page cannot do without one, and one
    /// whose name was led here (DNS rebinding) sends that name.
    private static func isOfRuntime(_ head: RequestHead) -> Bool {
        guard !head.contains(.origin) else { return false }
        return head.withBytes { bytes in
            UnsafeRawBufferPointer(rebasing: bytes[head.host.range]).starts(with: "127.0.0.1:".utf8)
        }
    }

    private static let prefix = Array("/2018-06-01/runtime/".utf8)
    private static let invocation = Array("invocation/".utf8)

    private static func call(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) -> Call {
        let path = UnsafeRawBufferPointer(rebasing: bytes[head.path.range])
        guard path.starts(with: prefix) else { return path.elementsEqual("/ping".utf8) ? .ping : .unknown }
        let rest = UnsafeRawBufferPointer(rebasing: path[prefix.count...])
        if head.method == .get { return rest.elementsEqual("invocation/next".utf8) ? .next : .unknown }
        guard head.method == .post else { return .unknown }
        if rest.elementsEqual("init/error".utf8) { return .initError }
        guard rest.starts(with: invocation) else { return .unknown }
        let parts = rest[invocation.count...].split(separator: UInt8(ascii: "/"))
        guard parts.count == 2 else { return .unknown }
        if parts[1].elementsEqual("response".utf8) { return .response(id: Array(parts[0])) }
        if parts[1].elementsEqual("error".utf8) { return .error(id: Array(parts[0])) }
        return .unknown
    }

    /// `Category.Reason` of the runtime, or `Runtime.Unknown`.
    private static func errorType(_ stream: HTTPStream) -> String {
        let type = field("lambda-runtime-function-error-type", stream.head) ?? ""
        return type.hasPrefix("Runtime.") || type.hasPrefix("Function.") ? type : "Runtime.Unknown"
    }

    private static func field(_ name: StaticString, _ head: RequestHead) -> String? {
        head.withBytes { bytes in
            for field in head.fields {
                guard ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), name) else {
                    continue
                }
                return String(decoding: bytes[field.value.range], as: UTF8.self)
            }
            return nil
        }
    }
}

/// Answers of the Runtime API.
extension RuntimeAPIService {
    /// Hands an event to the runtime that waits on `connection`.
    static func deliver(_ call: PendingInvocation, _ running: RunningInvocation, on stream: HTTPStream) {
        stream.startResponse(status: 200)
        stream.writeHead { out in
            out.write("Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ")
            out.writeString(call.request.requestId)
            out.write("\r\nLambda-Runtime-Deadline-Ms: ")
            out.writeDecimal(Int(running.deadlineEpochMilliseconds))
            out.write("\r\nLambda-Runtime-Invoked-Function-Arn: ")
            out.writeString(call.invokedARN)
            out.write("\r\nLambda-Runtime-Trace-Id: ")
            out.write(call.request.traceId)
            out.write("\r\n")
            if let context = call.request.clientContext {
                out.write("Lambda-Runtime-Client-Context: ")
                // A field is one line: JSON allows line ends only between its tokens.
                out.write(context.map { $0 < 0x20 ? 0x20 : $0 })
                out.write("\r\n")
            }
        }
        stream.finishHead(.length(call.request.event.readableBytes))
        stream.writeBody(call.request.event)
        stream.endResponse()
    }

    static func accept(_ stream: HTTPStream) {
        respond(stream, status: 202, contentType: "application/json", accepted)
    }

    static func refuseId(_ stream: HTTPStream) {
        refuse(stream, status: 400, type: "InvalidRequestID", message: "Invalid request ID")
    }

    static func refuse(_ stream: HTTPStream, status: Int, type: String, message: String) {
        let body = #"{"errorMessage":"\#(message)","errorType":"\#(type)"}"#
        respond(stream, status: status, contentType: "application/json", ByteBuffer(string: body))
    }

    private static let accepted = ByteBuffer(string: #"{"status":"OK"}"#)

    private static func respond(
        _ stream: HTTPStream, status: Int, contentType: StaticString, _ body: ByteBuffer
    ) {
        guard stream.canRespond else { return }
        stream.startResponse(status: status)
        stream.write("Content-Type: ")
        stream.write(contentType)
        stream.write("\r\n")
        stream.finishHead(.length(body.readableBytes))
        stream.writeBody(body)
        stream.endResponse()
    }
}
