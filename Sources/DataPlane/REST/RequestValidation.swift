import GatewayModel
import HTTPFront
import JSON
import JSONSchema
import NIOCore

/// What a method asks of its requests, when its validator looks.
struct RequestValidation: Sendable {
    private struct Parameter: Sendable {
        let name: [UInt8]
        let source: ParameterSource
    }

    private var parameters: [Parameter] = []
    private var models: BodyModels?

    var validatesBody: Bool { models != nil }

    /// nil when nothing is looked at.
    init?(
        _ method: REST.Method, _ validator: REST.RequestValidator?, _ content: REST.DeploymentContent,
        pathVariables: [[UInt8]]
    ) throws(CompileError) {
        guard let validator, validator.validateRequestParameters || validator.validateRequestBody else { return nil }
        if validator.validateRequestBody { models = BodyModels(method, content) }
        guard validator.validateRequestParameters else { return }
        // Recorded order: headers, path variables, query; by name within.
        for place in ["header", "path", "querystring"] {
            let prefix = "method.request.\(place)."
            for (key, isRequired) in (method.requestParameters ?? [:]).sorted(by: { $0.key < $1.key }) where isRequired
            {
                guard let name = ParameterSource.name(key, after: prefix) else { continue }
                parameters.append(
                    Parameter(
                        name: Array(name.utf8),
                        source: try ParameterSource(key, pathVariables: pathVariables, stageVariables: [:])))
            }
        }
    }

    /// A parameter that is there and blank counts as missing.
    func check(_ x: Exchange) throws(Refusal) {
        let values = ParameterValues(x: x)
        let missing = parameters.filter { values.value($0.source)?.allSatisfy { $0 == 0x20 || $0 == 0x09 } ?? true }
        guard missing.isEmpty else {
            let names = missing.map { String(decoding: $0.name, as: UTF8.self) }.joined(separator: ", ")
            x.rest.message = Array("Missing required request parameters: [\(names)]".utf8)
            throw .missingParameters
        }
        try models?.check(x)
    }
}

/// The models of a method's bodies, by media type.
private struct BodyModels: Sendable {
    private enum Model: Sendable {
        case schema(ModelSchema)
        /// It says nothing of bodies: it is not one of JSON.
        case anything
        /// It refers to what is not there.
        case broken
    }

    private var models: [(type: [UInt8], model: Model)] = []

    init(_ method: REST.Method, _ content: REST.DeploymentContent) {
        // Without any, the model Empty counts: an object.
        guard let written = method.requestModels, !written.isEmpty else {
            models = [(Self.defaultType, Self.model(["type": "object"], content))]
            return
        }
        for (type, name) in written {
            var model = Model.anything
            if let found = content.models[name], found.contentType.lowercased().hasPrefix("application/json") {
                model = Self.model(Self.schema(found) ?? [:], content)
            } else if name == "Empty" {
                model = Self.model(["type": "object"], content)
            }
            models.append((Array(type.lowercased().utf8), model))
        }
    }

    private static let defaultType = Array("$default".utf8)

    private static func schema(_ model: REST.Model) -> JSONValue? {
        model.schema.flatMap { try? JSONValue(parsing: $0) }
    }

    private static func model(_ schema: JSONValue, _ content: REST.DeploymentContent) -> Model {
        let compiled = try? ModelSchema(schema) { name in content.models[name].flatMap(Self.schema) }
        return compiled.map(Model.schema) ?? .broken
    }

    func check(_ x: Exchange) throws(Refusal) {
        let type = RequestIntegration.contentType(x)
        let found = models.first { $0.type == type } ?? models.first { $0.type == Self.defaultType }
        if case .broken = found?.model {
            x.reason = "validates bodies by a model that cannot be used"
            throw .internalError
        }
        guard case .schema(let schema) = found?.model else { return }
        let fault = (x.body ?? ByteBuffer()).withUnsafeReadableBytes { bytes in
            schema.fault(of: Span<UInt8>(_unsafeBytes: bytes))
        }
        guard let fault else { return }
        x.rest.validationError = Array(fault.description.utf8)
        x.reason = "received a body that does not match its model: \(fault.description)"
        x.rest.log?.failure = [
            "Request body does not match model schema for content type "
                + "\(String(decoding: type, as: UTF8.self)): \(fault.description)"
        ]
        throw .invalidBody
    }
}
