package import JSON

/// All that the data plane needs to serve one stage of one API: what stages of every kind have, and the part of one
/// kind.
package struct StageDefinition: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case http(V2.DeploymentContent)
        case webSocket(V2.DeploymentContent)
        case rest(REST.StageContent)
    }

    package let key: StageKey
    package let account: AccountIdentity
    package let variables: OrderedMap<String>
    package let accessLogSettings: V2.AccessLogSettings?
    /// The API is not served by its default host name.
    package let isEndpointDisabled: Bool
    /// Of an HTTP or WebSocket API, for all routes and by route key.
    package let defaultRouteSettings: V2.RouteSettings?
    package let routeSettings: OrderedMap<V2.RouteSettings>
    package let kind: Kind

    /// Of an HTTP or WebSocket API.
    package init(account: AccountIdentity, apiId: String, stage: V2.Stage, content: V2.DeploymentContent) {
        key = StageKey(apiId: apiId, stageName: stage.stageName)
        self.account = account
        variables = stage.stageVariables ?? [:]
        accessLogSettings = stage.accessLogSettings
        isEndpointDisabled = content.disableExecuteApiEndpoint
        defaultRouteSettings = stage.defaultRouteSettings
        routeSettings = stage.routeSettings ?? [:]
        kind = content.webSocket == nil ? .http(content) : .webSocket(content)
    }

    /// Of a REST API.
    package init(account: AccountIdentity, apiId: String, stage: REST.Stage, content: REST.StageContent) {
        key = StageKey(apiId: apiId, stageName: stage.stageName)
        self.account = account
        variables = stage.variables ?? [:]
        accessLogSettings = stage.accessLogSettings
        isEndpointDisabled = content.deployment.disableExecuteApiEndpoint
        defaultRouteSettings = nil
        routeSettings = [:]
        kind = .rest(content)
    }

    /// The part of an HTTP API's stage; nil for another kind.
    package var http: V2.DeploymentContent? { if case .http(let content) = kind { content } else { nil } }

    /// The part of a REST API's stage; nil for another kind.
    package var rest: REST.StageContent? { if case .rest(let content) = kind { content } else { nil } }
}

/// The unit that the data plane compiles and swaps.
package struct StageKey: Sendable, Hashable {
    package let apiId: String
    package let stageName: String

    package init(apiId: String, stageName: String) {
        self.apiId = apiId
        self.stageName = stageName
    }
}
