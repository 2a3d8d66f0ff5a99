import HTTPFront
import NIOCore

/// A field of an answer, as a line. A value may quote what a caller sent: no line of its own comes of it.
enum FieldLine {
    static func bytes(_ name: String, _ value: String) -> [UInt8] {
        Array("\(name): ".utf8) + value.utf8.map { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F ? 0x20 : $0 }
            + Array("\r\n".utf8)
    }
}

extension HTTPStream {
    func writeField(_ name: String, _ value: String) {
        let line = FieldLine.bytes(name, value)
        _ = writeHead { $0.writeBytes(line) }
    }
}
