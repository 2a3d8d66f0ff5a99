import JSON
import Testing

@testable import TableStore

@Suite struct KeysTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.sorted()
        try tables.makeHashed()
    }

    private static let long = String(repeating: "x", count: 2_049)
    private static let mismatch = "The provided key element does not match the schema"
    private static let empty =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        + "string value. Key: "
    private static let invalid = "One or more parameter values were invalid: "

    @Test(arguments: [
        ("{'x':{'S':'a'}}", invalid + "Missing the key pk in the item"),
        ("{'pk':{'S':'a'}}", invalid + "Missing the key sk in the item"),
        ("{'pk':{'N':'1'},'sk':{'S':'b'}}", invalid + "Type mismatch for key pk expected: S actual: N"),
        ("{'pk':{'S':'a'},'sk':{'M':{}}}", invalid + "Type mismatch for key sk expected: S actual: M"),
        ("{'pk':{'S':''},'sk':{'S':'b'}}", empty + "pk"),
        ("{'pk':{'S':'a'},'sk':{'S':''}}", empty + "sk"),
        (
            "{'pk':{'S':'\(long)'},'sk':{'S':'b'}}",
            invalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
        ),
        (
            "{'pk':{'S':'a'},'sk':{'S':'\(long.prefix(1_025))'}}",
            invalid + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
        ),
    ])
    func itemsWithoutARightKeyAreRefused(item: String, message: String) throws {
        #expect(try tables.fault("PutItem", "{'TableName':'sorted','Item':\(item)}") == message)
    }

    @Test(arguments: ["GetItem", "DeleteItem", "UpdateItem"])
    func keysMustMatchTheSchema(operation: String) throws {
        let keys = [
            "{}", "{'pk':{'S':'a'}}", "{'pk':{'S':'a'},'sk':{'N':'1'}}", "{'pk':{'S':'a'},'x':{'S':'b'}}",
            "{'pk':{'S':'a'},'sk':{'S':'b'},'x':{'S':'c'}}",
        ]
        for key in keys {
            #expect(try tables.fault(operation, "{'TableName':'sorted','Key':\(key)}") == Self.mismatch, "\(key)")
        }
    }

    @Test(arguments: ["GetItem", "DeleteItem", "UpdateItem"])
    func emptyKeysAreRefused(operation: String) throws {
        #expect(try tables.fault(operation, "{'TableName':'hashed','Key':{'pk':{'S':''}}}") == Self.empty + "pk")
    }

    @Test func longestKeysAreTaken() throws {
        let key = "{'pk':{'S':'\(Self.long.prefix(2_048))'},'sk':{'S':'\(Self.long.prefix(1_024))'}}"
        try tables.put(key, in: "sorted")
        #expect(try tables.item(key, in: "sorted") == key)
    }

    @Test(arguments: [
        (
            "'gk':{'N':'1'}",
            invalid + "Type mismatch for Index Key gk Expected: S Actual: N IndexName: whole"
        ),
        (
            "'lk':{'S':''}",
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                + "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: local, "
                + "IndexKey: lk"
        ),
        ("'gk':{'S':'\(long)'}", invalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    ])
    func wrongIndexKeysAreRefused(attribute: String, message: String) throws {
        let item = "{'pk':{'S':'a'},'sk':{'S':'b'},\(attribute)}"
        #expect(try tables.fault("PutItem", "{'TableName':'sorted','Item':\(item)}") == message)
    }

    @Test func updateCannotMakeAnIndexKeyOfAnotherType() throws {
        let message = try tables.fault(
            "UpdateItem",
            """
            {'TableName':'sorted','Key':{'pk':{'S':'a'},'sk':{'S':'b'}},'UpdateExpression':'SET gk = :n',
            'ExpressionAttributeValues':{':n':{'N':'1'}}}
            """)
        #expect(
            message
                == "One or more parameter values were invalid: Type mismatch for Index Key gk Expected: S Actual: N "
                + "IndexName: whole")
    }

    /// U+00E9 and e with U+0301 are the same to Swift's `==`, and two keys to DynamoDB.
    @Test func keysAreComparedAsBytes() throws {
        try tables.put("{'pk':{'S':'\u{E9}'},'v':{'N':'1'}}")
        try tables.put("{'pk':{'S':'e\u{301}'},'v':{'N':'2'}}")
        let scan = try tables.ok("Scan", "{'TableName':'hashed'}")
        #expect(Set(scan.values("v", "N")) == ["1", "2"])
    }
}
