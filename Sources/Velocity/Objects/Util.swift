/// `$util`
extension Renderer {
    mutating func callUtil(_ method: Method, _ arguments: borrowing Arguments) throws(TemplateError) -> Value {
        guard arguments.count == 1 else { return .null }
        let argument = arguments.a
        switch method {
        case .escapeJavaScript:
            // Null prints nothing on AWS, so its escaped text is nothing too.
            let text = try text(of: argument)
            try charge(text.utf8.count / 4)
            return .string(Escaping.javaScript(text))
        case .parseJson:
            let text = try text(of: argument)
            try charge(text.utf8.count / 2)
            guard let value = try readJSON(Array(text.utf8)) else {
                throw error("$util.parseJson: the text is no JSON")
            }
            return value
        case .urlEncode:
            let text = try text(of: argument)
            try charge(text.utf8.count / 4)
            return .string(Escaping.urlEncoded(text))
        case .urlDecode:
            let text = try text(of: argument)
            try charge(text.utf8.count / 4)
            guard let decoded = Escaping.urlDecoded(text) else {
                throw error("$util.urlDecode: '%' needs two hexadecimal digits")
            }
            return .string(decoded)
        case .base64Encode:
            let text = try text(of: argument)
            try charge(text.utf8.count / 4)
            return .string(Escaping.base64Encoded(text))
        case .base64Decode:
            let text = try text(of: argument)
            try charge(text.utf8.count / 4)
            return .string(Escaping.base64Decoded(text))
        default: return .null
        }
    }
}

enum Escaping {
    /// As commons-lang's `StringEscapeUtils.escapeJavaScript`, which AWS's results agree with.
    static func javaScript(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            // Most texts need nothing.
            if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x80 && !isEscapedInJavaScript($0) }) {
                return String(decoding: bytes, as: UTF8.self)
            }
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count + bytes.count / 8 + 8)
            var offset = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                if byte >= 0x80 {
                    let (scalar, length) = scalar(bytes, at: offset)
                    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                        output.append(UInt8(ascii: "\\"))
                        JSONText.appendUnit(unit, to: &output)
                    }
                    offset += length
                    continue
                }
                offset += 1
                switch byte {
                case 0x08: output.append(contentsOf: "\\b".utf8)
                case 0x09: output.append(contentsOf: "\\t".utf8)
                case 0x0A: output.append(contentsOf: "\\n".utf8)
                case 0x0C: output.append(contentsOf: "\\f".utf8)
                case 0x0D: output.append(contentsOf: "\\r".utf8)
                case 0..<0x20:
                    output.append(UInt8(ascii: "\\"))
                    JSONText.appendUnit(UInt16(byte), to: &output)
                default:
                    if isEscapedInJavaScript(byte) { output.append(UInt8(ascii: "\\")) }
                    output.append(byte)
                }
            }
            return String(decoding: output, as: UTF8.self)
        }
    }

    private static func isEscapedInJavaScript(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\")
            || byte == UInt8(ascii: "/")
    }

    /// The scalar at `offset` of valid UTF-8.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (Unicode.Scalar, Int) {
        let first = UInt32(bytes[offset])
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = first & (0x7F >> UInt32(length))
        for position in 1..<length { value = value << 6 | UInt32(bytes[offset + position] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// As Java's `URLEncoder`: the encoding of forms.
    static func urlEncoded(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                output.append(byte)
            case UInt8(ascii: " "): output.append(UInt8(ascii: "+"))
            default:
                output.append(UInt8(ascii: "%"))
                output.append(JSONText.hexDigits[Int(byte >> 4)])
                output.append(JSONText.hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// As Java's `URLDecoder`; nil where it throws.
    static func urlDecoded(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "+"): output.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard offset + 2 < bytes.count, let high = hexValue(bytes[offset + 1]),
                    let low = hexValue(bytes[offset + 2])
                else { return nil }
                output.append(high << 4 | low)
                offset += 2
            default: output.append(bytes[offset])
            }
            offset += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static func base64Encoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let second = start + 1 < bytes.count ? bytes[start + 1] : 0
            let third = start + 2 < bytes.count ? bytes[start + 2] : 0
            let group = UInt32(bytes[start]) << 16 | UInt32(second) << 8 | UInt32(third)
            output.append(base64Digits[Int(group >> 18)])
            output.append(base64Digits[Int(group >> 12 & 63)])
            output.append(start + 1 < bytes.count ? base64Digits[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            output.append(start + 2 < bytes.count ? base64Digits[Int(group & 63)] : UInt8(ascii: "="))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// As commons-codec, which skips what is no digit and reads the URL-safe digits too.
    static func base64Decoded(_ text: String) -> String {
        var output: [UInt8] = []
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            case UInt8(ascii: "="): return String(decoding: output, as: UTF8.self)
            default: continue
            }
            group = group << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
