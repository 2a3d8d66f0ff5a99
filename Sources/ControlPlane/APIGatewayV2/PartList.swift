import GatewayModel

/// A resource that belongs to an API, as the store names it.
protocol APIPart: Codable, Sendable {
    static var kind: String { get }
    var key: String { get }
}

extension V2.Route: APIPart {
    static let kind = "v2.route"
    var key: String { routeId }
}

extension V2.Integration: APIPart {
    static let kind = "v2.integration"
    var key: String { integrationId }
}

extension V2.Stage: APIPart {
    static let kind = "v2.stage"
    var key: String { stageName }
}

extension V2.Deployment: APIPart {
    static let kind = "v2.deployment"
    var key: String { deploymentId }
}

/// The parts of one kind, in the order of their making and found by key.
///
/// A plain array, so that handing all routes to the data plane copies nothing.
struct PartList<Part: APIPart>: Sendable {
    private(set) var values: [Part] = []
    private var positions: [String: Int] = [:]

    var count: Int { values.count }
    var isEmpty: Bool { values.isEmpty }

    subscript(key: some StringProtocol) -> Part? { positions[String(key)].map { values[$0] } }

    mutating func put(_ part: Part) {
        if let position = positions[part.key] {
            values[position] = part
        } else {
            positions[part.key] = values.count
            values.append(part)
        }
    }

    mutating func remove(_ key: String) {
        guard let position = positions.removeValue(forKey: key) else { return }
        values.remove(at: position)
        for moved in position..<values.count { positions[values[moved].key] = moved }
    }
}
