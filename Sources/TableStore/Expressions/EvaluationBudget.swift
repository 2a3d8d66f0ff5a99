/// What the conditions of one request may yet look at. DynamoDB names no such bound, but a request of 4 KB can have an
/// item of 400 KB compared a thousand times, and all writes take turns.
struct EvaluationBudget {
    private var bytes = ItemLimits.evaluatedBytes

    /// For a comparison, which ends with the shorter value; values of different types are not looked into.
    mutating func spend(comparing left: AttributeValue, _ right: AttributeValue) throws(TableError) {
        switch (left, right) {
        case (.string(let left), .string(let right)): try spend(min(left.utf8.count, right.utf8.count))
        case (.binary(let left), .binary(let right)): try spend(min(left.count, right.count))
        case (.stringSet, .stringSet), (.numberSet, .numberSet), (.binarySet, .binarySet), (.list, .list), (.map, .map):
            try spend(left.size)
        default: break
        }
    }

    /// For a search through the whole value.
    mutating func spend(searching value: AttributeValue) throws(TableError) { try spend(value.size) }

    private mutating func spend(_ count: Int) throws(TableError) {
        bytes -= count
        guard bytes >= 0 else {
            throw .validation(
                "The conditions of the request compare more than \(ItemLimits.evaluatedBytes) bytes of values, which is "
                    + "the most that Gatehouse evaluates for one request")
        }
    }
}
