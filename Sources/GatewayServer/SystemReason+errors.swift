import FoundationEssentials
import GatewayModel
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SystemReason {
    /// The same out of an error: those of libraries print as domains, numbers and calls.
    package static func text(_ error: any Error) -> String {
        if let error = error as? POSIXError { return text(error.code.rawValue) }
        if let error = error as? IOError { return text(error.errnoCode) }
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            return text(first.error)
        }
        guard let error = error as? CocoaError else { return "\(error)" }
        if let cause = error.underlying { return text(cause) }
        return switch error.code {
        case .fileWriteOutOfSpace: text(ENOSPC)
        case .fileWriteNoPermission, .fileReadNoPermission: text(EACCES)
        case .fileWriteFileExists: text(EEXIST)
        case .fileWriteVolumeReadOnly: text(EROFS)
        case .fileNoSuchFile, .fileReadNoSuchFile: text(ENOENT)
        default: "error \(error.code.rawValue)"
        }
    }
}
