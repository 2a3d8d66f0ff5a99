import JSON
import JSONSchema
import NIOCore

/// A model that bodies of requests, or messages, are held against.
enum BodyModel: Sendable {
    case schema(ModelSchema)
    /// It says nothing: it is not one of JSON.
    case anything
    /// It refers to what is not there.
    case broken

    /// - Parameter others: the texts of the models that it may refer to, by their names.
    init(_ schema: JSONValue, _ others: @escaping (String) -> String?) {
        let compiled = try? ModelSchema(schema) { others($0).flatMap(Self.json) }
        self = compiled.map(Self.schema) ?? .broken
    }

    /// A model's own text; what is no JSON allows everything.
    init(text: String?, _ others: @escaping (String) -> String?) { self.init(text.flatMap(Self.json) ?? [:], others) }

    private static func json(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

    /// What is wrong with the call's body; nil where nothing is. The call is told of it, and not refused yet.
    func fault(of x: Exchange) throws(Refusal) -> String? {
        let (one, all) = x.apiKind == .webSocket ? ("message", "messages") : ("body", "bodies")
        switch self {
        case .anything: return nil
        case .broken:
            x.reason = "validates \(all) by a model that cannot be used"
            throw .internalError
        case .schema(let schema):
            let fault = (x.body ?? ByteBuffer()).withUnsafeReadableBytes { bytes in
                schema.fault(of: Span<UInt8>(_unsafeBytes: bytes))?.description
            }
            guard let fault else { return nil }
            x.rest.validationError = Array(fault.utf8)
            x.reason = "received a \(one) that does not match its model: \(fault)"
            return fault
        }
    }
}
