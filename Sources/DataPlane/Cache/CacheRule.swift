import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// How the answers of one method, by one verb, are kept.
final class CacheRule: Sendable {
    /// What a request with `Cache-Control: max-age=0` may do: anybody's, or those that policies allow
    /// `execute-api:InvalidateCache`, and what becomes of the others.
    enum Invalidation: Sendable {
        case byAnyone
        case refused, ignoredWithWarning, ignored
    }

    let cache: StageCache
    let timeToLive: TimeAmount
    let invalidation: Invalidation
    /// How long the integration may take, and so how long a request waits for the answer to another one.
    let patience: TimeAmount
    /// The integration's parameters are part of the key.
    let needsMapping: Bool
    /// What every key begins with.
    private let prefix: [UInt8]
    private let parameters: [CacheKeyParameter]

    /// nil where nothing is kept.
    init?(
        _ method: CompiledRoute, verb: String, _ setting: REST.MethodSetting, _ cache: StageCache,
        deploymentId: String
    ) {
        guard setting.cachingEnabled, Self.timesToLive.contains(setting.cacheTtlInSeconds), let rest = method.method,
            let integration = rest.source.methodIntegration,
            // Streamed answers are not kept (Developer Guide, response-transfer-mode).
            !rest.isStreamed
        else { return nil }
        self.cache = cache
        timeToLive = .seconds(Int64(setting.cacheTtlInSeconds))
        patience = .milliseconds(Int64(integration.timeoutInMillis))
        invalidation =
            if !setting.requireAuthorizationForCacheControl {
                .byAnyone
            } else {
                switch setting.unauthorizedCacheControlHeaderStrategy {
                case "FAIL_WITH_403": .refused
                case "SUCCEED_WITHOUT_RESPONSE_HEADER": .ignored
                default: .ignoredWithWarning
                }
            }
        let names = integration.cacheKeyParameters.sorted()
        let namespace = integration.cacheNamespace ?? String(decoding: rest.resourceId, as: UTF8.self)
        prefix = Array(([deploymentId, namespace, verb] + names).joined(separator: "\0").utf8)
        parameters = names.map { CacheKeyParameter($0, method) }
        needsMapping = parameters.contains { $0.isMapped }
    }

    /// Zero: nothing is kept. Longer than an hour cannot be said.
    private static let timesToLive = 1...3_600

    func writeKey(_ x: Exchange, to key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key += prefix
        for parameter in parameters { parameter.write(x, to: &key) }
    }
}

/// The rules of a stage's methods.
struct StageCaching: Sendable {
    /// By verb.
    private struct Verbs: Sendable {
        var rules: [CacheRule?] = Array(repeating: nil, count: 8)
    }

    static let none = StageCaching()

    /// By the method's index in its deployment; empty where nothing is kept.
    private var methods: [Verbs?] = []

    private init() {}

    init(_ deployment: RESTDeployment, _ settings: OrderedMap<REST.MethodSetting>, _ cache: StageCache) {
        guard settings.contains(where: { $0.value.cachingEnabled }) else { return }
        methods = deployment.methods.map { method in
            guard case .path(let configured, _) = method.key else { return nil }
            let path = String(decoding: method.resourcePath.dropFirst(), as: UTF8.self)
            var verbs = Verbs()
            for (verb, name) in Self.verbs where configured == .any || configured.rawValue == name {
                // Settings for all methods keep answers to GET alone (Developer Guide, api-gateway-caching).
                let setting =
                    settings["\(path)/\(name)"] ?? (configured == .any ? settings["\(path)/ANY"] : nil)
                    ?? (verb == .get ? settings["*/*"] : nil)
                verbs.rules[Int(verb.rawValue)] = setting.flatMap {
                    CacheRule(
                        method, verb: name, $0, cache, deploymentId: String(decoding: deployment.id, as: UTF8.self))
                }
            }
            return verbs.rules.contains { $0 != nil } ? verbs : nil
        }
    }

    private static let verbs: [(RequestHead.Method, String)] = [
        (.get, "GET"), (.head, "HEAD"), (.options, "OPTIONS"), (.patch, "PATCH"), (.post, "POST"), (.put, "PUT"),
        (.delete, "DELETE"),
    ]

    @inline(__always)
    func rule(_ index: Int, _ verb: RequestHead.Method) -> CacheRule? {
        index < methods.count ? methods[index]?.rules[Int(verb.rawValue)] : nil
    }
}
