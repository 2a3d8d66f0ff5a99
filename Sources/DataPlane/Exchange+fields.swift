import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// Parts of the request as bytes, for events, logs and mappings.
extension Exchange {
    /// Runs `body` with the bytes of the request's head.
    @inline(__always)
    func withHead<R>(_ body: (UnsafeRawBufferPointer, RequestHead) -> R) -> R? {
        guard let connection else { return nil }
        return connection.head.bytes.withUnsafeReadableBytes { body($0, connection.head) }
    }

    /// Runs `body` with the bytes that `fullPath`, `routedPath` and `bindings` are ranges of.
    @inline(__always)
    func withPath<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R? {
        decodedPath.isEmpty ? withHead { bytes, _ in body(bytes) } : decodedPath.withUnsafeBytes(body)
    }

    /// Runs `body` with the value of the route's path variable of that index; nil when it has none.
    @inline(__always)
    func withPathVariable<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        guard index < bindings.count else { return nil }
        let start = Int(routedPath.start)
        let range = (start + Int(bindings[index].start))..<(start + Int(bindings[index].end))
        return withPath { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Runs `body` with the value of the first field of that name, if there is one.
    @inline(__always)
    func withField(_ name: HeaderName, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let head = connection?.head, let value = head.first(name) else { return }
        head.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[value.range])) }
    }

    func writeRequestBytes(_ span: RequestHead.Span, to buffer: inout ByteBuffer) {
        _ = withHead { bytes, _ in buffer.write(UnsafeRawBufferPointer(rebasing: bytes[span.range])) }
    }

    func writeMethod(to buffer: inout ByteBuffer) {
        if let connection { writeRequestBytes(connection.head.methodRange, to: &buffer) }
    }

    func writeSentPath(to buffer: inout ByteBuffer) {
        if sentPath.isEmpty { buffer.write("/") } else { writeRequestBytes(sentPath, to: &buffer) }
    }

    /// Those under which the call is answered: a canary may have others than its stage.
    var stageVariables: OrderedMap<String> { rest.deployment?.variables ?? stage?.variables ?? [:] }

    /// Protocol, scheme and port as those behind the gateway are told of them.
    func writeProtocol(to buffer: inout ByteBuffer) {
        if let connection { buffer.write(connection.peer.protocolName) }
    }

    func writeScheme(to buffer: inout ByteBuffer) {
        if let connection { buffer.write(connection.peer.endpoint.scheme) }
    }

    func writePort(to buffer: inout ByteBuffer) {
        if let connection { buffer.writeDecimal(connection.peer.endpoint.port) }
    }

    /// The host name by which the API was called, without a port; the API's own one for calls by path.
    func writeDomainName(to buffer: inout ByteBuffer) {
        if let client = socket.client { return buffer.write(client.domainName) }
        if isCalledByPath {
            if let stage { buffer.write(stage.domainName) }
            return
        }
        _ = withHead { bytes, head in
            let host = UnsafeRawBufferPointer(rebasing: bytes[head.host.range])
            let colon = host.lastIndex(of: UInt8(ascii: ":")) ?? host.endIndex
            buffer.write(UnsafeRawBufferPointer(rebasing: host[..<colon]))
        }
    }
}
