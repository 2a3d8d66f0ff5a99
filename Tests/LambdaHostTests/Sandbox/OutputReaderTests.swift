import Foundation
import Synchronization
import Testing

@testable import LambdaHost

@Suite("Output of a process, in order with what happens to it")
struct OutputReaderTests {
    private let pipe = Pipe()
    private var reading: Int32 { pipe.fileHandleForReading.fileDescriptor }

    private func write(_ text: String) throws { try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    /// Hands the reader what is in the pipe, in one piece.
    private func receive(_ reader: OutputReader) throws {
        pipe.fileHandleForReading.availableData.withUnsafeBytes { reader.receive($0) }
    }

    @Test("each thing happens where it stood in the output, though all of it comes in one piece")
    func places() throws {
        let lines = SandboxLogTests.Lines()
        let log = SandboxLogTests.log(lines)
        let reader = OutputReader(descriptor: reading, log: log)
        reader.afterPending { log.platform("at once") }
        try write("init")
        reader.afterPending { log.platform("START 1") }
        try write("one\ntwo")
        reader.afterPending { log.platform("END 1") }
        reader.afterPending { log.platform("START 2") }
        try write("three\n")
        #expect(lines.texts.withLock(\.self) == ["at once"])
        try receive(reader)
        #expect(
            lines.texts.withLock(\.self) == ["at once", "init", "START 1", "one", "two", "END 1", "START 2", "three"])
        reader.close()
    }

    @Test("what waits when the reader closes happens then, once")
    func closed() throws {
        let lines = SandboxLogTests.Lines()
        let log = SandboxLogTests.log(lines)
        let reader = OutputReader(descriptor: reading, log: log)
        try write("unread")
        reader.afterPending {
            log.platform("first")
            reader.close()
        }
        reader.afterPending { log.platform("second") }
        reader.close()
        #expect(lines.texts.withLock(\.self) == ["first", "second"])
        // Of a child that outlived the process.
        try receive(reader)
        #expect(lines.texts.withLock(\.self) == ["first", "second", "unread"])
    }
}
