/// What the resources of a policy's statements hold: most statements are about something else, and are passed over
/// without being looked at.
struct ResourceIndex: Sendable {
    struct Entry: Sendable {
        /// The statement's number.
        let statement: Int
        fileprivate let runs: ByteRuns
    }

    /// One for each resource, in the order of their statements.
    private(set) var entries: [Entry] = []

    init(_ statements: [Statement]) {
        for (number, statement) in statements.enumerated() {
            switch statement.resources {
            case .any, .allBut: entries.append(Entry(statement: number, runs: ByteRuns()))
            case .these(let patterns):
                for pattern in patterns { entries.append(Entry(statement: number, runs: pattern.runs)) }
            }
        }
    }
}

extension PolicyRequest {
    /// Whether the entry may be about the resource.
    @inline(__always)
    func fits(_ entry: ResourceIndex.Entry) -> Bool {
        entry.runs.areAmong(runs) || otherwiseRuns.map { entry.runs.areAmong($0) } == true
    }
}
