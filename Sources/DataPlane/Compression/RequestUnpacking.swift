import GatewayModel
import HTTPFront
import NIOCore
import NIOPosix

/// Bodies of requests that come packed, of APIs that have `minimumCompressionSize`. Source: Developer Guide,
/// api-gateway-make-request-with-compressed-payload.
enum RequestUnpacking {
    /// Whether the coding is known; the body comes later.
    static func check(_ x: Exchange) throws(Refusal) {
        guard x.rest.deployment?.minimumCompressionSize != nil, let head = x.connection?.head, head.body != .none else {
            return
        }
        var isKnown = true
        head.withBytes { bytes in
            for field in head.fields where field.name.count == 16 && field.known == .other {
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard ASCII.equalsIgnoringCase(name, "content-encoding") else { continue }
                switch ContentCoding.Name(UnsafeRawBufferPointer(rebasing: bytes[field.value.range])) {
                // Of several codings none is known.
                case .coding(let coding) where x.rest.coding == nil: x.rest.coding = coding
                case .identity: break
                case .coding, .unknown: isKnown = false
                }
            }
        }
        guard isKnown else {
            x.reason = "received a body in a content coding that is none of gzip, deflate and identity"
            throw .unsupportedMediaType
        }
    }

    static func unpack(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let coding = x.rest.coding, let body = x.body, body.readableBytes > 0 else { return .next }
        let unpacker = Unpacker(body, coding, limit: x.worker.options.limits.heldBytes, memory: x.worker.memory)
        // The first step, some 0.2 ms, is taken on the loop; what is longer goes on elsewhere.
        let state = unpacker.step()
        guard state == .unfinished else {
            try take(x, unpacker, state)
            return .next
        }
        let bound = NIOLoopBound(x, eventLoop: x.worker.eventLoop)
        let (turn, pause) = (x.turn, x.pause)
        NIOThreadPool.singleton.runIfActive(eventLoop: x.worker.eventLoop) { unpacker.run() }.whenComplete { end in
            let x = bound.value
            guard x.turn == turn, x.pause == pause else { return }
            do throws(Refusal) {
                try take(x, unpacker, (try? end.get()) ?? .outOfMemory)
                x.resume(pause)
            } catch {
                x.resume(pause, error)
            }
        }
        return .wait
    }

    private static func take(_ x: Exchange, _ unpacker: Unpacker, _ state: Unpacker.State) throws(Refusal) {
        switch state {
        case .complete: break
        case .tooLarge:
            x.reason = "received a body of more than \(x.worker.options.limits.heldBytes) bytes when unpacked"
            throw .tooLarge
        case .unfinished, .outOfMemory:
            x.reason = "came while the server holds as many bytes of bodies as it may"
            x.isOutOfMemory = true
            throw .overloaded
        case .damaged:
            x.reason = "received a body that is not in the content coding that it names"
            throw .unsupportedMediaType
        }
        x.takenMemory += unpacker.handOver()
        x.markUnpacked(unpacker.output.readableBytes)
        x.body = unpacker.output
    }
}
