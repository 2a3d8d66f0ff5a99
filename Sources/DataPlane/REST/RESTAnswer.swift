import GatewayModel
import HTTPFront
import NIOCore

/// What an origin answered to a REST API's call, as the response to the client.
enum RESTAnswer {
    /// A proxy's passes as it comes; another one is collected, and mapped when it is whole.
    static func respond(_ x: Exchange, _ head: ResponseHead, _ method: RESTMethod) {
        guard let client = x.connection else { return }
        if x.rest.log != nil { LoggedOrigin.answer(x, head) }
        guard method.isProxy else {
            x.rest.showsTrace = true
            x.rest.isAnswerCoded = Self.isCoded(head)
            x.upstreamState.collected = (head, x.worker.allocator.buffer(capacity: 0))
            return
        }
        guard !x.isTooLong(head) else { return x.refuseLongAnswer() }
        if x.rest.isStreamed { x.rest.headersTook = x.integrationMillisecondsSoFar }
        let framing = HTTPProxy.framing(head, for: client.head.method)
        func write(_ lines: inout ResponseLines) {
            let named = ConnectionOptions(head.fields, head.bytes)
            head.bytes.withUnsafeReadableBytes { bytes in
                var hasRenamed = false
                UpstreamRequest.copyLines(head.fields, bytes, to: &lines.stream.out) { field in
                    switch use(of: field, bytes) {
                    case .passed: return !named.contains(field, bytes)
                    case .renamed:
                        hasRenamed = true
                        return false
                    case .dropped: return false
                    }
                }
                guard hasRenamed else { return }
                for field in head.fields where use(of: field, bytes) == .renamed {
                    lines.stream.out.write(ResponseFields.remapped)
                    lines.stream.out.write(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]))
                    lines.stream.out.write(": ")
                    lines.stream.out.write(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                    lines.stream.out.write("\r\n")
                }
            }
            if !head.fields.contains(where: { $0.known == .contentType }), head.body != .none {
                lines.text("Content-Type: application/json\r\n")
            }
        }
        if AnswerRelay.isNeeded(x) { return AnswerRelay.begin(x, head.status, framing, write) }
        x.respond(head.status, framing, write)
    }

    private static func isCoded(_ head: ResponseHead) -> Bool {
        head.withBytes { bytes in
            head.fields.contains { field in
                ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), "content-encoding")
            }
        }
    }

    private static func use(of field: HeaderField, _ bytes: UnsafeRawBufferPointer) -> ResponseFields.Use {
        ResponseFields.use(
            of: field.known, UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), isProxy: true)
    }

    /// The whole answer is here.
    static func respond(_ x: Exchange, _ head: ResponseHead, _ body: ByteBuffer, _ method: RESTMethod) {
        x.integrationAnswered()
        x.rest.log?.writeAnswer()
        do throws(Refusal) {
            try method.responses.respond(x, IntegrationAnswer(head: head, body: body), by: .status(head.status))
        } catch {
            x.refuse(error, because: x.reason ?? x.explanation(error))
        }
    }
}

/// What an integration answered: what is mapped to the method's response.
struct IntegrationAnswer {
    /// nil for what is no HTTP: a function's result, MOCK.
    var head: ResponseHead?
    var body: ByteBuffer?
}

/// What becomes of a field that an integration answers. Source: recorded answers.
enum ResponseFields {
    enum Use { case passed, renamed, dropped }

    static let remapped: StaticString = "x-amzn-Remapped-"

    static func use(of known: HeaderName, _ name: UnsafeRawBufferPointer, isProxy: Bool) -> Use {
        switch known {
        case .transferEncoding: return .dropped
        case .connection, .contentLength, .date: return .renamed
        case .via: return isProxy ? .dropped : .passed
        case .authorization, .expect, .host, .trailer, .upgrade, .userAgent: return isProxy ? .passed : .renamed
        case .keepAlive, .proxyConnection: return .dropped
        case .other:
            if ASCII.equalsIgnoringCase(name, "server") { return .renamed }
            if isProxy {
                return ASCII.equalsIgnoringCase(name, "x-amzn-requestid") ? .renamed : .passed
            }
            for renamed: StaticString in ["content-md5", "max-forwards", "proxy-authenticate", "www-authenticate"]
            where ASCII.equalsIgnoringCase(name, renamed) { return .renamed }
            return .passed
        default: return .passed
        }
    }
}
