import GatewayModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which programs run which runtimes on this machine.
///
/// A newer runtime than the machine has runs on the nearest version installed, with a note that says so.
package final class RuntimeCatalog: Sendable {
    package struct Interpreter: Sendable, Equatable {
        package let path: String
        /// `[3, 11]` or `[20]`.
        package let version: [Int]
        /// Why it cannot run functions; nil when it can.
        package let problem: String?
    }

    struct Command: Sendable {
        var executable: String
        var arguments: [String]
        var environment: [(String, String)] = []
        var searchPath: String
        var runtimeFolder: String
        /// Where an interpreter's own libraries are; nil for programs of the function's package.
        var libraryFolder: String?
        var notes: [String] = []
    }

    private let settings: LambdaHostSettings
    private let installedPythons = Mutex<[Interpreter]?>(nil)
    private let nodes = Mutex<[Interpreter]?>(nil)

    package init(settings: LambdaHostSettings) { self.settings = settings }

    func command(for version: Lambda.FunctionVersion, opt: OptFolder? = nil) throws(LaunchError) -> Command {
        if version.runtime.hasPrefix("python") { return try python(version, opt?.path) }
        if version.runtime.hasPrefix("nodejs") { return try node(version, opt?.path) }
        if version.runtime.hasPrefix("provided") { return try provided(version, opt) }
        throw LaunchError(
            message: "Gatehouse cannot run \(version.runtime) yet; python3.*, nodejs*.x and provided.* run here.")
    }

    /// What a runtime needs of the machine's files beside the function's own.
    func paths(for version: Lambda.FunctionVersion) throws(LaunchError) -> [String] {
        guard !version.layers.isEmpty, !version.runtime.hasPrefix("provided") else { return [] }
        let command = try command(for: version)
        return [command.executable, command.runtimeFolder] + (command.libraryFolder.map { [$0] } ?? [])
    }

    // MARK: Python

    static let pythonPath = "PYTHONPATH"

    private func python(_ version: Lambda.FunctionVersion, _ opt: String?) throws(LaunchError) -> Command {
        guard let interpreter = interpreter(for: version.runtime) else {
            throw LaunchError(
                message:
                    "No Python with awslambdaric was found for \(version.runtime): `gatehouse doctor` tells what to install."
            )
        }
        var command = Command(
            executable: interpreter.path, arguments: ["-m", "awslambdaric", version.handler],
            searchPath: searchPath(interpreter.path), runtimeFolder: folder(interpreter.path),
            libraryFolder: Self.libraryFolder(interpreter.path))
        // The handler's folder comes first on sys.path: `-m` puts the working folder, the task root, there.
        command.environment = [
            ("LC_CTYPE", "C.UTF-8"), ("PWD", version.code.path), ("SHLVL", "0"), ("PYTHONUNBUFFERED", "1"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ]
        if let opt {
            // In AWS's order, which is in front of the interpreter's own modules.
            let folders = ["\(opt)/python/lib/\(version.runtime)/site-packages", "\(opt)/python"]
            command.environment.append((Self.pythonPath, folders.joined(separator: ":")))
        }
        command.notes = Self.note(version.runtime, "python", Self.wanted(version.runtime), interpreter)
        return command
    }

    /// The Pythons to choose from: the private ones, which are known to be good by their files alone; those of PATH, which
    /// have to be run to be asked, only when there is no private one or somebody wants to see them all.
    package func pythonInterpreters(all: Bool = false) -> [Interpreter] {
        let found = privatePythons()
        if !found.isEmpty, !all { return found }
        let installed = installedPythons.withLock { known in
            if let known { return known }
            known = findPythons()
            return known ?? []
        }
        return found + installed
    }

    private func privatePythons() -> [Interpreter] {
        guard let runtimes = settings.runtimesFolder else { return [] }
        return (8...15).reversed().compactMap { minor in
            let home = "\(runtimes)/python3.\(minor)"
            let python = Interpreter(path: "\(home)/bin/python3", version: [3, minor], problem: nil)
            guard access(python.path, X_OK) == 0, access(Self.client(of: python), R_OK) == 0 else { return nil }
            return python
        }
    }

    /// AWS's runtime client of a private Python.
    private static func client(of python: Interpreter) -> String {
        let version = python.version.map(String.init).joined(separator: ".")
        return python.path.dropLast("bin/python3".count) + "lib/python\(version)/site-packages/awslambdaric"
    }

    private func findPythons() -> [Interpreter] {
        var found: [Interpreter] = []
        for folder in settings.searchPath.split(separator: ":") {
            for name in (8...15).reversed().map({ "python3.\($0)" }) + ["python3"] {
                let path = "\(folder)/\(name)"
                guard access(path, X_OK) == 0, let answer = ProcessOutput.read(path, ["-c", Self.question]) else {
                    continue
                }
                let words = answer.split(whereSeparator: \.isWhitespace)
                let version = words.first?.split(separator: ".").compactMap { Int($0) } ?? []
                guard words.count == 2, version.count == 2, !found.contains(where: { $0.version == version }) else {
                    continue
                }
                let problem = words[1] == "True" ? nil : "awslambdaric is not installed for it"
                found.append(Interpreter(path: path, version: version, problem: problem))
            }
        }
        return found
    }

    /// Its version, and whether it has AWS's runtime client.
    private static let question =
        "import sys, importlib.util as u; print('%d.%d' % sys.version_info[:2], u.find_spec('awslambdaric') is not None)"

    // MARK: Node.js

    private func node(_ version: Lambda.FunctionVersion, _ opt: String?) throws(LaunchError) -> Command {
        guard let interpreter = interpreter(for: version.runtime) else {
            throw LaunchError(
                message: "No Node.js was found for \(version.runtime): `gatehouse doctor` tells what to install.")
        }
        let client = settings.scratchFolder + "/node-runtime.mjs"
        try writeNodeClient(client)
        let runtimeFolder = NodeSDK.installed(in: settings.runtimesFolder) ?? settings.scratchFolder
        var command = Command(
            executable: interpreter.path, arguments: [client], searchPath: searchPath(interpreter.path),
            runtimeFolder: runtimeFolder, libraryFolder: Self.libraryFolder(interpreter.path))
        var folders = [version.code.path + "/node_modules", runtimeFolder + "/node_modules", version.code.path]
        if let opt {
            let major = Self.wanted(version.runtime)[0]
            folders.insert(
                contentsOf: ["\(opt)/nodejs/node\(major)/node_modules", "\(opt)/nodejs/node_modules"], at: 0)
        }
        command.environment = [("NODE_PATH", folders.joined(separator: ":"))]
        command.notes = Self.note(version.runtime, "nodejs", Self.wanted(version.runtime), interpreter)
        return command
    }

    package func nodeInterpreters() -> [Interpreter] {
        nodes.withLock { known in
            if let known { return known }
            var found: [Interpreter] = []
            for folder in settings.searchPath.split(separator: ":") {
                let path = "\(folder)/node"
                guard access(path, X_OK) == 0, let text = ProcessOutput.read(path, ["--version"]),
                    let major = Int(text.dropFirst().prefix { $0.isNumber })
                else { continue }
                found.append(
                    Interpreter(
                        path: path, version: [major], problem: major < 18 ? "Node.js 18 or newer is needed" : nil))
            }
            known = found
            return found
        }
    }

    /// The runtime client is part of the program; it is written beside the environments once.
    private func writeNodeClient(_ path: String) throws(LaunchError) {
        if access(path, R_OK) == 0 { return }
        let temporary = path + "." + Identifiers.hex(8)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LaunchError(message: Self.unwritten(temporary, errno)) }
        let bytes = PackageResources.node_runtime_mjs
        // Whoever functions run as reads it.
        fchmod(descriptor, 0o644)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        // What was taken in part has met a full disk.
        var error = written < 0 ? errno : ENOSPC
        close(descriptor)
        if written == bytes.count {
            if rename(temporary, path) == 0 { return }
            error = errno
        }
        unlink(temporary)
        throw LaunchError(message: Self.unwritten(path, error))
    }

    private static func unwritten(_ path: String, _ error: Int32) -> String {
        "cannot write \(path): \(SystemReason.text(error))"
    }

    // MARK: provided

    private func provided(_ version: Lambda.FunctionVersion, _ opt: OptFolder?) throws(LaunchError) -> Command {
        var bootstrap = version.code.path + "/bootstrap"
        if access(bootstrap, X_OK) != 0 {
            guard let opt, access(opt.folder + "/bootstrap", X_OK) == 0 else {
                throw LaunchError(message: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")
            }
            bootstrap = opt.path + "/bootstrap"
        }
        return Command(
            executable: bootstrap, arguments: [], searchPath: searchPath(version.code.path + "/bootstrap"),
            runtimeFolder: version.code.path)
    }

    // MARK: Choosing

    /// What functions may be run with, programs and folders: whoever they run as has to get there.
    package var places: [String] {
        let usable = (pythonInterpreters() + nodeInterpreters()).filter { $0.problem == nil }.map(\.path)
        return usable + usable.compactMap(Self.libraryFolder) + (settings.runtimesFolder.map { [$0] } ?? [])
            + privatePythons().map { Self.client(of: $0) }
            + (NodeSDK.installed(in: settings.runtimesFolder).map { [$0 + "/node_modules/@aws-sdk"] } ?? [])
    }

    /// What runs functions of a runtime; nil when nothing here does.
    package func interpreter(for runtime: String) -> Interpreter? {
        let all: [Interpreter]
        if runtime.hasPrefix("python") {
            all = pythonInterpreters()
        } else if runtime.hasPrefix("nodejs") {
            all = nodeInterpreters()
        } else {
            return nil
        }
        return Self.nearest(Self.wanted(runtime), all.filter { $0.problem == nil })
    }

    /// `[3, 12]` of `python3.12`, `[20]` of `nodejs20.x`.
    private static func wanted(_ runtime: String) -> [Int] {
        let numbers = runtime.drop { !$0.isNumber }.split(separator: ".").compactMap { Int($0) }
        return numbers.isEmpty ? [0] : numbers
    }

    /// The wanted version, else the nearest newer one, else the nearest older one.
    static func nearest(_ wanted: [Int], _ interpreters: [Interpreter]) -> Interpreter? {
        func rank(_ version: [Int]) -> Int { (version.first ?? 0) * 1000 + (version.count > 1 ? version[1] : 0) }
        let target = rank(wanted)
        let sorted = interpreters.sorted { rank($0.version) < rank($1.version) }
        if let exact = interpreters.first(where: { rank($0.version) == target }) { return exact }
        return sorted.first { rank($0.version) > target } ?? sorted.last
    }

    private static func note(_ runtime: String, _ family: String, _ wanted: [Int], _ used: Interpreter) -> [String] {
        guard wanted.prefix(used.version.count) != used.version[...] else { return [] }
        let name = family + used.version.map(String.init).joined(separator: ".")
        return ["note: \(runtime) is not installed here; this function runs on \(name) (\(used.path))"]
    }

    private func searchPath(_ executable: String) -> String {
        folder(executable) + ":/usr/local/bin:/usr/bin:/bin"
    }

    /// `lib` beside the `bin` that the interpreter really lies in: a virtual environment only links to it.
    private static func libraryFolder(_ interpreter: String) -> String? {
        guard let resolved = realpath(interpreter, nil) else { return nil }
        defer { free(resolved) }
        let components = String(cString: resolved).split(separator: "/").dropLast(2)
        return components.isEmpty ? nil : "/" + components.joined(separator: "/") + "/lib"
    }

    private func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    }
}
