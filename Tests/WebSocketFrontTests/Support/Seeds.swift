#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where generated tests begin. `WEBSOCKET_SEED=n` has them begin elsewhere, or again where one failed.
enum Seeds {
    static let all: [UInt64] = {
        if let text = getenv("WEBSOCKET_SEED"), let seed = UInt64(String(cString: text)) { return [seed] }
        return [0, 1, 2, 3]
    }()
}
