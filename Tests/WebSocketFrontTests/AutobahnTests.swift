import Foundation
import JSON
import TestSockets
import Testing

@testable import WebSocketFront

/// The cases of Autobahn, which judge a server by what it answers. They run where `WSTEST` names its program; they take
/// about a minute. It needs Python 2.7:
///
///     python2.7 -m pip install 'virtualenv<20.22' && python2.7 -m virtualenv wstest
///     wstest/bin/pip install autobahntestsuite==0.8.2
///     WSTEST=$PWD/wstest/bin/wstest swift test --filter Autobahn
@Suite("Autobahn") struct AutobahnTests {
    static let program = ProcessInfo.processInfo.environment["WSTEST"]

    /// 9 measures, 12 and 13 are of extensions, which are not negotiated.
    @Test("cases 1 to 7 and 10 are passed strictly", .enabled(if: program != nil, "WSTEST is not set"))
    func passes() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("autobahn-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try await EchoServer.with(limits: .everything) { port, _ in
            let specification = """
                {"outdir": "\(folder.path)/report", "exclude-cases": [], "exclude-agent-cases": {},
                 "cases": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"],
                 "servers": [{"agent": "gatehouse", "url": "ws://127.0.0.1:\(port)"}]}
                """
            try Data(specification.utf8).write(to: folder.appendingPathComponent("client.json"))
            try await Self.run(["-m", "fuzzingclient", "-s", "client.json"], in: folder)
            return try Data(contentsOf: folder.appendingPathComponent("report/index.json"))
        }
        let cases = try #require(try JSONValue(parsing: Array(report))["gatehouse"]?.object)
        var counts: [String: Int] = [:]
        for (name, result) in cases {
            let behaviours = [result["behavior"]?.string ?? "", result["behaviorClose"]?.string ?? ""]
            counts[behaviours.joined(separator: ", "), default: 0] += 1
            // INFORMATIONAL: where RFC 6455 leaves it open.
            #expect(behaviours.allSatisfy { ["OK", "INFORMATIONAL"].contains($0) }, "\(name): \(behaviours)")
        }
        print("Autobahn: \(cases.count) cases, \(counts)")
        #expect(cases.count > 240)
    }

    private static func run(_ arguments: [String], in folder: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program ?? "")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
    }
}
