import BoundedRegex
import GatewayModel
import HTTPFront
import JSON
import NIOCore
import Velocity

/// The answers of a method whose integration is no proxy: which one is taken, and what is made of it.
struct IntegrationResponses: AnswerMapping {
    private var choices: [(pattern: SelectionPattern, response: MappedMethodResponse)] = []
    private var otherwise: MappedMethodResponse?

    init(_ method: REST.Method, stageVariables: OrderedMap<String>) throws(CompileError) {
        for (status, response) in method.methodIntegration?.integrationResponses ?? [:] {
            let mapped = try MappedMethodResponse(
                response, isDeclared: method.methodResponses?[status] != nil, stageVariables: stageVariables)
            if let pattern = response.selectionPattern, !pattern.isEmpty {
                choices.append((SelectionPattern(pattern), mapped))
            } else {
                otherwise = mapped
            }
        }
    }

    func respond(_ x: Exchange, _ answer: IntegrationAnswer, by key: AnswerKey) throws(Refusal) {
        guard let response = try select(key.text) else {
            x.rest.log?.failure = [ExecutionFailure.noMatch(status: key.status)]
            x.reason =
                switch key {
                case .status(let status): "has no integration response for the status \(status)"
                case .function: "has no integration response for what \(x.integrationName) answered"
                }
            throw .internalError
        }
        try response.respond(x, answer)
    }

    /// The response for a status, or for a function's error message; nil selects the default one.
    private func select(_ text: String?) throws(Refusal) -> MappedMethodResponse? {
        guard let text else { return otherwise }
        for choice in choices where try choice.pattern.matches(text) { return choice.response }
        return otherwise
    }

    /// The first media type that the client asks for.
    static func acceptedType(_ x: Exchange) -> [UInt8]? {
        x.withHead { bytes, head in
            for field in head.fields where field.name.count == 6 {
                guard ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), "accept")
                else { continue }
                return MediaType.first(of: UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
            }
            return nil
        } ?? nil
    }
}

/// `selectionPattern`: a Java pattern that matches the whole text.
struct SelectionPattern: Sendable {
    /// nil where it is none: AWS takes every text, and fails when it is asked.
    private let pattern: Pattern?

    init(_ text: String) { pattern = try? Pattern(text, dialect: .java) }

    func matches(_ candidate: String) throws(Refusal) -> Bool {
        guard let pattern, let matches = try? pattern.matchesWhole(candidate) else { throw .internalError }
        return matches
    }
}

/// One integration response with the method response that it leads to.
struct MappedMethodResponse: Sendable {
    private let status: Int
    /// Whether the method has a response of that status: else AWS answers 500.
    private let isDeclared: Bool
    private let fields: [(name: [UInt8], source: ParameterSource)]
    private let needsBody: Bool
    private let templates: BodyTemplates
    private let contentHandling: ContentHandling?

    init(
        _ response: REST.IntegrationResponse, isDeclared: Bool, stageVariables: OrderedMap<String>
    ) throws(CompileError) {
        status = Int(response.statusCode) ?? 500
        self.isDeclared = isDeclared
        var fields: [(name: [UInt8], source: ParameterSource)] = []
        for (destination, text) in response.responseParameters ?? [:] {
            guard let name = ParameterSource.name(destination, after: "method.response.header.") else { continue }
            fields.append(
                (Array(name.utf8), try ParameterSource(text, pathVariables: [], stageVariables: stageVariables)))
        }
        self.fields = fields
        needsBody = fields.contains { $0.source.needsBody }
        templates = BodyTemplates(response.responseTemplates)
        contentHandling = response.contentHandling.flatMap(ContentHandling.init)
    }

    func respond(_ x: Exchange, _ answer: IntegrationAnswer) throws(Refusal) {
        guard status >= 200 else {
            x.reason = "answers \(status), which is no final status"
            throw .internalError
        }
        guard isDeclared else {
            x.reason = "has no method response \(status)"
            x.rest.log?.failure = [
                ExecutionFailure.configuration + "Output mapping refers to an invalid method response: \(status)"
            ]
            throw .internalError
        }
        let accepted = IntegrationResponses.acceptedType(x)
        let chosen = templates.template(accepting: accepted)
        let converted = try PayloadConversion.ofAnswer(x, answer, contentHandling, accepting: accepted)
        var body = converted?.body ?? answer.body ?? ByteBuffer()
        var type: [UInt8]?
        if let chosen, let template = chosen.template {
            body = try template.render(x, try converted?.text(x) ?? answer.body)
            type = chosen.type
        }
        var values = ParameterValues(x: x, response: answer.head)
        if needsBody {
            guard let body = MappedBody(answer.body) else {
                x.reason = "maps the body of an answer that begins as JSON and is none"
                throw .internalError
            }
            values.body = body
        }
        var lines: [(name: [UInt8], value: [UInt8])] = []
        for field in fields {
            guard let value = values.value(field.source), MappedFields.isFieldValue(value) else { continue }
            lines.append((field.name, value))
        }
        var status = status
        if !x.rest.overrides.isEmpty { override(x, &status, &lines) }
        Self.write(x, status, lines, type: type ?? MediaType.json, body)
    }

    /// What a template said of the answer wins over what is mapped; a status that is none is not heard.
    private func override(_ x: Exchange, _ status: inout Int, _ lines: inout [(name: [UInt8], value: [UInt8])]) {
        if let text = x.rest.overrides.responseStatus, let given = Int(text), (200...599).contains(given) {
            status = given
        }
        let overriding = x.rest.overrides.responseHeaders.map {
            (name: Array($0.name.utf8), value: Array($0.value.utf8))
        }
        .filter { !$0.name.isEmpty && $0.name.allSatisfy(ASCII.isToken) && MappedFields.isFieldValue($0.value) }
        lines.removeAll { line in
            overriding.contains { one in line.name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, one.name) } }
        }
        lines += overriding
    }

    private static func write(
        _ x: Exchange, _ status: Int, _ fields: [(name: [UInt8], value: [UInt8])], type: [UInt8], _ body: ByteBuffer
    ) {
        x.respond(status, whole: body) { lines in
            lines.date()
            var hasType = false
            for field in fields {
                let known = field.name.withUnsafeBytes(HeaderName.init)
                hasType = hasType || known == .contentType
                switch field.name.withUnsafeBytes({ ResponseFields.use(of: known, $0, isProxy: false) }) {
                case .passed: lines.field(field.name, field.value)
                case .renamed: lines.field(ResponseFields.remapped.bytes + field.name, field.value)
                case .dropped: continue
                }
            }
            if !hasType {
                lines.field(Array("Content-Type".utf8), MappedFields.isFieldValue(type) ? type : MediaType.json)
            }
            lines.length()
        }
    }
}
