import Foundation

/// A folder that is removed with its last owner.
package final class TemporaryFolder: Sendable {
    package let path = FileManager.default.temporaryDirectory.path + "/gatehouse-test-\(UUID().uuidString)"

    package init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func write(_ text: String, to name: String) throws {
        let file = path + "/" + name
        let parent = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
    }
}

package func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// Permission bits; links are followed.
package func permissions(_ path: String) -> UInt16? {
    let mode = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)[
        .posixPermissions]
    return (mode as? NSNumber)?.uint16Value
}
