import LambdaHost

/// What `gatehouse doctor` says of this machine.
package struct RuntimeReport {
    package let text: String
    /// Whether Python and Node.js functions can run.
    package let isComplete: Bool

    package init(_ settings: ServerSettings) throws {
        let catalog = RuntimeCatalog(
            settings: LambdaHostSettings(
                account: settings.account, endpointURL: { "" }, runtimesFolder: settings.runtimesFolder,
                scratchFolder: "", searchPath: settings.searchPath, logs: Silence()))
        var lines: [String] = []
        let pythons = catalog.pythonInterpreters(all: true)
        let usable = pythons.filter { $0.problem == nil }
        lines.append(usable.isEmpty ? "python3.*     no" : "python3.*     yes")
        for python in pythons { lines.append("  \(Self.line(python))") }
        if usable.isEmpty {
            lines.append("  Install: python3 -m venv DIR/python3.11 && DIR/python3.11/bin/pip install awslambdaric,")
            lines.append("  then start Gatehouse with --runtimes DIR (`make run` does this for you).")
        }
        let nodes = catalog.nodeInterpreters()
        let usableNodes = nodes.filter { $0.problem == nil }
        lines.append(usableNodes.isEmpty ? "nodejs*.x     no" : "nodejs*.x     yes")
        for node in nodes { lines.append("  \(Self.line(node))") }
        if usableNodes.isEmpty { lines.append("  Install Node.js 18 or newer: apt-get install nodejs") }
        if let folder = NodeSDK.installed(in: settings.runtimesFolder) {
            lines.append("  AWS SDK v3 for JavaScript: \(folder)/node_modules")
        } else if let runtimes = settings.runtimesFolder {
            lines.append(
                "  AWS SDK v3 for JavaScript, which AWS's runtimes bring: not installed. Functions that do not have it")
            lines.append("  in their packages need it. Install: gatehouse doctor --install-node-sdk, or by hand:")
            lines.append("  \(NodeSDK.command(for: runtimes))")
        }
        lines.append("provided.*    yes")
        lines.append("java*, dotnet*, ruby*   no: not served yet")
        lines.append("A runtime that is not installed runs on the nearest version that is, with a note in its log.")
        text = lines.joined(separator: "\n")
        isComplete = !usable.isEmpty && !usableNodes.isEmpty
    }

    /// Installs the AWS SDK for JavaScript; answers why it could not be, nil when it is there.
    package static func installNodeSDK(
        _ settings: ServerSettings, environment: [String], onLine: @escaping @Sendable (String) -> Void
    ) async -> String? {
        guard let runtimes = settings.runtimesFolder else {
            return "There is no folder for it: name one with --runtimes DIR, and start Gatehouse with the same."
        }
        onLine("Installing the AWS SDK v3 for JavaScript into \(runtimes)/nodejs with npm")
        return await NodeSDK.install(
            into: runtimes, searchPath: settings.searchPath, environment: environment, onLine: { onLine("  " + $0) })
    }

    private static func line(_ interpreter: RuntimeCatalog.Interpreter) -> String {
        let version = interpreter.version.map(String.init).joined(separator: ".")
        return "\(version)  \(interpreter.path)" + (interpreter.problem.map { "  (not usable: \($0))" } ?? "")
    }

    private struct Silence: FunctionLogSink {
        struct Stream: FunctionLogStream {
            func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {}
        }

        func stream(of source: FunctionLogSource) -> any FunctionLogStream { Stream() }
    }
}
