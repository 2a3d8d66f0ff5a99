#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How much memory a process holds: its resident pages, read from /proc over one kept descriptor. 0 where there is no
/// /proc.
struct MemoryGauge {
    private var descriptor: Int32 = -1
    private(set) var currentMegabytes = 0
    private(set) var peakMegabytes = 0

    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    mutating func open(_ pid: Int32) {
        #if os(Linux)
        descriptor = Glibc.open("/proc/\(pid)/statm", O_RDONLY | O_CLOEXEC)
        #endif
    }

    mutating func sample() {
        guard descriptor >= 0 else { return }
        let resident = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { buffer -> Int in
            let count = pread(descriptor, buffer.baseAddress, 128, 0)
            guard count > 0 else { return 0 }
            // "size resident shared …", in pages.
            let fields = buffer[..<count].split(separator: UInt8(ascii: " "))
            guard fields.count > 1 else { return 0 }
            return fields[1].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        currentMegabytes = resident * Self.pageBytes / 1_048_576
        peakMegabytes = max(peakMegabytes, currentMegabytes)
    }

    mutating func close() {
        #if os(Linux)
        if descriptor >= 0 { Glibc.close(descriptor) }
        #endif
        descriptor = -1
    }
}
