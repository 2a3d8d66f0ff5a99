import JSON

extension ResourceType {
    static let lambdaFunction = ResourceType(
        name: "AWS::Lambda::Function", attributes: ["Arn"], create: LambdaFunctionType.create)
}

/// AWS::Lambda::Function: CreateFunction, and PutFunctionConcurrency where concurrency is reserved.
private enum LambdaFunctionType {
    private static let nameLimit = 64
    private static let conflict = 409

    static func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body = JSONObject()
        let given = try properties.text("FunctionName")
        body["FunctionName"] =
            given
            ?? .string(
                PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: nameLimit))
        body["Role"] = .string(try properties.required("Role"))
        for name in ["Handler", "Runtime", "Description"] { body[name] = try properties.text(name) }
        for name in ["MemorySize", "Timeout"] { body[name] = try properties.integer(name) }
        body["Code"] = .object(try code(properties))
        if let variables = try properties.nested("Environment")?.textMap("Variables") {
            body["Environment"] = ["Variables": variables]
        }
        if let mode = try properties.nested("TracingConfig")?.text("Mode") { body["TracingConfig"] = ["Mode": mode] }
        body["Architectures"] = try properties.texts("Architectures")
        body["Tags"] = try properties.tagList("Tags")

        let answer = try await create(body, mayRename: given == nil, request)
        guard let name = answer["FunctionName"]?.string, let arn = answer["FunctionArn"]?.string else {
            throw ResourceFailure(message: "CreateFunction: the answer has no FunctionName or FunctionArn")
        }
        if let reserved = try properties.integer("ReservedConcurrentExecutions") {
            _ = try await request.call(
                "PutFunctionConcurrency", "PUT", ["2017-10-31", "functions", name, "concurrency"],
                body: ["ReservedConcurrentExecutions": reserved])
        }
        return ProvisionedResource(
            logicalId: request.logicalId, type: "AWS::Lambda::Function", physicalId: name, attributes: ["Arn": arn])
    }

    /// A name made here that is taken, by an earlier deployment for one, is made unique.
    private static func create(
        _ body: JSONObject, mayRename: Bool, _ request: ResourceRequest
    ) async throws(ResourceFailure) -> JSONValue {
        let path = ["2015-03-31", "functions"]
        do throws(ManagementCalls.Failure) {
            return try await request.calls.call("CreateFunction", "POST", path, body: body)
        } catch {
            guard error.status == conflict, mayRename else { throw ResourceFailure(message: error.message) }
        }
        var renamed = body
        renamed["FunctionName"] = .string(
            PhysicalName.unique(stackName: request.stackName, logicalId: request.logicalId, limit: nameLimit))
        return try await request.call("CreateFunction", "POST", path, body: renamed)
    }

    private static func code(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        guard let code = try properties.nested("Code") else { throw ResourceFailure(message: "Code is needed") }
        if let source = try code.text("ZipFile")?.string {
            let runtime = try properties.required("Runtime")
            return ["ZipFile": .string(Base64.encode(inlinePackage(source, runtime: runtime)))]
        }
        let bucket = try code.required("S3Bucket")
        let key = try code.required("S3Key")
        guard bucket == LocalCode.bucket, case .file = LocalFiles.kind(key) else {
            return ["S3Bucket": .string(bucket), "S3Key": .string(key)]
        }
        guard let package = LocalFiles.contents(key, upTo: TemplateLimits.packageBytes) else {
            throw ResourceFailure(message: "\(key) cannot be read")
        }
        return ["ZipFile": .string(Base64.encode(package))]
    }

    /// CloudFormation puts inline code into a file named index.
    private static func inlinePackage(_ source: String, runtime: String) -> [UInt8] {
        let name = runtime.hasPrefix("nodejs") ? "index.js" : "index.py"
        return StoredZip.archive(file: name, contents: Array(source.utf8))
    }
}
