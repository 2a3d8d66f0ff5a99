import GatewayModel

/// A change of a function that is being worked on: code and configuration together, tried before they replace what
/// runs. Callers inside the process ask for it with one more member of UpdateFunctionCode; with `DryRun` it is only
/// tried, and the same call without it finds what was tried.
struct FunctionTrial: Sendable {
    /// Its value has the members of UpdateFunctionConfiguration that differ.
    static let member = "GatehouseTrial"

    let configuration: ConfigurationInput
    private let revision = Identifiers.uuid()
    /// The function before the change.
    private var origin: String?
    private var tried: LambdaFunction?

    init(_ members: Members) throws(ServiceError) { configuration = try ConfigurationInput(members) }

    /// The function as it is rehearsed.
    ///
    /// - Parameter isNeeded: whether to start it even if no calls have come to the function.
    mutating func candidate(_ function: LambdaFunction, isNeeded: Bool) -> (LambdaFunction, isNeeded: Bool) {
        var candidate = function
        origin = function.head.environmentRevision
        candidate.head.environmentRevision = revision
        tried = candidate
        return (candidate, isNeeded)
    }

    /// Whether this is what was tried.
    func has(_ function: LambdaFunction) -> Bool {
        function.head.environmentRevision == origin && tried?.runs(as: function) ?? false
    }

    /// The revision that was rehearsed; nil when the function has become another one meanwhile: what was rehearsed is
    /// not what will run.
    func revision(for function: LambdaFunction) -> String? {
        function.head.environmentRevision == origin ? revision : nil
    }
}

extension LambdaFunction {
    /// Whether it has the same code and configuration.
    func runs(as other: LambdaFunction) -> Bool {
        head.code == other.head.code && head.configuration == other.head.configuration
    }

    /// Whether what a start begins with differs: the handler's own file, or what it is told. A file that many functions
    /// share is tried with those that are in use; starting all the others for it would keep everybody waiting.
    func startsAnew(after old: LambdaFunction, in snapshots: CodeSnapshots) -> Bool {
        let (new, before) = (head.configuration, old.head.configuration)
        guard new.Handler == before.Handler, new.Runtime == before.Runtime, new.Environment == before.Environment,
            let newCopy = head.code.snapshot, let oldCopy = old.head.code.snapshot
        else { return true }
        // Of an unchanged file the copies are one file with two names.
        return HandlerFile.paths(new.Handler, runtime: new.Runtime).contains { path in
            Files.identity("\(snapshots.codeFolder(of: newCopy))/\(path)")?.node
                != Files.identity("\(snapshots.codeFolder(of: oldCopy))/\(path)")?.node
        }
    }
}

/// The file that a handler is in.
enum HandlerFile {
    /// Where it may lie in the code.
    static func paths(_ handler: String, runtime: String) -> [String] {
        if runtime.hasPrefix("python") {
            // `pkg/app.handler` and `pkg.app.handler` are the function handler of the module pkg.app.
            let module = handler.split(separator: ".").dropLast().joined(separator: "/")
            return ["\(module).py", "\(module)/__init__.py"]
        }
        if runtime.hasPrefix("nodejs") {
            // The file's name ends at the first dot behind the last slash.
            let folder = handler.lastIndex(of: "/").map { handler[...$0] } ?? ""
            let module = folder + handler.dropFirst(folder.count).prefix { $0 != "." }
            return ["js", "mjs", "cjs"].map { "\(module).\($0)" }
        }
        return ["bootstrap"]
    }
}
