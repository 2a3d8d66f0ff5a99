import HTTPFront
import JSON
import NIOCore
import Velocity

/// One mapping template, or why it is none: AWS takes every text, and fails when it is run.
struct BodyTemplate: Sendable {
    private enum Text: Sendable {
        /// Nothing in it has to be worked out.
        case constant(ByteBuffer)
        /// With the variables that its paths below `$context` are, by number.
        case template(Template, [ContextReference?])
        case broken(TemplateError)
    }

    private let text: Text
    private let names: MappingNames

    init(_ text: String, _ names: MappingNames) {
        self.names = names
        guard
            text.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "\\") }
            )
        else {
            self.text = .constant(ByteBuffer(string: text))
            return
        }
        do throws(TemplateError) {
            let template = try Template(text)
            self.text = .template(template, template.contextPaths.map { ContextReference($0, names.variables) })
        } catch {
            self.text = .broken(error)
        }
    }

    /// What becomes of a body: the request's, or the integration's answer.
    func render(_ x: Exchange, _ body: ByteBuffer?) throws(Refusal) -> ByteBuffer {
        var output: [UInt8] = []
        do throws(TemplateError) {
            switch text {
            case .constant(let text): return text
            case .broken(let error): throw error
            case .template(let template, let variables):
                // A copy, as the source reads of the call meanwhile.
                var overrides = x.rest.overrides
                try template.render(CallTemplateSource(x, body, variables, names), overrides: &overrides, into: &output)
                x.rest.overrides = overrides
            }
        } catch {
            x.reason =
                "has a mapping template that fails at line \(error.line), column \(error.column): \(error.message)"
            x.rest.log?.failure = [
                ExecutionFailure.template(
                    isOfAnswer: x.step > RESTPipeline.Step.map.rawValue,
                    "line \(error.line), column \(error.column): \(error.message)")
            ]
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
    /// As they are when a template first asks.
    private lazy var figures = x.figures
    private var buffer: ByteBuffer

    private let variables: [ContextReference?]
    private let names: MappingNames

    init(_ x: Exchange, _ body: ByteBuffer?, _ variables: [ContextReference?], _ names: MappingNames) {
        self.x = x
        self.names = names
        self.variables = variables
        buffer = x.worker.allocator.buffer(capacity: 128)
        templateBody =
            body.map { body in
                let bytes = Array(body.readableBytesView)
                let isText = bytes.withUnsafeBytes { ByteBuffer.isUTF8($0) }
                return isText ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
            } ?? []
    }

    // MARK: Parameters

    func templateParameter(_ name: String, in place: TemplateParameterPlace) -> String? {
        parameter(Array(name.utf8), in: place).map { String(decoding: $0, as: UTF8.self) }
    }

    func printTemplateParameter(_ name: String, to output: inout [UInt8]) {
        let name = Array(name.utf8)
        guard
            let value = parameter(name, in: .path) ?? parameter(name, in: .querystring) ?? parameter(name, in: .header)
        else { return }
        if value.withUnsafeBytes({ ByteBuffer.isUTF8($0) }) {
            output.append(contentsOf: value)
        } else {
            output.append(contentsOf: String(decoding: value, as: UTF8.self).utf8)
        }
    }

    private func parameter(_ name: [UInt8], in place: TemplateParameterPlace) -> [UInt8]? {
        let values = ParameterValues(x: x)
        switch place {
        case .path: return x.route?.variables.firstIndex(of: name).flatMap { values.value(.path($0)) }
        case .querystring: return values.lastQuery(name)
        case .header:
            if let value = values.lastSeenHeader(name) { return value }
            guard EventHeaders.ownOfREST(named: name) else { return nil }
            return allHeaders().last { $0.name.utf8.elementsEqual(name) }.map { Array($0.value.utf8) }
        }
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
        let found = EventHeaders.ofREST(x).sorted { $0.name < $1.name }
        headers = found
        return found
    }

    // MARK: Stage variables

    func templateStageVariable(_ name: String) -> String? { x.stageVariables[name] }

    func templateStageVariables() -> [(name: String, value: String)] {
        x.stageVariables.map { ($0.key, $0.value) }
    }

    // MARK: $context

    func templateContext(_ path: ContextPath) -> ContextValue {
        if isPart(path) { return .part }
        return writeContext(path) ? .text(String(buffer: buffer)) : .absent
    }

    func printTemplateContext(_ path: ContextPath, to output: inout [UInt8]) -> Bool {
        if writeContext(path) {
            buffer.withUnsafeReadableBytes { output.append(contentsOf: $0) }
            return true
        }
        return isPart(path)
    }

    private func isPart(_ path: ContextPath) -> Bool {
        path.text == "identity" || path.text == "authorizer" || path.text == "authorizer.claims" && x.token != nil
    }

    /// Writes the variable at `path` into `buffer`.
    private func writeContext(_ path: ContextPath) -> Bool {
        let known = path.number.map { variables[$0] } ?? ContextReference(path.text, names.variables)
        guard let known else { return false }
        buffer.clear()
        return known.write(x, figures, to: &buffer)
    }

    func templateContextNames(below path: String) -> [String] {
        switch path {
        case "": x.apiKind == .webSocket ? Self.webSocketNames : Self.restNames
        case "identity": x.apiKind == .webSocket ? Self.webSocketIdentity : Self.identity
        case "authorizer": x.authorizerValueNames
        case "authorizer.claims": x.claimNames
        default: []
        }
    }

    /// In the order in which AWS iterates (recorded).
    private static let restNames = [
        "resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol",
        "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName", "deploymentId", "apiId",
    ]
    private static let identity = [
        "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
        "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
    ]
    /// In the order of events (unconfirmed).
    private static let webSocketNames = [
        "routeKey", "messageId", "eventType", "extendedRequestId", "requestTime", "messageDirection", "stage",
        "connectedAt", "requestTimeEpoch", "identity", "requestId", "domainName", "connectionId", "apiId",
    ]
    private static let webSocketIdentity = ["sourceIp", "userAgent"]
}
