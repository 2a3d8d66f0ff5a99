import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Words for people, on the terminal.
///
/// A command that ends by itself writes at once, and may have to wait for its reader. What serves posts: it must not wait
/// for a terminal that is stopped or a pipe that nobody reads.
package enum Console {
    package enum Stream: Sendable { case output, errors }

    /// A line on standard output, written at once.
    package static func say(_ line: String) { write(STDOUT_FILENO, line) }

    /// A line on standard error.
    package static func warn(_ line: String) { write(STDERR_FILENO, line) }

    /// Lines on standard output, written in the background.
    package static func post(_ lines: String) { output.append(lines) }

    /// The same on standard error.
    package static func postWarning(_ line: String) { errors.append(line) }

    static func writer(_ stream: Stream) -> LineWriter {
        switch stream {
        case .output: output
        case .errors: errors
        }
    }

    /// Lines that could not be written.
    static func droppedLines(_ stream: Stream) -> Int {
        switch stream {
        case .output: outputAccount.droppedLines
        case .errors: errorsAccount.droppedLines
        }
    }

    /// Returns when what was posted is written, or after a second for each stream.
    static func flush() {
        // What is lost of the first is told on the second.
        output.flush(until: .now() + .seconds(1))
        errors.flush(until: .now() + .seconds(1))
    }

    private static let outputAccount = LogAccount()
    private static let output = LineWriter(
        .standardOutput, account: outputAccount, queue: DispatchQueue(label: "gatehouse.output"), tell: postWarning)
    private static let errorsAccount = LogAccount()
    private static let errors = LineWriter(
        .standardError, account: errorsAccount, queue: DispatchQueue(label: "gatehouse.errors"), tell: nil)

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
