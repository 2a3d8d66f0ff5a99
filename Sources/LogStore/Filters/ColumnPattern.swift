import JSON

/// What is asked of messages with a fixed number of words: `[ip, user, ..., status = 4*, bytes > 1000]`.
struct ColumnPattern: Sendable {
    private struct Column: Sendable {
        let name: String
        let condition: Combined<ValueComparison>?
    }

    private var before: [Column] = []
    /// Behind the dots, which stand for any number of columns; nil where there are no dots.
    private var behind: [Column]?

    init(_ cursor: inout PatternCursor) throws(LogError) {
        try cursor.need("[")
        repeat {
            cursor.skipBlanks()
            if cursor.take("...") {
                guard behind == nil else { throw .wrongPattern }
                behind = []
                cursor.skipBlanks()
                continue
            }
            let column = try Self.column(&cursor, number: before.count + (behind?.count ?? 0) + 1)
            if behind == nil { before.append(column) } else { behind?.append(column) }
            cursor.skipBlanks()
        } while cursor.take(",")
        try cursor.need("]")
        guard cursor.isAtEnd else { throw .wrongPattern }
    }

    /// A name, alone or compared once or more: `status = 404 || status = 410`.
    private static func column(_ cursor: inout PatternCursor, number: Int) throws(LogError) -> Column {
        var first: String?
        var isCompared = false
        let condition = try Combined(&cursor) { cursor throws(LogError) in
            cursor.skipBlanks()
            let name = String(decoding: cursor.take { $0.isWord || $0 == 0x2D }, as: UTF8.self)
            guard first == nil || name == first else { throw .wrongPattern }
            first = name
            let comparison = try ValueComparison(&cursor)
            // One that is compared nowhere stands alone.
            guard comparison != nil || !isCompared else { throw .wrongPattern }
            isCompared = isCompared || comparison != nil
            return comparison
        }
        let name = first.flatMap { $0.isEmpty ? nil : $0 } ?? String(number)
        let parts = condition.parts.compactMap(\.self)
        guard !parts.isEmpty else {
            guard condition.parts.count == 1 else { throw .wrongPattern }
            return Column(name: name, condition: nil)
        }
        guard let whole = condition.mapped({ $0 }) else { throw .wrongPattern }
        return Column(name: name, condition: whole)
    }

    func matches(_ texts: [[UInt8]], _ steps: inout MatchingSteps) -> Bool {
        guard let pairs = pairs(texts) else { return false }
        return pairs.allSatisfy { column, text in column.condition?.holds { $0.holds(text, &steps) } ?? true }
    }

    func extracted(_ texts: [[UInt8]]) -> JSONObject {
        JSONObject(
            (pairs(texts) ?? []).map { column, text in
                ("$" + column.name, .string(String(decoding: text, as: UTF8.self)))
            })
    }

    /// Nil where the message has another number of columns.
    private func pairs(_ texts: [[UInt8]]) -> [(Column, [UInt8])]? {
        guard let behind else { return texts.count == before.count ? Array(zip(before, texts)) : nil }
        guard texts.count >= before.count + behind.count else { return nil }
        return Array(zip(before, texts)) + Array(zip(behind, texts.suffix(behind.count)))
    }
}

extension Combined {
    /// The same with other parts; nil where one of them is nil.
    fileprivate func mapped<Other>(_ part: (Part) -> Other?) -> Combined<Other>? {
        func all(_ parts: [Combined]) -> [Combined<Other>]? {
            let mapped = parts.compactMap { $0.mapped(part) }
            return mapped.count == parts.count ? mapped : nil
        }
        switch self {
        case .part(let one): return part(one).map { .part($0) }
        case .all(let parts): return all(parts).map { .all($0) }
        case .any(let parts): return all(parts).map { .any($0) }
        }
    }
}

/// The words of a message. What stands in quotation marks or brackets is one of them.
struct Columns {
    private(set) var texts: [[UInt8]] = []

    init(_ message: [UInt8]) {
        var rest = message.trimmed[...]
        while let first = rest.first {
            if first.isBlank {
                rest = rest.dropFirst()
                continue
            }
            let closing: UInt8? =
                switch first {
                case UInt8(ascii: "["): UInt8(ascii: "]")
                case UInt8(ascii: "\""): UInt8(ascii: "\"")
                default: nil
                }
            // One that is never closed is a letter like others.
            if let closing, let end = rest.dropFirst().firstIndex(of: closing) {
                texts.append(Array(rest[(rest.startIndex + 1)..<end]))
                rest = rest[(end + 1)...]
            } else {
                let word = rest.prefix { !$0.isBlank }
                texts.append(Array(word))
                rest = rest[word.endIndex...]
            }
        }
    }
}
