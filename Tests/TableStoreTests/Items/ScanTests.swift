import JSON
import Testing

@testable import TableStore

@Suite struct ScanTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        for number in 0..<10 { try tables.put("{'pk':{'S':'\(number)'},'n':{'N':'\(number)'}}") }
    }

    @Test func readsEverything() throws {
        let answer = try tables.ok("Scan", "{'TableName':'hashed'}")
        #expect(Set(answer.values("pk")) == Set((0..<10).map(String.init)))
        #expect(answer.integer("ScannedCount") == 10)
        #expect(answer["LastEvaluatedKey"] == nil)
    }

    @Test func filterMayNameKeys() throws {
        let answer = try tables.ok(
            "Scan",
            """
            {'TableName':'hashed','FilterExpression':'pk = :v AND n > :n',
            'ExpressionAttributeValues':{':v':{'S':'7'},':n':{'N':'3'}}}
            """)
        #expect(answer.values("pk") == ["7"])
        #expect(answer.integer("ScannedCount") == 10)
    }

    @Test(arguments: [
        (
            "'Segment':0",
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"
        ),
        (
            "'TotalSegments':4",
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"
        ),
        (
            "'Segment':5,'TotalSegments':5",
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                + "Segment: 5 is not less than TotalSegments: 5"
        ),
        (
            "'Segment':-1,'TotalSegments':1000001",
            "2 validation errors detected: Value '-1' at 'segment' failed to satisfy constraint: Member must have value "
                + "greater than or equal to 0; Value '1000001' at 'totalSegments' failed to satisfy constraint: Member "
                + "must have value less than or equal to 1000000"
        ),
        (
            "'Limit':0",
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value "
                + "greater than or equal to 1"
        ),
        (
            "'ExclusiveStartKey':{'x':{'S':'a'}}",
            "The provided starting key is invalid: The provided key element does not match the schema"
        ),
        (
            "'Select':'SPECIFIC_ATTRIBUTES'",
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        ),
        (
            "'ExpressionAttributeValues':{':v':{'S':'a'}}",
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null"
        ),
        (
            "'FilterExpression':'pk = :v','ExpressionAttributeValues':{':v':{'N':'abc'}}",
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: abc "
                + "for key :v"
        ),
        ("'FilterExpression':''", "Invalid FilterExpression: The expression can not be empty;"),
    ])
    func faults(members: String, message: String) throws {
        #expect(try tables.fault("Scan", "{'TableName':'hashed',\(members)}") == message)
    }

    @Test func startKeyOfAnotherSegmentIsRefused() throws {
        let first = try tables.ok("Scan", "{'TableName':'hashed','Segment':0,'TotalSegments':2}").values("pk")
        let key = try #require(first.first)
        let message = try tables.fault(
            "Scan",
            "{'TableName':'hashed','Segment':1,'TotalSegments':2,'ExclusiveStartKey':{'pk':{'S':'\(key)'}}}")
        #expect(
            message
                == "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                + "correct Segment. TotalSegments: 2 Segment: 1")
    }

    @Test func missingTableIsNotFound() throws {
        let message = try tables.fault("Scan", "{'TableName':'nobody'}", type: "ResourceNotFoundException")
        #expect(message == "Requested resource not found")
    }
}
