import ControlPlane
import FunctionPackages
import LambdaHost
import Synchronization

/// Packages that local code asks for in a file beside it, installed once into a cache and found again by the file's
/// content and the interpreter. The code's own folder stays as it is.
///
/// They are linked beside the code in its copy rather than named in PYTHONPATH or NODE_PATH: that is where packages lie
/// on AWS, where `import` of Node.js's modules finds them (it does not look at NODE_PATH), and where a function's own
/// variables cannot hide them.
final class InstalledDependencies: FunctionDependencies {
    private let settings: DependencySettings
    private let host: LambdaHost
    private let onProgress: @Sendable (String) -> Void
    private let turns = InstallTurns()

    init(_ settings: DependencySettings, host: LambdaHost, onProgress: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.host = host
        self.onProgress = onProgress
    }

    func install(for folder: String, runtime: String) async throws(DependencyError) -> DependencyFolder? {
        guard let manifest = try manifest(in: folder, runtime: runtime) else { return nil }
        guard let interpreter = host.runtimes.interpreter(for: runtime) else { return nil }
        let name = DependencyFolder.name(
            of: manifest.contents + [Array("\(interpreter.path) \(interpreter.version)".utf8)])
        let path = "\(settings.cache)/\(name)"
        // Two functions may ask for the same at once.
        await turns.take(name)
        defer { turns.giveBack(name) }
        if CacheFolder.isThere(path) { return try open(path, for: manifest.file) }
        let installation = Installation(
            manifest: manifest, interpreter: interpreter.path, searchPath: settings.searchPath,
            environment: settings.environment, cache: settings.cache, path: path, onProgress: onProgress)
        if turns.isKnownToNeedNothing(name) { return nil }
        if await manifest.isSatisfied(installation) {
            turns.noteNothingNeeded(name)
            return nil
        }
        try await installation.run()
        return try open(path, for: manifest.file)
    }

    /// Only links to it are made, so whoever functions run as has to get there.
    private func open(_ path: String, for file: String) throws(DependencyError) -> DependencyFolder {
        if let fence = host.fence, let (closed, _) = fence.firstClosed(to: [path]) {
            throw DependencyError(
                "\(file): its packages are in \(settings.cache), but \(fence.user.name), whom functions run as, may not "
                    + "enter \(closed). Name another folder with XDG_CACHE_HOME, such as /var/cache")
        }
        return DependencyFolder(path: path)
    }

    private func manifest(
        in folder: String, runtime: String
    ) throws(DependencyError) -> (any DependencyManifest)? {
        if runtime.hasPrefix("python") { return try PythonRequirements(folder) }
        if runtime.hasPrefix("nodejs") { return try NodePackages(folder) }
        return nil
    }
}

/// Where packages are installed, and with which environment.
package struct DependencySettings: Sendable {
    /// Absolute; it is made when something is installed.
    package var cache: String
    /// Where programs such as npm are looked for, as PATH gives it.
    package var searchPath: String
    /// What installers are run with, `NAME=value`: they have settings, proxies and credentials there.
    package var environment: [String]

    package init(cache: String, searchPath: String, environment: [String]) {
        self.cache = cache
        self.searchPath = searchPath
        self.environment = environment
    }
}

/// A file that names packages.
protocol DependencyManifest: Sendable {
    /// The file that is named in messages.
    var file: String { get }
    /// All that decides what is installed.
    var contents: [[UInt8]] { get }
    /// Whether the interpreter has all of it without any installing.
    func isSatisfied(_ installation: Installation) async -> Bool
    /// What installs it into the folder.
    func installer(_ installation: Installation, into folder: String) throws(DependencyError) -> ToolProcess
    /// Leaves in the folder only what belongs beside code.
    func clean(_ folder: String)
}

/// One installation of one name at a time.
private final class InstallTurns: Sendable {
    private struct State {
        var taken: Set<String> = []
        var waiting: [(name: String, continuation: CheckedContinuation<Void, Never>)] = []
        var needNothing: Set<String> = []
    }

    private let state = Mutex(State())

    func take(_ name: String) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            state.withLock { state in
                if state.taken.insert(name).inserted {
                    continuation.resume()
                } else {
                    state.waiting.append((name, continuation))
                }
            }
        }
    }

    func giveBack(_ name: String) {
        state.withLock { state in
            if let next = state.waiting.firstIndex(where: { $0.name == name }) {
                state.waiting.remove(at: next).continuation.resume()
            } else {
                state.taken.remove(name)
            }
        }
    }

    func isKnownToNeedNothing(_ name: String) -> Bool { state.withLock { $0.needNothing.contains(name) } }
    func noteNothingNeeded(_ name: String) { state.withLock { _ = $0.needNothing.insert(name) } }
}
