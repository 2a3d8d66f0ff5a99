import GatewayModel
import JSON

/// One call of an operation, taken apart: path parameters, query, headers and body.
package struct Call: Sendable {
    /// Decoded, by their names in the operation's path.
    let pathParameters: [String: String]
    /// Decoded, in order; a repeated name is a list.
    let query: [(name: String, value: String)]
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let requestId: String
    /// Whose resources these are.
    let account: AccountIdentity
    /// The moment that resources are stamped with.
    let now: Timestamp
    /// Those that integrations of REST APIs reach.
    let services: ServedServices
    /// What integrations and functions may ask for.
    var limits = CallLimits.aws
    /// Whom policies may name.
    let identities: Identities
    var refusesBrokenTemplates = false
    /// Where code can be had.
    var codeLinks: CodeLinks?
    /// What code in S3 the caller may use; nil where there is no S3.
    var objects: CallerObjects?
    /// Why the caller may not see tags of what he may see.
    var tagsDenial: String?
    /// Whether it came encrypted.
    var isSecure = false
    /// Tags of AWS's own that it may set.
    var systemTags: [String: String]?
    /// Whether function code may be named as a folder of this machine: only for calls made in process.
    var allowsLocalCode = false

    /// The header in which a caller inside the process names the id that a new part of API Gateway is to have, so that
    /// it can tell afterwards whether it was made.
    package static let chosenIdHeader = "x-gatehouse-resource-id"

    /// The moment as API Gateway writes it.
    var timestamp: String { now.iso8601 }

    var chosenId: String? { allowsLocalCode ? header(Self.chosenIdHeader) : nil }

    /// A parameter of the path; the operation table guarantees that it is there.
    func path(_ name: String) -> String { pathParameters[name] ?? "" }

    func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    func queryValues(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body as a JSON object; an empty body is an empty object.
    func object() throws(ServiceError) -> JSONObject {
        guard !body.isEmpty else { return [:] }
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch {
            throw .serialization("The request body is not JSON: \(error).")
        }
        guard case .object(let object) = value else {
            throw .serialization("The request body must be a JSON object; it is a \(value.kind).")
        }
        return object
    }

    /// Reads `type` out of members; a wrong kind of value is AWS's SerializationException.
    static func decode<T: Decodable>(_ type: T.Type, from object: JSONObject) throws(ServiceError) -> T {
        do { return try JSONValue.object(object).decode(type) } catch let error as DecodingError {
            throw .serialization(explain(error))
        } catch {
            throw .serialization("\(error)")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
        case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
        @unknown default: return "\(error)"
        }
    }
}
