/// What a template reads of its request: asked for only when the template names it, and where it names it.
///
/// In a response template the parameters are still the request's, and the body is the integration's response.
package protocol TemplateSource: AnyObject {
    /// The text after decompression and content handling. Empty means none.
    var templateBody: [UInt8] { get }

    /// The parameter of exactly that name; of a repeated one the last value.
    func templateParameter(_ name: String, in place: TemplateParameterPlace) -> String?
    func templateParameters(in place: TemplateParameterPlace) -> [(name: String, value: String)]

    func templateStageVariable(_ name: String) -> String?
    func templateStageVariables() -> [(name: String, value: String)]

    /// What stands at `path` of `$context`, except below `requestOverride` and `responseOverride`.
    func templateContext(_ path: ContextPath) -> ContextValue
    /// The names below `path` (`""` is `$context` itself), without `requestOverride` and `responseOverride`.
    func templateContextNames(below path: String) -> [String]

    /// Appends the parameter from the path, else the query string, else the headers, if it is there.
    func printTemplateParameter(_ name: String, to output: inout [UInt8])
    /// Appends what stands at `path`; false when nothing does.
    func printTemplateContext(_ path: ContextPath, to output: inout [UInt8]) -> Bool
}

/// What is only printed need not become a string first: sources that can do better have their own.
extension TemplateSource {
    package func templateParameter(_ name: String) -> String? {
        templateParameter(name, in: .path) ?? templateParameter(name, in: .querystring)
            ?? templateParameter(name, in: .header)
    }

    package func printTemplateParameter(_ name: String, to output: inout [UInt8]) {
        if let value = templateParameter(name) { output.append(contentsOf: value.utf8) }
    }

    package func printTemplateContext(_ path: ContextPath, to output: inout [UInt8]) -> Bool {
        switch templateContext(path) {
        case .absent: return false
        case .part: break
        case .text(let text): output.append(contentsOf: text.utf8)
        case .number(let number): output.append(contentsOf: String(number).utf8)
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        }
        return true
    }
}

package enum TemplateParameterPlace: CaseIterable, Sendable {
    case path, querystring, header
}

/// A path below `$context`, such as `identity.sourceIp`.
package struct ContextPath: Sendable {
    package let text: String
    /// Its place in `Template.contextPaths`, so that a host can look it up by number; nil when the text does not name it.
    package let number: Int?

    package init(text: String, number: Int?) {
        self.text = text
        self.number = number
    }
}

package enum ContextValue: Sendable {
    case absent
    case text(String)
    case number(Int64)
    case boolean(Bool)
    /// A part with names of its own, such as `identity`: it prints nothing.
    case part
}

/// Watches a rendering: for people who write templates. Nothing is made for it when there is none.
///
/// Offsets are turned into lines and columns by `Template.positions`.
package protocol TemplateObserver: AnyObject {
    /// A reference that printed nothing because there is no such value.
    func undefined(_ reference: String, at offset: Int)
    /// `#if` or `#elseif` was decided, or the way led into `#else`.
    func branch(_ branch: TemplateBranch, at offset: Int)
    /// `#foreach` found `count` elements, of which `run` are run through.
    func loop(count: Int, run: Int, at offset: Int)
}

package enum TemplateBranch: String, Sendable {
    case ifTaken = "#if taken"
    case ifNotTaken = "#if not taken"
    case otherwise = "#else taken"
}
