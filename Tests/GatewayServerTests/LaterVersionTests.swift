import Foundation
import GRDBSQLite
import SQLiteStore
import Testing

@Suite struct LaterVersionTests {
    private let folder = TemporaryFolder()

    /// A later version may have changed what is stored: this one would read it wrongly, or damage it.
    @Test func aDatabaseOfALaterVersionIsRefused() throws {
        let path = folder.path + "/state.sqlite"
        try SQLiteStore(path: path).close()
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, "INSERT INTO grdb_migrations VALUES ('future')", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        #expect(throws: SQLiteStore.LaterVersion.self) { try SQLiteStore(path: path) }
    }
}
