import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Words for people, on the terminal.
package enum Console {
    /// A line on standard output, written at once.
    package static func say(_ line: String) { write(STDOUT_FILENO, line) }

    /// A line on standard error.
    package static func warn(_ line: String) { write(STDERR_FILENO, line) }

    /// Lines on standard output for event loops, which must not wait for a terminal that is stopped or a pipe that nobody
    /// reads.
    package static func post(_ lines: String) { output.append(lines) }

    /// The same on standard error.
    package static func postWarning(_ line: String) { errors.append(line) }

    /// Returns when what was posted is written, or after a second.
    static func flush() {
        let deadline = DispatchTime.now() + .seconds(1)
        output.flush(until: deadline)
        errors.flush(until: deadline)
    }

    private static let output = LineWriter(
        .standardOutput, account: LogAccount(), queue: DispatchQueue(label: "gatehouse.output"), tell: postWarning)
    private static let errors = LineWriter(
        .standardError, account: LogAccount(), queue: DispatchQueue(label: "gatehouse.errors"), tell: nil)

    private static func write(_ descriptor: Int32, _ line: String) {
        var text = line + "\n"
        text.withUTF8 { bytes in
            #if canImport(Glibc)
            _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #elseif canImport(Musl)
            _ = Musl.write(descriptor, bytes.baseAddress, bytes.count)
            #else
            _ = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
        }
    }
}
