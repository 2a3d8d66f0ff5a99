import JSON

/// An object in a request, as names and the places of their values: nothing is built that no operation asks for.
///
/// Unknown members stay unread, and one that is null counts as absent.
struct RequestMembers {
    let body: [UInt8]
    private(set) var all: [(name: String, range: Range<Int>)] = []

    init(_ body: [UInt8]) throws(TableError) {
        self.body = body
        var cursor = JSONCursor(body.span)
        do {
            try read(&cursor, from: 0)
            try cursor.expectEnd()
        } catch { throw .serialization(nil) }
    }

    /// The object whose text lies in `range`.
    init(_ body: [UInt8], in range: Range<Int>) throws(TableError) {
        self.body = body
        var cursor = JSONCursor(body.span.extracting(range))
        guard cursor.peek() == UInt8(ascii: "{") else {
            throw Self.mismatch(cursor.peek(), wanted: "structure")
        }
        do { try read(&cursor, from: range.lowerBound) } catch { throw .serialization(nil) }
    }

    /// - Parameter start: where in the body the cursor's text begins.
    private mutating func read(_ cursor: inout JSONCursor, from start: Int) throws(JSONError) {
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        if cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let name = try cursor.text()
            try cursor.expect(UInt8(ascii: ":"), "':'")
            let value = try cursor.skipValue()
            let place = value.lowerBound + start..<value.upperBound + start
            if body[place.lowerBound] != UInt8(ascii: "n") { all.append((name, place)) }
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
    }

    func range(_ name: StaticString) -> Range<Int>? {
        all.last { member in
            var text = member.name
            return text.withUTF8 { bytes in
                bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            }
        }?.range
    }

    func string(_ name: StaticString) throws(TableError) -> String? {
        guard let range = range(name) else { return nil }
        return try Self.string(body, range)
    }

    func integer(_ name: StaticString) throws(TableError) -> Int? {
        guard let range = range(name) else { return nil }
        let text = String(decoding: body[range], as: UTF8.self)
        switch body[range.lowerBound] {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            // A fraction is cut off; what is beyond any integer is beyond every limit too.
            guard let value = Double(text) else { throw .serialization(nil) }
            return Int(exactly: value.rounded(.down)) ?? (value < 0 ? .min : .max)
        default: throw Self.mismatch(body[range.lowerBound], wanted: "Integer")
        }
    }

    func boolean(_ name: StaticString) throws(TableError) -> Bool? {
        guard let range = range(name) else { return nil }
        switch body[range.lowerBound] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        case UInt8(ascii: "\""):
            switch try Self.string(body, range).lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0": return false
            default: throw .serialization("Unexpected token received from parser")
            }
        default: throw Self.mismatch(body, range, wanted: "Boolean")
        }
    }

    func members(_ name: StaticString) throws(TableError) -> RequestMembers? {
        guard let range = range(name) else { return nil }
        return try RequestMembers(body, in: range)
    }

    func elements(_ name: StaticString) throws(TableError) -> [Range<Int>]? {
        guard let range = range(name) else { return nil }
        return try Self.elements(body, range)
    }

    func strings(_ name: StaticString) throws(TableError) -> [String]? {
        guard let elements = try elements(name) else { return nil }
        var strings: [String] = []
        for element in elements { strings.append(try Self.string(body, element)) }
        return strings
    }

    static func elements(_ body: [UInt8], _ range: Range<Int>) throws(TableError) -> [Range<Int>] {
        var cursor = JSONCursor(body.span.extracting(range))
        guard cursor.peek() == UInt8(ascii: "[") else { throw mismatch(cursor.peek(), wanted: "list") }
        var elements: [Range<Int>] = []
        do {
            _ = cursor.take(UInt8(ascii: "["))
            if cursor.take(UInt8(ascii: "]")) { return [] }
            repeat {
                let element = try cursor.skipValue()
                elements.append(element.lowerBound + range.lowerBound..<element.upperBound + range.lowerBound)
            } while cursor.take(UInt8(ascii: ","))
        } catch { throw .serialization(nil) }
        return elements
    }

    static func string(_ body: [UInt8], _ range: Range<Int>) throws(TableError) -> String {
        guard body[range.lowerBound] == UInt8(ascii: "\"") else {
            throw mismatch(body, range, wanted: "String")
        }
        var cursor = JSONCursor(body.span.extracting(range))
        do { return try cursor.text() } catch { throw .serialization(nil) }
    }

    /// The JSON of an untyped part, for what is only kept.
    func json(_ name: StaticString) -> JSONValue? {
        range(name).flatMap { try? JSONValue(parsing: Array(body[$0])) }
    }

    /// The same for a value whose end is known: a number with a fraction is called a decimal.
    private static func mismatch(_ body: [UInt8], _ range: Range<Int>, wanted: String) -> TableError {
        let first = body[range.lowerBound]
        let isNumber = first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        guard isNumber, let value = Double(String(decoding: body[range], as: UTF8.self)), value != value.rounded()
        else { return mismatch(first, wanted: wanted) }
        return .serialization("DECIMAL_VALUE cannot be converted to \(wanted)")
    }

    /// What a value of the wrong JSON type is answered with.
    static func mismatch(_ first: UInt8?, wanted: String) -> TableError {
        switch (first, wanted) {
        case (UInt8(ascii: "{"), _): .serialization("Start of structure or map found where not expected")
        case (UInt8(ascii: "["), "String"), (UInt8(ascii: "["), "Integer"), (UInt8(ascii: "["), "Boolean"):
            .serialization("Unrecognized collection type class java.lang.\(wanted)")
        case (UInt8(ascii: "["), _): .serialization("Start of list found where not expected")
        case (_, "structure"), (_, "list"): .serialization("Unexpected field type")
        case (UInt8(ascii: "\""), _): .serialization("STRING_VALUE cannot be converted to \(wanted)")
        case (UInt8(ascii: "t"), _): .serialization("TRUE_VALUE cannot be converted to \(wanted)")
        case (UInt8(ascii: "f"), _): .serialization("FALSE_VALUE cannot be converted to \(wanted)")
        default: .serialization("NUMBER_VALUE cannot be converted to \(wanted)")
        }
    }
}

extension JSONCursor {
    /// Consumes a string and gives its meaning.
    mutating func text() throws(JSONError) -> String {
        let (range, _) = try string()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        unescape(range, into: &bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError("string is not UTF-8", at: range.lowerBound)
        }
        return text
    }
}
