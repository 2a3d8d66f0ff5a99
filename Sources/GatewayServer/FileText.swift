import Foundation
import GatewayModel

/// Files that the operator names.
enum FileText {
    /// Its bytes; of a larger file no more than the limit says.
    static func bytes(of path: String, upTo limit: Int) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw StartError(SystemReason.text(errno)) }
        defer { try? file.close() }
        do { return Array(try file.read(upToCount: limit) ?? Data()) } catch {
            throw StartError(SystemReason.text(errno))
        }
    }
}
