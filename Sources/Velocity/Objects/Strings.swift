/// The methods of Java's String. Positions count UTF-16 units, as in Java.
extension Renderer {
    mutating func call(_ method: Method, _ arguments: borrowing Arguments, on text: String) throws(TemplateError)
        -> Value
    {
        let first = arguments.a.string
        let second = arguments.b.string
        switch (method, arguments.count) {
        case (.length, 0): return .integer(Int32(truncatingIfNeeded: text.utf16.count))
        case (.isEmpty, 0): return .boolean(text.isEmpty)
        case (.trim, 0): return try made(JavaString.trimmed(text))
        case (.toUpperCase, 0): return try made(text.uppercased())
        case (.toLowerCase, 0): return try made(text.lowercased())
        case (.substring, 1):
            guard let from = arguments.a.index else { return .null }
            return try substring(text, from, text.utf16.count)
        case (.substring, 2):
            guard let from = arguments.a.index, let to = arguments.b.index else { return .null }
            return try substring(text, from, to)
        case (.charAt, 1):
            guard let position = arguments.a.index else { return .null }
            return try substring(text, position, position + 1)
        default: break
        }
        guard let first else { return try call(method, arguments, onTextWithNumber: text) }
        switch (method, arguments.count) {
        case (.equalsIgnoreCase, 1):
            return .boolean(text.uppercased().lowercased().hasSameBytes(as: first.uppercased().lowercased()))
        case (.contains, 1): return .boolean(try position(of: first, in: text, from: 0) != nil)
        case (.startsWith, 1): return .boolean(text.utf8.starts(with: first.utf8))
        case (.endsWith, 1):
            return .boolean(
                text.utf8.count >= first.utf8.count
                    && text.utf8.suffix(first.utf8.count).elementsEqual(first.utf8))
        case (.indexOf, 1): return try index(of: first, in: text, from: 0)
        case (.indexOf, 2):
            guard let from = arguments.b.index else { return .null }
            return try index(of: first, in: text, from: from)
        case (.lastIndexOf, 1): return try lastIndex(of: first, in: text)
        case (.concat, 1): return try made(text + first)
        case (.compareTo, 1): return .integer(JavaString.compare(text, first))
        case (.compareToIgnoreCase, 1):
            return .integer(JavaString.compare(text.uppercased().lowercased(), first.uppercased().lowercased()))
        case (.valueOf, 1): return .string(first)
        case (.matches, 1): return .boolean(try matches(text, first))
        case (.split, 1): return try array(try split(text, by: first, limit: 0))
        case (.split, 2):
            guard let limit = arguments.b.index else { return .null }
            return try array(try split(text, by: first, limit: limit))
        default: break
        }
        guard let second, arguments.count == 2 else { return .null }
        switch method {
        case .replace: return try replace(text, first, with: second)
        case .replaceAll: return .string(try replace(text, first, with: second, onlyFirst: false))
        case .replaceFirst: return .string(try replace(text, first, with: second, onlyFirst: true))
        default: return .null
        }
    }

    /// The methods that take a character's number, or any value.
    private mutating func call(
        _ method: Method, _ arguments: borrowing Arguments, onTextWithNumber text: String
    ) throws(TemplateError) -> Value {
        switch (method, arguments.count) {
        case (.valueOf, 1):
            return .string(arguments.a.isNull ? "null" : try self.text(of: arguments.a))
        case (.indexOf, 1), (.lastIndexOf, 1):
            guard let number = arguments.a.index, let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init)
            else {
                return arguments.a.index == nil ? .null : .integer(-1)
            }
            let character = String(Character(scalar))
            return method == .indexOf
                ? try index(of: character, in: text, from: 0) : try lastIndex(of: character, in: text)
        default: return .null
        }
    }

    private mutating func made(_ text: String) throws(TemplateError) -> Value {
        try charge(text.utf8.count / 8)
        return .string(text)
    }

    private mutating func array(_ parts: [String]) throws(TemplateError) -> Value {
        try charge(Heap.stepsPerContainer + parts.count * 8)
        return heap.list(parts.map { .string($0) }, .array)
    }

    private mutating func substring(_ text: String, _ from: Int, _ to: Int) throws(TemplateError) -> Value {
        let units = text.utf16
        guard from >= 0, from <= to, to <= units.count else {
            throw error("begin \(from), end \(to), length \(units.count) (StringIndexOutOfBoundsException)")
        }
        try charge((to - from) / 8)
        let start = units.index(units.startIndex, offsetBy: from)
        let part = units[start..<units.index(start, offsetBy: to - from)]
        // A half of a surrogate pair has no text of its own.
        return .string(String(part) ?? String(decoding: part, as: UTF16.self))
    }

    // MARK: - Searching

    /// Where `part` begins at or behind `start`, in bytes.
    private mutating func position(of part: String, in text: String, from start: Int) throws(TemplateError) -> Int? {
        try charge(text.utf8.count / 8)
        var text = text
        var part = part
        return text.withUTF8 { text in part.withUTF8 { part in JavaString.find(part, in: text, from: start) } }
    }

    private mutating func index(of part: String, in text: String, from: Int) throws(TemplateError) -> Value {
        let units = text.utf16
        let count = units.count
        let from = max(0, min(from, count))
        let start = text.utf8.distance(
            from: text.startIndex, to: units.index(units.startIndex, offsetBy: from))
        guard let position = try position(of: part, in: text, from: start) else { return .integer(-1) }
        return .integer(unitPosition(position, in: text))
    }

    private mutating func lastIndex(of part: String, in text: String) throws(TemplateError) -> Value {
        try charge(text.utf8.count / 4)
        // The last place is the first one seen from behind.
        let bytes = Array(text.utf8.reversed())
        let wanted = Array(part.utf8.reversed())
        let found = bytes.withUnsafeBufferPointer { bytes in
            wanted.withUnsafeBufferPointer { JavaString.find($0, in: bytes, from: 0) }
        }
        guard let found else { return .integer(-1) }
        return .integer(unitPosition(bytes.count - found - wanted.count, in: text))
    }

    private func unitPosition(_ byte: Int, in text: String) -> Int32 {
        Int32(
            truncatingIfNeeded: text.utf16.distance(
                from: text.startIndex, to: text.utf8.index(text.startIndex, offsetBy: byte)))
    }

    private mutating func replace(
        _ text: String, _ part: String, with replacement: String
    ) throws(TemplateError) -> Value {
        var output: [UInt8] = []
        var start = 0
        let bytes = Array(text.utf8)
        let part = Array(part.utf8)
        try charge(bytes.count / 4)
        while start <= bytes.count {
            let found = bytes.withUnsafeBufferPointer { bytes in
                part.withUnsafeBufferPointer { JavaString.find($0, in: bytes, from: start) }
            }
            guard let found else { break }
            output.append(contentsOf: bytes[start..<found])
            output.append(contentsOf: replacement.utf8)
            try charge(1 + replacement.utf8.count / 8)
            start = found + part.count
            guard part.isEmpty else { continue }
            // Java puts the replacement around every character.
            guard found < bytes.count else { break }
            repeat {
                output.append(bytes[start])
                start += 1
            } while start < bytes.count && bytes[start] & 0xC0 == 0x80
        }
        if start < bytes.count { output.append(contentsOf: bytes[start...]) }
        return .string(String(decoding: output, as: UTF8.self))
    }
}

enum JavaString {
    /// Without the control characters and spaces (up to U+0020) at both ends.
    static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { return text }
        if first > 0x20, last > 0x20 { return text }
        var part = Substring(text).utf8
        while let byte = part.first, byte <= 0x20 { part.removeFirst() }
        while let byte = part.last, byte <= 0x20 { part.removeLast() }
        return String(decoding: part, as: UTF8.self)
    }

    /// The difference of the first units that differ, else of the lengths.
    static func compare(_ left: String, _ right: String) -> Int32 {
        for (a, b) in zip(left.utf16, right.utf16) where a != b { return Int32(a) - Int32(b) }
        return Int32(truncatingIfNeeded: left.utf16.count - right.utf16.count)
    }

    /// The first place of `part` in `text` at or behind `start`, in time linear in the text.
    static func find(_ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let first = part.first else { return start <= text.count ? start : nil }
        guard part.count <= text.count else { return nil }
        if part.count <= 16 {
            var offset = start
            let last = text.count - part.count
            while offset <= last {
                if text[offset] == first {
                    var matched = 1
                    while matched < part.count, text[offset + matched] == part[matched] { matched += 1 }
                    if matched == part.count { return offset }
                }
                offset += 1
            }
            return nil
        }
        // Knuth, Morris and Pratt: how much of the part's start still stands after a mismatch.
        var stands = [Int](repeating: 0, count: part.count)
        var length = 0
        for position in 1..<part.count {
            while length > 0, part[position] != part[length] { length = stands[length - 1] }
            if part[position] == part[length] { length += 1 }
            stands[position] = length
        }
        var matched = 0
        for offset in start..<max(start, text.count) {
            while matched > 0, text[offset] != part[matched] { matched = stands[matched - 1] }
            if text[offset] == part[matched] { matched += 1 }
            if matched == part.count { return offset + 1 - part.count }
        }
        return nil
    }
}
