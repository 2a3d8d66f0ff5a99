import LambdaHost

/// What functions write: kept in one file per function in the data folder and in CloudWatch Logs, and shown to whoever
/// asked.
final class FunctionLogs: FunctionLogSink {
    /// Who wants to see lines as they come.
    struct Shown: Sendable {
        let writer: LineWriter
        /// Remarks of Gatehouse's own only.
        var notesOnly = false
    }

    private let folder: String?
    private let shown: Shown?
    /// Code runs from copies; people know it by its own paths.
    private let namingSources: @Sendable (String) -> String
    private let writers: LineWriters
    /// Nil in tests of files.
    private let intake: LogIntake?

    init(
        folder: String?, namingSources: @escaping @Sendable (String) -> String, shown: Shown?,
        intake: LogIntake? = nil, account: LogAccount = LogAccount()
    ) {
        self.folder = folder
        self.intake = intake
        self.namingSources = namingSources
        self.shown = shown
        writers = LineWriters(label: "gatehouse.function-log", isShared: true, account: account)
    }

    /// Lines that could not be kept.
    var droppedLines: Int { writers.account.droppedLines }

    func stream(of source: FunctionLogSource) -> any FunctionLogStream {
        let copy = intake.map {
            StreamCopy($0, group: source.logGroup, stream: source.logStream, isWritten: folder != nil)
        }
        let path = "\(folder ?? "")/lambda-\(source.functionName).log"
        let isKept = folder != nil || copy != nil
        return Stream(
            writer: isKept ? writers.writer(path, isOfCopies: folder == nil) : nil, copy: copy, shown: shown,
            mark: FunctionMark(source.functionName, namingSources: namingSources))
    }

    /// Waits until every line is written.
    func flush() { writers.flush() }

    private struct Stream: FunctionLogStream {
        let writer: LineWriter?
        let copy: StreamCopy?
        let shown: Shown?
        let mark: FunctionMark

        private static let note = "note: ".utf8

        /// On a loop, and a function may flood it: lines are looked at where they are written.
        func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {
            writer?.append(lines, isPlatform: isPlatform, shape: copy)
            guard let shown, !shown.notesOnly || isPlatform && lines.starts(with: Self.note) else { return }
            shown.writer.append(lines, isPlatform: isPlatform, shape: mark)
        }
    }
}

/// Marks lines with their function's name, as people see them on a terminal. Empty ones are left out.
final class FunctionMark: LineShape {
    private let mark: [UInt8]
    private let namingSources: @Sendable (String) -> String

    init(_ functionName: String, namingSources: @escaping @Sendable (String) -> String) {
        mark = Array("[\(functionName)] ".utf8)
        self.namingSources = namingSources
    }

    func shape(_ lines: UnsafeRawBufferPointer, into shown: inout [UInt8]) {
        var text = namingSources(String(decoding: lines, as: UTF8.self))
        text.withUTF8 { bytes in
            var start = 0
            for (index, byte) in bytes.enumerated() where byte == 0x0A || byte == 0x0D {
                // The Python runtime puts carriage returns between the lines of a traceback, so that it is one entry of
                // a log.
                if index > start {
                    shown.append(contentsOf: mark)
                    shown.append(contentsOf: bytes[start..<index])
                    shown.append(0x0A)
                }
                start = index + 1
            }
        }
    }
}
