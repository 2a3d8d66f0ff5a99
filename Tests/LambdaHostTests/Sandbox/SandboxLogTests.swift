import GatewayModel
import JSON
import NIOCore
import Synchronization
import Testing

@testable import LambdaHost

@Suite("The log stream of an environment")
struct SandboxLogTests {
    private final class Lines: FunctionLogSink {
        let texts = Mutex<[String]>([])

        func append(_ line: FunctionLogLine) {
            texts.withLock { $0.append(String(decoding: line.text, as: UTF8.self)) }
        }
    }

    private func log(_ lines: Lines, format: String = "Text") -> SandboxLog {
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
        let log = log(lines)
        for piece in ["one\ntw", "o\n", "", "three"] { log.output(Array(piece.utf8)) }
        log.endOfOutput()
        #expect(lines.texts.withLock(\.self) == ["one", "two", "three"])
    }

    @Test("frames an invocation by START, END and REPORT, Init Duration last and only once")
    func report() {
        let lines = Lines()
        let log = log(lines)
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

    @Test("keeps the last 4 KB of an invocation")
    func tail() {
        let log = log(Lines())
        log.begin("7", version: "1")
        log.output(Array(String(repeating: "x", count: 10_000).utf8) + [0x0A])
        #expect(log.tail.count == 4096)
    }

    @Test("a stream is named by day, version and a random part")
    func stream() throws {
        let name = try Regex(#"\d{4}/\d{2}/\d{2}/\[\$LATEST\][0-9a-f]{32}"#)
        #expect(try name.wholeMatch(in: log(Lines()).stream) != nil)
    }
}
