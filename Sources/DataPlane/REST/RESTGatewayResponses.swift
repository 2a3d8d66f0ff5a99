import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// What a REST API says when it answers itself: the built-in words, and what the API has set instead.
struct RESTGatewayResponses: Sendable {
    private struct Custom: Sendable {
        let status: Int?
        let fields: [(name: [UInt8], source: ParameterSource)]
        let templates: [(type: String, text: SubstitutedText)]
    }

    private var byType: [String: Custom] = [:]

    static let none = RESTGatewayResponses()

    private init() {}

    init(_ written: PartList<REST.GatewayResponse>, stageVariables: OrderedMap<String>) throws(CompileError) {
        for response in written.values {
            var fields: [(name: [UInt8], source: ParameterSource)] = []
            for (destination, text) in response.responseParameters ?? [:] {
                guard let name = ParameterSource.name(destination, after: "gatewayresponse.header.") else { continue }
                let source: ParameterSource
                if let path = ParameterSource.name(text, after: "method.request.path.") {
                    source = .pathNamed(Array(path.utf8))
                } else {
                    source = try ParameterSource(text, pathVariables: [], stageVariables: stageVariables)
                }
                fields.append((Array(name.utf8), source))
            }
            byType[response.responseType] = Custom(
                status: response.statusCode.flatMap { Int($0) }, fields: fields,
                templates: (response.responseTemplates ?? [:]).map { type, text in
                    (type.lowercased(), SubstitutedText(text, stageVariables: stageVariables))
                })
        }
    }

    func response(_ form: RESTRefusal, _ x: Exchange) -> GatewayResponse {
        let message = x.rest.message ?? form.message.bytes
        var status = form.status
        var fields = x.worker.allocator.buffer(capacity: 128)
        var body = x.worker.allocator.buffer(capacity: 64)
        var type = "application/json"
        var hasType = false
        // A type that the API has not set takes what the API has set for all of its class.
        let custom =
            form.isFixed ? nil : byType["\(form.type)"] ?? byType[form.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"]
        if let custom {
            if let given = custom.status, given >= 200 { status = given }
            // The variables of the error itself are those of this response.
            x.refusal = GatewayResponse(
                status: status, fields: [], body: [], message: message, type: form.type, isAfterStart: form.isAfterStart
            )
            let values = ParameterValues(x: x)
            for field in custom.fields {
                guard let value = values.value(field.source), MappedFields.isFieldValue(value) else { continue }
                let known = field.name.withUnsafeBytes(HeaderName.init)
                switch field.name.withUnsafeBytes({ ResponseFields.use(of: known, $0, isProxy: false) }) {
                case .dropped: continue
                case .renamed: fields.write(ResponseFields.remapped)
                case .passed: hasType = hasType || known == .contentType
                }
                fields.write(field.name)
                fields.write(": ")
                fields.write(value)
                fields.write("\r\n")
            }
        }
        if form.isFixed {
            type = "text; charset=utf-8"
            body.write(message)
        } else if let template = custom.flatMap({ Self.template($0.templates, x) }) {
            type = template.type
            template.text.write(x, to: &body)
        } else {
            body.write(form.isAfterStart ? #"{"message": "# : form.isCapital ? #"{"Message":"# : #"{"message":"#)
            if message.isEmpty { body.write("null") } else { body.writeJSONString(message) }
            body.write("}")
        }
        if !hasType, MappedFields.isFieldValue(Array(type.utf8)) { fields.writeString("Content-Type: \(type)\r\n") }
        if !form.isFixed {
            fields.write("x-amzn-ErrorType: ")
            fields.write(form.errorType)
            fields.write("\r\n")
        }
        return GatewayResponse(
            status: status, fields: Array(fields.readableBytesView), body: Array(body.readableBytesView),
            message: message, type: form.type, isFixed: form.isFixed, isAfterStart: form.isAfterStart)
    }

    private static func template(
        _ templates: [(type: String, text: SubstitutedText)], _ x: Exchange
    ) -> (type: String, text: SubstitutedText)? {
        let accepted = IntegrationResponses.acceptedType(x).map { String(decoding: $0, as: UTF8.self) }
        return templates.first { $0.type == accepted } ?? templates.first { $0.type == "application/json" }
            ?? templates.first
    }
}

/// Text with `$context.…` and `$stageVariables.…`, which are replaced; it is no template of the Velocity language.
struct SubstitutedText: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        case variable(ContextReference)
    }

    private var parts: [Part] = []

    init(_ text: String, stageVariables: OrderedMap<String>) {
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            if dollar > rest.startIndex { parts.append(.text(Array(rest[..<dollar].utf8))) }
            let after = rest[dollar...]
            if let name = Self.name(after, "$context.") {
                if let variable = RESTPipeline.context(name) { parts.append(.variable(variable)) }
                rest = rest[name.endIndex...]
            } else if let name = Self.name(after, "$stageVariables.") {
                if let value = stageVariables[String(name)] { parts.append(.text(Array(value.utf8))) }
                rest = rest[name.endIndex...]
            } else {
                parts.append(.text([UInt8(ascii: "$")]))
                rest = after.dropFirst()
            }
        }
        if !rest.isEmpty { parts.append(.text(Array(rest.utf8))) }
    }

    private static func name(_ text: Substring, _ prefix: String) -> Substring? {
        guard text.hasPrefix(prefix) else { return nil }
        let name = text.dropFirst(prefix.count).prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_")
        }
        return name.hasSuffix(".") ? name.dropLast() : name
    }

    func write(_ x: Exchange, to buffer: inout ByteBuffer) {
        for part in parts {
            switch part {
            case .text(let text): buffer.write(text)
            case .variable(let variable): _ = variable.write(x, x.figures, to: &buffer)
            }
        }
    }
}
