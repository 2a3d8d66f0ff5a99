import HTTPFront
import NIOCore
import WebSocketFront

/// The way of an event of a WebSocket API, in order: of a client who comes, of what it sends, of its end. Read this file
/// first.
///
/// A handshake is a request, which waits for its answer. The others have no request: they take the way on a stream that
/// says nothing, beginning with their route, and end by a frame or by nothing (`Exchange.endEvent`).
enum WebSocketPipeline {
    enum Step: UInt8, CaseIterable {
        /// A disabled endpoint is as if it were not there, so nothing else may tell of it.
        case endpoint
        /// What is no opening handshake is told so before anybody is asked anything.
        case handshake
        case route
        /// Of a handshake only, as the keys are.
        case authorize
        case signature
        case key
        case throttle
        /// What the route asks of a handshake, and the models of messages.
        case validate
        /// The integration's parameters and body.
        case map
        /// Whether the integration can be called at all.
        case target
        /// Waits for the integration and ends with what it says.
        case call
    }

    @inline(__always)
    static func take(_ step: Step, _ x: Exchange) throws(Refusal) -> StepResult {
        switch step {
        case .endpoint: if x.stage?.isEndpointDisabled == true { throw .forbidden }
        case .handshake: try WebSocketRouting.shakeHands(x)
        case .route: return try WebSocketRouting.match(x)
        case .authorize: return try x.route?.authorizer?.decide(x) ?? .next
        case .signature: if x.signature != nil { try SignatureCheck.finish(x) }
        case .key: if x.route?.method?.requiresKey == true { try KeyCheck.find(x) }
        case .throttle:
            x.rest.bucket = x.route?.bucket
            try KeyCheck.throttle(x)
        case .validate:
            if x.rest.log != nil { x.logEventStart() }
            try x.route?.socket?.checkParameters(x)
            try x.route?.socket?.validation?.check(x)
        case .map: try map(x)
        case .target: try RESTPipeline.checkTarget(x)
        case .call: return try RESTPipeline.call(x)
        }
        return .next
    }

    private static func map(_ x: Exchange) throws(Refusal) {
        if case .function(let integration) = x.route?.integration, integration.payloadFormat == .webSocket { return }
        try x.mapParameters()
        try x.route?.method?.request.mapBody(x)
    }
}

/// Finds what a request, or an event, is for.
enum WebSocketRouting {
    /// Of the request's target. AWS quota: characters of a handshake's URL.
    static let targetBytes = 4_096

    /// What stands behind the stage: nothing for a handshake, or who is called back.
    static func find(_ x: Exchange, _ rest: UnsafeRawBufferPointer) throws(Refusal) {
        if rest.isEmpty || rest.elementsEqual(CollectionOfOne(UInt8(ascii: "/"))) {
            x.socket.event = .connect
        } else {
            x.socket.callback = try Callback(rest, x)
            x.socket.event = .callback
        }
    }

    static func shakeHands(_ x: Exchange) throws(Refusal) {
        guard let stream = x.connection, let stage = x.stage else { return }
        guard stream.head.target.count <= targetBytes else {
            x.reason = "was called by a URL of more than \(targetBytes) characters"
            throw .pathTooLong
        }
        do throws(HandshakeRefusal) { x.socket.handshake = try WebSocketHandshake(stream.head) } catch {
            switch error {
            case .upgradeRequired: throw .upgradeRequired
            case .versionNotSupported: throw .versionNotSupported
            case .badRequest: throw .badRequest
            }
        }
        try x.worker.clients.admit(x)
        x.socket.client = ClientConnection(x, stage)
    }

    static func match(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let stage = x.stage?.webSocket else { return .done }
        switch x.socket.event {
        case .connect: x.route = stage.connect
        case .disconnect: x.route = stage.disconnect
        case .message:
            x.route = stage.route(of: x)
            if x.route == nil {
                x.reason = "no route of the API is for the message, and it has no $default route"
                throw .forbidden
            }
        case .callback, nil: break
        }
        // Both special routes may be missing.
        if let route = x.route {
            if let logging = route.socket?.logging { x.beginEventLog(logging) }
            return .next
        }
        x.endEvent(200, nil)
        return .done
    }
}

extension Exchange {
    /// What policies call the event: its route's key, or what a callback asks for.
    func appendWebSocketARN(to arn: inout [UInt8]) {
        if let callback = socket.callback {
            callback.appendARN(self, to: &arn)
        } else if let route {
            arn.append(contentsOf: route.keyText)
        }
    }
}
