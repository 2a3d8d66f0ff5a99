import HTTPFront
import NIOCore
import NIOPosix

/// Answers that go out packed, of APIs that have `minimumCompressionSize`, to clients that ask for it. Source: Developer
/// Guide, api-gateway-receive-response-with-compressed-payload. Bodies of every media type are packed; no `Vary` tells of
/// it (none is known of AWS).
enum ResponsePacking {
    /// So much is packed on the loop, some 0.2 ms; longer bodies are packed elsewhere, so that they hold up nobody.
    static let inlineBytes = 8_192

    /// The coding for a body of that length; nil where it goes out as it is.
    @inline(__always)
    static func coding(_ x: Exchange, _ length: Int) -> ContentCoding? {
        guard let minimum = x.rest.deployment?.minimumCompressionSize, length >= minimum, length > 0 else { return nil }
        return accepted(x)
    }

    /// The coding that the client asks for. The answer to HEAD has no body to be packed, that to a test is read by people.
    static func accepted(_ x: Exchange) -> ContentCoding? {
        guard x.connection?.head.method != .head, x.route?.method?.isStreamed != true, x.rest.tester == nil else {
            return nil
        }
        return x.withHead { bytes, head in
            var accepted = AcceptedCodings()
            for field in head.fields where field.name.count == 15 && field.known == .other {
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(name, "accept-encoding") else { continue }
                accepted.add(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
            }
            return accepted.preferred
        } ?? nil
    }

    /// What the gateway says itself is packed like all else, as long as it is short enough to be packed here.
    static func packed(_ x: Exchange, _ response: GatewayResponse) -> (ByteBuffer, ContentCoding?) {
        var body = x.worker.allocator.buffer(capacity: response.body.count)
        body.write(response.body)
        guard !response.isFixed, response.body.count <= gatewayResponseBytes,
            let coding = coding(x, response.body.count), !isCoded(response.fields),
            let packed = x.worker.packers.pack(body, coding)
        else { return (body, nil) }
        return (packed, coding)
    }

    /// Packed in a millisecond.
    private static let gatewayResponseBytes = 65_536

    private static func isCoded(_ fields: [UInt8]) -> Bool {
        fields.split(separator: 0x0A).contains { line in
            line.prefix { $0 != UInt8(ascii: ":") }.elementsEqual("content-encoding".utf8) {
                ASCII.lowercased($0) == $1
            }
        }
    }

    /// Packs a whole body. `then` is called with it, at once or later, unless the call has ended by then.
    static func pack(
        _ x: Exchange, _ body: ByteBuffer, _ coding: ContentCoding, _ then: @escaping (ByteBuffer) -> Void
    ) {
        if body.readableBytes <= inlineBytes {
            guard let packed = x.worker.packers.pack(body, coding) else { return x.refuseMemory() }
            return then(packed)
        }
        guard x.takeMemory(body.readableBytes + Packer.memory) else { return }
        let bound = NIOLoopBound((x, then), eventLoop: x.worker.eventLoop)
        let turn = x.turn
        NIOThreadPool.singleton.runIfActive(eventLoop: x.worker.eventLoop) {
            Packer(coding)?.pack(body, isLast: true)
        }.whenComplete { packed in
            let (x, then) = bound.value
            guard x.turn == turn else { return }
            guard let packed = try? packed.get() else { return x.refuseMemory() }
            then(packed)
        }
    }
}
