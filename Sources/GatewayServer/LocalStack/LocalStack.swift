import ControlPlane
import FolderWatch
import FunctionPackages
package import GatewayModel
import LambdaHost
package import Stacks

/// The stack of a template on this machine: deployed into a server, and again whenever the template or the code beside
/// it changes. What cannot be deployed leaves in service what was there.
package actor LocalStack {
    /// What is deployed.
    package struct Source: Sendable {
        package var template: String
        package var parameters: [(name: String, value: String)]
        /// A file of values for variables of functions, see `EnvironmentOverrides`.
        package var variables: String?

        package init(template: String, parameters: [(name: String, value: String)] = [], variables: String? = nil) {
            self.template = template
            self.parameters = parameters
            self.variables = variables
        }

        /// Finds what is wrong with the template before anything is started.
        package func check(account: AccountIdentity) throws(TemplateError) {
            let source = try TemplateSource(path: template)
            // What lies in S3 is read when the server runs.
            guard !source.mayIncludeObjects else { return }
            _ = try made(source, DiskFiles(), account: account)
        }
    }

    /// What came of a deployment.
    package struct Deployed: Sendable {
        package let result: StackResult
        /// Properties of the template that are kept and change nothing; those that have been told before left out.
        package let storedOnly: [StoredOnlyProperty]
        /// What was said and has no effect, one sentence each.
        package let notes: [String]
    }

    private let source: Source
    private let server: Gatehouse
    private let watch: FolderWatch?
    private let clock = ContinuousClock()
    /// What is watched; only ever more, so that a template with a mistake does not lose sight of its files.
    private var folders: Set<String> = []
    private var files: Set<String>
    /// Paths of properties that are stored only.
    private var told: Set<String> = []
    private var toldNotes: Set<String> = []
    /// Whether the deployment under way was given up for a later one.
    private var isSuperseded = false

    /// - Parameter isFollowed: whether `follow` will be called.
    package init(
        _ source: Source, on server: Gatehouse, isFollowed: Bool, onProblem: @escaping @Sendable (String) -> Void
    ) {
        self.source = source
        self.server = server
        files = Set([source.template, source.variables].compactMap { $0.map(StateFolder.absolute) })
        watch =
            isFollowed
            ? FolderWatch(ignoring: { LocalCode.isIgnored($0, in: $1) }, onProblem: onProblem) : nil
    }

    /// Brings the stack to what the template says now.
    package func deploy() async throws(TemplateError) -> Deployed {
        watch?.watch(folders: folders, files: files)
        let (made, code) = try await plan()
        server.generation.hold()
        // What a failure takes back is the code of before, which must still be there.
        let held = server.snapshots.holdAll()
        let outcome = await outcome(made, code)
        for name in held { server.snapshots.release(name) }
        defer { server.controlPlane.discardUnusedSnapshots() }
        switch outcome {
        case .success(let result):
            await server.generation.release(hasChanged: !result.changes.isEmpty)
            let untold = made.plan.storedOnly.filter { told.insert($0.path).inserted }
            return Deployed(
                result: result, storedOnly: untold,
                notes: tellNew(made.notes + result.warnings.filter { !$0.hasSuffix(Self.unneededWarning) }))
        case .failure(let failure):
            await server.generation.release(hasChanged: false)
            throw failure.error
        }
    }

    /// Those that the deployment before did not have.
    private func tellNew(_ notes: [String]) -> [String] {
        defer { toldNotes = Set(notes) }
        return notes.filter { !toldNotes.contains($0) }
    }

    private func outcome(_ made: Made, _ code: LocalCodeSource) async -> Result<StackResult, StackFailure> {
        do throws(StackFailure) {
            return .success(
                try await server.stacks.deploy(
                    made.plan, template: made.text, code: code))
        } catch {
            return .failure(error)
        }
    }

    /// API Gateway says so of every operation: OpenAPI wants `responses`, HTTP APIs have no use for them.
    private static let unneededWarning = "key [responses] will be ignored by API Gateway"

    fileprivate struct Made {
        let plan: StackPlan
        let text: String
        let notes: [String]
    }

    /// A plan of files that are watched already, with the code as it saw it: what changes after it was made is told.
    private func plan() async throws(TemplateError) -> (Made, LocalCodeSource) {
        while true {
            let code = LocalCodeSource(snapshots: server.snapshots)
            let consulted = ConsultedFiles(code: code)
            let made = await attempt(consulted)
            guard watch != nil, !consulted.folders.isSubset(of: folders) || !consulted.files.isSubset(of: files) else {
                return (try made.get(), code)
            }
            folders.formUnion(consulted.folders)
            files.formUnion(consulted.files)
            watch?.watch(folders: folders, files: files)
        }
    }

    private func attempt(_ files: ConsultedFiles) async -> Result<Made, TemplateError> {
        do throws(TemplateError) {
            let template = try TemplateSource(path: source.template, files: files)
            let stored = try await StoredParameters(of: template, given: source.parameters, server.stacks.management)
            let (parameters, account) = (source.parameters, server.account)
            let whole = try await template.includingObjects(server.stacks.management) {
                template throws(TemplateError) in
                _ = try StackPlan(template, parameters: parameters, stored: stored, account: account)
            }
            return .success(try source.made(whole, files, stored: stored, account: account))
        } catch {
            return .failure(error)
        }
    }
}

extension LocalStack.Source {
    fileprivate func made(
        _ template: TemplateSource, _ files: some TemplateFiles, stored: StoredParameters = .unasked,
        account: AccountIdentity
    ) throws(TemplateError) -> LocalStack.Made {
        let overrides = try overrides(files)
        let plan = try StackPlan(template, parameters: parameters, stored: stored, account: account)
        return LocalStack.Made(
            plan: plan.overriding(overrides).droppingOldVersions, text: template.text,
            notes: plan.warnings.map(\.description).filter { !$0.hasSuffix(CallAdvice.closed) }
                + overrides.unused(by: plan))
    }

    private func overrides(_ files: some TemplateFiles) throws(TemplateError) -> EnvironmentOverrides {
        guard let variables else { return EnvironmentOverrides() }
        guard let bytes = files.contents(StateFolder.absolute(variables), upTo: EnvironmentOverrides.maximumBytes)
        else {
            let message = "The file cannot be read, or has more than \(EnvironmentOverrides.maximumBytes) bytes"
            throw TemplateError([TemplateProblem(file: variables, line: nil, path: "", message: message)])
        }
        return try EnvironmentOverrides(bytes, file: variables)
    }
}

/// Following.
extension LocalStack {
    /// What came of a change of files.
    package enum Reload: Sendable {
        case deployed(Deployed, Duration)
        /// What was there before is still in service.
        case failed(TemplateError)
    }

    /// Deploys after every change, until the server stops. A change that changes nothing of the stack is not told,
    /// unless it follows one that could not be deployed.
    package func follow(_ tell: @escaping @Sendable (Reload) -> Void) async {
        guard let watch else { return }
        var hasFailed = false
        var changes = await watch.next()
        while let present = changes {
            guard concerns(present) else {
                changes = await watch.next()
                continue
            }
            let start = clock.now
            let further = Task { await watch.next() }
            let superseding = supersede(when: further)
            let result: Result<Deployed, TemplateError>
            do throws(TemplateError) { result = .success(try await deploy()) } catch { result = .failure(error) }
            superseding.cancel()
            switch result {
            case .success(let deployed):
                if hasFailed || !deployed.result.changes.isEmpty { tell(.deployed(deployed, clock.now - start)) }
                hasFailed = false
            case .failure(let error):
                if !isSuperseded { tell(.failed(error)) }
                hasFailed = true
            }
            isSuperseded = false
            changes = await further.value
        }
    }

    /// Code whose init does not end holds up the code that mends it: when files change again while it is tried, it has
    /// a little more time, and is then given up.
    private func supersede(when further: Task<FolderChanges?, Never>) -> Task<Void, any Error> {
        Task {
            guard let changes = await further.value, concerns(changes) else { return }
            // Until the deployment has ended: it may try more than one function.
            while true {
                try await Task.sleep(for: Self.trialTime)
                isSuperseded = true
                server.lambdaHost.supersedeRehearsals()
            }
        }
    }

    private static let trialTime = Duration.seconds(2)

    /// A server's own folder may lie in the code that it serves.
    private func concerns(_ changes: FolderChanges) -> Bool {
        guard case .paths(let paths) = changes, let folder = server.dataFolder else { return true }
        return !paths.allSatisfy { $0 == folder || $0.hasPrefix(folder + "/") }
    }
}
