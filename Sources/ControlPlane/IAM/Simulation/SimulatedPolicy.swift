import IAMPolicy
import JSON

/// One policy of a simulation: what it says, where its statements stand, and the keys that it asks for.
struct SimulatedPolicy {
    /// As results name it.
    let name: String
    let kind: String
    let document: PolicyDocument
    let statements: [StatementPlace]
    /// As they are written, each once.
    let keys: [String]
    /// Bytes of the text.
    let size: Int

    /// What results call identity policies, of whatever kind (recorded), and those of resources.
    static let identity = "IAM Policy"
    static let resource = "Resource Policy"

    init(_ name: String, _ text: String, kind: PolicyDocument.Kind = .identity) throws(PolicyError) {
        self.name = name
        self.kind = kind == .resource ? Self.resource : Self.identity
        document = try PolicyDocument(text, kind: kind)
        statements = StatementPlace.all(in: text)
        keys = PolicyKeyNames.all(in: text)
        size = text.utf8.count
    }
}

/// Where a statement stands in a policy's text: lines and columns begin with 1, and both ends are behind the brace
/// (recorded).
struct StatementPlace: Equatable {
    struct Position: Equatable {
        var line = 1
        var column = 1
    }

    let start: Position
    let end: Position

    /// Of a text that is a policy.
    static func all(in text: String) -> [StatementPlace] {
        var scanner = Scanner()
        for character in text.unicodeScalars { scanner.take(character) }
        return scanner.found
    }

    private struct Scanner {
        var found: [StatementPlace] = []
        private var position = Position()
        private var start = Position()
        private var depth = 0
        /// Of the member at the top that is being read.
        private var key = ""
        private var isInKey = false
        private var expectsKey = false
        private var isInText = false
        private var isEscaped = false
        private var isList = false

        mutating func take(_ character: Unicode.Scalar) {
            advance(over: character)
            if isInText { return takeText(character) }
            switch character {
            case "\"":
                isInText = true
                isInKey = depth == 1 && expectsKey
                if isInKey { key = "" }
            case "{":
                depth += 1
                expectsKey = depth == 1
                if isStatements, depth == statementDepth { start = position }
            case "}":
                if isStatements, depth == statementDepth { found.append(StatementPlace(start: start, end: position)) }
                depth -= 1
            case "[":
                depth += 1
                if isStatements, depth == 2 { isList = true }
            case "]":
                depth -= 1
                if depth == 1 { isList = false }
            case ",": if depth == 1 { expectsKey = true }
            case ":": if depth == 1 { expectsKey = false }
            default: break
            }
        }

        private var isStatements: Bool { depth > 1 && key == "Statement" }
        private var statementDepth: Int { isList ? 3 : 2 }

        private mutating func takeText(_ character: Unicode.Scalar) {
            if !isEscaped, character == "\"" {
                isInText = false
                // A name may be written with escapes.
                if isInKey, key.contains("\\") { key = (try? JSONValue(parsing: "\"\(key)\""))?.string ?? "" }
                isInKey = false
                return
            }
            isEscaped = !isEscaped && character == "\\"
            if isInKey { key.unicodeScalars.append(character) }
        }

        private mutating func advance(over character: Unicode.Scalar) {
            if character == "\n" {
                position = Position(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
    }
}

/// The condition keys that policies ask for, in conditions and as variables.
enum PolicyKeyNames {
    /// In the order in which they stand in the text, each once.
    static func all(in text: String) -> [String] {
        guard let policy = try? JSONValue(parsing: text), let statements = policy["Statement"] else { return [] }
        let hasVariables = policy["Version"] == "2012-10-17"
        var names: [String] = []
        for statement in statements.array ?? [statements] {
            for (member, value) in statement.object?.members ?? [] {
                switch member {
                case "Resource", "NotResource": if hasVariables { names += variables(in: value) }
                case "Condition":
                    for (_, keys) in value.object?.members ?? [] {
                        for (key, values) in keys.object?.members ?? [] {
                            names.append(key)
                            if hasVariables { names += variables(in: values) }
                        }
                    }
                default: break
                }
            }
        }
        return unique(names)
    }

    static func unique(_ names: some Sequence<String>) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0.lowercased()).inserted }
    }

    /// `${key}` and `${key, 'what stands there without one'}`.
    private static func variables(in value: JSONValue) -> [String] {
        (value.array ?? [value]).flatMap { text -> [String] in
            guard let text = text.string else { return [] }
            var names: [String] = []
            var rest = text[...]
            while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
                let name = rest[start.upperBound..<end].prefix { $0 != "," }
                if !["*", "?", "$"].contains(name) { names.append(String(name)) }
                rest = rest[end...].dropFirst()
            }
            return names
        }
    }
}
