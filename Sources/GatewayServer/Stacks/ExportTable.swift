import Stacks
import Synchronization

/// What the stacks of the server export to each other.
final class ExportTable: StackExports {
    private struct Stack {
        var exports: [String: String]
        let imports: Set<String>
    }

    private struct State {
        var stacks: [String: Stack] = [:]
        /// Names that stacks are about to export, until it is known whether they do.
        var claims: [String: String] = [:]
        /// What stacks under way have taken over of others, by their names.
        var uses: [String: Set<String>] = [:]

        func importers(_ name: String) -> [String] {
            let users = uses.filter { $0.value.contains(name) }.keys
            return Set(users).union(stacks.filter { $0.value.imports.contains(name) }.keys).sorted()
        }

        func exporter(_ name: String) -> String? {
            stacks.first { $0.value.exports[name] != nil }?.key ?? claims[name]
        }

        func value(_ name: String) -> String? { stacks.values.lazy.compactMap { $0.exports[name] }.first }
    }

    private let state = Mutex(State())

    func take(_ record: StackRecord) {
        let exports = record.outputs.compactMap { output in output.exportName.map { ($0, output.value) } }
        let stack = Stack(
            exports: Dictionary(exports, uniquingKeysWith: { first, _ in first }), imports: Set(record.imports))
        set(record.name, stack)
    }

    func forget(_ stackName: String) { set(stackName, nil) }

    private func set(_ stackName: String, _ stack: Stack?) {
        state.withLock { state in
            state.stacks[stackName] = stack
            state.claims = state.claims.filter { $0.value != stackName }
            state.uses[stackName] = nil
        }
    }

    func value(_ name: String) -> String? {
        state.withLock { $0.value(name) }
    }

    func use(_ name: String, by stackName: String) -> String? {
        state.withLock { state in
            guard let value = state.value(name) else { return nil }
            state.uses[stackName, default: []].insert(name)
            return value
        }
    }

    /// Nobody may use them from now on, as the stack is going to be deleted. Nil, or the first one that is in use, and by
    /// whom: then they stay.
    func withdraw(of stackName: String) -> (name: String, importers: [String])? {
        state.withLock { state in
            for name in (state.stacks[stackName]?.exports.keys.sorted() ?? []) {
                let importers = state.importers(name)
                guard importers.isEmpty else { return (name, importers) }
            }
            state.stacks[stackName]?.exports = [:]
            return nil
        }
    }

    func exporter(_ name: String) -> String? {
        state.withLock { $0.exporter(name) }
    }

    func importers(_ name: String) -> [String] {
        state.withLock { $0.importers(name) }
    }

    func claim(_ names: [String], for stackName: String) -> String? {
        state.withLock { state in
            let taken = names.first { name in
                let exporter = state.exporter(name)
                return exporter != nil && exporter != stackName
            }
            guard taken == nil else { return taken }
            for name in names { state.claims[name] = stackName }
            return nil
        }
    }
}
