import Dispatch
import Foundation
import GRDB
package import GatewayModel

/// S3's buckets and objects. What is known of them is in one SQLite file, their content in files by digest.
///
/// Everything here waits for the disk: it is called on threads that may.
package final class ObjectStore: Sendable {
    private let database: any DatabaseWriter
    let contents: ContentFolder
    let now: @Sendable () -> Timestamp
    private let tidying = DispatchQueue(label: "gatehouse.objects.tidy", qos: .utility)

    /// - Parameters:
    ///   - path: the SQLite file; made when it is missing.
    ///   - folder: of the content.
    ///   - isDurable: whether an acknowledged write survives the end of the machine.
    package init(
        path: String, folder: String, isDurable: Bool, now: @escaping @Sendable () -> Timestamp
    ) throws {
        self.now = now
        contents = try ContentFolder(path: folder, isDurable: isDurable)
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // FULL syncs the log at every commit.
            try db.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "OFF")")
        }
        database = try DatabasePool(path: path, configuration: configuration)
        let migrator = ObjectSchema.migrator
        // Migrating alone passes over changes that it does not know.
        guard try !database.read(migrator.hasBeenSuperseded) else {
            throw ObjectError.internalError("\(path) was written by a later version of Gatehouse.")
        }
        try migrator.migrate(database)
    }

    /// Buckets in memory, with the content of another store.
    private init(draftOf store: ObjectStore) throws {
        now = store.now
        contents = store.contents
        database = try DatabaseQueue()
        try ObjectSchema.migrator.migrate(database)
    }

    /// A store in which operations on buckets can be tried; `takeOver` has it know those that there are. It has no objects.
    package func draft() throws(ObjectError) -> ObjectStore {
        do { return try ObjectStore(draftOf: self) } catch { throw Self.failure(error) }
    }

    /// Moves the log into the file: then that alone holds what is known.
    package func close() {
        finishTidying()
        try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try? database.close()
    }

    /// Milliseconds for which an upload in parts is kept that nobody completes: a week. AWS keeps it until a lifecycle rule
    /// says otherwise, which are not here.
    private static let uploadLife: Int64 = 604_800_000

    /// Milliseconds for which content is kept that nothing uses: a month. An upload that its server did not live to commit
    /// has left it, or the file of what is known is another than it was; then that can be put back.
    private static let strayLife: Int64 = 2_592_000_000

    /// How often there is something to tidy.
    package static let tidyInterval = Duration.seconds(3_600)

    /// Returns when nothing is being tidied, nor about to be.
    package func finishTidying() { tidying.sync {} }

    /// Has what may go removed in the background: what a killed server left may be much.
    package func tidySoon() { tidying.async { [weak self] in self?.tidy() } }

    /// Removes uploads that nobody will complete, and content that nothing has used for a month.
    package func tidy() {
        let now = now().milliseconds
        try? write { db, unused in
            let old = try String.fetchAll(
                db, sql: "SELECT id FROM uploads WHERE created < ?", arguments: [now - Self.uploadLife])
            for id in old { try Self.removeUpload(id, db, &unused) }
            try db.execute(sql: "DELETE FROM strays WHERE digest IN (SELECT digest FROM contents)")
        }
        let files = contents.digests()
        let strays = try? read { db in try files.filter { try !db.isUsed($0) } }
        let old = try? write { db, _ in
            for digest in strays ?? [] {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO strays (digest, seen) VALUES (?, ?)")
                    .execute(arguments: [digest, now])
            }
            return try String.fetchAll(
                db, sql: "SELECT digest FROM strays WHERE seen < ?", arguments: [now - Self.strayLife])
        }
        for digest in old ?? [] { contents.remove(digest, isUsed: isUsed) }
        try? write { db, _ in
            for digest in old ?? [] { try db.execute(sql: "DELETE FROM strays WHERE digest = ?", arguments: [digest]) }
        }
    }

    /// Paths, within the folder of the content, of all that a file's objects consist of.
    package static func paths(namedIn path: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        return try database.read { try String.fetchAll($0, sql: "SELECT digest FROM contents") }
            .map(ContentFolder.name)
    }

    /// - Parameter isWritten: false for content that is there already and hashed only.
    package func receive(
        _ wanted: Set<ChecksumKind>, isWritten: Bool = true
    ) throws(ObjectError) -> IncomingContent {
        try contents.receive(wanted, isWritten: isWritten)
    }

    // MARK: Transactions

    func read<Value>(_ body: (Database) throws -> Value) throws(ObjectError) -> Value {
        do { return try database.read(body) } catch { throw Self.failure(error) }
    }

    /// - Parameter body: gets a list to put those digests in that it uses no longer.
    func write<Value>(_ body: (Database, inout [String]) throws -> Value) throws(ObjectError) -> Value {
        var unused: [String] = []
        let value: Value
        do { value = try database.write { db in try body(db, &unused) } } catch { throw Self.failure(error) }
        for digest in unused { contents.remove(digest, isUsed: isUsed) }
        return value
    }

    /// Keeps content on the disk and commits who uses it. Where that fails, the content goes.
    func keep<Value>(
        _ incoming: IncomingContent, _ digests: ContentDigests, _ body: (Database, inout [String]) throws -> Value
    ) throws(ObjectError) -> Value {
        try incoming.keep(digests)
        defer { contents.settle(digests.sha256, isUsed: isUsed) }
        return try write(body)
    }

    func hold(_ digests: Set<String>) -> ContentHold {
        ContentHold(digests, in: contents) { [weak self, tidying] digests in
            tidying.async { [weak self] in self?.letGo(digests) }
        }
    }

    private func letGo(_ digests: Set<String>) { contents.release(digests, isUsed: isUsed) }

    /// When that cannot be told, it is.
    private func isUsed(_ digest: String) -> Bool {
        (try? database.read { try $0.isUsed(digest) }) ?? true
    }

    /// For people: what is wrong, and not in which statement.
    private static func failure(_ error: any Error) -> ObjectError {
        if let error = error as? ObjectError { return error }
        guard let error = error as? DatabaseError else { return .internalError("\(error)") }
        return .internalError("SQLite error \(error.resultCode.rawValue): \(error.message ?? "\(error.resultCode)")")
    }
}

/// Who uses which content, in a transaction.
extension Database {
    func isUsed(_ digest: String) throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT 1 FROM contents WHERE digest = ?")
        return try Bool.fetchOne(statement, arguments: [digest]) != nil
    }

    func use(_ pieces: [Piece]) throws {
        let statement = try cachedStatement(
            sql: "INSERT INTO contents (digest, uses) VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET uses = uses + 1")
        for piece in pieces { try statement.execute(arguments: [piece.digest]) }
    }

    func letGo(_ pieces: [Piece], _ unused: inout [String]) throws {
        for piece in pieces {
            try cachedStatement(sql: "UPDATE contents SET uses = uses - 1 WHERE digest = ?")
                .execute(arguments: [piece.digest])
            try cachedStatement(sql: "DELETE FROM contents WHERE digest = ? AND uses = 0")
                .execute(arguments: [piece.digest])
            if changesCount > 0 { unused.append(piece.digest) }
        }
    }
}

/// What is kept in one column.
enum Facts {
    static func encode(_ facts: some Encodable) throws -> Data { try JSONEncoder().encode(facts) }
    static func decode<Value: Decodable>(_ data: Data) throws -> Value {
        try JSONDecoder().decode(Value.self, from: data)
    }
}
