import HTTPFront
import NIOCore

/// One line per API call, in the stage's own format. A variable without a value prints `-`.
enum AccessLog {
    static func write(_ x: Exchange, _ figures: CallFigures, _ log: CompiledAccessLog) {
        x.worker.log(to: log.sink) { lines in
            log.text.withUnsafeBytes { text in
                for part in log.parts {
                    lines.write(UnsafeRawBufferPointer(rebasing: text[part.text]))
                    if let variable = part.variable { write(variable, x, figures, &lines) }
                }
            }
        }
    }

    /// What is not known to be safe is escaped, so that nobody can forge a line or break a JSON format.
    private static func write(
        _ variable: ContextVariable, _ x: Exchange, _ figures: CallFigures, _ lines: inout ByteBuffer
    ) {
        let start = lines.writerIndex
        guard variable.write(x, figures, to: &lines) else {
            lines.write("-")
            return
        }
        guard !variable.isSafe else { return }
        let length = lines.writerIndex - start
        let needsEscape = lines.withUnsafeReadableBytes { bytes in
            bytes[(bytes.count - length)...].contains {
                $0 < 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
            }
        }
        guard needsEscape, let raw = lines.getBytes(at: start, length: length) else { return }
        lines.moveWriterIndex(to: start)
        raw.withUnsafeBytes { lines.writeJSONText($0) }
    }
}
