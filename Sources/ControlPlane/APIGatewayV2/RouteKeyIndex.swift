import GatewayModel

/// The route keys of one API: no two are the same, and none has another name for a variable that stands at the same
/// place.
///
/// Source: the service's ConflictExceptions, which speak of "the same hierarchical level" (routes of one method).
struct RouteKeyIndex: Sendable {
    private struct Variable: Sendable {
        let name: String
        var uses: Int
    }

    private var keys: Set<String> = []
    /// By method and the path before the variable, with `{}` for the variables in it.
    private var variables: [String: Variable] = [:]

    mutating func insert(_ text: String, _ key: RouteKey) throws(ServiceError) {
        guard !keys.contains(text) else {
            throw V2Error.conflict("Route with key \(text) already exists for this API")
        }
        let levels = Self.levels(of: key)
        for (level, name) in levels {
            if let known = variables[level], known.name != name {
                throw V2Error.conflict(
                    "The provided route key \"\(text)\" has a conflicting variable on the same hierarchical level as "
                        + "\"\(firstKey(with: level))\"")
            }
        }
        keys.insert(text)
        for (level, name) in levels { variables[level, default: Variable(name: name, uses: 0)].uses += 1 }
    }

    mutating func remove(_ text: String, _ key: RouteKey) {
        guard keys.remove(text) != nil else { return }
        for (level, _) in Self.levels(of: key) {
            guard let uses = variables[level]?.uses else { continue }
            if uses == 1 { variables[level] = nil } else { variables[level]?.uses -= 1 }
        }
    }

    func contains(_ text: String) -> Bool { keys.contains(text) }

    private func firstKey(with level: String) -> String {
        keys.filter { text in
            guard let key = RouteKey(text) else { return false }
            return Self.levels(of: key).contains { $0.level == level }
        }.min() ?? ""
    }

    private static func levels(of key: RouteKey) -> [(level: String, name: String)] {
        guard case .path(let method, let segments) = key else { return [] }
        var levels: [(level: String, name: String)] = []
        var path = method.rawValue + " "
        for segment in segments {
            path += "/"
            switch segment {
            case .literal(let text): path += text
            case .variable(let name):
                path += "{}"
                levels.append((path, name))
            case .greedy(let name):
                path += "{+}"
                levels.append((path, name))
            }
        }
        return levels
    }
}
