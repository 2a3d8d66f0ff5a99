import GatewayModel
import HTTPFront

/// The way of a REST API's request, in order. Read this file first.
///
/// The order is AWS's as far as its logs show it: who calls, whether the stage's limits let the call pass, whether it is
/// well formed, then the integration.
enum RESTPipeline {
    enum Step: UInt8, CaseIterable {
        /// A disabled endpoint is as if it were not there, so nothing else may tell of it.
        case endpoint
        case method
        case headSize
        /// In what a body is packed that has to be unpacked: known or not.
        case coding
        /// Before anything is spent on the request: its body is held meanwhile.
        case authorize
        /// A signature is checked with the body that it covers, before anything else is done with it.
        case signature
        /// The API's resource policy, where it decides by itself: tokens are looked at before it.
        case policy
        case key
        /// Usage plan, method and account. A request that is refused for its form has taken a token all the same.
        case throttle
        /// Whole, for whatever reads it; a proxy passes it on as it comes.
        case body
        /// Whoever reads the body reads it unpacked.
        case unpack
        case validate
        /// Behind all that may refuse a request, and before anything is made of it but the parameters that its key needs.
        case cache
        /// The integration's parameters and body.
        case map
        /// Whether the integration can be called at all.
        case target
        /// Waits for the integration and answers with what it says.
        case call
    }

    @inline(__always)
    static func take(_ step: Step, _ x: Exchange) throws(Refusal) -> StepResult {
        switch step {
        case .endpoint: if x.stage?.isEndpointDisabled == true { throw .forbidden }
        case .method: try RESTRouting.match(x)
        case .headSize:
            try Routing.checkHead(x)
            try MethodARN.check(x)
        case .coding: try RequestUnpacking.check(x)
        case .authorize: return try authorize(x)
        case .signature: if x.signature != nil { try SignatureCheck.finish(x) }
        case .policy: if x.rest.deployment?.policy != nil { try ResourcePolicy.check(x) }
        case .key: if x.route?.method?.requiresKey == true { try KeyCheck.find(x) }
        case .throttle: try KeyCheck.throttle(x)
        case .body: return try takeBody(x)
        case .unpack: if x.rest.coding != nil { return try RequestUnpacking.unpack(x) }
        case .validate:
            if x.rest.log != nil { x.logStart() }
            try x.route?.method?.validation?.check(x)
        case .cache: if x.rest.cacheRule != nil { return try ResponseCache.look(x) }
        case .map: try map(x)
        case .target: try checkTarget(x)
        case .call: return try call(x)
        }
        return .next
    }

    private static func authorize(_ x: Exchange) throws(Refusal) -> StepResult {
        if x.route?.method?.isOpen == true { return .next }
        guard let authorizer = x.route?.authorizer else {
            x.reason = "asks for an authorization that is not served yet"
            throw .forbidden
        }
        return try authorizer.decide(x)
    }

    private static func takeBody(_ x: Exchange) throws(Refusal) -> StepResult {
        guard let method = x.route?.method else { return .next }
        // Recorded: an origin is told a body's length, also where the client did not know it.
        if case .http = x.route?.integration, method.isProxy, !method.request.needsBody,
            method.validation?.validatesBody != true, x.connection?.head.body != .chunked,
            x.rest.coding == nil, x.rest.log?.tracesData != true
        {
            try x.streamBody(limit: x.worker.options.limits.streamedBytes)
            return .next
        }
        return try x.collectBody(limit: x.worker.options.limits.heldBytes)
    }

    private static func map(_ x: Exchange) throws(Refusal) {
        guard let method = x.route?.method else { return }
        try x.mapParameters()
        if !method.isProxy { try method.request.mapBody(x) }
        // An origin would resolve them, and answer for another path than the one that was asked for.
        guard case .http(let integration) = x.route?.integration else { return }
        if let service = integration.service { try ServiceRequest.check(x, service, integration) }
        let leadsAway = integration.path.contains { part in
            guard case .variable(let index) = part, index < x.rest.parameters.path.count else { return false }
            return x.rest.parameters.path[index]?.withUnsafeBytes { DotSegments.stand(in: $0) } ?? false
        }
        if leadsAway {
            x.reason = "calls an origin and was sent a path with a segment . or .."
            throw .badRequest
        }
    }

    static func checkTarget(_ x: Exchange) throws(Refusal) {
        switch x.route?.integration {
        case .function(let integration): try FunctionProxy.check(x, integration)
        case .http(let integration):
            if let service = integration.service { _ = try IntegrationRole.assume(service.role, x) }
        case .tables, .mock: break
        case .invalid(let reason):
            x.reason = reason
            x.integrationError = reason
            if x.route?.method?.source.methodIntegration?.type.hasPrefix("HTTP") == true {
                x.rest.log?.failure = [ExecutionFailure.invalidEndpoint]
            }
            throw .internalError
        case .missing, nil:
            x.reason = "has no integration"
            throw .internalError
        }
    }

    static func call(_ x: Exchange) throws(Refusal) -> StepResult {
        switch x.route?.integration {
        case .function(let integration): FunctionProxy.invoke(x, integration)
        case .http(let integration):
            x.rest.showsTrace = x.route?.method?.isProxy == false
            if let service = integration.service, case .own(let services) = service.place {
                try OwnServiceCall.begin(x, service, integration, services)
            } else {
                HTTPProxy.connect(x, integration)
            }
        case .tables(let integration): try integration.call(x)
        case .mock:
            try MockIntegration.answer(x)
            return .done
        case .invalid, .missing, nil: break
        }
        return .wait
    }
}

/// Finds the method of a REST API.
enum RESTRouting {
    static func match(_ x: Exchange) throws(Refusal) {
        guard let head = x.connection?.head, let stage = x.stage?.rest else { return }
        head.overrideMethod()
        if stage.canary != nil, let split = x.stage?.state.canarySplit {
            x.rest.isCanary = split.takesNext(stage.canaryShare)
        }
        let isCanary = x.rest.isCanary == true
        let deployment = (isCanary ? stage.canary : nil) ?? stage.deployment
        x.rest.deployment = deployment
        let index = x.withPath { bytes in
            var path = UnsafeRawBufferPointer(rebasing: bytes[x.routedPath.range])
            // Slashes at the end lead nowhere else.
            while path.count > 1, path.last == UInt8(ascii: "/") {
                path = UnsafeRawBufferPointer(rebasing: path.dropLast())
            }
            return deployment.router.matchREST(path, head.method, &x.bindings)
        }
        guard let index, let index else {
            if let foreign = ForeignAuthorization.refusal(x) { throw foreign }
            explain(x)
            throw .notFound
        }
        x.route = deployment.methods[index]
        let buckets = isCanary ? stage.canaryBuckets : stage.buckets
        if index < buckets.count { x.rest.bucket = buckets[index] }
        x.rest.cacheRule = (isCanary ? stage.canaryCaching : stage.caching).rule(index, head.method)
        let metrics = isCanary ? stage.canaryMethodMetrics : stage.methodMetrics
        if index < metrics.count { x.rest.metrics = metrics[index] }
        if let setting = stage.logging.setting(index, isCanary: isCanary) { x.beginLog(setting) }
    }

    /// For the line of `gatehouse up`: AWS's answer is the same whether a method is not there or not deployed.
    private static func explain(_ x: Exchange) {
        guard let undeployed = x.worker.options.undeployedMethod, let key = x.stage?.key, let head = x.connection?.head,
            let path = x.withPath({ String(decoding: $0[x.routedPath.range], as: UTF8.self) }),
            let method = undeployed(key, head.string(head.methodRange), path)
        else { return }
        x.reason = "\(method) is in the API and not deployed to stage \(key.stageName)"
    }
}
