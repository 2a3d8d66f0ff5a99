import GatewayModel
import JSON

/// TagResource.
struct TagResource: TableWrite {
    private let resource: TaggedResource
    private let tags: [TableRecord.Tag]

    init(_ request: RequestMembers) throws(TableError) {
        resource = try TaggedResource(request, "TagResource")
        var constraints = Constraints()
        _ = constraints.required("Tags", of: request)
        try constraints.check()
        tags = try request.tags() ?? []
        guard !tags.isEmpty else { throw .validation("Atleast one Tag needs to be provided as Input.") }
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(try resource.name(in: transaction.account))
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
    private let resource: TaggedResource
    private let keys: [String]

    init(_ request: RequestMembers) throws(TableError) {
        resource = try TaggedResource(request, "UntagResource")
        var constraints = Constraints()
        _ = constraints.required("TagKeys", of: request)
        try constraints.check()
        keys = try request.strings("TagKeys") ?? []
        guard !keys.isEmpty else { throw .validation("Atleast one Tag Key needs to be provided as Input.") }
        for key in keys { try TableRecord.Tag.checkKey(key) }
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(try resource.name(in: transaction.account))
        var record = table.description
        record.tags.removeAll { keys.contains($0.Key) }
        _ = try transaction.replace(table, with: record)
        return []
    }
}

/// ListTagsOfResource.
struct ListTagsOfResource: TableRead {
    private let resource: TaggedResource

    init(_ request: RequestMembers) throws(TableError) {
        resource = try TaggedResource(request, "ListTagsOfResource")
        // All tags are on the first page, so no token was ever given. The words are unconfirmed.
        if request.range("NextToken") != nil { throw .validation("Invalid NextToken") }
    }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let tags = try reader.describedTable(try resource.name(in: reader.catalogue.account)).description.tags
        return JSONValue.object([
            "Tags": .array(tags.map { ["Key": .string($0.Key), "Value": .string($0.Value)] })
        ]).bytes
    }
}

/// What ResourceArn names.
private struct TaggedResource: Sendable {
    private let arn: String
    private let operation: String

    init(_ request: RequestMembers, _ operation: String) throws(TableError) {
        var constraints = Constraints()
        _ = constraints.required("ResourceArn", of: request)
        try constraints.check()
        arn = try request.string("ResourceArn") ?? ""
        self.operation = operation
        guard arn.hasPrefix("arn:") else { throw .invalidValues("ARNs must start with 'arn:': \(arn)") }
    }

    /// The table's name, which it may have or not.
    func name(in account: AccountIdentity) throws(TableError) -> String {
        // arn:PARTITION:dynamodb:REGION:ACCOUNT:RESOURCE
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[2] == "dynamodb" else {
            throw .invalidValues("Provided Arn is not a DynamoDB resource arn: \(arn)")
        }
        guard parts[1] == account.partition, parts[3] == account.region else {
            throw .validation("Invalid TableArn: Invalid ResourceArn provided as input \(arn)")
        }
        guard parts[4] == account.accountId else { throw .accessDenied(operation, arn, by: account) }
        let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        guard path.first == "table", path.count == 2 || (path.count == 4 && path[2] == "stream") else {
            throw .invalidValues(
                "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: \(arn)")
        }
        // No table has a stream, so the stream is not found either.
        return path.dropFirst().joined(separator: "/")
    }
}
