import JSON

/// Parameter mappings of integrations: which destinations there are, and what a value may say.
///
/// Sources: docs/http-api-parameter-mapping; the service's messages for destinations and status codes.
enum ParameterMapping {
    static func checkRequest(_ mappings: OrderedMap<String>) throws(ServiceError) {
        try checkCount(mappings.count)
        for (key, value) in mappings {
            let destination = Destination(key)
            switch (destination?.place, destination?.action) {
            case (.header(let name)?, _): try checkHeader(name)
            case (.querystring(let name)?, _):
                guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                    throw invalid("Request", key)
                }
            case (.path?, .overwrite?): break
            default: throw invalid("Request", key)
            }
            try checkValue(value, action: destination?.action, sources: Self.requestSources)
        }
    }

    static func checkResponse(_ mappings: OrderedMap<OrderedMap<String>>) throws(ServiceError) {
        try checkCount(mappings.reduce(0) { $0 + $1.value.count })
        for (status, mappings) in mappings {
            guard status.utf8.count == 3, let code = Int(status), 200...599 ~= code else {
                throw V2Error.invalidMapping("Status Code \(status) is not valid.")
            }
            for (key, value) in mappings {
                let destination = Destination(key)
                switch (destination?.place, destination?.action) {
                case (.header(let name)?, _): try checkHeader(name)
                case (.statuscode?, .overwrite?):
                    guard value.hasPrefix("$") || Int(value).map({ 200...599 ~= $0 }) == true else {
                        throw V2Error.invalidMapping("Status Code \(value) is not valid.")
                    }
                default: throw invalid("Response", key)
                }
                try checkValue(value, action: destination?.action, sources: Self.responseSources)
            }
        }
    }

    private static let requestSources = ["request", "context", "stageVariables"]
    private static let responseSources = ["response", "context", "stageVariables"]

    private static func invalid(_ side: String, _ key: String) -> ServiceError {
        V2Error.invalidMapping("Invalid \(side) Actioned Parameter destination specified: \(key)")
    }

    private static func checkCount(_ count: Int) throws(ServiceError) {
        guard count <= V2Quotas.mappings else {
            throw V2Error.badRequest("An integration can have at most \(V2Quotas.mappings) parameter mappings.")
        }
    }
}

/// `append:header.name`, taken apart.
private struct Destination {
    enum Action: String { case append, overwrite, remove }

    enum Place {
        case header(Substring)
        case querystring(Substring)
        case path
        case statuscode
    }

    let action: Action
    let place: Place

    init?(_ key: String) {
        guard let colon = key.firstIndex(of: ":"), let action = Action(rawValue: String(key[..<colon])) else {
            return nil
        }
        self.action = action
        let rest = key[key.index(after: colon)...]
        if rest == "path" {
            place = .path
        } else if rest == "statuscode" {
            place = .statuscode
        } else if rest.hasPrefix("header.") {
            place = .header(rest.dropFirst("header.".count))
        } else if rest.hasPrefix("querystring.") {
            place = .querystring(rest.dropFirst("querystring.".count))
        } else {
            return nil
        }
    }
}

extension ParameterMapping {
    /// Headers that no mapping may touch (the table of reserved headers).
    private static let reserved: Set<String> = [
        "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded",
        "keep-alive", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailers", "transfer-encoding",
        "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via",
    ]
    private static let reservedPrefixes = ["access-control-", "apigw-", "x-amz-", "x-amzn-"]

    private static func checkHeader(_ name: Substring) throws(ServiceError) {
        guard Tokens.isToken(name) else { throw V2Error.invalidMapping("Invalid header name specified: \(name)") }
        let lowercased = name.lowercased()
        guard !reserved.contains(lowercased), !reservedPrefixes.contains(where: lowercased.hasPrefix) else {
            throw V2Error.invalidMapping("Operations on header \(name) are restricted")
        }
    }

    static func checkText(_ value: String) throws(ServiceError) {
        guard value.utf8.count <= V2Quotas.mappingLength else {
            throw V2Error.badRequest("A mapping value must have at most \(V2Quotas.mappingLength) characters.")
        }
        // A value goes into a header line.
        guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            throw V2Error.invalidMapping("Invalid mapping expression specified: control characters are not allowed")
        }
    }

    /// A bare `$source.name`, text with `${source.name}` in it, or plain text. Removing takes `''`.
    private static func checkValue(
        _ value: String, action: Destination.Action?, sources: [String]
    ) throws(ServiceError) {
        try checkText(value)
        if action == .remove { return }
        guard !value.isEmpty else { throw V2Error.invalidMapping("Mapping expression missing source or destination") }
        if value.hasPrefix("$"), !value.hasPrefix("${") {
            return try checkSource(value.dropFirst(), in: value, sources)
        }
        var rest = value[...]
        while let open = rest.firstRange(of: "${") {
            let after = rest[open.upperBound...]
            guard let close = after.firstIndex(of: "}") else { throw invalidExpression(value) }
            try checkSource(after[..<close], in: value, sources)
            rest = after[after.index(after: close)...]
        }
    }

    private static func checkSource(_ text: Substring, in value: String, _ sources: [String]) throws(ServiceError) {
        guard let source = sources.first(where: { text.hasPrefix($0 + ".") }) else { throw invalidExpression(value) }
        let name = text.dropFirst(source.count + 1)
        let isValid =
            switch source {
            case "stageVariables": StageVariableExpression.isName(name)
            case "context": isContextName(name)
            case "request":
                isBody(name) || name == "path" || isNamed(name, "path.") || isNamed(name, "querystring.")
                    || isHeader(name)
            default: isBody(name) || isHeader(name)
            }
        guard isValid else { throw invalidExpression(value) }
    }

    private static func isNamed(_ name: Substring, _ prefix: String) -> Bool {
        name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count
    }

    private static func isHeader(_ name: Substring) -> Bool {
        name.hasPrefix("header.") && Tokens.isToken(name.dropFirst("header.".count))
    }

    /// The whole body, or a JSONPath into it without recursion (`..`) and filters (`?()`).
    private static func isBody(_ name: Substring) -> Bool {
        if name == "body" { return true }
        guard isNamed(name, "body.") || isNamed(name, "body[") else { return false }
        return !name.contains("..") && !name.contains("?(")
    }

    /// Letters and digits, with `.` and `_` as the only other characters.
    private static func isContextName(_ name: Substring) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(StageVariableExpression.isName)
    }

    private static func invalidExpression(_ value: String) -> ServiceError {
        V2Error.invalidMapping("Invalid mapping expression specified: \(value)")
    }
}
