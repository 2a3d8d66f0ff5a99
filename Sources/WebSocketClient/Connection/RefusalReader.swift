internal import HTTPFront
internal import NIOCore

/// Collects the body of an answer that opens no WebSocket.
struct RefusalReader {
    private let status: Int
    private let fields: [(name: String, value: String)]
    private var framing: ResponseHead.BodyFraming
    private var chunks = ChunkedDecoder()
    private var body: [UInt8] = []

    init(_ head: ResponseHead) {
        status = head.status
        fields = head.texts
        framing = head.body
    }

    /// As far as it has come.
    var whole: RefusedHandshake { RefusedHandshake(status: status, fields: fields, body: body) }

    /// Goes on with what has come; nil when more of it has to.
    mutating func take(_ input: inout ByteBuffer) -> RefusedHandshake? {
        switch framing {
        case .none: return whole
        case .length(let missing):
            let count = min(missing, input.readableBytes)
            append(input.readSlice(length: count))
            framing = .length(missing - count)
            return missing == count || isFull ? whole : nil
        case .untilClose:
            append(input.readSlice(length: input.readableBytes))
            return isFull ? whole : nil
        case .chunked:
            while !isFull {
                switch chunks.next(&input) {
                case .needsMore: return nil
                case .data(let bytes): append(bytes)
                case .end, .malformed: return whole
                }
            }
            return whole
        }
    }

    private var isFull: Bool { body.count >= ClientLimits.refusalBytes }

    private mutating func append(_ bytes: ByteBuffer?) {
        guard let bytes else { return }
        body += bytes.readableBytesView.prefix(ClientLimits.refusalBytes - body.count)
    }
}
