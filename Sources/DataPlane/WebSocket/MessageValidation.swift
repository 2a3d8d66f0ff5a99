import GatewayModel
import JSON

/// The models of a route's messages, and the expression that says which of them counts. Source: Developer Guide,
/// websocket-api-request-validation.
struct MessageValidation: Sendable {
    private let selection: SelectionKey
    private var models: [[UInt8]: BodyModel] = [:]

    /// nil where nothing is looked at.
    init?(_ route: V2.Route, _ content: V2.DeploymentContent) throws(CompileError) {
        guard let selection = try SelectionKey(route.modelSelectionExpression) else { return nil }
        self.selection = selection
        for (key, name) in route.requestModels ?? [:] { models[Array(key.utf8)] = Self.model(name, content) }
    }

    private static func model(_ name: String, _ content: V2.DeploymentContent) -> BodyModel {
        guard let found = content.models.first(where: { $0.name == name }) else { return .broken }
        guard (found.contentType ?? "application/json").lowercased().hasPrefix("application/json") else {
            return .anything
        }
        return BodyModel(text: found.schema) { other in content.models.first { $0.name == other }?.schema }
    }

    /// A message for which no model is there is not valid.
    func check(_ x: Exchange) throws(Refusal) {
        guard let model = selection.value(x).flatMap({ models[$0] }) ?? models[Self.otherwise] else {
            x.reason = "received a message for which it has no model"
            x.rest.validationError = Array("No model matches".utf8)
            throw .invalidBody
        }
        if try model.fault(of: x) != nil { throw .invalidBody }
    }

    private static let otherwise = Array("$default".utf8)
}
