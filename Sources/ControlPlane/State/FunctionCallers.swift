import GatewayModel
import HashTreeCollections

/// Which stages call which functions: what has to be compiled again when a function changes.
struct FunctionCallers: Sendable {
    private var functions: TreeDictionary<StageKey, Set<String>> = [:]
    private var stages: TreeDictionary<String, TreeSet<StageKey>> = [:]

    func stages(calling functionName: String) -> TreeSet<StageKey> { stages[functionName] ?? [] }

    /// The stage calls these functions too.
    mutating func add(_ names: Set<String>, of stage: StageKey) {
        set((functions[stage] ?? []).union(names), of: stage)
    }

    /// The stage calls these functions, and no others any more.
    mutating func set(_ names: Set<String>, of stage: StageKey) {
        let old = functions[stage] ?? []
        for name in old.subtracting(names) {
            stages[name]?.remove(stage)
            if stages[name]?.isEmpty == true { stages[name] = nil }
        }
        for name in names.subtracting(old) { stages[name, default: []].insert(stage) }
        functions[stage] = names.isEmpty ? nil : names
    }
}
