import HTTPFront
import NIOCore
import WebSocketFront

/// What an event of a WebSocket API has beside what every call has.
struct WebSocketCall {
    enum Event: UInt8 {
        /// A client asks for a connection, and waits for the answer to its handshake.
        case connect
        case message
        case disconnect
        /// Somebody asks something about a client who is connected: no event of its own.
        case callback

        /// As events and logs have it.
        var name: StaticString {
            switch self {
            case .connect: "CONNECT"
            case .message, .callback: "MESSAGE"
            case .disconnect: "DISCONNECT"
            }
        }

        /// Of the route that is looked for where it is known beforehand: it may not be there.
        var routeName: StaticString {
            switch self {
            case .connect: "$connect"
            case .message: "no route"
            case .disconnect: "$disconnect"
            case .callback: "@connections"
            }
        }
    }

    /// nil of other APIs, and as long as it is not known what is asked for.
    var event: Event?
    /// Whose event it is; nil of a callback.
    var client: ClientConnection?
    var handshake: WebSocketHandshake?
    /// The client has gone while its `$connect` was under way.
    var isClientLost = false
    /// Whether the message has been a binary one.
    var isBinary = false
    /// Of the message's frames.
    var largestFrame = 0
    /// Once somebody has asked for it.
    var messageId: [UInt8] = []
    /// How the connection ended.
    var closure: WebSocketClosure?
    /// What became of the event; nil as long as that is not known, and where a response says it.
    var status: Int?
    /// Messages that the client has been sent for it.
    var sentMessages = 0
    /// What a callback asks for.
    var callback: Callback?
    /// What a `$connect` that is answered well gives its connection.
    var subprotocol: String?
    var groups: [String] = []

    /// Keeps the event of a client who has gone meanwhile: a function that has been told of somebody who comes has to be
    /// told that he went, and in that order.
    mutating func outlivesConnection(_ x: Exchange) -> Bool {
        guard event == .connect, x.step == WebSocketPipeline.Step.call.rawValue else { return false }
        isClientLost = true
        return true
    }
}
