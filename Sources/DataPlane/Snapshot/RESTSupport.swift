import GatewayModel
import JSON

/// What a REST API may say and is not served yet: refused when it is deployed, wherever it was said, so that nothing is
/// served otherwise than its owner asked for.
enum RESTSupport {
    static func check(_ content: REST.StageContent) throws(CompileError) {
        for deployment in [content.deployment, content.canary?.deployment].compactMap(\.self) {
            try check(deployment)
        }
    }

    private static func check(_ content: REST.DeploymentContent) throws(CompileError) {
        for resource in content.resources {
            for (verb, method) in resource.resourceMethods ?? [:] {
                guard let integration = method.methodIntegration else { continue }
                let name = "\(verb) \(resource.path)"
                if integration.type == "AWS", integration.uri?.hasSuffix("/response-streaming-invocations") == true {
                    throw refused("InvokeWithResponseStream by integrations that are no proxies (\(name))")
                }
            }
        }
    }

    private static func refused(_ what: String) -> CompileError {
        CompileError(message: "Gatehouse does not serve \(what) of REST APIs yet.")
    }
}
