import Dispatch
import Foundation
import Synchronization
import Testing

@testable import GatewayServer

@Suite("Lines are written in the background", .timeLimit(.minutes(10)))
struct LineWriterTests {
    /// A pipe, its reading end first.
    private static func makePipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        let result = pipe(&ends)
        try #require(result == 0)
        return (ends[0], ends[1])
    }

    private final class Told: Sendable {
        private let texts = Mutex<[String]>([])
        func tell(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock(\.self) }
    }

    private static func writer(to pipe: Int32) -> (LineWriter, LogAccount, Told) {
        let account = LogAccount()
        let told = Told()
        let writer = LineWriter(
            LogTarget(stream: pipe, name: "the pipe"), account: account, queue: DispatchQueue(label: "test"),
            tell: { told.tell($0) })
        return (writer, account, told)
    }

    @Test("a pipe that nobody reads makes nobody wait: what its bound does not hold is dropped, counted and told once")
    func stuckPipe() throws {
        let (reading, writing) = try Self.makePipe()
        let (writer, account, told) = Self.writer(to: writing)
        let line = String(repeating: "x", count: 63)
        let batch = Array(repeating: line, count: 1024).joined(separator: "\n")
        // 64 MB: far more than the pipe and one log's bound of 8 MB.
        for _ in 0..<1024 { writer.append(batch) }
        let dropped = account.droppedLines
        #expect(dropped > 500_000)
        #expect(told.all.count == 1)
        #expect(told.all.first?.contains("the pipe is written more slowly than lines come") == true)

        // Whoever begins to read finds whole lines, all that were not dropped.
        let expected = 1024 * 1024 - dropped
        var bytes = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes < expected * 64 {
            let count = read(reading, &buffer, buffer.count)
            try #require(count > 0)
            bytes += count
        }
        #expect(bytes == expected * 64)
        #expect(account.droppedLines == dropped)
        writer.flush(until: .distantFuture)
        writer.append("one more")
        writer.flush(until: .distantFuture)
        let more = read(reading, &buffer, buffer.count)
        #expect(more == 9)
        close(reading)
        close(writing)
    }

    @Test("all logs of a kind share one bound; empty lines count too")
    func sharedBound() throws {
        let (reading, writing) = try Self.makePipe()
        let account = LogAccount(limit: 1000)
        let writer = LineWriter(
            LogTarget(stream: writing, name: "the pipe"), account: account, queue: DispatchQueue(label: "test"),
            tell: nil)
        writer.append(String(repeating: "\n", count: 1000))
        #expect(account.droppedLines == 1001)
        #expect(account.take(1000))
        #expect(!account.take(1))
        account.giveBack(1000)
        writer.append("x")
        writer.flush(until: .distantFuture)
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = read(reading, &buffer, 16)
        #expect(count == 2)
        close(reading)
        close(writing)
    }

    @Test("what is not written when the time is over is told with its number, though losses were told before")
    func lostAtTheEnd() throws {
        let (reading, writing) = try Self.makePipe()
        let (writer, account, told) = Self.writer(to: writing)
        // More than the two times 8 MB that are being written and wait.
        let line = String(repeating: "x", count: 999)
        for _ in 0..<20_000 { writer.append(line) }
        #expect(told.all.count == 1)
        let lost = writer.flush(until: .now())
        #expect(lost > 8000 && lost < 17_000)
        #expect(told.all.last == "gatehouse: The log the pipe was not written in time: up to \(lost) lines are lost.")

        var buffer = [UInt8](repeating: 0, count: 65_536)
        var rest = (20_000 - account.droppedLines) * 1000
        while rest > 0 {
            let count = read(reading, &buffer, buffer.count)
            try #require(count > 0)
            rest -= count
        }
        #expect(writer.flush(until: .distantFuture) == 0)
        #expect(told.all.count == 2)
        close(reading)
        close(writing)
    }

    @Test("what was handed over before a flush is written when it returns, whatever is being written meanwhile")
    func flushed() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let queue = DispatchQueue(label: "test")
        let writer = LineWriter(LogTarget(path: path), account: LogAccount(), queue: queue, tell: nil)
        // The first write is held back while more comes, as a slow disk does.
        let gate = Gate()
        Array("one\n".utf8).withUnsafeBytes { writer.append($0, shape: gate) }
        gate.begun.wait()
        writer.append("two")
        // Asks, and does not wait; what is put behind it sees what it did.
        #expect(writer.flush(until: .now()) == 2)
        let isBehind = DispatchSemaphore(value: 0)
        queue.async { isBehind.signal() }
        gate.mayEnd.signal()
        isBehind.wait()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\n")
    }

    private final class Gate: LineShape {
        let begun = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)

        func shape(_ lines: UnsafeRawBufferPointer, into shown: inout [UInt8]) {
            begun.signal()
            mayEnd.wait()
            shown.append(contentsOf: lines)
        }
    }

    @Test("a file is closed when nobody writes to it any longer, and its path is free again")
    func closed() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        do {
            let writer = LineWriter(
                LogTarget(path: path), account: LogAccount(), queue: DispatchQueue(label: "test"),
                onEnd: { continuation.finish() }, tell: nil)
            writer.append("line")
            writer.flush(until: .distantFuture)
            withExtendedLifetime(writer) { #expect(Self.descriptors(of: path) == 1) }
        }
        for await _ in ended {}
        #expect(Self.descriptors(of: path) == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "line\n")
    }

    @Test("writers of one path are one, for as long as somebody holds it")
    func oneWriter() {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writers = LineWriters(label: "test", isShared: true)
        let first = writers.writer(path)
        #expect(writers.writer(path) === first)
        #expect(writers.writer(path + ".other") !== first)
        try? FileManager.default.removeItem(atPath: path + ".other")
    }

    private static func descriptors(of path: String) -> Int {
        let folder = "/proc/self/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path }
            .count
    }
}
