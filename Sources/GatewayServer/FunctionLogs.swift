import FoundationEssentials
import LambdaHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What functions write: kept in one file per function in the data folder, and shown to whoever asked.
final class FunctionLogs: FunctionLogSink {
    private let folder: String?
    private let onLine: (@Sendable (FunctionLine) -> Void)?
    /// Code runs from copies; people know it by its own paths.
    private let namingSources: @Sendable (String) -> String
    private let queue = WriteQueue(label: "gatehouse.function-log")
    private let files = Files()

    init(
        folder: String?, namingSources: @escaping @Sendable (String) -> String,
        onLine: (@Sendable (FunctionLine) -> Void)?
    ) {
        self.folder = folder
        self.namingSources = namingSources
        self.onLine = onLine
    }

    func append(_ line: FunctionLogLine) {
        onLine?(
            FunctionLine(
                functionName: line.functionName, isPlatform: line.isPlatform, bytes: line.text,
                namingSources: namingSources))
        guard let folder else { return }
        queue.write(bytes: line.text.count) { [files] in files.write(line, folder) }
    }

    /// Waits until every line is written.
    func flush() { queue.flush() }

    /// Touched on the queue only.
    private final class Files: @unchecked Sendable {
        private var descriptors: [String: Int32] = [:]

        func write(_ line: FunctionLogLine, _ folder: String) {
            let descriptor: Int32
            if let known = descriptors[line.functionName] {
                descriptor = known
            } else {
                descriptor = open(
                    "\(folder)/lambda-\(line.functionName).log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
                descriptors[line.functionName] = descriptor
            }
            guard descriptor >= 0 else { return }
            let bytes = line.text + [0x0A]
            #if canImport(Glibc)
            _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #elseif canImport(Musl)
            _ = bytes.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
            #else
            _ = bytes.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
        }
    }
}
