import HTTPFront
import NIOCore

/// One line per API call, in the stage's own format. A variable without a value prints `-`.
enum AccessLog {
    static func write(_ x: Exchange, _ figures: CallFigures, _ log: CompiledAccessLog) {
        write(x, figures, log, log.sink)
        if let canarySink = log.canarySink, x.rest.isCanary == true { write(x, figures, log, canarySink) }
    }

    private static func write(
        _ x: Exchange, _ figures: CallFigures, _ log: CompiledAccessLog, _ sink: any AccessLogSink
    ) {
        x.worker.log(to: sink) { lines in
            log.text.withUnsafeBytes { text in
                for part in log.parts {
                    lines.write(UnsafeRawBufferPointer(rebasing: text[part.text]))
                    if let variable = part.variable { write(variable, x, figures, isXML: log.isXML, &lines) }
                }
            }
        }
    }

    /// What is not known to be safe is escaped, so that nobody can forge a line, or break a JSON or XML format.
    private static func write(
        _ variable: ContextReference, _ x: Exchange, _ figures: CallFigures, isXML: Bool, _ lines: inout ByteBuffer
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
                    || isXML && XMLText.isMark($0)
            }
        }
        guard needsEscape, let raw = lines.getBytes(at: start, length: length) else { return }
        lines.moveWriterIndex(to: start)
        guard isXML else { return raw.withUnsafeBytes { lines.writeJSONText($0) } }
        var text = x.worker.allocator.buffer(capacity: 2 * length)
        raw.withUnsafeBytes { text.writeJSONText($0) }
        XMLText.write(text.readableBytesView, to: &lines)
    }
}

/// Text between the tags of XML.
private enum XMLText {
    static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&")
    }

    static func write(_ text: some Sequence<UInt8>, to out: inout ByteBuffer) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "<"): out.write("&lt;")
            case UInt8(ascii: ">"): out.write("&gt;")
            case UInt8(ascii: "&"): out.write("&amp;")
            default: out.writeInteger(byte)
            }
        }
    }
}
