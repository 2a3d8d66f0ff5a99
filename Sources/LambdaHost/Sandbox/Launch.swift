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
        let session: FunctionSession?
        /// Nil: the server's own user.
        let identity: ProcessIdentity?
    }

    let version: Lambda.FunctionVersion
    let definition: Lambda.FunctionDefinition
    let settings: LambdaHostSettings
    let logStream: String
    let runtimeAPI: String

    func run(
        runtimes: RuntimeCatalog, processes: ProcessTable, onExit: @escaping @Sendable (ProcessTable.Exit) -> Void
    ) throws -> Started {
        let folder = try makeTemporaryFolder()
        do throws(LaunchError) {
            let used = [version.code.path, folder] + (try runtimes.paths(for: version))
            let identity = try settings.fence?.admit(
                to: [version.code.path] + version.layers.map(\.path), temporaryFolder: folder)
            let opt = try OptFolder(
                version.layers, merged: Self.optFolder(of: folder), used: used, toOthers: identity != nil)
            let command = wrapped(try runtimes.command(for: version, opt: opt), opt)
            let session = try beginSession()
            let (pid, output) = try spawn(command, opt, session, identity, temporaryFolder: folder, processes, onExit)
            return Started(
                pid: pid, output: output, temporaryFolder: folder, notes: command.notes, session: session,
                identity: identity)
        } catch {
            Self.removeFolder(folder)
            throw error
        }
    }

    private func beginSession() throws(LaunchError) -> FunctionSession? {
        guard let source = settings.sessions, let roleId = version.roleId else { return nil }
        // Without credentials it would do what its role forbids.
        guard let session = source.beginSession(of: definition.functionName, roleId: roleId) else {
            throw LaunchError(message: "there are no credentials for one more environment")
        }
        return session
    }

    /// A program of the function's, or of a layer, that starts the runtime (Lambda Developer Guide, runtimes-modify). A
    /// runtime of one's own looks after that itself.
    private func wrapped(_ command: RuntimeCatalog.Command, _ opt: OptFolder?) -> RuntimeCatalog.Command {
        guard var program = version.environment["AWS_LAMBDA_EXEC_WRAPPER"], !program.isEmpty,
            !version.runtime.hasPrefix("provided")
        else { return command }
        // Where AWS has these folders.
        for (place, folder) in [("/var/task/", version.code.path), ("/opt/", opt?.path ?? "/opt")]
        where program.hasPrefix(place) { program = "\(folder)/\(program.dropFirst(place.count))" }
        var command = command
        command.arguments.insert(command.executable, at: 0)
        command.executable = program
        return command
    }

    private func spawn(
        _ command: RuntimeCatalog.Command, _ opt: OptFolder?, _ session: FunctionSession?, _ identity: ProcessIdentity?,
        temporaryFolder: String, _ processes: ProcessTable, _ onExit: @escaping @Sendable (ProcessTable.Exit) -> Void
    ) throws(LaunchError) -> (pid: Int32, output: Int32) {
        do throws(ProcessTable.Failure) {
            return try processes.spawn(
                executable: command.executable, arguments: command.arguments,
                environment: environment(command, session, opt: opt?.path, temporaryFolder: temporaryFolder),
                folder: version.code.path, opt: opt.flatMap { $0.isShown ? $0.folder : nil },
                identity: identity, onExit: onExit)
        } catch {
            throw LaunchError(message: error.message)
        }
    }

    /// Nothing of Gatehouse's own environment is handed on. Order of precedence: the platform's, then the function's.
    private func environment(
        _ command: RuntimeCatalog.Command, _ session: FunctionSession?, opt: String?, temporaryFolder: String
    ) -> [String] {
        var variables: OrderedMapOfStrings = []
        for (key, value) in version.environment { variables.append((key, value)) }
        // AWS's Python looks into layers whatever the function says; here this variable is how it does.
        if let position = variables.firstIndex(where: { $0.0 == RuntimeCatalog.pythonPath }),
            let ofLayers = command.environment.first(where: { $0.0 == RuntimeCatalog.pythonPath })
        {
            variables[position].1 += ":" + ofLayers.1
        }
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
            // Without a role that is known, those of nobody: on loopback they do, unless credentials are required.
            ("AWS_ACCESS_KEY_ID", session?.accessKeyId ?? "ASIAGATEHOUSEFUNCTION"),
            ("AWS_SECRET_ACCESS_KEY", session?.secretAccessKey ?? "gatehouse"),
            ("AWS_SESSION_TOKEN", session?.token ?? "gatehouse"),
            ("LAMBDA_TASK_ROOT", version.code.path),
            ("LAMBDA_RUNTIME_DIR", command.runtimeFolder),
            ("TMPDIR", temporaryFolder),
        ]
        let unreserved: OrderedMapOfStrings = [
            ("AWS_ENDPOINT_URL", settings.endpointURL()),
            ("LANG", "en_US.UTF-8"),
            ("TZ", ":UTC"),
            ("PATH", command.searchPath + (opt.map { ":\($0)/bin" } ?? "")),
            ("LD_LIBRARY_PATH", Self.libraryPath(command, taskRoot: version.code.path, opt: opt)),
            // Segments are sent there by UDP, to nobody; the SDKs want an address.
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
            ("_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"),
            ("_AWS_XRAY_DAEMON_PORT", "2000"),
        ]
        let given = Set(variables.map(\.0))
        let https = settings.ownHTTPS()?.variables(runtime: version.runtime, given: given) ?? []
        let reserved = Set(platform.map(\.0))
        var result = platform.map { "\($0.0)=\($0.1)" }
        if !version.runtime.hasPrefix("provided") { result.append("AWS_EXECUTION_ENV=AWS_Lambda_\(version.runtime)") }
        if version.logFormat == "JSON" {
            result.append("AWS_LAMBDA_LOG_FORMAT=JSON")
            result.append("AWS_LAMBDA_LOG_LEVEL=\(version.applicationLogLevel ?? "INFO")")
        }
        result += (unreserved + command.environment + https).filter { !given.contains($0.0) }.map { "\($0.0)=\($0.1)" }
        result += variables.filter { !reserved.contains($0.0) }.map { "\($0.0)=\($0.1)" }
        return result
    }

    /// Where a function's native libraries are found: as on Lambda, those of the interpreter and of the system come first,
    /// so that a package cannot break its own runtime; then the task root and its `lib`, and that of layers.
    private static func libraryPath(_ command: RuntimeCatalog.Command, taskRoot: String, opt: String?) -> String {
        let system = [
            command.libraryFolder, "/usr/local/lib", "/lib64", "/usr/lib64", "/usr/lib/\(architecture)-linux-gnu",
        ]
        return (system.compactMap(\.self) + [taskRoot, taskRoot + "/lib"] + (opt.map { [$0 + "/lib"] } ?? []))
            .joined(separator: ":")
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

    /// The temporary folder, and what was made of layers beside it.
    static func removeFolder(_ path: String) {
        FolderRemoval.remove(path)
        FolderRemoval.remove(optFolder(of: path))
    }

    private static func optFolder(of temporaryFolder: String) -> String { temporaryFolder + "-opt" }
}

/// Why no process could be started, for people.
struct LaunchError: Error {
    let message: String
}
