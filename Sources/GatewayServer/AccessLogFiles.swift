import DataPlane
import FoundationEssentials
import NIOCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Access logs as files: one per log group in the data folder, or all in one place.
final class AccessLogFiles: AccessLogDirectory {
    private let destination: String?
    private let folder: String?
    private let sinks = Mutex<[String: FileSink]>([:])

    /// `destination` is a path, `-` for standard output, or nil for files in `folder`. Without a folder, too, lines go
    /// to standard output.
    init(destination: String?, folder: String?) {
        self.destination = destination
        self.folder = folder
    }

    func sink(for destinationArn: String) -> any AccessLogSink {
        let path = destination ?? folder.map { $0 + "/" + Self.fileName(destinationArn) } ?? "-"
        return sinks.withLock { sinks in
            if let sink = sinks[path] { return sink }
            let sink = FileSink(path: path)
            sinks[path] = sink
            return sink
        }
    }

    /// Waits until everything handed over is written.
    func flush() {
        for sink in sinks.withLock({ Array($0.values) }) { sink.flush() }
    }

    /// `arn:aws:logs:R:A:log-group:/aws/apigateway/my-api:*` is `aws-apigateway-my-api.log`.
    private static func fileName(_ arn: String) -> String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        let group = parts.count > 6 ? String(parts[6]) : arn
        let safe = group.split(separator: "/").map { part in
            String(part.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        }
        return safe.joined(separator: "-") + ".log"
    }
}

/// One file, written on a queue of its own so that no event loop waits for a disk.
private final class FileSink: AccessLogSink {
    private let queue = WriteQueue(label: "gatehouse.access-log")
    private let descriptor: Int32

    init(path: String) {
        if path == "-" {
            descriptor = STDOUT_FILENO
        } else {
            descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            if descriptor < 0 {
                Console.warn("The access log \(path) cannot be opened: error \(errno). Its lines are lost.")
            }
        }
    }

    func append(_ lines: ByteBuffer) {
        queue.write(bytes: lines.readableBytes) { [self] in
            lines.withUnsafeReadableBytes { bytes in
                var written = 0
                while written < bytes.count {
                    let size = write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                    if size <= 0 { break }
                    written += size
                }
            }
        }
    }

    func flush() { queue.flush() }
}
