import JSON

/// The right side of a parameter mapping: text, `$request.header.x`, or several joined by `${…}`.
///
/// Source: Developer Guide, http-api-parameter-mapping.
struct MappingExpression: Sendable {
    enum Part: Sendable {
        case text([UInt8])
        /// In lower case.
        case requestHeader([UInt8])
        case requestQuery([UInt8])
        case requestPath
        case requestPathVariable(Int)
        case requestBody
        case requestBodyPath(BodyPath)
        case responseHeader([UInt8])
        case responseBody
        case responseBodyPath(BodyPath)
        case context(ContextReference)
        /// A name that has no value: an unknown path, stage or context variable.
        case missing
    }

    let parts: [Part]

    init(
        _ text: String, variables: [String], _ stageVariables: OrderedMap<String>
    ) throws(CompileError) {
        if text.hasPrefix("$"), !text.hasPrefix("${") {
            parts = [try Self.variable(text.dropFirst(), variables, stageVariables) ?? .text(Array(text.utf8))]
            return
        }
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            if open.lowerBound > rest.startIndex { parts.append(.text(Array(rest[..<open.lowerBound].utf8))) }
            let name = rest[open.upperBound..<close]
            let whole = rest[open.lowerBound...close]
            parts.append(try Self.variable(name, variables, stageVariables) ?? .text(Array(whole.utf8)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(Array(rest.utf8))) }
        self.parts = parts
    }

    var needsRequestBody: Bool {
        parts.contains {
            switch $0 {
            case .requestBody, .requestBodyPath: true
            default: false
            }
        }
    }

    var needsResponseBody: Bool {
        parts.contains {
            switch $0 {
            case .responseBody, .responseBodyPath: true
            default: false
            }
        }
    }

    /// nil when the name is none of the known ones: then it is just text.
    private static func variable(
        _ name: Substring, _ variables: [String], _ stageVariables: OrderedMap<String>
    ) throws(CompileError) -> Part? {
        func after(_ prefix: String) -> String? {
            name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
        }
        if let header = after("request.header.") { return .requestHeader(Array(header.lowercased().utf8)) }
        if let query = after("request.querystring.") { return .requestQuery(Array(query.utf8)) }
        if name == "request.path" { return .requestPath }
        if let variable = after("request.path.") {
            return variables.firstIndex(of: variable).map(Part.requestPathVariable) ?? .missing
        }
        if name == "request.body" { return .requestBody }
        if let path = after("request.body") { return .requestBodyPath(try BodyPath(path)) }
        if let header = after("response.header.") { return .responseHeader(Array(header.lowercased().utf8)) }
        if name == "response.body" { return .responseBody }
        if let path = after("response.body") { return .responseBodyPath(try BodyPath(path)) }
        if let context = after("context.") {
            return ContextReference(context, HTTPPipeline.contextVariables).map(Part.context) ?? .missing
        }
        if let variable = after("stageVariables.") {
            return stageVariables[variable].map { .text(Array($0.utf8)) } ?? .missing
        }
        return nil
    }
}

/// A JSON path without `..` and filters: `.name`, `['name']`, `[0]`.
struct BodyPath: Sendable {
    enum Step: Sendable, Equatable {
        case member(String)
        case element(Int)
    }

    /// How much of a body a path sees: http-api-develop-integrations-aws-services, "first 100 KB".
    static let seenBytes = 102_400

    let steps: [Step]

    init(_ text: String) throws(CompileError) {
        var steps: [Step] = []
        var rest = Substring(text)
        while let first = rest.first {
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { throw Self.error(text) }
                steps.append(.member(String(name)))
                rest = rest[name.endIndex...]
            } else if first == "[", let close = rest.firstIndex(of: "]") {
                let inner = rest[..<close]
                if let number = Int(inner) {
                    steps.append(.element(number))
                } else if inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"", inner.last == quote
                {
                    steps.append(.member(String(inner.dropFirst().dropLast())))
                } else {
                    throw Self.error(text)
                }
                rest = rest[rest.index(after: close)...]
            } else {
                throw Self.error(text)
            }
        }
        self.steps = steps
    }

    /// `$.a.b`, `a.b`.
    init(jsonPath text: String) throws(CompileError) {
        let path = text.hasPrefix("$") ? text.dropFirst() : text[...]
        try self.init(path.isEmpty || path.hasPrefix("[") || path.hasPrefix(".") ? String(path) : "." + path)
    }

    private static func error(_ text: String) -> CompileError {
        CompileError(message: "Invalid mapping expression specified: the body path '\(text)' cannot be read.")
    }

    /// What the path leads to: a string's own text, anything else as JSON.
    func value(in body: [UInt8]) -> [UInt8]? {
        guard body.count <= Self.seenBytes, var value = try? JSONValue(parsing: body) else { return nil }
        for step in steps {
            switch step {
            case .member(let name):
                guard let next = value[name] else { return nil }
                value = next
            case .element(let index):
                guard let array = value.array, array.indices.contains(index) else { return nil }
                value = array[index]
            }
        }
        if case .null = value { return nil }
        if case .string(let text) = value { return Array(text.utf8) }
        return value.bytes
    }
}
