import ControlPlane
import FunctionPackages
import GatewayModel
import LambdaHost
import Synchronization

/// Installs the packages of one manifest beside their place in the cache, and moves them there when they are complete.
struct Installation: Sendable {
    let manifest: any DependencyManifest
    let interpreter: String
    let searchPath: String
    let environment: [String]
    let cache: String
    let path: String
    let onProgress: @Sendable (String) -> Void

    func run() async throws(DependencyError) {
        let temporary = "\(cache)/.incoming-\(Identifiers.uuid())"
        guard CacheFolder.make(cache), CacheFolder.make(temporary) else {
            throw DependencyError("\(manifest.file): the folder \(cache) cannot be written to")
        }
        defer { CacheFolder.remove(temporary) }
        let tool = try manifest.installer(self, into: temporary)
        onProgress("\(manifest.file): installing with \(tool.executable)")
        let clock = ContinuousClock()
        let start = clock.now
        let latest = Mutex("")
        let heartbeat = Task { [onProgress, manifest] in
            while true {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                let seconds = (clock.now - start).components.seconds
                let said = latest.withLock(\.self)
                onProgress("\(manifest.file): installing, \(seconds) s" + (said.isEmpty ? "" : ": \(said)"))
            }
        }
        let (succeeded, lines) = await tool.run { line in latest.withLock { $0 = line } }
        heartbeat.cancel()
        guard succeeded else { throw DependencyError(Self.failure(manifest.file, lines)) }
        manifest.clean(temporary)
        guard CacheFolder.move(temporary, to: path) else {
            throw DependencyError("\(manifest.file): the packages cannot be moved to \(path)")
        }
        let milliseconds = (clock.now - start) / .milliseconds(1)
        onProgress("\(manifest.file): installed in \((milliseconds / 100).rounded() / 10) s")
    }

    private static let linesTold = 20

    /// What the installer called an error, else the last that it said.
    private static func failure(_ file: String, _ lines: [String]) -> String {
        let errors = lines.filter { $0.hasPrefix("ERROR") || $0.hasPrefix("npm ERR!") || $0.hasPrefix("npm error") }
        let told = (errors.isEmpty ? lines : errors).suffix(linesTold)
        return "\(file): the packages cannot be installed: " + told.joined(separator: "\n  ")
    }
}
