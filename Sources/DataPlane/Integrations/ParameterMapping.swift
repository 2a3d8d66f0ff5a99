import JSON

/// One change of a request or response: `append:header.x`, `overwrite:querystring.y`, `remove:header.z`, …
struct MappingChange: Sendable {
    enum Kind: String, Sendable { case append, overwrite, remove }

    let kind: Kind
    /// A header's name is kept in lower case.
    let name: [UInt8]
    let value: MappingExpression
}

/// The compiled `requestParameters` of an HTTP proxy integration.
struct RequestMapping: Sendable {
    var headers: [MappingChange] = []
    var query: [MappingChange] = []
    var path: MappingExpression?

    init?(
        _ parameters: OrderedMap<String>?, variables: [String], _ stageVariables: OrderedMap<String>
    ) throws(CompileError) {
        guard let parameters, !parameters.isEmpty else { return nil }
        for (key, text) in parameters {
            let expression = try MappingExpression(text, variables: variables, stageVariables)
            if key == "overwrite:path" {
                path = expression
                continue
            }
            let (kind, location) = try MappingKey.split(key)
            if let name = MappingKey.name(location, "header.") {
                headers.append(MappingChange(kind: kind, name: Array(name.lowercased().utf8), value: expression))
            } else if let name = MappingKey.name(location, "querystring.") {
                query.append(MappingChange(kind: kind, name: Array(name.utf8), value: expression))
            } else {
                throw MappingKey.error(key)
            }
        }
    }

    var needsBody: Bool {
        (headers + query).contains { $0.value.needsRequestBody } || path?.needsRequestBody == true
    }
}

/// The compiled `responseParameters`: changes by the status that the origin answered.
struct ResponseMapping: Sendable {
    struct Changes: Sendable {
        var headers: [MappingChange] = []
        var status: MappingExpression?

        var needsBody: Bool {
            headers.contains { $0.value.needsResponseBody } || status?.needsResponseBody == true
        }
    }

    private var byStatus: [Int: Changes] = [:]

    init?(
        _ parameters: OrderedMap<OrderedMap<String>>?, variables: [String], _ stageVariables: OrderedMap<String>
    ) throws(CompileError) {
        guard let parameters, !parameters.isEmpty else { return nil }
        for (status, entries) in parameters {
            guard let status = Int(status) else { throw MappingKey.error(status) }
            var changes = Changes()
            for (key, text) in entries {
                let expression = try MappingExpression(text, variables: variables, stageVariables)
                if key == "overwrite:statuscode" {
                    changes.status = expression
                    continue
                }
                let (kind, location) = try MappingKey.split(key)
                guard let name = MappingKey.name(location, "header.") else { throw MappingKey.error(key) }
                changes.headers.append(
                    MappingChange(kind: kind, name: Array(name.lowercased().utf8), value: expression))
            }
            byStatus[status] = changes
        }
    }

    func changes(for status: Int) -> Changes? { byStatus[status] }
}

private enum MappingKey {
    static func split(_ key: String) throws(CompileError) -> (MappingChange.Kind, Substring) {
        let halves = key.split(separator: ":", maxSplits: 1)
        guard halves.count == 2, let kind = MappingChange.Kind(rawValue: String(halves[0])) else { throw error(key) }
        return (kind, halves[1])
    }

    static func name(_ location: Substring, _ prefix: String) -> Substring? {
        guard location.hasPrefix(prefix), location.count > prefix.count else { return nil }
        return location.dropFirst(prefix.count)
    }

    static func error(_ key: String) -> CompileError {
        CompileError(message: "Invalid mapping expression specified: the parameter '\(key)' cannot be read.")
    }
}
