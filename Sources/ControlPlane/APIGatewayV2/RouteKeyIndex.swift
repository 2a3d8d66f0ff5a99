import GatewayModel
import HashTreeCollections

/// The route keys of one API: no two are the same, and none has another name for a variable that stands at the same
/// place. Those of WebSocket APIs are words without places.
///
/// Source: the service's ConflictExceptions, which speak of "the same hierarchical level" (routes of one method).
struct RouteKeyIndex: Sendable {
    /// One step down a path. The methods are the first steps, so that each has a tree of its own.
    private struct Edge: Hashable, Sendable {
        enum Step: Hashable, Sendable {
            case method(RouteKey.Method)
            case literal(String)
            case variable
            case greedy
        }

        let parent: Int
        let step: Step
    }

    private struct Place: Sendable {
        let id: Int
        /// Of the variable that stands here.
        let name: String?
        /// A route that passes here, to name in a conflict: the first one, even when others have outlived it.
        let routeKey: String
        var routes = 0
    }

    // Trees: a changed copy shares what it does not change.
    private var keys: TreeSet<String> = []
    private var places: TreeDictionary<Edge, Place> = [:]
    private var nextId = 1

    func contains(_ text: String) -> Bool { keys.contains(text) }

    /// Changes nothing when it throws.
    mutating func insert(_ text: String, _ key: RouteKey?) throws(ServiceError) {
        guard !keys.contains(text) else {
            throw V2Error.conflict("Route with key \(text) already exists for this API")
        }
        let steps = Self.steps(of: key)
        try checkNames(text, steps)
        var parent = 0
        for (step, name) in steps {
            let edge = Edge(parent: parent, step: step)
            if places[edge] == nil {
                places[edge] = Place(id: nextId, name: name, routeKey: text)
                nextId += 1
            }
            places[edge]?.routes += 1
            parent = places[edge]?.id ?? 0
        }
        keys.insert(text)
    }

    mutating func remove(_ text: String, _ key: RouteKey?) {
        guard keys.remove(text) != nil else { return }
        var parent = 0
        for (step, _) in Self.steps(of: key) {
            let edge = Edge(parent: parent, step: step)
            guard let place = places[edge] else { return }
            if place.routes == 1 { places[edge] = nil } else { places[edge]?.routes -= 1 }
            parent = place.id
        }
    }

    private func checkNames(_ text: String, _ steps: [(step: Edge.Step, name: String?)]) throws(ServiceError) {
        var parent = 0
        for (step, name) in steps {
            guard let place = places[Edge(parent: parent, step: step)] else { return }
            guard place.name == name else {
                throw V2Error.conflict(
                    "The provided route key \"\(text)\" has a conflicting variable on the same hierarchical level as "
                        + "\"\(place.routeKey)\"")
            }
            parent = place.id
        }
    }

    private static func steps(of key: RouteKey?) -> [(step: Edge.Step, name: String?)] {
        guard case .path(let method, let segments) = key else { return [] }
        return [(.method(method), nil)]
            + segments.map { segment in
                switch segment {
                case .literal(let text): (.literal(text), nil)
                case .variable(let name): (.variable, name)
                case .greedy(let name): (.greedy, name)
                }
            }
    }
}
