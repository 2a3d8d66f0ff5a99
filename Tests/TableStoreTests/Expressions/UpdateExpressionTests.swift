import Testing

@testable import TableStore

@Suite struct UpdateExpressionTests {
    private static let stored = """
        {'n':{'N':'10'},'s':{'S':'x'},'l':{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}}]},
        'm':{'M':{'k':{'N':'1'},'set':{'SS':['a']}}},'ss':{'SS':['a','c']},'ns':{'NS':['1','2']}}
        """
    private static let values = """
        {':v':{'S':'v'},':w':{'S':'w'},':1':{'N':'1'},':2':{'N':'2.5'},':l':{'L':[{'S':'new'}]},':ss':{'SS':['b','c']},
        ':a':{'SS':['a']},':ac':{'SS':['c','a']},':ns':{'NS':['2.0','3']},':m':{'M':{}},':bs':{'BS':['AQ==']}}
        """

    private static func apply(_ text: String, to stored: String = stored) throws(TableError) -> Item {
        let update = try update(text, names: "{'#k':'k','#set':'set'}", values: values)
        return try update.apply(to: try item(stored)) ?? Item()
    }

    @Test(
        "What an attribute becomes",
        arguments: [
            ("SET z = :v", "z", "{'S':'v'}"), ("set n = n + :1", "n", "{'N':'11'}"),
            ("SET n = :2 - n", "n", "{'N':'-7.5'}"),
            ("SET z = m.k + n", "z", "{'N':'11'}"), ("SET n = if_not_exists(z, :1) + :2", "n", "{'N':'3.5'}"),
            ("SET n = if_not_exists(n, :1)", "n", "{'N':'10'}"),
            ("SET z = if_not_exists(y, if_not_exists(s, :v))", "z", "{'S':'x'}"),
            ("SET z = if_not_exists(m.z, :v)", "z", "{'S':'v'}"), ("SET z = (n + :1)", "z", "{'N':'11'}"),
            ("SET z = (n) + (:1)", "z", "{'N':'11'}"), ("SET z = ((n) - :1)", "z", "{'N':'9'}"),
            ("SET z = (:v)", "z", "{'S':'v'}"),
            ("SET z = list_append(:l, if_not_exists(y, :l))", "z", "{'L':[{'S':'new'},{'S':'new'}]}"),
            (
                "SET l = list_append(:l, l)", "l",
                "{'L':[{'S':'new'},{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}}]}"
            ),
            ("SET l[1] = :v", "l", "{'L':[{'S':'0'},{'S':'v'},{'S':'2'},{'M':{'k':{'S':'3'}}}]}"),
            ("SET l[9] = :v", "l", "{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}},{'S':'v'}]}"),
            (
                "SET l[9] = :v, l[5] = :w", "l",
                "{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}},{'S':'w'},{'S':'v'}]}"
            ),
            (
                "SET l[3].#k = :v, l[3].j = :w", "l",
                "{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'j':{'S':'w'},'k':{'S':'v'}}}]}"
            ),
            ("SET m.z = :v", "m", "{'M':{'k':{'N':'1'},'set':{'SS':['a']},'z':{'S':'v'}}}"),
            ("REMOVE m.#k", "m", "{'M':{'set':{'SS':['a']}}}"),
            ("REMOVE l[0], l[1]", "l", "{'L':[{'S':'2'},{'M':{'k':{'S':'3'}}}]}"),
            ("REMOVE l[7]", "l", "{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}}]}"),
            ("REMOVE l[0] SET l[2] = :v", "l", "{'L':[{'S':'1'},{'S':'v'},{'M':{'k':{'S':'3'}}}]}"),
            ("REMOVE l[0] SET l[3].k = :v", "l", "{'L':[{'S':'1'},{'S':'2'},{'M':{'k':{'S':'v'}}}]}"),
            ("REMOVE l[4] SET l[9] = :v", "l", "{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'M':{'k':{'S':'3'}}},{'S':'v'}]}"),
            ("ADD n :2", "n", "{'N':'12.5'}"), ("ADD z :1", "z", "{'N':'1'}"), ("ADD z :ss", "z", "{'SS':['b','c']}"),
            ("ADD ss :ss", "ss", "{'SS':['a','b','c']}"), ("ADD ns :ns", "ns", "{'NS':['1','2','3']}"),
            ("ADD m.#set :ss", "m", "{'M':{'k':{'N':'1'},'set':{'SS':['a','b','c']}}}"),
            ("ADD m.n :1", "m", "{'M':{'k':{'N':'1'},'n':{'N':'1'},'set':{'SS':['a']}}}"),
            ("DELETE ss :ss", "ss", "{'SS':['a']}"), ("DELETE ns :ns", "ns", "{'NS':['1']}"),
            ("DELETE m.#set :a", "m", "{'M':{'k':{'N':'1'}}}"),
            ("DELETE m.#set :ss", "m", "{'M':{'k':{'N':'1'},'set':{'SS':['a']}}}"),
            ("DELETE m.z :a", "m", "{'M':{'k':{'N':'1'},'set':{'SS':['a']}}}"),
        ])
    func becomes(text: String, attribute: String, value: String) throws {
        #expect(try Self.apply(text)[attribute]?.shown == value)
    }

    @Test(
        "What is gone",
        arguments: [
            ("REMOVE s", "s"), ("remove z, s", "s"), ("DELETE ss :ac", "ss"), ("DELETE z :a", "z"), ("REMOVE z", "z"),
        ])
    func gone(text: String, attribute: String) throws {
        #expect(try Self.apply(text)[attribute] == nil)
    }

    @Test func operandsAreReadBeforeAnythingIsWritten() throws {
        let updated = try Self.apply("REMOVE s SET n = :v, z = n, y = s ADD m.#k :1")
        #expect(updated["z"]?.shown == "{'N':'10'}")
        #expect(updated["y"]?.shown == "{'S':'x'}")
        #expect(updated["n"]?.shown == "{'S':'v'}")
        #expect(updated["s"] == nil)
    }

    @Test func valuesMayBeExchanged() throws {
        #expect(
            try Self.apply("SET a1 = b1, b1 = a1", to: "{'a1':{'N':'1'},'b1':{'N':'2'}}").shown
                == "{'a1':{'N':'2'},'b1':{'N':'1'}}")
    }

    @Test func whatIsNotNamedStays() throws {
        let before = try item(Self.stored)
        var after = try Self.apply("SET z = :v REMOVE y")
        after["z"] = nil
        #expect(after == before)
    }

    private static let absent = "The provided expression refers to an attribute that does not exist in the item"
    private static let wrongType = "An operand in the update expression has an incorrect data type"
    private static let invalidPath = "The document path provided in the update expression is invalid for update"

    @Test(
        "Faults that show only with the item",
        arguments: [
            ("SET z = y", absent), ("SET z = y + :1", absent), ("SET z = list_append(y, :l)", absent),
            ("SET z = m.z", absent),
            ("SET z = s + :1", wrongType), ("SET z = list_append(s, :l)", wrongType), ("ADD s :1", wrongType),
            ("ADD n :ss", wrongType), ("ADD ss :ns", wrongType), ("DELETE ss :ns", wrongType),
            ("DELETE s :a", wrongType),
            ("SET y.z = :v", invalidPath), ("SET s.z = :v", invalidPath), ("SET m.y.z = :v", invalidPath),
            ("SET m[0] = :v", invalidPath),
            ("SET l.a = :v", invalidPath), ("SET y[0] = :v", invalidPath), ("SET l[9].k = :v", invalidPath),
            ("REMOVE y.z", invalidPath),
            ("REMOVE s[0]", invalidPath), ("ADD y.z :1", invalidPath), ("DELETE y.z :a", invalidPath),
            (
                "SET n = n + :big",
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            ),
            (
                "ADD n :small",
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            ),
            (
                "SET b = :fifty + :1",
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            ),
        ])
    func runtimeFaults(text: String, message: String) throws {
        let update = try update(
            text,
            values: Self.values.dropLast() + ",':big':{'N':'9.9E125'},':small':{'N':'1E-100'},':fifty':{'N':'1e50'}}")
        let stored = try item(text.contains(":big") ? "{'n':{'N':'9.9E125'}}" : Self.stored)
        #expect(fault { () throws(TableError) in try update.apply(to: stored) } == message)
    }

    @Test func touchedAndWrittenAreFragments() throws {
        let update = try update(
            "SET m.#k = :v, l[1] = :w, z = :v REMOVE s, l[0] DELETE ss :ac", names: "{'#k':'k'}", values: Self.values)
        let before = try item(Self.stored)
        #expect(
            update.touched(of: before).shown
                == "{'l':{'L':[{'S':'0'},{'S':'1'}]},'m':{'M':{'k':{'N':'1'}}},'s':{'S':'x'},'ss':{'SS':['a','c']}}")
        let after = try #require(try update.apply(to: before))
        #expect(
            update.touched(of: after).shown
                == "{'l':{'L':[{'S':'w'},{'S':'2'}]},'m':{'M':{'k':{'S':'v'}}},'z':{'S':'v'}}")
        #expect(update.targets.map(\.attribute) == ["m", "l", "z", "s", "l", "ss"])
    }

    @Test(
        "An item that is not there is not made by removing",
        arguments: [
            ("REMOVE a", nil), ("REMOVE x.y, z[1]", nil), ("DELETE ss :a", nil), ("DELETE x.y :a", nil),
            ("SET z = :v REMOVE x.y", "{'z':{'S':'v'}}"), ("ADD n :1 DELETE x.y :a", "{'n':{'N':'1'}}"),
        ])
    func missingItem(text: String, made: String?) throws {
        #expect(try update(text, values: Self.values).apply(to: nil)?.shown == made)
    }

    @Test func whatCannotBeAnItemIsNotPutTogether() throws {
        let values = "{':l':{'L':[\(Array(repeating: "{'NULL':true}", count: 150_000).joined(separator: ","))]}}"
        let sets = (0..<100).map { "a\($0) = list_append(:l, :l)" }.joined(separator: ", ")
        let update = try update("SET " + sets, values: values)
        #expect(
            fault { () throws(TableError) in try update.apply(to: Item()) }
                == "Item size to update has exceeded the maximum allowed size")
    }

    private static let operand = "Incorrect operand type for operator or function; "
    private static let between = "must remove or rewrite one of these paths; path one: "

    @Test(arguments: [
        ("", "The expression can not be empty;"),
        ("INVALID SYNTAX HERE", "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\""),
        ("SET", "Syntax error; token: \"<EOF>\", near: \"SET\""),
        ("SET _123 = :v", "Syntax error; token: \"_\", near: \"SET _123\""),
        (
            "SET a = list_append(list_append(:l, :l), :l)",
            "The function is not allowed to be used this way in an expression; function: list_append"
        ),
        ("SET a = if_not_exists(a, 0)", "Syntax error; token: \"0\", near: \", 0)\""),
        ("SET a :v", "Syntax error; token: \":v\", near: \"a :v\""),
        ("ADD a b", "Syntax error; token: \"b\", near: \"a b\""),
        ("SET a = :v,", "Syntax error; token: \"<EOF>\", near: \",\""),
        ("SET a = :v + :1 + :1", "Syntax error; token: \"+\", near: \":1 + :1\""),
        ("SET a = (:v", "Syntax error; token: \"<EOF>\", near: \":v\""),
        ("REMOVE a = :v", "Syntax error; token: \"=\", near: \"a = :v\""),
        ("SET set-value = :v", "Syntax error; token: \"-\", near: \"set-value\""),
        ("SET a = :v SET b = :v", "The \"SET\" section can only be used once in an update expression;"),
        ("REMOVE a ADD n :1 REMOVE b", "The \"REMOVE\" section can only be used once in an update expression;"),
        ("SET status = :v", "Attribute name is a reserved keyword; reserved keyword: status"),
        ("SET a = list_append(b.Count, :l)", "Attribute name is a reserved keyword; reserved keyword: Count"),
        ("SET #z = :v", "An expression attribute name used in the document path is not defined; attribute name: #z"),
        ("SET a = :no", "An expression attribute value used in expression is not defined; attribute value: :no"),
        ("SET a = size(b)", "Invalid function name; function: size"),
        ("SET a = IF_NOT_EXISTS(b, :v)", "Invalid function name; function: IF_NOT_EXISTS"),
        (
            "SET a = if_not_exists(b)",
            "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1"
        ),
        (
            "SET a = list_append(b, :l, :l)",
            "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 3"
        ),
        (
            "SET a = if_not_exists(:v, :v)",
            "Operator or function requires a document path; operator or function: if_not_exists"
        ),
        ("SET a = list_append(b, :v)", "\(operand)operator or function: list_append, operand type: S"),
        ("SET a = b + :v", "\(operand)operator or function: +, operand type: S"),
        ("SET a = :l - b", "\(operand)operator or function: -, operand type: L"),
        ("ADD a :v", "\(operand)operator: ADD, operand type: STRING"),
        ("ADD a :l", "\(operand)operator: ADD, operand type: LIST"),
        ("DELETE a :1", "\(operand)operator: DELETE, operand type: NUMBER"),
        ("DELETE a :m", "\(operand)operator: DELETE, operand type: MAP"),
        ("SET a = :v, a = :v", "Two document paths overlap with each other; \(between)[a], path two: [a]"),
        ("SET a.b = :v REMOVE a", "Two document paths overlap with each other; \(between)[a, b], path two: [a]"),
        (
            "SET a.b = :v ADD a[1] :1",
            "Two document paths conflict with each other; \(between)[a, b], path two: [a, [1]]"
        ),
        (
            "SET a = :v, b = :no, c = d + :v",
            "An expression attribute value used in expression is not defined; attribute value: :no"
        ),
        ("SET a = d + :v, b = :no", "\(operand)operator or function: +, operand type: S"),
    ])
    func faults(text: String, message: String) {
        #expect(
            fault { () throws(TableError) in try update(text, values: Self.values) }
                == "Invalid UpdateExpression: \(message)")
    }
}
