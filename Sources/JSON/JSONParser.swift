extension JSONValue {
    /// Reads one JSON text (RFC 8259), white space around it allowed.
    ///
    /// - Parameter refusesRepeatedKeys: of a repeated key else the last value counts, as most readers have it.
    package init(parsing bytes: [UInt8], refusesRepeatedKeys: Bool = false) throws(JSONError) {
        var parser = JSONParser(
            cursor: JSONCursor(bytes.span), bytes: bytes.span, refusesRepeatedKeys: refusesRepeatedKeys)
        self = try parser.value(depth: 0)
        try parser.cursor.expectEnd()
    }

    package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

private struct JSONParser: ~Escapable {
    var cursor: JSONCursor
    let bytes: Span<UInt8>
    let refusesRepeatedKeys: Bool

    @_lifetime(copy cursor, copy bytes)
    init(cursor: consuming JSONCursor, bytes: Span<UInt8>, refusesRepeatedKeys: Bool) {
        self.cursor = cursor
        self.bytes = bytes
        self.refusesRepeatedKeys = refusesRepeatedKeys
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < JSONCursor.maximumDepth else { throw JSONError("nested too deep", at: cursor.offset) }
        switch cursor.peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try cursor.literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try cursor.literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try cursor.literal("null")
            return .null
        default:
            return .number(try text(cursor.number()))
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        var object = JSONObject()
        if cursor.take(UInt8(ascii: "}")) { return .object(object) }
        repeat {
            let key = try string()
            if refusesRepeatedKeys, object[key] != nil { throw JSONError("repeated key", at: cursor.offset) }
            try cursor.expect(UInt8(ascii: ":"), "':'")
            object[key] = try value(depth: depth + 1)
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
        return .object(object)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try cursor.expect(UInt8(ascii: "["), "'['")
        var array: [JSONValue] = []
        if cursor.take(UInt8(ascii: "]")) { return .array(array) }
        repeat { array.append(try value(depth: depth + 1)) } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
        return .array(array)
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
