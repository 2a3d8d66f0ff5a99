import HTTPFront
import NIOCore

/// One of `cacheKeyParameters`, and how its value is told in a key.
///
/// What an integration could tell apart has keys of its own: values count as they were sent, before they are decoded,
/// of a repeated name all of them, and a field's name as it was written. AWS is not known to look so closely; the other
/// way, a client could put an answer where others are served it.
enum CacheKeyParameter: Sendable {
    case header([UInt8])
    case query([UInt8])
    case path(Int)
    case mappedHeader([UInt8])
    case mappedQuery([UInt8])
    case mappedPath(Int)
    /// Nothing has that name.
    case missing

    init(_ text: String, _ method: CompiledRoute) {
        func name(_ prefix: String) -> [UInt8]? { ParameterSource.name(text, after: prefix).map { Array($0.utf8) } }
        if let name = name("method.request.header.") ?? name("method.request.multivalueheader.") {
            self = .header(name)
        } else if let name = name("method.request.querystring.") ?? name("method.request.multivaluequerystring.") {
            self = .query(name)
        } else if let name = name("method.request.path.") {
            self = method.variables.firstIndex(of: name).map(Self.path) ?? .missing
        } else if let name = name("integration.request.header.") {
            self = .mappedHeader(name)
        } else if let name = name("integration.request.querystring.") {
            self = .mappedQuery(name)
        } else if let name = name("integration.request.path.") {
            self = method.method?.request.pathNames.firstIndex(of: name).map(Self.mappedPath) ?? .missing
        } else {
            self = .missing
        }
    }

    var isMapped: Bool {
        switch self {
        case .mappedHeader, .mappedQuery, .mappedPath: true
        case .header, .query, .path, .missing: false
        }
    }

    /// Each value behind its length, and an end behind all, so that no two lists of values look alike.
    func write(_ x: Exchange, to key: inout [UInt8]) {
        writeValues(x, to: &key)
        Self.append(length: .max, to: &key)
    }

    private func writeValues(_ x: Exchange, to key: inout [UInt8]) {
        switch self {
        case .header(let name):
            _ = x.withHead { bytes, head in
                for field in head.fields where field.name.count == name.count {
                    let written = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                    guard ASCII.equalsIgnoringCase(written, name) else { continue }
                    Self.append(written, to: &key)
                    Self.append(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]), to: &key)
                }
            }
        case .query(let name):
            _ = x.withHead { bytes, head in
                Self.pairs(UnsafeRawBufferPointer(rebasing: bytes[head.query.range]), name, to: &key)
            }
        case .path(let index): x.withPathVariable(index) { Self.append($0, to: &key) }
        case .mappedHeader(let name):
            for field in x.rest.parameters.headers where field.name == name { Self.append(field.value, to: &key) }
        case .mappedQuery(let name):
            for pair in x.rest.parameters.query where pair.name == name { Self.append(pair.value, to: &key) }
        case .mappedPath(let index):
            guard index < x.rest.parameters.path.count, let value = x.rest.parameters.path[index] else { return }
            Self.append(value, to: &key)
        case .missing: break
        }
    }

    private static func pairs(_ query: UnsafeRawBufferPointer, _ name: [UInt8], to key: inout [UInt8]) {
        var position = 0
        while position < query.count {
            var end = position
            var equals: Int?
            var isPlain = true
            while end < query.count, query[end] != UInt8(ascii: "&") {
                switch query[end] {
                case UInt8(ascii: "=") where equals == nil: equals = end
                case UInt8(ascii: "%") where equals == nil, UInt8(ascii: "+") where equals == nil: isPlain = false
                default: break
                }
                end += 1
            }
            let written = UnsafeRawBufferPointer(rebasing: query[position..<(equals ?? end)])
            if isPlain ? written.elementsEqual(name) : isName(written, name) {
                append(UnsafeRawBufferPointer(rebasing: query[position..<end]), to: &key)
            }
            position = end + 1
        }
    }

    private static func isName(_ written: UnsafeRawBufferPointer, _ name: [UInt8]) -> Bool {
        var decoded: [UInt8] = []
        PercentCoding.decode(written, plusIsSpace: true, into: &decoded)
        return decoded == name
    }

    private static func append(_ value: some Collection<UInt8>, to key: inout [UInt8]) {
        append(length: UInt32(truncatingIfNeeded: value.count), to: &key)
        key.append(contentsOf: value)
    }

    private static func append(length: UInt32, to key: inout [UInt8]) {
        withUnsafeBytes(of: length) { key.append(contentsOf: $0) }
    }
}
