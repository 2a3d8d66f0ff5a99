import Foundation
import GRDB

/// A page of a bucket's keys or of its versions, in the order of the keys' bytes.
package struct ObjectListing: Sendable {
    package enum Entry: Sendable {
        case version(ObjectVersion)
        /// What keys have in common up to the delimiter.
        case prefix(String)
    }

    package var entries: [Entry] = []
    /// Where the next page begins; nil behind the last.
    package var next: Place?

    /// A place in the order of keys and, within a key, from its newest version to its oldest.
    package struct Place: Sendable, Equatable {
        /// Keys from this one on.
        package let key: [UInt8]
        /// Of that key, what was written before this version.
        package let before: String?

        package init(key: [UInt8], before: String? = nil) {
            self.key = key
            self.before = before
        }

        package static let start = Place(key: [])

        /// Behind a key, and behind all that have the same common prefix. Source: recorded answers.
        package static func behind(marker: String, prefix: String, delimiter: String) -> Place {
            guard !marker.isEmpty else { return start }
            return Request.commonPrefix(of: marker, prefix, delimiter).map(behind) ?? after(marker)
        }

        /// Behind a key alone.
        package static func after(_ key: String) -> Place { key.isEmpty ? start : Place(key: Array(key.utf8) + [0]) }

        /// Behind all keys that begin so. No byte of UTF-8 is the largest there is.
        static func behind(_ prefix: String) -> Place {
            var bytes = Array(prefix.utf8)
            if let last = bytes.popLast() { bytes.append(last + 1) }
            return Place(key: bytes)
        }
    }

    package struct Request: Sendable {
        package var prefix: String
        /// Empty: none.
        package var delimiter: String
        package var start: Place
        package var limit: Int
        /// All versions and markers, instead of the objects that there are.
        package var ofVersions: Bool

        package init(prefix: String, delimiter: String, start: Place, limit: Int, ofVersions: Bool = false) {
            self.prefix = prefix
            self.delimiter = delimiter
            self.start = start
            self.limit = limit
            self.ofVersions = ofVersions
        }

        static func commonPrefix(of key: String, _ prefix: String, _ delimiter: String) -> String? {
            guard !delimiter.isEmpty, key.utf8.starts(with: prefix.utf8) else { return nil }
            let bytes = Array(key.utf8)
            let rest = bytes[prefix.utf8.count...]
            guard let range = rest.firstRange(of: Array(delimiter.utf8)) else { return nil }
            return String(decoding: bytes[..<range.upperBound], as: UTF8.self)
        }
    }
}

extension ObjectStore {
    /// AWS quota: what a page of a listing has at most.
    package static let pageEntries = 1_000

    package func list(_ bucket: String, _ request: ObjectListing.Request) throws(ObjectError) -> ObjectListing {
        try read { db in
            let bucket = try Self.bucket(bucket, db)
            var walk = ListingWalk(request: request, bucket: bucket)
            while try walk.step(db) {}
            return walk.listing
        }
    }
}

/// Goes through the keys from place to place: what lies under a common prefix is passed over, not read.
private struct ListingWalk {
    let request: ObjectListing.Request
    let bucket: Bucket
    var listing = ObjectListing()
    var place: ObjectListing.Place

    init(request: ObjectListing.Request, bucket: Bucket) {
        self.request = request
        self.bucket = bucket
        let prefix = Array(request.prefix.utf8)
        place =
            request.start.key.lexicographicallyPrecedes(prefix) ? ObjectListing.Place(key: prefix) : request.start
    }

    /// From one place to the next one; false at the end.
    mutating func step(_ db: Database) throws -> Bool {
        // Of a page without entries AWS says that nothing follows.
        guard request.limit > 0 else { return false }
        let rows = try cursor(db)
        while let row = try rows.next() {
            let version = try ObjectVersion(row, in: bucket)
            guard version.key.utf8.starts(with: request.prefix.utf8) else { return false }
            let common = ObjectListing.Request.commonPrefix(of: version.key, request.prefix, request.delimiter)
            guard listing.entries.count < request.limit else {
                listing.next = place
                return false
            }
            if let common {
                listing.entries.append(.prefix(common))
                place = .behind(common)
                return true
            }
            listing.entries.append(.version(version))
            place =
                request.ofVersions
                ? ObjectListing.Place(key: Array(version.key.utf8), before: version.id)
                : ObjectListing.Place(key: Array(version.key.utf8) + [0])
        }
        return false
    }

    private func cursor(_ db: Database) throws -> RowCursor {
        let start = Data(place.key)
        guard request.ofVersions else {
            return try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM versions WHERE bucket = ? AND isLatest AND NOT isMarker AND key >= ? ORDER BY key
                    """, arguments: [bucket.id, start])
        }
        guard let before = place.before else {
            return try Row.fetchCursor(
                db,
                sql: "SELECT * FROM versions WHERE bucket = ? AND key >= ? ORDER BY key, sequence DESC",
                arguments: [bucket.id, start])
        }
        // One that has gone since, as whoever empties a bucket has it, leaves what there is of the key.
        return try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM versions WHERE bucket = ?1 AND key >= ?2 AND (key > ?2 OR sequence < coalesce(
                    (SELECT sequence FROM versions WHERE bucket = ?1 AND key = ?2 AND version = ?3),
                    \(Int64.max)))
                ORDER BY key, sequence DESC
                """, arguments: [bucket.id, start, before])
    }
}
