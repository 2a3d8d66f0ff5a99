import JSON
import Testing

@Suite("ListTables")
struct ListTablesTests {
    private func tables(_ names: [String]) async throws -> OpenTables {
        let tables = try TableFolder().open()
        for name in names { try await tables.createSimpleTable(name) }
        return tables
    }

    @Test("gives names in the order of their bytes")
    func order() async throws {
        let tables = try await tables(["bbb", "aaa", "BBB", "a-a", "a_a"])
        #expect(try await tables.succeed("ListTables", "{}") == ["TableNames": ["BBB", "a-a", "a_a", "aaa", "bbb"]])
    }

    @Test("its pages joined are the whole", arguments: 1...6)
    func pages(limit: Int) async throws {
        let names = ["aaa", "bbb", "ccc", "ddd", "eee"]
        let tables = try await tables(names)
        var found: [String] = []
        var start: String?
        repeat {
            let begin = start.map { #","ExclusiveStartTableName":"\#($0)""# } ?? ""
            let page = try await tables.succeed("ListTables", #"{"Limit":\#(limit)\#(begin)}"#)
            found += page["TableNames"]?.array?.compactMap(\.string) ?? []
            start = page["LastEvaluatedTableName"]?.string
        } while start != nil && found.count <= names.count
        #expect(found == names)
    }

    @Test("the last page names no last table, even when it is full")
    func lastPage() async throws {
        let page = try await tables(["aaa", "bbb"]).succeed("ListTables", #"{"Limit":2}"#)
        #expect(page["LastEvaluatedTableName"] == nil)
    }

    @Test("may start behind a name that is not there")
    func absentStart() async throws {
        let page = try await tables(["aaa", "ccc"]).succeed("ListTables", #"{"ExclusiveStartTableName":"bbb"}"#)
        #expect(page == ["TableNames": ["ccc"]])
    }

    @Test(
        "refuses limits outside of 1 to 100",
        arguments: [(0, "greater than or equal to 1"), (101, "less than or equal to 100")])
    func limits(limit: Int, rule: String) async throws {
        let answer = try await TableFolder().open().ask("ListTables", #"{"Limit":\#(limit)}"#)
        #expect(
            answer.message
                == "1 validation error detected: Value '\(limit)' at 'limit' failed to satisfy constraint: "
                + "Member must have value \(rule)")
    }

    @Test("tells all violations in one message")
    func violations() async throws {
        let answer = try await TableFolder().open().ask(
            "ListTables", #"{"ExclusiveStartTableName":"a;","Limit":500}"#)
        #expect(
            answer.message
                == "3 validation errors detected: Value 'a;' at 'exclusiveStartTableName' failed to satisfy "
                + "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "
                + "Value 'a;' at 'exclusiveStartTableName' failed to satisfy constraint: "
                + "Member must have length greater than or equal to 3; "
                + "Value '500' at 'limit' failed to satisfy constraint: "
                + "Member must have value less than or equal to 100")
    }
}
