import HTTPFront
import NIOCore
import Velocity

/// What a call of a REST API has beside what every call has.
struct RESTCall {
    /// The one that serves the call: the stage's, or its canary's.
    var deployment: RESTDeployment?
    /// nil while the stage has no canary.
    var isCanary: Bool?
    /// `x-amzn-RequestId`, 36 characters; empty until somebody asks.
    var requestId: [UInt8] = []
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
}

/// The parameters of a request to an integration, as mappings and templates made them.
struct IntegrationParameters {
    var headers: [(name: [UInt8], value: [UInt8])] = []
    var query: [(name: [UInt8], value: [UInt8])] = []
    /// By the position of the name in `HTTPIntegration`'s path variables; nil: the name stays as it is written.
    var path: [[UInt8]?] = []
}

extension Exchange {
    /// `x-amzn-RequestId`: the client's own when that is a UUID (recorded), else a new one.
    func writeRESTRequestId(to buffer: inout ByteBuffer) {
        if rest.requestId.isEmpty { rest.requestId = sentRequestId ?? makeUUID() }
        buffer.write(rest.requestId)
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

    /// Version 4 (RFC 9562).
    private func makeUUID() -> [UInt8] {
        let high = worker.nextRandom() & ~0xF000 | 0x4000
        let low = worker.nextRandom() & ~(0xC0 << 56) | 0x80 << 56
        var text = worker.allocator.buffer(capacity: 36)
        text.writeHexadecimal(high >> 32, digits: 8)
        text.write("-")
        text.writeHexadecimal(high >> 16 & 0xFFFF, digits: 4)
        text.write("-")
        text.writeHexadecimal(high & 0xFFFF, digits: 4)
        text.write("-")
        text.writeHexadecimal(low >> 48, digits: 4)
        text.write("-")
        text.writeHexadecimal(low & 0xFFFF_FFFF_FFFF, digits: 12)
        return Array(text.readableBytesView)
    }

    /// What the integration is told of the trace: a root alone gets a parent, what has both is kept (recorded).
    func writeRESTTraceId(to buffer: inout ByteBuffer) {
        if rest.traceId.isEmpty { rest.traceId = makeTraceId() }
        buffer.write(rest.traceId)
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
            text.write("Root=1-")
            text.writeHexadecimal(UInt64(startedAtEpochMilliseconds / 1000), digits: 8)
            text.write("-")
            text.writeHexadecimal(worker.nextRandom(), digits: 16)
            text.writeHexadecimal(worker.nextRandom() >> 32, digits: 8)
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
