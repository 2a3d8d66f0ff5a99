import Foundation
import Testing

@testable import GatewayServer

@Suite("The file of a log")
struct LogTargetTests {
    @Test("that cannot be opened is tried again; meanwhile lines are counted as lost")
    func openedAgain() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path()
        let target = LogTarget(path: folder + "/a.log", attemptInterval: 0)
        let lost = target.write(Array("1\n2\n".utf8))
        #expect(lost.lostLines == 2)
        #expect(lost.problem?.contains("\(folder)/a.log cannot be opened: No such file or directory") == true)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kept = target.write(Array("3\n".utf8))
        #expect(kept.lostLines == 0)
        #expect(kept.problem == nil)
        target.close()
        #expect(try String(contentsOfFile: folder + "/a.log", encoding: .utf8) == "3\n")
    }

    @Test("on a full disk is told, and its lines are counted as lost")
    func fullDisk() {
        let target = LogTarget(path: "/dev/full")
        let result = target.write(Array("1\n2\n3\n".utf8))
        #expect(result.lostLines == 3)
        #expect(result.problem?.contains("/dev/full cannot be written to: No space left on device") == true)
        target.close()
    }
}
