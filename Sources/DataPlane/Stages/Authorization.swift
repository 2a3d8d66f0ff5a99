import GatewayModel

/// Decides who may call a route.
protocol Authorizer: Sendable {
    /// Decides at once, or waits: then it keeps `Exchange.pause` and resumes the exchange with its verdict.
    func decide(_ x: Exchange) throws(Refusal) -> StepResult
}

/// Where routes find their authorizers while they are compiled.
protocol AuthorizerDirectory: Sendable {
    /// nil for a kind that is not served.
    ///
    /// - Parameter definition: the authorizer that the route names; nil when there is none of its id.
    func authorizer(of route: V2.Route, _ definition: V2.Authorizer?) -> (any Authorizer)?
    /// The same for methods of REST APIs, of those that look at tokens.
    func authorizer(of method: REST.Method, _ definition: REST.Authorizer?) -> (any Authorizer)?
}
