import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Folders of the cache, which appear whole.
enum CacheFolder {
    static func isThere(_ path: String) -> Bool { access(path, R_OK | X_OK) == 0 }

    static func make(_ path: String) -> Bool {
        (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil
    }

    /// True as well when another process has put the same there meanwhile.
    static func move(_ path: String, to target: String) -> Bool { rename(path, target) == 0 || isThere(target) }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// The bytes of a file, nil when there is none or it is beyond all measure for what it is.
    static func contents(_ path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= maximumManifest else { return nil }
        return Array(data)
    }

    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        FileManager.default.createFile(atPath: path, contents: Data(bytes))
    }

    /// Lock files of large projects have a few megabytes.
    private static let maximumManifest = 67_108_864
}
