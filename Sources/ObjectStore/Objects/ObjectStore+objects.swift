import Foundation
import GRDB
import GatewayModel

extension ObjectStore {
    /// AWS quota: a key has at most 1,024 bytes of UTF-8.
    package static let keyBytes = 1_024

    package static func check(key: String) throws(ObjectError) {
        guard key.utf8.count <= keyBytes else {
            throw ObjectError("KeyTooLongError", status: 400, "Your key is too long")
                .with("Size", String(key.utf8.count)).with("MaxSizeAllowed", String(keyBytes))
        }
    }

    /// Makes received content an object. It is durable when this returns.
    package func put(
        _ object: NewObject, _ incoming: IncomingContent, _ digests: ContentDigests
    ) throws(ObjectError) -> ObjectVersion {
        var object = object
        object.facts.pieces = [Piece(digest: digests.sha256, size: digests.size)]
        return try keep(incoming, digests) { db, unused in
            try self.put(object, size: digests.size, etag: digests.etag, db, &unused)
        }
    }

    /// The same content under another key: no byte of it is copied.
    ///
    /// - Parameter etag: of the content as one piece; an upload's is that of its parts.
    package func copy(
        _ source: ObjectVersion, to object: NewObject, etag: String
    ) throws(ObjectError) -> ObjectVersion {
        var object = object
        object.facts.pieces = source.facts.pieces
        object.facts.parts = nil
        return try write { db, unused in
            try Self.checkContent(of: source, db)
            return try self.put(object, size: source.size, etag: etag, db, &unused)
        }
    }

    /// What is not held may have gone since it was looked at.
    static func checkContent(of source: ObjectVersion, _ db: Database) throws {
        guard source.hold == nil else { return }
        for piece in source.facts.pieces where try !db.isUsed(piece.digest) {
            throw ObjectError.noSuchKey(source.key)
        }
    }

    func put(
        _ object: NewObject, size: Int, etag: String, _ db: Database, _ unused: inout [String]
    ) throws -> ObjectVersion {
        try Self.check(key: object.key)
        let bucket = try Self.bucket(object.bucket, db)
        if object.condition.name != nil {
            try object.condition.check(try current(bucket, object.key, db), key: object.key)
        }
        try db.use(object.facts.pieces)
        return try insert(
            object.key, in: bucket, isMarker: false, size: size, etag: etag, object.facts, db, &unused)
    }

    /// The newest version goes before all others; without versioning it takes the place of the one without an id.
    private func insert(
        _ key: String, in bucket: Bucket, isMarker: Bool, size: Int, etag: String, _ facts: ObjectFacts,
        _ db: Database, _ unused: inout [String]
    ) throws -> ObjectVersion {
        try Self.overtakeUploads(of: key, in: bucket, db)
        let id = bucket.versioning == .enabled ? Self.newVersionId() : ObjectVersion.withoutVersioning
        if id == ObjectVersion.withoutVersioning { try removeRow(bucket, key, id, db, &unused) }
        try db.cachedStatement(sql: "UPDATE versions SET isLatest = 0 WHERE bucket = ? AND key = ? AND isLatest")
            .execute(arguments: [bucket.id, Data(key.utf8)])
        try db.cachedStatement(
            sql: """
                INSERT INTO versions (bucket, key, version, isLatest, isMarker, modified, size, etag, facts)
                VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            bucket.id, Data(key.utf8), id, isMarker, now().milliseconds, size, etag, try Facts.encode(facts),
        ])
        guard let version = try find(bucket, key, id, db) else { throw ObjectError.internalError("a row is missing") }
        return version
    }

    private static func newVersionId() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._")
        return String((0..<32).map { _ in letters[Int.random(in: 0..<64)] })
    }

    // MARK: Looking

    /// A version, or the newest one, which may be a delete marker.
    package func version(_ bucket: String, _ key: String, _ id: String?) throws(ObjectError) -> ObjectVersion {
        try read { db in
            let bucket = try Self.bucket(bucket, db)
            if let id {
                try Self.check(id, in: bucket)
                guard let version = try self.find(bucket, key, id, db) else { throw ObjectError.noSuchVersion(key, id) }
                return version
            }
            guard let version = try self.latest(bucket, key, db) else { throw ObjectError.noSuchKey(key) }
            return version
        }
    }

    /// A bucket that never had versions has none to ask for.
    private static func check(_ id: String, in bucket: Bucket) throws {
        guard bucket.versioning != nil || id == ObjectVersion.withoutVersioning else {
            throw ObjectError.invalidArgument("Invalid version id specified", name: "versionId", value: id)
        }
    }

    /// A version whose content is there as long as it, or a reader of it, is.
    package func heldVersion(_ bucket: String, _ key: String, _ id: String?) throws(ObjectError) -> ObjectVersion {
        for _ in 0..<Self.looks {
            var version = try version(bucket, key, id)
            guard !version.facts.pieces.isEmpty else { return version }
            let digests = Set(version.facts.pieces.map(\.digest))
            version.hold = hold(digests)
            // What is used now is used or held from now on.
            if try read({ db in try digests.allSatisfy(db.isUsed) }) { return version }
        }
        throw .internalError("the object was overwritten \(Self.looks) times while it was looked at")
    }

    /// How often an object may be overwritten between two looks.
    private static let looks = 100

    /// - Parameter version: held.
    package func reader(of version: ObjectVersion, _ range: Range<Int>) -> ContentReader {
        ContentReader(version.facts.pieces, in: contents, range: range, hold: version.hold)
    }

    private func find(_ bucket: Bucket, _ key: String, _ id: String, _ db: Database) throws -> ObjectVersion? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM versions WHERE bucket = ? AND key = ? AND version = ?"),
            arguments: [bucket.id, Data(key.utf8), id]
        ).map { try ObjectVersion($0, in: bucket) }
    }

    private func latest(_ bucket: Bucket, _ key: String, _ db: Database) throws -> ObjectVersion? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM versions WHERE bucket = ? AND key = ? AND isLatest"),
            arguments: [bucket.id, Data(key.utf8)]
        ).map { try ObjectVersion($0, in: bucket) }
    }

    func current(_ bucket: Bucket, _ key: String, _ db: Database) throws -> ObjectVersion? {
        try latest(bucket, key, db).flatMap { $0.isMarker ? nil : $0 }
    }

    // MARK: Deleting

    /// What became of a version that was to go.
    package struct Deletion: Sendable, Equatable {
        /// The version that is gone, or the marker that was made; nil without versioning.
        package let version: String?
        /// Whether that is a delete marker.
        package let isMarker: Bool
    }

    /// What is not there is deleted all the same, as in AWS.
    ///
    /// - Parameter match: the entity tag that the object has to have, without quotation marks.
    package func delete(
        _ bucket: String, _ key: String, _ id: String?, match: String? = nil
    ) throws(ObjectError) -> Deletion {
        try write { db, unused in
            let bucket = try Self.bucket(bucket, db)
            try Self.check(key: key)
            if let match {
                let version =
                    if let id { try self.find(bucket, key, id, db) } else { try self.current(bucket, key, db) }
                guard match == "*" || version?.etag == match, version != nil else {
                    throw ObjectError.preconditionFailed("If-Match")
                }
            }
            if let id {
                try Self.check(id, in: bucket)
                let removed = try self.removeRow(bucket, key, id, db, &unused)
                if removed?.isLatest == true { try self.promote(bucket, key, db) }
                return Deletion(version: id, isMarker: removed?.isMarker ?? false)
            }
            guard bucket.versioning != nil else {
                try Self.overtakeUploads(of: key, in: bucket, db)
                try self.removeRow(bucket, key, ObjectVersion.withoutVersioning, db, &unused)
                return Deletion(version: nil, isMarker: false)
            }
            let marker = try self.insert(
                key, in: bucket, isMarker: true, size: 0, etag: "", ObjectFacts(), db, &unused)
            return Deletion(version: marker.id, isMarker: true)
        }
    }

    @discardableResult
    private func removeRow(
        _ bucket: Bucket, _ key: String, _ id: String, _ db: Database, _ unused: inout [String]
    ) throws -> ObjectVersion? {
        guard let version = try find(bucket, key, id, db) else { return nil }
        try db.letGo(version.facts.pieces, &unused)
        try db.cachedStatement(sql: "DELETE FROM versions WHERE bucket = ? AND key = ? AND version = ?")
            .execute(arguments: [bucket.id, Data(key.utf8), id])
        return version
    }

    /// The newest of those that are left is the latest one now.
    private func promote(_ bucket: Bucket, _ key: String, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE versions SET isLatest = 1 WHERE sequence =
                    (SELECT max(sequence) FROM versions WHERE bucket = ? AND key = ?)
                """, arguments: [bucket.id, Data(key.utf8)])
    }

    // MARK: Tags

    package func setTags(
        _ tags: [ObjectFacts.Field], of bucket: String, _ key: String, _ id: String
    ) throws(ObjectError) -> ObjectVersion {
        try write { db, _ in
            let bucket = try Self.bucket(bucket, db)
            guard let version = try self.find(bucket, key, id, db) else { throw ObjectError.noSuchVersion(key, id) }
            var facts = version.facts
            facts.tags = tags
            try db.execute(
                sql: "UPDATE versions SET facts = ? WHERE bucket = ? AND key = ? AND version = ?",
                arguments: [try Facts.encode(facts), bucket.id, Data(key.utf8), version.id])
            return version
        }
    }
}
