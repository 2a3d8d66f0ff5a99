/// What the control plane needs to know of packages that local code asks for in a file of its own: requirements.txt,
/// package.json.
package protocol FunctionDependencies: Sendable {
    /// Installs what the code in `folder` asks for, unless that was done before. Nil when it asks for nothing.
    func install(for folder: String, runtime: String) async throws(DependencyError) -> DependencyFolder?
}

/// A folder whose entries belong beside the code. What is in it never changes.
package struct DependencyFolder: Sendable, Equatable {
    package let path: String

    package init(path: String) { self.path = path }

    /// A name for what these contents ask for.
    package static func name(of contents: [[UInt8]]) -> String {
        FunctionPackages.digest(contents.flatMap { Array(FunctionPackages.digest($0).utf8) })
    }
}

/// Why packages cannot be installed, in words for people: which file, and what the installer said.
package struct DependencyError: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}
