import ControlPlane
import GatewayModel
import JSON

/// Makes calls with JSON bodies, and turns an error answer into a failure with AWS's words.
struct ManagementCalls: Sendable {
    var management: any Management
    /// Tags of AWS's own that the calls may set.
    var systemTags: [String: String]?
    /// Returns when the operation that makes the calls shall go no further (`DeploymentOptions.stopped`).
    var stopped: (@Sendable () async -> Void)?

    struct Failure: Error {
        let status: Int
        let code: String
        let message: String

        /// Whether what the call named is not there.
        var isMissing: Bool {
            status == 404 || ["ResourceNotFoundException", "ParameterNotFound", "UserNotFoundException"].contains(code)
        }
    }

    private func answer(_ request: WireRequest) async -> WireResponse {
        var request = request
        request.systemTags = systemTags
        return await management.call(request)
    }

    /// - Parameter newId: the id that the part of API Gateway is to have that the call makes.
    func call(
        _ operation: String, _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
        body: JSONObject? = nil, newId: String? = nil
    ) async throws(Failure) -> JSONValue {
        var headers = [(name: "content-type", value: "application/json")]
        if let newId { headers.append((Call.chosenIdHeader, newId)) }
        return try await send(
            operation,
            WireRequest(
                method: method,
                path: "/" + path.map { PercentEncoding.encode($0, keeping: "$:") }.joined(separator: "/"),
                query: query.map { "\($0.name)=\(PercentEncoding.encode($0.value, keeping: "$:"))" }.joined(
                    separator: "&"),
                headers: headers, body: body.map { JSONValue.object($0).bytes } ?? []))
    }

    /// An operation of DynamoDB's.
    func table(_ operation: String, _ body: JSONObject) async throws(Failure) -> JSONValue {
        try await send(
            operation,
            WireRequest(
                method: "POST", path: "/",
                headers: [
                    ("content-type", "application/x-amz-json-1.0"),
                    ("x-amz-target", "DynamoDB_20120810.\(operation)"),
                ], body: JSONValue.object(body).bytes))
    }

    static let userPools = "AWSCognitoIdentityProviderService"
    static let parameterStore = "AmazonSSM"
    static let secretsManager = "secretsmanager"
    static let logs = "Logs_20140328"

    /// An operation of a service in JSON 1.1.
    ///
    /// - Parameter target: what stands before the operation in X-Amz-Target.
    func targeted(_ target: String, _ operation: String, _ body: JSONObject) async throws(Failure) -> JSONValue {
        try await send(
            operation,
            WireRequest(
                method: "POST", path: "/",
                headers: [
                    ("content-type", "application/x-amz-json-1.1"),
                    ("x-amz-target", "\(target).\(operation)"),
                ], body: JSONValue.object(body).bytes))
    }

    /// An operation of IAM's, which has forms and answers in XML.
    func iam(
        _ action: String, _ parameters: [(name: String, value: String)]
    ) async throws(Failure) -> QueryAnswer {
        try await form(action, parameters, version: "2010-05-08", host: "iam.amazonaws.com")
    }

    /// An operation of CloudFormation's.
    ///
    /// - Parameters:
    ///   - parent: the stack that another one is made for.
    ///   - waitingFor: the stack whose operation is over when this returns.
    func cloudFormation(
        _ action: String, _ parameters: [(name: String, value: String)], parent: String? = nil,
        waitingFor stack: String? = nil
    ) async throws(Failure) -> QueryAnswer {
        var headers: [(name: String, value: String)] = []
        if let parent { headers.append((CloudFormationWire.parentHeader, parent)) }
        if let stack { headers.append((CloudFormationWire.waitHeader, stack)) }
        return try await form(
            action, parameters, version: CloudFormationWire.version, host: "cloudformation.amazonaws.com",
            headers: headers)
    }

    private func form(
        _ action: String, _ parameters: [(name: String, value: String)], version: String, host: String,
        headers: [(name: String, value: String)] = []
    ) async throws(Failure) -> QueryAnswer {
        let pairs = [("Action", action), ("Version", version)] + parameters.map { ($0.name, $0.value) }
        let body = pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let response = await answer(
            WireRequest(
                method: "POST", path: "/",
                headers: [
                    ("host", host), ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ] + headers, body: Array(body.utf8)))
        let answer = QueryAnswer(String(decoding: response.body, as: UTF8.self))
        guard (200..<300).contains(response.status) else {
            let code = answer["Code"] ?? "HTTP \(response.status)"
            throw Failure(
                status: response.status, code: code, message: "\(action): \(code): \(answer["Message"] ?? "")")
        }
        return answer
    }

    /// An operation of S3's: a document goes, or nothing; what comes is the answer's body.
    ///
    /// - Parameter path: bucket and key.
    @discardableResult
    func objects(
        _ operation: String, _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async throws(Failure) -> [UInt8] {
        let response = await answer(
            WireRequest(
                method: method,
                path: "/" + path.map { PercentEncoding.encode($0, keeping: "/") }.joined(separator: "/"),
                query: query.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&"),
                headers: [("host", "s3.amazonaws.com")] + headers, body: body))
        guard (200..<300).contains(response.status) else {
            let answer = QueryAnswer(String(decoding: response.body, as: UTF8.self))
            let code = answer["Code"] ?? "HTTP \(response.status)"
            throw Failure(
                status: response.status, code: code, message: "\(operation): \(code): \(answer["Message"] ?? "")")
        }
        return response.body
    }

    /// The content of an object; it fails where the object has another entity tag.
    func object(
        _ bucket: String, _ key: String, version: String? = nil, tag: String? = nil
    ) async throws(Failure) -> [UInt8] {
        try await objects(
            "GetObject", "GET", [bucket, key], query: version.map { [("versionId", $0)] } ?? [],
            headers: tag.map { [("if-match", $0)] } ?? [])
    }

    /// Has a function called, and waits for nothing.
    func invokeAsEvent(_ function: String, _ event: JSONObject) async throws(Failure) {
        _ = try await send(
            "Invoke",
            WireRequest(
                method: "POST",
                path: "/2015-03-31/functions/\(PercentEncoding.encode(function, keeping: "$:"))/invocations",
                headers: [("x-amz-invocation-type", "Event")], body: JSONValue.object(event).bytes))
    }

    private func send(_ operation: String, _ request: WireRequest) async throws(Failure) -> JSONValue {
        let response = await answer(request)
        let answer = response.body.isEmpty ? JSONValue.object([:]) : try? JSONValue(parsing: response.body)
        guard (200..<300).contains(response.status) else {
            let code = Self.code(response, answer)
            let text = answer?["message"]?.string ?? answer?["Message"]?.string ?? ""
            throw Failure(status: response.status, code: code, message: "\(operation): \(code): \(text)")
        }
        guard let answer else {
            throw Failure(
                status: response.status, code: "", message: "\(operation): the answer is not JSON")
        }
        return answer
    }

    /// restJson tells the code in a header, awsJson in `__type` behind a namespace.
    private static func code(_ response: WireResponse, _ answer: JSONValue?) -> String {
        // Some services write a namespace behind the code, or its colon.
        if let code = response.headers.first(where: { $0.name == "x-amzn-errortype" })?.value {
            return String(code.prefix { $0 != ":" })
        }
        guard let type = answer?["__type"]?.string else { return "HTTP \(response.status)" }
        return String(type.split(separator: "#").last ?? "")
    }
}
