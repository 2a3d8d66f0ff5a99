package import EntityStore
package import GatewayModel
import JSON
package import Sealing
package import Stacks

/// The stacks of a server: one operation at a time on each.
package actor StackService {
    private let journal: StackStore
    let management: any Management
    private let account: AccountIdentity
    private let now: @Sendable () -> Timestamp
    private let exports = ExportTable()
    private var records: [String: StackRecord] = [:]
    private var busy: Set<String> = []
    /// Digests of packages that stacks have used since the start.
    private var knownAssets: Set<String> = []
    nonisolated let log = StackEventLog()
    nonisolated let assets: AssetFolder

    package init(
        store: any EntityStore, sealing: SealingKey, management: any Management, account: AccountIdentity,
        assetFolder: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        journal = StackStore(store, sealing: sealing)
        self.management = management
        self.account = account
        self.now = now
        assets = AssetFolder(folder: assetFolder)
    }

    /// Reads the stacks, and takes up those whose deployment was cut short; called before anything listens.
    ///
    /// What cannot be taken back stays as it is: the rest of the server is no worse for it, and the next operation on
    /// the stack tries again.
    package func start() async throws {
        try await journal.sealOld()
        for (record, steps) in try await journal.load() {
            keep(record.name, record)
            do throws(StackFailure) { try await recover(record, steps) } catch { keep(record.name, error.record) }
        }
    }

    package func record(_ name: String) -> StackRecord? { records[name] }

    package var all: [StackRecord] { records.values.sorted { $0.name < $1.name } }

    /// Brings the stack to what the plan says; the template's text is kept in the record.
    package func deploy(
        _ plan: StackPlan, template: String, code: any CodeSource
    ) async throws(StackFailure) -> StackResult {
        let name = plan.stackName
        try begin(name)
        defer { busy.remove(name) }
        guard records[name] != nil || records.count < StackLimits.stacks else {
            throw failure(name, "Limit for stack has been exceeded")
        }
        do throws(StackFailure) {
            try await finishEarlier(name)
            let result = try await engine(name, LocalOrSentCode(local: code, assets: assets)).deploy(
                plan, over: records[name], template: template)
            keep(name, result.record)
            return result
        } catch {
            keep(name, error.record)
            throw error
        }
    }

    package func changes(_ plan: StackPlan, code: any CodeSource) async throws(TemplateError) -> [ResourceChange] {
        try await engine(plan.stackName, LocalOrSentCode(local: code, assets: assets))
            .changes(plan, over: records[plan.stackName])
    }

    package func delete(_ name: String) async throws(StackFailure) {
        try begin(name)
        defer { busy.remove(name) }
        do throws(StackFailure) {
            // What cannot be taken back goes with the rest.
            do throws(StackFailure) { try await finishEarlier(name) } catch {
                try await takeUpUnfinished(name)
            }
            guard let record = records[name] else { return }
            try await engine(name, SentCode(digests: [:], assets: assets)).delete(record, account: account)
            keep(name, nil)
        } catch {
            keep(name, error.record)
            throw error
        }
    }

    /// Counts what an unfinished deployment has made among the stack's resources.
    private func takeUpUnfinished(_ name: String) async throws(StackFailure) {
        let steps = try await steps(of: name)
        guard var record = records[name] else { return }
        for made in steps.compactMap(\.made)
        where !record.resources.contains(where: { $0.physicalId == made.physicalId && $0.type == made.type }) {
            record.resources.append(made)
        }
        records[name] = record
    }

    private func begin(_ name: String) throws(StackFailure) {
        guard busy.insert(name).inserted else {
            throw failure(name, "Stack [\(name)] has an operation in progress; wait until it is over.")
        }
    }

    /// What was cut short is taken back before anything else is done.
    private func finishEarlier(_ name: String) async throws(StackFailure) {
        guard let record = records[name], record.status.isToBeUndone else { return }
        try await recover(record, try await steps(of: name))
    }

    private func steps(of name: String) async throws(StackFailure) -> [StackStep] {
        do { return try await journal.load().first { $0.record.name == name }?.steps ?? [] } catch {
            throw failure(name, "The stack cannot be read: \(error)")
        }
    }

    private func recover(_ record: StackRecord, _ steps: [StackStep]) async throws(StackFailure) {
        let code = LocalOrSentCode(local: FilesAsCode(DiskFiles()), assets: assets)
        let left = try await engine(record.name, code).recover(record, steps: steps, account: account)
        keep(record.name, left)
    }

    private func keep(_ name: String, _ record: StackRecord?) {
        records[name] = record
        if let record { exports.take(record) } else { exports.forget(name) }
        let digests = records.values.flatMap(\.resources).compactMap(\.codeDigest)
        let used = Set(
            digests.filter { $0.hasPrefix(AssetFolder.prefix) }.map { String($0.dropFirst(AssetFolder.prefix.count)) })
        knownAssets.formUnion(used)
        if busy.count <= 1 { assets.tidy(used: used, known: knownAssets, now: Int(now().seconds)) }
    }

    private func engine(_ name: String, _ code: any CodeSource) -> StackEngine {
        let log = log
        return StackEngine(
            management: management, code: code, journal: journal, exports: exports, now: now,
            onEvent: { log.add($0, to: name) })
    }

    private func failure(_ name: String, _ message: String) -> StackFailure {
        StackFailure(error: TemplateError(name, message), record: records[name])
    }
}
