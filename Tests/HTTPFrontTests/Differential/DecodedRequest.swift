import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import HTTPFront

/// One request as a parser saw it.
struct DecodedRequest: Equatable {
    struct Field: Equatable {
        var name: String
        /// Without the white space around it, which llhttp leaves at its end.
        var value: String
    }

    var method = ""
    var uri = ""
    var minorVersion = 1
    var fields: [Field] = []
    var keepsAlive = true
    var body: [UInt8] = []
    var isComplete = false
    /// Both are known of the front's reading only.
    var chunkLines: [ChunkLine] = []
    var hasTabBehindLength = false
}

/// The front's parser and chunked decoder, put together as a connection does.
struct FrontReader {
    private(set) var requests: [DecodedRequest] = []
    private(set) var isRefused = false

    init(_ bytes: [UInt8]) {
        var input = ByteBuffer(bytes: bytes)
        let head = RequestHead()
        var scanned = 0
        while true {
            switch RequestHeadParser.parse(&input, into: head, scanned: &scanned) {
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
            let raw = input
            defer {
                let count = raw.readableBytes - input.readableBytes
                requests[last].chunkLines = ChunkLine.lines(of: raw.readableBytesView.prefix(count))
            }
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
        keepsAlive = head.keepsAlive
        // The whole second word of the request line: an absolute target too.
        let target = head.target.range
        uri = head.string(RequestHead.Span(head.methodRange.range.upperBound + 1, target.upperBound))
        minorVersion = head.withBytes { Int($0[target.upperBound + " HTTP/1.".utf8.count]) - 48 }
        fields = head.fields.map { Field(name: head.string($0.name), value: head.string($0.value)) }
        if let length = head.first(.contentLength)?.range {
            hasTabBehindLength = head.withBytes { $0[length.upperBound...].prefix { $0 != 0x0D }.contains(0x09) }
        }
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
        minorVersion = head.version.minor
        keepsAlive = head.isKeepAlive
        fields = head.headers.map { Field(name: $0.name, value: $0.value.trimmed) }
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
