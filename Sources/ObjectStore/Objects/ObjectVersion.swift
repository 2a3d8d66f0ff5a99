import Foundation
import GRDB
package import GatewayModel

/// One version of an object, or a delete marker.
package struct ObjectVersion: Sendable {
    package let key: String
    /// `null` where it was made while its bucket kept no versions.
    package let id: String
    package let isLatest: Bool
    package let isMarker: Bool
    package let modified: Timestamp
    package let size: Int
    /// Without quotation marks.
    package let etag: String
    package let facts: ObjectFacts
    /// Whether its bucket keeps versions, or has.
    package let isVersioned: Bool
    /// Of its content.
    var hold: ContentHold?

    package static let withoutVersioning = "null"

    init(_ row: Row, in bucket: Bucket) throws {
        isVersioned = bucket.versioning != nil
        key = String(decoding: row["key"] as Data, as: UTF8.self)
        id = row["version"]
        isLatest = row["isLatest"]
        isMarker = row["isMarker"]
        modified = Timestamp(milliseconds: row["modified"])
        size = row["size"]
        etag = row["etag"]
        facts = try Facts.decode(row["facts"])
    }
}

/// What an object has beside its content's size and digest.
package struct ObjectFacts: Sendable, Codable, Equatable {
    package struct Field: Sendable, Codable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `content-type` and its kind, in small letters, as they are answered.
    package var headers: [Field] = []
    /// Without `x-amz-meta-`.
    package var metadata: [Field] = []
    package var tags: [Field] = []
    package var checksum: Checksum?
    package var encryption: Encryption?
    package var pieces: [Piece] = []
    /// Of an upload in parts; nil too of those that were made before parts were noted.
    package var parts: [Part]?

    package struct Part: Sendable, Codable, Equatable {
        package let number: Int
        package let size: Int
        /// Where the upload asked for one.
        package let checksum: Checksum?
    }

    /// What was asked for of the encryption at rest.
    package struct Encryption: Sendable, Codable, Equatable {
        package let algorithm: String
        package let key: String?

        package init(algorithm: String, key: String? = nil) {
            self.algorithm = algorithm
            self.key = key
        }
    }

    package init() {}
}

/// An object that is to be written.
package struct NewObject: Sendable {
    package var bucket: String
    package var key: String
    package var facts: ObjectFacts
    package var condition = WriteCondition()

    package init(bucket: String, key: String, facts: ObjectFacts, condition: WriteCondition = WriteCondition()) {
        self.bucket = bucket
        self.key = key
        self.facts = facts
        self.condition = condition
    }
}

/// What has to be there for an object to be written. Source: S3 User Guide, conditional-writes.
package struct WriteCondition: Sendable {
    /// An entity tag, without quotation marks.
    package var match: String?
    /// If-None-Match: *
    package var isNew = false

    package init() {}

    /// As refusals name it; nil where there is none.
    var name: String? { isNew ? "If-None-Match" : match == nil ? nil : "If-Match" }

    func check(_ current: ObjectVersion?, key: String) throws(ObjectError) {
        if isNew, current != nil { throw .preconditionFailed("If-None-Match") }
        guard let match else { return }
        guard let current else { throw .noSuchKey(key) }
        guard match == current.etag else { throw .preconditionFailed("If-Match") }
    }
}
