import GatewayModel
import JSON

/// A table as its readers and writers see it: keys, indexes, and the description that it is stored with.
struct TableDefinition: Sendable {
    /// The number in the names of its SQLite tables.
    let id: Int
    let description: TableRecord
    let partitionKey: KeyAttribute
    let sortKey: KeyAttribute?
    /// Partition key first.
    let keyAttributes: [KeyAttribute]
    let indexes: [IndexDefinition]
    /// The attribute that says when an item expires, while TimeToLive is on.
    let expiry: String?

    var name: String { description.name }

    init(id: Int, _ record: TableRecord) {
        self.id = id
        description = record
        let key = record.keyAttributes(record.keySchema)
        partitionKey = key.partition.first ?? KeyAttribute(name: "", type: .string)
        sortKey = key.sort.first
        keyAttributes = key.partition + key.sort
        let tableKeys = keyAttributes
        indexes = record.indexes.map { index in
            let key = record.keyAttributes(index.keySchema)
            return IndexDefinition(
                number: index.number, name: index.name, isGlobal: index.isGlobal, partition: key.partition,
                sort: key.sort, projection: index.projection(tableKeys: tableKeys, key: key.partition + key.sort))
        }
        expiry = record.timeToLive
    }

    func index(named name: String) -> IndexDefinition? {
        indexes.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// Seconds since 1970 after which the item may be removed; nil when it does not expire.
    func expires(_ item: Item) -> Int? {
        guard let expiry, case .number(let number)? = item[expiry] else { return nil }
        return number.wholePart
    }
}

/// An index of a table.
struct IndexDefinition: Sendable {
    /// The number in the name of its SQLite table.
    let number: Int
    let name: String
    let isGlobal: Bool
    /// More than one only for global indexes.
    let partition: [KeyAttribute]
    let sort: [KeyAttribute]
    let projection: Projection

    enum Projection: Sendable {
        case all
        /// The keys of index and table, and what the index includes.
        case attributes([String])
    }

    var keyAttributes: [KeyAttribute] { partition + sort }

    /// Nil when the item lacks one of the index's attributes, or has it in another type, empty or too long for a key:
    /// then it is not in the index. New items are refused for the last three; an index made later may meet them.
    func key(of item: Item) -> ItemKey? {
        guard let partition = Self.bytes(partition, of: item, upTo: ItemLimits.partitionKeySize),
            let sort = Self.bytes(sort, of: item, upTo: ItemLimits.sortKeySize)
        else { return nil }
        return ItemKey(partition: partition, sort: sort)
    }

    /// - Parameter limit: bytes that each attribute may have.
    private static func bytes(_ attributes: [KeyAttribute], of item: Item, upTo limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        for attribute in attributes {
            guard let value = item[attribute.name], value.typeCode == attribute.type.rawValue,
                (1...limit).contains(value.size)
            else { return nil }
            if attributes.count == 1 {
                KeyEncoding.append(value, to: &bytes)
            } else {
                KeyEncoding.appendPart(value, to: &bytes)
            }
        }
        return bytes
    }

    /// The item as the index shows it.
    func project(_ item: Item) -> Item {
        guard case .attributes(let names) = projection else { return item }
        var projected = Item()
        for name in names { projected[name] = item[name] }
        return projected
    }
}
