import ControlPlane
import FunctionPackages
import JSON
import LambdaHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// package.json, with its lock file if there is one, for npm.
struct NodePackages: DependencyManifest {
    let file: String
    let contents: [[UInt8]]
    private let lock: String?

    private static let lockFiles = ["npm-shrinkwrap.json", "package-lock.json"]

    /// Nil when there is no such file, when it asks for nothing, and when the code has its packages with it.
    init?(_ folder: String) throws(DependencyError) {
        file = folder + "/package.json"
        guard !CacheFolder.isThere(folder + "/node_modules"), let bytes = CacheFolder.contents(file) else { return nil }
        guard let members = try? JSONValue(parsing: bytes) else { throw DependencyError("\(file): it is not JSON") }
        let wanted = ["dependencies", "optionalDependencies"].compactMap { members[$0]?.object }
        guard wanted.contains(where: { !$0.isEmpty }) else { return nil }
        for dependency in wanted.flatMap(\.members) {
            let version = dependency.value.string ?? ""
            guard !["file:", "link:", "workspace:", ".", "/", "~/"].contains(where: version.hasPrefix) else {
                throw DependencyError(
                    "\(file): packages of this machine are not installed: \(dependency.key) is \(version)")
            }
        }
        lock = Self.lockFiles.first { CacheFolder.isThere("\(folder)/\($0)") }
        contents = [bytes] + (lock.flatMap { CacheFolder.contents("\(folder)/\($0)") }.map { [$0] } ?? [])
    }

    func isSatisfied(_ installation: Installation) async -> Bool { false }

    func installer(_ installation: Installation, into folder: String) throws(DependencyError) -> ToolProcess {
        let home = installation.interpreter.prefix(
            upTo: installation.interpreter.lastIndex(of: "/") ?? installation.interpreter.startIndex)
        let folders = [String(home)] + installation.searchPath.split(separator: ":").map(String.init)
        guard let npm = folders.map({ $0 + "/npm" }).first(where: { access($0, X_OK) == 0 }) else {
            throw DependencyError("\(file): npm is not installed; put the packages into node_modules beside it")
        }
        for (name, bytes) in zip(["package.json"] + (lock.map { [$0] } ?? []), contents) {
            guard CacheFolder.write(bytes, to: "\(folder)/\(name)") else {
                throw DependencyError("\(file): \(folder) cannot be written to")
            }
        }
        return ToolProcess(
            executable: npm,
            arguments: [
                lock == nil ? "install" : "ci", "--omit=dev", "--no-audit", "--no-fund", "--prefix", folder,
            ], environment: installation.environment, folder: folder)
    }

    func clean(_ folder: String) {
        for name in ["package.json"] + Self.lockFiles { CacheFolder.remove("\(folder)/\(name)") }
    }
}
