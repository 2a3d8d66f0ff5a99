import DataPlane
import LogStore
import NIOCore

/// Access logs as files, one per log group in the data folder or all in one place, and as events of their log groups.
final class AccessLogFiles: AccessLogDirectory {
    private let destination: String?
    private let folder: String?
    private let writers: LineWriters
    /// Nil in tests of files.
    private let intake: LogIntake?

    /// `destination` is a path, `-` for standard output, or nil for files in `folder`. Without a folder, too, lines go
    /// to standard output.
    init(destination: String?, folder: String?, intake: LogIntake? = nil, account: LogAccount = LogAccount()) {
        self.intake = intake
        self.destination = destination
        self.folder = folder
        writers = LineWriters(label: "gatehouse.access-log", isShared: false, account: account)
    }

    /// Lines that could not be written.
    var droppedLines: Int { writers.account.droppedLines }

    func sink(for destinationArn: String) -> any AccessLogSink {
        let writer = writers.writer(destination ?? folder.map { $0 + "/" + Self.fileName(destinationArn) } ?? "-")
        // Other destinations, as Firehose's streams, are files alone.
        return destinationArn.split(separator: ":").dropFirst(2).first == "logs"
            ? copied(writer, to: LogNames.group(ofDestination: destinationArn)) : writer
    }

    /// `API-Gateway-Execution-Logs_{api}/{stage}`: a file in the folder, whatever the destination of access logs; without a
    /// folder, standard output.
    func sink(forExecutionLog group: String) -> any AccessLogSink {
        copied(writers.writer(folder.map { $0 + "/" + group.replacing("/", with: "-") + ".log" } ?? "-"), to: group)
    }

    private func copied(_ writer: LineWriter, to group: String) -> any AccessLogSink {
        guard let intake, LogNames.isGroup(group) else { return writer }
        return CopiedLines(writer: writer, copy: StreamCopy(intake, group: group))
    }

    /// Waits until everything handed over is written.
    func flush() { writers.flush() }

    /// `arn:aws:logs:R:A:log-group:/aws/apigateway/my-api:*` is `aws-apigateway-my-api.log`.
    private static func fileName(_ arn: String) -> String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        let group = parts.count > 6 ? String(parts[6]) : arn
        let safe = group.split(separator: "/").map { part in
            String(part.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        }
        let name = safe.joined(separator: "-") + ".log"
        // Functions' own logs are called so.
        return name.hasPrefix("lambda-") ? "access-" + name : name
    }
}

/// A place of lines that are copied to CloudWatch Logs where they are written.
private final class CopiedLines: AccessLogSink {
    private let writer: LineWriter
    private let copy: StreamCopy

    init(writer: LineWriter, copy: StreamCopy) {
        self.writer = writer
        self.copy = copy
    }

    func append(_ lines: ByteBuffer) { lines.withUnsafeReadableBytes { writer.append($0, shape: copy) } }
}
