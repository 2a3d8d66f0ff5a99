import EntityStore
import FunctionPackages
import GatewayModel
import JSON

extension LambdaOperations {
    static var functions: [Operation] {
        [
            Operation("CreateFunction", .lambda, .post, "/2015-03-31/functions", success: 201, createFunction),
            Operation("GetFunction", .lambda, .get, function, getFunction),
            Operation("GetFunctionConfiguration", .lambda, .get, function + "/configuration", getFunctionConfiguration),
            Operation("ListFunctions", .lambda, .get, "/2015-03-31/functions", listFunctions),
            Operation("UpdateFunctionCode", .lambda, .put, function + "/code", updateFunctionCode),
            Operation(
                "UpdateFunctionConfiguration", .lambda, .put, function + "/configuration", updateFunctionConfiguration),
            // The model says 200; AWS answers 204.
            Operation("DeleteFunction", .lambda, .delete, function, success: 204, deleteFunction),
            Operation(
                "GetFunctionCodeSigningConfig", .lambda, .get,
                "/2020-06-30/functions/{FunctionName}/code-signing-config", getFunctionCodeSigningConfig),
            Operation(
                "GetRuntimeManagementConfig", .lambda, .get,
                "/2021-07-20/functions/{FunctionName}/runtime-management-config", getRuntimeManagementConfig),
            Operation(
                "GetFunctionRecursionConfig", .lambda, .get, "/2024-08-31/functions/{FunctionName}/recursion-config",
                getFunctionRecursionConfig),
            Operation(
                codeDownload, .lambda, .get, codePath + "/{File}", isServed: false, downloadFunctionCode),
        ]
    }
}

/// Reading.
extension LambdaOperations {
    private static func getFunction(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        let (function, configuration, code) = try version(name, control)
        var answer: JSONObject = [:]
        answer["Configuration"] = try JSONValue.of(configuration)
        answer["Code"] = [
            "RepositoryType": "S3",
            "Location": .string(
                location(of: configuration.FunctionName, configuration.CodeSha256, code, call, control.packages)),
        ]
        if let denial = call.tagsDenial {
            answer["TagsError"] = ["ErrorCode": "AccessDeniedException", "Message": .string(denial)]
        } else if !function.head.tags.isEmpty {
            answer["Tags"] = try JSONValue.of(function.head.tags)
        }
        if let reserved = function.head.reservedConcurrency {
            answer["Concurrency"] = ["ReservedConcurrentExecutions": .number(reserved)]
        }
        return .json(.object(answer))
    }

    private static func getFunctionConfiguration(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        return try .json(try version(name, control).configuration)
    }

    /// What a name with its qualifier means, under the ARN that it was asked for.
    private static func version(
        _ name: FunctionName, _ control: ControlPlane
    ) throws(ServiceError) -> (LambdaFunction, configuration: FunctionConfiguration, LambdaFunction.CodePlace) {
        guard let function = control.world[LambdaFunction.self, name.name],
            let version = function.resolve(name.qualifier)
        else {
            throw .functionNotFound(control.settings.account.functionARN(name.name, qualifier: name.qualifier))
        }
        return (function, version.configuration.qualified(name.qualifier), version.code)
    }

    private static func listFunctions(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let which = call.query("FunctionVersion")
        var constraints = Constraints()
        constraints.oneOf(which, "functionVersion", ["ALL"])
        let page = try FunctionPage(call, constraints)
        var all: [(key: String, value: FunctionConfiguration)] = []
        for function in control.world.functions.map(\.value.root) {
            if which == nil {
                all.append((function.name, function.head.configuration.listed))
            } else {
                all += function.listedVersions.map { (function.name + ":" + $0.key, $0.value) }
            }
        }
        return try page.reply("Functions", all)
    }

    /// Nothing signs code here, which AWS says with an answer that names no configuration.
    private static func getFunctionCodeSigningConfig(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let function = try control.function(try call.unqualifiedFunctionName(in: control.settings.account))
        return .json(.object(["FunctionName": .string(function.head.configuration.FunctionName)]))
    }

    private static func getRuntimeManagementConfig(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        var name = try call.functionName(.namespaced, in: control.settings.account)
        name.qualifier = name.qualifier ?? Qualifier.latest
        let configuration = try version(name, control).configuration
        return .json(["UpdateRuntimeOn": "Auto", "FunctionArn": .string(configuration.FunctionArn)])
    }

    private static func getFunctionRecursionConfig(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        _ = try control.function(try call.unqualifiedFunctionName(in: control.settings.account))
        return .json(.object(["RecursiveLoop": "Terminate"]))
    }
}

/// Where the code can be had: AWS's own links lead to S3.
extension LambdaOperations {
    static let codeDownload = "DownloadFunctionCode"
    private static let codePath = "/_gatehouse/functions/{FunctionName}/code"

    /// A URL of this management listener under the name by which the caller reached it; a file URL for code that came
    /// from a local folder, and for calls made in process.
    static func location(
        of home: String, _ codeSha256: String, _ code: LambdaFunction.CodePlace, _ call: Call,
        _ packages: FunctionPackages
    ) -> String {
        if let folder = code.localFolder { return "file://" + folder }
        guard let host = call.header("host") else {
            return "file://" + packages.zipFile(of: home, codeSha256: codeSha256)
        }
        let path = codePath.replacing("{FunctionName}", with: home)
        let file = "\(path)/\(FunctionPackages.fileName(codeSha256)).zip"
        let link = call.codeLinks?.link(to: file, now: call.now) ?? file
        return "\(call.isSecure ? "https" : "http")://\(host)\(link)"
    }

    private static func downloadFunctionCode(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let name = call.path("FunctionName")
        guard control.world.packagesInUse(in: name) != nil,
            let content = control.packages.archive(of: name, fileName: call.path("File"))
        else { throw .resourceNotFound("The resource you requested does not exist.") }
        return Reply(contentType: "application/zip", body: content)
    }
}

/// Deleting.
extension LambdaOperations {
    private static func deleteFunction(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        if let qualifier = name.qualifier {
            guard !Qualifier.isAlias(qualifier) else {
                throw .invalidParameter("Deletion of aliases is not currently supported.")
            }
            guard qualifier != Qualifier.latest else {
                throw .invalidParameter("$LATEST version cannot be deleted without deleting the function.")
            }
        }
        if let qualifier = name.qualifier {
            try await control.changeFunction(name) { function throws(ServiceError) in
                try function.deleteVersion(qualifier)
            }
            return .empty
        }
        try await control.commitFunction(name.name) { change throws(ServiceError) in
            guard change.root != nil else { throw .functionNotFound(call.account.functionARN(name.name)) }
            change.root = nil
        }
        return .empty
    }
}

extension JSONValue {
    static func of(_ value: some Encodable) throws(ServiceError) -> JSONValue {
        do { return try JSONValue(encoding: value) } catch {
            throw .internalFailure("The answer could not be written: \(error)")
        }
    }
}
