import HTTPFront
import NIOCore

/// Answers the question that a browser asks before it sends a request to another origin (Fetch standard, CORS).
enum Preflight {
    /// Whether the request is one, of a stage whose API has CORS: the gateway answers it, whatever its routes are.
    static func isPreflight(_ head: RequestHead, _ stage: HTTPStage) -> Bool {
        stage.cors != nil && head.method == .options && head.contains(.origin)
            && head.contains(.accessControlRequestMethod)
    }

    /// 204, no body, no content type. Routing leaves only preflights without a route.
    static func answer(_ x: Exchange) -> StepResult {
        guard x.route == nil, let cors = x.stage?.http?.cors else { return .next }
        x.respond(204, .none) { lines in
            lines.date()
            x.withField(.origin) { cors.writePreflightLines(origin: $0, to: &lines.stream.out) }
            lines.requestId()
        }
        x.finish()
        return .done
    }
}
