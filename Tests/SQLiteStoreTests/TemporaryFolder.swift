import Foundation

/// A folder that is removed with its last owner.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/gatehouse-store-\(UUID().uuidString)"

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
