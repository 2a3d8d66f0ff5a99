import HTTPFront
import NIOCore

/// MOCK: the request's template says the status by which the answer is chosen.
enum MockIntegration {
    static func answer(_ x: Exchange) throws(Refusal) {
        guard let method = x.route?.method else { return }
        guard let status = x.body.flatMap({ $0.withUnsafeReadableBytes(status) }) else {
            x.reason = "answers by a template that gives no integer statusCode"
            x.rest.log?.failure = [
                ExecutionFailure.configuration
                    + "statusCode should be an integer which defined in request template"
            ]
            throw .internalError
        }
        try method.responses.respond(x, IntegrationAnswer(), by: .status(status))
    }

    /// The integer `statusCode` of an object; names may stand without quotes or in single ones, as AWS's parser takes
    /// them (recorded).
    static func status(of bytes: UnsafeRawBufferPointer) -> Int? {
        var scanner = LenientScanner(bytes: bytes)
        return scanner.member("statusCode")
    }
}

/// Looks for a number in an object that is almost JSON.
private struct LenientScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func member(_ wanted: StaticString) -> Int? {
        var found: Int?
        guard take(UInt8(ascii: "{")) else { return nil }
        while !take(UInt8(ascii: "}")) {
            if take(UInt8(ascii: ",")) { continue }
            let name = word()
            guard take(UInt8(ascii: ":")), let value = value() else { return nil }
            if ASCII.equals(name, wanted) { found = Int(String(decoding: value, as: UTF8.self)) }
        }
        skipSpace()
        return position == bytes.count ? found : nil
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// A name in quotes or without; empty at the end.
    private mutating func word() -> UnsafeRawBufferPointer {
        skipSpace()
        guard position < bytes.count else { return UnsafeRawBufferPointer(rebasing: bytes[bytes.count...]) }
        let first = bytes[position]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            let start = position + 1
            skipString(first)
            return UnsafeRawBufferPointer(rebasing: bytes[start..<max(start, position - 1)])
        }
        let start = position
        while position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: ":"),
            bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "}")
        { position += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func skipString(_ quote: UInt8) {
        position += 1
        while position < bytes.count, bytes[position] != quote {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, bytes.count)
    }

    /// The text of a value; of a string with its quotes, so that it is no number. nil at the end.
    private mutating func value() -> UnsafeRawBufferPointer? {
        skipSpace()
        let start = position
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipString(bytes[position])
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return trimmed(start) }
                depth -= 1
            case UInt8(ascii: ","): if depth == 0 { return trimmed(start) }
            default: break
            }
            position += 1
        }
        return nil
    }

    private func trimmed(_ start: Int) -> UnsafeRawBufferPointer? {
        var end = position
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return end > start ? UnsafeRawBufferPointer(rebasing: bytes[start..<end]) : nil
    }
}
