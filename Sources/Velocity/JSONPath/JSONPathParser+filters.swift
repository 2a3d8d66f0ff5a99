extension JSONPathParser {
    /// What stands in `[?(` and `)]`: comparisons and tests of existence, joined by `&&`, `||`, `!` and parentheses.
    mutating func filter() throws(JSONPathError) -> JSONPath.Filter {
        var parts = [try conjunction()]
        while takesWord("||") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(JSONPathError) -> JSONPath.Filter {
        var parts = [try term()]
        while takesWord("&&") { parts.append(try term()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func takesWord(_ word: StaticString) -> Bool {
        let start = position
        skipSpace()
        for index in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[index] else {
                position = start
                return false
            }
            position += 1
        }
        return true
    }

    private mutating func term() throws(JSONPathError) -> JSONPath.Filter {
        depth += 1
        defer { depth -= 1 }
        guard depth < 20 else { throw fail("it is nested too deep") }
        skipSpace()
        if byte == UInt8(ascii: "!") {
            position += 1
            skipSpace()
            if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "@") {
                let fromRoot = byte == UInt8(ascii: "$")
                return .exists(try path(), fromRoot: fromRoot, wanted: false)
            }
            return .not(try term())
        }
        if byte == UInt8(ascii: "(") {
            position += 1
            let inner = try filter()
            skipSpace()
            guard byte == UInt8(ascii: ")") else { throw fail("')' is missing in a filter") }
            position += 1
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(JSONPathError) -> JSONPath.Filter {
        let left = try operand()
        let start = position
        skipSpace()
        guard let comparison = comparisonAhead() else {
            position = start
            guard case .path(let path, let fromRoot) = left else { throw fail("a comparison is missing in a filter") }
            return .exists(path, fromRoot: fromRoot, wanted: true)
        }
        return .comparison(left, comparison, try operand())
    }

    private mutating func comparisonAhead() -> JSONPath.Comparison? {
        let start = position
        if let first = byte, isComparison(first) {
            while let byte, isComparison(byte) { position += 1 }
        } else {
            while let byte, byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z") { position += 1 }
        }
        return JSONPath.Comparison(rawValue: String(decoding: bytes[start..<position], as: UTF8.self).uppercased())
    }

    private func isComparison(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"): true
        default: false
        }
    }

    private mutating func operand() throws(JSONPathError) -> JSONPath.Operand {
        skipSpace()
        switch byte {
        case UInt8(ascii: "$"): return .path(try path(), fromRoot: true)
        case UInt8(ascii: "@"): return .path(try path(), fromRoot: false)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .constant(.string(try quoted()))
        case UInt8(ascii: "["), UInt8(ascii: "{"): return .constant(.json(try json()))
        case UInt8(ascii: "/"): return try pattern()
        case UInt8(ascii: "t") where takesWord("true"): return .constant(.boolean(true))
        case UInt8(ascii: "f") where takesWord("false"): return .constant(.boolean(false))
        case UInt8(ascii: "n") where takesWord("null"): return .constant(.null)
        default:
            let start = position
            while let byte, isNumberPart(byte) { position += 1 }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            guard Double(text) != nil else { throw fail("a value is missing in a filter") }
            return .constant(.number(JSONReader.number(text)))
        }
    }

    private func isNumberPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// A path within a filter: up to a blank, a comparison or the parenthesis that closes more than it.
    private mutating func path() throws(JSONPathError) -> JSONPath {
        let start = position
        position += 1
        var open = 0
        scan: while let byte {
            switch byte {
            case UInt8(ascii: "["):
                _ = try json()
                continue
            case UInt8(ascii: "("): open += 1
            case UInt8(ascii: ")"):
                if open == 0 { break scan }
                open -= 1
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"),
                UInt8(ascii: "&"), UInt8(ascii: "|"):
                if open == 0 { break scan }
            case 0...0x20: if open == 0 { break scan }
            default: break
            }
            position += 1
        }
        var parser = JSONPathParser(String(decoding: bytes[start..<position], as: UTF8.self), depth: depth + 1)
        return try parser.parse()
    }

    /// What stands between brackets or braces that belong together, with them.
    private mutating func json() throws(JSONPathError) -> [UInt8] {
        let start = position
        var open = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                _ = try quoted()
                continue
            default: break
            }
            position += 1
            if open == 0 { return Array(bytes[start..<position]) }
        }
        throw fail("a bracket is not closed in a filter")
    }

    private mutating func pattern() throws(JSONPathError) -> JSONPath.Operand {
        position += 1
        let start = position
        while let byte, byte != UInt8(ascii: "/") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard byte != nil else { throw fail("a regular expression has no end") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        position += 1
        let flags = position
        while let byte, "dixmsuU".utf8.contains(byte) { position += 1 }
        return .pattern(text, flags: String(decoding: bytes[flags..<position], as: UTF8.self))
    }
}
