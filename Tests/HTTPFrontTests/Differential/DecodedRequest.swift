import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import HTTPFront

/// One request as a parser saw it.
struct DecodedRequest: Equatable {
    struct Field: Equatable {
        var name: String
        var value: String
    }

    var method = ""
    var uri = ""
    var isHTTP10 = false
    var fields: [Field] = []
    var keepsAlive = true
    var body: [UInt8] = []
    var isComplete = false
}

/// The front's parser and chunked decoder, put together as a connection does.
struct FrontReader {
    private(set) var requests: [DecodedRequest] = []
    private(set) var isRefused = false

    init(_ bytes: [UInt8]) {
        var input = ByteBuffer(bytes: bytes)
        var head = RequestHead()
        var scanned = 0
        while true {
            switch RequestHeadParser.parse(&input, into: &head, scanned: &scanned) {
            case .incomplete: return
            case .refused:
                isRefused = true
                return
            case .complete: break
            }
            requests.append(DecodedRequest(head))
            guard readBody(head.body, &input), head.keepsAlive else { return }
        }
    }

    private mutating func readBody(_ framing: RequestHead.BodyFraming, _ input: inout ByteBuffer) -> Bool {
        let last = requests.count - 1
        switch framing {
        case .none: break
        case .length(let length):
            let body = input.readBytes(length: min(length, input.readableBytes)) ?? []
            requests[last].body = body
            guard body.count == length else { return false }
        case .chunked:
            var decoder = ChunkedDecoder()
            events: while true {
                switch decoder.next(&input) {
                case .data(let bytes): requests[last].body += bytes.readableBytesView
                case .end: break events
                case .needsMore: return false
                case .malformed:
                    isRefused = true
                    return false
                }
            }
        }
        requests[last].isComplete = true
        return true
    }
}

extension DecodedRequest {
    init(_ head: RequestHead) {
        method = head.string(head.methodRange)
        isHTTP10 = head.isHTTP10
        keepsAlive = head.keepsAlive
        // The whole second word of the request line: an absolute target too.
        uri = head.string(RequestHead.Span(head.methodRange.range.upperBound + 1, head.target.range.upperBound))
        fields = head.fields.map { Field(name: head.string($0.name), value: head.string($0.value)) }
    }
}

/// llhttp, as NIO's server decoder drives it.
struct LLHTTPReader {
    private(set) var requests: [DecodedRequest] = []
    private(set) var error: (any Error)?

    init(_ bytes: [UInt8]) {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { self.error = error }
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): requests.append(DecodedRequest(head))
            case .body(let bytes): requests[requests.count - 1].body += bytes.readableBytesView
            case .end: requests[requests.count - 1].isComplete = true
            }
        }
    }
}

extension DecodedRequest {
    init(_ head: HTTPRequestHead) {
        method = head.method.rawValue
        uri = head.uri
        isHTTP10 = head.version == .http1_0
        keepsAlive = head.isKeepAlive
        fields = head.headers.map { Field(name: $0.name, value: $0.value) }
    }
}
