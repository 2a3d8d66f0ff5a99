/// Reads a JSONPath the way Jayway's compiler does.
struct JSONPathParser {
    let bytes: [UInt8]
    let text: String
    var position = 0
    var depth = 0

    /// How deep filters and functions may nest in a path.
    private static let maximumDepth = 20
    private static let maximumLength = 10_000

    init(_ text: String, depth: Int = 0) {
        self.text = text
        self.depth = depth
        var bytes = Array(text.utf8)
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        bytes.removeFirst(bytes.prefix { $0 <= 0x20 }.count)
        let isRooted = bytes.first == UInt8(ascii: "$") || bytes.first == UInt8(ascii: "@")
        self.bytes = isRooted ? bytes : Array("$.".utf8) + bytes
    }

    mutating func parse() throws(JSONPathError) -> JSONPath {
        guard bytes.count <= Self.maximumLength else { throw fail("it is longer than \(Self.maximumLength) bytes") }
        guard depth < Self.maximumDepth else { throw fail("it is nested too deep") }
        guard bytes.last != UInt8(ascii: ".") else { throw fail("it must not end with '.'") }
        position = 1
        var steps: [JSONPath.Step] = []
        while position < bytes.count { try step(&steps) }
        if case .scan? = steps.last { throw fail("it must not end with '..'") }
        return JSONPath(steps: inverted(steps))
    }

    /// `$..a.length()` means the function of all that the scan finds.
    private func inverted(_ steps: [JSONPath.Step]) -> [JSONPath.Step] {
        guard case .scan? = steps.first, case .function(let function, _)? = steps.last else { return steps }
        return [.function(function, [.path(JSONPath(steps: Array(steps.dropLast())))])]
    }

    func fail(_ reason: String) -> JSONPathError { JSONPathError(reason, in: text) }

    var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte, byte <= 0x20 { position += 1 }
    }

    private mutating func step(_ steps: inout [JSONPath.Step]) throws(JSONPathError) {
        switch byte {
        case UInt8(ascii: "["): steps.append(try bracket())
        case UInt8(ascii: "."):
            position += 1
            if byte == UInt8(ascii: ".") {
                position += 1
                steps.append(.scan)
            }
            switch byte {
            case UInt8(ascii: "."), nil: throw fail("a name is missing behind '.'")
            case UInt8(ascii: "["): steps.append(try bracket())
            default: steps.append(try named())
            }
        case UInt8(ascii: "*"): steps.append(try named())
        default: throw fail("'.' or '[' is missing")
        }
    }

    /// `name`, `name(…)` or `*`.
    private mutating func named() throws(JSONPathError) -> JSONPath.Step {
        if byte == UInt8(ascii: "*") {
            position += 1
            return .wildcard
        }
        let start = position
        while let byte, byte != UInt8(ascii: "."), byte != UInt8(ascii: "["), byte != UInt8(ascii: "(") {
            if byte == UInt8(ascii: " ") { throw fail("a name with blanks belongs in ['…']") }
            position += 1
        }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        guard byte == UInt8(ascii: "(") else {
            guard !name.isEmpty else { throw fail("a name is missing") }
            return .member(Key(name))
        }
        guard let function = JSONPath.Function(rawValue: name) else { throw fail("there is no function \(name)()") }
        position += 1
        return .function(function, try parameters())
    }

    // MARK: - Brackets

    private mutating func bracket() throws(JSONPathError) -> JSONPath.Step {
        position += 1
        skipSpace()
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try names()
        case UInt8(ascii: "*"):
            position += 1
            try close()
            return .wildcard
        case UInt8(ascii: "?"):
            position += 1
            skipSpace()
            guard byte == UInt8(ascii: "(") else { throw fail("a filter is written [?(…)]") }
            position += 1
            depth += 1
            guard depth < Self.maximumDepth else { throw fail("it is nested too deep") }
            let filter = try filter()
            depth -= 1
            skipSpace()
            guard byte == UInt8(ascii: ")") else { throw fail("')' is missing in a filter") }
            position += 1
            try close()
            return .filter(filter)
        default: return try numbers()
        }
    }

    private mutating func close() throws(JSONPathError) {
        skipSpace()
        guard byte == UInt8(ascii: "]") else { throw fail("']' is missing") }
        position += 1
    }

    private mutating func names() throws(JSONPathError) -> JSONPath.Step {
        var names: [Key] = []
        while true {
            skipSpace()
            guard let quote = byte, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
                throw fail("a name in quotes is missing")
            }
            names.append(Key(try quoted()))
            skipSpace()
            if byte == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try close()
            return names.count == 1 ? .member(names[0]) : .members(names)
        }
    }

    /// A string in quotes, from its quote; a backslash stands before what would end it.
    mutating func quoted() throws(JSONPathError) -> String {
        let quote = bytes[position]
        position += 1
        var output: [UInt8] = []
        while let byte {
            position += 1
            if byte == quote { return String(decoding: output, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), let escaped = self.byte else {
                output.append(byte)
                continue
            }
            position += 1
            switch escaped {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                let end = min(position + 4, bytes.count)
                guard let unit = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16) else {
                    throw fail("\\u needs four hexadecimal digits")
                }
                output.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
                position = end
            default: output.append(escaped)
            }
        }
        throw fail("a string has no end")
    }

    private mutating func numbers() throws(JSONPathError) -> JSONPath.Step {
        let start = position
        while let byte, byte != UInt8(ascii: "]") { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        try close()
        if text.contains(":") {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            let bounds = parts.map { Int32($0) }
            guard parts.count == 2, zip(parts, bounds).allSatisfy({ $0.isEmpty || $1 != nil }),
                bounds.contains(where: { $0 != nil })
            else { throw fail("[\(text)] is no slice") }
            return .slice(from: bounds[0].map(Int.init), to: bounds[1].map(Int.init))
        }
        var indices: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let index = Int32(part.filter { $0 != " " }) else { throw fail("[\(text)] is no index") }
            indices.append(Int(index))
        }
        return indices.count == 1 ? .element(indices[0]) : .elements(indices)
    }

    // MARK: - Parameters of functions

    /// The parameters up to `)`: paths, numbers, strings and other JSON.
    private mutating func parameters() throws(JSONPathError) -> [JSONPath.Parameter] {
        var parameters: [JSONPath.Parameter] = []
        skipSpace()
        if byte == UInt8(ascii: ")") {
            position += 1
            return []
        }
        while true {
            skipSpace()
            let start = position
            try skipParameter()
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if text.hasPrefix("$") || text.hasPrefix("@") {
                var parser = JSONPathParser(text, depth: depth + 1)
                parameters.append(.path(try parser.parse()))
            } else {
                parameters.append(.json(Array(text.utf8)))
            }
            if byte == UInt8(ascii: ",") {
                position += 1
                continue
            }
            guard byte == UInt8(ascii: ")") else { throw fail("')' is missing behind parameters") }
            position += 1
            return parameters
        }
    }

    /// Goes to the comma or parenthesis that ends a parameter, past whatever nests in it.
    private mutating func skipParameter() throws(JSONPathError) {
        var open = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                _ = try quoted()
                continue
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: ")") where open == 0: return
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
            case UInt8(ascii: ",") where open == 0: return
            default: break
            }
            position += 1
        }
    }
}
