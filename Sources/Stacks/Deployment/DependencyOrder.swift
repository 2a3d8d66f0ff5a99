/// Puts resources in an order in which each comes after those it depends on, otherwise as they are declared.
struct DependencyOrder {
    struct Edge {
        let target: String
        /// Where the dependency is written.
        let line: Int
    }

    /// A way from a resource back to itself.
    struct Cycle: Error {
        let logicalIds: [String]
        let line: Int
    }

    private let edges: [String: [Edge]]
    private var order: [String] = []

    private init(_ edges: [String: [Edge]]) { self.edges = edges }

    /// Every target must be one of `names`.
    static func sort(_ names: [String], edges: [String: [Edge]]) throws(Cycle) -> [String] {
        var sorter = DependencyOrder(edges)
        var visited: Set<String> = []
        for name in names where !visited.contains(name) { try sorter.visit(name, visited: &visited) }
        return sorter.order
    }

    /// Depth first, with the open resources on a stack of our own: templates may be long chains.
    private mutating func visit(_ start: String, visited: inout Set<String>) throws(Cycle) {
        var open: [(name: String, next: Int)] = [(start, 0)]
        var positions = [start: 0]
        visited.insert(start)
        while let (name, next) = open.last {
            let targets = edges[name] ?? []
            guard next < targets.count else {
                order.append(name)
                positions[name] = nil
                open.removeLast()
                continue
            }
            open[open.count - 1].next += 1
            let edge = targets[next]
            if let position = positions[edge.target] {
                throw Cycle(logicalIds: open[position...].map(\.name), line: edge.line)
            }
            if visited.insert(edge.target).inserted {
                positions[edge.target] = open.count
                open.append((edge.target, 0))
            }
        }
    }
}
