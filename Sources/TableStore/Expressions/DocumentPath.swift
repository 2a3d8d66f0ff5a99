/// A place in an item: an attribute, and the way into its maps and lists.
struct DocumentPath: Sendable, Equatable {
    enum Step: Sendable {
        case name(String)
        case index(Int)
    }

    let steps: [Step]

    /// The attribute of the item that the path begins with.
    var attribute: String {
        guard case .name(let name)? = steps.first else {
            preconditionFailure("The grammar of paths begins with a name.")
        }
        return name
    }

    /// What stands there; nil when there is nothing.
    func value(in item: Item) -> AttributeValue? {
        guard var value = item[attribute] else { return nil }
        for step in steps.dropFirst() {
            guard let inner = value[step] else { return nil }
            value = inner
        }
        return value
    }

    /// As messages show it: `[a, b, [0]]`.
    var description: String { "[" + steps.map(\.description).joined(separator: ", ") + "]" }

    static func == (left: DocumentPath, right: DocumentPath) -> Bool {
        left.steps.count == right.steps.count && zip(left.steps, right.steps).allSatisfy { $0.isSame(as: $1) }
    }

    /// An order in which a path comes before those below it, and the elements of one list by their indexes.
    func precedes(_ other: DocumentPath) -> Bool {
        for (left, right) in zip(steps, other.steps) where !left.isSame(as: right) { return left.precedes(right) }
        return steps.count < other.steps.count
    }
}

extension DocumentPath.Step {
    var description: String {
        switch self {
        case .name(let name): name
        case .index(let index): "[\(index)]"
        }
    }

    func isSame(as other: DocumentPath.Step) -> Bool {
        switch (self, other) {
        case (.name(let left), .name(let right)): ByteOrder.areEqual(left, right)
        case (.index(let left), .index(let right)): left == right
        default: false
        }
    }

    func isSameKind(as other: DocumentPath.Step) -> Bool {
        switch (self, other) {
        case (.name, .name), (.index, .index): true
        default: false
        }
    }

    fileprivate func precedes(_ other: DocumentPath.Step) -> Bool {
        switch (self, other) {
        case (.name(let left), .name(let right)): ByteOrder.compare(left, right) < 0
        case (.index(let left), .index(let right)): left < right
        case (.name, .index): true
        case (.index, .name): false
        }
    }
}

extension AttributeValue {
    /// What a step leads to: a member of a map, an element of a list.
    subscript(step: DocumentPath.Step) -> AttributeValue? {
        switch (self, step) {
        case (.map(let members), .name(let name)): members[name]
        case (.list(let elements), .index(let index)): index < elements.count ? elements[index] : nil
        default: nil
        }
    }
}
