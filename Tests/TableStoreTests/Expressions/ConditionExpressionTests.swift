import Testing

@testable import TableStore

@Suite struct ConditionExpressionTests {
    private static let stored = """
        {'s':{'S':'hello'},'n':{'N':'10'},'b':{'B':'AQID'},'t':{'BOOL':true},'x':{'NULL':true},
        'ss':{'SS':['a','b']},'ns':{'NS':['1','2']},'bs':{'BS':['AQ==']},'l':{'L':[{'S':'e'},{'M':{'k':{'N':'1'}}}]},
        'm':{'M':{'k':{'S':'v'},'status':{'S':'ok'}}},'w':{'S':'é𝄞'},'u':{'S':'hello'},'dot.ted':{'S':'d'}}
        """
    private static let values = """
        {':hello':{'S':'hello'},':hel':{'S':'hel'},':z':{'S':'z'},':ten':{'N':'1E1'},':nine':{'N':'9'},
        ':eleven':{'N':'11'},':bytes':{'B':'AQI='},':true':{'BOOL':true},':a':{'S':'a'},':c':{'S':'c'},':one':{'N':'1'},
        ':two':{'N':'2'},':three':{'N':'3'},':blob':{'B':'AQ=='},':e':{'S':'e'},':k':{'M':{'k':{'N':'1.0'}}},
        ':S':{'S':'S'},':NULL':{'S':'NULL'},':ba':{'SS':['b','a']},':null':{'NULL':true},':empty':{'S':''}}
        """

    @Test(
        "Conditions that hold",
        arguments: [
            "s = :hello", "n = :ten", "n <> :nine", "n > :nine", "n >= :ten", "n < :eleven", "n <= :ten", ":nine < n",
            "s = u", "t = :true", "ss = :ba", "x = :null", "l[1] = :k", "l[1].k = :one", "m.k <> :z", "absent <> :z",
            "absent <> another", "n BETWEEN :nine AND :eleven", "n between :ten and :ten", "s IN (:z, :hello)",
            "n in (:nine,:ten)", "attribute_exists(m.k)", "attribute_exists(x)", "attribute_not_exists(m.z)",
            "attribute_not_exists(l[2])", "attribute_type(s, :S)", "attribute_type(x, :NULL)", "begins_with(s, :hel)",
            "begins_with(b, :bytes)", "begins_with(s, :empty)", "contains(s, :e)", "contains(s, :empty)",
            "contains(ss, :a)", "contains(ns, :one)", "contains(bs, :blob)", "contains(b, :blob)", "contains(l, :e)",
            "contains(l, :k)", "size(w) = :three", "size(b) = :three", "size(ss) = :two", "size(l) = :two",
            "size(m) = :two", "size(n) <> :one", "NOT absent = :z", "NOT n = :nine", "not contains(ss, :c)",
            "size(:e) = :one", "(s = :hello)", "(s) = (:hello)", "(size(w)) > :two", "((s) = :hello)",
            "(NOT (n = :nine))",
            "((n = :nine OR s = :hello) AND (t = :true))", "  n\n=\t:ten ", "s=:hello AND n=:ten",
            "n IN (:nine, (:ten))", "m.#status = :ok", "#dotted = :d", "#m.k = #m.k2 OR s = :hello",
            "contains(:hello, u)",
        ])
    func holds(text: String) throws {
        #expect(try Self.parse(text).matches(item(Self.stored)))
    }

    @Test(
        "Conditions that do not hold",
        arguments: [
            "absent = :z", "absent = another", "absent < :z", "n = :hello", "s > :ten", "t = :ten",
            "n BETWEEN :eleven AND :eleven",
            "absent BETWEEN :nine AND :eleven", "absent IN (:z)", "n IN (:hello)", "attribute_exists(z)",
            "attribute_not_exists(x)", "attribute_type(s, :NULL)", "begins_with(n, :hel)", "contains(n, :one)",
            "contains(ss, :one)", "contains(absent, :a)", "contains(m, :e)", "size(n) = :one", "size(x) < :ten",
            "size(absent) < :ten", "NOT s = :hello", "l[5] = :e", "l.k = :e", "m[0] = :e", "s.k = :e", "w < :a",
        ])
    func doesNotHold(text: String) throws {
        #expect(try !Self.parse(text).matches(item(Self.stored)))
    }

    @Test(
        "NOT binds tighter than AND, and AND tighter than OR",
        arguments: [
            ("s = :hello OR n = :nine AND n = :nine", true), ("(s = :hello OR n = :nine) AND n = :nine", false),
            ("NOT n = :nine AND n = :nine", false), ("NOT (n = :nine AND n = :nine)", true),
            ("n = :nine AND n = :nine OR s = :hello", true), ("NOT n = :nine OR n = :ten", true),
            ("n BETWEEN :nine AND :ten AND n = :nine", false), ("NOT NOT n = :ten", true),
        ])
    func precedence(text: String, holds: Bool) throws {
        #expect(try Self.parse(text).matches(item(Self.stored)) == holds)
    }

    @Test func anItemThatIsNotThereHasNoAttributes() throws {
        #expect(try Self.parse("attribute_not_exists(pk)").matches(nil))
        #expect(try !Self.parse("s = :hello").matches(nil))
    }

    @Test func pathsAreAllThatAConditionReads() throws {
        let condition = try Self.parse(
            "a.b = :z AND NOT size(c) > :one OR d IN (e, :z) OR f BETWEEN g AND :z OR attribute_exists(#m[1])")
        #expect(condition.paths.map(\.description) == ["[a, b]", "[c]", "[d]", "[e]", "[f]", "[g]", "[m, [1]]"])
    }

    private static func parse(_ text: String) throws -> ConditionExpression {
        try condition(
            text, names: "{'#status':'status','#dotted':'dot.ted','#m':'m'}",
            values: values.dropLast() + ",':ok':{'S':'ok'},':d':{'S':'d'}}")
    }
}

@Suite struct ConditionFaultTests {
    private static let values = """
        {':s':{'S':'b'},':a':{'S':'a'},':n':{'N':'1'},':l':{'L':[]},':t':{'BOOL':true},':x':{'NULL':true},
        ':b':{'B':'AQ=='},':ss':{'SS':['a']}}
        """
    private static let operand = "Incorrect operand type for operator or function; operator or function: "
    private static let count = "Incorrect number of operands for operator or function; operator or function: "
    private static let misused = "The function is not allowed to be used this way in an expression; function: "
    private static let reserved = "Attribute name is a reserved keyword; reserved keyword: "
    private static let distinct =
        "The first operand must be distinct from the remaining operands for this operator or function; operator: "
    private static let between = "The BETWEEN operator requires "
    private static let lower = "lower bound operand: AttributeValue: "
    private static let upper = "upper bound operand: AttributeValue: "
    private static let noValue =
        "An expression attribute value used in expression is not defined; attribute value: "

    @Test(arguments: [
        ("", "The expression can not be empty;"), ("  \n", "The expression can not be empty;"),
        (
            "if_not_exists(a, a) = :s",
            "The function is not allowed in a condition expression; function: if_not_exists"
        ),
        (
            "list_append(a, :s) = :s",
            "The function is not allowed in a condition expression; function: list_append"
        ),
        ("attribute_not_exists(_x)", "Syntax error; token: \"_\", near: \"(_x\""),
        ("a = = b", "Syntax error; token: \"=\", near: \"= = b\""), ("!!!", "Syntax error; token: \"!\", near: \"!!\""),
        ("a", "Syntax error; token: \"<EOF>\", near: \"a\""), ("a = ", "Syntax error; token: \"<EOF>\", near: \"=\""),
        ("a = 1", "Syntax error; token: \"1\", near: \"= 1\""),
        ("a = :s)", "Syntax error; token: \")\", near: \":s)\""),
        ("attribute_exists()", "Syntax error; token: \")\", near: \"()\""),
        ("a AND b = :s", "Syntax error; token: \"AND\", near: \"a AND b\""),
        ("(a = :s) = :s", "Syntax error; token: \"=\", near: \") = :s\""),
        ("a[b] = :s", "Syntax error; token: \"b\", near: \"[b]\""),
        ("a.é = :s", "Syntax error; token: \"é\", near: \".é =\""),
        ("a = :", "Syntax error; token: \":\", near: \"= :\""),
        ("a BETWEEN :s OR :a", "Syntax error; token: \"OR\", near: \":s OR :a\""),
        ("and = :s", "Syntax error; token: \"and\", near: \"and =\""),
        ("a IN ()", "Syntax error; token: \")\", near: \"()\""),
        ("a = :s b = :s", "Syntax error; token: \"b\", near: \":s b =\""),
        ("((a = :s))", "The expression has redundant parentheses;"),
        ("((a)) = :s", "The expression has redundant parentheses;"),
        ("a = ((:s))", "The expression has redundant parentheses;"),
        ("NOT ((a = :s AND a = :a))", "The expression has redundant parentheses;"),
        ("status = :s", "\(reserved)status"), ("a.Name = :missing", "\(reserved)Name"),
        ("size(Data) = :n", "\(reserved)Data"),
        ("#x = :s", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("a = :missing", "\(noValue):missing"), ("f(a)", "Invalid function name; function: f"),
        ("Contains(a, :s)", "Invalid function name; function: Contains"),
        ("a = if_not_here(a, :s)", "Invalid function name; function: if_not_here"),
        ("size(a)", "\(misused)size"), ("(size(a))", "\(misused)size"), ("NOT size(a)", "\(misused)size"),
        ("a = contains(a, :s)", "\(misused)contains"), ("size(begins_with(a, :s)) = :n", "\(misused)begins_with"),
        ("attribute_exists(a, b)", "\(count)attribute_exists, number of operands: 2"),
        ("begins_with(a)", "\(count)begins_with, number of operands: 1"),
        ("size(a, b) = :n", "\(count)size, number of operands: 2"),
        ("begins_with(a, :n)", "\(operand)begins_with, operand type: N"),
        ("begins_with(:ss, a)", "\(operand)begins_with, operand type: SS"),
        ("size(:n) = :n", "\(operand)size, operand type: N"), ("size(size(a)) = :n", "\(operand)size, operand type: N"),
        ("a < :t", "\(operand)<, operand type: BOOL"), (":l >= a", "\(operand)>=, operand type: L"),
        ("a BETWEEN :x AND :x", "\(operand)BETWEEN, operand type: NULL"),
        ("attribute_type(a, :n)", "\(operand)attribute_type, operand type: N"),
        ("attribute_type(a, b)", "\(operand)attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"),
        (
            "attribute_type(a, :s)",
            "Invalid attribute type name found; type: b, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
        ),
        (
            "attribute_exists(:s)",
            "Operator or function requires a document path; operator or function: attribute_exists"
        ),
        (
            "attribute_not_exists(size(a))",
            "Operator or function requires a document path; operator or function: attribute_not_exists"
        ),
        ("contains(a, a)", "\(distinct)contains, first operand: [a]"),
        ("a.b[0] = a.b[0]", "\(distinct)=, first operand: [a, b, [0]]"),
        (
            "a BETWEEN :s AND :a",
            "\(between)upper bound to be greater than or equal to lower bound; \(lower){S:b}, \(upper){S:a}"
        ),
        (
            "a BETWEEN :s AND :n",
            "\(between)same data type for lower and upper bounds; \(lower){S:b}, \(upper){N:1}"
        ),
        ("a[9999999999] = :s", "List index is not within the allowable range; index: [9999999999]"),
    ])
    func faults(text: String, message: String) {
        for kind in [ExpressionKind.condition, .filter] {
            let found = fault { () throws(TableError) in try condition(text, kind: kind, values: Self.values) }
            #expect(found == "Invalid \(kind.rawValue): \(message)")
        }
    }

    @Test(
        "Of several faults the first in this order is told",
        arguments: [
            // Syntax, then parentheses, functions, their places, reserved words; then what is written first.
            ("((f(status) = :no)) =", "Syntax error; token: \"=\", near: \") =\""),
            ("((f(status) = :no))", "The expression has redundant parentheses;"),
            ("size(status) AND f(a)", "Invalid function name; function: f"),
            ("status = :no AND size(a)", "\(misused)size"),
            ("a = :no AND status = :s", "\(reserved)status"),
            ("a = :no AND begins_with(a, :n)", "\(noValue):no"),
            ("begins_with(a, :n) AND a = :no", "\(operand)begins_with, operand type: N"),
        ])
    func order(text: String, message: String) {
        #expect(
            fault { () throws(TableError) in try condition(text, values: Self.values) }
                == "Invalid ConditionExpression: \(message)")
    }

    @Test func textsHaveAtMost4096Bytes() {
        let text = "attribute_exists(\(String(repeating: "a", count: 4_078)))"
        #expect(text.utf8.count == 4_096)
        #expect(fault { () throws(TableError) in try condition(text) } == nil)
        #expect(
            fault { () throws(TableError) in try condition(text + " ") }
                == "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
                + "expression size: 4097")
        #expect(
            fault { () throws(TableError) in try update("SET \(String(repeating: "a", count: 4_100)) = :v") }
                == "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;")
    }

    @Test func thereAreAtMost300OperatorsAndFunctions() {
        func chain(_ count: Int) -> String { Array(repeating: "a=:s", count: count).joined(separator: " OR ") }
        #expect(fault { () throws(TableError) in try condition(chain(150), values: Self.values) } == nil)
        #expect(fault { () throws(TableError) in try condition(chain(151), values: Self.values) } != nil)
    }

    @Test func inTakesAtMost100Operands() {
        func candidates(_ count: Int) -> String {
            "a IN (\(Array(repeating: ":s", count: count).joined(separator: ",")))"
        }
        #expect(fault { () throws(TableError) in try condition(candidates(100), values: Self.values) } == nil)
        #expect(
            fault { () throws(TableError) in try condition(candidates(101), values: Self.values) }
                == "Invalid ConditionExpression: The IN operator is provided with too many operands; "
                + "number of operands: 101")
    }

    @Test func parenthesesNestWithinABound() {
        for (open, close) in [("(", ")"), ("NOT (", ")"), ("NOT ", ""), ("size(", ")"), ("(a=:s OR ", ")")] {
            let text =
                String(repeating: open, count: 450) + "a" + String(repeating: close, count: 450)
            #expect(
                fault { () throws(TableError) in try condition(String(text.prefix(4_096)), values: Self.values) } != nil
            )
        }
    }
}
