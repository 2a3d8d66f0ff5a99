/// The URI of an integration with an AWS service: `arn:aws:apigateway:{region}:{subdomain.service}:path|action/…`.
/// Source: API reference, `Integration`.
package struct ServiceURI: Sendable, Equatable {
    package enum Target: Sendable, Equatable {
        /// A path of the service's own API, with its query if it has one; what stood behind `path/`.
        case path(String)
        /// An action, and the text behind its `&`, if there is one: further parameters of the query.
        case action(String, parameters: String)
    }

    package let region: String
    /// As the URI names it: `dynamodb`, `states`.
    package let service: String
    /// What stands before the service in its host: `bucket` of `bucket.s3`.
    package let subdomain: String?
    package let target: Target

    /// - Parameter uri: with its stage variables filled in. nil for what is none, and for functions.
    package init?(_ uri: String) {
        let parts = uri.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "apigateway", !parts[4].isEmpty else { return nil }
        let text = parts[5]
        if text.hasPrefix("path/") {
            guard parts[4] != "lambda" else { return nil }
            target = .path(String(text.dropFirst("path/".count)))
        } else if text.hasPrefix("action/") {
            let action = text.dropFirst("action/".count)
            let name = action.prefix { $0 != "&" && $0 != "?" }
            target = .action(String(name), parameters: String(action[name.endIndex...].dropFirst()))
        } else {
            return nil
        }
        region = String(parts[3])
        let labels = parts[4].split(separator: ".", omittingEmptySubsequences: false)
        service = String(labels.last ?? "")
        subdomain = labels.count > 1 ? labels.dropLast().joined(separator: ".") : nil
    }
}
