extension Parser {
    /// A string in quotes. In double quotes, references and directives are rendered; `\` escapes nothing but `\uXXXX`.
    mutating func stringLiteral() throws(TemplateError) -> Int32 {
        let start = position
        let quote = bytes[start]
        guard let close = closingQuote(quote, from: start + 1) else {
            throw error("the string has no end", at: start)
        }
        position = close + 1
        let raw = (start + 1)..<close
        let isDouble = quote == UInt8(ascii: "\"")
        let hasReferences =
            isDouble && bytes[raw].contains { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "#") }
        let content = try decoded(raw, quote: quote)
        guard hasReferences else { return builder.constant(.string(text(content))) }
        return try interpolated(content)
    }

    /// The quote that closes a string: a doubled one is a part of it, unless no other closes it.
    private func closingQuote(_ quote: UInt8, from start: Int) -> Int? {
        var offset = start
        var fallback: Int?
        while offset < end {
            if bytes[offset] == quote {
                guard byte(offset + 1) == quote else { return offset }
                fallback = offset
                offset += 1
            }
            offset += 1
        }
        return fallback
    }

    /// Where the meaning of `raw` stands: in the text itself, or behind it when something had to be decoded.
    private mutating func decoded(_ raw: Range<Int>, quote: UInt8) throws(TemplateError) -> Range<Int> {
        var output: [UInt8] = []
        var copied = raw.lowerBound
        var offset = raw.lowerBound
        while offset < raw.upperBound {
            let byte = bytes[offset]
            if byte == quote, offset + 1 < raw.upperBound, bytes[offset + 1] == quote {
                output.append(contentsOf: bytes[copied...offset])
                offset += 2
                copied = offset
            } else if quote == UInt8(ascii: "\""), byte == UInt8(ascii: "\\"), offset + 1 < raw.upperBound,
                bytes[offset + 1] == UInt8(ascii: "u")
            {
                output.append(contentsOf: bytes[copied..<offset])
                let scalar = try unicodeEscape(&offset, end: raw.upperBound)
                output.append(contentsOf: String(scalar).utf8)
                copied = offset
            } else {
                offset += 1
            }
        }
        guard copied > raw.lowerBound else { return raw }
        output.append(contentsOf: bytes[copied..<raw.upperBound])
        let start = bytes.count
        bytes.append(contentsOf: output)
        builder.program.decoded.append((start: start, count: raw.count, origin: raw.lowerBound))
        return start..<(start + output.count)
    }

    private func unicodeEscape(_ offset: inout Int, end: Int) throws(TemplateError) -> Unicode.Scalar {
        var unit = try unicodeUnit(offset, end: end)
        offset += 6
        if unit & 0xFC00 == 0xD800, offset + 1 < end, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let low = try unicodeUnit(offset, end: end)
            if low & 0xFC00 == 0xDC00 {
                unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
                offset += 6
            }
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }

    private func unicodeUnit(_ offset: Int, end: Int) throws(TemplateError) -> UInt32 {
        let digits = offset + 2
        guard digits + 4 <= end, let unit = UInt32(text(digits..<(digits + 4)), radix: 16) else {
            throw error("\\u needs four hexadecimal digits", at: offset)
        }
        return unit
    }

    /// Reads the text at `content` as a template of its own; one without references is just a constant.
    private mutating func interpolated(_ content: Range<Int>) throws(TemplateError) -> Int32 {
        let outerPosition = position
        let outerEnd = end
        let outerMayEndOpen = mayEndOpen
        position = content.lowerBound
        end = content.upperBound
        mayEndOpen = !hasLineComment(content)
        let outer = try routine { parser throws(TemplateError) in
            _ = try parser.block(until: .endOfText)
        }
        position = outerPosition
        end = outerEnd
        mayEndOpen = outerMayEndOpen
        switch (builder.code.count, builder.code.first) {
        case (0, _):
            builder.dropRoutine(outer: outer)
            return builder.constant(.string(""))
        case (1, .text(let offset, let count)?):
            builder.dropRoutine(outer: outer)
            return builder.constant(.string(text(Int(offset)..<Int(offset + count))))
        default:
            return builder.expression(.string(routine: builder.endRoutine(outer: outer)))
        }
    }

    private func hasLineComment(_ range: Range<Int>) -> Bool {
        zip(bytes[range], bytes[range].dropFirst()).contains { $0 == UInt8(ascii: "#") && $1 == UInt8(ascii: "#") }
    }
}
