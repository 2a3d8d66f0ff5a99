import HTTPFront
import NIOCore

/// `X-Amzn-Trace-Id`: `Root=1-{8 hex: seconds}-{24 hex}` (X-Ray's form), or what the client sent.
enum TraceId {
    /// The header's value for whom the gateway calls: a new root, or `Self=…;` before the client's own root.
    static func write(_ x: Exchange, to buffer: inout ByteBuffer) {
        let given = x.connection?.head.first(.amznTraceId)
        buffer.write(given == nil ? "Root=1-" : "Self=1-")
        buffer.writeHexadecimal(UInt64(x.startedAtEpochMilliseconds / 1000), digits: 8)
        buffer.write("-")
        buffer.writeHexadecimal(x.worker.nextRandom(), digits: 16)
        buffer.writeHexadecimal(x.worker.nextRandom(), digits: 8)
        if let given {
            buffer.write(";")
            x.writeRequestBytes(given, to: &buffer)
        }
    }
}
