import GRDBSQLite

/// One connection to a SQLite file, used by one thread at a time.
///
/// Tables ask SQLite itself: a point read is a few microseconds, and a layer between would cost as much again.
final class SQLiteConnection {
    fileprivate let handle: OpaquePointer

    /// What SQLite says went wrong.
    struct Failure: Error, CustomStringConvertible {
        let code: Int32
        let message: String
        var description: String { "SQLite error \(code): \(message)" }
    }

    /// How long a connection waits for a lock of another process, such as a backup's.
    private static let patienceMilliseconds: Int32 = 5_000

    init(path: String, readOnly: Bool) throws(Failure) {
        var handle: OpaquePointer?
        // The threading mode is ours: nobody shares a connection.
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw Failure(code: code, message: message)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, Self.patienceMilliseconds)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements that give no rows, or whose rows nobody wants.
    func execute(_ sql: String) throws(Failure) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    func prepare(_ sql: String) throws(Failure) -> SQLiteStatement { try SQLiteStatement(sql, on: self) }

    var lastInsertedRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

    fileprivate func check(_ code: Int32) throws(Failure) {
        guard code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE else {
            throw Failure(code: code, message: String(cString: sqlite3_errmsg(handle)))
        }
    }
}

/// A prepared statement, used again and again.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    fileprivate init(_ sql: String, on connection: SQLiteConnection) throws(SQLiteConnection.Failure) {
        var handle: OpaquePointer?
        try connection.check(
            sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil))
        guard let handle else { throw SQLiteConnection.Failure(code: SQLITE_MISUSE, message: "no statement in \(sql)") }
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    enum Value {
        case integer(Int64)
        case bytes([UInt8])
        case text(String)
        case null
    }

    /// Runs it with `values` for its question marks; `row` sees each row and says whether to go on.
    func run(_ values: [Value] = [], row: () -> Bool = { true }) throws(SQLiteConnection.Failure) {
        for (position, value) in values.enumerated() { bind(value, Int32(position + 1)) }
        defer { sqlite3_reset(handle) }
        while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW else { return try connection.check(code) }
            guard row() else { return }
        }
    }

    /// Of the current row.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        return String(cString: start)
    }

    private func bind(_ value: Value, _ position: Int32) {
        // SQLite copies what it is given: it may outlive this call.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .integer(let integer): sqlite3_bind_int64(handle, position, integer)
        case .bytes(let bytes):
            _ = bytes.withUnsafeBytes { buffer in
                // An empty array may have no address, and a blob without one would be NULL.
                if let start = buffer.baseAddress, !buffer.isEmpty {
                    return sqlite3_bind_blob(handle, position, start, Int32(buffer.count), copied)
                }
                return sqlite3_bind_zeroblob(handle, position, 0)
            }
        case .text(let text):
            // With its length: a text may have a NUL in it.
            var text = text
            _ = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), copied)
                }
            }
        case .null: sqlite3_bind_null(handle, position)
        }
    }
}

extension SQLiteConnection.Failure {
    /// A reader may hold the definition of a table that is dropped meanwhile; then there is no such table any more.
    var tableError: TableError {
        if code == SQLITE_ERROR, message.hasPrefix("no such table") { return .resourceNotFound }
        return .internalFailure(description)
    }
}
