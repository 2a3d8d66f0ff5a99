import JSON

/// TagResource.
struct TagResource: TableWrite {
    private let arn: String
    private let tags: [TableRecord.Tag]

    init(_ request: RequestMembers) throws(TableError) {
        arn = try request.resourceARN()
        guard let tags = try request.tags("Tags") else { throw .missing("tags") }
        self.tags = tags
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(arn)
        var record = table.description
        for tag in tags {
            if let position = record.tags.firstIndex(where: { $0.Key == tag.Key }) {
                record.tags[position] = tag
            } else {
                record.tags.append(tag)
            }
        }
        guard record.tags.count <= TableRecord.Tag.perTable else { throw .tooManyTags }
        _ = try transaction.replace(table, with: record)
        return []
    }
}

/// UntagResource.
struct UntagResource: TableWrite {
    private let arn: String
    private let keys: [String]

    init(_ request: RequestMembers) throws(TableError) {
        arn = try request.resourceARN()
        guard let keys = try request.strings("TagKeys") else { throw .missing("tagKeys") }
        self.keys = keys
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(arn)
        var record = table.description
        record.tags.removeAll { keys.contains($0.Key) }
        _ = try transaction.replace(table, with: record)
        return []
    }
}

/// ListTagsOfResource.
struct ListTagsOfResource: TableRead {
    private let arn: String

    init(_ request: RequestMembers) throws(TableError) {
        arn = try request.resourceARN()
        // All tags are on the first page, so no token was ever given. The words are unconfirmed.
        if request.range("NextToken") != nil { throw .validation("Invalid NextToken") }
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let tags = try reader.describedTable(arn).description.tags
        return JSONValue.object([
            "Tags": .array(tags.map { ["Key": .string($0.Key), "Value": .string($0.Value)] })
        ]).bytes
    }
}

extension TableError {
    fileprivate static func missing(_ member: String) -> TableError {
        .enveloped("Value null at '\(member)' failed to satisfy constraint: Member must not be null")
    }

    static let tooManyTags = validation("Too many tags: a table has at most \(TableRecord.Tag.perTable)")
}

extension RequestMembers {
    fileprivate func resourceARN() throws(TableError) -> String {
        let arn = try string("ResourceArn") ?? ""
        guard arn.hasPrefix("arn:"), arn.contains(":table/") else {
            throw .validation("Invalid TableArn: Invalid ResourceArn provided as input \(arn)")
        }
        return arn
    }
}
