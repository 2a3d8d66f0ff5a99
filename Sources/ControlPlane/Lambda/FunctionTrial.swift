import FunctionPackages
import GatewayModel
import Synchronization

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

    /// Lets the host start what the function is to become, unless that is what runs or what was tried before. Code
    /// that does not start is refused.
    mutating func tryOut(
        _ new: LambdaFunction, replacing old: LambdaFunction, in control: ControlPlane
    ) async throws(ServiceError) {
        // The same copy is the same code: what runs may stay.
        guard !new.runs(as: old) else { return }
        let earlier = control.trials.withLock { $0.removeValue(forKey: old.name) }
        if let earlier, earlier.origin == old.head.environmentRevision, earlier.tried?.runs(as: new) == true {
            self = earlier
            return
        }
        var candidate = new
        candidate.head.environmentRevision = revision
        origin = old.head.environmentRevision
        tried = candidate
        try await control.rehearse(candidate, isNeeded: new.startsAnew(after: old, in: control.snapshots))
    }

    /// What was started takes over, unless the function has become another one meanwhile: then what was tried is not
    /// what will run.
    func adopt(for function: inout LambdaFunction, replacing old: LambdaFunction) {
        if old.head.environmentRevision == origin { function.head.environmentRevision = revision }
    }

    /// What was started ends: the host is told of the function as it stays.
    func giveUp(_ functionName: String, in control: ControlPlane) async {
        guard tried != nil else { return }
        await control.inTurn(of: LambdaFunction.rootID(functionName)) { await control.publishFunction(functionName) }
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
            new.Layers == before.Layers, let newCopy = head.code.snapshot, let oldCopy = old.head.code.snapshot
        else { return true }
        return HandlerFile.paths(new.Handler, runtime: new.Runtime).contains { path in
            !snapshots.isSameFile(path, in: newCopy, and: oldCopy)
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
