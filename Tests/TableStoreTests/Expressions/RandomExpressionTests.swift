import Testing

@testable import TableStore

/// Expressions of random tokens either parse or are refused; those that parse can be evaluated.
@Suite struct RandomExpressionTests {
    private static let tokens = [
        "a", "b", "#n", ":v", ":n", ":s", "(", ")", "[", "]", "0", "1", ".", ",", "=", "<>", "<", ">=", "+", "-", "AND",
        "or", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE", "size", "contains", "begins_with",
        "attribute_exists", "attribute_type", "if_not_exists", "list_append", " ", "!", "é", "\0", "#", ":",
    ]
    private static let pieces = [
        "a = :v", "a.b", "l[1]", "(a)", "size(a) > :n", "contains(l, :v)", " AND ", " OR ", "NOT ", "SET ", "REMOVE ",
        "ADD ",
        "DELETE ", "a = ", ", ", "ADD n :n", "a + :n", "if_not_exists(b, :v)", "list_append(l, l)", "n", "(", ")", "#n",
        "l[0]",
    ]
    private static let names = "{'#n':'name'}"
    private static let values = "{':v':{'S':'x'},':n':{'N':'1'},':s':{'SS':['a']}}"
    private static let stored =
        "{'a':{'M':{'b':{'N':'1'}}},'l':{'L':[{'S':'x'},{'N':'1'}]},'n':{'N':'2'},'b':{'S':'x'}}"

    @Test(arguments: [tokens, pieces])
    func nothingTraps(words: [String]) throws {
        var random = RandomTables(seed: 7)
        let stored = try item(Self.stored)
        var parsed = 0
        for _ in 0..<2_500 {
            let text = (0...random.below(8)).map { _ in random.pick(words) }.joined(separator: random.pick(["", " "]))
            if let condition = try? condition(text, names: Self.names, values: Self.values) {
                parsed += 1
                _ = try? condition.matches(stored)
                _ = condition.paths
            }
            if let projection = try? projection(text, names: Self.names) {
                parsed += 1
                _ = projection.project(stored)
            }
            if let update = try? update(text, names: Self.names, values: Self.values) {
                parsed += 1
                if let updated = try? update.apply(to: stored) { _ = update.touched(of: updated) }
            }
            if let key = try? keyCondition(text, names: Self.names, values: Self.values) {
                _ = try? key.bind(
                    partition: [KeyAttribute(name: "a", type: .string)], sort: [KeyAttribute(name: "b", type: .string)])
            }
        }
        #expect(parsed > 100)
    }
}
