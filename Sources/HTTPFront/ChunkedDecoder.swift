package import NIOCore

/// Takes chunked bodies apart (RFC 9112 section 7.1), strictly: CRLF only, no white space around sizes.
///
/// Used for requests and for responses of origins. Trailers are read past and dropped, unless they are asked for.
package struct ChunkedDecoder {
    package enum Event: Equatable {
        case needsMore
        case data(ByteBuffer)
        case end
        case malformed
    }

    private enum State {
        case size
        case data(remaining: Int)
        case dataEnd
        case trailers(seen: Int)
        case done
    }

    private var state = State.size
    /// The trailers, a line each, where they are kept.
    package private(set) var trailers = ByteBuffer()
    private let keepsTrailers: Bool
    /// Of all trailers together, and of one.
    private let trailerBytes: Int
    private let lineBytes: Int

    package init() {
        keepsTrailers = false
        trailerBytes = HTTPLimits.trailerBytes
        lineBytes = HTTPLimits.chunkLineBytes
    }

    /// Keeps trailers of so many bytes.
    package init(keepingTrailers bytes: Int) {
        keepsTrailers = true
        trailerBytes = bytes
        lineBytes = max(bytes, HTTPLimits.chunkLineBytes)
    }

    package mutating func next(_ input: inout ByteBuffer) -> Event {
        while true {
            switch state {
            case .size:
                guard let line = Self.line(&input, limit: HTTPLimits.chunkLineBytes) else {
                    return input.readableBytes > HTTPLimits.chunkLineBytes ? .malformed : .needsMore
                }
                guard let line, let size = Self.size(line) else { return .malformed }
                state = size == 0 ? .trailers(seen: 0) : .data(remaining: size)
            case .data(let remaining):
                guard input.readableBytes > 0 else { return .needsMore }
                guard let data = input.readSlice(length: min(remaining, input.readableBytes)) else { return .malformed }
                let left = remaining - data.readableBytes
                state = left == 0 ? .dataEnd : .data(remaining: left)
                return .data(data)
            case .dataEnd:
                guard input.readableBytes >= 2 else { return .needsMore }
                guard input.readInteger(as: UInt16.self) == 0x0D0A else { return .malformed }
                state = .size
            case .trailers(let seen):
                guard let line = Self.line(&input, limit: lineBytes) else {
                    return input.readableBytes > lineBytes ? .malformed : .needsMore
                }
                guard let line else { return .malformed }
                if line.readableBytes == 0 {
                    state = .done
                    return .end
                }
                let total = seen + line.readableBytes
                guard total <= trailerBytes, Self.isField(line) else { return .malformed }
                if keepsTrailers {
                    trailers.writeImmutableBuffer(line)
                    trailers.writeStaticString("\r\n")
                }
                state = .trailers(seen: total)
            case .done: return .end
            }
        }
    }

    /// The next line without its CRLF; nil when it is not there yet, `.some(nil)` when it ends wrongly.
    private static func line(_ input: inout ByteBuffer, limit: Int) -> ByteBuffer?? {
        let view = input.readableBytesView
        guard let feed = view.firstIndex(of: 0x0A) else { return nil }
        let length = feed - view.startIndex
        guard length >= 1, length <= limit, view[feed - 1] == 0x0D else { return .some(nil) }
        let line = input.readSlice(length: length - 1)
        input.moveReaderIndex(forwardBy: 2)
        return .some(line)
    }

    /// Hexadecimal digits, then nothing or an extension after `;`.
    private static func size(_ line: ByteBuffer) -> Int? {
        var size = 0
        var digits = 0
        let view = line.readableBytesView
        for (position, byte) in zip(view.indices, view) {
            let digit: UInt8
            switch ASCII.lowercased(byte) {
            case let lower where ASCII.isDigit(lower): digit = lower - UInt8(ascii: "0")
            case let lower where lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f"):
                digit = lower - UInt8(ascii: "a") + 10
            case UInt8(ascii: ";"): return digits > 0 && view[position...].allSatisfy(isText) ? size : nil
            default: return nil
            }
            digits += 1
            guard digits <= 15 else { return nil }
            size = size << 4 | Int(digit)
        }
        return digits > 0 ? size : nil
    }

    private static func isField(_ line: ByteBuffer) -> Bool {
        let view = line.readableBytesView
        guard let colon = view.firstIndex(of: UInt8(ascii: ":")), colon > view.startIndex else { return false }
        return view[..<colon].allSatisfy(ASCII.isToken) && view[colon...].allSatisfy(isText)
    }

    /// What a field's value may hold (RFC 9110 section 5.5).
    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }
}
