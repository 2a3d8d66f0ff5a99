import DataPlane

/// Access logs as files: one per log group in the data folder, or all in one place.
final class AccessLogFiles: AccessLogDirectory {
    private let destination: String?
    private let folder: String?
    private let writers: LineWriters

    /// `destination` is a path, `-` for standard output, or nil for files in `folder`. Without a folder, too, lines go
    /// to standard output.
    init(destination: String?, folder: String?, account: LogAccount = LogAccount()) {
        self.destination = destination
        self.folder = folder
        writers = LineWriters(label: "gatehouse.access-log", isShared: false, account: account)
    }

    /// Lines that could not be written.
    var droppedLines: Int { writers.account.droppedLines }

    func sink(for destinationArn: String) -> any AccessLogSink {
        writers.writer(destination ?? folder.map { $0 + "/" + Self.fileName(destinationArn) } ?? "-")
    }

    /// `API-Gateway-Execution-Logs_{api}/{stage}`: a file in the folder, whatever the destination of access logs; without a
    /// folder, standard output.
    func sink(forExecutionLog group: String) -> any AccessLogSink {
        writers.writer(folder.map { $0 + "/" + group.replacing("/", with: "-") + ".log" } ?? "-")
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
