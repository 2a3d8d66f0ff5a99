package import EntityStore
internal import Foundation
internal import GRDB
internal import Synchronization

/// The entities of one server in one SQLite file, written ahead and synced at every commit.
///
/// One thread writes. It takes all commits that wait, writes them in one transaction and answers when that is durable:
/// a disk's sync is shared by all who came during the one before.
package final class SQLiteStore: EntityStore {
    private struct Job: Sendable {
        let changes: [EntityChange]
        let expected: [RootID: UInt64]
        let installed: @Sendable (UInt64) -> Void
        let completion: @Sendable (Result<UInt64, StoreError>) -> Void
    }

    private struct Waiting {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "gatehouse.entities")
    private let waiting = Mutex(Waiting())

    /// Commits that share a sync; more would only make the first of them wait.
    private static let jobsTogether = 256

    /// A database that a later version of this program has changed.
    package struct LaterVersion: Error, CustomStringConvertible {
        let path: String
        package var description: String {
            "\(path) was written by a later version of Gatehouse. Start that version, or restore a backup of this one's."
        }
    }

    /// Opens or makes the database at `path`; a newer schema than this program knows is an error.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            // FULL syncs the log at every commit: an acknowledged call survives a power cut too.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        let migrator = StoreSchema.migrator
        // Migrating alone passes over changes that it does not know.
        guard try !database.read(migrator.hasBeenSuperseded) else { throw LaterVersion(path: path) }
        try migrator.migrate(database)
        // Nobody follows from before the start, so nobody has to learn of roots that were gone by then.
        try database.write { try $0.execute(sql: "DELETE FROM roots WHERE isGone") }
    }

    /// Writes everything into the one file, which can then be copied alone.
    package func close() {
        queue.sync { [database] in
            try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            // The last connection of all removes the empty log, too.
            try? database.close()
        }
    }

    package func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64 {
        try await withCheckedContinuation { (continuation: CheckedContinuation<Result<UInt64, StoreError>, Never>) in
            submit(
                Job(
                    changes: changes, expected: expected, installed: installed,
                    completion: { continuation.resume(returning: $0) }))
        }.get()
    }

    package func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError) {
        try await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, StoreError>, Never>) in
            queue.async { [database] in
                do {
                    seen(try database.read { db in try Self.changes(after: number, in: types, db) })
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(Self.failure(error)))
                }
            }
        }.get()
    }

    private func submit(_ job: Job) {
        let mustStart = waiting.withLock { waiting in
            waiting.jobs.append(job)
            defer { waiting.isRunning = true }
            return !waiting.isRunning
        }
        if mustStart { queue.async { self.run() } }
    }

    private func run() {
        let jobs = waiting.withLock { waiting in
            let jobs = Array(waiting.jobs.prefix(Self.jobsTogether))
            waiting.jobs.removeFirst(jobs.count)
            if jobs.isEmpty { waiting.isRunning = false }
            return jobs
        }
        guard !jobs.isEmpty else { return }
        let outcomes: [Result<UInt64, StoreError>]
        do {
            outcomes = try database.write { db in try Self.write(jobs, db) }
        } catch {
            // Nothing of any of them was kept. What fails on a disk fails for all.
            outcomes = jobs.map { _ in .failure(Self.failure(error)) }
        }
        for (job, outcome) in zip(jobs, outcomes) {
            if case .success(let number) = outcome { job.installed(number) }
            job.completion(outcome)
        }
        // By way of the queue: whoever wants to read waits for one transaction, however many commits come.
        queue.async { self.run() }
    }
}

extension SQLiteStore {
    /// For people: what is wrong, and not in which statement.
    private static func failure(_ error: any Error) -> StoreError {
        guard let error = error as? DatabaseError else { return .failed("\(error)") }
        return .failed("SQLite error \(error.resultCode.rawValue): \(error.message ?? "\(error.resultCode)")")
    }
}

/// On the writer's thread.
extension SQLiteStore {
    private static func write(_ jobs: [Job], _ db: Database) throws -> [Result<UInt64, StoreError>] {
        let start = try last(db)
        var number = start
        var outcomes: [Result<UInt64, StoreError>] = []
        for job in jobs {
            // Asked before anything of the commit is written: refusing it takes nothing back.
            if let changed = try job.expected.first(where: { try version($0.key, db) != $0.value }) {
                outcomes.append(.failure(.changed(changed.key)))
                continue
            }
            number += 1
            for change in job.changes { try apply(change, db) }
            for root in Set(job.changes.map(\.root)) { try set(root, version: number, db) }
            outcomes.append(.success(number))
        }
        if number > start {
            try db.cachedStatement(sql: "UPDATE commits SET last = ?").execute(arguments: [number])
        }
        return outcomes
    }

    private static func last(_ db: Database) throws -> UInt64 {
        try UInt64.fetchOne(db.cachedStatement(sql: "SELECT last FROM commits")) ?? 0
    }

    private static func version(_ root: RootID, _ db: Database) throws -> UInt64 {
        let statement = try db.cachedStatement(sql: "SELECT version FROM roots WHERE root = ? AND NOT isGone")
        return try UInt64.fetchOne(statement, arguments: [root.description]) ?? 0
    }

    private static func set(_ root: RootID, version: UInt64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO roots (root, type, version, isGone)
                VALUES (?1, ?2, ?3, NOT EXISTS (SELECT 1 FROM entities WHERE root = ?1))
                """)
        try statement.execute(arguments: [root.description, root.type, version])
    }

    private static func apply(_ change: EntityChange, _ db: Database) throws {
        let root = change.root.description
        switch change {
        case .save(let entity):
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO entities (kind, root, key, document) VALUES (?, ?, ?, ?)
                    ON CONFLICT (root, kind, key) DO UPDATE SET document = excluded.document
                    """)
            try statement.execute(arguments: [entity.id.kind, root, entity.id.key, Data(entity.document)])
        case .delete(let id):
            let statement = try db.cachedStatement(
                sql: "DELETE FROM entities WHERE root = ? AND kind = ? AND key = ?")
            try statement.execute(arguments: [root, id.kind, id.key])
        case .deleteRoot:
            try db.cachedStatement(sql: "DELETE FROM entities WHERE root = ?").execute(arguments: [root])
        }
    }

    private static func changes(after number: UInt64, in types: [String], _ db: Database) throws -> StoredRoots {
        let places = types.map { _ in "?" }.joined(separator: ", ")
        // Whoever begins needs not know of what is gone.
        let gone = number == 0 ? "AND NOT isGone" : ""
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT roots.root, version, kind, key, document
                FROM roots LEFT JOIN entities ON entities.root = roots.root
                WHERE version > ? AND type IN (\(places)) \(gone)
                ORDER BY version, roots.root, sequence
                """, arguments: StatementArguments([number]) + StatementArguments(types))
        var roots: [StoredRoot] = []
        var current: (id: RootID, version: UInt64, entities: [Entity])?
        func finish() {
            guard let current else { return }
            roots.append(StoredRoot(id: current.id, version: current.version, entities: current.entities))
        }
        while let row = try rows.next() {
            let text: String = row["root"]
            guard let root = RootID(text) else { throw StoreError.failed("'\(text)' names no root") }
            if current?.id != root {
                finish()
                current = (root, row["version"], [])
            }
            // A root that is gone has no entities to join.
            guard let kind: String = row["kind"], let document: Data = row["document"] else { continue }
            current?.entities.append(
                Entity(id: Entity.ID(root: root, kind: kind, key: row["key"]), document: Array(document)))
        }
        finish()
        return StoredRoots(commit: try last(db), roots: roots)
    }
}
