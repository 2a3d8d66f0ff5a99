import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the lines of one log go: a file, or a stream of this process.
///
/// Touched on its writer's queue only; `name` never changes.
final class LogTarget: @unchecked Sendable {
    /// For people.
    let name: String
    private let path: String?
    private var descriptor: Int32
    /// When a file that could not be opened is tried again.
    private var nextAttempt: UInt64 = 0
    /// When it is looked whether the file has been moved or removed.
    private var nextLook: UInt64 = 0
    /// A line was cut short where the disk was full; the next one must not continue it.
    private var isInsideLine = false

    private let attemptInterval: UInt64

    init(path: String, attemptInterval: UInt64 = 1_000_000_000) {
        name = path
        self.attemptInterval = attemptInterval
        self.path = path
        descriptor = -1
    }

    /// A stream that is there already and is not closed.
    init(stream: Int32, name: String) {
        self.name = name
        attemptInterval = 0
        path = nil
        descriptor = stream
    }

    static var standardOutput: LogTarget { LogTarget(stream: STDOUT_FILENO, name: "standard output") }
    static var standardError: LogTarget { LogTarget(stream: STDERR_FILENO, name: "standard error") }

    struct Result {
        var lostLines = 0
        /// What is the matter, for people.
        var problem: String?
    }

    /// Opens the file if it is not open, or another one has its name by now; answers why it cannot be opened.
    func open() -> String? {
        guard let path else { return nil }
        let now = DispatchTime.now().uptimeNanoseconds
        if descriptor >= 0 {
            guard now >= nextLook else { return nil }
            nextLook = now + attemptInterval
            guard !isNamed(path) else { return nil }
            close()
        }
        guard now >= nextAttempt else { return nil }
        descriptor = Self.open(path)
        guard descriptor < 0 else { return nil }
        nextAttempt = now + attemptInterval
        return "The log \(name) cannot be opened: \(Self.reason(errno)). Its lines are dropped until it can be."
    }

    func write(_ lines: [UInt8]) -> Result { lines.withUnsafeBytes { write($0) } }

    func write(_ bytes: UnsafeRawBufferPointer) -> Result {
        let problem = open()
        guard descriptor >= 0 else { return Result(lostLines: Self.count(bytes), problem: problem) }
        if isInsideLine {
            guard [0x0A as UInt8].withUnsafeBytes({ Self.write(descriptor, $0) }) == 1 else {
                return Result(lostLines: Self.count(bytes), problem: failure(errno))
            }
            isInsideLine = false
        }
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let size = Self.write(descriptor, rest)
            if size > 0 {
                written += size
            } else if size < 0, errno == EINTR {
                continue
            } else if size < 0, errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else {
                let problem = failure(errno)
                isInsideLine = written > 0 && bytes[written - 1] != 0x0A
                return Result(lostLines: Self.count(rest), problem: problem)
            }
        }
        return Result()
    }

    private func isNamed(_ path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }

    func close() {
        guard path != nil, descriptor >= 0 else { return }
        Descriptors.close(descriptor)
        descriptor = -1
    }

    /// The lines in these bytes.
    static func count(_ lines: UnsafeRawBufferPointer) -> Int { lines.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) } }

    private func failure(_ code: Int32) -> String {
        "The log \(name) cannot be written to: \(Self.reason(code)). Its lines are dropped until it can be."
    }

    private static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    private static func open(_ path: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #elseif canImport(Musl)
        Musl.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #else
        Darwin.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #endif
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
