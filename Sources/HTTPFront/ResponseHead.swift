package import NIOCore

/// The head of a response that an origin sent: its bytes, and where in them everything is.
///
/// One object per connection, filled anew for each response.
package final class ResponseHead {
    package internal(set) var bytes = ByteBuffer()
    package internal(set) var status = 0
    package internal(set) var fields: [HeaderField] = []
    package internal(set) var keepsAlive = true
    package internal(set) var body = BodyFraming.none

    package enum BodyFraming: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    /// What Content-Length says, even where no body follows.
    package internal(set) var contentLength: Int?

    package init() {}

    @inline(__always)
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { bytes.withUnsafeReadableBytes(body) }

    /// Name and value of each field, for whoever shows or keeps them.
    package var texts: [(name: String, value: String)] {
        withBytes { bytes in
            fields.map { field in
                (
                    String(decoding: bytes[field.name.range], as: UTF8.self),
                    String(decoding: bytes[field.value.range], as: UTF8.self)
                )
            }
        }
    }
}

package enum ResponseHeadParser {
    package enum Result: Equatable {
        case incomplete
        case complete
        case malformed
    }

    /// Takes one head off the front of `input`. `isHead`: the request was HEAD, so that there is no body.
    package static func parse(
        _ input: inout ByteBuffer, into head: ResponseHead, scanned: inout Int, isHead: Bool
    ) -> Result {
        switch input.withUnsafeReadableBytes({ RequestHeadParser.findEnd($0, from: scanned) }) {
        case .refused: return .malformed
        case .none(let seen):
            scanned = seen
            return input.readableBytes > HTTPLimits.headBytes ? .malformed : .incomplete
        case .found(let length):
            scanned = 0
            guard length <= HTTPLimits.headBytes, let bytes = input.readSlice(length: length) else { return .malformed }
            head.bytes = bytes
            head.fields.removeAll(keepingCapacity: true)
            return bytes.withUnsafeReadableBytes { bytes in
                var parser = HeadBytes(bytes: bytes)
                do throws(ProtocolRefusal) {
                    let isHTTP10 = try parser.statusLine(head)
                    try parser.fields(&head.fields)
                    return settle(head, bytes, isHead: isHead, isHTTP10: isHTTP10) ? .complete : .malformed
                } catch { return .malformed }
            }
        }
    }

    private static func settle(
        _ head: ResponseHead, _ bytes: UnsafeRawBufferPointer, isHead: Bool, isHTTP10: Bool
    ) -> Bool {
        var length: Int?
        var isChunked = false
        var closes = false
        head.keepsAlive = !isHTTP10
        for field in head.fields {
            let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
            switch field.known {
            case .contentLength:
                guard let number = RequestHeadParser.decimal(value), length == nil || length == number else {
                    return false
                }
                length = number
            case .transferEncoding:
                guard !isChunked, ASCII.equalsIgnoringCase(value, "chunked") else { return false }
                isChunked = true
            case .connection:
                if RequestHeadParser.containsToken(value, "close") { closes = true }
                if isHTTP10, RequestHeadParser.containsToken(value, "keep-alive") { head.keepsAlive = true }
            default: break
            }
        }
        if closes { head.keepsAlive = false }
        head.contentLength = length
        if isHead || head.status < 200 || head.status == 204 || head.status == 304 {
            head.body = .none
        } else if isChunked {
            guard length == nil else { return false }
            head.body = .chunked
        } else if let length {
            head.body = length == 0 ? .none : .length(length)
        } else {
            head.body = .untilClose
            head.keepsAlive = false
        }
        return true
    }
}

extension HeadBytes {
    /// Reads `HTTP/1.1 200 Reason`; returns whether the version is 1.0.
    fileprivate mutating func statusLine(_ head: ResponseHead) throws(ProtocolRefusal) -> Bool {
        let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(13))
        guard start.count == 13, ASCII.equals(UnsafeRawBufferPointer(rebasing: start[..<7]), "HTTP/1."),
            ASCII.isDigit(start[7]), start[8] == 0x20, start[9...11].allSatisfy(ASCII.isDigit)
        else { throw .badRequest }
        head.status =
            Int(start[9] - 48) * 100 + Int(start[10] - 48) * 10 + Int(start[11] - 48)
        guard head.status >= 100, start[12] == 0x20 || start[12] == 0x0D else { throw .badRequest }
        position = 12
        while bytes[position] >= 0x20 || bytes[position] == 0x09 {
            guard bytes[position] != 0x7F else { throw .badRequest }
            position += 1
        }
        guard bytes[position] == 0x0D, bytes[position + 1] == 0x0A else { throw .badRequest }
        position += 2
        return start[7] == UInt8(ascii: "0")
    }
}
