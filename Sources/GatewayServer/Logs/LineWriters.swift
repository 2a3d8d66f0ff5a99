import Dispatch
import Synchronization

/// The log files in use, by path. A file is open for as long as somebody holds its writer: a compiled stage, or an
/// environment of a function.
final class LineWriters: Sendable {
    let account: LogAccount
    private let label: String
    /// All files are written on one queue, or each on one of its own: a pipe that nobody reads stops its queue.
    private let shared: DispatchQueue?
    private let references = Mutex<[String: Reference]>([:])

    private struct Reference {
        weak var writer: LineWriter?
    }

    init(label: String, isShared: Bool, account: LogAccount = LogAccount()) {
        self.label = label
        self.account = account
        shared = isShared ? DispatchQueue(label: label) : nil
    }

    /// The writer of that path; `-` is standard output. One whose lines are only copied (`StreamCopy`) opens no file.
    func writer(_ path: String, isOfCopies: Bool = false) -> LineWriter {
        references.withLock { references in
            if let writer = references[path]?.writer { return writer }
            let target = path == "-" || isOfCopies ? .standardOutput : LogTarget(path: path)
            let writer = LineWriter(
                target, account: account, queue: shared ?? DispatchQueue(label: label),
                onEnd: { self.forget(path) }, tell: { Console.postWarning($0) })
            references[path] = Reference(writer: writer)
            writer.prepare()
            return writer
        }
    }

    /// On a queue, never while a writer is let go of: the last reference may go here.
    private func forget(_ path: String) {
        references.withLock { references in
            if references[path]?.writer == nil { references[path] = nil }
        }
    }

    /// Waits until all is written that was handed over, or as long as a server that stops may wait for it.
    func flush() {
        let deadline = DispatchTime.now() + Self.flushTime
        for writer in references.withLock({ $0.values.compactMap { $0.writer } }) { writer.flush(until: deadline) }
    }

    static let flushTime = DispatchTimeInterval.seconds(5)
}
