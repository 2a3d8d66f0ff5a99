import Dispatch
import Foundation
import TestFixtures
import Testing

@testable import GatewayServer
@testable import LambdaHost

@Suite("What functions write is kept")
struct FunctionLogsTests {
    private let folder = TemporaryFolder()

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }

    private func writer() -> LineWriter {
        LineWriter(
            LogTarget(path: folder.path + "/shown"), account: LogAccount(), queue: DispatchQueue(label: "test"),
            tell: nil)
    }

    private func append(_ text: String, isPlatform: Bool, to stream: any FunctionLogStream) {
        Array(text.utf8).withUnsafeBytes { stream.append($0, isPlatform: isPlatform) }
    }

    @Test("in a file per function, and shown with the function's name, without empty lines, in order with other words")
    func kept() throws {
        let shown = writer()
        let logs = FunctionLogs(
            folder: folder.path, namingSources: { $0.replacing("copy", with: "source") },
            shown: .init(writer: shown))
        let stream = logs.stream(of: FunctionLogSource(functionName: "f", logGroup: "g", logStream: "s"))
        let other = logs.stream(of: FunctionLogSource(functionName: "other", logGroup: "g", logStream: "s"))
        append("one\n\nin copy\n\n", isPlatform: false, to: stream)
        append("START\n", isPlatform: true, to: stream)
        append("Traceback\r  File\r\n", isPlatform: false, to: other)
        shown.append("GET / 200")
        append("last\n", isPlatform: false, to: stream)
        logs.flush()
        shown.flush(until: .distantFuture)
        #expect(try read("lambda-f.log") == "one\n\nin copy\n\nSTART\nlast\n")
        #expect(try read("lambda-other.log") == "Traceback\r  File\r\n")
        #expect(
            try read("shown") == """
                [f] one
                [f] in source
                [f] START
                [other] Traceback
                [other]   File
                GET / 200
                [f] last

                """)
        #expect(logs.droppedLines == 0)
    }

    @Test("of which only remarks of Gatehouse's own may be shown")
    func notes() throws {
        let shown = writer()
        let logs = FunctionLogs(folder: nil, namingSources: { $0 }, shown: .init(writer: shown, notesOnly: true))
        let stream = logs.stream(of: FunctionLogSource(functionName: "f", logGroup: "g", logStream: "s"))
        append("note: of the function's own\n", isPlatform: false, to: stream)
        append("START\n", isPlatform: true, to: stream)
        append("note: another runtime\n", isPlatform: true, to: stream)
        shown.flush(until: .distantFuture)
        #expect(try read("shown") == "[f] note: another runtime\n")
    }

    @Test("and shaped where it is written, piece by piece: who hands a flood over does not wait for that")
    func shapedLater() throws {
        let shown = writer()
        let stream = FunctionLogs(folder: nil, namingSources: { $0 }, shown: .init(writer: shown))
            .stream(of: FunctionLogSource(functionName: "f", logGroup: "g", logStream: "s"))
        let long = String(repeating: "x", count: 100_000)
        let lines = Array(repeating: "short", count: 50_000) + [long, "end"]
        append(lines.joined(separator: "\n") + "\n", isPlatform: false, to: stream)
        shown.flush(until: .distantFuture)
        #expect(try read("shown") == lines.map { "[f] \($0)\n" }.joined())
    }

    @Test("Shapes are made by nobody but the writer")
    func onTheQueue() throws {
        let queue = DispatchQueue(label: "test")
        let writer = LineWriter(
            LogTarget(path: folder.path + "/shown"), account: LogAccount(), queue: queue, tell: nil)
        let shape = OnQueue(queue)
        Array("one\n".utf8).withUnsafeBytes { writer.append($0, shape: shape) }
        writer.flush(until: .distantFuture)
        #expect(try read("shown") == "one\n")
    }

    private final class OnQueue: LineShape {
        private let queue: DispatchQueue
        init(_ queue: DispatchQueue) { self.queue = queue }

        func shape(_ lines: UnsafeRawBufferPointer, into shown: inout [UInt8]) {
            dispatchPrecondition(condition: .onQueue(queue))
            shown.append(contentsOf: lines)
        }
    }
}
