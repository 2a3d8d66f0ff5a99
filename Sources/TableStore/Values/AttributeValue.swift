/// A value of an attribute, of one of DynamoDB's ten types.
package enum AttributeValue: Sendable {
    case string(String)
    case number(TableNumber)
    case binary([UInt8])
    case bool(Bool)
    case null
    /// Sets are sorted and have no duplicates: that is how DynamoDB gives them back.
    case stringSet([String])
    case numberSet([TableNumber])
    case binarySet([[UInt8]])
    case list([AttributeValue])
    case map(Item)

    /// The type as it stands on the wire.
    package var typeCode: String {
        switch self {
        case .string: "S"
        case .number: "N"
        case .binary: "B"
        case .bool: "BOOL"
        case .null: "NULL"
        case .stringSet: "SS"
        case .numberSet: "NS"
        case .binarySet: "BS"
        case .list: "L"
        case .map: "M"
        }
    }

    /// Bytes. Source: "DynamoDB item sizes and formats".
    package var size: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .number(let number): number.size
        case .binary(let bytes): bytes.count
        case .bool, .null: 1
        case .stringSet(let members): members.reduce(0) { $0 + $1.utf8.count }
        case .numberSet(let members): members.reduce(0) { $0 + $1.size }
        case .binarySet(let members): members.reduce(0) { $0 + $1.count }
        case .list(let elements): elements.reduce(3) { $0 + 1 + $1.size }
        case .map(let members): 3 + members.count + members.size
        }
    }
}

extension AttributeValue: Equatable {
    /// Deep; numbers by value, strings by bytes, sets without order, since theirs is always the same.
    package static func == (left: AttributeValue, right: AttributeValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): ByteOrder.areEqual(left, right)
        case (.number(let left), .number(let right)): left == right
        case (.binary(let left), .binary(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.stringSet(let left), .stringSet(let right)):
            left.count == right.count && zip(left, right).allSatisfy { ByteOrder.areEqual($0, $1) }
        case (.numberSet(let left), .numberSet(let right)): left == right
        case (.binarySet(let left), .binarySet(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        default: false
        }
    }

    /// Negative, zero or positive for two strings, numbers or binaries; nil for values that have no order between them.
    func compared(to other: AttributeValue) -> Int? {
        switch (self, other) {
        case (.string(let left), .string(let right)): ByteOrder.compare(left, right)
        case (.number(let left), .number(let right)): left == right ? 0 : left < right ? -1 : 1
        case (.binary(let left), .binary(let right)): ByteOrder.compare(left, right)
        default: nil
        }
    }
}
