import Testing

@testable import TableStore

@Suite struct KeyConditionExpressionTests {
    private static let values = """
        {':p':{'S':'p'},':a':{'S':'b'},':z':{'S':'d'},':n':{'N':'1'},':t':{'BOOL':true},':e':{'S':''}}
        """
    private static let partition = [KeyAttribute(name: "pk", type: .string)]
    private static let sort = [KeyAttribute(name: "sk", type: .string)]

    private static func bind(
        _ text: String, partition: [KeyAttribute] = partition, sort: [KeyAttribute] = sort
    ) throws(TableError) -> KeyCondition {
        try keyCondition(text, names: "{'#pk':'pk','#sk':'sk'}", values: values).bind(partition: partition, sort: sort)
    }

    @Test(
        "Which sort keys are found",
        arguments: [
            ("pk = :p", ["", "a", "b", "ba", "c", "d", "da"]), ("pk = :p AND sk = :a", ["b"]),
            ("sk = :a and pk = :p", ["b"]),
            ("pk = :p AND sk < :a", ["", "a"]), ("pk = :p AND sk <= :a", ["", "a", "b"]),
            ("pk = :p AND sk > :a", ["ba", "c", "d", "da"]),
            ("pk = :p AND sk >= :a", ["b", "ba", "c", "d", "da"]), (":p = pk AND :a < sk", ["ba", "c", "d", "da"]),
            (":a >= sk AND pk = :p", ["", "a", "b"]), ("pk = :p AND sk BETWEEN :a AND :z", ["b", "ba", "c", "d"]),
            ("pk = :p AND begins_with(sk, :a)", ["b", "ba"]),
            ("pk = :p AND begins_with(sk, :e)", ["", "a", "b", "ba", "c", "d", "da"]),
            ("(#pk = :p) AND (#sk = :a)", ["b"]), ("(#pk = :p AND begins_with(#sk, :z))", ["d", "da"]),
        ])
    func finds(text: String, found: [String]) throws {
        let condition = try Self.bind(text)
        #expect(condition.partition == Array("p".utf8))
        let keys = ["", "a", "b", "ba", "c", "d", "da"]
        #expect(keys.filter { condition.sort.contains(Array($0.utf8)) } == found)
    }

    private static let parts = ["a", "b", "c"].map { KeyAttribute(name: $0, type: .string) }

    @Test(
        "Keys of several attributes",
        arguments: [
            ("pk = :p", ["a/a/a", "a/b/a", "a/b/b", "a/ba/a", "b/b/b"]),
            ("pk = :p AND a = :a", ["a/a/a", "a/b/a", "a/b/b", "a/ba/a"]),
            ("pk = :p AND a = :a AND b = :b", ["a/b/a", "a/b/b"]),
            ("pk = :p AND b = :b AND a = :a AND c = :a", ["a/b/a"]),
            ("pk = :p AND a = :a AND b < :b", ["a/a/a"]),
            ("pk = :p AND a = :a AND b <= :b", ["a/a/a", "a/b/a", "a/b/b"]),
            ("pk = :p AND a = :a AND b > :b", ["a/ba/a"]),
            ("pk = :p AND a = :a AND b >= :b", ["a/b/a", "a/b/b", "a/ba/a"]),
            ("pk = :p AND a = :a AND begins_with(b, :b)", ["a/b/a", "a/b/b", "a/ba/a"]),
            ("pk = :p AND a = :a AND b BETWEEN :a AND :b", ["a/a/a", "a/b/a", "a/b/b"]),
            ("pk = :p AND a > :a", ["b/b/b"]),
            ("pk = :p AND a = :a AND b = :b AND c > :a", ["a/b/b"]),
        ])
    func findsInSeveral(text: String, found: [String]) throws {
        let condition = try keyCondition(text, values: "{':p':{'S':'p'},':a':{'S':'a'},':b':{'S':'b'}}")
            .bind(partition: Self.partition, sort: Self.parts)
        let keys = ["a/a/a", "a/b/a", "a/b/b", "a/ba/a", "b/b/b"]
        let encoded = keys.map { key in
            KeyEncoding.bytes(key.split(separator: "/").map { .string(String($0)) }, of: 3)
        }
        #expect(zip(keys, encoded).filter { condition.sort.contains($0.1) }.map(\.0) == found)
    }

    @Test func boundsOnPartsAreThoseOnValues() throws {
        var random = RandomTables(seed: 6)
        let bytes: [[UInt8]] = [[], [0], [0, 0], [0, 255], [255], [255, 255], [97], [97, 0], [97, 255], [98]]
        let attributes = ["a", "b"].map { KeyAttribute(name: $0, type: .binary) }
        for _ in 0..<3_000 {
            let (key, bound) = ([random.pick(bytes), random.pick(bytes)], random.pick(bytes))
            let comparator = random.pick([Comparator.less, .lessOrEqual, .equal, .greater, .greaterOrEqual])
            let test =
                random.below(5) == 0 ? KeyClause.Test.beginsWith(.binary(bound)) : .compare(comparator, .binary(bound))
            let expected =
                switch test {
                case .beginsWith: key[1].starts(with: bound)
                default: comparator.holds(.binary(key[1]), .binary(bound))
                }
            let bounds = SortBounds(
                [
                    KeyClause(attribute: "a", test: .compare(.equal, .binary([97]))),
                    KeyClause(attribute: "b", test: test),
                ],
                of: attributes.count)
            #expect(
                bounds.contains(KeyEncoding.bytes(key.map { .binary($0) }, of: 2)) == (key[0] == [97] && expected))
        }
    }

    @Test func partitionsOfSeveralAttributesNeedEqualityOnAll() throws {
        let partition = ["a", "b"].map { KeyAttribute(name: $0, type: .string) }
        let condition = try Self.bind("b = :a AND a = :p", partition: partition, sort: [])
        #expect(condition.partition == KeyEncoding.bytes([.string("p"), .string("b")], of: 2))
        #expect(
            fault { () throws(TableError) in try Self.bind("a = :p", partition: partition, sort: []) }
                == "HASH key attributes b must have equality conditions specified in the query")
    }

    private static let prefix = "Invalid KeyConditionExpression: "
    private static let schema =
        "One or more parameter values were invalid: Condition parameter type does not match schema type"
    private static let operand = "\(prefix)Incorrect operand type for operator or function; operator or function: "
    private static let gap =
        " must have equality conditions specified in the query because a condition is present on key attribute "

    @Test(arguments: [
        ("", "\(prefix)The expression can not be empty;"),
        ("pk = ", "\(prefix)Syntax error; token: \"<EOF>\", near: \"=\""),
        ("sk = :a", "Query condition missed key schema element: pk"),
        ("pk = :p AND x = :a", "Query condition missed key schema element: sk"),
        ("pk > :p", "Query key condition not supported"), ("begins_with(pk, :p)", "Query key condition not supported"),
        ("pk = :p OR sk = :a", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT pk = :p", "Invalid operator used in KeyConditionExpression: NOT"),
        ("pk IN (:p)", "Invalid operator used in KeyConditionExpression: IN"),
        ("pk <> :p", "Invalid operator used in KeyConditionExpression: <>"),
        ("attribute_not_exists(pk)", "Invalid operator used in KeyConditionExpression: attribute_not_exists"),
        ("pk = :p AND contains(sk, :a)", "Invalid operator used in KeyConditionExpression: contains"),
        ("size(pk) = :n", "\(prefix)KeyConditionExpressions cannot contain nested operations"),
        ("pk.x = :p", "\(prefix)KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            "pk = sk",
            "\(prefix)Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
        ),
        (
            "#pk = #sk",
            "\(prefix)Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
        ),
        (":p = :a", "\(prefix)Invalid condition in KeyConditionExpression: No key attribute specified"),
        (
            "begins_with(:p, pk)",
            "\(prefix)Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand"
        ),
        ("pk = :p AND sk > :a AND sk < :z", "\(prefix)KeyConditionExpressions must only contain one condition per key"),
        (
            "pk = :p AND sk > :a AND x = :z",
            "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)"
        ),
        ("pk = :n", schema), ("pk = :p AND sk < :n", schema), ("pk = :p AND sk = :t", schema),
        ("pk = :p AND sk < :t", "\(operand)<, operand type: BOOL"),
        ("pk = :p AND :t >= sk", "\(operand)>=, operand type: BOOL"),
        ("pk = :p AND sk BETWEEN :t AND :t", "\(operand)BETWEEN, operand type: BOOL"),
        ("pk = :p AND begins_with(sk, :n)", "\(operand)begins_with, operand type: N"),
        (
            "pk = :e",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"
        ),
        (
            "pk = :no AND begins_with(sk, :n)",
            "\(prefix)An expression attribute value used in expression is not defined; attribute value: :no"
        ),
        ("begins_with(sk, :n) AND pk = :no", "\(operand)begins_with, operand type: N"),
    ])
    func faults(text: String, message: String) {
        #expect(fault { () throws(TableError) in try Self.bind(text) } == message)
    }

    @Test(arguments: [
        ("pk = :p AND a = :a AND c = :a", "RANGE key attributes b\(gap)c"),
        ("pk = :p AND b = :a", "RANGE key attributes a\(gap)b"),
        ("pk = :p AND a = :a AND b > :a AND c = :a", "RANGE key attributes b\(gap)c"),
        ("pk = :p AND c = :a", "RANGE key attributes a, b\(gap)c"),
    ])
    func noGaps(text: String, message: String) {
        #expect(fault { () throws(TableError) in try Self.bind(text, sort: Self.parts) } == message)
    }
}
