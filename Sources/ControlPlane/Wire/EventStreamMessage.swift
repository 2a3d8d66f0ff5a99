import CZlib

/// One message of `application/vnd.amazon.eventstream`: its length and that of its headers with their checksum, the
/// headers, the payload, and the checksum of all of it.
///
/// Source: AWS SDKs' event stream encoding (Smithy, "Amazon Event Stream Specification").
package struct EventStreamMessage {
    package private(set) var bytes: [UInt8]

    /// An event.
    package init(_ eventType: String, _ contentType: String, _ payload: [UInt8]) {
        self.init(
            [(":event-type", eventType), (":content-type", contentType), (":message-type", "event")], payload)
    }

    /// An error that ends the stream.
    package init(exception: String, _ contentType: String, _ payload: [UInt8]) {
        self.init(
            [(":exception-type", exception), (":content-type", contentType), (":message-type", "exception")], payload)
    }

    private init(_ fields: [(name: String, value: String)], _ payload: [UInt8]) {
        var headers: [UInt8] = []
        for (name, value) in fields {
            headers.append(UInt8(clamping: name.utf8.count))
            headers += name.utf8
            // A string, and its length.
            headers.append(7)
            headers += Self.bigEndian(UInt16(clamping: value.utf8.count))
            headers += value.utf8
        }
        bytes = Self.bigEndian(UInt32(clamping: 12 + headers.count + payload.count + 4))
        bytes += Self.bigEndian(UInt32(clamping: headers.count))
        bytes += Self.bigEndian(Self.checksum(bytes))
        bytes += headers
        bytes += payload
        bytes += Self.bigEndian(Self.checksum(bytes))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count))) }
    }
}
