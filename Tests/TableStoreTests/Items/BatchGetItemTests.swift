import JSON
import Testing

@testable import TableStore

@Suite struct BatchGetItemTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        for name in ["a", "b"] { try tables.put("{'pk':{'S':'\(name)'},'x':{'S':'\(name)'},'y':{'N':'1'}}") }
    }

    private func keys(_ names: some Sequence<String>) -> String {
        names.map { "{'pk':{'S':'\($0)'}}" }.joined(separator: ",")
    }

    @Test func missingItemsAreAbsent() throws {
        let answer = try tables.ok(
            "BatchGetItem", "{'RequestItems':{'hashed':{'Keys':[\(keys(["a", "nobody", "b"]))]}}}")
        #expect(answer["Responses"]?["hashed"]?.array?.map { $0["pk"]?["S"]?.string } == ["a", "b"])
        #expect(answer["UnprocessedKeys"]?.text == "{}")
    }

    @Test func eachTableHasItsOwnProjection() throws {
        try tables.makeHashed("other")
        try tables.put("{'pk':{'S':'a'},'y':{'N':'2'}}", in: "other")
        let answer = try tables.ok(
            "BatchGetItem",
            """
            {'RequestItems':{'hashed':{'Keys':[\(keys(["a"]))],'ProjectionExpression':'#x',
            'ExpressionAttributeNames':{'#x':'x'}},'other':{'Keys':[\(keys(["a"]))]}}}
            """)
        #expect(
            answer.text
                == "{'Responses':{'hashed':[{'x':{'S':'a'}}],'other':[{'pk':{'S':'a'},'y':{'N':'2'}}]},"
                + "'UnprocessedKeys':{}}")
    }

    @Test func keysBeyondSixteenMegabytesComeBack() throws {
        let text = String(repeating: "x", count: 400_000)
        for number in 0..<50 { try tables.put("{'pk':{'S':'\(number)'},'v':{'S':'\(text)'}}") }
        let answer = try tables.ok(
            "BatchGetItem",
            """
            {'RequestItems':{'hashed':{'ConsistentRead':true,'Keys':[\(keys((0..<50).map(String.init)))],
            'ProjectionExpression':'pk'}}}
            """)
        let found = answer["Responses"]?["hashed"]?.array?.count ?? 0
        let rest = try #require(answer["UnprocessedKeys"]?["hashed"])
        #expect(found == 41)
        #expect(rest["Keys"]?.array?.first?["pk"]?["S"]?.string == "41")
        #expect(rest["Keys"]?.array?.count == 9)
        #expect(rest["ConsistentRead"]?.bool == true)
        #expect(rest["ProjectionExpression"]?.string == "pk")
        let again = try tables.ok(
            "BatchGetItem",
            "{'RequestItems':\(try #require(answer["UnprocessedKeys"]).text.replacing("\"", with: "'"))}")
        #expect(again["Responses"]?["hashed"]?.array?.count == 9)
    }

    private static let enveloped = "1 validation error detected: "

    @Test(arguments: [
        (
            "{}",
            enveloped + "Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or "
                + "equal to 1"
        ),
        (
            "{'hashed':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'a'}}]}}",
            "Provided list of item keys contains duplicates"
        ),
        ("{'hashed':{'Keys':[{'x':{'S':'a'}}]}}", "The provided key element does not match the schema"),
        (
            "{'hashed':{'Keys':[{'pk':{'S':'a'}}],'ProjectionExpression':'!!'}}",
            "Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\""
        ),
    ])
    func faults(items: String, message: String) throws {
        #expect(try tables.fault("BatchGetItem", "{'RequestItems':\(items)}") == message)
    }

    @Test func moreThanAHundredKeysAreRefused() throws {
        let many = (0...100).map(String.init)
        #expect(
            try tables.fault("BatchGetItem", "{'RequestItems':{'hashed':{'Keys':[\(keys(many))]}}}")
                == Self.enveloped
                + "Value at 'RequestItems.hashed.member.Keys' failed to satisfy constraint: Member must "
                + "have length less than or equal to 100")
        let parted = "{'hashed':{'Keys':[\(keys(many[..<51]))]},'other':{'Keys':[\(keys(many[..<50]))]}}"
        #expect(
            try tables.fault("BatchGetItem", "{'RequestItems':\(parted)}")
                == "Too many items requested for the BatchGetItem call")
    }

    @Test func missingTableIsNotFound() throws {
        let message = try tables.fault(
            "BatchGetItem", "{'RequestItems':{'nobody':{'Keys':[{'pk':{'S':'a'}}]}}}",
            type: "ResourceNotFoundException")
        #expect(message == "Requested resource not found")
    }
}
