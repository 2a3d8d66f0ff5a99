import JSON
import Testing

/// A request that CreateTable refuses, and why.
struct RefusedTable: CustomTestStringConvertible, Sendable {
    let name: String
    let request: String
    let message: String
    var testDescription: String { name }

    private static let invalid = "One or more parameter values were invalid: "

    /// A table with partition key `a` and sort key `b`; parts of it may be other ones.
    private static func table(
        name: String? = "abc", attributes: String = "a:S,b:S", keys: String = "a:HASH,b:RANGE",
        billing: String = #""BillingMode":"PAY_PER_REQUEST""#, more: String = ""
    ) -> String {
        func list(_ text: String, _ second: String) -> String {
            let elements = text.split(separator: ",").map { element in
                let parts = element.split(separator: ":")
                return #"{"AttributeName":"\#(parts[0])","\#(second)":"\#(parts[1])"}"#
            }
            return "[" + elements.joined(separator: ",") + "]"
        }
        let tableName = name.map { #""TableName":"\#($0)","# } ?? ""
        return """
            {\(tableName)\(billing),"AttributeDefinitions":\(list(attributes, "AttributeType")),
            "KeySchema":\(list(keys, "KeyType"))\(more)}
            """
    }

    private static func index(
        _ name: String = "idx", keys: [(String, String)], projection: String = #"{"ProjectionType":"ALL"}"#,
        more: String = ""
    ) -> String {
        let schema = keys.map { #"{"AttributeName":"\#($0.0)","KeyType":"\#($0.1)"}"# }.joined(separator: ",")
        return #"{"IndexName":"\#(name)","KeySchema":[\#(schema)],"Projection":\#(projection)\#(more)}"#
    }

    private static func local(_ indexes: String...) -> String {
        #","LocalSecondaryIndexes":["# + indexes.joined(separator: ",") + "]"
    }

    private static func global(_ indexes: String...) -> String {
        #","GlobalSecondaryIndexes":["# + indexes.joined(separator: ",") + "]"
    }

    private static let provisioned = #""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}"#

    private static let long = String(repeating: "x", count: 256)

    private static func five(_ type: String, _ first: Int) -> [(String, String)] {
        (first..<first + 5).map { ("k\($0)", type) }
    }

    static let all: [RefusedTable] = [
        .init(
            name: "no TableName", request: table(name: nil),
            message: "The parameter 'TableName' is required but was not present in the request"),
        .init(
            name: "a name of two characters", request: table(name: "ab"),
            message: "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
                + "Member must have length greater than or equal to 3"),
        .init(
            name: "on demand with throughput of an index",
            request: table(more: global(index(keys: [("b", "HASH")], more: "," + provisioned))),
            message: invalid
                + "ProvisionedThroughput should not be specified for index: idx when BillingMode is PAY_PER_REQUEST"),
        .init(
            name: "on demand with throughput", request: table(more: "," + provisioned),
            message: invalid + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                + "BillingMode is PAY_PER_REQUEST"),
        .init(
            name: "provisioned without throughput", request: table(billing: #""BillingMode":"PROVISIONED""#),
            message: invalid + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                + "PROVISIONED"),
        .init(
            name: "more key elements than definitions", request: table(attributes: "a:S"),
            message: "Invalid KeySchema: Some index key attribute have no definition"),
        .init(
            name: "the same attribute twice with one definition",
            request: table(attributes: "a:S", keys: "a:HASH,a:RANGE"),
            message: "Invalid KeySchema: Some index key attribute have no definition"),
        .init(
            name: "a key attribute without definition", request: table(attributes: "b:S", keys: "a:HASH"),
            message: invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], "
                + "AttributeDefinitions: [b]"),
        .init(
            name: "a key attribute of an index without definition",
            request: table(more: global(index(keys: [("c", "HASH")]))),
            message: invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [c], "
                + "AttributeDefinitions: [a, b]"),
        .init(
            name: "hash and range the same", request: table(keys: "a:HASH,a:RANGE"),
            message: "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
        .init(
            name: "three key elements",
            request: table(attributes: "a:S,b:S,c:S", keys: "a:HASH,b:RANGE,c:RANGE"),
            message: "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
                + "KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]'"
                + " at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2"),
        .init(
            name: "first not HASH", request: table(keys: "a:RANGE,b:HASH"),
            message: "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        .init(
            name: "second not RANGE", request: table(keys: "a:HASH,b:HASH"),
            message: "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
        .init(
            name: "an unused definition", request: table(attributes: "a:S,b:S,c:S"),
            message: invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined "
                + "in AttributeDefinitions"),
        .init(
            name: "an unused definition beside an index",
            request: table(attributes: "a:S,b:S,c:S", more: global(index(keys: [("b", "HASH")]))),
            message: invalid + "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], "
                + "keys used: [a, b]"),
        .init(
            name: "a local index on a table without sort key",
            request: table(keys: "a:HASH", more: local(index(keys: [("a", "HASH"), ("b", "RANGE")]))),
            message: invalid + "Table KeySchema does not have a range key, which is required when specifying a "
                + "LocalSecondaryIndex"),
        .init(
            name: "a local index without sort key", request: table(more: local(index(keys: [("a", "HASH")]))),
            message: invalid + "Index KeySchema does not have a range key for index: idx"),
        .init(
            name: "a local index with another partition key",
            request: table(more: local(index(keys: [("b", "HASH"), ("a", "RANGE")]))),
            message: invalid + "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
                + "idx. index hash key: b, table hash key: a"),
        .init(
            name: "two indexes of one name",
            request: table(more: global(index(keys: [("a", "HASH")]), index(keys: [("b", "HASH")]))),
            message: invalid + "Duplicate index name: idx"),
        .init(
            name: "an empty list of indexes", request: table(more: global()),
            message: invalid + "List of GlobalSecondaryIndexes is empty"),
        .init(
            name: "no projection type", request: table(more: global(index(keys: [("b", "HASH")], projection: "{}"))),
            message: invalid + "Unknown ProjectionType: null"),
        .init(
            name: "ALL with attributes",
            request: table(
                more: global(
                    index(
                        keys: [("b", "HASH")],
                        projection: #"{"ProjectionType":"ALL","NonKeyAttributes":["x"]}"#))),
            message: invalid + "ProjectionType is ALL, but NonKeyAttributes is specified"),
        .init(
            name: "INCLUDE without attributes",
            request: table(
                more: global(index(keys: [("b", "HASH")], projection: #"{"ProjectionType":"INCLUDE"}"#))),
            message: invalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
        .init(
            name: "INCLUDE with an attribute twice",
            request: table(
                more: global(
                    index(
                        keys: [("b", "HASH")],
                        projection: #"{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","x"]}"#))),
            message: invalid + "Duplicate element in NonKeyAttributes: x"),
        .init(
            name: "a definition twice", request: table(attributes: "a:S,a:S", keys: "a:HASH"),
            message: "Attribute Name is duplicated: a"),
        .init(
            name: "HASH behind RANGE in an index",
            request: table(
                attributes: "a:S,b:S,c:S", more: global(index(keys: [("a", "HASH"), ("b", "RANGE"), ("c", "HASH")]))),
            message: invalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema"),
        .init(
            name: "five HASH attributes", request: table(more: global(index(keys: five("HASH", 0)))),
            message: invalid + "The KeySchema exceeds the maximum allowed number of HASH key attributes"),
        .init(
            name: "five RANGE attributes",
            request: table(more: global(index(keys: [("a", "HASH")] + five("RANGE", 1)))),
            message: invalid + "The KeySchema exceeds the maximum allowed number of RANGE key attributes"),
        .init(
            name: "an attribute twice in the key of an index",
            request: table(more: global(index(keys: [("a", "HASH"), ("a", "HASH")]))),
            message: "The KeySchema contains multiple key attributes with the same name"),
        .init(
            name: "three key attributes of a local index",
            request: table(more: local(index(keys: [("a", "HASH"), ("b", "RANGE"), ("b", "RANGE")]))),
            message: "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
                + "KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=b, keyType=RANGE)]'"
                + " at 'localSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member must have length "
                + "less than or equal to 2"),
        .init(
            name: "a key attribute of 256 characters", request: table(keys: "\(long):HASH"),
            message: "1 validation error detected: Value '\(long)' at 'keySchema.1.member.attributeName' failed to "
                + "satisfy constraint: Member must have length less than or equal to 255"),
        .init(
            name: "a key type of its own in an index",
            request: table(more: global(index(keys: [("a", "HASH"), ("b", "SORT")]))),
            message: "1 validation error detected: Value 'SORT' at "
                + "'globalSecondaryIndexes.1.member.keySchema.2.member.keyType' failed to satisfy constraint: Member "
                + "must satisfy enum value set: [HASH, RANGE]"),
        .init(
            name: "no read requests on demand",
            request: table(more: #","OnDemandThroughput":{"MaxReadRequestUnits":0}"#),
            message: invalid
                + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"),
        .init(
            name: "a bound on demand to take away",
            request: table(more: #","OnDemandThroughput":{"MaxWriteRequestUnits":-1}"#),
            message: invalid
                + "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range"),
        .init(
            name: "a bound on demand of a provisioned table",
            request: table(
                billing: provisioned, more: #","OnDemandThroughput":{"MaxReadRequestUnits":5}"#),
            message: invalid + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                + "BillingMode is PROVISIONED"),
        .init(
            name: "little warm throughput",
            request: table(more: #","WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":3999}"#),
            message: invalid + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial "
                + "throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                + "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"),
        .init(
            name: "warm throughput below the provisioned one",
            request: table(billing: provisioned, more: #","WarmThroughput":{"ReadUnitsPerSecond":0}"#),
            message: invalid + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                + "ReadCapacityUnits of ProvisionedThroughput"),
        .init(
            name: "a view of no stream",
            request: table(more: #","StreamSpecification":{"StreamEnabled":false,"StreamViewType":"NEW_IMAGE"}"#),
            message: invalid + "Table is being created with a stream disabled, UpdateViewType should not be specified"),
        .init(
            name: "a kind of no encryption",
            request: table(more: #","SSESpecification":{"Enabled":false,"SSEType":"KMS"}"#),
            message: invalid + "SSEType can not be specified if Enabled is false"),
        .init(
            name: "a key of no encryption",
            request: table(more: #","SSESpecification":{"Enabled":false,"KMSMasterKeyId":"x"}"#),
            message: invalid + "KMSMasterKeyId can not be specified if Enabled is false"),
        .init(
            name: "an unknown class", request: table(more: #","TableClass":"BOGUS""#),
            message: "Invalid table-class parameter provided. Please try again with a valid table-class value: "
                + "[STANDARD, STANDARD_INFREQUENT_ACCESS]."),
        .init(
            name: "six local indexes",
            request: table(
                more: #","LocalSecondaryIndexes":["#
                    + (1...6).map { index("idx\($0)", keys: [("a", "HASH"), ("b", "RANGE")]) }.joined(separator: ",")
                    + "]"),
            message: invalid + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
        .init(
            name: "twenty-one global indexes",
            request: table(
                more: #","GlobalSecondaryIndexes":["#
                    + (1...21).map { index("idx\($0)", keys: [("b", "HASH")]) }.joined(separator: ",") + "]"),
            message: invalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20"),
    ]
}

@Suite("CreateTable refuses")
struct CreateTableMessagesTests {
    @Test("with AWS's words", arguments: RefusedTable.all)
    func message(_ refused: RefusedTable) async throws {
        let answer = try await TableFolder().open().ask("CreateTable", refused.request)
        #expect(answer.status == 400)
        #expect(answer.json["__type"] == "com.amazon.coral.validate#ValidationException")
        #expect(answer.message == refused.message)
    }
}
