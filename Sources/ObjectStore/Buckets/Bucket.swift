import GRDB
package import GatewayModel

package struct Bucket: Sendable, Equatable {
    package enum Versioning: String, Sendable {
        case enabled = "Enabled"
        case suspended = "Suspended"
    }

    let id: Int64
    package let name: String
    package let created: Timestamp
    /// Nil: it never had any.
    package let versioning: Versioning?

    /// AWS quota: 10,000 general purpose buckets of an account.
    package static let ofAccount = 10_000

    init(_ row: Row) {
        id = row["id"]
        name = row["name"]
        created = Timestamp(milliseconds: row["created"])
        versioning = (row["versioning"] as String?).flatMap(Versioning.init)
    }
}

/// A part of a bucket's configuration that is kept as it was sent: a document by its name, which is that of its query
/// parameter.
package struct BucketSetting: Sendable, Equatable {
    package let name: String
    package let document: String

    package init(name: String, document: String) {
        self.name = name
        self.document = document
    }
}

extension ObjectStore {
    /// - Parameter settings: those that it begins with.
    package func createBucket(_ name: String, settings: [BucketSetting] = []) throws(ObjectError) -> Bucket {
        guard BucketName.isValid(name) else {
            throw ObjectError("InvalidBucketName", status: 400, "The specified bucket is not valid.")
                .with("BucketName", name)
        }
        let created = now().milliseconds
        return try write { db, _ in
            if try Self.find(name, db) != nil {
                throw ObjectError(
                    "BucketAlreadyOwnedByYou", status: 409,
                    "Your previous request to create the named bucket succeeded and you already own it."
                ).with("BucketName", name)
            }
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM buckets") ?? 0 < Bucket.ofAccount else {
                throw ObjectError(
                    "TooManyBuckets", status: 400, "You have attempted to create more buckets than allowed")
            }
            try db.execute(sql: "INSERT INTO buckets (name, created) VALUES (?, ?)", arguments: [name, created])
            let bucket = try Self.bucket(name, db)
            for setting in settings { try Self.set(setting, of: bucket, db) }
            return bucket
        }
    }

    package func bucket(_ name: String) throws(ObjectError) -> Bucket { try read { db in try Self.bucket(name, db) } }

    /// By name, those that begin with `prefix`, behind one of them.
    package func buckets(prefix: String, after: String, limit: Int) throws(ObjectError) -> [Bucket] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
                arguments: [after, prefix.unicodeScalars.count, prefix, limit]
            ).map(Bucket.init)
        }
    }

    package func deleteBucket(_ name: String) throws(ObjectError) {
        try write { db, unused in
            let bucket = try Self.bucket(name, db)
            let isUsed = try Bool.fetchOne(
                db, sql: "SELECT 1 FROM versions WHERE bucket = ? LIMIT 1",
                arguments: [bucket.id])
            guard isUsed == nil else {
                let message = "The bucket you tried to delete is not empty"
                throw ObjectError(
                    "BucketNotEmpty", status: 409,
                    bucket.versioning == nil ? message : message + ". You must delete all versions in the bucket."
                ).with("BucketName", name)
            }
            for upload in try String.fetchAll(
                db, sql: "SELECT id FROM uploads WHERE bucket = ?", arguments: [bucket.id])
            {
                try Self.removeUpload(upload, db, &unused)
            }
            try db.execute(sql: "DELETE FROM settings WHERE bucket = ?", arguments: [bucket.id])
            try db.execute(sql: "DELETE FROM buckets WHERE id = ?", arguments: [bucket.id])
        }
    }

    package func setVersioning(_ versioning: Bucket.Versioning, of name: String) throws(ObjectError) {
        try write { db, _ in
            let bucket = try Self.bucket(name, db)
            try db.execute(
                sql: "UPDATE buckets SET versioning = ? WHERE id = ?", arguments: [versioning.rawValue, bucket.id])
        }
    }

    /// Makes a bucket of another store, with its settings; nothing when it is here already or not there.
    package func takeOver(_ name: String, from store: ObjectStore) throws(ObjectError) {
        let found: (bucket: Bucket, settings: [BucketSetting])? = try store.read { db in
            guard let bucket = try Self.find(name, db) else { return nil }
            let rows = try Row.fetchAll(
                db, sql: "SELECT name, document FROM settings WHERE bucket = ?", arguments: [bucket.id])
            return (bucket, rows.map { BucketSetting(name: $0["name"], document: $0["document"]) })
        }
        guard let found else { return }
        try write { db, _ in
            guard try Self.find(name, db) == nil else { return }
            try db.execute(
                sql: "INSERT INTO buckets (name, created, versioning) VALUES (?, ?, ?)",
                arguments: [name, found.bucket.created.milliseconds, found.bucket.versioning?.rawValue])
            let bucket = try Self.bucket(name, db)
            for setting in found.settings { try Self.set(setting, of: bucket, db) }
        }
    }

    // MARK: Settings

    package func setting(_ setting: String, of name: String) throws(ObjectError) -> String? {
        try read { db in
            try String.fetchOne(
                db, sql: "SELECT document FROM settings WHERE bucket = ? AND name = ?",
                arguments: [try Self.bucket(name, db).id, setting])
        }
    }

    package func set(_ setting: BucketSetting, of name: String) throws(ObjectError) {
        try write { db, _ in try Self.set(setting, of: try Self.bucket(name, db), db) }
    }

    package func removeSetting(_ setting: String, of name: String) throws(ObjectError) {
        try write { db, _ in
            try db.execute(
                sql: "DELETE FROM settings WHERE bucket = ? AND name = ?",
                arguments: [try Self.bucket(name, db).id, setting])
        }
    }

    private static func set(_ setting: BucketSetting, of bucket: Bucket, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO settings (bucket, name, document) VALUES (?, ?, ?)",
            arguments: [bucket.id, setting.name, setting.document])
    }

    static func bucket(_ name: String, _ db: Database) throws -> Bucket {
        guard let bucket = try find(name, db) else { throw ObjectError.noSuchBucket(name) }
        return bucket
    }

    private static func find(_ name: String, _ db: Database) throws -> Bucket? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM buckets WHERE name = ?"), arguments: [name])
            .map(Bucket.init)
    }
}
