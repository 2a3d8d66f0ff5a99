import GatewayModel
import JSON
import NIOCore
import Synchronization
import Testing

@testable import LambdaHost

@Suite("The log stream of an environment")
struct SandboxLogTests {
    final class Lines: FunctionLogSink {
        let texts = Mutex<[String]>([])

        /// How often lines were passed on.
        let pieces = Mutex(0)

        func stream(of source: FunctionLogSource) -> any FunctionLogStream { Stream(lines: self) }

        struct Stream: FunctionLogStream {
            let lines: Lines

            func append(_ bytes: UnsafeRawBufferPointer, isPlatform: Bool) {
                lines.pieces.withLock { $0 += 1 }
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(text.last == "\n")
                let found = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                lines.texts.withLock { $0 += found.map(String.init) }
            }
        }
    }

    static func log(_ lines: Lines, format: String = "Text") -> SandboxLog {
        let version = Lambda.FunctionVersion(
            version: "$LATEST", revisionId: "r", runtime: "python3.12", handler: "m.h", code: .init("/tmp"),
            logGroup: "/aws/lambda/f", logFormat: format)
        let definition = Lambda.FunctionDefinition(
            functionName: "f", account: AccountIdentity(), versions: [version], aliases: [], reservedConcurrency: nil,
            policies: [:])
        return SandboxLog(definition: definition, version: version, sink: lines)
    }

    @Test("cuts output into lines, wherever the pieces end")
    func lines() {
        let lines = Lines()
        let log = Self.log(lines)
        for piece in ["one\ntw", "o", "", "\n\n", "three"] { Self.write(piece, to: log) }
        log.endOfOutput()
        log.endOfOutput()
        #expect(lines.texts.withLock(\.self) == ["one", "two", "", "three"])
    }

    private static func write(_ text: String, to log: SandboxLog) {
        Array(text.utf8).withUnsafeBytes { log.output($0) }
    }

    @Test("many short lines are passed on in one piece")
    func manyLines() {
        let lines = Lines()
        Self.write(String(repeating: "y\n", count: 32_768) + "z", to: Self.log(lines))
        #expect(lines.texts.withLock(\.count) == 32_768)
        #expect(lines.pieces.withLock(\.self) == 1)
    }

    @Test("a line that is too long is cut", arguments: [1, 1000, 1_000_000])
    func longLine(piece: Int) {
        let lines = Lines()
        let log = Self.log(lines)
        let limit = LambdaLimits.logLineBytes
        var rest = String(repeating: "x", count: limit + 10)[...]
        while !rest.isEmpty {
            Self.write(String(rest.prefix(piece)), to: log)
            rest = rest.dropFirst(piece)
        }
        Self.write("\nnext\n", to: log)
        #expect(lines.texts.withLock(\.self).map(\.utf8.count) == [limit, 10, 4])
    }

    @Test("frames an invocation by START, END and REPORT, Init Duration last and only once")
    func report() {
        let lines = Lines()
        let log = Self.log(lines)
        log.begin("7", version: "$LATEST")
        log.end(
            "7", milliseconds: 3.006, memorySize: 128, memoryUsed: 36, initMilliseconds: 110.1,
            ending: .succeeded(.init()))
        #expect(
            lines.texts.withLock(\.self) == [
                "START RequestId: 7 Version: $LATEST", "END RequestId: 7",
                "REPORT RequestId: 7\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\t"
                    + "Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t",
            ])
    }

    @Test("text without a line end is a line of the call that wrote it", arguments: ["Text", "JSON"])
    func withoutLineEnd(format: String) {
        let lines = Lines()
        let log = Self.log(lines, format: format)
        func end(_ id: String) {
            log.end(
                id, milliseconds: 1, memorySize: 128, memoryUsed: 36, initMilliseconds: nil, ending: .succeeded(.init())
            )
        }
        Self.write("of the init", to: log)
        log.begin("1", version: "1")
        Self.write("of call 1", to: log)
        end("1")
        #expect(String(decoding: log.tail, as: UTF8.self).contains("\nof call 1\n"))
        Self.write("between", to: log)
        log.begin("2", version: "1")
        Self.write("of call 2", to: log)
        end("2")
        #expect(!String(decoding: log.tail, as: UTF8.self).contains("between"))
        let texts = lines.texts.withLock(\.self)
        let own = texts.enumerated().filter { !$0.element.contains("requestId") && !$0.element.contains("RequestId") }
        #expect(own.map(\.element) == ["of the init", "of call 1", "between", "of call 2"])
        // START; START and END with REPORT, which JSON has in one.
        let perCall = format == "JSON" ? 2 : 3
        #expect(own.map(\.offset) == [0, 2, perCall + 2, perCall + 4])
    }

    @Test("keeps the last 4 KB of an invocation")
    func tail() {
        let log = Self.log(Lines())
        log.begin("7", version: "1")
        Self.write(String(repeating: "x", count: 10_000) + "\n", to: log)
        #expect(log.tail.count == 4096)
    }

    @Test("a stream is named by day, version and a random part")
    func stream() throws {
        let name = try Regex(#"\d{4}/\d{2}/\d{2}/\[\$LATEST\][0-9a-f]{32}"#)
        #expect(try name.wholeMatch(in: Self.log(Lines()).stream) != nil)
    }
}
