import NIOCore

@testable import HTTPFront

/// A service that writes down what it is told, and answers as a test says.
final class RecordingService: HTTPService {
    enum Event: Equatable {
        case head(String)
        case body(String)
        case end
        case tooLarge
        case writable(Bool)
        case closed
    }

    private(set) var events: [Event] = []

    /// What it takes of a body at the head; nil leaves that to the test.
    static let bodyBytes = 10_485_760
    var bodyLimit: Int? = bodyBytes

    var onHead: (HTTPStream) -> Void = { _ in }
    var onBody: (String, HTTPStream) -> Void = { _, _ in }
    var onEnd: (HTTPStream) -> Void = { $0.answer("ok") }
    var onTooLarge: (HTTPStream) -> Void = { $0.answer(status: 413, "large") }
    var onWritable: (Bool, HTTPStream) -> Void = { _, _ in }

    /// Method and target of the requests that began.
    var heads: [String] {
        events.compactMap { if case .head(let line) = $0 { line } else { nil } }
    }

    /// The pieces of bodies, put together.
    var body: String {
        events.reduce(into: "") { text, event in if case .body(let piece) = event { text += piece } }
    }

    func count(_ event: Event) -> Int { events.count { $0 == event } }

    func headReceived(_ stream: HTTPStream) {
        let head = stream.head
        events.append(.head("\(head.string(head.methodRange)) \(head.string(head.target))"))
        onHead(stream)
        if let bodyLimit, stream.canRespond, !stream.takeBody(limit: bodyLimit) { bodyTooLarge(stream) }
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        events.append(.body(bytes.latin1))
        onBody(bytes.latin1, stream)
    }

    func requestEnded(_ stream: HTTPStream) {
        events.append(.end)
        onEnd(stream)
    }

    func bodyTooLarge(_ stream: HTTPStream) {
        events.append(.tooLarge)
        onTooLarge(stream)
    }

    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {
        events.append(.writable(isWritable))
        onWritable(isWritable, stream)
    }

    func connectionClosed(_ stream: HTTPStream) { events.append(.closed) }
}

extension HTTPStream {
    /// A whole response with a length.
    func answer(status: Int = 200, _ body: String) {
        startResponse(status: status)
        finishHead(.length(body.unicodeScalars.count))
        writeBody(ByteBuffer(latin1: body))
        endResponse()
    }

    /// The same in chunks, or until close for HTTP/1.0.
    func answer(pieces: [String]) {
        startResponse(status: 200)
        finishHead(.stream)
        for piece in pieces { writeBody(ByteBuffer(latin1: piece)) }
        endResponse()
    }

    static func response(
        _ body: String, status: String = "200 OK", keepsAlive: Bool = true, hasBody: Bool = true
    ) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.unicodeScalars.count)\r\n"
            + "Connection: \(keepsAlive ? "keep-alive" : "close")\r\n\r\n\(hasBody ? body : "")"
    }
}
