/// The type of a key attribute, as AttributeDefinitions has it.
enum KeyType: String, Sendable, Codable {
    case string = "S"
    case number = "N"
    case binary = "B"
}

/// An attribute of a key: of the table's or of an index's.
struct KeyAttribute: Sendable, Hashable {
    let name: String
    let type: KeyType
}
