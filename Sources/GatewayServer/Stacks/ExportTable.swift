import Stacks
import Synchronization

/// What the stacks of the server export to each other.
final class ExportTable: StackExports {
    private struct Stack {
        let exports: [String: String]
        let imports: Set<String>
    }

    private struct State {
        var stacks: [String: Stack] = [:]
        /// Names that stacks are about to export, until it is known whether they do.
        var claims: [String: String] = [:]
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
        }
    }

    func value(_ name: String) -> String? {
        state.withLock { state in state.stacks.values.lazy.compactMap { $0.exports[name] }.first }
    }

    func exporter(_ name: String) -> String? {
        state.withLock { state in state.stacks.first { $0.value.exports[name] != nil }?.key ?? state.claims[name] }
    }

    func importers(_ name: String) -> [String] {
        state.withLock { state in state.stacks.filter { $0.value.imports.contains(name) }.keys.sorted() }
    }

    func claim(_ names: [String], for stackName: String) -> String? {
        state.withLock { state in
            let taken = names.first { name in
                let exporter = state.stacks.first { $0.value.exports[name] != nil }?.key ?? state.claims[name]
                return exporter != nil && exporter != stackName
            }
            guard taken == nil else { return taken }
            for name in names { state.claims[name] = stackName }
            return nil
        }
    }
}
