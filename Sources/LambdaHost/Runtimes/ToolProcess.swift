import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that is run to its end for the server, such as an installer of packages.
///
/// It is a process like those of functions: it ends with the server, however that ends.
package struct ToolProcess: Sendable {
    package var executable: String
    package var arguments: [String]
    /// `NAME=value`.
    package var environment: [String]
    package var folder: String

    package init(executable: String, arguments: [String], environment: [String], folder: String) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
    }

    private static let linesKept = 1_000

    /// Runs it; `onLine` is called with each line of its output as it comes. Answers whether it went well, and the last
    /// lines.
    package func run(onLine: @escaping @Sendable (String) -> Void = { _ in }) async -> (
        succeeded: Bool, lines: [String]
    ) {
        let ended = AsyncStream.makeStream(of: ProcessTable.Exit.self)
        let output: Int32
        do {
            output = try ProcessTable.shared().spawn(
                executable: executable, arguments: arguments, environment: environment, folder: folder
            ) { exit in
                ended.continuation.yield(exit)
                ended.continuation.finish()
            }.output
        } catch {
            return (false, ["\((error as? ProcessTable.Failure)?.message ?? "\(error)")"])
        }
        let lines = await withCheckedContinuation { continuation in
            // Reading blocks, which Swift's own threads must not.
            DispatchQueue(label: "gatehouse.tool").async {
                continuation.resume(returning: Self.read(output, onLine))
            }
        }
        for await exit in ended.stream { return (exit == .status(0), lines) }
        return (false, lines)
    }

    private static func read(_ output: Int32, _ onLine: (String) -> Void) -> [String] {
        guard let stream = fdopen(output, "r") else {
            close(output)
            return []
        }
        defer { fclose(stream) }
        var lines: [String] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, stream) > 0 {
            guard let text = line.map({ String(cString: $0) }) else { continue }
            let last = text.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
            guard !last.isEmpty else { continue }
            onLine(last)
            lines.append(last)
            if lines.count > linesKept { lines.removeFirst() }
        }
        return lines
    }
}
