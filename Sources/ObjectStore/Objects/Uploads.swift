import Crypto
import Foundation
import GRDB
package import GatewayModel

/// An upload in parts, until it is completed or given up.
package struct Upload: Sendable {
    package let id: String
    package let key: String
    package let created: Timestamp
    package let facts: UploadFacts
    /// Whether its object has been written or deleted since it began.
    let isOvertaken: Bool

    /// AWS quotas: parts of an upload, bytes of each but the last, of an object altogether.
    package static let parts = 1...10_000
    package static let partBytes = 5_242_880
    package static let objectBytes = 5_497_558_138_880
    /// Ours: uploads that nobody has completed yet, of all buckets. AWS bounds them by what they cost.
    static let unfinished = 10_000

    init(_ row: Row) throws {
        id = row["id"]
        key = String(decoding: row["key"] as Data, as: UTF8.self)
        created = Timestamp(milliseconds: row["created"])
        facts = try Facts.decode(row["facts"])
        isOvertaken = row["isOvertaken"]
    }
}

package struct UploadFacts: Sendable, Codable {
    package let object: ObjectFacts
    /// What the parts are checked by, and what becomes of it.
    package let checksum: ChecksumKind
    package let scope: Checksum.Scope
    /// Whether the client asked for it; else its parts need not have any.
    package let isAsked: Bool

    package init(object: ObjectFacts, checksum: ChecksumKind, scope: Checksum.Scope, isAsked: Bool) {
        self.object = object
        self.checksum = checksum
        self.scope = scope
        self.isAsked = isAsked
    }
}

package struct UploadPart: Sendable {
    package let number: Int
    package let modified: Timestamp
    package let size: Int
    package let etag: String
    package var checksum: Checksum? { facts.checksum }
    let facts: PartFacts

    init(_ row: Row) throws {
        number = row["number"]
        modified = Timestamp(milliseconds: row["modified"])
        size = row["size"]
        etag = row["etag"]
        facts = try Facts.decode(row["facts"])
    }
}

struct PartFacts: Codable {
    let piece: Piece
    let checksum: Checksum?
}

/// What a client says that an object consists of.
package struct CompletedPart: Sendable {
    package let number: Int
    /// Without quotation marks.
    package let etag: String
    package let checksum: Checksum?

    package init(number: Int, etag: String, checksum: Checksum?) {
        self.number = number
        self.etag = etag
        self.checksum = checksum
    }
}

extension ObjectStore {
    package func createUpload(_ bucket: String, _ key: String, _ facts: UploadFacts) throws(ObjectError) -> String {
        try Self.check(key: key)
        let id = Hexadecimal.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
        try write { db, _ in
            guard try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM uploads") ?? 0 < Upload.unfinished else {
                throw ObjectError(
                    "SlowDown", status: 503,
                    "Gatehouse keeps \(Upload.unfinished) unfinished uploads, and no more: complete or abort some.")
            }
            try db.execute(
                sql: "INSERT INTO uploads (id, bucket, key, created, facts) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    id, try Self.bucket(bucket, db).id, Data(key.utf8), self.now().milliseconds,
                    try Facts.encode(facts),
                ])
        }
        return id
    }

    package func upload(_ id: String, _ bucket: String, _ key: String) throws(ObjectError) -> Upload {
        try read { db in try Self.upload(id, bucket, key, db) }
    }

    private static func upload(_ id: String, _ bucket: String, _ key: String, _ db: Database) throws -> Upload {
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?",
            arguments: [id, try Self.bucket(bucket, db).id, Data(key.utf8)])
        guard let row else { throw ObjectError.noSuchUpload(id) }
        return try Upload(row)
    }

    /// Makes received content a part. One that is sent again takes the place of the one before.
    @discardableResult
    package func putPart(
        _ number: Int, of id: String, _ bucket: String, _ key: String, _ checksum: Checksum?,
        _ incoming: IncomingContent, _ digests: ContentDigests
    ) throws(ObjectError) -> UploadPart {
        let piece = Piece(digest: digests.sha256, size: digests.size)
        return try keep(incoming, digests) { db, unused in
            _ = try Self.upload(id, bucket, key, db)
            return try self.put(number, of: id, PartFacts(piece: piece, checksum: checksum), digests.etag, db, &unused)
        }
    }

    /// Makes an object of one file a part: no byte of it is copied.
    package func copyPart(
        _ source: ObjectVersion, to number: Int, of id: String, _ bucket: String, _ key: String,
        _ checksum: Checksum?, etag: String
    ) throws(ObjectError) -> UploadPart {
        guard let piece = source.facts.pieces.first, source.facts.pieces.count == 1 else {
            throw .internalError("an object of \(source.facts.pieces.count) files was to be one part")
        }
        return try write { db, unused in
            _ = try Self.upload(id, bucket, key, db)
            try Self.checkContent(of: source, db)
            return try self.put(number, of: id, PartFacts(piece: piece, checksum: checksum), etag, db, &unused)
        }
    }

    private func put(
        _ number: Int, of id: String, _ facts: PartFacts, _ etag: String, _ db: Database, _ unused: inout [String]
    ) throws -> UploadPart {
        if let old = try Self.parts(of: id, db, from: number, limit: 1).first, old.number == number {
            try db.letGo([old.facts.piece], &unused)
        }
        try db.use([facts.piece])
        try db.execute(
            sql: "INSERT OR REPLACE INTO parts (upload, number, modified, size, etag, facts) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [id, number, now().milliseconds, facts.piece.size, etag, try Facts.encode(facts)])
        guard let part = try Self.parts(of: id, db, from: number, limit: 1).first else {
            throw ObjectError.internalError("a row is missing")
        }
        return part
    }

    package func parts(
        of id: String, _ bucket: String, _ key: String, after number: Int, limit: Int
    ) throws(ObjectError) -> [UploadPart] {
        try read { db in
            _ = try Self.upload(id, bucket, key, db)
            return try Self.parts(of: id, db, from: number + 1, limit: limit)
        }
    }

    private static func parts(of id: String, _ db: Database, from number: Int, limit: Int) throws -> [UploadPart] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM parts WHERE upload = ? AND number >= ? ORDER BY number LIMIT ?",
            arguments: [id, number, limit]
        ).map { try UploadPart($0) }
    }

    package func abortUpload(_ id: String, _ bucket: String, _ key: String) throws(ObjectError) {
        try write { db, unused in
            _ = try Self.upload(id, bucket, key, db)
            try Self.removeUpload(id, db, &unused)
        }
    }

    /// - Parameters:
    ///   - checksum: of the whole object, as the client has it.
    ///   - scope: what the client says that the upload was created with.
    ///   - told: its size, as the client has it.
    package func completeUpload(
        _ id: String, _ object: NewObject, _ named: [CompletedPart], checksum: Checksum?,
        scope: Checksum.Scope? = nil, size told: Int? = nil
    ) throws(ObjectError) -> ObjectVersion {
        try write { db, unused in
            let upload = try Self.upload(id, object.bucket, object.key, db)
            try Self.check(scope, upload.facts)
            let bucket = try Self.bucket(object.bucket, db)
            if let condition = object.condition.name {
                try object.condition.check(try self.current(bucket, object.key, db), key: object.key)
                if upload.isOvertaken { throw ObjectError.conflict(condition, object.key) }
            }
            let all = try Self.parts(of: id, db, from: 1, limit: Upload.parts.upperBound)
            let parts = try Self.match(named, all, of: upload)
            var object = object
            object.facts = upload.facts.object
            object.facts.pieces = parts.map(\.facts.piece)
            object.facts.parts = parts.map {
                ObjectFacts.Part(number: $0.number, size: $0.size, checksum: upload.facts.isAsked ? $0.checksum : nil)
            }
            object.facts.checksum = Self.checksum(of: parts, upload.facts)
            if let checksum, let made = object.facts.checksum { try Self.check(checksum, made, upload.facts) }
            let size = parts.reduce(0) { $0 + $1.size }
            guard size <= Upload.objectBytes else {
                throw ObjectError(
                    "EntityTooLarge", status: 400, "Your proposed upload exceeds the maximum allowed object size.")
            }
            if let told, told != size {
                throw ObjectError.invalidRequest(
                    "The provided 'x-amz-mp-object-size' header value \(told) does not match what was computed: \(size)"
                )
            }
            let digests = parts.flatMap { Hexadecimal.decode($0.etag) ?? [] }
            let etag = "\(Hexadecimal.encode(Insecure.MD5.hash(data: digests)))-\(parts.count)"
            // First it is used by the object, then no longer by the upload.
            let version = try self.put(object, size: size, etag: etag, db, &unused)
            try Self.removeUpload(id, db, &unused)
            return version
        }
    }

    private static func check(_ scope: Checksum.Scope?, _ facts: UploadFacts) throws {
        guard let scope, !facts.isAsked || scope != facts.scope else { return }
        throw ObjectError.invalidRequest(
            "The upload was created using the \(facts.isAsked ? facts.scope.rawValue : "null") checksum mode. The "
                + "complete request must use the same checksum mode.")
    }

    /// Of an upload that asked for none AWS passes over those of other kinds than its own (recorded).
    private static func check(_ told: Checksum, _ made: Checksum, _ facts: UploadFacts) throws {
        guard facts.isAsked || told.kind == made.kind, told != made else { return }
        throw ObjectError(
            "BadDigest", status: 400,
            "The \(made.kind.rawValue.lowercased()) you specified did not match the calculated checksum.")
    }

    /// The parts that are named, all of which have to be there.
    private static func match(
        _ named: [CompletedPart], _ all: [UploadPart], of upload: Upload
    ) throws -> [UploadPart] {
        let id = upload.id
        let byNumber = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
        var parts: [UploadPart] = []
        for part in named {
            if let last = parts.last, part.number <= last.number {
                throw ObjectError(
                    "InvalidPartOrder", status: 400,
                    "The list of parts was not in ascending order. Parts must be ordered by part number."
                ).with("UploadId", id)
            }
            try check(part, upload.facts)
            guard let found = byNumber[part.number], found.etag == part.etag,
                part.checksum == nil || upload.facts.isAsked && part.checksum?.value == found.checksum?.value
            else {
                throw ObjectError(
                    "InvalidPart", status: 400,
                    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                        + "specified entity tag may not match the part's entity tag."
                ).with("PartNumber", String(part.number)).with("ETag", part.etag).with("UploadId", id)
            }
            parts.append(found)
        }
        for part in parts.dropLast() where part.size < Upload.partBytes {
            throw ObjectError(
                "EntityTooSmall", status: 400, "Your proposed upload is smaller than the minimum allowed size"
            ).with("PartNumber", String(part.number)).with("ETag", part.etag)
                .with("ProposedSize", String(part.size)).with("MinSizeAllowed", String(Upload.partBytes))
        }
        return parts
    }

    /// Whether a part is named with the checksum that its upload asked for. Source: recorded answers.
    private static func check(_ part: CompletedPart, _ facts: UploadFacts) throws {
        guard facts.isAsked else { return }
        let kind = facts.checksum
        if let told = part.checksum, told.kind != kind {
            throw ObjectError(
                "BadDigest", status: 400,
                "The \(told.kind.rawValue.lowercased()) you specified for part \(part.number) did not match what we "
                    + "received.")
        }
        guard part.checksum == nil, facts.scope == .composite else { return }
        throw ObjectError.invalidRequest(
            "The upload was created using a \(kind.rawValue.lowercased()) checksum. The complete request must include the "
                + "checksum for each part. It was missing for part \(part.number) in the request.")
    }

    /// Of the parts' checksums, or that of the whole, which follows from them. Nil where a part has none.
    private static func checksum(of parts: [UploadPart], _ facts: UploadFacts) -> Checksum? {
        let values = parts.compactMap { part in
            part.checksum?.kind == facts.checksum ? part.checksum.flatMap { Base64.decode($0.value) } : nil
        }
        guard values.count == parts.count else { return nil }
        guard facts.scope == .fullObject, let code = facts.checksum.cyclicCode else {
            var running = RunningChecksum(facts.checksum)
            for value in values { value.withUnsafeBytes { running.update($0) } }
            return Checksum(
                kind: facts.checksum, value: "\(Base64.encode(running.value))-\(parts.count)", scope: .composite)
        }
        var whole: UInt64 = 0
        for (part, value) in zip(parts, values) {
            whole = code.combine(whole, value.reduce(0) { $0 << 8 | UInt64($1) }, length: part.size)
        }
        return Checksum(
            kind: facts.checksum, value: Base64.encode(RunningChecksum.bigEndian(whole, code.width / 8)))
    }

    static func overtakeUploads(of key: String, in bucket: Bucket, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE uploads SET isOvertaken = TRUE WHERE bucket = ? AND key = ?")
            .execute(arguments: [bucket.id, Data(key.utf8)])
    }

    static func removeUpload(_ id: String, _ db: Database, _ unused: inout [String]) throws {
        for part in try parts(of: id, db, from: 1, limit: Upload.parts.upperBound) {
            try db.letGo([part.facts.piece], &unused)
        }
        try db.execute(sql: "DELETE FROM parts WHERE upload = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM uploads WHERE id = ?", arguments: [id])
    }
}
