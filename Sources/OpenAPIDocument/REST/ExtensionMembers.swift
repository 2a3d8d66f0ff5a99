import JSON

/// The members of an extension. One that has another form than it should is left out, and told.
struct ExtensionMembers {
    private let value: JSONValue?
    /// Whose they are, for people.
    private let owner: String
    private(set) var warnings: [String] = []

    /// Characters of a value that a warning shows.
    private static let shownCharacters = 100

    init(_ value: JSONValue?, of owner: String) {
        self.value = value
        self.owner = owner
    }

    mutating func text(_ name: String) -> String? { read(name, "string", \.string) }

    /// Also as text, which is what CloudFormation's functions make of numbers.
    mutating func integer(_ name: String) -> Int? {
        read(name, "integer") { $0.integer ?? $0.string.flatMap { Int($0) } }
    }

    /// Also as text, as `integer`.
    mutating func flag(_ name: String) -> Bool? {
        read(name, "boolean") { value in
            switch value.string?.lowercased() {
            case "true": true
            case "false": false
            default: value.bool
            }
        }
    }

    mutating func texts(_ name: String) -> [String]? {
        read(name, "array of strings") { value in
            guard let values = value.array else { return nil }
            let texts = values.compactMap(\.string)
            return texts.count == values.count ? texts : nil
        }
    }

    private mutating func read<Value>(_ name: String, _ type: String, _ form: (JSONValue) -> Value?) -> Value? {
        guard let member = value?[name], !member.isNull else { return nil }
        if let value = form(member) { return value }
        warn(name, type, member)
        return nil
    }

    /// The words are AWS's for request parameters.
    private mutating func warn(_ name: String, _ type: String, _ value: JSONValue) {
        let shown = value.text.prefix(Self.shownCharacters)
        warnings.append("Invalid format for '\(name)'. Expected type \(type) for \(owner) but got '\(shown)'")
    }
}
