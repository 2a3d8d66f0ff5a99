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
