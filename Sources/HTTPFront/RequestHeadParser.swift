package import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads request heads strictly by RFC 9112: whatever two parsers could read differently is refused.
package enum RequestHeadParser {
    package enum Result: Equatable {
        case incomplete
        case complete
        case refused(ProtocolRefusal)
    }

    /// Takes one head off the front of `input` into `head`, whose storage is used again.
    ///
    /// `scanned` remembers how many bytes are known to hold no end, so that a slow sender costs no second look.
    package static func parse(_ input: inout ByteBuffer, into head: RequestHead, scanned: inout Int) -> Result {
        skipEmptyLines(&input, scanned: &scanned)
        switch input.withUnsafeReadableBytes({ findEnd($0, from: scanned) }) {
        case .refused: return .refused(.badRequest)
        case .none(let seen):
            scanned = seen
            return input.readableBytes > HTTPLimits.headBytes ? .refused(.headTooLarge) : .incomplete
        case .found(let length):
            scanned = 0
            guard length <= HTTPLimits.headBytes else { return .refused(.headTooLarge) }
            guard let bytes = input.readSlice(length: length) else { return .incomplete }
            head.bytes = bytes
            head.fields.removeAll(keepingCapacity: true)
            let refusal = bytes.withUnsafeReadableBytes { bytes -> ProtocolRefusal? in
                var parser = HeadBytes(bytes: bytes)
                do throws(ProtocolRefusal) {
                    try parser.requestLine(head)
                    try parser.fields(&head.fields)
                    try settle(head, bytes)
                    return nil
                } catch { return error }
            }
            return refusal.map(Result.refused) ?? .complete
        }
    }

    enum End {
        case none(seen: Int)
        case found(length: Int)
        case refused
    }

    /// Looks for the empty line; a line feed without carriage return is refused at once.
    static func findEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> End {
        guard let base = bytes.baseAddress else { return .none(seen: 0) }
        var position = start
        while position < bytes.count, let feed = memchr(base + position, 0x0A, bytes.count - position) {
            position = UnsafeRawPointer(feed) - base
            guard position > 0, bytes[position - 1] == 0x0D else { return .refused }
            if position >= 3, bytes[position - 2] == 0x0A { return .found(length: position + 1) }
            position += 1
        }
        return .none(seen: bytes.count)
    }

    /// RFC 9112 section 2.2: a server should ignore empty lines before a request. One may come in two pieces.
    private static func skipEmptyLines(_ input: inout ByteBuffer, scanned: inout Int) {
        while scanned <= 1, input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0D0A {
            input.moveReaderIndex(forwardBy: 2)
            scanned = 0
        }
    }

    /// Decides framing and connection from the fields read; here the rules against request smuggling stand.
    private static func settle(
        _ head: RequestHead, _ bytes: UnsafeRawBufferPointer
    ) throws(ProtocolRefusal) {
        head.body = .none
        head.expectsContinue = false
        head.keepsAlive = !head.isHTTP10
        var hosts = 0
        var length: Int?
        var isChunked = false
        var closes = false
        for field in head.fields {
            let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
            switch field.known {
            case .host:
                hosts += 1
                guard Authority.isValid(value) else { throw .badRequest }
                // RFC 9112 section 3.2.2: the authority of an absolute target wins over Host.
                if head.host.isEmpty { head.host = field.value }
            case .contentLength:
                guard length == nil, let number = decimal(value) else { throw .badRequest }
                length = number
            case .transferEncoding:
                guard !isChunked, !head.isHTTP10, ASCII.equalsIgnoringCase(value, "chunked") else {
                    throw .badRequest
                }
                isChunked = true
            case .connection:
                if containsToken(value, "close") { closes = true }
                if head.isHTTP10, containsToken(value, "keep-alive") { head.keepsAlive = true }
            case .expect:
                guard ASCII.equalsIgnoringCase(value, "100-continue") else { throw .expectationFailed }
                head.expectsContinue = !head.isHTTP10
            default: break
            }
        }
        // RFC 9112 section 9.3: close comes first.
        if closes { head.keepsAlive = false }
        guard hosts == 1 || (hosts == 0 && head.isHTTP10) else { throw .badRequest }
        if head.isTunnel, isChunked || (length ?? 0) > 0 { throw .badRequest }
        if isChunked {
            guard length == nil else { throw .badRequest }
            head.body = .chunked
        } else if let length, length > 0 {
            head.body = .length(length)
        }
    }

    static func decimal(_ value: UnsafeRawBufferPointer) -> Int? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var number = 0
        for byte in value {
            guard ASCII.isDigit(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// Whether a comma-separated list holds `token` (in lower case).
    package static func containsToken(_ list: UnsafeRawBufferPointer, _ token: StaticString) -> Bool {
        var start = 0
        for position in 0...list.count where position == list.count || list[position] == UInt8(ascii: ",") {
            var low = start
            var high = position
            while low < high, list[low] == 0x20 || list[low] == 0x09 { low += 1 }
            while high > low, list[high - 1] == 0x20 || list[high - 1] == 0x09 { high -= 1 }
            if ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: list[low..<high]), token) { return true }
            start = position + 1
        }
        return false
    }
}

extension HeadBytes {
    fileprivate mutating func requestLine(_ head: RequestHead) throws(ProtocolRefusal) {
        let start = position
        while ASCII.isToken(bytes[position]) { position += 1 }
        guard position > start, bytes[position] == 0x20 else { throw .badRequest }
        head.methodRange = .init(start, position)
        let method = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        head.method = RequestHead.Method(method)
        head.isTunnel = false
        if head.method == .other { try Self.check(method, head) }
        position += 1
        let targetStart = position
        while bytes[position] > 0x20, bytes[position] < 0x7F { position += 1 }
        guard position > targetStart, bytes[position] == 0x20 else { throw .badRequest }
        if head.isTunnel {
            try authority(head, targetStart, position)
        } else {
            try target(head, targetStart, position)
        }
        position += 1
        try version(head)
    }

    private mutating func version(_ head: RequestHead) throws(ProtocolRefusal) {
        let line = UnsafeRawBufferPointer(rebasing: bytes[position...].prefix(10))
        guard line.count == 10, ASCII.equals(UnsafeRawBufferPointer(rebasing: line[..<5]), "HTTP/"),
            line[6] == UInt8(ascii: "."), ASCII.isDigit(line[5]),
            ASCII.isDigit(line[7]), line[8] == 0x0D, line[9] == 0x0A
        else { throw .badRequest }
        guard line[5] == UInt8(ascii: "1") else { throw .versionNotSupported }
        head.isHTTP10 = line[7] == UInt8(ascii: "0")
        position += 10
    }

    /// The one form that CONNECT has (RFC 9112 section 3.2.3).
    private func authority(_ head: RequestHead, _ start: Int, _ end: Int) throws(ProtocolRefusal) {
        guard Authority.isValid(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else { throw .badRequest }
        head.host = .init(start, end)
        head.target = head.host
        (head.path, head.query) = (.init(end, end), .init(end, end))
    }

    /// Origin form, absolute form, or `*` for OPTIONS (RFC 9112 section 3.2).
    private func target(_ head: RequestHead, _ start: Int, _ end: Int) throws(ProtocolRefusal) {
        var pathStart = start
        head.host = .init()
        if bytes[start] != UInt8(ascii: "/") {
            if end - start == 1, bytes[start] == UInt8(ascii: "*"), head.method == .options {
                head.target = .init(start, end)
                head.path = head.target
                head.query = .init(end, end)
                return
            }
            let schemes: [StaticString] = ["http://", "https://"]
            guard
                let scheme = schemes.first(where: { scheme in
                    let length = scheme.utf8CodeUnitCount
                    return end - start > length
                        && ASCII.equalsIgnoringCase(
                            UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), scheme)
                })
            else { throw .badRequest }
            let authority = start + scheme.utf8CodeUnitCount
            pathStart = authority
            while pathStart < end, bytes[pathStart] != UInt8(ascii: "/"), bytes[pathStart] != UInt8(ascii: "?") {
                pathStart += 1
            }
            guard
                Authority.isValid(UnsafeRawBufferPointer(rebasing: bytes[authority..<pathStart]))
            else { throw .badRequest }
            head.host = .init(authority, pathStart)
        }
        head.target = .init(pathStart, end)
        var question = end
        for position in pathStart..<end {
            // A fragment is not sent (RFC 9112 section 3.2); whoever reads on could take it for another path.
            if bytes[position] == UInt8(ascii: "#") { throw .badRequest }
            if bytes[position] == UInt8(ascii: "?"), question == end { question = position }
        }
        head.path = .init(pathStart, question)
        head.query = .init(min(question + 1, end), end)
        if head.path.isEmpty {
            // An absolute target without a path means "/" (RFC 9112 section 3.2.1). The one before the authority is it.
            head.path = .init(Int(head.host.start) - 1, Int(head.host.start))
        }
    }

    /// Refuses what no API has as a method, with nginx's statuses: small letters and other marks; CONNECT, whose tunnel
    /// has a target of its own and no body that two readers agree on (RFC 9110 section 9.3.6); TRACE, which shows a
    /// page's script the credentials that were sent. AWS's own answers are unknown.
    private static func check(_ method: UnsafeRawBufferPointer, _ head: RequestHead) throws(ProtocolRefusal) {
        guard method.count <= HTTPLimits.methodBytes, method.allSatisfy(isMethodByte) else { throw .badRequest }
        head.isTunnel = ASCII.equals(method, "CONNECT")
        if ASCII.equals(method, "TRACE") || head.isTunnel && !head.takesTunnels { throw .methodNotAllowed }
    }

    private static func isMethodByte(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "A") < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
