internal import JSON

/// A JSON text as a flat list of its values, in order: what one walk over a request body needs, without a tree.
struct Tape: Sendable {
    enum Kind: UInt8, Sendable { case null, bool, integer, number, string, array, object }

    struct Token: Sendable {
        var kind: Kind
        /// The text of a string with escapes stands in `unescaped`.
        var isEscaped = false
        /// A key that comes again in its object: the later one counts.
        var isReplaced = false
        /// Where the text begins; of a string, behind its quote.
        var start: UInt32
        /// The bytes of the text; of an array or object, its elements or members.
        var count: UInt32 = 0
        /// The index behind this value and all in it.
        var next: UInt32 = 0
        /// Of a key.
        var hash: UInt32 = 0
    }

    /// A value each; the members of an object are a key and a value.
    private(set) var tokens: [Token] = []
    private(set) var unescaped: [UInt8] = []

    init(_ bytes: Span<UInt8>) throws(JSONError) {
        guard bytes.count < Int(UInt32.max), UTF8Check.isValid(bytes) else { throw JSONError("not UTF-8", at: 0) }
        var parser = TapeParser(bytes)
        try parser.value(depth: 0)
        try parser.cursor.expectEnd()
        tokens = parser.tokens
        unescaped = parser.unescaped
    }

    /// FNV-1a.
    static func hash(_ bytes: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for position in 0..<bytes.count { hash = (hash ^ UInt32(bytes[position])) &* 0x0100_0193 }
        return hash
    }
}

enum UTF8Check {
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        isASCII(bytes) || bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) } != nil
    }

    private static func isASCII(_ bytes: Span<UInt8>) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var position = 0
            while position + 8 <= buffer.count {
                let word = buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 != 0 { return false }
                position += 8
            }
            while position < buffer.count {
                if buffer[position] >= 0x80 { return false }
                position += 1
            }
            return true
        }
    }
}

private struct TapeParser: ~Escapable {
    var cursor: JSONCursor
    let bytes: Span<UInt8>
    var tokens: [Tape.Token] = []
    var unescaped: [UInt8] = []

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
        cursor = JSONCursor(bytes)
        tokens.reserveCapacity(bytes.count / 12 + 4)
    }

    mutating func value(depth: Int) throws(JSONError) {
        guard depth < JSONCursor.maximumDepth else { throw JSONError("nested too deep", at: cursor.offset) }
        let index = tokens.count
        switch cursor.peek() {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true", .bool)
        case UInt8(ascii: "f"): try literal("false", .bool)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: try number()
        }
        tokens[index].next = UInt32(tokens.count)
    }

    private mutating func literal(_ word: StaticString, _ kind: Tape.Kind) throws(JSONError) {
        let start = cursor.offset
        try cursor.literal(word)
        add(kind, start..<cursor.offset)
    }

    private mutating func number() throws(JSONError) {
        let range = try cursor.number()
        var kind = Tape.Kind.integer
        for position in range {
            switch bytes[position] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): kind = .number
            default: break
            }
        }
        add(kind, range)
    }

    private mutating func string() throws(JSONError) {
        let (range, isEscaped) = try cursor.string()
        guard isEscaped else { return add(.string, range) }
        let start = unescaped.count
        cursor.unescape(range, into: &unescaped)
        add(.string, start..<unescaped.count)
        tokens[tokens.count - 1].isEscaped = true
    }

    private mutating func add(_ kind: Tape.Kind, _ range: Range<Int>) {
        tokens.append(Tape.Token(kind: kind, start: UInt32(range.lowerBound), count: UInt32(range.count)))
    }

    private mutating func array(depth: Int) throws(JSONError) {
        let index = tokens.count
        add(.array, cursor.offset..<cursor.offset)
        try cursor.expect(UInt8(ascii: "["), "'['")
        if cursor.take(UInt8(ascii: "]")) { return }
        var count: UInt32 = 0
        repeat {
            try value(depth: depth + 1)
            count += 1
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
        tokens[index].count = count
    }

    private mutating func object(depth: Int) throws(JSONError) {
        let index = tokens.count
        add(.object, cursor.offset..<cursor.offset)
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        if cursor.take(UInt8(ascii: "}")) { return }
        var count: UInt32 = 0
        repeat {
            let key = tokens.count
            try string()
            tokens[key].hash = hash(of: key)
            tokens[key].next = UInt32(key + 1)
            try cursor.expect(UInt8(ascii: ":"), "':'")
            try value(depth: depth + 1)
            count += 1
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
        tokens[index].count = count - replaced(from: index + 1, count: Int(count))
    }

    // MARK: Keys

    private func hash(of key: Int) -> UInt32 {
        let token = tokens[key]
        let range = Int(token.start)..<Int(token.start + token.count)
        return token.isEscaped ? Tape.hash(unescaped.span.extracting(range)) : Tape.hash(bytes.extracting(range))
    }

    private static let comparedUpTo = 32

    /// Marks the keys of an object that come again later, and returns how many they are.
    private mutating func replaced(from first: Int, count: Int) -> UInt32 {
        if count < 2 { return 0 }
        var keys: [Int] = []
        if count > Self.comparedUpTo { keys.reserveCapacity(count) }
        var replaced: UInt32 = 0
        var key = first
        for _ in 0..<count {
            if count > Self.comparedUpTo {
                keys.append(key)
            } else {
                var other = first
                while other < key {
                    if tokens[other].hash == tokens[key].hash, !tokens[other].isReplaced, isSame(other, key) {
                        tokens[other].isReplaced = true
                        replaced += 1
                    }
                    other = Int(tokens[other + 1].next)
                }
            }
            key = Int(tokens[key + 1].next)
        }
        // Equal keys side by side, the last one behind the others.
        keys.sort { left, right in
            if tokens[left].hash != tokens[right].hash { return tokens[left].hash < tokens[right].hash }
            let order = compare(left, right)
            return order != 0 ? order < 0 : left < right
        }
        for (key, next) in zip(keys, keys.dropFirst()) where tokens[key].hash == tokens[next].hash && isSame(key, next)
        {
            tokens[key].isReplaced = true
            replaced += 1
        }
        return replaced
    }

    private func isSame(_ left: Int, _ right: Int) -> Bool { compare(left, right) == 0 }

    private func compare(_ left: Int, _ right: Int) -> Int {
        let (left, right) = (tokens[left], tokens[right])
        for position in 0..<min(left.count, right.count) {
            let difference = Int(byte(left, position)) - Int(byte(right, position))
            if difference != 0 { return difference }
        }
        return Int(left.count) - Int(right.count)
    }

    private func byte(_ token: Tape.Token, _ position: UInt32) -> UInt8 {
        token.isEscaped ? unescaped[Int(token.start + position)] : bytes[Int(token.start + position)]
    }
}
