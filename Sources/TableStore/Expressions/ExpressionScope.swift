/// ExpressionAttributeNames and ExpressionAttributeValues of one request or action, and which of them were used.
struct ExpressionScope {
    private var names = Substitutions<String>()
    private var values = Substitutions<AttributeValue>()

    private static let namesParameter = "ExpressionAttributeNames"
    private static let valuesParameter = "ExpressionAttributeValues"

    /// - Parameter takesValues: false for operations that only project, which have no values.
    init(_ request: RequestMembers, takesValues: Bool, layer: WireLayer) throws(TableError) {
        var size = 0
        if let members = try request.members("ExpressionAttributeNames") {
            try Self.checkKeys(members, Self.namesParameter, sign: UInt8(ascii: "#"))
            for (key, range) in members.all {
                let name = try RequestMembers.string(request.body, range)
                guard !name.isEmpty, name.utf8.count <= ExpressionLimits.attributeNameBytes else {
                    // Of the second one only the number is known.
                    let fault =
                        name.isEmpty
                        ? "Empty attribute name"
                        : "Attribute name is longer than \(ExpressionLimits.attributeNameBytes) bytes"
                    throw .validation("\(Self.namesParameter) contains invalid value: \(fault) for key \(key)")
                }
                size += key.utf8.count + name.utf8.count
                names.add(name, key)
            }
        }
        if takesValues, let members = try request.members("ExpressionAttributeValues") {
            try Self.checkKeys(members, Self.valuesParameter, sign: UInt8(ascii: ":"))
            for (key, range) in members.all {
                let value: AttributeValue
                do { value = try AttributeValue(parsing: request.body, at: range, layer: layer) } catch {
                    throw Self.valueFault(error, key, layer)
                }
                size += key.utf8.count + value.size
                values.add(value, key)
            }
        }
        guard size <= ExpressionLimits.substitutionBytes else {
            throw .validation(
                "\(Self.namesParameter) and \(Self.valuesParameter) are larger than 2 MB together")
        }
    }

    /// Refuses names and values that no expression has asked for. It comes after all expressions.
    func checkAllUsed() throws(TableError) {
        for (parameter, keys) in [(Self.namesParameter, names.unused), (Self.valuesParameter, values.unused)]
        where !keys.isEmpty {
            throw .validation(
                "Value provided in \(parameter) unused in expressions: keys: {\(keys.joined(separator: ", "))}")
        }
    }

    mutating func resolve(_ path: WrittenPath, _ kind: ExpressionKind) throws(TableError) -> DocumentPath {
        var steps: [DocumentPath.Step] = []
        steps.reserveCapacity(path.steps.count)
        for step in path.steps {
            switch step {
            case .name(let name): steps.append(.name(name))
            case .index(let index): steps.append(.index(index))
            case .alias(let alias):
                guard let name = names.use(alias) else {
                    throw kind.fault(
                        "An expression attribute name used in the document path is not defined; "
                            + "attribute name: \(alias)")
                }
                steps.append(.name(name))
            }
        }
        return DocumentPath(steps: steps)
    }

    mutating func resolve(value alias: String, _ kind: ExpressionKind) throws(TableError) -> AttributeValue {
        guard let value = values.use(alias) else {
            throw kind.fault(
                "An expression attribute value used in expression is not defined; attribute value: \(alias)")
        }
        return value
    }

    private static func checkKeys(
        _ members: RequestMembers, _ parameter: String, sign: UInt8
    ) throws(TableError) {
        guard !members.all.isEmpty else { throw .validation("\(parameter) must not be empty") }
        for (key, _) in members.all {
            guard key.utf8.first == sign, (2...ExpressionLimits.placeholderBytes).contains(key.utf8.count),
                key.utf8.dropFirst().allSatisfy(ExpressionLexer.isNameByte)
            else { throw .validation("\(parameter) contains invalid key: Syntax error; key: \"\(key)\"") }
        }
    }

    /// Only the older layer says which value it was.
    private static func valueFault(_ error: TableError, _ key: String, _ layer: WireLayer) -> TableError {
        guard layer == .older, error.isValidation, let message = error.message else { return error }
        return .validation("\(valuesParameter) contains invalid value: \(message) for key \(key)")
    }
}

extension WrittenPath {
    /// Words that are reserved must be written as aliases, in every step.
    func checkWords(_ kind: ExpressionKind) throws(TableError) {
        for case .name(let name) in steps where ReservedWords.contains(name) {
            throw kind.fault("Attribute name is a reserved keyword; reserved keyword: \(name)")
        }
    }
}

/// One of the two maps. Its keys are ASCII, so that Swift's equality of strings is that of bytes.
private struct Substitutions<Value> {
    private var entries: [(key: String, value: Value, isUsed: Bool)] = []
    private var positions: [String: Int] = [:]

    /// Of equal keys the last one counts, as of all members.
    mutating func add(_ value: Value, _ key: String) {
        if let position = positions[key] {
            entries[position].value = value
        } else {
            positions[key] = entries.count
            entries.append((key, value, false))
        }
    }

    mutating func use(_ key: String) -> Value? {
        guard let position = positions[key] else { return nil }
        entries[position].isUsed = true
        return entries[position].value
    }

    /// In the order of the request.
    var unused: [String] { entries.filter { !$0.isUsed }.map(\.key) }
}
