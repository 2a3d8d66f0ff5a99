import Stacks
import Synchronization

/// What the stacks of the server export to each other.
final class ExportTable: StackExports {
    private struct Stack {
        let exports: [String: String]
        let imports: Set<String>
    }

    private let stacks = Mutex<[String: Stack]>([:])

    func take(_ record: StackRecord) {
        let exports = record.outputs.compactMap { output in output.exportName.map { ($0, output.value) } }
        let stack = Stack(
            exports: Dictionary(exports, uniquingKeysWith: { first, _ in first }), imports: Set(record.imports))
        stacks.withLock { $0[record.name] = stack }
    }

    func forget(_ stackName: String) { stacks.withLock { $0[stackName] = nil } }

    func value(_ name: String) -> String? {
        stacks.withLock { stacks in stacks.values.lazy.compactMap { $0.exports[name] }.first }
    }

    func exporter(_ name: String) -> String? {
        stacks.withLock { stacks in stacks.first { $0.value.exports[name] != nil }?.key }
    }

    func importers(_ name: String) -> [String] {
        stacks.withLock { stacks in stacks.filter { $0.value.imports.contains(name) }.keys.sorted() }
    }
}
