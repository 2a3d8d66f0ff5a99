import Testing

@testable import TableStore

@Suite struct ExpressionScopeTests {
    @Test(arguments: [
        ("{'ExpressionAttributeNames':{}}", "ExpressionAttributeNames must not be empty"),
        ("{'ExpressionAttributeValues':{}}", "ExpressionAttributeValues must not be empty"),
        (
            "{'ExpressionAttributeValues':{'loc':{'S':'x'}}}",
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"loc\""
        ),
        (
            "{'ExpressionAttributeNames':{'#':'a'}}",
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\""
        ),
        (
            "{'ExpressionAttributeNames':{'#a-b':'a'}}",
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\""
        ),
        (
            "{'ExpressionAttributeNames':{'#a':''}}",
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"
        ),
        ("{'ExpressionAttributeNames':{'#a':5}}", "NUMBER_VALUE cannot be converted to String"),
        (
            "{'ExpressionAttributeValues':{':v':{'N':'abc'}}}",
            "The parameter cannot be converted to a numeric value: abc"
        ),
        (
            "{'ExpressionAttributeValues':{'b':{'S':'x'},':v':{'N':'abc'}}}",
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\""
        ),
    ])
    func faults(request: String, message: String) {
        #expect(
            fault { () throws(TableError) in
                try ExpressionScope(try RequestMembers(json(request)), takesValues: true, layer: .current)
            } == message)
    }

    @Test func theOlderLayerNamesTheValue() {
        #expect(
            fault { () throws(TableError) in try scope(values: "{':v':{'N':''}}", .older) }
                == "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric "
                + "value for key :v")
    }

    @Test func placeholdersHaveAtMost255Bytes() {
        let key = "#" + String(repeating: "a", count: 254)
        #expect(fault { () throws(TableError) in try scope(names: "{'\(key)':'a'}") } == nil)
        #expect(fault { () throws(TableError) in try scope(names: "{'\(key)a':'a'}") } != nil)
    }

    @Test func operationsWithoutValuesDoNotLookAtThem() {
        #expect(fault { () throws(TableError) in try scope(values: "{}", takesValues: false) } == nil)
    }

    @Test func namesAndValuesTogetherAreAtMost2MB() {
        let half = String(repeating: "x", count: 1_048_573)
        #expect(
            fault { () throws(TableError) in try scope(values: "{':a':{'S':'\(half)'},':b':{'S':'\(half)'}}") } == nil)
        #expect(
            fault { () throws(TableError) in try scope(values: "{':a':{'S':'\(half)'},':b':{'S':'\(half)xxx'}}") }
                != nil)
    }

    @Test func whatNoExpressionUsesIsRefused() throws {
        var scope = try scope(names: "{'#a':'a','#z':'z','#b':'b'}", values: "{':v':{'S':'x'},':w':{'S':'x'}}")
        _ = try ConditionExpression("#a = :v", kind: .condition, scope: &scope)
        #expect(
            fault { () throws(TableError) in try scope.checkAllUsed() }
                == "Value provided in ExpressionAttributeNames unused in expressions: keys: {#z, #b}")
        _ = try ProjectionExpression("#z, #b", scope: &scope)
        #expect(
            fault { () throws(TableError) in try scope.checkAllUsed() }
                == "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}")
        _ = try UpdateExpression("SET a = :w", scope: &scope)
        #expect(fault { () throws(TableError) in try scope.checkAllUsed() } == nil)
    }

    @Test(
        "Reserved words in any case",
        arguments: ["status", "NAME", "Date", "ttl", "zone", "abort", "values", "localtimestamp"])
    func reserved(word: String) {
        #expect(ReservedWords.contains(word))
    }

    @Test(arguments: ["id", "pk", "statuses", "remove", "localtimestamps", "na\u{17F}t", ""])
    func notReserved(word: String) {
        #expect(!ReservedWords.contains(word))
    }
}
