/// The function that an integration's URI names: a function's ARN, or API Gateway's own
/// `…:lambda:path/2015-03-31/functions/{arn}/invocations`, or for streamed answers
/// `…:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations`.
///
/// One Gatehouse is one account, so the ARN's account is not compared: hard-coded ones of templates keep working.
package struct FunctionURI: Sendable {
    package let name: String
    package let qualifier: String?

    /// - Parameter uri: with its stage variables filled in.
    package init?(_ uri: String) {
        let uri = Self.withoutEmptySegments(uri)
        var arn = uri[...]
        for (start, end) in Self.forms {
            guard let path = uri.firstRange(of: start), uri.hasSuffix(end) else { continue }
            arn = uri[path.upperBound...].dropLast(end.count)
        }
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 7 || parts.count == 8, parts[0] == "arn", parts[2] == "lambda", parts[5] == "function"
        else { return nil }
        name = String(parts[6])
        qualifier = parts.count == 8 ? String(parts[7]) : nil
    }

    /// Recorded of REST APIs: between `path/` and the function more slashes and spaces may stand than one slash.
    package static func withoutEmptySegments(_ uri: String) -> String {
        guard let path = uri.firstRange(of: ":lambda:path/") else { return uri }
        let rest = uri[path.upperBound...]
        guard let first = rest.first, first == "/" || first == " " else { return uri }
        return String(uri[..<path.upperBound] + rest.drop { $0 == "/" || $0 == " " })
    }

    private static let forms = [
        (":lambda:path/2015-03-31/functions/", "/invocations"),
        (":lambda:path/2021-11-15/functions/", "/response-streaming-invocations"),
    ]
}
