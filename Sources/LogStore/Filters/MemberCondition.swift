import JSON

/// What is asked of messages in JSON: `{ $.status >= 500 && $.user.name != "bot*" }`.
struct MemberCondition: Sendable {
    private let combined: Combined<MemberTest>

    init(_ cursor: inout PatternCursor) throws(LogError) {
        try cursor.need("{")
        combined = try Combined(&cursor) { cursor throws(LogError) in try MemberTest(&cursor) }
        try cursor.need("}")
        guard cursor.isAtEnd else { throw .wrongPattern }
    }

    func holds(_ message: JSONValue, _ steps: inout MatchingSteps) -> Bool {
        // Only objects and lists have members.
        guard message.object != nil || message.array != nil else { return false }
        return combined.holds { $0.holds(message, &steps) }
    }

    /// The first value of each selector, as text.
    func extracted(_ message: JSONValue) -> JSONObject {
        JSONObject(
            combined.parts.compactMap { test in
                test.selector.values(in: message).first.map {
                    (test.selector.text, .string(String(decoding: MemberTest.text($0), as: UTF8.self)))
                }
            })
    }
}

private struct MemberTest: Sendable {
    private enum Asked: Sendable {
        case comparison(ValueComparison)
        case value(JSONValue)
        case isMissing
    }

    let selector: MemberSelector
    private let asked: Asked

    init(_ cursor: inout PatternCursor) throws(LogError) {
        selector = try MemberSelector(&cursor)
        if let comparison = try ValueComparison(&cursor) {
            asked = .comparison(comparison)
        } else if cursor.take("IS") {
            cursor.skipBlanks()
            let word = cursor.take(while: \.isWord)
            switch String(decoding: word, as: UTF8.self) {
            case "TRUE": asked = .value(true)
            case "FALSE": asked = .value(false)
            case "NULL": asked = .value(nil)
            default: throw .wrongPattern
            }
        } else if cursor.take("NOT") {
            try cursor.need("EXISTS")
            asked = .isMissing
        } else {
            throw .wrongPattern
        }
    }

    func holds(_ message: JSONValue, _ steps: inout MatchingSteps) -> Bool {
        let values = selector.values(in: message)
        switch asked {
        case .isMissing: return values.isEmpty
        case .value(let value): return values.contains(value)
        case .comparison(let comparison):
            return values.contains { value in
                // Lists and objects are compared with nothing.
                guard value.object == nil, value.array == nil, value != .null else { return false }
                return comparison.holds(Self.text(value), &steps)
            }
        }
    }

    static func text(_ value: JSONValue) -> [UInt8] { value.string.map { Array($0.utf8) } ?? value.bytes }
}

/// A way to values in a message: `$.a.b[0]`, `$.list[*].name`, `$["a.b"]`.
private struct MemberSelector: Sendable {
    private enum Step: Sendable {
        case member(String)
        case element(Int)
        case all
    }

    let text: String
    private let steps: [Step]

    init(_ cursor: inout PatternCursor) throws(LogError) {
        try cursor.need("$")
        var steps: [Step] = []
        var text = "$"
        while let byte = cursor.next, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") {
            _ = cursor.take()
            if byte == UInt8(ascii: ".") {
                let name = cursor.take { $0.isWord || $0 >= 0x80 || "-@:#/".utf8.contains($0) }
                let isAll = name.isEmpty && cursor.take("*")
                guard isAll || !name.isEmpty else { throw .wrongPattern }
                let member = String(decoding: name, as: UTF8.self)
                steps.append(isAll ? .all : .member(member))
                text += isAll ? ".*" : ".\(member)"
                continue
            }
            cursor.skipBlanks()
            if cursor.take("*") {
                steps.append(.all)
                text += "[*]"
            } else if cursor.next == UInt8(ascii: "\"") {
                let name = String(decoding: try cursor.quoted(), as: UTF8.self)
                steps.append(.member(name))
                text += "[\"\(name)\"]"
            } else {
                let digits = String(decoding: cursor.take(while: \.isWord), as: UTF8.self)
                guard let index = Int(digits), index >= 0 else { throw .wrongPattern }
                steps.append(.element(index))
                text += "[\(index)]"
            }
            try cursor.need("]")
        }
        guard !steps.isEmpty else { throw .wrongPattern }
        self.text = text
        self.steps = steps
    }

    func values(in message: JSONValue) -> [JSONValue] {
        var values = [message]
        for step in steps {
            switch step {
            case .member(let name): values = values.compactMap { $0[name] }
            case .element(let index):
                values = values.compactMap { value in
                    value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                }
            case .all: values = values.flatMap { $0.array ?? $0.object?.members.map(\.value) ?? [] }
            }
        }
        return values
    }
}
