import GatewayModel
import HTTPFront
import JSON

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
    private var models: [(type: [UInt8], model: BodyModel)] = []

    init(_ method: REST.Method, _ content: REST.DeploymentContent) {
        let others = { (name: String) in content.models[name]?.schema }
        // Without any, the model Empty counts: an object.
        guard let written = method.requestModels, !written.isEmpty else {
            models = [(Self.defaultType, BodyModel(Self.object, others))]
            return
        }
        for (type, name) in written {
            var model = BodyModel.anything
            if let found = content.models[name], found.contentType.lowercased().hasPrefix("application/json") {
                model = BodyModel(text: found.schema, others)
            } else if name == "Empty" {
                model = BodyModel(Self.object, others)
            }
            models.append((Array(type.lowercased().utf8), model))
        }
    }

    private static let defaultType = Array("$default".utf8)
    private static let object: JSONValue = ["type": "object"]

    func check(_ x: Exchange) throws(Refusal) {
        let type = RequestIntegration.contentType(x)
        let found = models.first { $0.type == type } ?? models.first { $0.type == Self.defaultType }
        guard let fault = try found?.model.fault(of: x) else { return }
        x.rest.log?.failure = [
            "Request body does not match model schema for content type "
                + "\(String(decoding: type, as: UTF8.self)): \(fault)"
        ]
        throw .invalidBody
    }
}
