#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What the resources of a policy's statements begin with, in one piece: most statements are about something else, and
/// are passed over without being looked at.
struct ResourceIndex: Sendable {
    struct Entry: Sendable {
        /// The statement's number.
        let statement: Int
        fileprivate let start: Int
        fileprivate let count: Int
    }

    /// One for each resource, in the order of their statements.
    private(set) var entries: [Entry] = []
    private var bytes: [UInt8] = []

    init(_ statements: [Statement]) {
        for (number, statement) in statements.enumerated() {
            switch statement.resources {
            case .any, .allBut: add([], number)
            case .these(let patterns): for pattern in patterns { add(pattern.beginning, number) }
            }
        }
    }

    private mutating func add(_ beginning: [UInt8], _ statement: Int) {
        entries.append(Entry(statement: statement, start: bytes.count, count: beginning.count))
        bytes += beginning
    }

    /// Whether `resource` begins as the entry's does.
    @inline(__always)
    func fits(_ entry: Entry, _ resource: [UInt8]) -> Bool {
        guard entry.count <= resource.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            resource.withUnsafeBytes { resource in
                guard let own = bytes.baseAddress, let other = resource.baseAddress else { return true }
                return memcmp(own + entry.start, other, entry.count) == 0
            }
        }
    }
}
