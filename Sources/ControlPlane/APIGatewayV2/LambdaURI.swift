import GatewayModel
import JSON

/// The URI of a Lambda proxy integration: a function's ARN, or API Gateway's own
/// `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN}/invocations`. Stage variables may stand in it.
struct LambdaURI {
    /// `name` or `name:qualifier`; nil when a stage variable says which function it is.
    let functionName: String?

    /// - Parameter isREST: also `…/2021-11-15/functions/{ARN}/response-streaming-invocations`, and more slashes behind
    ///   `path/` than one.
    init?(_ uri: String, isREST: Bool = false) {
        let uri = isREST ? FunctionURI.withoutEmptySegments(uri) : uri
        var arn = uri[...]
        var forms = [(":lambda:path/2015-03-31/functions/", "/invocations")]
        if isREST { forms.append((":lambda:path/2021-11-15/functions/", "/response-streaming-invocations")) }
        for (start, end) in forms {
            guard let path = uri.firstRange(of: start) else { continue }
            let prefix = uri[..<path.lowerBound].split(separator: ":", omittingEmptySubsequences: false)
            guard prefix.count == 4, prefix[0] == "arn", prefix[2] == "apigateway", uri.hasSuffix(end) else {
                return nil
            }
            arn = uri[path.upperBound...].dropLast(end.count)
        }
        guard arn.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if StageVariableExpression.isWhole(arn) {
            functionName = nil
            return
        }
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 7 || parts.count == 8, parts[0] == "arn", parts[2] == "lambda", parts[5] == "function",
            parts[6...].allSatisfy({ !$0.isEmpty && Self.isName($0) })
        else { return nil }
        let name = parts[6...].joined(separator: ":")
        functionName = name.contains("${") ? nil : name
    }

    private static func isName(_ part: Substring) -> Bool {
        guard let plain = StageVariableExpression.removed(from: part) else { return false }
        if plain == "$LATEST" { return true }
        return plain.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// `${stageVariables.name}` inside a URI.
enum StageVariableExpression {
    private static let start = "${stageVariables."

    /// The text without its stage variables; nil when one is malformed.
    static func removed(from text: some StringProtocol) -> String? {
        var plain = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: start) {
            plain += rest[..<open.lowerBound]
            let after = rest[open.upperBound...]
            guard let close = after.firstIndex(of: "}"), isName(after[..<close]) else { return nil }
            rest = after[after.index(after: close)...]
        }
        return plain + rest
    }

    static func isWhole(_ text: Substring) -> Bool {
        text.hasPrefix(start) && text.hasSuffix("}") && isName(text.dropFirst(start.count).dropLast())
    }

    /// Letters, digits and underscores.
    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
