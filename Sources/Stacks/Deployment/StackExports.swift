/// What the stacks of a server export to each other.
package protocol StackExports: Sendable {
    func value(_ name: String) -> String?
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
    package func exporter(_ name: String) -> String? { nil }
    package func importers(_ name: String) -> [String] { [] }
    package func claim(_ names: [String], for stackName: String) -> String? { nil }
}
