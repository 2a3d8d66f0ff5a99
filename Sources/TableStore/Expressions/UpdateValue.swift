/// What an attribute is set to, with all names and values put in.
indirect enum UpdateValue: Sendable {
    case path(DocumentPath)
    case value(AttributeValue)
    case sum(UpdateValue, UpdateValue)
    case difference(UpdateValue, UpdateValue)
    case ifNotExists(DocumentPath, UpdateValue)
    case listAppend(UpdateValue, UpdateValue)

    /// - Parameter item: as it was before the update.
    func value(in item: Item) throws(TableError) -> AttributeValue {
        switch self {
        case .value(let value): return value
        case .path(let path):
            guard let value = path.value(in: item) else {
                throw .validation("The provided expression refers to an attribute that does not exist in the item")
            }
            return value
        case .sum(let left, let right):
            let (left, right) = try numbers(left, right, in: item)
            do { return .number(try left + right) } catch { throw error.ofArithmetic }
        case .difference(let left, let right):
            let (left, right) = try numbers(left, right, in: item)
            do { return .number(try left - right) } catch { throw error.ofArithmetic }
        case .ifNotExists(let path, let other):
            if let value = path.value(in: item) { return value }
            return try other.value(in: item)
        case .listAppend(let front, let back):
            guard case .list(let front) = try front.value(in: item), case .list(let back) = try back.value(in: item)
            else { throw UpdateFault.wrongType }
            return .list(front + back)
        }
    }

    private func numbers(
        _ left: UpdateValue, _ right: UpdateValue, in item: Item
    ) throws(TableError) -> (TableNumber, TableNumber) {
        guard case .number(let left) = try left.value(in: item), case .number(let right) = try right.value(in: item)
        else { throw UpdateFault.wrongType }
        return (left, right)
    }

    /// The type of a value that was given with the request.
    var literalType: String? {
        guard case .value(let value) = self else { return nil }
        return value.typeCode
    }
}

/// Faults that show only when an update meets the item.
enum UpdateFault {
    static let wrongType = TableError.validation("An operand in the update expression has an incorrect data type")
    static let invalidPath = TableError.validation(
        "The document path provided in the update expression is invalid for update")
}
