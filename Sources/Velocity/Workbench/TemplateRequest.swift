package import JSON

/// A request written down: what a template is tried out with.
package final class TemplateRequest: TemplateSource {
    package let templateBody: [UInt8]
    private let parameters: [TemplateParameterPlace: [(name: String, value: String)]]
    private let stageVariables: [(name: String, value: String)]
    private let context: JSONObject

    package init(
        body: String = "", path: [(name: String, value: String)] = [],
        querystring: [(name: String, value: String)] = [],
        header: [(name: String, value: String)] = [], stageVariables: [(name: String, value: String)] = [],
        context: JSONObject = JSONObject()
    ) {
        templateBody = Array(body.utf8)
        parameters = [.path: path, .querystring: querystring, .header: header]
        self.stageVariables = stageVariables
        self.context = context
    }

    package func templateParameter(_ name: String, in place: TemplateParameterPlace) -> String? {
        parameters[place]?.last { $0.name == name }?.value
    }

    package func templateParameters(in place: TemplateParameterPlace) -> [(name: String, value: String)] {
        parameters[place] ?? []
    }

    package func templateStageVariable(_ name: String) -> String? {
        stageVariables.last { $0.name == name }?.value
    }

    package func templateStageVariables() -> [(name: String, value: String)] { stageVariables }

    package func templateContext(_ path: ContextPath) -> ContextValue {
        switch member(path.text[...], of: .object(context)) {
        case nil, .null?: .absent
        case .bool(let value)?: .boolean(value)
        case .string(let text)?: .text(text)
        case .number(let text)?: Int64(text).map { .number($0) } ?? .text(text)
        case .object?, .array?: .part
        }
    }

    package func templateContextNames(below path: String) -> [String] {
        let part = path.isEmpty ? .object(context) : member(path[...], of: .object(context))
        return part?.object?.keys.filter { path != "" || ($0 != "requestOverride" && $0 != "responseOverride") } ?? []
    }

    /// Names may have dots in them: the longest one that fits is taken.
    private func member(_ path: Substring, of value: JSONValue) -> JSONValue? {
        guard case .object(let object) = value else { return nil }
        if let whole = object[String(path)] { return whole }
        var end = path.utf8.lastIndex(of: UInt8(ascii: "."))
        while let dot = end {
            let rest = path[path.utf8.index(after: dot)...]
            if let part = object[String(path[..<dot])], let found = member(rest, of: part) { return found }
            end = path[..<dot].utf8.lastIndex(of: UInt8(ascii: "."))
        }
        return nil
    }
}
