import GatewayModel
import JSON
import NIOCore
import Velocity

/// What becomes of an answer to a route whose integration is no proxy: the integration response whose key matches it, and
/// the template that this one selects. Source: Developer Guide, apigateway-websocket-api-integration-responses.
struct WebSocketResponses: AnswerMapping {
    private struct Response: Sendable {
        let selection: SelectionKey?
        let templates: BodyTemplates
        let contentHandling: ContentHandling?

        init(_ response: V2.IntegrationResponse) throws(CompileError) {
            selection = try SelectionKey(response.templateSelectionExpression)
            templates = BodyTemplates(
                response.responseTemplates.map { templates in OrderedMap(templates.map { ($0.key, Optional($0.value)) })
                },
                names: .webSocket, isByMediaType: false)
            contentHandling = response.contentHandlingStrategy.flatMap(ContentHandling.init)
        }
    }

    private var choices: [(pattern: SelectionPattern, response: Response)] = []
    private var otherwise: Response?
    /// HTTP_PROXY: the answer's body as it is.
    private let isProxy: Bool

    init(_ integration: V2.Integration?) throws(CompileError) {
        isProxy = integration?.integrationType?.hasSuffix("_PROXY") == true
        for response in integration?.integrationResponses ?? [] {
            let key = response.integrationResponseKey
            if key == "$default" {
                otherwise = try Response(response)
            } else {
                choices.append((SelectionPattern(String(key.dropFirst().dropLast())), try Response(response)))
            }
        }
    }

    /// Ends the event with what the integration has answered.
    func respond(_ x: Exchange, _ answer: IntegrationAnswer, by key: AnswerKey) throws(Refusal) {
        let status = key.status
        x.integrationStatus = status
        if isProxy { return x.endEvent(status, answer.body?.unlessEmpty) }
        guard let response = try select(key.text) else {
            // Nothing would be sent anyway. That a handshake needs an answer is said in the Developer Guide.
            if x.socket.event == .message, x.route?.socket?.isTwoWay != true { return x.endEvent(status, nil) }
            x.rest.log?.failure = [ExecutionFailure.noMatch(status: status)]
            x.reason = "has no integration response for \(key.text ?? "what was answered")"
            throw .internalError
        }
        let converted = try PayloadConversion.ofAnswer(x, answer, response.contentHandling, accepting: nil)
        var body = converted?.body ?? answer.body
        let name = response.selection?.value(x, answer, status: status) ?? MediaType.json
        if let template = response.templates.template(for: name) {
            body = try template.render(x, try converted?.text(x) ?? answer.body)
        }
        x.endEvent(
            x.rest.overrides.responseStatus.flatMap(Int.init) ?? status,
            body?.unlessEmpty, isBinary: converted?.isBinary ?? false)
    }

    private func select(_ text: String?) throws(Refusal) -> Response? {
        guard let text else { return otherwise }
        for choice in choices where try choice.pattern.matches(text) { return choice.response }
        return otherwise
    }
}

extension ByteBuffer {
    /// A message without content is none.
    fileprivate var unlessEmpty: ByteBuffer? { readableBytes > 0 ? self : nil }
}
