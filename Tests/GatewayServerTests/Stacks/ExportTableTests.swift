import Testing

@testable import GatewayServer
@testable import Stacks

@Suite struct ExportTableTests {
    private func record(_ name: String, exporting export: String? = nil, importing imports: [String] = [])
        -> StackRecord
    {
        var record = StackRecord(name: name, stackId: "id-\(name)", status: .createComplete, creationTime: "")
        record.outputs =
            export.map {
                [StackOutput(name: "O", value: "x", description: nil, exportName: $0)]
            } ?? []
        record.imports = imports
        return record
    }

    @Test func whatIsBeingMadeCountsAsImporter() {
        let table = ExportTable()
        table.take(record("shop", exporting: "url"))
        #expect(table.value("url") == "x")
        #expect(table.importers("url").isEmpty)
        #expect(table.use("url", by: "page") == "x")
        #expect(table.importers("url") == ["page"])
        #expect(table.withdraw(of: "shop")?.importers == ["page"])
        #expect(table.value("url") == "x")
        // It has failed.
        table.forget("page")
        #expect(table.importers("url").isEmpty)
        #expect(table.use("url", by: "page") == "x")
        table.take(record("page", importing: ["url"]))
        #expect(table.withdraw(of: "shop")?.name == "url")
    }

    @Test func whatIsBeingDeletedCannotBeUsed() {
        let table = ExportTable()
        table.take(record("shop", exporting: "url"))
        #expect(table.withdraw(of: "shop") == nil)
        #expect(table.use("url", by: "page") == nil)
    }
}
