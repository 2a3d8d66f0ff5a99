import HTTPFront

/// What is said of a refusal: to the client as its API's kind has it, to people in the same words for all kinds.
extension Exchange {
    func response(to refusal: Refusal) -> GatewayResponse {
        switch stage?.kind {
        case .http: HTTPPipeline.response(to: refusal)
        case .rest: RESTPipeline.response(to: refusal, self)
        case .other(let pipeline): pipeline.response(to: refusal)
        case .webSocket: WebSocketPipeline.response(to: refusal, self)
        case nil:
            switch apiKind {
            case .http: HTTPPipeline.response(to: refusal)
            case .rest: RESTPipeline.response(to: refusal, self)
            case .webSocket: WebSocketPipeline.response(to: refusal, self)
            }
        }
    }

    /// Why the request was refused, when the step that refused it has not said.
    func explanation(_ refusal: Refusal) -> String {
        switch refusal {
        case .notFound where stage == nil, .forbidden where stage == nil: "there is no API or stage of that name"
        case .notFound where stage?.isEndpointDisabled == true, .forbidden: "the API's execute-api endpoint is disabled"
        case .notFound, .incompleteSignature: "no route of the API matches \(requestLine)"
        case .headTooLarge where route == nil:
            "the request line and header values have more than \(Routing.headBytes) bytes"
        case .headTooLarge: "received a request line and header values of more than \(Routing.headBytes) bytes"
        default: String(decoding: response(to: refusal).message, as: UTF8.self)
        }
    }

    private var requestLine: String {
        guard let head = connection?.head else { return "the request" }
        let path = withPath { String(decoding: UnsafeRawBufferPointer(rebasing: $0[routedPath.range]), as: UTF8.self) }
        return "\(head.string(head.methodRange)) \(path ?? "")"
    }
}
