/// Takes apart a body in `aws-chunked` coding: chunks with their length before them, a signature of each where they are
/// signed, and trailers behind the last. A machine without I/O; it keeps no content.
///
/// Source: S3 API Reference, sigv4-streaming and sigv4-streaming-trailers.
package struct ChunkedContent {
    /// What a piece of the body means, in order.
    package enum Event {
        /// Content of the chunk that is being read.
        case content(Range<Int>)
        /// The chunk is complete; its signature, empty where it has none. The last one is empty, too.
        case chunkEnded(signature: String)
        /// A line behind the last chunk, its name in small letters.
        case trailer(name: String, value: String)
        case end
    }

    private enum State {
        case size
        case content(left: Int)
        /// The line end behind a chunk.
        case chunkEnd
        case trailer
        case ended
    }

    /// A line is a length with a signature, or a trailer. AWS's longest are far shorter.
    private static let lineBytes = 1_024
    /// AWS: one checksum and one signature.
    private static let trailers = 8

    private var state = State.size
    private var line: [UInt8] = []
    private var signature = ""
    private var trailerCount = 0

    package init() {}

    package var isEnded: Bool { if case .ended = state { true } else { false } }

    /// Reads on; positions are those of `bytes`.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ sink: (Event) throws(ObjectError) -> Void
    ) throws(ObjectError) {
        var position = 0
        while position < bytes.count {
            switch state {
            case .content(let left):
                let count = min(left, bytes.count - position)
                try sink(.content(position..<(position + count)))
                position += count
                guard count == left else {
                    state = .content(left: left - count)
                    return
                }
                try sink(.chunkEnded(signature: signature))
                state = .chunkEnd
            case .ended: throw .incompleteBody
            case .size, .chunkEnd, .trailer:
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\n") {
                    if line.last == UInt8(ascii: "\r") { line.removeLast() }
                    let text = String(decoding: line, as: UTF8.self)
                    line.removeAll(keepingCapacity: true)
                    try take(text, sink)
                } else {
                    guard line.count < Self.lineBytes else { throw .incompleteBody }
                    line.append(byte)
                }
            }
        }
    }

    private mutating func take(_ text: String, _ sink: (Event) throws(ObjectError) -> Void) throws(ObjectError) {
        switch state {
        case .chunkEnd:
            guard text.isEmpty else { throw .incompleteBody }
            state = .size
        case .size:
            let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            guard let digits = parts.first, !digits.isEmpty, digits.utf8.count <= 8,
                digits.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }), let size = Int(digits, radix: 16)
            else { throw .incompleteBody }
            let name = "chunk-signature="
            signature = parts.count == 2 && parts[1].hasPrefix(name) ? String(parts[1].dropFirst(name.count)) : ""
            if size > 0 {
                state = .content(left: size)
            } else {
                try sink(.chunkEnded(signature: signature))
                state = .trailer
            }
        case .trailer:
            guard !text.isEmpty else {
                state = .ended
                return try sink(.end)
            }
            trailerCount += 1
            guard trailerCount <= Self.trailers, let colon = text.firstIndex(of: ":") else { throw .incompleteBody }
            let value = text[text.index(after: colon)...].drop { $0 == " " }
            try sink(.trailer(name: text[..<colon].lowercased(), value: String(value)))
        case .content, .ended: throw .incompleteBody
        }
    }
}
