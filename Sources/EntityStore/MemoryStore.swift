/// The store of `--in-memory`: the control plane holds all state anyhow, so nothing needs keeping.
package struct MemoryStore: EntityStore {
    package init() {}
    package func load() -> [Entity] { [] }
    package func commit(_ changes: [EntityChange]) {}
}
