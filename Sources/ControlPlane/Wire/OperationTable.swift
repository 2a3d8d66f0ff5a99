import GatewayModel

/// Finds the operation that a call means: by method and path, literals before parameters.
struct OperationTable: Sendable {
    private struct Entry: Sendable {
        let operation: Operation
        let segments: [Segment]
        /// What the query must hold, where the path alone does not tell: `mode=import`.
        let query: Substring?
    }

    private enum Segment: Sendable {
        case literal(String)
        case parameter(String)
    }

    enum Match {
        case found(Operation, pathParameters: [String: String])
        case none
    }

    /// By method and number of segments.
    private var entries: [String: [Entry]] = [:]

    init(_ operations: [Operation]) {
        for operation in operations {
            let parts = operation.path.split(separator: "?", maxSplits: 1)
            let segments = Self.split(String(parts[0])).map { part -> Segment in
                part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
            }
            entries[Self.key(operation.method.rawValue, segments.count), default: []].append(
                Entry(operation: operation, segments: segments, query: parts.count > 1 ? parts[1] : nil))
        }
        // A literal wins over a parameter at the first place where two paths differ; then what a query tells.
        for key in entries.keys {
            entries[key]?.sort { left, right in
                for (a, b) in zip(left.segments, right.segments) {
                    switch (a, b) {
                    case (.literal, .parameter): return true
                    case (.parameter, .literal): return false
                    default: continue
                    }
                }
                return left.query != nil && right.query == nil
            }
        }
    }

    func match(method: String, path: String, query: String = "") -> Match {
        let parts = Self.split(path)
        for entry in entries[Self.key(method, parts.count)] ?? [] {
            if let wanted = entry.query, !query.split(separator: "&").contains(wanted) { continue }
            if let parameters = Self.bind(entry.segments, to: parts) {
                return .found(entry.operation, pathParameters: parameters)
            }
        }
        return .none
    }

    private static func bind(_ segments: [Segment], to parts: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty, let value = PercentEncoding.decode(part) else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }

    /// A trailing slash does not count: botocore's own paths end in one here and there (`/functions/`).
    private static func split(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: true)
    }

    private static func key(_ method: String, _ count: Int) -> String { "\(method) \(count)" }
}
