package import HTTPFront
package import NIOCore

/// What happens to the request's body.
enum BodyUse {
    /// It is not known yet what it is for: what comes is kept, and above 64 KB the client waits.
    case held
    /// It is kept whole: a function or a mapping needs it.
    case collected
    /// It is passed on as it comes.
    case streamed
}

extension Exchange {
    /// How much is kept of a body of which it is not known what it is for.
    private static let heldBytes = 65_536

    package func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {
        requestLength += bytes.readableBytes
        switch bodyUse {
        case .held:
            keep(bytes)
            if (body?.readableBytes ?? 0) > Self.heldBytes { stream.setReading(false) }
        case .collected: keep(bytes)
        case .streamed: sendUpstream(bytes)
        }
    }

    package func requestEnded(_ stream: HTTPStream) {
        // A request without a body was complete with its head.
        guard !isBodyComplete else { return }
        isBodyComplete = true
        switch bodyUse {
        case .held: break
        case .collected:
            if body == nil { body = ByteBuffer() }
            resume(pause)
        case .streamed: endUpstreamBody()
        }
    }

    package func bodyTooLarge(_ stream: HTTPStream) { refuse(.tooLarge, because: tooLargeReason) }

    /// Asks for the whole body, and waits unless it is here.
    func collectBody(limit: Int) throws(Refusal) -> StepResult {
        try takeBody(limit: limit)
        guard let stream = connection, stream.head.body != .none else { return .next }
        bodyUse = .collected
        guard !isBodyComplete else {
            if body == nil { body = ByteBuffer() }
            return .next
        }
        stream.setReading(true)
        return .wait
    }

    /// Has the body passed on as it comes, once the integration takes it; until then it is held.
    func streamBody(limit: Int) throws(Refusal) { try takeBody(limit: limit) }

    private func takeBody(limit: Int) throws(Refusal) {
        guard let stream = connection, stream.head.body != .none else { return }
        bodyLimit = limit
        if !stream.takeBody(limit: limit) {
            reason = tooLargeReason
            throw .tooLarge
        }
    }

    private var tooLargeReason: String { "received a body of more than \(bodyLimit) bytes" }

    /// The integration takes the body from now on; what was held of it goes first.
    func beginStreaming() {
        bodyUse = .streamed
        if let held = body {
            body = nil
            releaseMemory()
            sendUpstream(held)
        }
        if isBodyComplete {
            endUpstreamBody()
        } else if upstream?.isWritable == true {
            connection?.setReading(true)
        }
    }

    private func keep(_ bytes: ByteBuffer) {
        guard takeMemory(bytes.readableBytes) else { return }
        if body == nil { body = bytes } else { body?.writeImmutableBuffer(bytes) }
    }

    // MARK: Memory

    /// Takes bytes out of what the process may collect; refuses the request when there is no more.
    func takeMemory(_ bytes: Int) -> Bool {
        guard worker.memory.take(bytes) else {
            refuseMemory()
            return false
        }
        takenMemory += bytes
        return true
    }

    /// The same, for what can be done without.
    func takesMemory(_ bytes: Int) -> Bool {
        guard worker.memory.take(bytes) else { return false }
        takenMemory += bytes
        return true
    }

    /// The same for what a step has made.
    func hold(_ bytes: Int) throws(Refusal) {
        guard worker.memory.take(bytes) else {
            isOutOfMemory = true
            reason = "came while the server holds as many bytes of bodies as it may"
            throw .overloaded
        }
        takenMemory += bytes
    }

    func refuseMemory() {
        isOutOfMemory = true
        refuse(.overloaded, because: "came while the server holds as many bytes of bodies as it may")
    }

    func releaseMemory() {
        guard takenMemory > 0 else { return }
        worker.memory.give(takenMemory)
        takenMemory = 0
    }
}
