import NIOCore

@testable import HTTPFront

/// A stream that no socket carries, as those of a multiplexed connection will be: requests are handed in whole or piece
/// by piece, and what the service answers is written down.
final class MemoryStream: HTTPStream {
    enum Sent: Equatable {
        case head(String, HTTPStream.ResponseFraming)
        case body(String)
        case end
        case aborted
        case reading(Bool)
    }

    let service = RecordingService()
    private(set) var sent: [Sent] = []
    private(set) var hasTimedOut = false

    init(_ loops: LoopConnections) {
        super.init(loopState: loops, peer: Peer(address: Array("192.0.2.1".utf8)))
        loops.add(self)
    }

    /// A request's head; its body follows, if it has one.
    func receive(_ text: String) {
        var input = ByteBuffer(latin1: text)
        var scanned = 0
        guard RequestHeadParser.parse(&input, into: head, scanned: &scanned) == .complete else { return }
        response = ResponseState(phase: .expected)
        service.headReceived(self)
        if head.body == .none { service.requestEnded(self) }
    }

    func receive(body pieces: String...) {
        for piece in pieces { service.bodyReceived(ByteBuffer(latin1: piece), self) }
        service.requestEnded(self)
    }

    override func finishHead(_ framing: ResponseFraming) {
        super.finishHead(framing)
        sent.append(.head(out.latin1, framing))
        out.clear()
    }

    override func writeBody(_ bytes: ByteBuffer) {
        super.writeBody(bytes)
        sent.append(.body(bytes.latin1))
    }

    override func endResponse() {
        super.endResponse()
        sent.append(.end)
    }

    override func abort() {
        super.abort()
        sent.append(.aborted)
    }

    override func setReading(_ wanted: Bool) { sent.append(.reading(wanted)) }

    override func timedOut() {
        hasTimedOut = true
        loopState.remove(self)
    }
}
