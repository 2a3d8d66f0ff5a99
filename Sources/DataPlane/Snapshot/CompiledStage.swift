import GatewayModel
import JSON
import NIOCore

/// Which rules hold before a stage is found.
enum APIKind: Sendable { case http, rest, webSocket }

/// One stage of one API, ready to answer: what stages of every kind have, and the payload of one kind. Nothing in it
/// changes.
final class CompiledStage: Sendable {
    /// What kind of API it is of, and so which way its requests take.
    enum Kind: Sendable {
        case http(HTTPStage)
        case rest(RESTStage)
        case webSocket(WebSocketStage)
        case other(any StagePipeline)
    }

    let kind: Kind
    /// Which compilation this is: of two versions of a stage the one with the higher number is the later one.
    let preparation: Int
    let key: StageKey
    let account: AccountIdentity
    let name: [UInt8]
    let isDefault: Bool
    /// What `accessLog` was made from.
    let accessLogSettings: V2.AccessLogSettings?
    let accessLog: CompiledAccessLog?
    /// `disableExecuteApiEndpoint`: the default host name does not serve.
    let isEndpointDisabled: Bool
    /// The name that AWS gives it, for calls that name the API by path.
    let domainName: [UInt8]
    /// `"accountId":"…","apiId":"…"`
    let eventIdentity: [UInt8]
    /// `arn:aws:execute-api:…:API/STAGE/`: what is asked for, as policies name it, begins with it.
    let methodARNPrefix: [UInt8]
    let variables: OrderedMap<String>
    /// The stage variables as a JSON object, or nil when there are none.
    let eventStageVariables: [UInt8]?
    /// What outlives this version of the stage.
    let state: StageState
    /// Those of `state`, which itself is weakly known elsewhere: counting its references takes the longer way.
    let metrics: [NIOLoopBoundBox<StageMetrics>]

    init(
        _ definition: StageDefinition, _ kind: Kind, preparation: Int, accessLog: CompiledAccessLog?, state: StageState
    ) {
        let (key, account) = (definition.key, definition.account)
        self.kind = kind
        self.preparation = preparation
        self.key = key
        self.account = account
        name = Array(key.stageName.utf8)
        isDefault = key.stageName == "$default"
        accessLogSettings = definition.accessLogSettings
        self.accessLog = accessLog
        isEndpointDisabled = definition.isEndpointDisabled
        domainName = Array("\(key.apiId).\(account.executeAPIDomain)".utf8)
        eventIdentity = Array("\"accountId\":\"\(account.accountId)\",\"apiId\":\"\(key.apiId)\"".utf8)
        methodARNPrefix = Array(account.executeAPIARN("\(key.apiId)/\(key.stageName)/").utf8)
        variables = definition.variables
        eventStageVariables =
            variables.isEmpty
            ? nil : JSONValue.object(JSONObject(variables.map { ($0.key, .string($0.value)) })).bytes
        self.state = state
        metrics = state.metrics
    }

    /// The payload of an HTTP API's stage; nil for another kind.
    var http: HTTPStage? { if case .http(let stage) = kind { stage } else { nil } }

    var apiKind: APIKind {
        switch kind {
        case .rest: .rest
        case .webSocket: .webSocket
        case .http, .other: .http
        }
    }
}
