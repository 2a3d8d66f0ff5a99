/// What is wrong with the key in a request.
enum KeyFault: Error {
    case missing(String)
    case mistyped(String, expected: KeyType, actual: String)
    case extraAttributes
    case empty(String, KeyType)
    case partitionTooLong
    case sortTooLong

    /// As PutItem words it, whose key is part of the item.
    var inItem: TableError {
        switch self {
        case .missing(let name): .invalidValues("Missing the key \(name) in the item")
        case .mistyped(let name, let expected, let actual):
            .invalidValues("Type mismatch for key \(name) expected: \(expected.rawValue) actual: \(actual)")
        default: inKey
        }
    }

    /// As operations word it that take the key alone.
    var inKey: TableError {
        switch self {
        case .missing, .mistyped, .extraAttributes: .keySchemaMismatch
        case .empty(let name, let type):
            .validation(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                    + "empty \(type.emptyValue) value. Key: \(name)")
        case .partitionTooLong: .partitionKeyTooLong
        case .sortTooLong: .sortKeyTooLong
        }
    }

    /// Transactions refuse an empty key at once; other faults of keys cancel them.
    var isEmptyValue: Bool {
        if case .empty = self { true } else { false }
    }
}

extension TableDefinition {
    /// The key inside an item.
    func key(of item: Item) throws(KeyFault) -> ItemKey {
        var key = (partition: [UInt8](), sort: [UInt8]())
        for attribute in keyAttributes {
            guard let value = item[attribute.name] else { throw .missing(attribute.name) }
            guard value.typeCode == attribute.type.rawValue else {
                throw .mistyped(attribute.name, expected: attribute.type, actual: value.typeCode)
            }
            guard !value.isEmptyKey else { throw .empty(attribute.name, attribute.type) }
            if attribute.name.utf8.elementsEqual(partitionKey.name.utf8) {
                guard value.size <= ItemLimits.partitionKeySize else { throw .partitionTooLong }
                KeyEncoding.append(value, to: &key.partition)
            } else {
                guard value.size <= ItemLimits.sortKeySize else { throw .sortTooLong }
                KeyEncoding.append(value, to: &key.sort)
            }
        }
        return ItemKey(partition: key.partition, sort: key.sort)
    }

    /// The key that stands alone: it has no other attributes.
    func key(ofKey key: Item) throws(KeyFault) -> ItemKey {
        guard key.count == keyAttributes.count else { throw .extraAttributes }
        return try self.key(of: key)
    }
}

extension TableDefinition {
    /// Refuses values that an index cannot take as keys; a missing attribute only keeps the item out of the index.
    func checkIndexKeys(_ item: Item) throws(TableError) {
        for index in indexes {
            for attribute in index.keyAttributes {
                guard let value = item[attribute.name] else { continue }
                guard value.typeCode == attribute.type.rawValue else {
                    throw index.mistyped(attribute, value)
                }
                try index.checkIndexKey(attribute, value)
            }
        }
    }

    /// The same after an update, for the attributes that it changed: an index made later may meet older values.
    ///
    /// - Parameter update: gives how the update changes an attribute; nil when it does not.
    func checkIndexKeys(_ item: Item, _ update: (String) -> UpdatedAttribute?) throws(TableError) {
        for index in indexes {
            for attribute in index.keyAttributes {
                guard let updated = update(attribute.name), let value = item[attribute.name] else { continue }
                guard value.typeCode == attribute.type.rawValue else {
                    throw updated == .given
                        ? index.mistyped(attribute, value)
                        : .validation(
                            "The update expression attempted to update the secondary index key to unsupported type")
                }
                guard !value.isEmptyKey else {
                    throw .validation(
                        "One or more parameter values are not valid. The update expression attempted to update a "
                            + "secondary index key to a value that is not supported. The AttributeValue for a key "
                            + "attribute cannot contain an empty \(attribute.type.emptyValue) value.")
                }
                try index.checkIndexKey(attribute, value)
            }
        }
    }
}

/// Where an update's value for an attribute comes from, which decides how its faults are worded.
enum UpdatedAttribute {
    /// From the request.
    case given
    /// From the item, or worked out.
    case derived
}

extension IndexDefinition {
    fileprivate func mistyped(_ attribute: KeyAttribute, _ value: AttributeValue) -> TableError {
        .invalidValues(
            "Type mismatch for Index Key \(attribute.name) Expected: \(attribute.type.rawValue) "
                + "Actual: \(value.typeCode) IndexName: \(name)")
    }

    fileprivate func checkIndexKey(_ attribute: KeyAttribute, _ value: AttributeValue) throws(TableError) {
        guard !value.isEmptyKey else {
            throw .validation(
                "One or more parameter values are not valid. A value specified for a secondary index key is not "
                    + "supported. The AttributeValue for a key attribute cannot contain an empty "
                    + "\(attribute.type.emptyValue) value. IndexName: \(name), IndexKey: \(attribute.name)")
        }
        let isPartition = partition.contains { $0.name.utf8.elementsEqual(attribute.name.utf8) }
        if isPartition, value.size > ItemLimits.partitionKeySize { throw .partitionKeyTooLong }
        if !isPartition, value.size > ItemLimits.sortKeySize { throw .sortKeyTooLong }
    }
}

extension AttributeValue {
    fileprivate var isEmptyKey: Bool {
        switch self {
        case .string(let text): text.utf8.isEmpty
        case .binary(let bytes): bytes.isEmpty
        default: false
        }
    }
}

extension KeyType {
    fileprivate var emptyValue: String { self == .binary ? "binary" : "string" }
}

extension TableError {
    static let keySchemaMismatch = validation("The provided key element does not match the schema")

    /// DynamoDB writes no blank before the number.
    fileprivate static let partitionKeyTooLong = invalidValues(
        "Size of hashkey has exceeded the maximum size limit of\(ItemLimits.partitionKeySize) bytes")

    fileprivate static let sortKeyTooLong = invalidValues(
        "Aggregated size of all range keys has exceeded the size limit of \(ItemLimits.sortKeySize) bytes")
}
