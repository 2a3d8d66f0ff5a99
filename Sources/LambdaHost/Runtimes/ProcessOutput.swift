#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs a program that says one line about itself.
enum ProcessOutput {
    /// Its standard output; nil when it cannot be run. Arguments are ours, never a user's.
    static func read(_ executable: String, _ arguments: [String]) -> String? {
        let words = ([executable] + arguments).map {
            "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        }
        guard let stream = popen(words.joined(separator: " ") + " 2>/dev/null </dev/null", "r") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        // The status is not asked for: the table's reaper may have taken it.
        pclose(stream)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
