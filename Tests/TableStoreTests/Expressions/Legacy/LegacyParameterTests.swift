import Testing

@testable import TableStore

@Suite struct LegacyConditionTests {
    private static let stored = """
        {'s':{'S':'hello'},'n':{'N':'10'},'ss':{'SS':['a','b']},'l':{'L':[{'N':'1'}]},'x':{'NULL':true}}
        """

    private static func filter(_ conditions: String, _ conjunction: String = "") throws -> ConditionExpression {
        let request = try RequestMembers(json("{'ScanFilter':\(conditions)\(conjunction)}"))
        return try #require(try ConditionExpression(filter: "ScanFilter", of: request, .current))
    }

    private static func condition(_ attribute: String, _ comparison: String, _ values: String) -> String {
        "'\(attribute)':{'ComparisonOperator':'\(comparison)','AttributeValueList':[\(values)]}"
    }

    @Test(arguments: [
        ("s", "EQ", "{'S':'hello'}", true), ("s", "EQ", "{'N':'1'}", false), ("l", "EQ", "{'L':[{'N':'1.0'}]}", true),
        ("s", "NE", "{'S':'x'}", true), ("z", "NE", "{'S':'x'}", true), ("z", "EQ", "{'S':'x'}", false),
        ("n", "LT", "{'N':'11'}", true), ("n", "LE", "{'N':'9'}", false), ("n", "GT", "{'N':'9'}", true),
        ("n", "GE", "{'N':'10.0'}", true), ("n", "BETWEEN", "{'N':'9'},{'N':'10'}", true),
        ("n", "IN", "{'N':'1'},{'N':'10'}", true),
        ("s", "BEGINS_WITH", "{'S':'hel'}", true), ("s", "CONTAINS", "{'S':'ell'}", true),
        ("ss", "CONTAINS", "{'S':'b'}", true),
        ("ss", "NOT_CONTAINS", "{'S':'c'}", true), ("s", "NOT_CONTAINS", "{'S':'h'}", false),
        ("z", "NOT_CONTAINS", "{'N':'1'}", false), ("z", "NULL", "", true),
        ("x", "NULL", "", false), ("x", "NOT_NULL", "", true), ("z", "NOT_NULL", "", false),
    ])
    func filters(attribute: String, comparison: String, values: String, holds: Bool) throws {
        let filter = try Self.filter("{\(Self.condition(attribute, comparison, values))}")
        #expect(try filter.matches(item(Self.stored)) == holds)
    }

    @Test(arguments: [("", false), (",'ConditionalOperator':'AND'", false), (",'ConditionalOperator':'OR'", true)])
    func conditionsAreJoined(conjunction: String, holds: Bool) throws {
        let both = "{\(Self.condition("s", "EQ", "{'S':'hello'}")),\(Self.condition("n", "EQ", "{'N':'1'}"))}"
        #expect(try Self.filter(both, conjunction).matches(item(Self.stored)) == holds)
    }

    private static let invalid = "One or more parameter values were invalid: "

    @Test(arguments: [
        ("EQ", "", "\(invalid)Invalid number of argument(s) for the EQ ComparisonOperator"),
        ("NULL", "{'S':'x'}", "\(invalid)Invalid number of argument(s) for the NULL ComparisonOperator"),
        ("BETWEEN", "{'N':'1'}", "\(invalid)Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        ("IN", "{'N':'1'},{'S':'1'}", "\(invalid)AttributeValues inside AttributeValueList must be of same type"),
        ("BEGINS_WITH", "{'N':'1'}", "\(invalid)ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"),
        ("LT", "{'BOOL':true}", "\(invalid)ComparisonOperator LT is not valid for BOOL AttributeValue type"),
        (
            "BETWEEN", "{'N':'2'},{'N':'1'}",
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
        ),
        ("EQ", "{'N':'x'}", "The parameter cannot be converted to a numeric value: x"),
    ])
    func faults(comparison: String, values: String, message: String) throws {
        let request = try RequestMembers(json("{'QueryFilter':{\(Self.condition("a", comparison, values))}}"))
        #expect(
            fault { () throws(TableError) in try ConditionExpression(filter: "QueryFilter", of: request, .current) }
                == message)
    }

    @Test func unknownOperatorsAreConstraintViolations() throws {
        let request = try RequestMembers(json("{'ScanFilter':{\(Self.condition("a", "LIKE", ""))}}"))
        #expect(
            fault { () throws(TableError) in try ConditionExpression(filter: "ScanFilter", of: request, .older) }
                == "1 validation error detected: Value 'LIKE' at 'scanFilter.a.member.comparisonOperator' failed to "
                + "satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, "
                + "NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]")
    }

    @Test(arguments: [
        ("{'ConditionalOperator':'OR'}", "ConditionalOperator cannot be used without Filter or Expected"),
        (
            "{'Expected':{'a':{'Exists':false}},'ConditionalOperator':'AND'}",
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        ),
        (
            "{'Expected':{'a':{'Exists':false},'b':{'Exists':false}},'ConditionalOperator':'XOR'}",
            "1 validation error detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value set: [OR, AND]"
        ),
    ])
    func conjunctions(text: String, message: String) throws {
        let request = try RequestMembers(json(text))
        #expect(fault { () throws(TableError) in try ConditionExpression(expectedOf: request, .current) } == message)
    }

    @Test(arguments: [
        ("{'z':{'Exists':false}}", true), ("{'s':{'Exists':false}}", false), ("{'s':{'Value':{'S':'hello'}}}", true),
        ("{'s':{'Value':{'S':'hello'},'Exists':true}}", true), ("{'s':{'Value':{'S':'no'}}}", false),
        ("{'s':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'S':'he'}]}}", true),
        ("{'n':{'ComparisonOperator':'GT','Value':{'N':'10'}}}", false), ("{'z':{'ComparisonOperator':'NULL'}}", true),
        ("{'s':{'Value':{'S':'hello'}},'n':{'Value':{'N':'1'}}}", false),
    ])
    func expectations(expected: String, holds: Bool) throws {
        let request = try RequestMembers(json("{'Expected':\(expected)}"))
        let condition = try #require(try ConditionExpression(expectedOf: request, .current))
        #expect(try condition.matches(item(Self.stored)) == holds)
    }

    @Test(arguments: [
        ("{}", "Value must be provided when Exists is null"),
        ("{'Exists':true}", "Value must be provided when Exists is true"),
        ("{'Exists':false,'Value':{'S':'x'}}", "Value cannot be used when Exists is false"),
        ("{'AttributeValueList':[{'S':'x'}]}", "AttributeValueList can only be used with a ComparisonOperator"),
        ("{'Value':{'S':'x'},'AttributeValueList':[]}", "Value and AttributeValueList cannot be used together"),
        ("{'Exists':true,'ComparisonOperator':'NULL'}", "Exists and ComparisonOperator cannot be used together"),
        ("{'ComparisonOperator':'LT'}", "Value or AttributeValueList must be used with ComparisonOperator: LT"),
    ])
    func expectationFaults(expected: String, message: String) throws {
        let request = try RequestMembers(json("{'Expected':{'a':\(expected)}}"))
        #expect(
            fault { () throws(TableError) in try ConditionExpression(expectedOf: request, .current) }
                == "\(Self.invalid)\(message) for Attribute: a")
    }

    @Test func requestsWithoutConditionsHaveNone() throws {
        let request = try RequestMembers(json("{}"))
        let expected = try ConditionExpression(expectedOf: request, .current)
        let keys = try KeyConditionExpression(keyConditionsOf: request, .current)
        #expect(expected.map(\.paths) == nil)
        #expect(keys.map { _ in true } == nil)
    }
}

@Suite struct LegacyParameterTests {
    private static func keys(_ conditions: String) throws(TableError) -> KeyCondition? {
        let request = try RequestMembers(json("{'KeyConditions':\(conditions)}"))
        return try KeyConditionExpression(keyConditionsOf: request, .current)?.bind(
            partition: [KeyAttribute(name: "pk", type: .string)], sort: [KeyAttribute(name: "sk", type: .number)])
    }

    private static let partition = "'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]}"

    @Test func keyConditionsFind() throws {
        let sort = "'sk':{'ComparisonOperator':'GT','AttributeValueList':[{'N':'5'}]}"
        let condition = try #require(try Self.keys("{\(sort),\(Self.partition)}"))
        #expect(condition.partition == Array("p".utf8))
        let found = try ["4", "5", "6"].filter {
            condition.sort.contains(KeyEncoding.bytes([.number(try TableNumber($0))], of: 1))
        }
        #expect(found == ["6"])
    }

    @Test(arguments: [
        ("{}", "Conditions can be of length 1 or 2 only"),
        (
            "{'sk':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]}}",
            "Query condition missed key schema element: pk"
        ),
        (
            "{'pk':{'ComparisonOperator':'NE','AttributeValueList':[{'S':'p'}]}}",
            "Attempted conditional constraint is not an indexable operation"
        ),
        ("{'pk':{'ComparisonOperator':'GT','AttributeValueList':[{'S':'p'}]}}", "Query key condition not supported"),
    ])
    func keyConditionFaults(conditions: String, message: String) {
        #expect(fault { () throws(TableError) in try Self.keys(conditions) } == message)
    }

    @Test func attributesToGetAreWholeNames() throws {
        let request = try RequestMembers(json("{'AttributesToGet':['a.b','c']}"))
        let projection = try #require(try ProjectionExpression(attributesToGetOf: request))
        #expect(
            try projection.project(item("{'a':{'M':{'b':{'S':'1'}}},'a.b':{'S':'2'},'c':{'S':'3'}}")).shown
                == "{'a.b':{'S':'2'},'c':{'S':'3'}}")
    }

    @Test func namesOfAttributesAreNotEmpty() throws {
        let request = try RequestMembers(
            json(
                "{'AttributesToGet':[''],'Expected':{'':{'Exists':false}},'ScanFilter':{\(Self.unnamed)},'KeyConditions':{\(Self.unnamed)}}"
            ))
        let empty = "Empty attribute name"
        #expect(fault { () throws(TableError) in try ProjectionExpression(attributesToGetOf: request) } == empty)
        #expect(fault { () throws(TableError) in try ConditionExpression(expectedOf: request, .current) } == empty)
        #expect(
            fault { () throws(TableError) in try ConditionExpression(filter: "ScanFilter", of: request, .older) }
                == empty)
        #expect(
            fault { () throws(TableError) in try KeyConditionExpression(keyConditionsOf: request, .current) } == empty)
    }

    private static let unnamed = "'':{'ComparisonOperator':'NULL'}"

    @Test func attributesToGetAreDifferent() throws {
        let request = try RequestMembers(json("{'AttributesToGet':['a','b','a']}"))
        #expect(
            fault { () throws(TableError) in try ProjectionExpression(attributesToGetOf: request) }
                == "One or more parameter values were invalid: Duplicate value in attribute name: a")
    }

    private static func update(_ updates: String) throws(TableError) -> UpdateExpression? {
        try UpdateExpression(attributeUpdatesOf: try RequestMembers(json("{'AttributeUpdates':\(updates)}")), .current)
    }

    @Test func attributesAreUpdated() throws {
        let update = try #require(
            try Self.update(
                """
                {'p':{'Value':{'S':'new'}},'n':{'Action':'ADD','Value':{'N':'2'}},'gone':{'Action':'DELETE'},
                'ss':{'Action':'DELETE','Value':{'SS':['a']}},'l':{'Action':'ADD','Value':{'L':[{'S':'x'}]}},
                'z':{'Action':'ADD','Value':{'NS':['1']}},'date':{'Action':'PUT','Value':{'BOOL':true}}}
                """))
        let stored = try item("{'n':{'N':'1'},'gone':{'S':'x'},'ss':{'SS':['a','b']}}")
        let updated = try #require(try update.apply(to: stored))
        #expect(
            updated.shown
                == "{'date':{'BOOL':true},'l':{'L':[{'S':'x'}]},'n':{'N':'3'},'p':{'S':'new'},'ss':{'SS':['b']},'z':{'NS':['1']}}"
        )
    }

    private static let invalid = "One or more parameter values were invalid: "

    @Test(arguments: [
        ("{'a':{}}", "\(invalid)Only DELETE action is allowed when no attribute value is specified"),
        (
            "{'a':{'Action':'DELETE','Value':{'S':'x'}}}",
            "\(invalid)DELETE action with value is not supported for the type S"
        ),
        ("{'a':{'Action':'ADD','Value':{'M':{}}}}", "\(invalid)ADD action is not supported for the type M"),
        (
            "{'a':{'Action':'SET','Value':{'S':'x'}}}",
            "1 validation error detected: Value 'SET' at 'attributeUpdates.a.member.action' failed to satisfy constraint: Member must satisfy enum value set: [ADD, PUT, DELETE]"
        ),
    ])
    func updateFaults(updates: String, message: String) {
        #expect(fault { () throws(TableError) in try Self.update(updates) } == message)
    }

    @Test func attributesOfAnotherTypeAreNotUpdated() throws {
        let update = try #require(try Self.update("{'a':{'Action':'ADD','Value':{'N':'1'}}}"))
        let stored = try item("{'a':{'S':'x'}}")
        #expect(
            fault { () throws(TableError) in try update.apply(to: stored) } == "Type mismatch for attribute to update")
    }
}
