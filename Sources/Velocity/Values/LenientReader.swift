/// Reads text that is not quite JSON, as json-smart does in the mode that Jayway gives it: names and strings without
/// quotes or in single ones, commas too many, text behind the value, leading zeros. `a=1&b=2` is a string to it.
struct LenientReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 256

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(into heap: inout Heap) -> Value? { value(stops: [], depth: 0, &heap) }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// The value before one of `stops` (or the end, where there are none); nil for what json-smart refuses.
    private mutating func value(stops: [UInt8], depth: Int, _ heap: inout Heap) -> Value? {
        guard depth < Self.maximumDepth else { return nil }
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return map(depth: depth, &heap)
        case UInt8(ascii: "["): return list(depth: depth, &heap)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted().map { .string($0) }
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"): return nil
        case nil: return stops.isEmpty ? .string("") : nil
        default: return word(stops: stops).map(meaning)
        }
    }

    private mutating func map(depth: Int, _ heap: inout Heap) -> Value? {
        position += 1
        var map = Heap.Map()
        while true {
            skipSpace()
            switch byte {
            case UInt8(ascii: "}"):
                position += 1
                return heap.map(map)
            case UInt8(ascii: ","):
                position += 1
                continue
            case nil, UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "["): return nil
            default: break
            }
            let isQuoted = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            guard let key = isQuoted ? quoted() : word(stops: [UInt8(ascii: ":")]) else { return nil }
            skipSpace()
            guard byte == UInt8(ascii: ":") else { return nil }
            position += 1
            let stops = [UInt8(ascii: ","), UInt8(ascii: "}")]
            guard let value = value(stops: stops, depth: depth + 1, &heap) else { return nil }
            map.put(value, at: Key(key))
            skipSpace()
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else { return nil }
        }
    }

    private mutating func list(depth: Int, _ heap: inout Heap) -> Value? {
        position += 1
        var elements: [Value] = []
        while true {
            skipSpace()
            switch byte {
            case UInt8(ascii: "]"):
                position += 1
                return heap.list(elements, .json)
            case UInt8(ascii: ","):
                position += 1
                continue
            case nil, UInt8(ascii: ":"), UInt8(ascii: "}"): return nil
            default: break
            }
            let stops = [UInt8(ascii: ","), UInt8(ascii: "]")]
            guard let value = value(stops: stops, depth: depth + 1, &heap) else { return nil }
            elements.append(value)
        }
    }

    /// Text without quotes up to one of `stops`, without the spaces around it.
    private mutating func word(stops: [UInt8]) -> String? {
        let start = position
        while let byte, !stops.contains(byte) { position += 1 }
        if byte == nil, !stops.isEmpty { return nil }
        var end = position
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// What a text without quotes means: a word of JSON, a number, or just itself.
    private func meaning(_ word: String) -> Value {
        switch word {
        case "null": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "NaN": return .double(.nan)
        case "-": return .integer(0)
        default: return isNumber(word) ? JSONReader.number(word) : .string(word)
        }
    }

    private func isNumber(_ word: String) -> Bool {
        var rest = Substring(word).utf8
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func digits() -> Bool {
            let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
            rest.removeFirst(count)
            return count > 0
        }
        guard digits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            _ = digits()
        }
        if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard digits() else { return false }
        }
        return rest.isEmpty
    }

    /// A string in quotes, from its quote; control characters may stand in it.
    private mutating func quoted() -> String? {
        let quote = bytes[position]
        position += 1
        var output: [UInt8] = []
        while let byte {
            position += 1
            if byte == quote { return String(decoding: output, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard let escape = self.byte else { return nil }
            position += 1
            switch escape {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = unicode() else { return nil }
                output.append(contentsOf: String(scalar).utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
            case UInt8(ascii: "x"):
                guard let unit = hexadecimal(2), let scalar = Unicode.Scalar(unit) else { return nil }
                output.append(contentsOf: String(scalar).utf8)
            default: break
            }
        }
        return nil
    }

    private mutating func hexadecimal(_ count: Int) -> UInt32? {
        guard position + count <= bytes.count else { return nil }
        let digits = String(decoding: bytes[position..<(position + count)], as: UTF8.self)
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        position += count
        return UInt32(digits, radix: 16)
    }

    private mutating func unicode() -> Unicode.Scalar? {
        guard var unit = hexadecimal(4) else { return nil }
        let mark = position
        if unit & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            if let low = hexadecimal(4), low & 0xFC00 == 0xDC00 {
                unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
            } else {
                position = mark
            }
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }
}
