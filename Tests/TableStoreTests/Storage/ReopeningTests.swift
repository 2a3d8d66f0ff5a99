import JSON
import Testing

@testable import TableStore

@Suite("A file opened again")
struct ReopeningTests {
    @Test("has all tables and their items")
    func tablesAndItems() async throws {
        let folder = try TableFolder()
        do {
            let tables = try folder.open()
            for name in ["one", "two"] {
                try await tables.createSimpleTable(name)
                try await tables.put("x", in: name, #","from":{"S":"\#(name)"}"#)
            }
        }
        let tables = try folder.open()
        #expect(try await tables.succeed("ListTables", "{}") == ["TableNames": ["one", "two"]])
        for name in ["one", "two"] {
            #expect(try await tables.item("x", in: name)?["from"]?["S"] == .string(name))
        }
    }

    @Test("describes a table as before")
    func description() async throws {
        let folder = try TableFolder()
        let request = #"{"TableName":"abc"}"#
        let before: JSONValue
        do {
            let tables = try folder.open()
            try await tables.createSimpleTable("abc")
            before = try await tables.succeed("DescribeTable", request)
        }
        #expect(try await folder.open().succeed("DescribeTable", request) == before)
    }

    @Test("has no items of a table that was deleted and made again")
    func deletedAndMadeAgain() async throws {
        let folder = try TableFolder()
        let tables = try folder.open()
        try await tables.createSimpleTable("abc")
        try await tables.put("x", in: "abc")
        _ = try await tables.succeed("DeleteTable", #"{"TableName":"abc"}"#)
        #expect(await tables.ask("DescribeTable", #"{"TableName":"abc"}"#).error == "ResourceNotFoundException")
        try await tables.createSimpleTable("abc")
        #expect(try await tables.item("x", in: "abc") == nil)
    }

    @Test("is refused when a later version wrote it")
    func laterVersion() async throws {
        let folder = try TableFolder()
        do { _ = try folder.open() }
        do { try SQLiteConnection(path: folder.path, readOnly: false).execute("PRAGMA user_version = 1000") }
        #expect(throws: (any Error).self) { try folder.open() }
    }
}
