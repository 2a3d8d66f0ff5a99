import HTTPFront
import NIOCore

/// The header fields of an event: the client's, but for those of one hop, and the gateway's own.
///
/// They stand in the order of their names' bytes, as recorded events have them: in format 1.0, whose names keep their
/// case, capitals come first.
enum EventHeaders {
    /// What the gateway writes itself, whatever the client sent. Numbers below zero, beside the positions of fields.
    private enum Own: Int16 {
        case contentLength = -6
        case host, traceId, forwardedFor, forwardedPort, forwardedProto

        func name(_ format: PayloadFormat) -> StaticString {
            let isVersion2 = format == .version2
            return switch self {
            case .contentLength: isVersion2 ? "content-length" : "Content-Length"
            case .host: isVersion2 ? "host" : "Host"
            case .traceId: isVersion2 ? "x-amzn-trace-id" : "X-Amzn-Trace-Id"
            case .forwardedFor: isVersion2 ? "x-forwarded-for" : "X-Forwarded-For"
            case .forwardedPort: isVersion2 ? "x-forwarded-port" : "X-Forwarded-Port"
            case .forwardedProto: isVersion2 ? "x-forwarded-proto" : "X-Forwarded-Proto"
            }
        }
    }

    /// Puts the names in order, into `LoopWorker.headerOrder`; a repeated name stands there once.
    static func sort(_ x: Exchange, _ format: PayloadFormat) {
        x.worker.headerOrder.removeAll(keepingCapacity: true)
        _ = x.withHead { bytes, head in
            let first = format == .rest ? Own.host : .contentLength
            // A test has what it was given.
            for own in first.rawValue...Own.forwardedProto.rawValue where x.rest.tester == nil {
                insert(own, x.worker, head.fields, bytes, format)
            }
            for (index, field) in head.fields.enumerated() {
                guard isEventField(field.known), format != .version2 || field.known != .cookie else { continue }
                guard format != .rest || !isRemoved(field, bytes) else { continue }
                guard !isRepeated(index, head.fields, bytes) else { continue }
                insert(Int16(index), x.worker, head.fields, bytes, format)
            }
        }
    }

    /// Format 2.0: names in lower case, the values of a repeated name joined by commas.
    static func writeJoinedValues(_ x: Exchange, _ traceId: [UInt8], to event: inout ByteBuffer) {
        write(x, .version2, to: &event) { entry, fields, bytes, event in
            guard let field = writeOwn(entry, x, traceId, fields, to: &event) else { return }
            event.write("\"")
            event.writeJSONText(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
            for later in fields[(Int(entry) + 1)...] where sameName(later, field, bytes) {
                event.write(",")
                event.writeJSONText(UnsafeRawBufferPointer(rebasing: bytes[later.value.range]))
            }
            event.write("\"")
        }
    }

    /// `headers` of format 1.0: of a repeated name the last value counts.
    static func writeLastValues(
        _ x: Exchange, _ format: PayloadFormat, _ traceId: [UInt8], to event: inout ByteBuffer
    ) {
        write(x, format, to: &event) { entry, fields, bytes, event in
            guard let field = writeOwn(entry, x, traceId, fields, to: &event) else { return }
            let last = fields.last { sameName($0, field, bytes) } ?? field
            event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[last.value.range]))
        }
    }

    /// `multiValueHeaders` of format 1.0.
    static func writeAllValues(
        _ x: Exchange, _ format: PayloadFormat, _ traceId: [UInt8], to event: inout ByteBuffer
    ) {
        write(x, format, to: &event) { entry, fields, bytes, event in
            event.write("[")
            if let field = writeOwn(entry, x, traceId, fields, to: &event) {
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                for later in fields[(Int(entry) + 1)...] where sameName(later, field, bytes) {
                    event.write(",")
                    event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[later.value.range]))
                }
            }
            event.write("]")
        }
    }

    // MARK: Writing

    private static func write(
        _ x: Exchange, _ format: PayloadFormat, to event: inout ByteBuffer,
        _ writeValue: (Int16, [HeaderField], UnsafeRawBufferPointer, inout ByteBuffer) -> Void
    ) {
        _ = x.withHead { bytes, head in
            event.write("{")
            for position in x.worker.headerOrder.indices {
                let entry = x.worker.headerOrder[position]
                if position > 0 { event.write(",") }
                event.writeJSONString(name(of: entry, head.fields, bytes, format), lowercase: format == .version2)
                event.write(":")
                writeValue(entry, head.fields, bytes, &event)
            }
            event.write("}")
        }
    }

    /// Writes the value of a field of the gateway's own, or returns the client's field that `entry` stands for.
    private static func writeOwn(
        _ entry: Int16, _ x: Exchange, _ traceId: [UInt8], _ fields: [HeaderField], to event: inout ByteBuffer
    ) -> HeaderField? {
        switch Own(rawValue: entry) {
        case nil: return fields[Int(entry)]
        case .contentLength:
            event.write("\"")
            // An authorizer is told of a body that is still on its way.
            if case .length(let length) = x.connection?.head.body {
                event.writeDecimal(length)
            } else {
                event.writeDecimal(x.requestLength)
            }
            event.write("\"")
        case .host:
            _ = x.withHead { bytes, head in
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[head.host.range]))
            }
        case .traceId: event.writeJSONString(traceId)
        case .forwardedFor: EventParts.writeForwardedFor(x, to: &event)
        case .forwardedPort:
            event.write("\"")
            x.writePort(to: &event)
            event.write("\"")
        case .forwardedProto:
            event.write("\"")
            x.writeScheme(to: &event)
            event.write("\"")
        }
        return nil
    }

    // MARK: The order

    /// Inserts where a binary search finds the name's place: no comparison closure, no storage beside the worker's.
    private static func insert(
        _ entry: Int16, _ worker: LoopWorker, _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer,
        _ format: PayloadFormat
    ) {
        let new = name(of: entry, fields, bytes, format)
        var low = 0
        var high = worker.headerOrder.count
        while low < high {
            let middle = (low + high) / 2
            let other = name(of: worker.headerOrder[middle], fields, bytes, format)
            if precedes(other, new, lowercase: format == .version2) { low = middle + 1 } else { high = middle }
        }
        worker.headerOrder.insert(entry, at: low)
    }

    private static func precedes(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, lowercase: Bool
    ) -> Bool {
        for position in 0..<min(left.count, right.count) {
            let a = lowercase ? ASCII.lowercased(left[position]) : left[position]
            let b = lowercase ? ASCII.lowercased(right[position]) : right[position]
            if a != b { return a < b }
        }
        return left.count < right.count
    }

    /// The name as it is written, but for its case in format 2.0. In format 1.0 the gateway writes two names of the
    /// client's fields its own way.
    private static func name(
        of entry: Int16, _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer, _ format: PayloadFormat
    ) -> UnsafeRawBufferPointer {
        if let own = Own(rawValue: entry) { return Self.bytes(own.name(format)) }
        let field = fields[Int(entry)]
        return switch field.known {
        case .contentType where format == .version1: Self.bytes("Content-Type")
        case .userAgent where format != .version2: Self.bytes("User-Agent")
        case .authorization where format == .rest: Self.bytes("Authorization")
        default: UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
        }
    }

    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Whether a field is the client's to say: it is none that the gateway writes itself, or that concerns one hop.
    private static func isEventField(_ name: HeaderName) -> Bool {
        switch name {
        case .contentLength, .host, .forwardedFor, .forwardedPort, .forwardedProto, .amznTraceId, .expect: false
        default: !name.isHopByHop
        }
    }

    /// Whether an integration of a REST API sees the field as the client sent it.
    static func isSeen(_ field: HeaderField, _ bytes: UnsafeRawBufferPointer) -> Bool {
        isEventField(field.known) && !isRemoved(field, bytes)
    }

    static func ownOfREST(named name: [UInt8]) -> Bool {
        for own: StaticString in [
            "Host", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
        ]
        where name.withUnsafeBytes({ ASCII.equals($0, own) }) { return true }
        return false
    }

    /// All that an integration of a REST API may see: the client's in their order, of a repeated one the last, then the
    /// gateway's own.
    static func ofREST(_ x: Exchange) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        _ = x.withHead { bytes, head in
            for field in head.fields where isSeen(field, bytes) {
                let name = String(decoding: bytes[field.name.range], as: UTF8.self)
                found.removeAll { $0.name == name }
                found.append((name, String(decoding: bytes[field.value.range], as: UTF8.self)))
            }
        }
        // A test has what it was given.
        return x.rest.tester == nil ? found + ownOfREST(x) : found
    }

    /// What the gateway adds for an integration of a REST API.
    static func ownOfREST(_ x: Exchange) -> [(name: String, value: String)] {
        func text(_ write: (inout ByteBuffer) -> Void) -> String {
            var buffer = x.worker.allocator.buffer(capacity: 64)
            write(&buffer)
            return String(buffer: buffer)
        }
        return [
            (
                "Host",
                text { buffer in if let head = x.connection?.head { x.writeRequestBytes(head.host, to: &buffer) } }
            ),
            ("X-Amzn-Trace-Id", text { x.writeRESTTraceId(to: &$0) }),
            ("X-Forwarded-For", text { EventParts.writeForwardedAddresses(x, to: &$0) }),
            ("X-Forwarded-Port", text { x.writePort(to: &$0) }),
            ("X-Forwarded-Proto", text { x.writeScheme(to: &$0) }),
        ]
    }

    /// Fields that no integration of a REST API sees.
    private static func isRemoved(_ field: HeaderField, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard field.known == .other else { return false }
        let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
        for removed: StaticString in [
            "content-md5", "max-forwards", "proxy-authenticate", "server", "www-authenticate",
        ] where ASCII.equalsIgnoringCase(name, removed) { return true }
        return false
    }

    private static func isRepeated(
        _ index: Int, _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        for earlier in fields[..<index] where sameName(earlier, fields[index], bytes) { return true }
        return false
    }

    @inline(__always)
    private static func sameName(_ left: HeaderField, _ right: HeaderField, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard left.name.count == right.name.count, left.known == right.known else { return false }
        if left.known != .other, left.known != .accessControl { return true }
        return ASCII.equalsIgnoringCase(
            UnsafeRawBufferPointer(rebasing: bytes[left.name.range]),
            UnsafeRawBufferPointer(rebasing: bytes[right.name.range]))
    }
}
