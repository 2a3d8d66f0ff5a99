internal import Foundation
internal import GRDB

/// A copy of a SQLite file that another connection, of this process or another, may be writing to.
package enum SQLiteCopy {
    /// Pages copied between two words about the progress.
    private static let pagesPerStep: Int32 = 2_048

    /// What SQLite says of a file, for people. Its own message is of the connection that it looked at, not of what failed.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Errors of SQLite name the file.
    package static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            throw Failure(description: "\(path): SQLite error \(error.resultCode)")
        }
    }

    /// Copies what the file holds at one moment. Writers do not wait, and what they write meanwhile is not in the copy.
    ///
    /// - Parameter progress: pages copied, and pages in all.
    package static func make(
        of path: String, at target: String, progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        let source = try naming(path) { try DatabaseQueue(path: path) }
        // The reading transaction, begun by the first look, holds the moment for all steps.
        try naming(path) {
            try source.read { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
                try naming(target) { try copy(db, to: target, progress) }
            }
        }
        try source.close()
    }

    private static func copy(
        _ db: Database, to target: String, _ progress: @escaping (_ done: Int, _ total: Int) -> Void
    ) throws {
        // Nobody else reads a copy, whatever its folder lets others do.
        let descriptor = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
        let copy = try DatabaseQueue(path: target)
        try copy.writeWithoutTransaction { copy in
            try db.backup(to: copy, pagesPerStep: pagesPerStep) { state in
                progress(state.completedPageCount, state.totalPageCount)
            }
        }
        try copy.close()
    }
}
