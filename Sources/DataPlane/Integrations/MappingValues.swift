import HTTPFront
import NIOCore

/// Evaluates mapping expressions for one exchange. Off the fast path: only integrations with mappings come here.
struct MappingValues {
    let x: Exchange
    /// The origin's head, when a response is mapped.
    var response: ResponseHead?
    var responseBody: ByteBuffer?

    /// nil when the only source of the expression has no value; within joined text a missing value is empty.
    func value(_ expression: MappingExpression) -> [UInt8]? {
        values(expression).map { Array($0.joined()) }
    }

    /// The same, part by part.
    func values(_ expression: MappingExpression) -> [[UInt8]]? {
        if expression.parts.count == 1 { return value(expression.parts[0]).map { [$0] } }
        return expression.parts.map { value($0) ?? [] }
    }

    func value(_ part: MappingExpression.Part) -> [UInt8]? {
        switch part {
        case .text(let text): return text
        case .requestHeader(let name):
            return x.withHead { bytes, head in Self.header(name, head.fields, bytes) } ?? nil
        case .requestQuery(let name): return query(name)
        case .requestPath:
            return x.routedPath.isEmpty ? [UInt8(ascii: "/")] : x.withPath { Array($0[x.routedPath.range]) }
        case .requestPathVariable(let index): return x.withPathVariable(index) { Array($0) }
        case .requestBody: return x.body.map { Array($0.readableBytesView) }
        case .requestBodyPath(let path): return x.body.flatMap { path.value(in: Array($0.readableBytesView)) }
        case .responseHeader(let name):
            guard let response else { return nil }
            return response.withBytes { Self.header(name, response.fields, $0) }
        case .responseBody: return responseBody.map { Array($0.readableBytesView) }
        case .responseBodyPath(let path):
            return responseBody.flatMap { path.value(in: Array($0.readableBytesView)) }
        case .context(let variable):
            var buffer = x.worker.allocator.buffer(capacity: 64)
            return variable.write(x, x.figures, to: &buffer) ? Array(buffer.readableBytesView) : nil
        case .missing: return nil
        }
    }

    /// The values of a repeated name, joined by commas; names of queries are case-sensitive.
    private func query(_ name: [UInt8]) -> [UInt8]? {
        x.withHead { bytes, head in
            var found: [UInt8]?
            let query = UnsafeRawBufferPointer(rebasing: bytes[head.query.range])
            for pair in QueryPairs(query) where pair.name == name {
                if found == nil {
                    found = pair.value
                } else {
                    found?.append(contentsOf: [UInt8(ascii: ",")] + pair.value)
                }
            }
            return found
        } ?? nil
    }

    static func header(_ name: [UInt8], _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var found: [UInt8]?
        for field in fields
        where ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), name) {
            let value = Array(bytes[field.value.range])
            if found == nil { found = value } else { found?.append(contentsOf: [UInt8(ascii: ",")] + value) }
        }
        return found
    }
}

/// The pairs of a query string, decoded (`+` is a space).
struct QueryPairs: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> (name: [UInt8], value: [UInt8])? {
        while position < bytes.count {
            var end = position
            while end < bytes.count, bytes[end] != UInt8(ascii: "&") { end += 1 }
            let pair = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            position = end + 1
            if pair.isEmpty { continue }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
            var name: [UInt8] = []
            var value: [UInt8] = []
            PercentCoding.decode(UnsafeRawBufferPointer(rebasing: pair[..<equals]), plusIsSpace: true, into: &name)
            if equals < pair.count {
                PercentCoding.decode(
                    UnsafeRawBufferPointer(rebasing: pair[(equals + 1)...]), plusIsSpace: true, into: &value)
            }
            return (name, value)
        }
        return nil
    }
}
