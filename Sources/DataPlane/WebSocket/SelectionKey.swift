import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// A selection expression of a WebSocket API, ready to be asked: what it yields is the key of a route, a model or a template.
///
/// Nothing is built of a message to find something in it. Source: Developer Guide,
/// apigateway-websocket-api-selection-expressions.
struct SelectionKey: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        /// Of the message; a path within, or all of it.
        case body(BodyPath?)
        /// Of the integration's answer.
        case answerBody(BodyPath?)
        case answerStatus
        case answerHeader([UInt8])
        case answerHeaders([UInt8])
    }

    private let parts: [Part]

    /// Whether it asks the message for something.
    var readsMessage: Bool { parts.contains { if case .body = $0 { true } else { false } } }

    init?(_ expression: String?) throws(CompileError) {
        guard let expression else { return nil }
        guard let parsed = SelectionExpression(expression) else {
            throw CompileError(message: "The selection expression '\(expression)' cannot be read.")
        }
        var parts: [Part] = []
        for part in parsed.parts {
            switch part {
            case .text(let text): parts.append(.text(Array(text.utf8)))
            case .variable(let name): parts.append(try Self.variable(name, expression))
            }
        }
        self.parts = parts
    }

    private static func variable(_ name: String, _ expression: String) throws(CompileError) -> Part {
        func after(_ prefix: String) -> String? {
            name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
        }
        if let path = after("request.body") { return .body(path.isEmpty ? nil : try BodyPath(path)) }
        if let path = after("integration.response.body") { return .answerBody(path.isEmpty ? nil : try BodyPath(path)) }
        if name == "integration.response.statuscode" { return .answerStatus }
        if let header = after("integration.response.header.") { return .answerHeader(Array(header.utf8)) }
        if let header = after("integration.response.multivalueheader.") { return .answerHeaders(Array(header.utf8)) }
        throw CompileError(message: "The selection expression '\(expression)' asks for \(name), which is not known.")
    }

    /// What it yields for the call's message, and for the integration's answer to it. A path that leads nowhere yields an
    /// empty text; nil when the message is asked for something and is no JSON.
    func value(_ x: Exchange, _ answer: IntegrationAnswer? = nil, status: Int = 0) -> [UInt8]? {
        var value: [UInt8] = []
        var message: JSONText?
        for part in parts {
            switch part {
            case .text(let text): value += text
            case .body(let path):
                if message == nil { message = JSONText(x.body) }
                guard let message else { return nil }
                value += message.text(at: path) ?? []
            case .answerBody(let path): value += JSONText(answer?.body)?.text(at: path) ?? []
            case .answerStatus: value += Array("\(status)".utf8)
            case .answerHeader(let name): value += Self.fields(name, answer).last ?? []
            case .answerHeaders(let name): value += Array(Self.fields(name, answer).joined(separator: [0x2C]))
            }
        }
        return value
    }

    private static func fields(_ name: [UInt8], _ answer: IntegrationAnswer?) -> [[UInt8]] {
        guard let head = answer?.head else { return [] }
        return head.withBytes { bytes in
            head.fields.filter {
                ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[$0.name.range]), name)
            }.map { Array(bytes[$0.value.range]) }
        }
    }
}

/// A text that is JSON, without a tree of it.
struct JSONText {
    private let text: [UInt8]

    /// nil for what is none.
    init?(_ bytes: ByteBuffer?) {
        text = bytes.map { Array($0.readableBytesView) } ?? []
        guard MappedBody.isValid(text) else { return nil }
    }

    /// What the path leads to: a string's own text, a list as `[a, b]` (documented of two texts), anything else as it is
    /// written (unconfirmed).
    func text(at path: BodyPath?) -> [UInt8]? {
        guard let path else { return text }
        guard let range = path.range(within: text), let value = BodyPath.value(at: range, in: text) else { return nil }
        guard text[range].first == UInt8(ascii: "["), let list = try? JSONValue(parsing: value).array else {
            return value
        }
        let items = list.map { item in item.string.map { Array($0.utf8) } ?? item.bytes }
        return [UInt8(ascii: "[")] + Array(items.joined(separator: Array(", ".utf8))) + [UInt8(ascii: "]")]
    }
}
