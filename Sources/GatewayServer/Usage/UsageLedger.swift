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
    /// The months that are stored of each key, as keys of their documents, by plan and key.
    private let stored = Mutex<[Counted: Set<String>]>([:])

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
                guard entity.id.kind == Self.kind, let month = Month(documentKey: entity.id.key) else {
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
                    uses[month.firstDay + day - 1] = REST.DayUse(used: used, granted: granted)
                }
                meters.restore(plan: root.id.id, key: month.key, uses)
                stored.withLock {
                    _ = $0[Counted(plan: root.id.id, key: month.key), default: []].insert(entity.id.key)
                }
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
        var taken: [(meter: KeyMeter, days: [Int: REST.DayUse])] = []
        for meter in meters.all {
            guard let days = meter.takeChanges() else { continue }
            taken.append((meter, days))
            changes += documents(of: meter, days)
        }
        guard !changes.isEmpty else { return }
        do throws(StoreError) { try await store.commit(changes) } catch {
            onFault("What API keys have used could not be stored: \(error). It is tried again every second.")
            for (meter, days) in taken { meter.giveBack(days.keys) }
            meters.giveBack(removals)
        }
    }

    private func documents(of meter: KeyMeter, _ days: [Int: REST.DayUse]) -> [EntityChange] {
        let root = RootID(Self.rootType, meter.planId)
        let oldest = (days.keys.max() ?? 0) - KeyMeter.keptDays
        var changes: [EntityChange] = []
        for month in Set(days.keys.map { Month(of: $0, key: meter.keyId) }) {
            let object = JSONObject(
                meter.days(of: month.firstDay..<month.firstDay + 31).filter { month.contains($0.day) }.map { day, use in
                    (String(day - month.firstDay + 1), .array([.number(use.used), .number(use.granted)]))
                })
            changes.append(
                .save(
                    Entity(
                        id: Entity.ID(root: root, kind: Self.kind, key: month.documentKey),
                        document: JSONValue.object(object).bytes)))
        }
        stored.withLock { stored in
            let counted = Counted(plan: meter.planId, key: meter.keyId)
            for change in changes {
                if case .save(let entity) = change { stored[counted, default: []].insert(entity.id.key) }
            }
            for key in stored[counted] ?? [] {
                guard let month = Month(documentKey: key), month.firstDay + 31 < oldest else { continue }
                stored[counted]?.remove(key)
                changes.append(.delete(Entity.ID(root: root, kind: Self.kind, key: key)))
            }
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
                return months.map {
                    .delete(Entity.ID(root: RootID(Self.rootType, plan), kind: Self.kind, key: $0))
                }
            }
        }
    }
}

/// A month of one key, as the documents are named: `{keyId}/2026-11`.
private struct Month: Hashable {
    let key: String
    let year: Int
    let month: Int
    /// The number of its first day.
    let firstDay: Int

    init(of day: Int, key: String) {
        let at = Calendar(Int64(day) * UsagePeriod.secondsOfDay)
        self.key = key
        year = at.year
        month = at.month
        firstDay = day - at.day + 1
    }

    init?(documentKey text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2 else { return nil }
        let date = parts[1].split(separator: "-")
        guard date.count == 2, let year = Int(date[0]), let month = Int(date[1]), (1...12).contains(month),
            (1970...9999).contains(year)
        else { return nil }
        // Its middle is 15 days behind its first day: no month before it comes so far.
        let middle = (year - 1970) * 365 + (year - 1969) / 4 + (month - 1) * 30 + (month - 1) * 3 / 5 + 15
        self.init(of: middle, key: String(parts[0]))
        guard self.year == year, self.month == month else { return nil }
    }

    func contains(_ day: Int) -> Bool { Month(of: day, key: key) == self }

    var documentKey: String { "\(key)/\(year)-\(month < 10 ? "0" : "")\(month)" }
}
