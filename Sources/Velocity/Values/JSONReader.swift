internal import JSON

/// Reads JSON into values, the way json-smart reads it on AWS: strictly valid text first, then all that it lets pass.
enum JSONReader {
    /// The value of `text`; nil when even json-smart would throw.
    static func read(_ text: [UInt8], into heap: inout Heap) -> Value? {
        let marks = (heap.lists.count, heap.maps.count)
        do throws(JSONError) {
            var reader = StrictReader(text.span)
            let value = try reader.value(depth: 0, &heap)
            try reader.cursor.expectEnd()
            return value
        } catch {
            heap.lists.removeLast(heap.lists.count - marks.0)
            heap.maps.removeLast(heap.maps.count - marks.1)
            var reader = LenientReader(text)
            return reader.read(into: &heap)
        }
    }

    /// What was written as JSON before.
    static func value(_ value: JSONValue, in heap: inout Heap) -> Value {
        switch value {
        case .null: return .null
        case .bool(let value): return .boolean(value)
        case .number(let text): return number(text)
        case .string(let text): return .string(text)
        case .array(let elements): return heap.list(elements.map { self.value($0, in: &heap) }, .json)
        case .object(let object):
            var map = Heap.Map()
            for member in object.members { map.put(self.value(member.value, in: &heap), at: Key(member.key)) }
            return heap.map(map)
        }
    }

    /// A valid JSON number in the class that json-smart gives it.
    static func number(_ text: String) -> Value {
        let isFraction = text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        if !isFraction { return Value(wholeNumber: text) }
        // json-smart keeps what is longer than a double is sure to keep.
        if text.utf8.count > 18, let decimal = Decimal(fraction: text) { return .decimal(decimal) }
        return .double(JavaNumber.double(text))
    }
}

private struct StrictReader: ~Escapable {
    var cursor: JSONCursor
    let bytes: Span<UInt8>

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
        cursor = JSONCursor(bytes)
    }

    mutating func value(depth: Int, _ heap: inout Heap) throws(JSONError) -> Value {
        guard depth < JSONCursor.maximumDepth else { throw JSONError("nested too deep", at: cursor.offset) }
        switch cursor.peek() {
        case UInt8(ascii: "{"):
            _ = cursor.take(UInt8(ascii: "{"))
            var map = Heap.Map(room: 4)
            if !cursor.take(UInt8(ascii: "}")) {
                repeat {
                    let key = try string()
                    try cursor.expect(UInt8(ascii: ":"), "':'")
                    map.put(try value(depth: depth + 1, &heap), at: Key(key))
                } while cursor.take(UInt8(ascii: ","))
                try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
            }
            return heap.map(map)
        case UInt8(ascii: "["):
            _ = cursor.take(UInt8(ascii: "["))
            var elements: [Value] = []
            if !cursor.take(UInt8(ascii: "]")) {
                repeat { elements.append(try value(depth: depth + 1, &heap)) } while cursor.take(UInt8(ascii: ","))
                try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
            }
            return heap.list(elements, .json)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try cursor.literal("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try cursor.literal("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try cursor.literal("null")
            return .null
        default: return try number()
        }
    }

    private mutating func number() throws(JSONError) -> Value {
        let range = try cursor.number()
        // Most numbers are whole and short.
        if range.count <= 9 {
            var number: Int32 = 0
            var isNegative = false
            var isWhole = true
            for position in range {
                switch bytes[position] {
                case UInt8(ascii: "-"): isNegative = true
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    number = number * 10 + Int32(bytes[position] - UInt8(ascii: "0"))
                default: isWhole = false
                }
                if !isWhole { break }
            }
            if isWhole { return .integer(isNegative ? -number : number) }
        }
        return JSONReader.number(try text(range))
    }

    private mutating func string() throws(JSONError) -> String {
        let (range, isEscaped) = try cursor.string()
        guard isEscaped else { return try text(range) }
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(range.count)
        cursor.unescape(range, into: &unescaped)
        guard let string = String(validating: unescaped, as: UTF8.self) else {
            throw JSONError("string is not UTF-8", at: range.lowerBound)
        }
        return string
    }

    private func text(_ range: Range<Int>) throws(JSONError) -> String {
        let text = bytes.extracting(range).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let text else { throw JSONError("string is not UTF-8", at: range.lowerBound) }
        return text
    }
}
