import GatewayModel
import IAMPolicy
import JSON

/// What a stage of a REST API has beyond what every stage has.
final class RESTStage: Sendable {
    /// What it was made from.
    let content: REST.StageContent
    let deployment: RESTDeployment
    /// What takes a share of the requests.
    let canary: RESTDeployment?
    let canaryShare: CanaryShare
    /// The buckets of the methods, by their index in their deployment; a method without one is not limited. Empty where
    /// none is.
    let buckets: [TokenBucket?]
    let canaryBuckets: [TokenBucket?]
    let logging: StageLogging
    /// The counters of the methods, as their buckets.
    let methodMetrics: [MethodMetrics?]
    let canaryMethodMetrics: [MethodMetrics?]
    /// nil while it is off.
    let cache: StageCache?
    let caching: StageCaching
    /// A canary's answers are kept only if its settings say so.
    let canaryCaching: StageCaching

    init(
        _ content: REST.StageContent, deployment: RESTDeployment, canary: RESTDeployment?, cache: StageCache?,
        logging: StageLogging, metrics: (RESTDeployment) -> [MethodMetrics?],
        buckets: (RESTDeployment) -> [TokenBucket?]
    ) {
        self.content = content
        self.deployment = deployment
        self.canary = canary
        canaryShare = CanaryShare(percent: content.canary?.settings.percentTraffic.value ?? 0)
        self.buckets = buckets(deployment)
        canaryBuckets = canary.map(buckets) ?? []
        self.logging = logging
        methodMetrics = metrics(deployment)
        canaryMethodMetrics = canary.map(metrics) ?? []
        self.cache = cache
        caching = cache.map { StageCaching(deployment, content.methodSettings, $0) } ?? .none
        canaryCaching =
            if let cache, let canary, content.canary?.settings.useStageCache == true {
                StageCaching(canary, content.methodSettings, cache)
            } else { .none }
    }
}

/// One frozen API under one set of stage variables, ready to answer.
final class RESTDeployment: Sendable {
    /// What it was made from.
    let content: REST.DeploymentContent
    let variables: OrderedMap<String>
    let authorizers: RESTAuthorizers
    let id: [UInt8]
    let router: Router
    /// Methods by the index that the router answers.
    let methods: [CompiledRoute]
    let gatewayResponses: RESTGatewayResponses
    let binaryTypes: BinaryTypes
    /// From which size on answers are packed; nil: neither they nor requests' bodies are looked at.
    let minimumCompressionSize: Int?
    /// The stage variables as a JSON object, or nil when there are none.
    let eventStageVariables: [UInt8]?
    /// `apiKeySource` is AUTHORIZER.
    let takesKeyFromAuthorizer: Bool
    /// The resource policy; nil where there is none.
    let policy: PolicyDocument?

    init(
        _ content: REST.DeploymentContent, id: String, variables: OrderedMap<String>, authorizers: RESTAuthorizers,
        router: Router, methods: [CompiledRoute], gatewayResponses: RESTGatewayResponses
    ) {
        self.content = content
        self.variables = variables
        self.authorizers = authorizers
        self.id = Array(id.utf8)
        self.router = router
        self.methods = methods
        self.gatewayResponses = gatewayResponses
        binaryTypes = BinaryTypes(content.binaryMediaTypes)
        minimumCompressionSize = content.minimumCompressionSize
        eventStageVariables =
            variables.isEmpty
            ? nil : JSONValue.object(JSONObject(variables.map { ($0.key, .string($0.value)) })).bytes
        takesKeyFromAuthorizer = content.apiKeySource == "AUTHORIZER"
        // One that was stored without its text, or cannot be read, lets nobody pass.
        policy =
            content.hasPolicy
            ? content.policy.flatMap { try? PolicyDocument($0, kind: .resource) } ?? .closed : nil
    }
}

/// What only methods of REST APIs have.
final class RESTMethod: Sendable {
    /// What it was made from.
    let source: REST.Method
    let resourceId: [UInt8]
    /// Whether the method asks for nothing that is not served yet.
    let isOpen: Bool
    let requiresKey: Bool
    /// nil where nothing is validated.
    let validation: RequestValidation?
    let request: RequestIntegration
    let responses: any AnswerMapping
    /// Nothing is mapped: the request and the answer pass.
    let isProxy: Bool
    /// `responseTransferMode` STREAM: whatever needs the whole answer, such as a cache, has no part in it.
    let isStreamed: Bool
    /// For reuse by the next version: the function that was found.
    let function: ResolvedFunction?

    init(
        _ source: REST.Method, resourceId: String, validation: RequestValidation?, request: RequestIntegration,
        responses: any AnswerMapping, isProxy: Bool, function: ResolvedFunction?
    ) {
        self.source = source
        self.resourceId = Array(resourceId.utf8)
        isOpen = source.authorizationType == "NONE"
        requiresKey = source.apiKeyRequired
        self.validation = validation
        self.request = request
        self.responses = responses
        self.isProxy = isProxy
        isStreamed = source.methodIntegration?.responseTransferMode == "STREAM"
        self.function = function
    }
}
