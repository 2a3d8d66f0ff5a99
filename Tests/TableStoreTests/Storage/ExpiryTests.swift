import GatewayModel
import JSON
import Testing

@testable import TableStore

@Suite("Items that expire")
struct ExpiryTests {
    /// A table with TimeToLive on `until`; closed again, so that the test has the only writer.
    private func folder(items: [(id: String, until: String)]) async throws -> TableFolder {
        let folder = try TableFolder()
        let tables = try folder.open()
        try await tables.createSimpleTable("abc")
        _ = try await tables.succeed(
            "UpdateTimeToLive",
            #"{"TableName":"abc","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#)
        for (id, until) in items { try await tables.put(id, in: "abc", ",\"until\":\(until)") }
        return folder
    }

    private func sweep(_ folder: TableFolder, limit: Int = 100) throws -> Int {
        let catalogue = TableCatalogue(account: .init())
        let writer = try TableWriter(path: folder.path, isDurable: true, catalogue: catalogue, faults: .untold) {
            folder.now
        }
        nonisolated(unsafe) var count = -1
        writer.submit { transaction throws(TableError) in
            let table = try transaction.table(named: "abc")
            return Array(String(try transaction.removeExpired(table, limit: limit)).utf8)
        } completion: { response in
            count = Int(String(decoding: response.body, as: UTF8.self)) ?? -1
        }
        writer.flush()
        return count
    }

    private static let second: Int64 = 1_700_000_000

    @Test("go once their time is past, and not before")
    func past() async throws {
        let folder = try await folder(items: [("1", #"{"N":"\#(Self.second + 10)"}"#)])
        #expect(try sweep(folder) == 0)
        folder.now = Timestamp(milliseconds: (Self.second + 11) * 1_000)
        #expect(try await folder.open().item("1", in: "abc") != nil, "an item not yet removed is visible")
        #expect(try sweep(folder) == 1)
        #expect(try await folder.open().item("1", in: "abc") == nil)
    }

    @Test("may have a fraction of a second")
    func fraction() async throws {
        let folder = try await folder(items: [("1", #"{"N":"\#(Self.second + 10).5"}"#)])
        folder.now = Timestamp(milliseconds: (Self.second + 10) * 1_000)
        #expect(try sweep(folder) == 0)
        folder.now = Timestamp(milliseconds: (Self.second + 11) * 1_000)
        #expect(try sweep(folder) == 1)
    }

    @Test(
        "stay when the attribute is no time, or long past",
        arguments: [
            #"{"S":"1600000000"}"#, #"{"L":[{"N":"1600000000"}]}"#, #"{"N":"\#(second - 6 * 366 * 86_400)"}"#,
            #"{"N":"1600000000000"}"#, #"{"N":"1E100"}"#, #"{"N":"-1E100"}"#,
        ])
    func stay(until: String) async throws {
        let folder = try await folder(items: [("1", until)])
        #expect(try sweep(folder) == 0)
        #expect(try await folder.open().item("1", in: "abc") != nil)
    }

    @Test("go in small bites")
    func bites() async throws {
        let folder = try await folder(items: (0..<5).map { ("\($0)", #"{"N":"1690000000"}"#) })
        #expect(try sweep(folder, limit: 2) == 2)
        #expect(try sweep(folder, limit: 2) == 2)
        #expect(try sweep(folder, limit: 2) == 1)
    }

    @Test("an update of the attribute counts")
    func updated() async throws {
        let folder = try await folder(items: [("1", #"{"N":"1690000000"}"#)])
        try await folder.open().put("1", in: "abc", #","until":{"N":"1790000000"}"#)
        #expect(try sweep(folder) == 0)
    }

    @Test("items from before TimeToLive was enabled go too")
    func enabledLater() async throws {
        let folder = try TableFolder()
        do {
            let tables = try folder.open()
            try await tables.createSimpleTable("abc")
            try await tables.put("1", in: "abc", #","until":{"N":"1690000000"}"#)
            _ = try await tables.succeed(
                "UpdateTimeToLive",
                #"{"TableName":"abc","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#)
        }
        #expect(try sweep(folder) == 1)
    }

    @Test("nothing goes once TimeToLive is disabled")
    func disabled() async throws {
        let folder = try await folder(items: [("1", #"{"N":"1690000000"}"#)])
        do {
            _ = try await folder.open().succeed(
                "UpdateTimeToLive",
                #"{"TableName":"abc","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"until"}}"#)
        }
        #expect(try sweep(folder) == 0)
        #expect(try await folder.open().item("1", in: "abc") != nil)
    }
}
