import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// The values by which an authorizer knows a request, one behind the other, each with its length in front: so what is
/// told apart here are lists of values, however they are cut.
struct AuthorizerIdentity {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func add(_ value: UnsafeRawBufferPointer) {
        let length = UInt32(truncatingIfNeeded: value.count)
        for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes.append(contentsOf: value)
    }

    /// The values, apart again.
    static func values(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var values: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            values.append(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        return values
    }
}

/// Where a function authorizer looks for one of these values.
enum IdentityPlace: Sendable {
    case header([UInt8], HeaderName)
    case query([UInt8])
    /// A stage variable's value; nil where the stage has none of that name.
    case text([UInt8]?)
    case context(ContextReference)

    /// `method.request.header.X`, `method.request.querystring.X`, `stageVariables.X`, `context.X`; of HTTP APIs
    /// `$request.header.X`, of WebSocket APIs `route.request.header.X`, and the like. nil for every other text.
    init?(_ text: String, stageVariables: OrderedMap<String>, variables: [String: ContextVariable]) {
        let text =
            text.hasPrefix("$")
            ? text.dropFirst()
            : text.hasPrefix("method.") ? text.dropFirst(7) : text.hasPrefix("route.") ? text.dropFirst(6) : text[...]
        func after(_ prefix: String) -> Substring? {
            text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count ? text.dropFirst(prefix.count) : nil
        }
        if let name = after("request.header.") {
            let name = Array(name.utf8)
            self = .header(name, name.withUnsafeBytes(HeaderName.init))
        } else if let name = after("request.querystring.") {
            self = .query(Array(name.utf8))
        } else if let name = after("stageVariables.") {
            self = .text(stageVariables[String(name)].map { Array($0.utf8) })
        } else if let name = after("context."), let reference = ContextReference(name, variables) {
            self = .context(reference)
        } else {
            return nil
        }
    }

    /// Adds the request's value to the loop's identity; false when there is none, or it is empty. Of a name that stands
    /// there twice nobody could say which value the function will look at, so it has none (AWS's way is unconfirmed).
    func read(_ x: Exchange) -> Bool {
        switch self {
        case .header(let name, let known): Self.readHeader(x, name, known)
        case .query(let name): Self.readQuery(x, name)
        case .text(let value): Self.add(value ?? [], x)
        case .context(let reference): Self.readContext(x, reference)
        }
    }

    private static func readHeader(_ x: Exchange, _ name: [UInt8], _ known: HeaderName) -> Bool {
        let worker = x.worker
        return x.withHead { bytes, head in
            var found: RequestHead.Span?
            for field in head.fields where field.known == known && field.name.count == name.count {
                let written = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard known != .other && known != .accessControl || ASCII.equalsIgnoringCase(written, name) else {
                    continue
                }
                guard found == nil else { return false }
                found = field.value
            }
            guard let found, !found.isEmpty else { return false }
            worker.identity.add(UnsafeRawBufferPointer(rebasing: bytes[found.range]))
            return true
        } ?? false
    }

    private static func readQuery(_ x: Exchange, _ name: [UInt8]) -> Bool {
        var found: [UInt8]?
        let isRepeated =
            x.withHead { bytes, head in
                for pair in QueryPairs(UnsafeRawBufferPointer(rebasing: bytes[head.query.range]))
                where pair.name == name {
                    if found != nil { return true }
                    found = pair.value
                }
                return false
            } ?? false
        return !isRepeated && add(found ?? [], x)
    }

    private static func readContext(_ x: Exchange, _ reference: ContextReference) -> Bool {
        var value = x.worker.allocator.buffer(capacity: 64)
        guard reference.write(x, x.figures, to: &value) else { return false }
        return add(Array(value.readableBytesView), x)
    }

    private static func add(_ value: [UInt8], _ x: Exchange) -> Bool {
        guard !value.isEmpty else { return false }
        value.withUnsafeBytes { x.worker.identity.add($0) }
        return true
    }
}
