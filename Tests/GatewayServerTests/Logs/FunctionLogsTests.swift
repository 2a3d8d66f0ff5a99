import Foundation
import Synchronization
import Testing

@testable import GatewayServer
@testable import LambdaHost

@Suite("What functions write is kept")
struct FunctionLogsTests {
    @Test("in a file per function, and shown line by line")
    func kept() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "logs-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let shown = Mutex<[String]>([])
        let logs = FunctionLogs(
            folder: folder, namingSources: { $0.replacing("copy", with: "source") },
            onLine: { line in shown.withLock { $0.append("\(line.functionName) \(line.isPlatform) \(line.text)") } })
        let stream = logs.stream(of: FunctionLogSource(functionName: "f", logGroup: "g", logStream: "s"))
        func append(_ text: String, isPlatform: Bool) {
            Array(text.utf8).withUnsafeBytes { stream.append($0, isPlatform: isPlatform) }
        }
        append("one\n\nin copy\n", isPlatform: false)
        append("START\n", isPlatform: true)
        logs.flush()
        #expect(try String(contentsOfFile: folder + "/lambda-f.log", encoding: .utf8) == "one\n\nin copy\nSTART\n")
        #expect(shown.withLock(\.self) == ["f false one", "f false ", "f false in source", "f true START"])
        #expect(logs.droppedLines == 0)
    }
}
