import HTTPFront
import JSON
import NIOCore
import Velocity

/// One mapping template, or why it is none: AWS takes every text, and fails when it is run.
struct BodyTemplate: Sendable {
    private enum Text: Sendable {
        case template(Template)
        case broken(TemplateError)
    }

    private let text: Text

    init(_ text: String) {
        do throws(TemplateError) { self.text = .template(try Template(text)) } catch { self.text = .broken(error) }
    }

    /// What becomes of a body: the request's, or the integration's answer.
    func render(_ x: Exchange, _ body: ByteBuffer?) throws(Refusal) -> ByteBuffer {
        var output: [UInt8] = []
        do throws(TemplateError) {
            guard case .template(let template) = text else {
                if case .broken(let error) = text { throw error }
                return ByteBuffer()
            }
            // A copy, as the source reads of the call meanwhile.
            var overrides = x.rest.overrides
            try template.render(CallTemplateSource(x, body), overrides: &overrides, into: &output)
            x.rest.overrides = overrides
        } catch {
            x.reason =
                "has a mapping template that fails at line \(error.line), column \(error.column): \(error.message)"
            throw .internalError
        }
        return ByteBuffer(bytes: output)
    }
}

/// What a template reads of its call.
private final class CallTemplateSource: TemplateSource {
    let templateBody: [UInt8]
    private let x: Exchange
    private var headers: [(name: String, value: String)]?

    init(_ x: Exchange, _ body: ByteBuffer?) {
        self.x = x
        templateBody =
            body.map { body in
                let bytes = Array(body.readableBytesView)
                let isText = bytes.withUnsafeBytes { ByteBuffer.isUTF8($0) }
                return isText ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
            } ?? []
    }

    // MARK: Parameters

    func templateParameter(_ name: String, in place: TemplateParameterPlace) -> String? {
        templateParameters(in: place).last { $0.name == name }?.value
    }

    func templateParameters(in place: TemplateParameterPlace) -> [(name: String, value: String)] {
        switch place {
        case .path:
            (x.route?.variables ?? []).enumerated().compactMap { index, name in
                let value = x.withPathVariable(index) { bytes in
                    var text: [UInt8] = []
                    PercentCoding.decode(bytes, into: &text)
                    return String(decoding: text, as: UTF8.self)
                }
                return value.map { (String(decoding: name, as: UTF8.self), $0) }
            }
        case .querystring:
            QueryParameters(x).groups.map { group in
                (String(decoding: group.name, as: UTF8.self), String(decoding: group.values.last ?? [], as: UTF8.self))
            }
        case .header: allHeaders()
        }
    }

    /// Those that an integration may see, by name; of a repeated one the last.
    private func allHeaders() -> [(name: String, value: String)] {
        if let headers { return headers }
        var found: [(name: String, value: String)] = []
        _ = x.withHead { bytes, head in
            for field in head.fields where EventHeaders.isSeen(field, bytes) {
                let name = String(decoding: bytes[field.name.range], as: UTF8.self)
                found.removeAll { $0.name == name }
                found.append((name, String(decoding: bytes[field.value.range], as: UTF8.self)))
            }
        }
        for own in EventHeaders.ownOfREST(x) { found.append(own) }
        found.sort { $0.name < $1.name }
        headers = found
        return found
    }

    // MARK: Stage variables

    func templateStageVariable(_ name: String) -> String? { x.rest.deployment?.variables[name] }

    func templateStageVariables() -> [(name: String, value: String)] {
        x.rest.deployment?.variables.map { ($0.key, $0.value) } ?? []
    }

    // MARK: $context

    func templateContext(_ path: ContextPath) -> ContextValue {
        if path.text == "identity" || path.text == "authorizer" { return .part }
        guard let variable = RESTPipeline.contextVariables[path.text] else { return .absent }
        var buffer = x.worker.allocator.buffer(capacity: 64)
        guard variable.write(x, x.figures, to: &buffer) else { return .absent }
        return .text(String(buffer: buffer))
    }

    func templateContextNames(below path: String) -> [String] {
        switch path {
        case "": Self.names
        case "identity": Self.identity
        default: []
        }
    }

    /// In the order in which AWS iterates (recorded).
    private static let names = [
        "resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol",
        "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName", "deploymentId", "apiId",
    ]
    private static let identity = [
        "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
        "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
    ]
}
