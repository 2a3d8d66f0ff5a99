import HTTPFront
import NIOCore

/// `X-Amzn-Trace-Id`: `Root=1-{8 hex: seconds}-{24 hex}` (X-Ray's form), or what the client sent.
enum TraceId {
    /// The header's value for whom the gateway calls: a new root, or `Self=…;` before the client's own root.
    static func write(_ x: Exchange, to buffer: inout ByteBuffer) {
        let given = x.connection?.head.first(.amznTraceId)
        buffer.writeStaticString(given == nil ? "Root=1-" : "Self=1-")
        let seconds = x.startedAtEpochMilliseconds / 1000
        for shift in stride(from: 28, through: 0, by: -4) { buffer.writeHexDigit(UInt8(seconds >> shift & 15)) }
        buffer.writeStaticString("-")
        var bits = x.worker.nextRandom()
        for position in 0..<24 {
            if position == 16 { bits = x.worker.nextRandom() }
            buffer.writeHexDigit(UInt8(bits & 15))
            bits >>= 4
        }
        if let given {
            buffer.writeStaticString(";")
            x.writeRequestBytes(given, to: &buffer)
        }
    }
}
