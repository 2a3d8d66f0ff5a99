import GatewayModel
import LogStore
import SigV4

/// Copies lines to a stream of CloudWatch Logs where they are written, and leaves them as they are.
final class StreamCopy: LineShape {
    private let intake: LogIntake
    let group: String
    let stream: String
    private let isOfFunction: Bool
    /// Whether the lines are written to a file, too.
    private let isWritten: Bool

    /// Of an environment of a function. Its lines keep their ends, as in AWS.
    init(_ intake: LogIntake, group: String, stream: String, isWritten: Bool) {
        self.intake = intake
        self.group = group
        self.stream = stream
        self.isWritten = isWritten
        isOfFunction = true
    }

    /// Of a stage: one stream, with a name like those that API Gateway gives.
    init(_ intake: LogIntake, group: String) {
        self.intake = intake
        self.group = group
        stream = String(Array(group.utf8).withUnsafeBytes(RequestSigner.digest).prefix(Self.nameLength))
        isWritten = true
        isOfFunction = false
    }

    private static let nameLength = 32

    func shape(_ lines: UnsafeRawBufferPointer, into shown: inout [UInt8]) {
        intake.take(lines, for: self)
        if isWritten { shown.append(contentsOf: lines) }
    }

    /// One event for each line.
    func events(_ lines: [UInt8], at time: Int64) -> [NewLogEvent] {
        var events: [NewLogEvent] = []
        var rest = lines[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let message = isOfFunction ? Self.entry(rest[...end]) : Array(rest[..<end])
            if !message.isEmpty { events.append(NewLogEvent(timestamp: time, message: message)) }
            rest = rest[(end + 1)...]
        }
        return events
    }

    /// Python's runtime puts carriage returns between the lines of one entry where a pipe takes them; in CloudWatch they are
    /// ends of lines.
    private static func entry(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var entry = Array(line)
        for index in entry.indices.dropLast(2) where entry[index] == 0x0D { entry[index] = 0x0A }
        return entry
    }
}
