/// Paths of one expression must be apart: neither may lie on or above another, and no value may be taken for a map by
/// one and for a list by another.
extension [DocumentPath] {
    func checkApart(_ kind: ExpressionKind) throws(TableError) {
        // In order, a path that collides with any other collides with a neighbour; thousands fit into an expression.
        let sorted = self.sorted { $0.precedes($1) }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0.collision(with: $1) != nil }) else { return }
        for (position, second) in enumerated() {
            for first in self[..<position] {
                guard let collision = first.collision(with: second) else { continue }
                throw kind.fault(
                    "Two document paths \(collision) with each other; must remove or rewrite one of these paths; "
                        + "path one: \(first.description), path two: \(second.description)")
            }
        }
    }
}

extension DocumentPath {
    fileprivate func collision(with other: DocumentPath) -> StaticString? {
        for (left, right) in zip(steps, other.steps) {
            if !left.isSameKind(as: right) { return "conflict" }
            if !left.isSame(as: right) { return nil }
        }
        return "overlap"
    }
}
