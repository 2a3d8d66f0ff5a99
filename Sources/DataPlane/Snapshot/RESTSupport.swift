import GatewayModel
import JSON

/// What a REST API may say and is not served yet: refused when it is deployed, wherever it was said, so that nothing is
/// served otherwise than its owner asked for.
enum RESTSupport {
    static func check(_ content: REST.StageContent, _ variables: OrderedMap<String>) throws(CompileError) {
        if content.cacheClusterSize != nil { throw refused("response caching (cacheClusterEnabled)") }
        for (method, setting) in content.methodSettings {
            if setting.cachingEnabled { throw refused("response caching (the setting of \(method))") }
            if setting.loggingLevel ?? "OFF" != "OFF" || setting.dataTraceEnabled {
                throw refused("execution logs (the setting of \(method))")
            }
        }
        for deployment in [content.deployment, content.canary?.deployment].compactMap(\.self) {
            try check(deployment, variables)
        }
    }

    private static func check(
        _ content: REST.DeploymentContent, _ variables: OrderedMap<String>
    ) throws(CompileError) {
        if content.minimumCompressionSize != nil { throw refused("compression (minimumCompressionSize)") }
        for resource in content.resources {
            for (verb, method) in resource.resourceMethods ?? [:] {
                guard let integration = method.methodIntegration else { continue }
                let name = "\(verb) \(resource.path)"
                let uri = StageVariables.fill(integration.uri ?? "", variables)
                if integration.type.hasPrefix("AWS"), !uri.contains(":lambda:path/") {
                    throw refused("integrations with AWS services but Lambda (\(name))")
                }
                if integration.type == "AWS", uri.hasSuffix("/response-streaming-invocations") {
                    throw refused("InvokeWithResponseStream by integrations that are no proxies (\(name))")
                }
                let isAsynchronous = (integration.requestParameters ?? [:]).contains {
                    $0.key.lowercased() == "integration.request.header.x-amz-invocation-type"
                }
                if isAsynchronous { throw refused("X-Amz-Invocation-Type (\(name))") }
                if integration.connectionType == "VPC_LINK" { throw refused("VPC links (\(name))") }
                if integration.tlsConfig?.insecureSkipVerification == true {
                    throw refused("insecureSkipVerification (\(name))")
                }
                if !integration.cacheKeyParameters.isEmpty { throw refused("cache keys (\(name))") }
            }
        }
    }

    private static func refused(_ what: String) -> CompileError {
        CompileError(message: "Gatehouse does not serve \(what) of REST APIs yet.")
    }
}
