import GatewayModel
import Sealing

/// Links from which the code of functions and layers can be had without a signature, as AWS's lead to S3: for ten minutes.
struct CodeLinks: Sendable {
    private let key: SealingKey

    /// Source: Lambda's API reference, FunctionCodeLocation.
    private static let seconds: Int64 = 600

    init(key: SealingKey) { self.key = key }

    /// A path with a query.
    func link(to path: String, now: Timestamp) -> String {
        let expires = now.seconds + Self.seconds
        return "\(path)?expires=\(expires)&token=\(token(path, expires))"
    }

    func isGood(_ path: String, _ query: String, now: Timestamp) -> Bool {
        let parameters = PercentEncoding.query(query) ?? []
        guard parameters.count == 2, let expires = Int64(parameters[0].value), parameters[0].name == "expires",
            parameters[1].name == "token", expires >= now.seconds, expires <= now.seconds + Self.seconds
        else { return false }
        let wanted = Array(token(path, expires).utf8)
        let given = Array(parameters[1].value.utf8)
        // As long for every wrong one.
        return wanted.count == given.count && zip(wanted, given).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func token(_ path: String, _ expires: Int64) -> String {
        Hexadecimal.encode(key.derived(for: "code \(path) \(expires)"))
    }
}

extension ControlPlane {
    /// Whether a request is for such a link.
    package func isCodeLink(_ method: String, _ path: String, _ query: String) -> Bool {
        guard method == "GET", AllOperations.named(method: method, path: path) == LambdaOperations.codeDownload else {
            return false
        }
        return CodeLinks(key: settings.sealing).isGood(path, query, now: settings.now())
    }
}
