import HTTPFront
import NIOCore

/// `contentHandling`: whether a body is text, bytes, or bytes as base64 text.
enum ContentHandling: String, Sendable {
    case toBinary = "CONVERT_TO_BINARY"
    case toText = "CONVERT_TO_TEXT"
}

/// What becomes of bodies where media types are binary. Source: Developer Guide, api-gateway-payload-encodings-workflow.
struct PayloadConversion {
    let body: ByteBuffer
    /// A template cannot read it.
    let isBinary: Bool

    /// Of a request on its way to an integration; nil where it has no body.
    static func ofRequest(_ x: Exchange, _ handling: ContentHandling?) throws(Refusal) -> PayloadConversion? {
        guard let body = x.body else { return nil }
        if x.apiKind == .webSocket { return try ofMessage(x, body, handling, isBinary: x.socket.isBinary) }
        guard let types = x.rest.deployment?.binaryTypes else { return nil }
        let isBinary =
            x.withHead { bytes, head in
                types.contains(head.first(.contentType).map { UnsafeRawBufferPointer(rebasing: bytes[$0.range]) })
            } ?? false
        switch (isBinary, handling) {
        case (true, .toText): return encoded(body)
        case (true, _): return PayloadConversion(body: body, isBinary: true)
        case (false, .toBinary): return try decoded(x, body)
        case (false, _): return text(body)
        }
    }

    /// Of an integration's answer on its way to the client.
    static func ofAnswer(
        _ x: Exchange, _ answer: IntegrationAnswer, _ handling: ContentHandling?, accepting accepted: [UInt8]?
    ) throws(Refusal) -> PayloadConversion? {
        guard let body = answer.body else { return nil }
        if x.apiKind == .webSocket { return try ofMessage(x, body, handling, isBinary: true) }
        guard let types = x.rest.deployment?.binaryTypes else { return nil }
        let isBinary =
            answer.head.map { head in
                head.withBytes { bytes in
                    let type = head.fields.first { $0.known == .contentType }
                    return types.contains(type.map { UnsafeRawBufferPointer(rebasing: bytes[$0.value.range]) })
                }
            } ?? types.contains(nil)
        let isWanted = (accepted ?? []).withUnsafeBytes { types.contains($0) }
        switch (isBinary, handling) {
        case (true, .toText): return encoded(body)
        case (true, .toBinary): return PayloadConversion(body: body, isBinary: true)
        case (true, nil): return isWanted ? PayloadConversion(body: body, isBinary: true) : encoded(body)
        case (false, .toText): return text(body)
        case (false, .toBinary): return try decoded(x, body)
        case (false, nil): return isWanted ? try decoded(x, body) : text(body)
        }
    }

    /// Of WebSocket APIs (Developer Guide, websocket-api-develop-binary-media-types). Text has no bytes to be told as base64.
    private static func ofMessage(
        _ x: Exchange, _ body: ByteBuffer, _ handling: ContentHandling?, isBinary: Bool
    ) throws(Refusal) -> PayloadConversion? {
        switch handling {
        case .toBinary where !x.socket.isBinary: try decoded(x, body)
        case .toText where isBinary: encoded(body)
        case .toBinary, .toText, nil: nil
        }
    }

    /// Bytes that are no UTF-8 do not pass as text: each becomes U+FFFD.
    private static func text(_ body: ByteBuffer) -> PayloadConversion {
        let isText = body.withUnsafeReadableBytes { ByteBuffer.isUTF8($0) }
        let text = isText ? body : ByteBuffer(string: String(decoding: body.readableBytesView, as: UTF8.self))
        return PayloadConversion(body: text, isBinary: false)
    }

    private static func encoded(_ body: ByteBuffer) -> PayloadConversion {
        var text = ByteBuffer()
        body.withUnsafeReadableBytes { Base64.encode($0, into: &text) }
        return PayloadConversion(body: text, isBinary: false)
    }

    private static func decoded(_ x: Exchange, _ body: ByteBuffer) throws(Refusal) -> PayloadConversion {
        guard let bytes = Base64.decode(Array(body.readableBytesView)) else {
            x.reason = "has a body to be converted to binary that is not base64"
            throw .internalError
        }
        return PayloadConversion(body: ByteBuffer(bytes: bytes), isBinary: true)
    }

    /// What a template reads.
    func text(_ x: Exchange) throws(Refusal) -> ByteBuffer {
        guard !isBinary else {
            x.reason = "has a mapping template for a body that is binary"
            throw .internalError
        }
        return body
    }
}
