import DataPlane
import EntityStore
import GatewayModel
import JSON
import Synchronization

/// Keeps what API keys have used of their usage plans. What changed is stored once a second: at a crash at most the last
/// second is forgotten, and no call is counted twice.
///
/// A root per plan, in it a document per key and month: `{"1": [used, granted], …}` by the day of the month.
final class UsageLedger: Sendable {
    private static let rootType = "usage"
    private static let kind = "rest.usage"
    private static let interval = Duration.seconds(1)

    private let store: any EntityStore
    private let meters: UsageMeters
    private let onFault: @Sendable (String) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// The months that are stored of each key, by plan and key.
    private let stored = Mutex<[Counted: Set<Month>]>([:])

    private struct Counted: Hashable {
        let plan: String
        let key: String
    }

    init(store: any EntityStore, meters: UsageMeters, onFault: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.meters = meters
        self.onFault = onFault
    }

    func load() async throws {
        for root in try await store.load([Self.rootType]).roots {
            for entity in root.entities {
                guard entity.id.kind == Self.kind, let (key, month) = Month.ofDocument(entity.id.key) else {
                    throw StartError(
                        "The stored \(entity.id.kind) \(entity.id.key) of \(root.id) cannot be read: it is unknown.")
                }
                guard case .object(let days)? = try? JSONValue(parsing: entity.document) else {
                    throw StartError("The stored usage \(entity.id.key) of \(root.id) cannot be read: it is no object.")
                }
                var uses: [Int: REST.DayUse] = [:]
                for (day, use) in days {
                    guard let day = Int(day), let use = use.array, use.count == 2, let used = use[0].integer,
                        let granted = use[1].integer
                    else { continue }
                    uses[month.days.lowerBound + day - 1] = REST.DayUse(used: used, granted: granted)
                }
                meters.restore(plan: root.id.id, key: key, uses)
                stored.withLock { _ = $0[Counted(plan: root.id.id, key: key), default: []].insert(month) }
            }
        }
    }

    /// - Parameter isThere: whether the plan has the key still; what was kept of others goes.
    func start(_ isThere: (_ plan: String, _ key: String) -> Bool) {
        meters.keep(isThere)
        task.withLock { task in
            task = Task { [self] in
                while (try? await Task.sleep(for: Self.interval)) != nil { await save() }
            }
        }
    }

    /// Stores the rest.
    func stop() async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
        await save()
    }

    func save() async {
        let removals = meters.takeRemovals()
        var changes: [EntityChange] = []
        for removal in removals { changes += forget(removal) }
        var months: [Int: Month] = [:]
        var taken: [(meter: KeyMeter, days: [Int: REST.DayUse])] = []
        for meter in meters.all {
            guard let days = meter.takeChanges() else { continue }
            taken.append((meter, days))
            changes += documents(of: meter, days, &months)
        }
        guard !changes.isEmpty else { return }
        do throws(StoreError) { try await store.commit(changes) } catch {
            onFault("What API keys have used could not be stored: \(error). It is tried again every second.")
            for (meter, days) in taken { meter.giveBack(days.keys) }
            meters.giveBack(removals)
        }
    }

    /// - Parameter months: by days; those that were met.
    private func documents(
        of meter: KeyMeter, _ days: [Int: REST.DayUse], _ months: inout [Int: Month]
    ) -> [EntityChange] {
        let root = RootID(Self.rootType, meter.planId)
        func id(_ month: Month) -> Entity.ID {
            Entity.ID(root: root, kind: Self.kind, key: "\(meter.keyId)/\(month.text)")
        }
        var changed: Set<Month> = []
        for day in days.keys {
            let month = months[day] ?? Month(of: day)
            months[day] = month
            changed.insert(month)
        }
        var changes: [EntityChange] = changed.map { month in
            let object = JSONObject(
                meter.days(of: month.days).map { day, use in
                    (String(day - month.days.lowerBound + 1), .array([.number(use.used), .number(use.granted)]))
                })
            return .save(Entity(id: id(month), document: JSONValue.object(object).bytes))
        }
        let oldest = (days.keys.max() ?? 0) - KeyMeter.keptDays
        stored.withLock { stored in
            let kept = stored[Counted(plan: meter.planId, key: meter.keyId), default: []].union(changed)
            let over = kept.filter { $0.days.upperBound <= oldest }
            stored[Counted(plan: meter.planId, key: meter.keyId)] = kept.subtracting(over)
            changes += over.map { .delete(id($0)) }
        }
        return changes
    }

    private func forget(_ removal: UsageMeters.Removal) -> [EntityChange] {
        stored.withLock { stored in
            switch removal {
            case .plan(let id):
                let root = RootID(Self.rootType, id)
                var wasStored = false
                for counted in stored.keys where counted.plan == id {
                    stored[counted] = nil
                    wasStored = true
                }
                return wasStored ? [.deleteRoot(root)] : []
            case .key(let id, let plan):
                let months = stored.removeValue(forKey: Counted(plan: plan, key: id)) ?? []
                return months.map { month in
                    .delete(Entity.ID(root: RootID(Self.rootType, plan), kind: Self.kind, key: "\(id)/\(month.text)"))
                }
            }
        }
    }
}

/// A month, as the documents are named: `{keyId}/2026-11`.
private struct Month: Hashable {
    let text: String
    let days: Range<Int>

    init(of day: Int) {
        let at = Calendar(Int64(day) * UsagePeriod.secondsOfDay)
        let first = day - at.day + 1
        // 31 days behind its first one is in the next month.
        let next = first + 31 - (Calendar(Int64(first + 31) * UsagePeriod.secondsOfDay).day - 1)
        text = "\(at.year)-\(at.month < 10 ? "0" : "")\(at.month)"
        days = first..<next
    }

    /// Of the key's id and the month that a document's key names.
    static func ofDocument(_ key: String) -> (key: String, month: Month)? {
        let parts = key.split(separator: "/")
        guard parts.count == 2 else { return nil }
        let date = parts[1].split(separator: "-")
        guard date.count == 2, let year = Int(date[0]), let month = Int(date[1]), (1970...9999).contains(year),
            let first = Calendar.days(year: Int64(year), month: Int64(month), day: 1)
        else { return nil }
        return (String(parts[0]), Month(of: Int(first)))
    }

    static func == (left: Month, right: Month) -> Bool { left.days.lowerBound == right.days.lowerBound }

    func hash(into hasher: inout Hasher) { hasher.combine(days.lowerBound) }
}
