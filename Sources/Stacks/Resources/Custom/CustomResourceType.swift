import GatewayModel
import JSON

extension ResourceType {
    static let customResource = "AWS::CloudFormation::CustomResource"
    private static let customPrefix = "Custom::"
    /// Characters of the name behind the prefix. Source: CloudFormation User Guide, aws-resource-cloudformation-customresource.
    private static let customNameLength = 1...60

    /// The type of a custom resource; nil where the name is none's.
    static func custom(_ name: String) -> ResourceType? {
        guard asksFunction(name) else { return nil }
        let own: (any ResourceBehaviour)? =
            switch name {
            case "Custom::LogRetention": LogRetention()
            case "Custom::S3AutoDeleteObjects": AutoDeletedObjects()
            default: nil
            }
        return ResourceType(
            name: name, attributes: [],
            rules: PropertyRules(
                type: name, supported: ["ServiceTimeout": .integer, "ServiceToken": .text], required: ["ServiceToken"],
                takesOthers: true),
            replacedBy: [], behaviour: own ?? CustomResourceType(), attributePrefix: "")
    }

    /// Whether resources of the type are what a function makes of them.
    static func asksFunction(_ name: String) -> Bool { name == customResource || isCustom(name) }

    private static func isCustom(_ name: String) -> Bool {
        let rest = name.dropFirst(customPrefix.utf8.count).utf8
        return name.hasPrefix(customPrefix) && customNameLength.contains(rest.count)
            && rest.allSatisfy { LogicalId.isAlphanumeric($0) || "_@-".utf8.contains($0) }
    }
}

/// AWS::CloudFormation::CustomResource and `Custom::…`: a function is asked to make, change and delete it, and answers at
/// a URL.
///
/// Source: CloudFormation User Guide, crpg-ref.
private struct CustomResourceType: ResourceBehaviour {
    private static let nameLimit = 1_024
    /// Seconds that an answer may take. Source: aws-resource-cloudformation-customresource, ServiceTimeout.
    private static let timeouts = 1...3_600

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        if let token = properties["ServiceToken"]?.string, token.hasPrefix("arn:"), !token.contains(":lambda:") {
            return ("ServiceToken", "ServiceToken must be the ARN of a function; topics are not served")
        }
        if let seconds = properties["ServiceTimeout"]?.integer, !Self.timeouts.contains(seconds) {
            return ("ServiceTimeout", "ServiceTimeout must be between 1 and 3600")
        }
        return nil
    }

    /// The id that it has where its function fails before it gives one.
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(
            physicalId: PhysicalName.unique(
                stackName: request.stackName, logicalId: request.logicalId, limit: Self.nameLimit))
    }

    /// What a function has begun to make it is asked to delete, whether it is there or not: as in AWS.
    func find(_ request: ResourceRequest) -> [ProvisionedResource] {
        [request.provisioned(request.preparation.physicalId)]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        guard let responses = request.calls.management.responses else { return try await tried(request) }
        let question = CustomResourceQuestion(
            kind: .create, stackId: request.stackId, logicalId: request.logicalId, type: request.type,
            properties: request.properties)
        let answer = try await question.ask(request, responses, within: seconds(request.properties))
        return answer.resource(request, elseCalled: request.preparation.physicalId)
    }

    /// Another physical id makes it another resource: the old one is deleted when the stack is what it is to be.
    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let request = update.request
        guard !update.changes("ServiceToken") else {
            throw ResourceFailure(message: "Modifying service token is not allowed.")
        }
        guard let responses = request.calls.management.responses else { return try await tried(request) }
        var question = CustomResourceQuestion(
            kind: .update, stackId: request.stackId, logicalId: request.logicalId, type: request.type,
            properties: request.properties)
        question.physicalId = update.existing.physicalId
        question.oldProperties = update.old
        let answer = try await question.ask(request, responses, within: seconds(request.properties))
        let id = answer.physicalId ?? update.existing.physicalId
        if request.isUndo, id != update.existing.physicalId {
            // What the update had made is no part of the stack any more.
            var deletion = question
            (deletion.kind, deletion.properties, deletion.oldProperties) = (.delete, update.old, nil)
            _ = try await deletion.ask(request, responses, within: seconds(request.properties))
        }
        return answer.resource(request, elseCalled: id)
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        guard let responses = deletion.calls.management.responses else { return }
        var question = CustomResourceQuestion(
            kind: .delete, stackId: deletion.stackId, logicalId: deletion.logicalId, type: deletion.type,
            properties: deletion.properties)
        question.physicalId = deletion.physicalId
        _ = try await question.ask(deletion, responses, within: seconds(deletion.properties))
    }

    /// What a function would answer nobody knows before it is asked; whether it is there can be told.
    private func tried(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        _ = try await CustomResourceQuestion.runtime(try request.properties.required("ServiceToken"), request)
        var resource = request.provisioned(UnknownText.of(request.logicalId))
        resource.isUnknown = true
        return resource
    }

    private func seconds(_ properties: PropertyReader) throws(ResourceFailure) -> Int {
        let given = try properties.integer("ServiceTimeout")?.integer ?? Self.timeouts.upperBound
        return min(max(given, Self.timeouts.lowerBound), Self.timeouts.upperBound)
    }
}

/// One question to the function of a custom resource.
private struct CustomResourceQuestion {
    enum Kind: String {
        case create = "Create"
        case update = "Update"
        case delete = "Delete"
    }

    var kind: Kind
    let stackId: String
    let logicalId: String
    let type: String
    var properties: PropertyReader
    var physicalId: String?
    var oldProperties: PropertyReader?

    init(kind: Kind, stackId: String, logicalId: String, type: String, properties: PropertyReader) {
        self.kind = kind
        self.stackId = stackId
        self.logicalId = logicalId
        self.type = type
        self.properties = properties
    }

    /// Sends the event and waits for the answer.
    func ask(
        _ calls: some ResourceCalls, _ responses: any CustomResponses, within seconds: Int
    ) async throws(ResourceFailure) -> CustomResourceAnswer {
        let function = try properties.required("ServiceToken")
        // Node.js handlers take it for granted that the URL is one of HTTPS; Python's go past the proxy of HTTPS.
        let isEncrypted = try await Self.runtime(function, calls).hasPrefix("nodejs")
        guard let place = responses.open(isEncrypted: isEncrypted) else {
            throw ResourceFailure(
                message:
                    "the function \(function) cannot be asked before the server listens; the next operation on the "
                    + "stack tries again")
        }
        let requestId = Identifiers.uuid()
        do throws(ManagementCalls.Failure) {
            try await calls.calls.invokeAsEvent(function, event(place.url, requestId))
        } catch {
            responses.close(place)
            throw ResourceFailure(message: error.message)
        }
        let stop = StopWatch(calls.calls.stopped) { responses.close(place) }
        defer { stop.end() }
        guard let body = await responses.answer(at: place, within: seconds) else {
            // AWS's words.
            if stop.hasStopped {
                throw ResourceFailure(message: "Resource \(kind == .update ? "update" : "creation") cancelled")
            }
            throw ResourceFailure(
                message:
                    "CloudFormation did not receive a response from your Custom Resource. Please check your logs for "
                    + "requestId [\(requestId)]. If you are using the Python cfn-response module, you may need to update "
                    + "your Lambda function code so that CloudFormation can attach the updated version.")
        }
        return try CustomResourceAnswer(body, requestId: requestId, isDeletion: kind == .delete)
    }

    private func event(_ url: String, _ requestId: String) -> JSONObject {
        var event: JSONObject = [
            "RequestType": .string(kind.rawValue),
            "ServiceToken": .string(properties.properties["ServiceToken"]?.text ?? ""),
            "ResponseURL": .string(url), "StackId": .string(stackId), "RequestId": .string(requestId),
            "LogicalResourceId": .string(logicalId),
        ]
        event["PhysicalResourceId"] = physicalId.map { .string($0) }
        event["ResourceType"] = .string(type)
        event["ResourceProperties"] = Self.texts(.map(properties.properties, line: 0))
        event["OldResourceProperties"] = oldProperties.map { Self.texts(.map($0.properties, line: 0)) }
        return event
    }

    /// Every scalar is a string to a custom resource.
    private static func texts(_ value: TemplateValue) -> JSONValue {
        switch value.content {
        case .map(let map): .object(JSONObject(map.map { ($0.key, texts($0.value)) }))
        case .list(let items): .array(items.map(texts))
        case .null: .string("")
        case .bool, .number, .string: .string(value.text ?? "")
        }
    }

    /// Of the function; it fails where there is none.
    static func runtime(_ function: String, _ calls: some ResourceCalls) async throws(ResourceFailure) -> String {
        let answer = try await calls.call(
            "GetFunctionConfiguration", "GET", ["2015-03-31", "functions", function, "configuration"])
        return answer["Runtime"]?.string ?? ""
    }
}
