import Foundation
import GRDBSQLite
import SQLiteStore
import TestFixtures
import Testing

@Suite struct LaterVersionTests {
    private let folder = TemporaryFolder()

    /// A later version may have changed what is stored: this one would read it wrongly, or damage it.
    @Test func aDatabaseOfALaterVersionIsRefused() throws {
        let path = folder.path + "/state.sqlite"
        try SQLiteStore(path: path).close()
        var handle: OpaquePointer?
        let opened = sqlite3_open(path, &handle)
        let inserted = sqlite3_exec(handle, "INSERT INTO grdb_migrations VALUES ('future')", nil, nil, nil)
        #expect(opened == SQLITE_OK && inserted == SQLITE_OK)
        sqlite3_close(handle)
        #expect(throws: SQLiteStore.LaterVersion.self) { try SQLiteStore(path: path) }
    }
}
