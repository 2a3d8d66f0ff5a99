import GatewayModel
import JSON

extension ResourceType {
    static let lambdaFunction = ResourceType(
        name: "AWS::Lambda::Function", attributes: ["Arn"],
        knownAttributes: [
            "SnapStartResponse", "SnapStartResponse.ApplyOn", "SnapStartResponse.OptimizationStatus",
        ],
        rules: PropertyRules(
            type: "AWS::Lambda::Function",
            supported: [
                "Architectures": .list, "Code": .members(code), "Description": .text,
                "Environment": .members(
                    PropertyRules(type: "AWS::Lambda::Function.Environment", supported: ["Variables": .map])),
                "EphemeralStorage": .members(
                    PropertyRules(
                        type: "AWS::Lambda::Function.EphemeralStorage", supported: ["Size": .integer],
                        storedOnly: ["Size"], required: ["Size"])),
                "FunctionName": .text, "Handler": .text, "Layers": .list,
                "LoggingConfig": .members(
                    PropertyRules(
                        type: "AWS::Lambda::Function.LoggingConfig",
                        supported: [
                            "ApplicationLogLevel": .text, "LogFormat": .text, "LogGroup": .text,
                            "SystemLogLevel": .text,
                        ])),
                "MemorySize": .integer, "PackageType": .word(["Zip"], known: ["Image"]),
                "ReservedConcurrentExecutions": .integer, "Role": .text,
                "Runtime": .text, "Tags": .list, "Timeout": .integer,
                "TracingConfig": .members(
                    PropertyRules(
                        type: "AWS::Lambda::Function.TracingConfig", supported: ["Mode": .text],
                        storedOnly: ["Mode"])),
            ],
            known: [
                "CapacityProviderConfig", "CodeSigningConfigArn", "DeadLetterConfig", "DurableConfig",
                "FileSystemConfigs", "FunctionScalingConfig", "ImageConfig", "KmsKeyArn",
                "PublishToLatestPublished", "RecursiveLoop", "RuntimeManagementConfig", "SnapStart", "TenancyConfig",
                "VpcConfig",
            ],
            required: ["Code", "Role"]),
        replacedBy: ["FunctionName", "PackageType"], behaviour: LambdaFunctionType())

    private static let code = PropertyRules(
        type: "AWS::Lambda::Function.Code",
        supported: ["S3Bucket": .text, "S3Key": .text, "S3ObjectVersion": .text, "ZipFile": .text],
        known: ["ImageUri", "S3ObjectStorageMode", "SourceKMSKeyArn"])
}

/// AWS::Lambda::Function: CreateFunction, and PutFunctionConcurrency where concurrency is reserved.
private struct LambdaFunctionType: ResourceBehaviour {
    private static let nameLimit = 64
    private static let functions = ["2015-03-31", "functions"]

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("FunctionName", limit: Self.nameLimit) { name async throws(ResourceFailure) in
            try await exists(name, request)
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let arn = request.account.functionARN(request.preparation.physicalId)
        return try await request.found(["Arn": arn]) { name async throws(ResourceFailure) in
            try await exists(name, request)
        }
    }

    private func exists(_ name: String, _ calls: some ResourceCalls) async throws(ResourceFailure) -> Bool {
        try await calls.callIfPresent(
            "GetFunctionConfiguration", "GET", Self.functions + [name, "configuration"]) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body: JSONObject = ["FunctionName": .string(request.preparation.physicalId)]
        body["Role"] = .string(try properties.required("Role"))
        body["PackageType"] = try properties.text("PackageType")
        for name in ["Handler", "Runtime", "Description"] { body[name] = try properties.text(name) }
        for name in ["MemorySize", "Timeout"] { body[name] = try properties.integer(name) }
        body["Code"] = .object(try LambdaCode.members(request))
        for name in ["Environment", "TracingConfig", "EphemeralStorage", "LoggingConfig"] {
            body[name] = try nested(name, properties)
        }
        for name in ["Architectures", "Layers"] { body[name] = try properties.texts(name) }
        body["Tags"] = try properties.tagList("Tags")

        let answer = try await request.call("CreateFunction", "POST", Self.functions, body: body)
        let function = request.provisioned(
            try answer.member("FunctionName", of: "CreateFunction"),
            ["Arn": try answer.member("FunctionArn", of: "CreateFunction")])
        do throws(ResourceFailure) {
            if let count = try properties.integer("ReservedConcurrentExecutions") {
                try await reserve(count, function, request)
            }
        } catch {
            try await request.callIfPresent("DeleteFunction", "DELETE", Self.functions + [function.physicalId])
            throw error
        }
        return function
    }

    /// What is being worked on changes in one step, and only if it starts. Else the configuration comes before the code:
    /// new code may need the new handler or variables to start.
    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, function) = (update.request, update.existing)
        let properties = request.properties
        let configuration = try configuration(update)
        let path = Self.functions + [function.physicalId]
        if let trial = try trial(update, configuration) {
            try await request.call("UpdateFunctionCode", "PUT", path + ["code"], body: trial)
        } else {
            if !configuration.isEmpty {
                try await request.call(
                    "UpdateFunctionConfiguration", "PUT", path + ["configuration"], body: configuration)
            }
            if update.changes("Code", "Architectures") {
                try await request.call("UpdateFunctionCode", "PUT", path + ["code"], body: try code(request))
            }
        }
        if update.changes("ReservedConcurrentExecutions") {
            try await reserve(try properties.integer("ReservedConcurrentExecutions"), function, request)
        }
        if update.changes("Tags"), let arn = function.attributes["Arn"] {
            let change = TagChange(from: try update.old.tagList("Tags"), to: try properties.tagList("Tags"))
            let tags = ["2017-03-31", "tags", arn]
            if !change.set.isEmpty {
                try await request.call("TagResource", "POST", tags, body: ["Tags": .object(change.set)])
            }
            if !change.removed.isEmpty {
                try await request.call(
                    "UntagResource", "DELETE", tags, query: change.removed.map { ("tagKeys", $0) })
            }
        }
        return function
    }

    /// What is tried may be tried beside others.
    func anticipate(_ update: ResourceUpdate) async {
        do throws(ResourceFailure) {
            guard var trial = try trial(update, try configuration(update)) else { return }
            trial["DryRun"] = true
            let path = Self.functions + [update.existing.physicalId, "code"]
            try await update.request.call("UpdateFunctionCode", "PUT", path, body: trial)
        } catch {}
    }

    /// The code and what else changes, to be tried; nil for an update that is not.
    private func trial(
        _ update: ResourceUpdate, _ configuration: JSONObject
    ) throws(ResourceFailure) -> JSONObject? {
        let request = update.request
        guard request.code.isTried, !request.isUndo,
            !configuration.isEmpty || update.changes("Code", "Architectures")
        else { return nil }
        var body = try code(request)
        body[LambdaCode.trial] = .object(configuration)
        return body
    }

    private func code(_ request: ResourceRequest) throws(ResourceFailure) -> JSONObject {
        var body = try LambdaCode.members(request)
        body["Architectures"] = try request.properties.texts("Architectures") ?? ["x86_64"]
        return body
    }

    /// Members that differ; those that the template sets no more get the service's defaults.
    private func configuration(_ update: ResourceUpdate) throws(ResourceFailure) -> JSONObject {
        let properties = update.request.properties
        var body = JSONObject()
        for name in ["Handler", "Role", "Runtime"] where update.changes(name) { body[name] = try properties.text(name) }
        if update.changes("Description") { body["Description"] = try properties.text("Description") ?? "" }
        if update.changes("Layers") { body["Layers"] = try properties.texts("Layers") ?? [] }
        if update.changes("MemorySize") { body["MemorySize"] = try properties.integer("MemorySize") ?? 128 }
        if update.changes("Timeout") { body["Timeout"] = try properties.integer("Timeout") ?? 3 }
        if update.changes("Environment") {
            body["Environment"] = try nested("Environment", properties) ?? ["Variables": [:]]
        }
        if update.changes("TracingConfig") {
            body["TracingConfig"] = try nested("TracingConfig", properties) ?? ["Mode": "PassThrough"]
        }
        if update.changes("EphemeralStorage") {
            body["EphemeralStorage"] = try nested("EphemeralStorage", properties) ?? ["Size": 512]
        }
        if update.changes("LoggingConfig") {
            var logging = try nested("LoggingConfig", properties)?.object ?? [:]
            logging["LogFormat"] = logging["LogFormat"] ?? "Text"
            logging["LogGroup"] = logging["LogGroup"] ?? .string("/aws/lambda/\(update.existing.physicalId)")
            if logging["LogFormat"] == "JSON" {
                for level in ["ApplicationLogLevel", "SystemLogLevel"] { logging[level] = logging[level] ?? "INFO" }
            }
            body["LoggingConfig"] = .object(logging)
        }
        return body
    }

    private func nested(_ name: String, _ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        guard let reader = try properties.nested(name) else { return nil }
        switch name {
        case "Environment": return ["Variables": try reader.textMap("Variables") ?? [:]]
        case "EphemeralStorage":
            guard let size = try reader.integer("Size") else { return nil }
            return ["Size": size]
        default:
            var members = JSONObject()
            for entry in reader.properties { members[entry.key] = try reader.text(entry.key) }
            return .object(members)
        }
    }

    private func reserve(
        _ count: JSONValue?, _ function: ProvisionedResource, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        let path = ["2017-10-31", "functions", function.physicalId, "concurrency"]
        if let count {
            try await request.call(
                "PutFunctionConcurrency", "PUT", path, body: ["ReservedConcurrentExecutions": count])
        } else {
            try await request.call("DeleteFunctionConcurrency", "DELETE", path)
        }
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteFunction", "DELETE", Self.functions + [deletion.physicalId])
    }
}
