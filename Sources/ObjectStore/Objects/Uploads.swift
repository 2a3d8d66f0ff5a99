import Foundation
import GRDB
import GatewayModel

extension ObjectStore {
    static func removeUpload(_ id: String, _ db: Database, _ unused: inout [String]) throws {
        for row in try Row.fetchAll(db, sql: "SELECT facts FROM parts WHERE upload = ?", arguments: [id]) {
            let facts: PartFacts = try Facts.decode(row["facts"])
            try db.letGo([facts.piece], &unused)
        }
        try db.execute(sql: "DELETE FROM parts WHERE upload = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM uploads WHERE id = ?", arguments: [id])
    }
}

struct PartFacts: Codable {
    let piece: Piece
    let checksum: Checksum?
}
