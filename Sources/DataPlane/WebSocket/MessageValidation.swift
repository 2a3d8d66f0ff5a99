import GatewayModel
import JSON
import JSONSchema
import NIOCore

/// The models of a route's messages, and the expression that says which of them counts. Source: Developer Guide,
/// websocket-api-request-validation.
struct MessageValidation: Sendable {
    private enum Model: Sendable {
        case schema(ModelSchema)
        /// It says nothing of messages: it is not one of JSON.
        case anything
        /// It refers to what is not there.
        case broken
    }

    private let selection: SelectionKey
    private var models: [[UInt8]: Model] = [:]

    /// nil where nothing is looked at.
    init?(_ route: V2.Route, _ content: V2.DeploymentContent) throws(CompileError) {
        guard let selection = try SelectionKey(route.modelSelectionExpression) else { return nil }
        self.selection = selection
        for (key, name) in route.requestModels ?? [:] { models[Array(key.utf8)] = Self.model(name, content) }
    }

    private static func model(_ name: String, _ content: V2.DeploymentContent) -> Model {
        guard let found = content.models.first(where: { $0.name == name }) else { return .broken }
        guard (found.contentType ?? "application/json").lowercased().hasPrefix("application/json") else {
            return .anything
        }
        let compiled = try? ModelSchema(schema(found) ?? [:]) { other in
            content.models.first { $0.name == other }.flatMap(schema)
        }
        return compiled.map(Model.schema) ?? .broken
    }

    private static func schema(_ model: V2.Model) -> JSONValue? {
        model.schema.flatMap { try? JSONValue(parsing: $0) }
    }

    /// A message for which no model is there is not valid.
    func check(_ x: Exchange) throws(Refusal) {
        guard let model = selection.value(x).flatMap({ models[$0] }) ?? models[Self.otherwise] else {
            x.reason = "received a message for which it has no model"
            x.rest.validationError = Array("No model matches".utf8)
            throw .invalidBody
        }
        switch model {
        case .anything: return
        case .broken:
            x.reason = "validates messages by a model that cannot be used"
            throw .internalError
        case .schema(let schema):
            let fault = (x.body ?? ByteBuffer()).withUnsafeReadableBytes { bytes in
                schema.fault(of: Span<UInt8>(_unsafeBytes: bytes))
            }
            guard let fault else { return }
            x.rest.validationError = Array(fault.description.utf8)
            x.reason = "received a message that does not match its model: \(fault.description)"
            throw .invalidBody
        }
    }

    private static let otherwise = Array("$default".utf8)
}
