import GatewayModel
import HTTPFront
import NIOCore

/// What is written down of one call of a REST API while it is executed: the execution log of its stage, or the log of a
/// test.
///
/// Only calls of methods that are logged have one. Its lines are kept until the call has ended, so that those of one call
/// stand together, and are handed on then, without waiting.
final class ExecutionLog {
    enum Level: Sendable { case error, info }

    /// What a method's settings say.
    struct Setting: Sendable, Equatable {
        let level: Level
        /// Bodies and headers too.
        let tracesData: Bool
    }

    enum Kind {
        case step
        /// What the client, the integration or a mapping said.
        case data
        /// The same of the integration's answer: it explains a failure.
        case answer
        /// How the call ended: it explains a failure.
        case outcome
        case failure
    }

    /// AWS quota: bytes of one log event, the mark of what was cut included.
    static let eventBytes = 1_024
    private static let mark: StaticString = " [TRUNCATED]"

    /// nil for a test, which shows everything and tells the time of each line.
    private let setting: Setting?
    private let clock: LoopClock
    private let requestId: [UInt8]
    private(set) var lines: ByteBuffer
    private(set) var hasFailed = false
    /// What failed, in AWS's words, where who refuses knows them.
    var failure: [String] = []
    /// Usage plans have been told of.
    var hasToldPlan = false

    /// The beginnings of bodies, as far as a line can hold them, and the head of the response.
    private(set) var answerBody: [UInt8]?
    private(set) var responseBody: [UInt8] = []
    private(set) var responseFields: [(name: String, value: String)] = []

    init(_ setting: Setting?, requestId: [UInt8], clock: LoopClock) {
        self.setting = setting
        self.requestId = requestId
        self.clock = clock
        lines = ByteBufferAllocator().buffer(capacity: 2_048)
    }

    var isTest: Bool { setting == nil }
    /// Whether bodies and headers are written down, so that they have to be here as a whole.
    var tracesData: Bool { setting?.tracesData ?? true }

    /// With ERROR only calls that have failed are told of.
    var isTold: Bool { (setting?.level == .info || hasFailed) && lines.readableBytes > 0 }

    func wants(_ kind: Kind) -> Bool {
        guard let setting else { return true }
        return switch kind {
        case .step: setting.level == .info
        case .data: setting.level == .info && setting.tracesData
        case .answer: setting.tracesData
        case .outcome, .failure: true
        }
    }

    // MARK: Lines

    func line(_ kind: Kind, _ write: (inout ByteBuffer) -> Void) {
        if kind == .failure { hasFailed = true }
        guard wants(kind) else { return }
        var start = lines.writerIndex
        if isTest {
            writeTime()
            start = lines.writerIndex
        } else {
            lines.write("(")
            lines.write(requestId)
            lines.write(") ")
        }
        write(&lines)
        settle(from: start)
        lines.write("\n")
    }

    func line(_ kind: Kind, _ text: @autoclosure () -> String) {
        line(kind) { out in out.writeString(text()) }
    }

    /// The first line of a test, which has no time.
    func writeTitle() {
        lines.write("Execution log for request ")
        lines.write(requestId)
        lines.write("\n")
    }

    /// Cuts the line, and makes one line of it that is text: a client's line ends would be lines of their own.
    private func settle(from start: Int) {
        let length = lines.writerIndex - start
        var isPlain = true
        lines.withUnsafeReadableBytes { bytes in
            for byte in bytes[(bytes.count - length)...] where byte < 0x20 || byte >= 0x7F { isPlain = false }
        }
        guard length > Self.eventBytes || !isPlain else { return }
        guard var bytes = lines.getBytes(at: start, length: min(length, Self.eventBytes + 1)) else { return }
        if length > Self.eventBytes {
            bytes.removeLast(bytes.count - Self.eventBytes + Self.mark.utf8CodeUnitCount)
            // Not within a character.
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        }
        lines.moveWriterIndex(to: start)
        let text = String(decoding: bytes, as: UTF8.self)
        if isTest { lines.writeString(text) } else { Self.writeEscaped(text, to: &lines) }
        if length > Self.eventBytes { lines.write(Self.mark) }
    }

    private static func writeEscaped(_ text: String, to out: inout ByteBuffer) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: out.write("\\n")
            case 0x0D: out.write("\\r")
            case 0x09: out.write("\\t")
            case 0..<0x20, 0x7F, 0x85, 0x2028, 0x2029:
                out.write("\\u")
                out.writeHexadecimal(UInt64(scalar.value), digits: 4)
            default: out.writeString(String(scalar))
            }
        }
    }

    /// `Sat Nov 28 18:15:14 UTC 2026 : `
    private func writeTime() {
        lines.writeString(Calendar(Int64(clock.epochMilliseconds / 1000)).testLogText + " : ")
    }

    // MARK: What is kept for later lines

    /// The integration's body follows, if it has one.
    func beginAnswer() { if wants(.answer) { answerBody = [] } }

    func keepAnswer(_ bytes: ByteBuffer) {
        Self.keep(bytes, &answerBody)
    }

    /// Writes the integration's body down, as far as it has been kept.
    func writeAnswer() {
        guard let body = answerBody else { return }
        answerBody = nil
        line(.answer) { out in
            out.write("Endpoint response body before transformations: ")
            out.write(body)
        }
    }

    func keepResponse(_ bytes: ByteBuffer) {
        guard wants(.data) else { return }
        var kept: [UInt8]? = responseBody
        Self.keep(bytes, &kept)
        responseBody = kept ?? []
    }

    private static func keep(_ bytes: ByteBuffer, _ kept: inout [UInt8]?) {
        let room = eventBytes + 1 - (kept?.count ?? 0)
        guard room > 0 else { return }
        kept?.append(contentsOf: bytes.readableBytesView.prefix(room))
    }

    /// The fields of the response's head, whose lines begin at `start`.
    func keepHead(_ out: ByteBuffer, from start: Int) {
        responseBody = []
        guard wants(.data), let bytes = out.getBytes(at: start, length: out.writerIndex - start) else { return }
        let fields = FieldLines.read(bytes).filter { !FieldLines.isOfConnection($0.name) }
        // The trace comes first (recorded).
        responseFields = fields.filter { $0.name == "X-Amzn-Trace-Id" } + fields.filter { $0.name != "X-Amzn-Trace-Id" }
    }
}

/// Field lines that the gateway wrote, taken apart again.
enum FieldLines {
    static func read(_ bytes: [UInt8]) -> [(name: String, value: String)] {
        bytes.split(separator: 0x0A).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return (
                String(decoding: line[..<colon], as: UTF8.self),
                String(decoding: value.last == 0x0D ? value.dropLast() : value, as: UTF8.self)
            )
        }
    }

    /// What concerns the connection, or names the call: no part of the method's response.
    static func isOfConnection(_ name: String) -> Bool {
        switch name.lowercased() {
        case "date", "content-length", "transfer-encoding", "connection", "x-amzn-requestid", "x-amz-apigw-id": true
        default: false
        }
    }
}
