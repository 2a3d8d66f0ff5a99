/// Paths that do not collide, as the tree of their steps: what a projection takes out of an item.
struct PathTree: Sendable {
    private var root = Node()

    init(_ paths: [DocumentPath]) {
        let sorted = paths.sorted { $0.precedes($1) }
        root = Node(sorted[...], step: 0)
    }

    /// The attributes of the item that lie on the paths, maps and lists reduced to what was asked for: elements of
    /// lists move together, and a map or list of which nothing is left is left out.
    func selection(from item: Item) -> Item { root.members(of: item) }

    private struct Node: Sendable {
        var names: [(name: String, node: Node)] = []
        var indexes: [(index: Int, node: Node)] = []
        private var isLeaf: Bool { names.isEmpty && indexes.isEmpty }

        init() {}

        /// - Parameters:
        ///   - paths: in order, and the same up to `step`. Paths are short, and so is the recursion.
        init(_ paths: ArraySlice<DocumentPath>, step: Int) {
            var rest = paths
            while let first = rest.first {
                guard step < first.steps.count else {
                    rest.removeFirst()
                    continue
                }
                let key = first.steps[step]
                let group = rest.prefix { step < $0.steps.count && $0.steps[step].isSame(as: key) }
                rest = rest.dropFirst(group.count)
                switch key {
                case .name(let name): names.append((name, Node(group, step: step + 1)))
                case .index(let index): indexes.append((index, Node(group, step: step + 1)))
                }
            }
        }

        func members(of item: Item) -> Item {
            var selection = Item()
            for (name, node) in names {
                guard let value = item[name], let selected = node.selection(from: value) else { continue }
                selection[name] = selected
            }
            return selection
        }

        private func selection(from value: AttributeValue) -> AttributeValue? {
            if isLeaf { return value }
            switch value {
            case .map(let item):
                let selected = members(of: item)
                return selected.isEmpty ? nil : .map(selected)
            case .list(let elements):
                let selected = indexes.compactMap { index, node in
                    index < elements.count ? node.selection(from: elements[index]) : nil
                }
                return selected.isEmpty ? nil : .list(selected)
            default: return nil
            }
        }
    }
}
