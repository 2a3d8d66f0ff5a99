internal import HTTPFront
package import NIOCore
package import WebSocketFront

/// What one client says and hears, by a script or by lines that somebody types, on its connection's loop.
package final class Conversation: ClientDelegate {
    package enum Step: Sendable, Equatable {
        case send(String)
        /// Waits for a message that holds the text; others are shown and passed over.
        case expect(String)
    }

    /// What has happened, for whoever shows it.
    package enum Event: Sendable, Equatable {
        case opened(subprotocol: String?)
        case sent(String)
        case received(MessageKind, ByteBuffer)
        case pinged(ByteBuffer)
        /// With the time since the ping, if one was sent.
        case ponged(ByteBuffer, after: TimeAmount?)
        case closed(WebSocketClosure)
        /// What was typed cannot be done.
        case wrong(String)
    }

    package enum Outcome: Sendable {
        /// What was to be said and heard was, and either side has closed the connection.
        case ended(WebSocketClosure)
        /// The connection ended without a close frame of the server, or because of a fault in what it sent.
        case broken(WebSocketClosure)
        case notOpened(HandshakeFailure)
        /// A message did not come in time.
        case late(expected: String)
        /// A message can no longer come.
        case missing(expected: String, WebSocketClosure)
        /// It was stopped before the connection was open.
        case stopped
    }

    private let loop: any EventLoop
    private var steps: ArraySlice<Step>
    private let isScripted: Bool
    private let timeout: TimeAmount
    private let show: (Event) -> Void
    private let promise: EventLoopPromise<Outcome>
    private var connection: ClientConnection?
    private var timer: Scheduled<Void>?
    private var lastPing: NIODeadline?
    private var late: String?
    private var isClosing = false

    private init(
        _ steps: [Step], timeout: TimeAmount, promise: EventLoopPromise<Outcome>, show: @escaping (Event) -> Void
    ) {
        loop = promise.futureResult.eventLoop
        self.steps = steps[...]
        isScripted = !steps.isEmpty
        self.timeout = timeout
        self.promise = promise
        self.show = show
    }

    // MARK: From other threads

    /// A conversation under way, for other threads than its loop's.
    package struct Handle: Sendable {
        private let conversation: NIOLoopBound<Conversation>
        private let future: EventLoopFuture<Outcome>

        fileprivate init(_ conversation: Conversation) {
            self.conversation = NIOLoopBound(conversation, eventLoop: conversation.loop)
            future = conversation.promise.futureResult
        }

        package func typed(_ line: String) {
            let line = TypedLine(line)
            future.eventLoop.execute { conversation.value.typed(line) }
        }

        /// Ends it, with a close frame that has no code.
        package func stop() { future.eventLoop.execute { conversation.value.stop() } }

        package func outcome() async throws -> Outcome { try await future.get() }
    }

    /// Opens the connection and takes the steps; without any, it goes on until it is stopped or the server ends it.
    ///
    /// - Parameters:
    ///   - timeout: for each message that is expected.
    ///   - show: called on the loop.
    package static func begin(
        _ dialer: Dialer, steps: [Step], timeout: TimeAmount, on loop: any EventLoop,
        show: @escaping @Sendable (Event) -> Void
    ) async throws -> Handle {
        let promise = loop.makePromise(of: Outcome.self)
        return try await loop.submit {
            let conversation = Conversation(steps, timeout: timeout, promise: promise, show: show)
            conversation.connection = dialer.dial(on: LoopConnections(eventLoop: loop), delegate: conversation)
            return Handle(conversation)
        }.get()
    }

    // MARK: What is said

    private func typed(_ line: TypedLine) {
        switch line {
        case .message(let text): send(text)
        case .ping(let text):
            lastPing = .now()
            connection?.send(.ping(ByteBuffer(string: text)))
        case .close(let code, let reason): close(code, reason: reason)
        case .wrong(let sentence): show(.wrong(sentence))
        }
    }

    private func send(_ text: String) {
        guard connection?.send(WebSocketFrame(.text, ByteBuffer(string: text))) == true else {
            return show(.wrong("The connection is ending: '\(text)' was not sent."))
        }
        show(.sent(text))
    }

    private func close(_ code: CloseCode? = nil, reason: String = "") {
        isClosing = true
        connection?.close(code, reason: reason)
    }

    private func stop() {
        if connection?.hasBegun != true { promise.succeed(.stopped) }
        if !isClosing { close() }
    }

    /// Sends what is to be sent before the next message that is expected. Behind the last step it closes.
    private func advance() {
        guard isScripted else { return }
        timer?.cancel()
        while case .send(let text) = steps.first {
            steps.removeFirst()
            send(text)
        }
        guard case .expect(let text) = steps.first else {
            close()
            return
        }
        timer = loop.assumeIsolated().scheduleTask(in: timeout) {
            self.late = text
            self.close()
        }
    }

    // MARK: What is heard

    package func opened(_ connection: ClientConnection) {
        show(.opened(subprotocol: connection.subprotocol))
        advance()
    }

    package func failed(_ failure: HandshakeFailure) { promise.succeed(.notOpened(failure)) }

    package func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: ClientConnection) {
        show(.received(kind, bytes))
        guard late == nil, case .expect(let text) = steps.first else { return }
        guard text.isEmpty || bytes.readableBytesView.firstRange(of: Array(text.utf8)) != nil else { return }
        steps.removeFirst()
        advance()
    }

    package func pingReceived(_ payload: ByteBuffer) { show(.pinged(payload)) }

    package func pongReceived(_ payload: ByteBuffer) {
        show(.ponged(payload, after: lastPing.map { .now() - $0 }))
        lastPing = nil
    }

    package func closed(_ closure: WebSocketClosure) {
        timer?.cancel()
        show(.closed(closure))
        if let late {
            promise.succeed(.late(expected: late))
        } else if case .expect(let text) = steps.first(where: { if case .expect = $0 { true } else { false } }) {
            promise.succeed(.missing(expected: text, closure))
        } else if closure.code == .abnormal || closure.side == .client && !isClosing {
            promise.succeed(.broken(closure))
        } else {
            promise.succeed(.ended(closure))
        }
    }
}
