package import GatewayModel

/// Something that a call does with tables, as policies name it.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB".
package struct TablePermission: Sendable, Equatable {
    /// Such as `PutItem`.
    package let action: String
    /// An ARN, or `*`.
    package let resource: String

    private static let ofNoTable: Set = ["ListTables", "DescribeLimits", "DescribeEndpoints"]
    /// What stands in a transaction, and the action that it is.
    private static let transactionActions: [(member: StaticString, action: String)] = [
        ("Get", "GetItem"), ("Put", "PutItem"), ("Update", "UpdateItem"), ("Delete", "DeleteItem"),
        ("ConditionCheck", "ConditionCheckItem"),
    ]

    /// Read with the reader of the operations, so that what is asked about is what is done. Of a request that cannot be
    /// read, which no operation takes either, it is the operation on everything.
    package static func all(
        of operation: String, _ body: [UInt8], in account: AccountIdentity
    ) -> [TablePermission] {
        let found = (try? read(operation, body, account)) ?? []
        return found.isEmpty ? [TablePermission(action: operation, resource: "*")] : found
    }

    private static func read(
        _ operation: String, _ body: [UInt8], _ account: AccountIdentity
    ) throws(TableError) -> [TablePermission] {
        let request = try RequestMembers(body)
        switch operation {
        case _ where ofNoTable.contains(operation): return []
        case "BatchGetItem", "BatchWriteItem":
            return (try request.members("RequestItems")?.all ?? []).map {
                TablePermission(action: operation, resource: arn(of: $0.name, account))
            }
        case "TransactGetItems", "TransactWriteItems":
            var found: [TablePermission] = []
            for range in try request.elements("TransactItems") ?? [] {
                let element = try RequestMembers(body, in: range)
                for (member, action) in transactionActions {
                    guard let part = try element.members(member) else { continue }
                    let table = try part.string("TableName") ?? "*"
                    found.append(TablePermission(action: action, resource: arn(of: table, account)))
                }
            }
            return found
        case "TagResource", "UntagResource", "ListTagsOfResource":
            return try request.string("ResourceArn").map { [TablePermission(action: operation, resource: $0)] } ?? []
        default:
            guard let table = try request.string("TableName") else { return [] }
            // Only these two are asked of an index.
            let isOfIndex = operation == "Query" || operation == "Scan"
            let index = isOfIndex ? try request.string("IndexName").map { "/index/\($0)" } ?? "" : ""
            let found = [TablePermission(action: operation, resource: arn(of: table, account) + index)]
            // Tags of what is made are tags all the same.
            guard operation == "CreateTable", try request.elements("Tags")?.isEmpty == false else { return found }
            return found + [TablePermission(action: "TagResource", resource: arn(of: table, account))]
        }
    }

    /// A table may be named by its ARN.
    private static func arn(of table: String, _ account: AccountIdentity) -> String {
        table.hasPrefix("arn:") ? table : account.tableARN(table)
    }
}
