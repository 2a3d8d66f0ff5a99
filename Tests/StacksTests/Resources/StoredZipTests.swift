import Foundation
import Testing

@testable import Stacks

@Suite struct StoredZipTests {
    /// Check value of CRC-32/ISO-HDLC.
    @Test func theChecksumIsThatOfZip() {
        #expect(StoredZip.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test func otherReadersUnpackIt() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "stored-\(UUID().uuidString).zip")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(StoredZip.archive(file: "index.py", contents: Array("x = 'é'\n".utf8))).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; i, = z.infolist(); "
                + "print(i.filename, oct(i.external_attr >> 16), z.read(i).decode(), end='')", file.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(String(decoding: printed, as: UTF8.self) == "index.py 0o100644 x = 'é'\n")
    }
}
