/// Where a text stops being UTF-8, as Lambda's JSON reader tells it. Source of the first sentence: recorded from AWS; of
/// the others: the reader's (Jackson's) own source.
struct UTF8Fault: Equatable {
    let reason: String

    /// Nil for a text in UTF-8.
    init?(_ text: [UInt8]) {
        guard String(validating: text, as: UTF8.self) == nil else { return nil }
        var position = 0
        while position < text.count {
            let start = text[position]
            guard let continuations = Self.continuations(after: start) else {
                self.init("Invalid UTF-8 start byte 0x\(Self.hexadecimal(start))", at: position, in: text)
                return
            }
            for offset in 0..<continuations {
                position += 1
                guard position < text.count else {
                    self.init("Unexpected end-of-input in a UTF-8 character", at: position - 1, in: text)
                    return
                }
                let byte = text[position]
                guard byte & 0xC0 == 0x80, offset > 0 || Self.mayFollow(start, byte) else {
                    self.init("Invalid UTF-8 middle byte 0x\(Self.hexadecimal(byte))", at: position, in: text)
                    return
                }
            }
            position += 1
        }
        self.init("Invalid UTF-8", at: text.count - 1, in: text)
    }

    /// The column is the one behind the byte; columns are bytes.
    private init(_ sentence: String, at position: Int, in text: [UInt8]) {
        let before = text[..<position]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        reason =
            "\(sentence)\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
            + "line: \(line), column: \(position - lineStart + 2)]"
    }

    private static func continuations(after start: UInt8) -> Int? {
        switch start {
        case 0x00...0x7F: 0
        case 0xC2...0xDF: 1
        case 0xE0...0xEF: 2
        case 0xF0...0xF4: 3
        default: nil
        }
    }

    /// Overlong forms, surrogates and what lies beyond U+10FFFF show in the first continuation.
    private static func mayFollow(_ start: UInt8, _ byte: UInt8) -> Bool {
        switch start {
        case 0xE0: byte >= 0xA0
        case 0xED: byte <= 0x9F
        case 0xF0: byte >= 0x90
        case 0xF4: byte <= 0x8F
        default: true
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String { String(byte, radix: 16) }
}
