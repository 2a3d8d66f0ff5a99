/// An operand of a condition, ready to be evaluated.
indirect enum Operand: Sendable {
    case path(DocumentPath)
    case value(AttributeValue)
    case size(Operand)

    /// Nil when there is nothing at the path, or what is there has no size.
    func value(in item: Item, _ budget: inout EvaluationBudget) throws(TableError) -> AttributeValue? {
        switch self {
        case .path(let path): return path.value(in: item)
        case .value(let value): return value
        case .size(let operand):
            guard let value = try operand.value(in: item, &budget) else { return nil }
            // The code units of a string are counted one by one.
            if case .string = value { try budget.spend(searching: value) }
            return value.countedSize.map { .number(TableNumber($0)) }
        }
    }

    /// The type when no item is needed to know it.
    var knownType: String? {
        switch self {
        case .path: nil
        case .value(let value): value.typeCode
        case .size: "N"
        }
    }

    var literal: AttributeValue? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    var path: DocumentPath? {
        guard case .path(let path) = self else { return nil }
        return path
    }
}

extension AttributeValue {
    /// What the function `size` gives: strings count in UTF-16 code units, binaries in bytes, the others in elements.
    /// Numbers, booleans and nulls have no size.
    fileprivate var countedSize: Int? {
        switch self {
        case .string(let text): text.utf16.count
        case .binary(let bytes): bytes.count
        case .stringSet(let members): members.count
        case .numberSet(let members): members.count
        case .binarySet(let members): members.count
        case .list(let elements): elements.count
        case .map(let members): members.count
        case .number, .bool, .null: nil
        }
    }

    /// The function `contains`: a part of a string or binary, a member of a set, an element of a list.
    func contains(_ other: AttributeValue) -> Bool {
        switch (self, other) {
        case (.string(let text), .string(let part)): ByteOrder.contains(text, part)
        case (.binary(let bytes), .binary(let part)): ByteOrder.contains(bytes, part)
        case (.stringSet(let members), .string(let text)): members.contains { ByteOrder.areEqual($0, text) }
        case (.numberSet(let members), .number(let number)): members.contains(number)
        case (.binarySet(let members), .binary(let bytes)): members.contains(bytes)
        case (.list(let elements), _): elements.contains(other)
        default: false
        }
    }

    /// The function `begins_with`.
    func begins(with prefix: AttributeValue) -> Bool {
        switch (self, prefix) {
        case (.string(let text), .string(let prefix)): text.utf8.starts(with: prefix.utf8)
        case (.binary(let bytes), .binary(let prefix)): bytes.starts(with: prefix)
        default: false
        }
    }
}
