import GatewayModel
import HTTPFront

/// The way of an HTTP API's request, in order. Read this file first.
///
/// It waits at one point only, for the integration; the parts before and after are plain functions on the
/// connection's loop. The order of AWS's own steps is not documented as a whole.
enum HTTPPipeline {
    static func received(_ x: Exchange) {
        do throws(Refusal) {
            try Routing.match(x)  // host, stage, route; nothing is logged when no stage matches
            guard let route = x.route else {
                // Only a preflight passes routing without a route.
                if let cors = x.stage?.cors { x.answerPreflight(cors) }
                return
            }
            switch route.integration {
            case .http(let integration): HTTPProxy.begin(x, integration)  // may wait: connection, body, origin
            case .function(let integration): try FunctionProxy.begin(x, integration)  // waits for the body
            case .missing:
                x.reason = "has no integration"
                throw .internalError
            }
        } catch {
            x.refuse(error, because: x.reason ?? Self.explanation(x, error))
        }
    }

    /// The body is here as a whole, for an integration that asked for it.
    static func bodyCollected(_ x: Exchange) {
        switch x.route?.integration {
        case .function(let integration): FunctionProxy.invoke(x, integration)
        case .http(let integration): HTTPProxy.bodyCollected(x, integration)
        case .missing, nil: break
        }
    }

    private static func request(_ x: Exchange) -> String {
        guard let head = x.connection?.head else { return "the request" }
        let path = x.withPath {
            String(decoding: UnsafeRawBufferPointer(rebasing: $0[x.routedPath.range]), as: UTF8.self)
        }
        return "\(head.string(head.methodRange)) \(path ?? "")"
    }

    private static func explanation(_ x: Exchange, _ refusal: Refusal) -> String {
        switch refusal.status {
        case 404 where x.stage == nil: "there is no API or stage of that name"
        case 404 where x.stage?.isEndpointDisabled == true: "the API's execute-api endpoint is disabled"
        case 404: "no route of the API matches \(Self.request(x))"
        case 431 where x.route == nil: "the request line and header values have more than \(Routing.headBytes) bytes"
        case 431: "received a request line and header values of more than \(Routing.headBytes) bytes"
        default: refusal.message
        }
    }
}
