/// Every operand is read from the item as it was before the update, and every index of a list is one of the list as it
/// was: so first values are set, then elements are removed, the last ones first.
extension UpdateExpression {
    /// - Parameter item: nil when there is none.
    /// - Returns: nil when there still is none.
    func apply(to item: Item?) throws(TableError) -> Item? {
        // In an item that does not exist nothing can be removed, whatever the path: no parent is missed there.
        guard item != nil || makesItem else { return nil }
        do { return try updated(item ?? Item(), existed: item != nil) } catch {
            throw error.message == UpdateFault.wrongType.message ? typeFault : error
        }
    }

    private func updated(_ item: Item, existed: Bool) throws(TableError) -> Item {
        var changes = Changes()
        var removals: [DocumentPath] = []
        for action in actions {
            let path = action.path
            switch action {
            case .set(_, let value): try changes.add(path, try value.value(in: item))
            case .add(_, let value):
                let sum = try path.value(in: item).map { old throws(TableError) in try old.adding(value) }
                try changes.add(path, sum ?? value)
            case .delete where !existed, .remove where !existed: break
            case .delete(_, let members):
                try path.checkParent(in: item)
                guard let old = path.value(in: item) else { continue }
                if let rest = try old.deleting(members) {
                    try changes.add(path, rest)
                } else {
                    removals.append(path)
                }
            case .remove:
                try path.checkParent(in: item)
                if path.value(in: item) != nil { removals.append(path) }
            }
        }
        var updated = item
        // In order, what is appended to one list comes by its indexes.
        for change in changes.all.sorted(by: { $0.path.precedes($1.path) }) {
            try updated.set(change.path, to: change.value)
        }
        for path in removals.sorted(by: { $1.precedes($0) }) { try updated.set(path, to: nil) }
        return updated
    }
}

/// What an update sets, and its bytes. All of it will be in the item, since no path lies below another one: what is
/// larger than an item is refused before it is put together.
private struct Changes {
    private(set) var all: [(path: DocumentPath, value: AttributeValue)] = []
    private var size = 0

    mutating func add(_ path: DocumentPath, _ value: AttributeValue) throws(TableError) {
        size += value.size
        guard size <= ItemLimits.itemSize else { throw .updateTooLarge }
        all.append((path, value))
    }
}

extension DocumentPath {
    /// A map or list must be there for the last step, though not what the step leads to.
    fileprivate func checkParent(in item: Item) throws(TableError) {
        guard let last = steps.last, steps.count > 1 else { return }
        switch (DocumentPath(steps: steps.dropLast()).value(in: item), last) {
        case (.map, .name), (.list, .index): return
        default: throw UpdateFault.invalidPath
        }
    }
}

extension Item {
    /// - Parameter value: nil removes what is there.
    fileprivate mutating func set(_ path: DocumentPath, to value: AttributeValue?) throws(TableError) {
        guard path.steps.count > 1 else { return self[path.attribute] = value }
        guard var outer = self[path.attribute] else { throw UpdateFault.invalidPath }
        // Without a second holder, a long list or map is changed where it is and not copied for each path.
        self[path.attribute] = .null
        try outer.set(path.steps.dropFirst(), to: value)
        self[path.attribute] = outer
    }
}

extension AttributeValue {
    /// The recursion is as deep as the path, which has a bound.
    fileprivate mutating func set(
        _ steps: ArraySlice<DocumentPath.Step>, to value: AttributeValue?
    ) throws(TableError) {
        guard let step = steps.first else { preconditionFailure("A path has a last step.") }
        let rest = steps.dropFirst()
        var value = value
        if !rest.isEmpty {
            guard var inner = self[step] else { throw UpdateFault.invalidPath }
            try self.set([step], to: .null)
            try inner.set(rest, to: value)
            value = inner
        }
        switch (self, step) {
        case (.map(var members), .name(let name)):
            self = .null
            members[name] = value
            self = .map(members)
        case (.list(var elements), .index(let index)):
            self = .null
            switch value {
            case let value? where index < elements.count: elements[index] = value
            // Past the end there is no gap: the value becomes the next element.
            case let value?: elements.append(value)
            case nil where index < elements.count: elements.remove(at: index)
            case nil: break
            }
            self = .list(elements)
        default: throw UpdateFault.invalidPath
        }
    }
}

/// ADD and DELETE.
extension AttributeValue {
    func adding(_ other: AttributeValue) throws(TableError) -> AttributeValue {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            do { return .number(try left + right) } catch { throw error.ofArithmetic }
        case (.stringSet(let old), .stringSet(let new)):
            return .stringSet(Self.union(old, new) { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        case (.numberSet(let old), .numberSet(let new)): return .numberSet(Self.union(old, new, <))
        case (.binarySet(let old), .binarySet(let new)):
            return .binarySet(Self.union(old, new) { $0.lexicographicallyPrecedes($1) })
        default: throw UpdateFault.wrongType
        }
    }

    /// Nil when no member is left: a set is never empty.
    func deleting(_ other: AttributeValue) throws(TableError) -> AttributeValue? {
        switch (self, other) {
        case (.stringSet(let old), .stringSet(let gone)):
            let rest = Self.difference(old, gone) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return rest.isEmpty ? nil : .stringSet(rest)
        case (.numberSet(let old), .numberSet(let gone)):
            let rest = Self.difference(old, gone, <)
            return rest.isEmpty ? nil : .numberSet(rest)
        case (.binarySet(let old), .binarySet(let gone)):
            let rest = Self.difference(old, gone) { $0.lexicographicallyPrecedes($1) }
            return rest.isEmpty ? nil : .binarySet(rest)
        default: throw UpdateFault.wrongType
        }
    }

    /// Both in order, and so is the result; none has a member twice.
    private static func union<Member>(
        _ left: [Member], _ right: [Member], _ precedes: (Member, Member) -> Bool
    ) -> [Member] {
        var union: [Member] = []
        union.reserveCapacity(left.count + right.count)
        var rest = right[...]
        for member in left {
            while let next = rest.first, precedes(next, member) {
                union.append(next)
                rest.removeFirst()
            }
            if let next = rest.first, !precedes(member, next) { rest.removeFirst() }
            union.append(member)
        }
        return union + rest
    }

    private static func difference<Member>(
        _ left: [Member], _ right: [Member], _ precedes: (Member, Member) -> Bool
    ) -> [Member] {
        var rest = right[...]
        return left.filter { member in
            while let next = rest.first, precedes(next, member) { rest.removeFirst() }
            guard let next = rest.first else { return true }
            return precedes(member, next)
        }
    }
}
