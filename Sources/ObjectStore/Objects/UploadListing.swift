import Foundation
import GRDB

/// A page of the uploads of a bucket that nobody has completed yet: by key, and of one key in the order in which they began.
package struct UploadListing: Sendable {
    package var uploads: [Upload] = []
    package var prefixes: [String] = []
    package var isTruncated = false

    package struct Request: Sendable {
        let prefix: String
        /// Empty: none.
        let delimiter: String
        let limit: Int
        private let marker: String
        private let id: String

        /// - Parameters:
        ///   - marker: the key behind which the page begins; empty: at the first.
        ///   - id: of that key, the upload behind which it begins; empty: behind all of them.
        package init(prefix: String, delimiter: String, after marker: String, id: String, limit: Int) {
            self.prefix = prefix
            self.delimiter = delimiter
            self.marker = marker
            self.id = marker.isEmpty ? "" : id
            self.limit = limit
        }

        fileprivate func rows(_ bucket: Bucket, _ db: Database) throws -> RowCursor {
            // One that has been completed since leaves what there is of the key; another key's is none.
            let key = try Data.fetchOne(db, sql: "SELECT key FROM uploads WHERE id = ?", arguments: [id])
            guard key == nil || key == Data(marker.utf8) else {
                throw ObjectError.invalidArgument("Invalid uploadId marker", name: "upload-id-marker", value: id)
            }
            let start = ObjectListing.Place.behind(marker: marker, prefix: prefix, delimiter: delimiter)
            return try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM uploads WHERE bucket = ?1 AND substr(key, 1, ?2) = ?3
                        AND (key >= ?4 OR key = ?5 AND ?6 != '' AND (NOT EXISTS (SELECT 1 FROM uploads WHERE id = ?6)
                            OR (created, id) > (SELECT created, id FROM uploads WHERE id = ?6)))
                    ORDER BY key, created, id
                    """,
                arguments: [
                    bucket.id, prefix.utf8.count, Data(prefix.utf8), Data(start.key), Data(marker.utf8), id,
                ])
        }
    }
}

extension ObjectStore {
    package func list(_ bucket: String, _ request: UploadListing.Request) throws(ObjectError) -> UploadListing {
        try read { db in
            var listing = UploadListing()
            // Of a page without entries AWS says that nothing follows.
            guard request.limit > 0 else { return listing }
            let rows = try request.rows(try Self.bucket(bucket, db), db)
            while let row = try rows.next() {
                let upload = try Upload(row)
                let common = ObjectListing.Request.commonPrefix(of: upload.key, request.prefix, request.delimiter)
                if let common, listing.prefixes.last == common { continue }
                guard listing.uploads.count + listing.prefixes.count < request.limit else {
                    listing.isTruncated = true
                    break
                }
                if let common { listing.prefixes.append(common) } else { listing.uploads.append(upload) }
            }
            return listing
        }
    }
}
