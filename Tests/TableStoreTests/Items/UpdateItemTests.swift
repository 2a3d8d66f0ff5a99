import JSON
import Testing

@testable import TableStore

@Suite struct UpdateItemTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put(
            "{'pk':{'S':'a'},'n':{'N':'1'},'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},'was':{'S':'o'},'ss':{'SS':['p']}}")
    }

    private func update(
        _ expression: String, _ values: String = "", key: String = "a", _ members: String = ""
    ) throws -> TableAnswer {
        try tables.call("UpdateItem", body(expression, values, key: key, members))
    }

    private func body(_ expression: String, _ values: String, key: String = "a", _ members: String = "") -> String {
        "{'TableName':'hashed','Key':{'pk':{'S':'\(key)'}},'UpdateExpression':'\(expression)'"
            + (values.isEmpty ? "" : ",'ExpressionAttributeValues':{\(values)}") + members + "}"
    }

    @Test(arguments: [
        ("NONE", "{}"),
        ("ALL_OLD", nil),
        ("UPDATED_OLD", "{'Attributes':{'m':{'M':{'x':{'N':'1'}}},'n':{'N':'1'},'was':{'S':'o'}}}"),
        ("UPDATED_NEW", "{'Attributes':{'m':{'M':{'x':{'N':'9'}}},'n':{'N':'2'},'new':{'N':'9'}}}"),
        ("ALL_NEW", nil),
    ])
    func returnValuesOfAnExistingItem(choice: String, text: String?) throws {
        let old = try tables.item("{'pk':{'S':'a'}}")
        let answer = try update(
            "SET n = n + :one, m.x = :nine, #n = :nine REMOVE #o", "':one':{'N':'1'},':nine':{'N':'9'}",
            ",'ExpressionAttributeNames':{'#o':'was','#n':'new'},'ReturnValues':'\(choice)'")
        switch choice {
        case "ALL_OLD": #expect(answer.text == "{'Attributes':\(try #require(old))}")
        case "ALL_NEW":
            #expect(answer.text == "{'Attributes':\(try #require(try tables.item("{'pk':{'S':'a'}}")))}")
        default: #expect(answer.text == text)
        }
    }

    @Test(arguments: [
        ("NONE", "{}"), ("ALL_OLD", "{}"), ("UPDATED_OLD", "{}"),
        ("UPDATED_NEW", "{'Attributes':{'x':{'N':'1'}}}"),
        ("ALL_NEW", "{'Attributes':{'pk':{'S':'new'},'x':{'N':'1'}}}"),
    ])
    func returnValuesOfAnUpsert(choice: String, text: String) throws {
        let answer = try update("SET x = :v", "':v':{'N':'1'}", key: "new", ",'ReturnValues':'\(choice)'")
        #expect(answer.text == text)
    }

    @Test func attributesAreLeftOutWhenNoneQualifies() throws {
        #expect(try update("REMOVE n", "", ",'ReturnValues':'UPDATED_NEW'").text == "{}")
        #expect(try update("SET z = :v", "':v':{'N':'1'}", ",'ReturnValues':'UPDATED_OLD'").text == "{}")
    }

    @Test func withoutAnExpressionMakesAnItemOfItsKey() throws {
        try tables.ok("UpdateItem", "{'TableName':'hashed','Key':{'pk':{'S':'new'}}}")
        #expect(try tables.item("{'pk':{'S':'new'}}") == "{'pk':{'S':'new'}}")
    }

    @Test func falseConditionMakesNoItem() throws {
        let answer = try update("SET x = :v", "':v':{'N':'1'}", key: "new", ",'ConditionExpression':'x = :v'")
        #expect(answer.type == "ConditionalCheckFailedException")
        #expect(try tables.item("{'pk':{'S':'new'}}") == nil)
    }

    @Test func setEmptiedByDeleteIsGone() throws {
        #expect(try update("DELETE ss :v", "':v':{'SS':['p']}", ",'ReturnValues':'UPDATED_NEW'").text == "{}")
        #expect(try tables.item("{'pk':{'S':'a'}}")?.contains("'ss'") == false)
    }

    @Test(arguments: [
        ("SET x = nothing", "", "The provided expression refers to an attribute that does not exist in the item"),
        ("SET n = was + :v", "':v':{'N':'1'}", "An operand in the update expression has an incorrect data type"),
        (
            "SET nothing.x = :v", "':v':{'N':'1'}",
            "The document path provided in the update expression is invalid for update"
        ),
        (
            "SET pk = :v", "':v':{'S':'b'}",
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"
        ),
    ])
    func faultsOfTheItemAreBare(expression: String, values: String, message: String) throws {
        #expect(try tables.fault("UpdateItem", body(expression, values)) == message)
    }

    @Test(arguments: [
        ("", "", "Invalid UpdateExpression: The expression can not be empty;"),
        (
            "SET x = :v", "",
            "Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
                + "attribute value: :v"
        ),
        (
            "REMOVE x", "':v':{'N':'1'}",
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"
        ),
        ("SET x = :v", "':v':{'N':'abc'}", "The parameter cannot be converted to a numeric value: abc"),
    ])
    func faultsOfTheRequestAreEnveloped(expression: String, values: String, message: String) throws {
        #expect(
            try tables.fault("UpdateItem", body(expression, values)) == "1 validation error detected: " + message)
    }

    @Test func itemCannotGrowBeyondItsLimit() throws {
        let half = String(repeating: "x", count: 250_000)
        _ = try update("SET b = :v", "':v':{'S':'\(half)'}")
        let message = try tables.fault("UpdateItem", body("SET c = :v", "':v':{'S':'\(half)'}"))
        #expect(message == "Item size to update has exceeded the maximum allowed size")
    }

    @Test func itemCannotNestDeeperThanItsLimit() throws {
        let deep = String(repeating: "{'L':[", count: 31) + "{'N':'1'}" + String(repeating: "]}", count: 31)
        _ = try update("SET l = :v", "':v':\(deep)")
        let message = try tables.fault("UpdateItem", body("SET l[0] = :v", "':v':\(deep)"))
        #expect(message.hasPrefix("Nesting Levels have exceeded supported limits"))
        try tables.ok("UpdateItem", body("SET k = :v", "':v':\(deep)"))
    }

    @Test func mixedParametersAreRefused() throws {
        let message = try tables.fault(
            "UpdateItem", body("SET x = :v", "':v':{'N':'1'}", ",'AttributeUpdates':{'x':{'Value':{'N':'1'}}}"))
        #expect(
            message
                == "1 validation error detected: Can not use both expression and non-expression parameters in the same "
                + "request: Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}")
    }

    @Test func whatMovedToARemovedPathIsUpdatedNew() throws {
        try tables.put("{'pk':{'S':'a'},'a':{'M':{'c':{'L':[{'N':'1'},{'N':'3'},{'N':'70'}]}}}}")
        #expect(
            try update("REMOVE a.c[1]", "", key: "a", ",'ReturnValues':'UPDATED_NEW'").text
                == "{'Attributes':{'a':{'M':{'c':{'L':[{'N':'70'}]}}}}}")
    }

    @Test(arguments: ["'UpdateExpression':'REMOVE x.y'", "'AttributeUpdates':{'a':{'Action':'DELETE'}}"])
    func removingFromAnItemThatIsNotThereMakesNone(change: String) throws {
        let key = "{'pk':{'S':'new'}}"
        let members = "'TableName':'hashed','Key':\(key),\(change)"
        #expect(try tables.ok("UpdateItem", "{\(members),'ReturnValues':'ALL_NEW'}").text == "{}")
        if change.contains("Expression") {
            try tables.ok("TransactWriteItems", "{'TransactItems':[{'Update':{\(members)}}]}")
        }
        #expect(try tables.item(key) == nil)
    }

    /// As often as there may be functions: it costs one look at each byte every time, and all writes wait.
    @Test func searchesThroughAFullItemAreAnswered() throws {
        try tables.put("{'pk':{'S':'a'},'v':{'S':'\(String(repeating: "a", count: 390_000))'}}")
        let searches = Array(repeating: "contains(v, :v)", count: 146).joined(separator: " OR ")
        let part = String(repeating: "a", count: 190_000) + "b"
        let answer = try update(
            "SET n = n", "':v':{'S':'\(part)'}", key: "a", ",'ConditionExpression':'\(searches)'")
        #expect(answer.type == "ConditionalCheckFailedException")
    }

    @Test func conditionsLookAtABoundedNumberOfBytes() throws {
        let long = String(repeating: "a", count: 390_000)
        try tables.put("{'pk':{'S':'a'},'v':{'S':'\(long)'}}")
        let candidates = Array(repeating: ":v", count: 100).joined(separator: ",")
        let answer = try update(
            "SET n = n", "':v':{'S':'\(long.dropLast())b'}", key: "a",
            ",'ConditionExpression':'v IN (\(candidates)) OR v IN (\(candidates))'")
        #expect(answer.message?.hasPrefix("The conditions of the request compare more than 67108864 bytes") == true)
        #expect(answer.type == "ValidationException")
    }
}
