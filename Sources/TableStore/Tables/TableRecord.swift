import GatewayModel
import JSON

/// A table as it is stored: what CreateTable was given, in AWS's words, and what the server added.
struct TableRecord: Codable, Sendable, Equatable {
    struct KeyElement: Codable, Sendable, Equatable {
        var AttributeName: String
        /// `HASH` or `RANGE`.
        var KeyType: String
    }

    struct AttributeDefinition: Codable, Sendable, Equatable {
        var AttributeName: String
        /// `S`, `N` or `B`.
        var AttributeType: String
    }

    struct Throughput: Codable, Sendable, Equatable {
        var ReadCapacityUnits: Int
        var WriteCapacityUnits: Int

        static let none = Throughput(ReadCapacityUnits: 0, WriteCapacityUnits: 0)
    }

    struct Projection: Codable, Sendable, Equatable {
        /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
        var ProjectionType: String
        var NonKeyAttributes: [String]?
    }

    struct Index: Codable, Sendable, Equatable {
        /// Never used again for another index of the table.
        var number: Int
        var isGlobal: Bool
        var name: String
        var keySchema: [KeyElement]
        var projection: Projection
        var throughput = Throughput.none
        /// As the table's.
        var kept: [String: String] = [:]
    }

    enum BillingMode: String, Codable, Sendable {
        case provisioned = "PROVISIONED"
        case payPerRequest = "PAY_PER_REQUEST"
    }

    var name: String
    /// A UUID.
    var tableId: String
    /// Milliseconds since 1970.
    var createdAt: Int
    var keySchema: [KeyElement]
    var attributes: [AttributeDefinition]
    var indexes: [Index] = []
    var nextIndexNumber = 0
    var billingMode: BillingMode
    /// Since when the table is billed per request, milliseconds since 1970.
    var payPerRequestSince: Int?
    var throughput = Throughput.none
    var isDeletionProtected = false
    /// The attribute that says when items expire.
    var timeToLive: String?
    var tags: [Tag] = []
    var tableClass: String?
    /// Members that are kept and described, and change nothing: JSON text by member.
    var kept: [String: String] = [:]

    struct Tag: Codable, Sendable, Equatable {
        var Key: String
        var Value: String

        /// Source: "Tagging restrictions in DynamoDB".
        static let perTable = 50
        static let keyLength = 128
        static let valueLength = 256
    }
}

extension TableRecord {
    /// The attributes of a key schema by their part in it.
    func keyAttributes(_ schema: [KeyElement]) -> (partition: [KeyAttribute], sort: [KeyAttribute]) {
        func attributes(_ part: String) -> [KeyAttribute] {
            schema.filter { $0.KeyType == part }.map { element in
                let definition = self.attributes.first { $0.AttributeName == element.AttributeName }
                return KeyAttribute(
                    name: element.AttributeName,
                    type: definition.flatMap { KeyType(rawValue: $0.AttributeType) } ?? .string)
            }
        }
        return (attributes("HASH"), attributes("RANGE"))
    }

    var document: [UInt8] {
        get throws { try JSONValue(encoding: self).bytes }
    }

    init(document: [UInt8]) throws {
        self = try JSONValue(parsing: document).decode(TableRecord.self)
    }
}

extension TableRecord.Index {
    func projection(tableKeys: [KeyAttribute], key: [KeyAttribute]) -> IndexDefinition.Projection {
        guard projection.ProjectionType != "ALL" else { return .all }
        return .attributes((tableKeys + key).map(\.name) + (projection.NonKeyAttributes ?? []))
    }
}
