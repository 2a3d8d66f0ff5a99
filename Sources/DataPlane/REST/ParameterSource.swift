import HTTPFront
import JSON
import NIOCore

/// What mappings and templates of a kind of API call things.
struct MappingNames: Sendable {
    /// What names of the request's parts begin with.
    let request: String
    /// Those below `context.` and `$context.`.
    let variables: [String: ContextVariable]

    static let rest = MappingNames(request: "method.request", variables: RESTPipeline.contextVariables)
    static let webSocket = MappingNames(request: "route.request", variables: WebSocketPipeline.contextVariables)
}

/// Where the value of a mapped parameter comes from.
///
/// Source: Developer Guide, rest-api-parameter-mapping-sources. Names are told apart by case, as the guide says.
enum ParameterSource: Sendable {
    case text([UInt8])
    case header([UInt8])
    case multiHeader([UInt8])
    case query([UInt8])
    case multiQuery([UInt8])
    case path(Int)
    /// Of whichever method was called.
    case pathNamed([UInt8])
    /// Of the request, or of the integration's answer when that is mapped; a path within, or all of it.
    case body(BodyPath?)
    case responseHeader([UInt8])
    case responseMultiHeader([UInt8])
    case context(ContextReference)
    /// A name that has no value.
    case missing

    init(
        _ text: String, pathVariables: [[UInt8]], stageVariables: OrderedMap<String>, names: MappingNames = .rest
    ) throws(CompileError) {
        if text.hasPrefix("'"), text.hasSuffix("'"), text.utf8.count >= 2 {
            self = .text(Array(text.utf8.dropFirst().dropLast()))
            return
        }
        func after(_ prefix: String) -> [UInt8]? {
            text.hasPrefix(prefix) ? Array(text.utf8.dropFirst(prefix.utf8.count)) : nil
        }
        let request = names.request
        if let name = after("\(request).header.") {
            self = .header(name)
        } else if let name = after("\(request).multivalueheader.") {
            self = .multiHeader(name)
        } else if let name = after("\(request).querystring.") {
            self = .query(name)
        } else if let name = after("\(request).multivaluequerystring.") {
            self = .multiQuery(name)
        } else if let name = after("\(request).path.") {
            self = pathVariables.firstIndex(of: name).map(ParameterSource.path) ?? .missing
        } else if text == "\(request).body" || text == "integration.response.body" {
            self = .body(nil)
        } else if let path = after("\(request).body.") ?? after("integration.response.body.") {
            self = .body(try BodyPath(jsonPath: String(decoding: path, as: UTF8.self)))
        } else if let name = after("integration.response.header.") {
            self = .responseHeader(name)
        } else if let name = after("integration.response.multivalueheader.") {
            self = .responseMultiHeader(name)
        } else if let name = after("stageVariables.") {
            self = stageVariables[String(decoding: name, as: UTF8.self)].map { .text(Array($0.utf8)) } ?? .missing
        } else if let name = after("context.") {
            let variable = ContextReference(String(decoding: name, as: UTF8.self), names.variables)
            self = variable.map(ParameterSource.context) ?? .missing
        } else {
            self = .missing
        }
    }

    var needsBody: Bool { if case .body = self { true } else { false } }

    /// A header's own name, when the source is one.
    static func name(_ text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) && text.count > prefix.count ? String(text.dropFirst(prefix.count)) : nil
    }
}

/// Evaluates sources for one call: of the request, or of the integration's answer to it.
struct ParameterValues {
    let x: Exchange
    var response: ResponseHead?
    /// nil where nothing is mapped from it.
    var body: MappedBody?

    /// The value; nil when there is none or it is empty: then nothing is mapped.
    func value(_ source: ParameterSource) -> [UInt8]? {
        let found: [UInt8]? =
            switch source {
            case .text(let text): text
            case .header(let name): requestHeaders(name).last
            case .multiHeader(let name): Self.joined(requestHeaders(name))
            case .query(let name): query(name).last
            case .multiQuery(let name): Self.joined(query(name))
            case .path(let index): x.withPathVariable(index) { Self.decoded($0) }
            case .pathNamed(let name): x.route?.variables.firstIndex(of: name).flatMap { value(.path($0)) }
            case .body(let path): body?.value(path)
            case .responseHeader(let name): responseHeaders(name).last
            case .responseMultiHeader(let name): Self.joined(responseHeaders(name))
            case .context(let variable): context(variable)
            case .missing: nil
            }
        return found?.isEmpty == false ? found : nil
    }

    /// All values of a source that may have several.
    func values(_ source: ParameterSource) -> [[UInt8]] {
        if case .multiQuery(let name) = source { return query(name) }
        return value(source).map { [$0] } ?? []
    }

    /// Decoded, of a repeated name the last; nil when it is not there.
    func lastQuery(_ name: [UInt8]) -> [UInt8]? {
        x.withHead { bytes, head in
            guard !head.query.isEmpty else { return nil }
            var found: [UInt8]?
            for pair in QueryPairs(UnsafeRawBufferPointer(rebasing: bytes[head.query.range])) where pair.name == name {
                found = pair.value
            }
            return found
        } ?? nil
    }

    /// Of the fields that an integration sees.
    func lastSeenHeader(_ name: [UInt8]) -> [UInt8]? {
        x.withHead { bytes, head in
            let field = head.fields.last {
                $0.name.count == name.count && bytes[$0.name.range].elementsEqual(name)
                    && EventHeaders.isSeen($0, bytes)
            }
            return field.map { Array(bytes[$0.value.range]) }
        } ?? nil
    }

    private func context(_ variable: ContextReference) -> [UInt8]? {
        var buffer = x.worker.allocator.buffer(capacity: 64)
        return variable.write(x, x.figures, to: &buffer) ? Array(buffer.readableBytesView) : nil
    }

    private func requestHeaders(_ name: [UInt8]) -> [[UInt8]] {
        x.withHead { bytes, head in
            Self.values(name, head.fields.filter { EventHeaders.isSeen($0, bytes) || $0.known == .host }, bytes)
        } ?? []
    }

    private func responseHeaders(_ name: [UInt8]) -> [[UInt8]] {
        guard let response else { return [] }
        return response.withBytes { Self.values(name, response.fields, $0) }
    }

    private func query(_ name: [UInt8]) -> [[UInt8]] {
        x.withHead { bytes, head in
            QueryPairs(UnsafeRawBufferPointer(rebasing: bytes[head.query.range])).filter { $0.name == name }.map(
                \.value)
        } ?? []
    }

    private static func values(
        _ name: [UInt8], _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer
    ) -> [[UInt8]] {
        fields.filter { $0.name.count == name.count && bytes[$0.name.range].elementsEqual(name) }
            .map { Array(bytes[$0.value.range]) }
    }

    private static func joined(_ values: [[UInt8]]) -> [UInt8]? {
        values.isEmpty ? nil : Array(values.joined(separator: CollectionOfOne(UInt8(ascii: ","))))
    }

    private static func decoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        PercentCoding.decode(bytes, into: &text)
        return text
    }
}
