import HTTPFront
import NIOCore

/// The head of a request whose integration maps parameters: the fields are taken apart, changed and put together.
enum MappedRequest {
    static func writeHead(
        _ x: Exchange, _ integration: HTTPIntegration, _ mapping: RequestMapping, egress: [UInt8],
        to out: inout ByteBuffer
    ) {
        let values = MappingValues(x: x)
        UpstreamRequest.writeMethod(x, integration, to: &out)
        writeTarget(x, integration, mapping, values, to: &out)
        out.write(" HTTP/1.1\r\n")
        var fields = MappedFields(requestFields(x))
        fields.apply(mapping.headers, values)
        if let host = fields.remove(named: Array("host".utf8)) {
            out.write("Host: ")
            out.write(host)
            out.write("\r\nVia: HTTP/1.1 AmazonAPIGateway\r\n")
        } else {
            UpstreamRequest.writeHost(x, integration, to: &out)
        }
        fields.write(to: &out)
        UpstreamRequest.writeForwarding(x, egress: egress, to: &out)
        UpstreamRequest.writeFraming(x, hasContentType: fields.contains(Array("content-type".utf8)), to: &out)
        out.write("\r\n")
    }

    private static func requestFields(_ x: Exchange) -> [(name: [UInt8], value: [UInt8])] {
        x.withHead { bytes, head in
            let named = ConnectionOptions(head.fields, head.bytes)
            return head.fields.compactMap { field in
                guard UpstreamRequest.isForwarded(field.known), !named.contains(field, bytes) else { return nil }
                return (Array(bytes[field.name.range]), Array(bytes[field.value.range]))
            }
        } ?? []
    }

    private static func writeTarget(
        _ x: Exchange, _ integration: HTTPIntegration, _ mapping: RequestMapping, _ values: MappingValues,
        to out: inout ByteBuffer
    ) {
        if let path = mapping.path, let parts = values.values(path) {
            writePath(path, parts, to: &out)
        } else {
            UpstreamRequest.writePath(x, integration, to: &out)
        }
        var base = x.worker.allocator.buffer(capacity: 64)
        UpstreamRequest.writeQuery(integration.query, x, to: &base)
        var pairs: [(name: [UInt8], value: [UInt8])] = base.withUnsafeReadableBytes { Array(QueryPairs($0)) }
        pairs +=
            x.withHead { bytes, head in Array(QueryPairs(UnsafeRawBufferPointer(rebasing: bytes[head.query.range]))) }
            ?? []
        for change in mapping.query {
            if change.kind == .remove {
                pairs.removeAll { $0.name == change.name }
                continue
            }
            // A source without a value changes nothing (unconfirmed for AWS).
            guard let value = values.value(change.value) else { continue }
            if change.kind == .overwrite { pairs.removeAll { $0.name == change.name } }
            pairs.append((change.name, value))
        }
        for (position, pair) in pairs.enumerated() {
            out.write(position == 0 ? "?" : "&")
            PercentCoding.writeQueryValue(pair.name, to: &out)
            out.write("=")
            PercentCoding.writeQueryValue(pair.value, to: &out)
        }
    }

    /// The mapping's own text may hold escapes; what the request brought is decoded, so all of it is encoded again.
    private static func writePath(_ path: MappingExpression, _ values: [[UInt8]], to out: inout ByteBuffer) {
        if values.lazy.joined().first != UInt8(ascii: "/") { out.write("/") }
        for (part, value) in zip(path.parts, values) {
            if case .text = part {
                PercentCoding.writePathText(value, to: &out)
            } else {
                PercentCoding.writePath(value, to: &out)
            }
        }
    }
}

/// Header fields taken apart, for mappings to change.
struct MappedFields {
    private var fields: [(name: [UInt8], value: [UInt8])]

    init(_ fields: [(name: [UInt8], value: [UInt8])]) { self.fields = fields }

    mutating func apply(_ changes: [MappingChange], _ values: MappingValues) {
        for change in changes {
            if change.kind == .remove {
                remove(named: change.name)
                continue
            }
            guard let value = values.value(change.value), Self.isValue(value, of: change.name) else { continue }
            if change.kind == .overwrite { remove(named: change.name) }
            fields.append((change.name, value))
        }
    }

    /// Removes every field of that name (in lower case) and returns the last one's value.
    @discardableResult
    mutating func remove(named name: [UInt8]) -> [UInt8]? {
        let last = fields.last { Self.isNamed($0.name, name) }?.value
        fields.removeAll { Self.isNamed($0.name, name) }
        return last
    }

    func contains(_ name: [UInt8]) -> Bool { fields.contains { Self.isNamed($0.name, name) } }

    func write(to out: inout ByteBuffer) {
        for field in fields {
            out.write(field.name)
            out.write(": ")
            out.write(field.value)
            out.write("\r\n")
        }
    }

    private static func isNamed(_ name: [UInt8], _ other: [UInt8]) -> Bool {
        name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, other) }
    }

    /// Whether a value that a mapping makes may stand in the field of that name: another one changes nothing.
    private static func isValue(_ value: [UInt8], of name: [UInt8]) -> Bool {
        isFieldValue(value) && (name != host || value.withUnsafeBytes(Authority.isValid))
    }

    private static let host = Array("host".utf8)

    /// What a mapping makes must not end the line: a body or a decoded path may hold anything.
    static func isFieldValue(_ value: [UInt8]) -> Bool { value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
}
