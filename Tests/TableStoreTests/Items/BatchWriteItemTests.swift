import JSON
import Testing

@testable import TableStore

@Suite struct BatchWriteItemTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put("{'pk':{'S':'old'}}")
    }

    private static let put = "{'PutRequest':{'Item':{'pk':{'S':'a'}}}}"
    private static let delete = "{'DeleteRequest':{'Key':{'pk':{'S':'old'}}}}"

    @Test func putsAndDeletesInSeveralTables() throws {
        try tables.makeHashed("other")
        let answer = try tables.ok(
            "BatchWriteItem",
            "{'RequestItems':{'hashed':[\(Self.put),\(Self.delete)],'other':[\(Self.put)]}}")
        #expect(answer.text == "{'UnprocessedItems':{}}")
        #expect(try tables.item("{'pk':{'S':'a'}}") != nil)
        #expect(try tables.item("{'pk':{'S':'old'}}") == nil)
        #expect(try tables.item("{'pk':{'S':'a'}}", in: "other") != nil)
    }

    private static let mismatch = "The provided key element does not match the schema"

    @Test(arguments: [
        ("{}", "The requestItems parameter is required for BatchWriteItem"),
        ("{'hashed':[\(put),\(put)]}", "Provided list of item keys contains duplicates"),
        (
            "{'hashed':[\(put),{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}",
            "Provided list of item keys contains duplicates"
        ),
        (
            "{'hashed':[\(put)],'arn:aws:dynamodb:eu-central-1:123456789012:table/hashed':[\(put)]}",
            "Provided list of item keys contains duplicates"
        ),
        ("{'hashed':[\(put),{'PutRequest':{'Item':{'x':{'S':'a'}}}}]}", mismatch),
        ("{'hashed':[\(put),{'PutRequest':{'Item':{'pk':{'N':'1'}}}}]}", mismatch),
        ("{'hashed':[\(put),{'DeleteRequest':{'Key':{'pk':{'N':'1'}}}}]}", mismatch),
        (
            "{'hashed':[\(put),{'PutRequest':{'Item':{'pk':{'S':'b'},'s':{'SS':['b','a','b']}}}}]}",
            "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates."
        ),
        (
            "{'hashed':[\(put),{}]}",
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
        ),
        (
            "{'hashed':[]}",
            "1 validation error detected: Value '{hashed=[]}' at 'requestItems' failed to satisfy constraint: Map value "
                + "must satisfy constraint: [Member must have length less than or equal to 25, Member must have length "
                + "greater than or equal to 1]"
        ),
    ])
    func faultsLeaveNothingWritten(items: String, message: String) throws {
        #expect(try tables.fault("BatchWriteItem", "{'RequestItems':\(items)}") == message)
        #expect(try tables.item("{'pk':{'S':'a'}}") == nil)
    }

    @Test(arguments: [25, 26])
    func twentyFiveRequestsAreTaken(count: Int) throws {
        let puts = (0..<count).map { "{'PutRequest':{'Item':{'pk':{'S':'\($0)'}}}}" }.joined(separator: ",")
        let answer = try tables.call("BatchWriteItem", "{'RequestItems':{'hashed':[\(puts)]}}")
        if count == ItemLimits.batchWriteRequests {
            #expect(answer.status == 200)
        } else {
            #expect(
                answer.message
                    == "1 validation error detected: Value '{hashed=[...]}' at 'requestItems' failed to satisfy "
                    + "constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, "
                    + "Member must have length greater than or equal to 1]")
        }
    }

    @Test func missingTableLeavesTheOtherAlone() throws {
        _ = try tables.fault(
            "BatchWriteItem", "{'RequestItems':{'hashed':[\(Self.put)],'nobody':[\(Self.put)]}}",
            type: "ResourceNotFoundException")
        #expect(try tables.item("{'pk':{'S':'a'}}") == nil)
    }
}
