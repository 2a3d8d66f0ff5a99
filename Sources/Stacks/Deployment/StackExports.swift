/// What the stacks of a server export to each other.
package protocol StackExports: Sendable {
    func value(_ name: String) -> String?
    /// The value, for a stack that is being made of it: until it is known what it imports, it counts as an importer.
    func use(_ name: String, by stackName: String) -> String?
    /// The stack that exports the name.
    func exporter(_ name: String) -> String?
    /// The stacks that import the name.
    func importers(_ name: String) -> [String]
    /// Keeps names for a stack that is about to export them; nil, or the first one that another stack has.
    func claim(_ names: [String], for stackName: String) -> String?
}

/// For a stack that is alone.
package struct NoExports: StackExports {
    package init() {}
    package func value(_ name: String) -> String? { nil }
    package func use(_ name: String, by stackName: String) -> String? { nil }
    package func exporter(_ name: String) -> String? { nil }
    package func importers(_ name: String) -> [String] { [] }
    package func claim(_ names: [String], for stackName: String) -> String? { nil }
}

/// As a stack sees them that is under way.
struct UsedExports: StackExports {
    let exports: any StackExports
    let stackName: String

    func value(_ name: String) -> String? { exports.use(name, by: stackName) }
    func use(_ name: String, by stackName: String) -> String? { exports.use(name, by: stackName) }
    func exporter(_ name: String) -> String? { exports.exporter(name) }
    func importers(_ name: String) -> [String] { exports.importers(name) }
    func claim(_ names: [String], for stackName: String) -> String? { exports.claim(names, for: stackName) }
}
