import CZlib

/// One message of `application/vnd.amazon.eventstream`, an event: its length and that of its headers with their checksum,
/// the headers, the payload, and the checksum of all of it.
///
/// Source: AWS SDKs' event stream encoding (Smithy, "Amazon Event Stream Specification").
struct EventStreamMessage {
    private(set) var bytes: [UInt8]

    init(_ eventType: String, _ contentType: String, _ payload: [UInt8]) {
        var headers: [UInt8] = []
        for (name, value) in [(":event-type", eventType), (":content-type", contentType), (":message-type", "event")] {
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
