import GatewayModel
import JSON
import Testing

@testable import TableStore

@Suite("A reader whose table is dropped meanwhile")
struct DroppedTableTests {
    @Test("is told that there is no such table", arguments: [false, true])
    func dropped(isPrepared: Bool) async throws {
        let folder = try TableFolder()
        let tables = try folder.open()
        try await tables.createSimpleTable("abc")
        // A catalogue that does not learn of the drop.
        let catalogue = TableCatalogue(account: .init())
        _ = try TableWriter(path: folder.path, isDurable: true, catalogue: catalogue, faults: .untold) { folder.now }
        let reader = try TableReader(path: folder.path, catalogue: catalogue)
        let table = try reader.table(named: "abc")
        let key = ItemKey(partition: [1], sort: [])
        if isPrepared { #expect(try reader.item(table, key) == nil) }
        _ = try await tables.succeed("DeleteTable", #"{"TableName":"abc"}"#)
        do {
            _ = try reader.item(table, key)
            Issue.record("an item of a dropped table was looked for")
        } catch {
            #expect(error.status == 400)
            #expect(error.message == TableError.resourceNotFound.message)
        }
    }
}
