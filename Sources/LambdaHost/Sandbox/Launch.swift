import GatewayModel
import JSON
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Everything that starting a process needs, as a value for a thread that may block.
struct Launch: Sendable {
    struct Started: Sendable {
        let pid: Int32
        let output: Int32
        let temporaryFolder: String
        let notes: [String]
    }

    let version: Lambda.FunctionVersion
    let definition: Lambda.FunctionDefinition
    let settings: LambdaHostSettings
    let logStream: String
    let runtimeAPI: String

    func run(
        runtimes: RuntimeCatalog, processes: ProcessTable, onExit: @escaping @Sendable (ProcessTable.Exit) -> Void
    ) throws -> Started {
        let command = try runtimes.command(for: version)
        let folder = try makeTemporaryFolder()
        do {
            let (pid, output) = try processes.spawn(
                executable: command.executable, arguments: command.arguments,
                environment: environment(command, temporaryFolder: folder), folder: version.code.path, onExit: onExit)
            return Started(pid: pid, output: output, temporaryFolder: folder, notes: command.notes)
        } catch {
            Self.removeFolder(folder)
            throw LaunchError(message: error.message)
        }
    }

    /// Nothing of Gatehouse's own environment is handed on. Order of precedence: the platform's, then the function's.
    private func environment(_ command: RuntimeCatalog.Command, temporaryFolder: String) -> [String] {
        var variables: OrderedMapOfStrings = []
        for (key, value) in version.environment { variables.append((key, value)) }
        let platform: OrderedMapOfStrings = [
            ("_HANDLER", version.handler),
            ("AWS_REGION", settings.account.region),
            ("AWS_DEFAULT_REGION", settings.account.region),
            ("AWS_LAMBDA_FUNCTION_NAME", definition.functionName),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String(version.memorySize)),
            ("AWS_LAMBDA_FUNCTION_VERSION", version.version),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", version.logGroup),
            ("AWS_LAMBDA_LOG_STREAM_NAME", logStream),
            ("AWS_LAMBDA_RUNTIME_API", runtimeAPI),
            // Any credentials do: Gatehouse's own services are called, and they do not check them on loopback.
            ("AWS_ACCESS_KEY_ID", "ASIAGATEHOUSEFUNCTION"),
            ("AWS_SECRET_ACCESS_KEY", "gatehouse"),
            ("AWS_SESSION_TOKEN", "gatehouse"),
            ("LAMBDA_TASK_ROOT", version.code.path),
            ("LAMBDA_RUNTIME_DIR", command.runtimeFolder),
            ("TMPDIR", temporaryFolder),
        ]
        let unreserved: OrderedMapOfStrings = [
            ("AWS_ENDPOINT_URL", settings.endpointURL()),
            ("LANG", "en_US.UTF-8"),
            ("TZ", ":UTC"),
            ("PATH", command.searchPath),
            ("LD_LIBRARY_PATH", Self.libraryPath(command, taskRoot: version.code.path)),
            // Segments are sent there by UDP, to nobody; the SDKs want an address.
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
            ("_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"),
            ("_AWS_XRAY_DAEMON_PORT", "2000"),
        ]
        let given = Set(variables.map(\.0))
        let reserved = Set(platform.map(\.0))
        var result = platform.map { "\($0.0)=\($0.1)" }
        if !version.runtime.hasPrefix("provided") { result.append("AWS_EXECUTION_ENV=AWS_Lambda_\(version.runtime)") }
        if version.logFormat == "JSON" {
            result.append("AWS_LAMBDA_LOG_FORMAT=JSON")
            result.append("AWS_LAMBDA_LOG_LEVEL=\(version.applicationLogLevel ?? "INFO")")
        }
        result += (unreserved + command.environment).filter { !given.contains($0.0) }.map { "\($0.0)=\($0.1)" }
        result += variables.filter { !reserved.contains($0.0) }.map { "\($0.0)=\($0.1)" }
        return result
    }

    /// Where a function's native libraries are found: as on Lambda, those of the interpreter and of the system come first,
    /// so that a package cannot break its own runtime; then the task root and its `lib`.
    private static func libraryPath(_ command: RuntimeCatalog.Command, taskRoot: String) -> String {
        let system = [
            command.libraryFolder, "/usr/local/lib", "/lib64", "/usr/lib64", "/usr/lib/\(architecture)-linux-gnu",
        ]
        return (system.compactMap(\.self) + [taskRoot, taskRoot + "/lib"]).joined(separator: ":")
    }

    #if arch(arm64)
    private static let architecture = "aarch64"
    #else
    private static let architecture = "x86_64"
    #endif

    private typealias OrderedMapOfStrings = [(String, String)]

    private func makeTemporaryFolder() throws(LaunchError) -> String {
        let path = settings.scratchFolder + "/tmp-" + Identifiers.hex(16)
        guard mkdir(path, 0o700) == 0 else {
            throw LaunchError(message: "cannot make the folder \(path): \(SystemReason.text(errno))")
        }
        return path
    }

    static func removeFolder(_ path: String) { FolderRemoval.remove(path) }
}

/// Why no process could be started, for people.
struct LaunchError: Error {
    let message: String
}
