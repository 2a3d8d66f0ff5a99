import GatewayModel
import HTTPFront
import NIOCore
import Velocity

/// What a call of a REST API has beside what every call has.
struct RESTCall {
    /// The one that serves the call: the stage's, or its canary's.
    var deployment: RESTDeployment?
    /// nil while the stage has no canary.
    var isCanary: Bool?
    /// Whether `Exchange.restRequestId` is this call's.
    var hasRequestId = false
    /// What a signature was worth, and what policies said, for access logs.
    var authenticate = AccessCheck.none
    var authorize = AccessCheck.none
    /// The API's resource policy allows what is asked for, which a function authorizer may still deny.
    var isAllowedByPolicy = false
    /// The API key that let the call in, and what its usage plan gives it; nil where the method asks for none.
    var key: CompiledKey?
    var grant: KeyGrant?
    /// What the method's limits leave; nil where there are none.
    var bucket: TokenBucket?
    /// How the method's answers are kept; nil where they are not.
    var cacheRule: CacheRule?
    var cacheUse = ResponseCache.Use.none
    /// The answer is to be kept.
    var fill: CacheFill?
    /// The client asked for a fresh answer, and may not.
    var warnsOfCacheControl = false
    /// What the request's body is packed in.
    var coding: ContentCoding?
    /// What a proxied answer passes through.
    var relay: AnswerRelay?
    /// As the integration was told it; empty while there is none.
    var traceId: [UInt8] = []
    /// Whether the client is told of the trace: AWS and HTTP integrations do, proxies of HTTP do not (recorded).
    var showsTrace = false
    /// What a refusal says instead of its own words.
    var message: [UInt8]?
    /// `$context.error.validationErrorString`.
    var validationError: [UInt8]?
    /// What templates wrote into `$context`.
    var overrides = ContextOverrides()
    /// What the integration is sent.
    var parameters = IntegrationParameters()
    /// The origin's answer came in a `Content-Encoding`, whether or not the client is told so.
    var isAnswerCoded = false
    /// Whether the answer is passed on as it comes, in the time that streams have.
    var isStreamed = false
    /// When the integration's time is over, whatever comes by then.
    var end = NIODeadline.distantFuture
    /// The answer of a function that is passed on as it comes.
    var stream: FunctionStream?
    /// Milliseconds to the streamed answer's head, and to the first byte behind it.
    var headersTook: Int?
    var firstContentTook: Int?
    /// The method's own counters.
    var metrics: MethodMetrics?
    /// nil where nothing is written down.
    var log: ExecutionLog?
    /// Who tests the method; nil for a call.
    var tester: REST.Tester?
    /// The parameters have been made of the request's.
    var isMapped = false
}

/// The parameters of a request to an integration, as mappings and templates made them.
struct IntegrationParameters {
    var headers: [(name: [UInt8], value: [UInt8])] = []
    var query: [(name: [UInt8], value: [UInt8])] = []
    /// By the position of the name in `HTTPIntegration`'s path variables; nil: the name stays as it is written.
    var path: [[UInt8]?] = []
}

extension Exchange {
    /// Makes the integration's parameters of the request's, once.
    func mapParameters() throws(Refusal) {
        guard !rest.isMapped else { return }
        rest.isMapped = true
        try route?.method?.request.mapParameters(self)
    }

    /// `x-amzn-RequestId`: the client's own when that is a UUID (recorded), else a new one.
    func writeRESTRequestId(to buffer: inout ByteBuffer) {
        if !rest.hasRequestId {
            rest.hasRequestId = true
            if let sent = sentRequestId { restRequestId = sent } else { makeUUID() }
        }
        buffer.write(restRequestId)
    }

    private var sentRequestId: [UInt8]? {
        withHead { bytes, head in
            for field in head.fields where field.name.count == 16 && field.value.count == 36 {
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
                if ASCII.equalsIgnoringCase(name, "x-amzn-requestid"), Self.isUUID(value) { return Array(value) }
            }
            return nil
        } ?? nil
    }

    private static func isUUID(_ text: UnsafeRawBufferPointer) -> Bool {
        for (position, byte) in text.enumerated() {
            switch position {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
            default:
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    continue
                default: return false
                }
            }
        }
        return true
    }

    /// Version 4 (RFC 9562), into the storage that the exchange keeps.
    private func makeUUID() {
        let high = worker.nextRandom() & ~0xF000 | 0x4000
        let low = worker.nextRandom() & ~(0xC0 << 56) | 0x80 << 56
        let digits: StaticString = "0123456789abcdef"
        restRequestId.withUnsafeMutableBufferPointer { id in
            var (bits, left) = (high, 16)
            for position in 0..<36 {
                if position == 8 || position == 13 || position == 18 || position == 23 {
                    id[position] = UInt8(ascii: "-")
                    continue
                }
                if left == 0 { (bits, left) = (low, 16) }
                id[position] = digits.utf8Start[Int(bits >> 60)]
                bits <<= 4
                left -= 1
            }
        }
    }

    /// What the integration is told of the trace: a root alone gets a parent, what has both is kept (recorded). It is
    /// remembered where somebody else will be told of it.
    func writeRESTTraceId(to buffer: inout ByteBuffer) {
        if rest.traceId.isEmpty {
            if !rest.showsTrace, stage?.accessLog?.namesTraceId != true,
                connection?.head.contains(.amznTraceId) == false
            {
                return writeTraceRoot(to: &buffer)
            }
            rest.traceId = makeTraceId()
        }
        buffer.write(rest.traceId)
    }

    private func writeTraceRoot(to buffer: inout ByteBuffer) {
        buffer.write("Root=1-")
        buffer.writeHexadecimal(UInt64(startedAtEpochMilliseconds / 1000), digits: 8)
        buffer.write("-")
        buffer.writeHexadecimal(worker.nextRandom(), digits: 16)
        buffer.writeHexadecimal(worker.nextRandom() >> 32, digits: 8)
    }

    private func makeTraceId() -> [UInt8] {
        var text = worker.allocator.buffer(capacity: 96)
        var isWhole = false
        if let given = connection?.head.first(.amznTraceId) {
            writeRequestBytes(given, to: &text)
            let value = String(buffer: text)
            isWhole = value.contains("Parent=")
            if !value.contains("Root=") { text.clear() }
        }
        if text.readableBytes == 0 {
            writeTraceRoot(to: &text)
            return Array(text.readableBytesView)
        }
        if !isWhole {
            text.write(";Parent=")
            text.writeHexadecimal(worker.nextRandom(), digits: 16)
            text.write(";Sampled=0")
        }
        return Array(text.readableBytesView)
    }
}
