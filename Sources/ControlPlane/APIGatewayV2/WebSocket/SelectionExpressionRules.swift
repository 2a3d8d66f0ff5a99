import GatewayModel

/// Which names a selection expression may ask for, by what it selects.
///
/// Source: Developer Guide, apigateway-websocket-api-selection-expressions. The service's words are unknown.
enum SelectionExpressionRules {
    enum Kind {
        /// Of a route, a model, or the template of a request.
        case request
        /// Of the template of a response.
        case response
    }

    /// Reads a member; an empty text takes away what was there.
    static func apply(
        _ members: RequestMembers, _ name: String, to expression: inout String?, _ kind: Kind
    ) throws(ServiceError) {
        guard let text = try members.string(name, upTo: V2Quotas.selectionExpressionLength) else { return }
        if !text.isEmpty { try check(text, name, kind) }
        expression = text.isEmpty ? nil : text
    }

    static func check(_ text: String, _ name: String, _ kind: Kind) throws(ServiceError) {
        guard let expression = SelectionExpression(text), expression.variables.allSatisfy({ isKnown($0, kind) }) else {
            throw V2Error.badRequest("Invalid \(name) specified: \(text)")
        }
    }

    private static func isKnown(_ variable: String, _ kind: Kind) -> Bool {
        if isBody(variable, of: "request.body") { return true }
        guard kind == .response else { return false }
        return variable == "integration.response.statuscode"
            || isBody(variable, of: "integration.response.body")
            || ["integration.response.header.", "integration.response.multivalueheader."].contains {
                variable.hasPrefix($0) && Tokens.isToken(variable.dropFirst($0.utf8.count))
            }
    }

    /// The whole body, or a JSONPath into it.
    private static func isBody(_ variable: String, of body: String) -> Bool {
        guard variable.hasPrefix(body) else { return false }
        let path = variable.dropFirst(body.utf8.count)
        return path.isEmpty || path.hasPrefix("[") || path.hasPrefix(".") && path.utf8.count > 1
    }
}
