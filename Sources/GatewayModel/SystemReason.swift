#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why the system refused something, for sentences that people read.
package enum SystemReason {
    /// The C library's words for a value of `errno`, begun small.
    package static func text(_ code: Int32) -> String {
        // Its type differs: not every C library says that there always is one.
        let words: UnsafeMutablePointer<CChar>? = strerror(code)
        guard let words else { return "error \(code)" }
        let text = String(cString: words)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
