import GatewayModel
import HTTPFront
import NIOCore

/// What the events of payload formats 1.0 and 2.0 have in common.
enum EventParts {
    /// Whether a body may stand in an event as text. Everything else is base64: there are no binary media types to set.
    /// Measured: text/*, application/json, application/xml and application/javascript, parameters ignored.
    static func isText(_ contentType: UnsafeRawBufferPointer?) -> Bool {
        guard let contentType else { return false }
        let end = contentType.firstIndex(of: UInt8(ascii: ";")) ?? contentType.count
        var media = UnsafeRawBufferPointer(rebasing: contentType[..<end])
        while let last = media.last, last == 0x20 || last == 0x09 {
            media = UnsafeRawBufferPointer(rebasing: media.dropLast())
        }
        if media.count > 5, ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: media[..<5]), "text/") {
            return true
        }
        return ASCII.equalsIgnoringCase(media, "application/json") || ASCII.equalsIgnoringCase(media, "application/xml")
            || ASCII.equalsIgnoringCase(media, "application/javascript")
    }

    /// Writes `"body":…,"isBase64Encoded":…`; `null` stands for no body when the format wants the key.
    static func writeBody(_ x: Exchange, nullWhenEmpty: Bool, to event: inout ByteBuffer) {
        guard let body = x.body, body.readableBytes > 0 else {
            event.write(
                nullWhenEmpty ? #""body":null,"isBase64Encoded":false"# : #""isBase64Encoded":false"#)
            return
        }
        let isTextType =
            x.withHead { bytes, head in
                isText(head.first(.contentType).map { UnsafeRawBufferPointer(rebasing: bytes[$0.range]) })
            } ?? false
        event.write(#""body":"#)
        body.withUnsafeReadableBytes { bytes in
            // Text that is not UTF-8 cannot stand in JSON; as base64 nothing is lost (AWS's own way is unconfirmed).
            if isTextType, ByteBuffer.isUTF8(bytes) {
                event.writeJSONString(bytes)
                event.write(#","isBase64Encoded":false"#)
            } else {
                event.write("\"")
                Base64.encode(bytes, into: &event)
                event.write(#"","isBase64Encoded":true"#)
            }
        }
    }

    /// Writes the path percent-decoded as UTF-8, the way functions see it.
    static func writeDecodedPath(_ x: Exchange, to event: inout ByteBuffer) {
        guard !x.fullPath.isEmpty else { return event.write("\"/\"") }
        _ = x.withPath { event.writeJSONString(UnsafeRawBufferPointer(rebasing: $0[x.fullPath.range])) }
    }

    /// Writes `{"id":"7"}` with decoded values; the caller knows that there are some.
    static func writePathParameters(_ x: Exchange, to event: inout ByteBuffer) {
        guard let route = x.route else { return }
        event.write("{")
        for (index, name) in route.variables.enumerated() where index < x.bindings.count {
            if index > 0 { event.write(",") }
            event.writeJSONString(name)
            event.write(":")
            x.withPathVariable(index) { event.writeJSONString($0) }
        }
        event.write("}")
    }

    /// `X-Forwarded-For`: what the client sent, then the client.
    static func writeForwardedFor(_ x: Exchange, to event: inout ByteBuffer) {
        event.write("\"")
        _ = x.withHead { bytes, head in
            for field in head.fields where field.known == .forwardedFor {
                event.writeJSONText(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                event.write(", ")
            }
        }
        event.write(x.sourceIP)
        event.write("\"")
    }

    /// The same as a line of an upstream's request has it.
    static func writeForwardedAddresses(_ x: Exchange, to out: inout ByteBuffer) {
        _ = x.withHead { bytes, head in
            for field in head.fields where field.known == .forwardedFor {
                out.write(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                out.write(", ")
            }
        }
        out.write(x.sourceIP)
    }

    /// What a function is told of the token that let the call in: of its scopes only where the route asks for some.
    static func writeToken(_ x: Exchange, _ token: VerifiedToken, to event: inout ByteBuffer) {
        event.write(#"{"claims":"#)
        event.write(token.claimsText)
        event.write(#","scopes":"#)
        if x.tokenScopesCount > 0 { event.write(token.scopesText) } else { event.write("null") }
        event.write("}")
    }

    /// The API's host and its first label, as both formats have them.
    static func writeDomain(_ x: Exchange, to event: inout ByteBuffer) {
        event.write(#""domainName":""#)
        x.writeDomainName(to: &event)
        event.write(#"","domainPrefix":""#)
        if let stage = x.stage { event.writeString(stage.key.apiId) }
        event.write("\"")
    }

    static func writeUserAgent(_ x: Exchange, orElse absent: StaticString, to event: inout ByteBuffer) {
        _ = x.withHead { bytes, head in
            if let agent = head.first(.userAgent) {
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[agent.range]))
            } else {
                event.write(absent)
            }
        }
    }
}
