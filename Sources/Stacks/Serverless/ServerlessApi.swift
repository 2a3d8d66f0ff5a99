import GatewayModel

/// AWS::Serverless::Api: the API, made by importing a Swagger document, its deployment and its one stage.
struct ServerlessApi {
    static let type = "AWS::Serverless::Api"
    /// The stage that its deployments make beside the template's own, unless OpenApiVersion is said.
    static let extraStage = "Stage"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "AccessLogSetting": .members(RestStageSettings.accessLog), "AlwaysDeploy": .boolean,
            "ApiKeySourceType": .text, "Auth": .members(ServerlessApiAuth.rules), "BinaryMediaTypes": .list,
            "CacheClusterEnabled": .boolean, "CacheClusterSize": .text, "CanarySetting": .map, "Cors": .any,
            "DefinitionBody": .map, "DefinitionUri": .any, "Description": .text, "DisableExecuteApiEndpoint": .boolean,
            "EndpointAccessMode": .text, "EndpointConfiguration": .any, "FailOnWarnings": .boolean,
            "GatewayResponses": .mapOfMembers(
                PropertyRules(
                    type: "\(type).GatewayResponse",
                    supported: [
                        "ResponseParameters": .members(
                            PropertyRules(
                                type: "\(type).GatewayResponse.ResponseParameters",
                                supported: ["Headers": .map, "Paths": .map, "QueryStrings": .map])),
                        "ResponseTemplates": .map, "StatusCode": .integer,
                    ])),
            "MergeDefinitions": .boolean, "MethodSettings": .list, "MinimumCompressionSize": .integer, "Mode": .text,
            "Models": .map, "Name": .text, "OpenApiVersion": .text, "Policy": .any, "PropagateTags": .boolean,
            "SecurityPolicy": .text, "StageName": .text, "Tags": .map, "TracingEnabled": .boolean, "Variables": .map,
        ],
        known: ["Domain"], storedOnly: ["EndpointAccessMode", "SecurityPolicy", "TracingEnabled"],
        required: ["StageName"])

    let logicalId: String
    let line: Int
    let path: String
    let attributes: ResourceAttributes
    let partition: String
    /// The template's own over the globals.
    private(set) var properties: TemplateMap
    let auth: ServerlessApiAuth
    let dependsOn: [TemplateValue]
    /// As the template writes it; SAM derives logical ids from that.
    let writtenStageName: TemplateValue?
    /// The document, where SAM may change it.
    private(set) var definition: RestApiDefinition?
    /// The document of the template, also one that is neither Swagger nor OpenAPI 3.
    private(set) var given: TemplateValue?
    /// The place in S3 where the document of the template lies.
    private(set) var bodyLocation: TemplateValue?
    /// Whether SAM writes the document alone.
    private let isManaged: Bool
    /// Names of functions are part of what a deployment is told from the next one by.
    private(set) var functionNames = ""

    init(
        _ resource: TemplateResource, globals: ServerlessGlobals, in template: LiveTemplate, problems: inout Problems
    ) {
        Self.rules.check(
            resource.properties, path: "\(resource.path).Properties", line: resource.line, problems: &problems)
        logicalId = resource.logicalId
        line = resource.line
        path = resource.path
        attributes = resource.attributes
        dependsOn = resource.dependsOn
        writtenStageName = resource.written["StageName"]
        partition = template.partition
        properties = ServerlessGlobals.merge(resource, over: globals.api)
        auth = ServerlessApiAuth(properties["Auth"], of: logicalId, path: path, in: template, problems: &problems)
        isManaged = properties["DefinitionBody"]?.isTruthy != true && properties["DefinitionUri"]?.isTruthy != true
        begin(in: template, problems: &problems)
    }

    /// The API of the events that name none. It is kept where one of their functions is, and has their tags where they
    /// propagate them.
    init(
        implicitFor functions: [ServerlessFunction], globals: ServerlessGlobals, in template: LiveTemplate,
        problems: inout Problems
    ) {
        let policy = { (policies: [DeletionPolicy?]) -> DeletionPolicy? in
            policies.contains(.retain) ? .retain : policies.contains(.delete) ? .delete : nil
        }
        var attributes = ResourceAttributes()
        attributes.deletionPolicy = policy(functions.map(\.resource.attributes.deletionPolicy))
        attributes.updateReplacePolicy = policy(functions.map(\.resource.attributes.updateReplacePolicy))
        logicalId = ApiEvent.implicitApi
        line = functions.lazy.flatMap(\.events.rest).first?.line ?? 1
        path = "Resources.\(logicalId)"
        self.attributes = attributes
        dependsOn = []
        partition = template.partition
        properties = globals.api
        properties["StageName"] = .string(ApiEvent.implicitStage, line: line)
        writtenStageName = properties["StageName"]
        for function in functions where function.properties["PropagateTags"]?.boolean == true {
            let own = function.resource.properties["Tags"]?.map.flatMap { $0.isEmpty ? nil : $0 }
            guard let tags = own ?? globals.function["Tags"]?.map, !tags.isEmpty else { continue }
            properties["PropagateTags"] = .bool(true, line: line)
            properties.edit("Tags", line: line) { all in for tag in tags { all[tag.key] = tag.value } }
        }
        auth = ServerlessApiAuth(properties["Auth"], of: logicalId, path: path, in: template, problems: &problems)
        isManaged = true
        begin(in: template, problems: &problems)
    }

    private mutating func begin(in template: LiveTemplate, problems: inout Problems) {
        let place = "\(path).Properties"
        let version = properties["OpenApiVersion"]
        if let text = version?.text, !Self.isVersion(text) {
            problems.add("The OpenApiVersion value must be of the format '3.0.0'.", line: version?.line, path: place)
        }
        guard !isManaged else {
            var definition = RestApiDefinition(line: line)
            if let version, RestApiDefinition.isVersion3(version) { definition.setVersion(version) }
            self.definition = definition
            return
        }
        given = document(in: template.source, problems: &problems)
        guard properties["DefinitionUri"]?.isTruthy != true else { return }
        definition = given.flatMap { RestApiDefinition($0) }
    }

    /// `2.0`, `3.0`, `3.0.1`.
    private static func isVersion(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return [3, 5].contains(bytes.count) && "23".utf8.contains(bytes[0])
            && bytes.dropFirst().enumerated().allSatisfy { position, byte in
                position.isMultiple(of: 2) ? byte == UInt8(ascii: ".") : (0x30...0x39).contains(byte)
            }
    }

    /// The document that the template gives: in DefinitionBody, or beside it, named by DefinitionUri.
    private mutating func document(in source: TemplateSource, problems: inout Problems) -> TemplateValue? {
        let path = "\(path).Properties"
        guard let uri = properties["DefinitionUri"], uri.isTruthy else { return properties["DefinitionBody"] }
        if properties["DefinitionBody"]?.isTruthy == true {
            problems.add(
                "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.", line: uri.line, path: path)
        }
        if properties["MergeDefinitions"]?.boolean == true {
            problems.add(
                "Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.", line: uri.line, path: path)
        }
        for name in ["Auth", "Cors", "DisableExecuteApiEndpoint", "GatewayResponses", "Models"] {
            guard let value = properties[name], value.isTruthy || name == "DisableExecuteApiEndpoint" else { continue }
            problems.add(
                "\(name) works only with inline Swagger specified in 'DefinitionBody' property.", line: value.line,
                path: path)
        }
        guard let location = uri.string, !location.contains("://") else {
            bodyLocation = ObjectPlace(uri, of: "DefinitionUri", path: path, problems: &problems)?.body(line: uri.line)
            return nil
        }
        return IncludedFiles(source).read(location, what: "DefinitionUri", line: uri.line, path: path, &problems)?.value
    }

    /// The part of a permission's logical id that comes from the stage.
    var permissionSuffix: String {
        guard let name = writtenStageName, !Intrinsic.isCall(name) else { return Self.extraStage }
        return properties["StageName"]?.text ?? Self.extraStage
    }

    private var merges: Bool { properties["MergeDefinitions"]?.boolean == true }

    /// Where policies say the methods of a path, those of events that come later are among them.
    mutating func addPath(of event: ApiEvent) {
        guard isManaged else { return }
        definition?.addPath(event.path, event.method, line: event.line)
    }

    /// Adds the method of an event where SAM writes the document.
    mutating func add(_ event: ApiEvent, of function: ServerlessFunction, target: EventTarget, problems: inout Problems)
    {
        functionNames += function.properties["FunctionName"]?.text ?? ""
        guard var definition else { return }
        // It is changed where it lies, however large it is.
        self.definition = nil
        defer { self.definition = definition }
        let stage = TemplateValue.string(permissionSuffix, line: event.line)
        if merges {
            var alone = RestApiDefinition(line: event.line)
            guard add(event, target, stage, to: &alone, problems: &problems) else { return }
            definition.merge(alone, event)
        } else if isManaged {
            guard add(event, target, stage, to: &definition, problems: &problems) else { return }
        }
        guard event.auth["OverrideApiAuth"]?.boolean == true else { return }
        guard ["Authorizer", "ApiKeyRequired", "ResourcePolicy"].contains(where: { event.auth[$0]?.isTruthy == true })
        else {
            problems.add(
                "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth "
                    + "property.", line: event.line, path: event.place)
            return
        }
        auth.secure(event, stage: stage, in: &definition, problems: &problems)
    }

    /// False where the document has the method already.
    private func add(
        _ event: ApiEvent, _ target: EventTarget, _ stage: TemplateValue, to definition: inout RestApiDefinition,
        problems: inout Problems
    ) -> Bool {
        let credentials = auth.credentials(of: event)
        guard definition.add(event, target: target, credentials: credentials, partition: partition) else {
            problems.add(
                "API method \"\(event.shownMethod)\" defined multiple times for path \"\(event.path)\".",
                line: event.line, path: event.place)
            return false
        }
        auth.secure(event, stage: stage, in: &definition, problems: &problems)
        if let timeout = event.timeoutInMillis, timeout.isTruthy { definition.setTimeout(timeout, of: event) }
        setModel(of: event, in: &definition, problems: &problems)
        definition.setParameters(of: event)
        return true
    }

    private func setModel(of event: ApiEvent, in definition: inout RestApiDefinition, problems: inout Problems) {
        guard let value = event.model["Model"], let name = value.text, !name.isEmpty else { return }
        guard properties["Models"]?.map?[name]?.isTruthy == true else {
            let reason =
                properties["Models"]?.isTruthy == true
                ? "it wasn't defined in the API's Models." : "the related API does not define any Models."
            problems.add(
                "Unable to set RequestModel [\(name)] on API method [\(event.shownMethod)] for path [\(event.path)] "
                    + "because \(reason)", line: value.line, path: event.place)
            return
        }
        definition.setModel(name.lowercased(), isRequired: event.model["Required"], of: event)
        let (body, parameters) = (event.model["ValidateBody"], event.model["ValidateParameters"])
        guard body != nil || parameters != nil else { return }
        for value in [body, parameters].compactMap({ $0 }) where value.boolean == nil {
            problems.add(
                "Unable to set Validator to RequestModel [\(name)] on API method [\(event.shownMethod)] for path "
                    + "[\(event.path)] ValidateBody and ValidateParameters must be a boolean type, strings or "
                    + "intrinsics are not supported.", line: value.line, path: event.place)
        }
        definition.setValidator(body: body?.boolean ?? false, parameters: parameters?.boolean ?? false, of: event)
    }
}

extension LiveTemplate {
    var partition: String { resolver.pseudoParameters.account.partition }
}

extension ApiEvent {
    /// As messages name it.
    var shownMethod: String { method == HttpApiDefinition.anyMethod ? "any" : method }
}
