import JSON

/// The values in the parameter store that parameters of a template name (`AWS::SSM::Parameter::Value<…>`).
package struct StoredParameters: Sendable {
    /// By their names; nil where nobody can be asked: then a name stands for its value.
    let values: [String: String]?

    /// Where a template is only read, on its way to the server that looks them up.
    package static let unasked = StoredParameters(values: nil)

    /// Whether the values are known.
    var isAsked: Bool { values != nil }

    private init(values: [String: String]?) { self.values = values }

    /// As they were looked up before.
    package init(_ lookups: TemplateLookups) { values = lookups.parameters }

    /// Names of one call. Source: API Reference, GetParameters.
    private static let atOnce = 10

    /// Looks up what the template's parameters name, with the values that are given for them.
    package init(
        of source: TemplateSource, given: [(name: String, value: String)], _ management: any Management
    ) async throws(TemplateError) {
        var unwanted = Problems(file: source.file)
        // What is wrong with the template is told when it is planned.
        let definitions = ((try? Template(source, problems: &unwanted))?.parameters ?? []).filter(\.isStored)
        let given = Dictionary(given.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        var names = Set(definitions.compactMap { given[$0.name] ?? $0.defaultValue }).sorted()
        var values: [String: String] = [:]
        while !names.isEmpty {
            let some = names.prefix(Self.atOnce)
            names.removeFirst(some.count)
            let answer: JSONValue
            do throws(ManagementCalls.Failure) {
                answer = try await ManagementCalls(management: management).targeted(
                    ManagementCalls.parameterStore, "GetParameters", ["Names": .array(some.map { .string($0) })])
            } catch { throw TemplateError(source.file, error.message) }
            for parameter in answer["Parameters"]?.array ?? [] {
                guard let name = parameter["Name"]?.string, let value = parameter["Value"]?.string else { continue }
                guard parameter["Type"]?.string != "SecureString" else {
                    throw TemplateError(
                        source.file,
                        "Parameters [\(name)] referenced by template have types not supported by CloudFormation.")
                }
                values[name + (parameter["Selector"]?.string ?? "")] = value
            }
        }
        self.values = values
    }

    /// nil when there is none of that name.
    func value(_ name: String) -> String? {
        guard let values else { return name }
        return values[name]
    }
}
