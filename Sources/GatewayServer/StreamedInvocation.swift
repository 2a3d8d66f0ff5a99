import GatewayModel
import LambdaHost
import NIOCore
import Synchronization

/// A streamed answer of a function, from its host's loop to a task that asks for the pieces.
///
/// The host sends no more than its window beyond what has been asked for, so the pieces that wait here are bounded.
struct StreamedInvocation: Lambda.AnswerPieces {
    private let queue: AnswerQueue
    private let flow: AnswerStream
    private let loop: any EventLoop

    /// Returns when the answer begins, or when there is none.
    static func begin(
        _ request: InvocationRequest, _ handle: FunctionHandle, on loop: any EventLoop
    ) async -> Lambda.StreamOutcome {
        let queue = AnswerQueue()
        let flow = handle.stream(
            request, on: loop, receive: { queue.add($0) }, completion: { queue.end($0) })
        let answer = StreamedInvocation(queue: queue, flow: flow, loop: loop)
        switch await queue.next() {
        case .began(let contentType, let version):
            return .began(contentType: contentType, executedVersion: version, answer)
        case .throttled(let reason): return .throttled(reason)
        case .notFound, .piece, nil: return .notFound
        }
    }

    func next() async -> Lambda.AnswerPiece? {
        guard case .piece(let piece) = await queue.next() else { return nil }
        if case .bytes(let bytes) = piece {
            let count = bytes.count
            loop.execute { [flow] in flow.took(count) }
        }
        return piece
    }

    func discard() {
        queue.discard()
        loop.execute { [flow] in flow.discard() }
    }
}

/// What has come of an answer and has not been asked for.
private final class AnswerQueue: Sendable {
    enum Entry: Sendable {
        case began(contentType: String, version: String)
        case piece(Lambda.AnswerPiece)
        case throttled(Lambda.ThrottleReason)
        case notFound
    }

    private struct State {
        var entries: [Entry] = []
        var waiter: CheckedContinuation<Entry?, Never>?
        var hasBegun = false
        var isOver = false
    }

    private let state = Mutex(State())

    /// One at a time; nil when nothing more comes.
    func next() async -> Entry? {
        await withCheckedContinuation { continuation in
            let (entry, isOver) = state.withLock { state -> (Entry?, Bool) in
                if !state.entries.isEmpty { return (state.entries.removeFirst(), false) }
                if !state.isOver { state.waiter = continuation }
                return (nil, state.isOver)
            }
            if entry != nil || isOver { continuation.resume(returning: entry) }
        }
    }

    func add(_ part: AnswerStream.Part) {
        switch part {
        case .began(let contentType, let version):
            add([.began(contentType: String(decoding: contentType, as: UTF8.self), version: version)])
        case .bytes(let bytes): add([.piece(.bytes(Array(bytes.readableBytesView)))])
        }
    }

    func end(_ result: InvocationResult) {
        switch result {
        case .success(let rest, let version, let logTail):
            end(version, rest, error: nil, logTail)
        case .functionError(let payload, let version, let logTail):
            end(version, ByteBuffer(), error: Array(payload.readableBytesView), logTail)
        case .throttled(let reason): add([.throttled(reason)], isLast: true)
        case .tooLarge, .expired: add([.throttled(.account)], isLast: true)
        case .notFound: add([.notFound], isLast: true)
        }
    }

    /// Of an answer that was not streamed, `rest` is all of it.
    private func end(_ version: String, _ rest: ByteBuffer, error: [UInt8]?, _ logTail: [UInt8]) {
        var entries: [Entry] = []
        if !state.withLock(\.hasBegun) { entries.append(.began(contentType: "application/json", version: version)) }
        if rest.readableBytes > 0 { entries.append(.piece(.bytes(Array(rest.readableBytesView)))) }
        add(entries + [.piece(.ended(error: error, logTail: logTail))], isLast: true)
    }

    func discard() {
        state.withLock {
            $0.entries = []
            $0.isOver = true
        }
    }

    private func add(_ entries: [Entry], isLast: Bool = false) {
        let resumed = state.withLock { state -> (CheckedContinuation<Entry?, Never>, Entry)? in
            guard !state.isOver else { return nil }
            state.hasBegun = true
            state.isOver = isLast
            state.entries += entries
            guard let waiter = state.waiter, !state.entries.isEmpty else { return nil }
            state.waiter = nil
            return (waiter, state.entries.removeFirst())
        }
        if let (waiter, entry) = resumed { waiter.resume(returning: entry) }
    }
}
