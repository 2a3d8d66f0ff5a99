import HTTPFront
import NIOCore

/// What libFuzzer calls for each input: the first byte says where the rest is cut, and each parser must see the same in
/// the pieces as in the whole.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let text = Array(bytes.dropFirst())
    let cut = min(Int(first), text.count)
    let pieces = [Array(text[..<cut]), Array(text[cut...])]
    precondition(requestHead([text]) == requestHead(pieces), "a request's head depends on where it is cut")
    precondition(responseHead([text]) == responseHead(pieces), "a response's head depends on where it is cut")
    precondition(chunks([text]) == chunks(pieces), "a chunked body depends on where it is cut")
    return 0
}

/// Feeds the pieces until `parse` has an answer.
private func feed(_ pieces: [[UInt8]], _ parse: (inout ByteBuffer) -> String?) -> String? {
    var input = ByteBuffer()
    for piece in pieces {
        input.writeBytes(piece)
        if let answer = parse(&input) { return answer }
    }
    return nil
}

private func requestHead(_ pieces: [[UInt8]]) -> String? {
    let head = RequestHead()
    var scanned = 0
    return feed(pieces) { input in
        switch RequestHeadParser.parse(&input, into: head, scanned: &scanned) {
        case .incomplete: nil
        case .refused(let refusal): "\(refusal)"
        case .complete:
            [head.methodRange, head.target, head.path, head.query, head.host].map(head.string).joined(separator: " ")
                + " \(head.body) \(head.keepsAlive) \(head.fields)"
        }
    }
}

private func responseHead(_ pieces: [[UInt8]]) -> String? {
    let head = ResponseHead()
    var scanned = 0
    return feed(pieces) { input in
        switch ResponseHeadParser.parse(&input, into: head, scanned: &scanned, isHead: false) {
        case .incomplete: nil
        case .malformed: "malformed"
        case .complete: "\(head.status) \(head.body) \(head.keepsAlive) \(head.fields)"
        }
    }
}

/// The data before the end or the error, and which of the two it was.
private func chunks(_ pieces: [[UInt8]]) -> [UInt8] {
    var decoder = ChunkedDecoder()
    var data: [UInt8] = []
    let end = feed(pieces) { input in
        while true {
            switch decoder.next(&input) {
            case .data(let bytes): data += bytes.readableBytesView
            case .needsMore: return nil
            case .end: return "end"
            case .malformed: return "malformed"
            }
        }
    }
    return data + Array((end ?? "").utf8)
}
