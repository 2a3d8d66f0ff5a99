import Callers
import IAMPolicy

/// Who may give up what a stage's cache holds: those that their own policies or the API's resource policy allow
/// `execute-api:InvalidateCache`. What a function authorizer answers does not give it (reported of AWS).
///
/// Source: Developer Guide, api-gateway-caching.
enum InvalidationPermission {
    static func isGiven(_ x: Exchange) throws(Refusal) -> Bool {
        let caller = x.caller
        let policy = x.rest.deployment?.policy
        guard caller != nil || policy != nil else { return false }
        let request = try MethodARN.request(
            x, by: caller?.principal ?? .anonymous, action: "execute-api:InvalidateCache")
        if let caller {
            return caller.decision(request, resourcePolicy: policy) { PolicyValues.of($0, x, caller) } == .allowed
        }
        return policy?.verdict(for: request) { PolicyValues.of($0, x) }.isAllow == true
    }
}
