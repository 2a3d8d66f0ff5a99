import HTTPFront
import NIOCore

/// The head of an integration's answer as it goes to the wire, but for what is each response's own: date, framing and
/// the gateway's fields.
struct AnswerHead {
    let status: Int
    /// Whole lines.
    let fields: ByteBuffer
    /// Where among the lines the date and the framing stand; -1: where the gateway puts them itself.
    var (dateAt, lengthAt) = (-1, -1)
    /// Its body has a `Content-Encoding`, so that it is not packed.
    private(set) var isCoded = false

    /// Writes a head and takes it back; nil when the connection has none to give back.
    static func captured(
        _ x: Exchange, _ status: Int, _ framing: HTTPStream.ResponseFraming, _ write: (inout ResponseLines) -> Void
    ) -> AnswerHead? {
        guard let stream = x.connection else { return nil }
        stream.startResponse(status: status)
        let start = stream.out.writerIndex
        var lines = ResponseLines(x, stream, framing)
        write(&lines)
        let end = stream.out.writerIndex
        var head = stream.out.withVeryUnsafeBytes { bytes in
            AnswerHead(status, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
        if x.rest.isAnswerCoded { head.isCoded = true }
        return stream.retract() ? head : nil
    }

    init(_ status: Int, _ lines: UnsafeRawBufferPointer) {
        self.status = status
        var kept = ByteBufferAllocator().buffer(capacity: lines.count)
        var position = 0
        while position < lines.count {
            var end = position
            while lines[end] != 0x0A { end += 1 }
            let line = UnsafeRawBufferPointer(rebasing: lines[position...end])
            let name = UnsafeRawBufferPointer(rebasing: line.prefix { $0 != UInt8(ascii: ":") })
            // Integrations' own fields of these names are renamed or dropped, so they are the gateway's.
            switch HeaderName(name) {
            case .date: dateAt = kept.writerIndex
            case .contentLength, .transferEncoding: lengthAt = kept.writerIndex
            default:
                if ASCII.equalsIgnoringCase(name, "content-encoding") { isCoded = true }
                kept.write(line)
            }
            position = end + 1
        }
        fields = kept
    }

    func write(_ x: Exchange, _ framing: HTTPStream.ResponseFraming, _ coding: ContentCoding? = nil) {
        fields.withUnsafeReadableBytes {
            Self.write(x, status, $0, dateAt: dateAt, lengthAt: lengthAt, framing, coding)
        }
    }

    /// Writes a response's head of lines that were taken from another one.
    static func write(
        _ x: Exchange, _ status: Int, _ fields: UnsafeRawBufferPointer, dateAt: Int, lengthAt: Int,
        _ framing: HTTPStream.ResponseFraming, _ coding: ContentCoding?
    ) {
        guard let stream = x.connection else { return }
        stream.startResponse(status: status)
        let start = stream.out.writerIndex
        var lines = ResponseLines(x, stream, framing)
        var position = 0
        func copy(to end: Int) {
            if end > position { stream.out.write(UnsafeRawBufferPointer(rebasing: fields[position..<end])) }
            position = max(position, end)
        }
        let isDateFirst = dateAt <= lengthAt
        if isDateFirst, dateAt >= 0 {
            copy(to: dateAt)
            lines.date()
        }
        if lengthAt >= 0 {
            copy(to: lengthAt)
            lines.length()
        }
        if !isDateFirst {
            copy(to: dateAt)
            lines.date()
        }
        copy(to: fields.count)
        if let coding { lines.text(coding.field) }
        lines.complete()
        if let log = x.rest.log { log.keepHead(stream.out, from: start) }
        stream.finishHead(framing)
    }
}
