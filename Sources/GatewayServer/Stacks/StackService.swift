package import EntityStore
package import GatewayModel
import JSON
package import Sealing
package import Stacks
import Synchronization

/// The stacks of a server: one operation at a time on each.
package actor StackService {
    let journal: StackStore
    /// Acts as the account itself.
    let management: any Management
    /// Acts as a role that CloudFormation may assume; nil where it may not.
    let managementOf: @Sendable (_ roleARN: String?) -> (any Management)?
    let account: AccountIdentity
    let now: @Sendable () -> Timestamp
    nonisolated let exports = ExportTable()
    var records: [String: StackRecord] = [:]
    /// Stacks that were deleted lately, by their ids, the latest last.
    var deleted: [(id: String, record: StackRecord)] = []
    /// Of each stack by its id, also of those that were deleted lately.
    var changeSets: [String: [ChangeSet]] = [:]
    var busy: Set<String> = []
    /// Stacks whose operation was cut short when the server ended, until they are taken up.
    var cutShort: [String: (record: StackRecord, steps: [StackStep])] = [:]
    /// Who waits for the end of an operation.
    var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    /// Deletions that begin when what is under way has been given up.
    var doomed: [String: StackOperation.Deletion] = [:]
    nonisolated let history = StackHistory()
    nonisolated let stops = StackStops()
    /// Digests of packages that stacks have used since the start.
    private var knownAssets: Set<String> = []
    nonisolated let log = StackEventLog()
    nonisolated let assets: AssetFolder

    package init(
        store: any EntityStore, sealing: SealingKey, management: any Management, account: AccountIdentity,
        assetFolder: String, managementOf: @escaping @Sendable (_ roleARN: String?) -> (any Management)? = { _ in nil },
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.managementOf = managementOf
        journal = StackStore(store, sealing: sealing)
        self.management = management
        self.account = account
        self.now = now
        assets = AssetFolder(folder: assetFolder)
    }

    /// Reads the stacks; called before anything listens. Those whose operation was cut short are shown to be at it until
    /// they are taken up.
    package func start() async throws {
        try await journal.sealOld()
        let histories = try await journal.loadHistories()
        history.load(histories)
        changeSets = histories.mapValues(\.changeSets)
        deleted = histories.compactMap { id, history in history.deleted.map { (id, $0) } }
            .sorted { ($0.record.deletionTime ?? "") < ($1.record.deletionTime ?? "") }
        for (record, steps) in try await journal.load() {
            keep(record.name, record)
            if record.isCutShort { cutShort[record.name] = (record, steps) }
        }
        for (name, found) in cutShort {
            busy.insert(name)
            records[name] = found.record.shownUnderWay
        }
    }

    package func record(_ name: String) -> StackRecord? { records[name] }

    package var all: [StackRecord] { records.values.sorted { $0.name < $1.name } }

    /// Brings the stack to what the plan says; the template's text is kept in the record.
    package func deploy(
        _ plan: StackPlan, template: String, code: any CodeSource
    ) async throws(StackFailure) -> StackResult {
        let name = plan.stackName
        if cutShort[name] != nil { await settled(name) }
        try begin(name)
        defer { end(name) }
        guard records[name] != nil || records.count < StackLimits.stacks else {
            throw failure(name, "Limit for stack has been exceeded")
        }
        // Only its name is left.
        if records[name]?.status == .rollbackComplete { try await drop(name) }
        do throws(StackFailure) {
            try await finishEarlier(name)
            let isHalfDone = records[name]?.status.isLeftHalfDone ?? false
            let earlier = try await isHalfDone ? steps(of: name) : []
            let result = try await engine(name, LocalOrSentCode(local: code, assets: assets)).deploy(
                plan, over: records[name], template: template, after: earlier)
            keep(name, result.record)
            await saveEvents(of: result.record.stackId)
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
        if cutShort[name] != nil { await settled(name) }
        try begin(name)
        defer { end(name) }
        do throws(StackFailure) {
            // What cannot be taken back goes with the rest.
            do throws(StackFailure) { try await finishEarlier(name) } catch {
                try await takeUpUnfinished(name)
            }
            guard let record = records[name] else { return }
            try await engine(name, SentCode(digests: [:], assets: assets)).delete(record, account: account)
            await keepDeleted(record)
        } catch {
            keep(name, error.record)
            throw error
        }
    }

    /// Counts what an unfinished deployment has made among the stack's resources.
    func takeUpUnfinished(_ name: String) async throws(StackFailure) {
        let steps = try await steps(of: name)
        guard var record = records[name] else { return }
        let found = await engine(name, SentCode(digests: [:], assets: assets)).made(
            by: steps, stackName: name, account: account)
        for made in found
        where !record.resources.contains(where: { $0.physicalId == made.physicalId && $0.type == made.type }) {
            record.resources.append(made)
        }
        records[name] = record
    }

    func begin(_ name: String) throws(StackFailure) {
        guard busy.insert(name).inserted else {
            throw failure(name, "Stack [\(name)] has an operation in progress; wait until it is over.")
        }
    }

    /// What was cut short is taken back before anything else is done.
    func finishEarlier(_ name: String) async throws(StackFailure) {
        guard let record = records[name], record.status.isToBeUndone else { return }
        try await recover(record, try await steps(of: name))
    }

    func steps(of name: String) async throws(StackFailure) -> [StackStep] {
        do { return try await journal.load().first { $0.record.name == name }?.steps ?? [] } catch {
            throw failure(name, "The stack cannot be read: \(error)")
        }
    }

    func recover(
        _ record: StackRecord, _ steps: [StackStep], keepsName: Bool = false
    ) async throws(StackFailure) {
        let code = LocalOrSentCode(local: FilesAsCode(DiskFiles()), assets: assets)
        let left: StackRecord?
        do throws(StackFailure) {
            left = try await engine(record.name, code).recover(
                record, steps: steps, account: account, keepsName: keepsName)
        } catch {
            await saveEvents(of: record.stackId)
            throw error
        }
        if let left { keep(record.name, left) } else { await keepDeleted(record) }
        await saveEvents(of: record.stackId)
    }

    func keep(_ name: String, _ record: StackRecord?) {
        records[name] = record
        if let record { exports.take(record) } else { exports.forget(name) }
        let digests = records.values.flatMap(\.resources).compactMap(\.codeDigest)
        let used = Set(
            digests.filter { $0.hasPrefix(AssetFolder.prefix) }.map { String($0.dropFirst(AssetFolder.prefix.count)) })
        knownAssets.formUnion(used)
        if busy.count <= 1 { assets.tidy(used: used, known: knownAssets, now: Int(now().seconds)) }
    }

    /// - Parameters:
    ///   - operation: what is done; nil: it is named by the first event.
    ///   - isPrelude: whether what is done is only told of the resources: the stack's own status is another's to tell.
    /// Of an operation on a stack.
    func engine(
        of record: StackRecord, _ kind: StackOperation.Kind, _ token: String?, _ management: (any Management)? = nil,
        isPrelude: Bool = false
    ) -> StackEngine {
        engine(
            record.name, SentCode(digests: [:], assets: assets), management,
            StackHistory.Operation(stackId: record.stackId, name: kind.rawValue, token: token), isPrelude: isPrelude)
    }

    func engine(
        _ name: String, _ code: any CodeSource, _ management: (any Management)? = nil,
        _ operation: StackHistory.Operation? = nil, isPrelude: Bool = false
    ) -> StackEngine {
        let (log, history) = (log, history)
        let known = Known(operation)
        let journal = EventJournal(journal: journal) {
            known.operation.withLock { $0 }.flatMap { history.takeUnsaved(of: $0.stackId) }
        }
        return StackEngine(
            management: management ?? self.management, code: code, journal: journal, exports: exports, now: now,
            onEvent: { event in
                if isPrelude, event.physicalId == operation?.stackId { return }
                log.add(event, to: name)
                let operation = known.operation.withLock { known in
                    // The first event is the stack's own.
                    known =
                        known ?? StackHistory.Operation(stackId: event.physicalId, name: event.operation, token: nil)
                    return known
                }
                if let operation { history.add(event, operation) }
            })
    }

    /// The operation is over.
    func end(_ name: String) {
        busy.remove(name)
        stops.clear(name)
        if let deletion = doomed[name] {
            Task { await begin(deletion, name) }
            return
        }
        for waiter in waiting.removeValue(forKey: name) ?? [] { waiter.resume() }
    }

    func failure(_ name: String, _ message: String) -> StackFailure {
        StackFailure(error: TemplateError(name, message), record: records[name])
    }
}

/// What an engine's events are about, as soon as it is known.
private final class Known: Sendable {
    let operation: Mutex<StackHistory.Operation?>

    init(_ operation: StackHistory.Operation?) { self.operation = Mutex(operation) }
}

extension StackEvent {
    /// Of the operation that begins with it.
    fileprivate var operation: String {
        let word = status.split(separator: "_").first ?? ""
        return "\(word)_STACK"
    }
}
