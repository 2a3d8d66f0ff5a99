#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether the machine has memory for one more environment; where it does not tell, it has.
enum MachineMemory {
    /// What stays free for everything else: a sixteenth of the machine, 256 MB at least.
    static func reserve(total: Int) -> Int { max(268_435_456, total / 16) }

    static var hasRoom: Bool {
        let (total, available) = read()
        return available >= reserve(total: total)
    }

    /// In bytes, from /proc/meminfo.
    private static func read() -> (total: Int, available: Int) {
        #if os(Linux)
        let descriptor = open("/proc/meminfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return (0, .max) }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
            return parse(text)
        }
        #else
        return (0, .max)
        #endif
    }

    /// `MemTotal:       24555924 kB` and `MemAvailable: …`, among others.
    static func parse(_ text: String) -> (total: Int, available: Int) {
        var (total, available) = (0, Int.max)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count > 1, let kilobytes = Int(words[1]) else { continue }
            if words[0] == "MemTotal:" { total = kilobytes * 1024 }
            if words[0] == "MemAvailable:" { available = kilobytes * 1024 }
        }
        return (total, available)
    }
}
