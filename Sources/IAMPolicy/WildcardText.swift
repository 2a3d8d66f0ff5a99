#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A text with `*` (any run of bytes), `?` (one character) and, where policies have them, variables as `${aws:username}`.
///
/// What a variable stands for is text, whatever it holds: a name with a star in it matches itself only.
final class WildcardText: Sendable {
    private enum Part: Sendable {
        case tokens([UInt16])
        case variable(key: ConditionKey, otherwise: [UInt16]?)
    }

    /// One byte, or one of the marks.
    private static let anyRun: UInt16 = 256
    private static let anyOne: UInt16 = 257

    private let parts: [Part]
    /// The only part of a text without variables.
    private let tokens: [UInt16]?
    /// What every text begins with that matches, what may follow, and with what it then ends: most patterns are told by
    /// these alone.
    private let beginning: [UInt8]
    private let rest: Rest
    private let ending: [UInt8]
    /// No shorter text matches.
    private let shortest: Int
    /// Of what stands in the pattern itself.
    let runs: ByteRuns

    private enum Rest: Sendable {
        case nothing, anything
        /// Texts that have to follow in this order, before the ending.
        case pieces([TextPiece])
        /// It is not so simple: characters of any kind, or variables.
        case pattern
    }

    var hasVariables: Bool { tokens == nil }

    /// - Parameter isLiteral: a star and a question mark are themselves.
    init(_ text: String, hasVariables: Bool, isLiteral: Bool = false) {
        var parts: [Part] = []
        var tokens: [UInt16] = []
        var unread = Array(text.utf8)[...]
        while let byte = unread.first {
            if hasVariables, byte == UInt8(ascii: "$"), let (variable, end) = Self.variable(unread) {
                switch variable {
                case .tokens(let literal): tokens += literal
                case .variable:
                    if !tokens.isEmpty { parts.append(.tokens(tokens)) }
                    tokens = []
                    parts.append(variable)
                }
                unread = unread[end...]
                continue
            }
            unread = unread.dropFirst()
            switch byte {
            // A second star says nothing more.
            case UInt8(ascii: "*") where !isLiteral: if tokens.last != Self.anyRun { tokens.append(Self.anyRun) }
            case UInt8(ascii: "?") where !isLiteral: tokens.append(Self.anyOne)
            default: tokens.append(UInt16(byte))
            }
        }
        self.tokens = parts.isEmpty ? tokens : nil
        (beginning, rest, ending) = Self.shape(self.tokens)
        shortest = self.tokens?.count { $0 != Self.anyRun } ?? 0
        if !tokens.isEmpty || parts.isEmpty { parts.append(.tokens(tokens)) }
        self.parts = parts
        runs = Self.runs(parts)
    }

    private static func shape(_ tokens: [UInt16]?) -> ([UInt8], Rest, [UInt8]) {
        guard let tokens else { return ([], .pattern, []) }
        let beginning = tokens.prefix { $0 < anyRun }
        if beginning.count == tokens.count { return (bytes(beginning), .nothing, []) }
        if tokens[beginning.count...] == [anyRun] { return (bytes(beginning), .anything, []) }
        let ending = Array(tokens[beginning.count...].reversed().prefix { $0 < anyRun }.reversed())
        guard !tokens.contains(anyOne) else { return (bytes(beginning), .pattern, bytes(ending)) }
        let pieces = tokens[beginning.count..<(tokens.count - ending.count)].split(separator: anyRun)
        return (bytes(beginning), .pieces(pieces.map { TextPiece(bytes($0)) }), bytes(ending))
    }

    private static func bytes(_ tokens: some Sequence<UInt16>) -> [UInt8] {
        tokens.map { UInt8(truncatingIfNeeded: $0) }
    }

    /// The variable at the start of `text` and where it ends; `${*}`, `${?}` and `${$}` are the marks themselves.
    private static func variable(_ text: ArraySlice<UInt8>) -> (Part, end: Int)? {
        guard text.dropFirst().first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")) else {
            return nil
        }
        let inner = String(decoding: text[(text.startIndex + 2)..<end], as: UTF8.self)
        if ["*", "?", "$"].contains(inner) { return (.tokens(inner.utf8.map { UInt16($0) }), end + 1) }
        // `${key, 'what stands there without one'}`
        guard let comma = inner.firstIndex(of: ",") else {
            return (.variable(key: ConditionKey(inner), otherwise: nil), end + 1)
        }
        let otherwise = inner[inner.index(after: comma)...].drop { $0 == " " }
        guard otherwise.first == "'", otherwise.last == "'", otherwise.count >= 2 else { return nil }
        let key = ConditionKey(String(inner[..<comma]))
        return (.variable(key: key, otherwise: otherwise.dropFirst().dropLast().utf8.map { UInt16($0) }), end + 1)
    }

    /// What the text is for one request: nil when a variable has no value, which then matches nothing.
    private func expanded(_ values: (ConditionKey) -> ConditionValues) -> [UInt16]? {
        if let tokens { return tokens }
        var expanded: [UInt16] = []
        for part in parts {
            switch part {
            case .tokens(let tokens): expanded += tokens
            case .variable(let key, let otherwise):
                if case .values(let values) = values(key), values.count == 1 {
                    expanded += values[0].utf8.map { UInt16($0) }
                } else if let otherwise {
                    expanded += otherwise
                } else {
                    return nil
                }
            }
        }
        return expanded
    }

    /// Whether a variable stands for something that nobody here knows.
    func isUnknown(_ values: (ConditionKey) -> ConditionValues) -> Bool {
        hasVariables
            && parts.contains { part in
                guard case .variable(let key, _) = part, case .unknown = values(key) else { return false }
                return true
            }
    }

    /// Whether the whole of `text` matches; variables match nothing.
    func matches(_ text: [UInt8]) -> Bool { matches(text) { _ in .absent } }

    func matches(_ text: [UInt8], _ values: (ConditionKey) -> ConditionValues) -> Bool {
        let count = beginning.count
        guard text.count >= shortest, count == 0 || memcmp(text, beginning, count) == 0 else { return false }
        switch rest {
        case .nothing: return text.count == count
        case .anything: return true
        case .pieces(let pieces):
            let end = text.count - ending.count
            return text[end...].elementsEqual(ending) && Self.follow(pieces, text, count..<end)
        case .pattern: break
        }
        guard let tokens = expanded(values) else { return false }
        return text.withUnsafeBufferPointer { text in
            tokens.withUnsafeBufferPointer { Self.matches($0, text) }
        }
    }

    private static func follow(_ pieces: [TextPiece], _ text: [UInt8], _ range: Range<Int>) -> Bool {
        text.withUnsafeBufferPointer { text in
            var start = range.lowerBound
            for piece in pieces {
                guard let end = piece.end(in: text, start..<range.upperBound) else { return false }
                start = end
            }
            return true
        }
    }

    /// The parts between colons, at most `count` of them, each a text of its own; nil when there are variables.
    func split(at count: Int) -> [WildcardText]? {
        guard let tokens else { return nil }
        let parts = tokens.split(
            separator: UInt16(UInt8(ascii: ":")), maxSplits: count - 1, omittingEmptySubsequences: false)
        return parts.map { WildcardText(tokens: Array($0)) }
    }

    private init(tokens: [UInt16]) {
        parts = [.tokens(tokens)]
        self.tokens = tokens
        (beginning, rest, ending) = Self.shape(tokens)
        shortest = tokens.count { $0 != Self.anyRun }
        runs = Self.runs(parts)
    }

    private static func runs(_ parts: [Part]) -> ByteRuns {
        var runs = ByteRuns()
        for case .tokens(let tokens) in parts {
            for text in tokens.split(whereSeparator: { $0 >= anyRun }) { runs.insert(bytes(text)) }
        }
        return runs
    }

    /// Behind a star the rest is tried at each place, but never again once a later star is reached: the steps are at most
    /// the product of both lengths, which the quotas of policies and of requests bound.
    private static func matches(
        _ pattern: UnsafeBufferPointer<UInt16>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var (p, t) = (0, 0)
        var (star, retry) = (-1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == Self.anyRun {
                star = p
                retry = t
                p += 1
            } else if p < pattern.count, pattern[p] == Self.anyOne {
                p += 1
                t = Self.next(t, text)
            } else if p < pattern.count, pattern[p] == UInt16(text[t]) {
                p += 1
                t += 1
            } else if star >= 0 {
                p = star + 1
                retry += 1
                t = retry
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == Self.anyRun { p += 1 }
        return p == pattern.count
    }

    /// Behind the character at `position`.
    private static func next(_ position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var next = position + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
