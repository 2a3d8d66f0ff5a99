import JSON

/// Rules for members of common kinds.
extension PatchRule {
    /// A text that may be replaced; an empty one removes it.
    static func text(
        _ pattern: String, _ member: any WritableKeyPath<Target, String?> & Sendable,
        _ ops: [PatchOperation.Op] = [.replace]
    ) -> PatchRule {
        PatchRule(pattern, ops) { target, step throws(ServiceError) in
            target[keyPath: member] = step.op == .remove ? nil : step.text
        }
    }

    static func bool(_ pattern: String, _ member: any WritableKeyPath<Target, Bool> & Sendable) -> PatchRule {
        PatchRule(pattern, [.replace]) { target, step throws(ServiceError) in target[keyPath: member] = step.bool }
    }

    /// The entries of a map that `<…>` names. The map goes with its last entry.
    ///
    /// - Parameters:
    ///   - read: makes an entry of the operation.
    ///   - missing: of an entry that is replaced or removed and is not there; nil: it is made, or nothing happens.
    static func entries<Value>(
        _ pattern: String, _ map: any WritableKeyPath<Target, OrderedMap<Value>?> & Sendable, missing: ServiceError?,
        _ read: @escaping @Sendable (PatchStep) throws(ServiceError) -> Value
    ) -> PatchRule {
        PatchRule(pattern, [.add, .replace, .remove]) { target, step throws(ServiceError) in
            if step.op != .add, target[keyPath: map]?.keys.contains(step.name) != true, let missing { throw missing }
            var entries = target[keyPath: map] ?? [:]
            entries[step.name] = step.op == .remove ? nil : .some(try read(step))
            target[keyPath: map] = entries.isEmpty ? nil : entries
        }
    }

    /// The entries of a list, of which `<…>` names one; a replaced one goes to the end.
    static func list(
        _ pattern: String, _ list: any WritableKeyPath<Target, [String]?> & Sendable
    ) -> PatchRule {
        PatchRule(pattern, [.add, .replace, .remove]) { target, step throws(ServiceError) in
            var entries = target[keyPath: list] ?? []
            if step.op != .add { entries.removeAll { $0 == step.name } }
            let entry = step.op == .replace ? step.value ?? step.name : step.name
            if step.op != .remove, !entries.contains(entry) { entries.append(entry) }
            target[keyPath: list] = entries.isEmpty ? nil : entries
        }
    }

    /// A list whose entries are the values of the operations.
    static func values(_ pattern: String, _ list: any WritableKeyPath<Target, [String]?> & Sendable) -> PatchRule {
        PatchRule(pattern, [.add, .remove]) { target, step throws(ServiceError) in
            var entries = target[keyPath: list] ?? []
            if let value = step.value {
                entries.removeAll { $0 == value }
                if step.op == .add { entries.append(value) }
            } else if step.op == .remove {
                entries = []
            }
            target[keyPath: list] = entries.isEmpty ? nil : entries
        }
    }
}
