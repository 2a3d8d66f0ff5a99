import GatewayModel

/// A resource that belongs to an API, as the store names it.
protocol APIPart: KeyedPart {
    static var kind: String { get }
}

extension V2.Route: APIPart {
    static let kind = "v2.route"
}

extension V2.Integration: APIPart {
    static let kind = "v2.integration"
}

extension V2.Stage: APIPart {
    static let kind = "v2.stage"
}

extension V2.Deployment: APIPart {
    static let kind = "v2.deployment"
}
