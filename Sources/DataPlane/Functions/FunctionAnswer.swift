import HTTPFront
import JSON
import NIOCore

/// A function's proxy response, read out of its JSON without building a tree.
struct FunctionAnswer {
    struct Header {
        let name: [UInt8]
        let value: [UInt8]
        let known: HeaderName

        func isNamed(_ other: [UInt8]) -> Bool {
            name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, other) }
        }
    }

    enum Reading {
        case object(FunctionAnswer)
        case objectWithoutStatus
        case string([UInt8])
        /// A list, number, boolean or null.
        case otherJSON
        case notJSON
        /// An object with a status, and something in it that cannot be an answer.
        case malformed
    }

    var status = 0
    var headers: [Header] = []
    var cookies: [[UInt8]] = []
    var body: [UInt8] = []

    private let format: PayloadFormat
    private var isREST: Bool { format == .rest || format == .stream || format == .webSocket }
    private(set) var isBase64 = false
    /// An empty text is one.
    private(set) var hasBody = false
    private var hasStatus = false

    private init(_ format: PayloadFormat) {
        self.format = format
        // REST APIs ask for no status (recorded).
        if format == .rest || format == .stream { status = 200 }
    }

    static func read(_ payload: ByteBuffer, _ format: PayloadFormat) -> Reading {
        payload.withUnsafeReadableBytes { bytes in
            let span = Span<UInt8>(_unsafeBytes: bytes)
            var cursor = JSONCursor(span)
            do {
                switch cursor.peek() {
                case UInt8(ascii: "{"):
                    var answer = FunctionAnswer(format)
                    let isWellFormed = try answer.readMembers(&cursor)
                    try cursor.expectEnd()
                    guard answer.hasStatus || answer.status > 0 else { return .objectWithoutStatus }
                    return isWellFormed && answer.settle() ? .object(answer) : .malformed
                case UInt8(ascii: "\""):
                    let (range, isEscaped) = try cursor.string()
                    try cursor.expectEnd()
                    guard isEscaped else { return .string(Array(bytes[range])) }
                    var text: [UInt8] = []
                    cursor.unescape(range, into: &text)
                    return .string(text)
                default:
                    _ = try cursor.skipValue()
                    try cursor.expectEnd()
                    return .otherJSON
                }
            } catch { return .notJSON }
        }
    }

    /// Returns false when a member has the wrong kind of value; throws when the text is no JSON.
    private mutating func readMembers(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        var isWellFormed = true
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        if cursor.take(UInt8(ascii: "}")) { return true }
        repeat {
            let name = try Self.string(&cursor)
            try cursor.expect(UInt8(ascii: ":"), "':'")
            switch name {
            case Self.statusCode: isWellFormed = try readStatus(&cursor) && isWellFormed
            case Self.headersName: isWellFormed = try readHeaders(&cursor, multi: false) && isWellFormed
            // Each format has its own way to say several values, and does not know the other's (reported of AWS).
            case Self.multiValueHeaders where format != .version2:
                isWellFormed = try readHeaders(&cursor, multi: true) && isWellFormed
            case Self.cookiesName where format == .version2 || format == .stream:
                isWellFormed = try readCookies(&cursor) && isWellFormed
            case Self.bodyName where format != .stream:
                if cursor.peek() == UInt8(ascii: "\"") {
                    body = try Self.string(&cursor)
                    hasBody = true
                } else {
                    isWellFormed = try Self.skipNull(&cursor) && isWellFormed
                }
            case Self.isBase64Encoded where format != .stream:
                isBase64 = cursor.peek() == UInt8(ascii: "t")
                _ = try cursor.skipValue()
            default:
                _ = try cursor.skipValue()
                // A member that is not known makes it no answer for REST APIs (recorded).
                if isREST { isWellFormed = false }
            }
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
        return isWellFormed
    }

    private static let statusCode = Array("statusCode".utf8)
    private static let headersName = Array("headers".utf8)
    private static let multiValueHeaders = Array("multiValueHeaders".utf8)
    private static let cookiesName = Array("cookies".utf8)
    private static let bodyName = Array("body".utf8)
    private static let isBase64Encoded = Array("isBase64Encoded".utf8)

    /// An integer from 200 to 599: an interim status would leave the client waiting, and a float, zero or a word is no
    /// status (recorded answers). A string of digits is taken, as functions return it (unconfirmed).
    private mutating func readStatus(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        hasStatus = true
        var text: [UInt8]
        if cursor.peek() == UInt8(ascii: "\"") {
            text = try Self.string(&cursor)
        } else {
            let range = try cursor.skipValue()
            text = []
            cursor.unescape(range, into: &text)
        }
        guard text.count == 3, text.allSatisfy(ASCII.isDigit) else { return false }
        status = text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return status >= 200 && status <= 599
    }

    /// One map of header fields: each name has one value, or a list of them if `multi`. Of names that differ in case
    /// only, the first counts (reported of format 1.0; chosen for 2.0 and for `multiValueHeaders`).
    private mutating func readHeaders(_ cursor: inout JSONCursor, multi: Bool) throws(JSONError) -> Bool {
        guard cursor.peek() == UInt8(ascii: "{") else { return try Self.skipNull(&cursor) }
        var isWellFormed = true
        try cursor.expect(UInt8(ascii: "{"), "'{'")
        if cursor.take(UInt8(ascii: "}")) { return true }
        // Single values come first on the wire even when the function wrote its multi values before them.
        var added: [Header] = []
        repeat {
            let name = try Self.string(&cursor)
            try cursor.expect(UInt8(ascii: ":"), "':'")
            let known = added.count
            if multi {
                isWellFormed = try Self.readValues(name, &cursor, to: &added) && isWellFormed
            } else {
                let value = try Self.scalar(&cursor)
                isWellFormed = Self.add(name, value, to: &added) && isWellFormed
            }
            if added[..<known].contains(where: { $0.isNamed(name) }) { added.removeSubrange(known...) }
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "',' or '}'")
        if isREST {
            // Several values come first, under their own name; what both maps say stands once (recorded).
            let (several, single) = multi ? (added, headers) : (headers, added)
            headers =
                several + single.filter { one in !several.contains { $0.isNamed(one.name) && $0.value == one.value } }
        } else {
            headers = multi ? headers + added : added + headers
        }
        return isWellFormed
    }

    /// The list of one name's values; false when it is none.
    private static func readValues(
        _ name: [UInt8], _ cursor: inout JSONCursor, to headers: inout [Header]
    ) throws(JSONError) -> Bool {
        guard cursor.peek() == UInt8(ascii: "[") else { return try skipNull(&cursor) }
        try cursor.expect(UInt8(ascii: "["), "'['")
        if cursor.take(UInt8(ascii: "]")) { return true }
        var isWellFormed = true
        repeat {
            isWellFormed = add(name, try scalar(&cursor), to: &headers) && isWellFormed
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
        return isWellFormed
    }

    private mutating func readCookies(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        guard cursor.peek() == UInt8(ascii: "[") else { return try Self.skipNull(&cursor) }
        try cursor.expect(UInt8(ascii: "["), "'['")
        if cursor.take(UInt8(ascii: "]")) { return true }
        var isWellFormed = true
        repeat {
            if let cookie = try Self.scalar(&cursor), Self.isFieldValue(cookie) {
                cookies.append(cookie)
            } else {
                isWellFormed = false
            }
        } while cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "',' or ']'")
        return isWellFormed
    }

    /// Decodes the body when it is base64; false when it is not.
    private mutating func settle() -> Bool {
        // Of a REST API the client's Accept has to be binary too; of a WebSocket API frames have to be served that are.
        guard isBase64, format != .rest, format != .webSocket else { return true }
        guard let decoded = Base64.decode(body) else { return false }
        body = decoded
        return true
    }

    /// A name that is no token or a value with control characters would let a function forge the response's frame.
    private static func add(_ name: [UInt8], _ value: [UInt8]?, to headers: inout [Header]) -> Bool {
        guard let value, !name.isEmpty, name.allSatisfy(ASCII.isToken), isFieldValue(value) else { return false }
        headers.append(Header(name: name, value: value, known: name.withUnsafeBytes(HeaderName.init)))
        return true
    }

    private static func isFieldValue(_ value: [UInt8]) -> Bool { MappedFields.isFieldValue(value) }

    /// A string's text, or the text of a number or boolean; nil for a list or an object. null is empty.
    private static func scalar(_ cursor: inout JSONCursor) throws(JSONError) -> [UInt8]? {
        switch cursor.peek() {
        case UInt8(ascii: "\""): return try string(&cursor)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            _ = try cursor.skipValue()
            return nil
        case UInt8(ascii: "n"):
            _ = try cursor.skipValue()
            return []
        default:
            var text: [UInt8] = []
            let range = try cursor.skipValue()
            cursor.unescape(range, into: &text)
            return text
        }
    }

    private static func string(_ cursor: inout JSONCursor) throws(JSONError) -> [UInt8] {
        let (range, _) = try cursor.string()
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        cursor.unescape(range, into: &text)
        return text
    }

    /// Consumes a value and tells whether it was null, which counts as absent.
    private static func skipNull(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        let isNull = cursor.peek() == UInt8(ascii: "n")
        _ = try cursor.skipValue()
        return isNull
    }
}
