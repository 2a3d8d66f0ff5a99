import LambdaHost

/// What functions write: kept in one file per function in the data folder, and shown to whoever asked.
final class FunctionLogs: FunctionLogSink {
    private let folder: String?
    private let onLine: (@Sendable (FunctionLine) -> Void)?
    /// Code runs from copies; people know it by its own paths.
    private let namingSources: @Sendable (String) -> String
    private let writers: LineWriters

    init(
        folder: String?, namingSources: @escaping @Sendable (String) -> String,
        onLine: (@Sendable (FunctionLine) -> Void)?, account: LogAccount = LogAccount()
    ) {
        self.folder = folder
        self.namingSources = namingSources
        self.onLine = onLine
        writers = LineWriters(label: "gatehouse.function-log", isShared: true, account: account)
    }

    /// Lines that could not be kept.
    var droppedLines: Int { writers.account.droppedLines }

    func stream(of source: FunctionLogSource) -> any FunctionLogStream {
        Stream(
            functionName: source.functionName,
            writer: folder.map { writers.writer("\($0)/lambda-\(source.functionName).log") }, onLine: onLine,
            namingSources: namingSources)
    }

    /// Waits until every line is written.
    func flush() { writers.flush() }

    private struct Stream: FunctionLogStream {
        let functionName: String
        let writer: LineWriter?
        let onLine: (@Sendable (FunctionLine) -> Void)?
        let namingSources: @Sendable (String) -> String

        func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {
            writer?.append(lines, isPlatform: isPlatform)
            guard let onLine else { return }
            for line in lines.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
                onLine(
                    FunctionLine(
                        functionName: functionName, isPlatform: isPlatform, bytes: Array(line),
                        namingSources: namingSources))
            }
        }
    }
}
