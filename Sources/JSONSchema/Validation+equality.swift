// Values are the same if they mean the same: 1 and 1.0, members in any order.

/// Where the bytes of a tape's values stand.
private struct Values: ~Escapable {
    let tokens: [Tape.Token]
    let bytes: Span<UInt8>
    let unescaped: Span<UInt8>

    @_lifetime(copy bytes, copy unescaped)
    init(_ tokens: [Tape.Token], _ bytes: Span<UInt8>, _ unescaped: Span<UInt8>) {
        self.tokens = tokens
        self.bytes = bytes
        self.unescaped = unescaped
    }

    @_lifetime(copy self)
    func text(_ value: Int) -> Span<UInt8> {
        let token = tokens[value]
        let range = Int(token.start)..<Int(token.start + token.count)
        return token.isEscaped ? unescaped.extracting(range) : bytes.extracting(range)
    }
}

extension Validation {
    @_lifetime(copy self)
    private func bodyValues() -> Values { Values(tape.tokens, body, unescaped) }

    mutating func isSame(_ value: Int, _ candidate: Int, ofEnum index: Int) throws(Stop) -> Bool {
        let bytes = program.enums[index].bytes
        let other = program.enums[index].tape
        return try isSame(bodyValues(), value, Values(other.tokens, bytes.span, other.unescaped.span), candidate)
    }

    private mutating func isSame(
        _ left: borrowing Values, _ leftIndex: Int, _ right: borrowing Values, _ rightIndex: Int
    ) throws(Stop) -> Bool {
        let (token, other) = (left.tokens[leftIndex], right.tokens[rightIndex])
        let isNumber = token.kind == .integer || token.kind == .number
        if isNumber, other.kind == .integer || other.kind == .number {
            let (text, otherText) = (left.text(leftIndex), right.text(rightIndex))
            if Self.isSameText(text, otherText) { return true }
            try spend((text.count + otherText.count) / 8)
            return Decimal(text) == Decimal(otherText)
        }
        guard token.kind == other.kind else { return false }
        switch token.kind {
        case .null: return true
        case .bool: return token.count == other.count
        case .string:
            guard token.count == other.count else { return false }
            try spend(Int(token.count) / 16)
            return Self.isSameText(left.text(leftIndex), right.text(rightIndex))
        case .integer, .number: return false
        case .array:
            guard token.count == other.count else { return false }
            var (element, counterpart) = (leftIndex + 1, rightIndex + 1)
            for _ in 0..<token.count {
                try spend(1)
                guard try isSame(left, element, right, counterpart) else { return false }
                element = Int(left.tokens[element].next)
                counterpart = Int(right.tokens[counterpart].next)
            }
            return true
        case .object:
            guard token.count == other.count else { return false }
            var key = leftIndex + 1
            while key < Int(token.next) {
                if !left.tokens[key].isReplaced {
                    guard let counterpart = try member(like: left, key, of: right, rightIndex),
                        try isSame(left, key + 1, right, counterpart)
                    else { return false }
                }
                key = Int(left.tokens[key + 1].next)
            }
            return true
        }
    }

    /// The value of the member with the same key.
    private mutating func member(
        like left: borrowing Values, _ key: Int, of right: borrowing Values, _ object: Int
    ) throws(Stop) -> Int? {
        var other = object + 1
        while other < Int(right.tokens[object].next) {
            try spend(1)
            if right.tokens[other].hash == left.tokens[key].hash, !right.tokens[other].isReplaced,
                Self.isSameText(left.text(key), right.text(other))
            {
                return other + 1
            }
            other = Int(right.tokens[other + 1].next)
        }
        return nil
    }

    private static func isSameText(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for position in 0..<left.count where left[position] != right[position] { return false }
        return true
    }

    // MARK: Duplicates

    private static let comparedUpTo = 8

    mutating func hasDuplicates(_ array: Int) throws(Stop) -> Bool {
        var elements: [Int] = []
        var element = array + 1
        for _ in 0..<tape.tokens[array].count {
            elements.append(element)
            element = Int(tape.tokens[element].next)
        }
        if elements.count <= Self.comparedUpTo {
            for position in elements.indices {
                for other in 0..<position
                where try isSame(bodyValues(), elements[position], bodyValues(), elements[other]) {
                    return true
                }
            }
            return false
        }
        // Equal elements have equal hashes, and stand side by side when sorted by them.
        try spend(Int(tape.tokens[array].next) - array + elements.count)
        var hashes = elements.map { (hash: hash(of: $0), element: $0) }
        hashes.sort { $0.hash < $1.hash }
        var start = 0
        for position in hashes.indices {
            if hashes[position].hash != hashes[start].hash { start = position }
            for other in start..<position
            where try isSame(bodyValues(), hashes[position].element, bodyValues(), hashes[other].element) {
                return true
            }
        }
        return false
    }

    private func hash(of value: Int) -> Int {
        let token = tape.tokens[value]
        var hasher = Hasher()
        switch token.kind {
        case .null: hasher.combine(0)
        case .bool: hasher.combine(token.count)
        case .integer, .number: hasher.combine(Decimal(bytes(of: value)))
        case .string:
            let text = bytes(of: value)
            text.withUnsafeBufferPointer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .array:
            var element = value + 1
            for _ in 0..<token.count {
                hasher.combine(hash(of: element))
                element = Int(tape.tokens[element].next)
            }
        case .object:
            var sum = 0
            var key = value + 1
            while key < Int(token.next) {
                if !tape.tokens[key].isReplaced {
                    var member = Hasher()
                    member.combine(tape.tokens[key].hash)
                    member.combine(hash(of: key + 1))
                    sum &+= member.finalize()
                }
                key = Int(tape.tokens[key + 1].next)
            }
            hasher.combine(sum)
        }
        return hasher.finalize()
    }
}

// MARK: - Values as they are told

extension Validation {
    /// The value as compact JSON: numbers as they were written, strings as Jackson writes them.
    func text(of value: Int) -> String {
        var output: [UInt8] = []
        write(value, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(_ value: Int, into output: inout [UInt8]) {
        let token = tape.tokens[value]
        switch token.kind {
        case .null, .bool, .integer, .number: output.append(contentsOf: string(of: value).utf8)
        case .string: Words.writeString(string(of: value), into: &output)
        case .array:
            output.append(UInt8(ascii: "["))
            var element = value + 1
            for position in 0..<token.count {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                write(element, into: &output)
                element = Int(tape.tokens[element].next)
            }
            output.append(UInt8(ascii: "]"))
        case .object:
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            var key = value + 1
            while key < Int(token.next) {
                if !tape.tokens[key].isReplaced {
                    if !isFirst { output.append(UInt8(ascii: ",")) }
                    isFirst = false
                    Words.writeString(string(of: key), into: &output)
                    output.append(UInt8(ascii: ":"))
                    write(key + 1, into: &output)
                }
                key = Int(tape.tokens[key + 1].next)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    func loopMessage(_ value: Int) -> String {
        "validation loop: schema visited twice for pointer \"\(pointer(to: value))\" of validated instance"
    }

    /// The JSON Pointer to a value of the body.
    private func pointer(to value: Int) -> String {
        var pointer = ""
        var container = 0
        while container != value {
            let isObject = tape.tokens[container].kind == .object
            var position = 0
            var child = container + 1
            while true {
                let element = isObject ? child + 1 : child
                if value < Int(tape.tokens[element].next) {
                    pointer += "/" + (isObject ? string(of: child) : String(position))
                    container = element
                    break
                }
                child = Int(tape.tokens[element].next)
                position += 1
            }
        }
        return pointer
    }
}
