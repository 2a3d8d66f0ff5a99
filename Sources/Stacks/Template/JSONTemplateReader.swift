import JSON

/// Reads a JSON template; it differs from `JSONValue(parsing:)` in keeping lines and in refusing repeated keys.
struct JSONTemplateReader {
    private let bytes: [UInt8]
    private var values = 0
    private var line = 1
    private var linesCountedTo = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8], file: String) throws(TemplateProblem) -> TemplateValue {
        var reader = JSONTemplateReader(bytes)
        do throws(JSONError) {
            var cursor = JSONCursor(bytes.span)
            let value = try reader.value(&cursor, depth: 0)
            try cursor.expectEnd()
            return value
        } catch {
            let before = bytes.prefix(error.offset)
            let line = before.count { $0 == 0x0A } + 1
            let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
            throw TemplateProblem(
                file: file, line: line, path: "", message: "JSON not well-formed: \(error.reason) (column \(column))")
        }
    }

    private mutating func value(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> TemplateValue {
        let first = cursor.peek()
        let line = line(at: cursor.offset)
        guard depth < TemplateLimits.depth else {
            throw JSONError("nested more than \(TemplateLimits.depth) deep", at: cursor.offset)
        }
        values += 1
        guard values <= TemplateLimits.values else {
            throw JSONError("more than \(TemplateLimits.values) values", at: cursor.offset)
        }
        switch first {
        case UInt8(ascii: "{"): return .map(try map(&cursor, depth: depth), line: line)
        case UInt8(ascii: "["): return .list(try list(&cursor, depth: depth), line: line)
        case UInt8(ascii: "\""): return .string(try string(&cursor), line: line)
        case UInt8(ascii: "t"):
            try cursor.literal("true")
            return .bool(true, line: line)
        case UInt8(ascii: "f"):
            try cursor.literal("false")
            return .bool(false, line: line)
        case UInt8(ascii: "n"):
            try cursor.literal("null")
            return TemplateValue(.null, line: line)
        default:
            let range = try cursor.number()
            return TemplateValue(.number(String(decoding: bytes[range], as: UTF8.self)), line: line)
        }
    }

    private mutating func map(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> TemplateMap {
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        guard !cursor.take(UInt8(ascii: "}")) else { return TemplateMap() }
        var entries: [TemplateMap.Entry] = []
        var keys: Set<String> = []
        repeat {
            _ = cursor.peek()
            let start = cursor.offset
            let key = try string(&cursor)
            guard keys.insert(key).inserted else { throw JSONError("repeated key \"\(key)\"", at: start) }
            let line = line(at: start)
            try cursor.expect(UInt8(ascii: ":"), "':'")
            entries.append(TemplateMap.Entry(key: key, line: line, value: try value(&cursor, depth: depth + 1)))
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
        return TemplateMap(entries)
    }

    private mutating func list(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) -> [TemplateValue] {
        try cursor.expect(UInt8(ascii: "["), "'['")
        guard !cursor.take(UInt8(ascii: "]")) else { return [] }
        var list: [TemplateValue] = []
        repeat { list.append(try value(&cursor, depth: depth + 1)) } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
        return list
    }

    private func string(_ cursor: inout JSONCursor) throws(JSONError) -> String {
        let (range, isEscaped) = try cursor.string()
        var text = Array(bytes[range])
        if isEscaped {
            text.removeAll(keepingCapacity: true)
            cursor.unescape(range, into: &text)
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw JSONError("string is not UTF-8", at: range.lowerBound)
        }
        return string
    }

    /// Offsets come in rising order, so that all the lines together are counted once.
    private mutating func line(at offset: Int) -> Int {
        while linesCountedTo < offset {
            if bytes[linesCountedTo] == 0x0A { line += 1 }
            linesCountedTo += 1
        }
        return line
    }
}
