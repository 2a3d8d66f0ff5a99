import Foundation
import Testing

@testable import LambdaHost

@Suite("What cannot be started is told in words")
struct ProcessTableTests {
    /// A file that may be executed, and what is said of it.
    @Test(arguments: [
        ("print(1)\n", "exec format error. It is neither a program for this machine's processor nor a script"),
        ("", "exec format error. "),
        ("#!/no/such/interpreter\n", "no such file or directory. If the file is there, the interpreter is missing"),
        ("#!/bin/sh\r\n", "no such file or directory. "),
        ("#!/tmp\n", "permission denied. It or its interpreter may not be executed"),
    ])
    func refusals(_ contents: String, _ reason: String) throws {
        let path = FileManager.default.temporaryDirectory.path + "/bootstrap-\(UUID().uuidString)"
        try Data(contents.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let processes = try ProcessTable.shared()
        let failure = try #require(throws: ProcessTable.Failure.self) {
            try processes.spawn(executable: path, arguments: [], environment: [], folder: "/") { _ in }
        }
        #expect(failure.message.hasPrefix("cannot start \(path): \(reason)"))
    }

    @Test("a reason that nobody gave advice for stands alone")
    func plain() {
        #expect(ProcessTable.refusal("/a", EIO) == "cannot start /a: input/output error")
    }
}
