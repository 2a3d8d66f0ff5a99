import GatewayModel
import HTTPFront
import JSON
import NIOCore
import Velocity

/// How a method's request becomes the integration's: parameters, then the template of the body.
struct RequestIntegration: Sendable {
    private struct Mapped: Sendable {
        let name: [UInt8]
        let source: ParameterSource
    }

    private enum Passthrough: String {
        case whenNoMatch = "WHEN_NO_MATCH", whenNoTemplates = "WHEN_NO_TEMPLATES", never = "NEVER"
    }

    private var headers: [Mapped] = []
    private var query: [Mapped] = []
    private var path: [Mapped] = []
    /// Of the URI, those that nothing is mapped to: a template may still say what stands there.
    private let unmappedNames: [[UInt8]]
    let templates: BodyTemplates
    private let choice: TemplateChoice
    let contentHandling: ContentHandling?
    private let passthrough: String
    private let isAWS: Bool
    /// A header is mapped that the gateway writes itself: every call fails (recorded).
    private let forbiddenHeader: String?

    init(
        _ integration: REST.Integration?, pathVariables: [[UInt8]], stageVariables: OrderedMap<String>,
        names: MappingNames = .rest, choice: TemplateChoice = .mediaType
    ) throws(CompileError) {
        self.choice = choice
        var forbidden: String?
        let isAWS = integration?.type.hasPrefix("AWS") == true
        self.isAWS = isAWS
        for (destination, text) in integration?.requestParameters ?? [:] {
            let source = try ParameterSource(
                text, pathVariables: pathVariables, stageVariables: stageVariables, names: names)
            if let name = ParameterSource.name(destination, after: "integration.request.header.") {
                switch MappedHeaders.use(of: name.lowercased(), isAWS: isAWS) {
                case .sent: headers.append(Mapped(name: Array(name.utf8), source: source))
                case .dropped: continue
                case .forbidden: forbidden = name
                }
            } else if let name = ParameterSource.name(destination, after: "integration.request.querystring.") {
                query.append(Mapped(name: Array(name.utf8), source: source))
            } else if let name = ParameterSource.name(destination, after: "integration.request.path.") {
                path.append(Mapped(name: Array(name.utf8), source: source))
            }
        }
        forbiddenHeader = forbidden
        templates = BodyTemplates(
            integration?.requestTemplates, names: names, isByMediaType: choice.isMediaType)
        contentHandling = integration?.contentHandling.flatMap(ContentHandling.init)
        passthrough = integration?.passthroughBehavior ?? "WHEN_NO_MATCH"
        needsBody = (headers + query + path).contains { $0.source.needsBody }
        let mapped = path.map(\.name)
        unmappedNames = HTTPIntegration.names(in: integration?.uri ?? "").filter { !mapped.contains($0) }
    }

    /// The names that the URI's `{…}` are filled from, in their order.
    var pathNames: [[UInt8]] { path.map(\.name) + unmappedNames }

    let needsBody: Bool

    /// Evaluates the parameters.
    func mapParameters(_ x: Exchange) throws(Refusal) {
        if let forbiddenHeader { throw refusal(of: forbiddenHeader, x) }
        guard !headers.isEmpty || !query.isEmpty || !path.isEmpty else { return }
        var values = ParameterValues(x: x)
        if needsBody {
            guard let body = MappedBody(x.body) else {
                x.rest.message = Array("Invalid JSON in request body".utf8)
                throw .unreadable
            }
            values.body = body
        }
        var parameters = IntegrationParameters()
        for mapped in headers {
            guard let value = values.value(mapped.source), MappedFields.isFieldValue(value) else { continue }
            parameters.headers.append((mapped.name, value))
        }
        for mapped in query {
            for value in values.values(mapped.source) { parameters.query.append((mapped.name, value)) }
        }
        parameters.path = path.map { values.value($0.source) }
        x.rest.parameters = parameters
    }

    /// Makes the integration's body of the request's.
    func mapBody(_ x: Exchange) throws(Refusal) {
        let type = choice.key(of: x)
        let converted = try PayloadConversion.ofRequest(x, contentHandling)
        if let converted { x.body = converted.body }
        if let template = templates.template(for: type) {
            x.body = try template.render(x, try converted?.text(x) ?? x.body)
            x.bodyUse = .collected
            try x.hold(x.body?.readableBytes ?? 0)
            try override(x)
            return
        }
        let isRefused: Bool =
            switch Passthrough(rawValue: passthrough) {
            case .never: true
            case .whenNoTemplates: !templates.isEmpty
            case .whenNoMatch, nil: false
            }
        if isRefused {
            x.reason = "has no template for \(String(decoding: type, as: UTF8.self)), and passes nothing through"
            throw .unsupportedMediaType
        }
    }

    /// What the template said of parameters wins over what is mapped, within the same rules.
    private func override(_ x: Exchange) throws(Refusal) {
        guard !x.rest.overrides.isEmpty else { return }
        for (name, value) in x.rest.overrides.request(.header) {
            let (bytes, value) = (Array(name.utf8), Array(value.utf8))
            guard !bytes.isEmpty, bytes.allSatisfy(ASCII.isToken), MappedFields.isFieldValue(value) else { continue }
            switch MappedHeaders.use(of: name.lowercased(), isAWS: isAWS) {
            case .forbidden: throw refusal(of: name, x)
            case .dropped: continue
            case .sent: break
            }
            x.rest.parameters.headers.removeAll { field in
                field.name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, bytes) }
            }
            x.rest.parameters.headers.append((bytes, value))
        }
        for (name, value) in x.rest.overrides.request(.querystring) {
            x.rest.parameters.query.removeAll { $0.name.elementsEqual(name.utf8) }
            x.rest.parameters.query.append((Array(name.utf8), Array(value.utf8)))
        }
        for (name, value) in x.rest.overrides.request(.path) {
            guard let index = pathNames.firstIndex(where: { $0.elementsEqual(name.utf8) }) else { continue }
            let missing = pathNames.count - x.rest.parameters.path.count
            if missing > 0 { x.rest.parameters.path += Array(repeating: nil, count: missing) }
            x.rest.parameters.path[index] = Array(value.utf8)
        }
    }

    private func refusal(of header: String, _ x: Exchange) -> Refusal {
        x.reason = "maps the header \(header), which API Gateway writes itself"
        return .internalError
    }

    /// The media type of the request; JSON when it has none.
    static func contentType(_ x: Exchange) -> [UInt8] {
        // Tests send JSON, whatever they say (Developer Guide, how-to-test-method).
        if x.rest.tester != nil { return MediaType.json }
        let type = x.withHead { bytes, head in
            head.first(.contentType).map { MediaType.first(of: UnsafeRawBufferPointer(rebasing: bytes[$0.range])) }
        }
        guard let type, let type, !type.isEmpty else { return MediaType.json }
        return type
    }
}

/// By what the template of a request is chosen.
enum TemplateChoice: Sendable {
    case mediaType
    /// Of WebSocket APIs; nil: the one for JSON (AWS's own samples have only that one, and no expression).
    case expression(SelectionKey?)

    var isMediaType: Bool { if case .mediaType = self { true } else { false } }

    func key(of x: Exchange) -> [UInt8] {
        switch self {
        case .mediaType: RequestIntegration.contentType(x)
        case .expression(nil): MediaType.json
        case .expression(let expression?): expression.value(x) ?? []
        }
    }
}

/// What becomes of a header that is mapped to an integration's request. Source: recorded answers.
enum MappedHeaders {
    enum Use { case sent, dropped, forbidden }

    static func use(of name: String, isAWS: Bool) -> Use {
        switch name {
        case "content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id": .forbidden
        case "authorization": isAWS ? .forbidden : .sent
        case "connection", "expect", "proxy-authenticate", "te": isAWS ? .forbidden : .dropped
        case "via": isAWS ? .sent : .dropped
        default: .sent
        }
    }
}
