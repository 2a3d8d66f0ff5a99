import ControlPlane
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// A plan of the template, which lies in the folder `shop`.
func plan(_ template: String, parameters: [(name: String, value: String)] = []) throws -> StackPlan {
    try StackPlan(source(template), parameters: parameters, account: AccountIdentity())
}

func source(
    _ template: String, folder: String = "/work/shop", files: any TemplateFiles = DiskFiles()
) -> TemplateSource {
    TemplateSource(file: "template.yaml", folder: folder, bytes: Array(template.utf8), files: files)
}

extension YAMLTemplateReader {
    static func read(_ text: String, file: String) throws(TemplateProblem) -> TemplateValue? {
        try read(Array(text.utf8), file: file)
    }
}

extension TemplateSource {
    func root() throws(TemplateError) -> TemplateMap {
        var problems = Problems(file: file)
        return try root(&problems)
    }
}

/// Files that are in memory only.
struct MemoryFiles: TemplateFiles {
    /// Contents by path.
    var texts: [String: String] = [:]
    /// Digests by path.
    var folders: [String: String] = [:]

    func kind(_ path: String) -> TemplateFileKind? {
        if folders[path] != nil { return .folder }
        return texts[path].map { .file(bytes: $0.utf8.count) }
    }

    func contents(_ path: String, upTo limit: Int) -> [UInt8]? {
        texts[path].flatMap { $0.utf8.count <= limit ? Array($0.utf8) : nil }
    }

    func codeDigest(_ path: String) -> String? { folders[path] }

    func holds(_ file: String, inCode path: String) -> Bool? { texts["\(path)/\(file)"] != nil }
}

/// Everything that is wrong with the template, as it is printed.
func problems(
    of template: String, parameters: [(name: String, value: String)] = [], files: any TemplateFiles = DiskFiles()
) -> [String] {
    do {
        _ = try StackPlan(source(template, files: files), parameters: parameters, account: AccountIdentity())
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// The template of a function that answers at the given event properties, one line each, from line 10 on.
func serverless(function: String = "", events: String = "", rest: String = "") -> String {
    """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Api:
        Type: AWS::Serverless::HttpApi
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.12
          Handler: index.handler
    \(function.isEmpty ? "      InlineCode: x = 1" : function)
    \(events)
    \(rest)
    """
}

/// Stands in for the management API: keeps the calls, and answers like AWS.
actor RecordedManagement: Management {
    struct Call: Sendable {
        let method: String
        let path: String
        let body: JSONValue
    }

    private(set) var calls: [Call] = []
    /// Answers to give instead, by method and path; each is given once.
    private var refusals: [String: WireResponse]

    init(refusing refusals: [String: WireResponse] = [:]) { self.refusals = refusals }

    func call(_ request: WireRequest) async -> WireResponse {
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        calls.append(Call(method: request.method, path: request.path, body: body))
        if let refusal = refusals.removeValue(forKey: "\(request.method) \(request.path)") { return refusal }
        if request.path == "/" { return Self.identityAnswer(String(decoding: request.body, as: UTF8.self)) }
        let answer: JSONValue
        switch (request.method, request.path) {
        case ("POST", "/2015-03-31/functions"):
            let name = body["FunctionName"]?.string ?? ""
            answer = [
                "FunctionName": .string(name),
                "FunctionArn": .string("arn:aws:lambda:us-east-1:000000000000:function:\(name)"),
            ]
        case ("PUT", "/v2/apis"):
            let id = "api\(calls.count { $0.path == "/v2/apis" })"
            answer = [
                "apiId": .string(id), "apiEndpoint": .string("https://\(id).execute-api.us-east-1.amazonaws.com"),
            ]
        case ("POST", "/v2/apis/chat/deployments"): answer = ["deploymentId": "one"]
        case ("GET", _): return WireResponse(status: 404)
        default: answer = [:]
        }
        return WireResponse(status: 201, body: answer.bytes)
    }

    /// IAM has nobody of the name, and makes who is asked for.
    private static func identityAnswer(_ form: String) -> WireResponse {
        guard !form.hasPrefix("Action=Get") else { return WireResponse(status: 404) }
        let name = form.split(separator: "&").first { $0.hasPrefix("RoleName=") }?.dropFirst("RoleName=".count) ?? ""
        let body = "<Role><Arn>arn:aws:iam::000000000000:role/\(name)</Arn><RoleId>AROA1</RoleId></Role>"
        return WireResponse(status: 200, body: Array(body.utf8))
    }

    nonisolated func draft() async -> any Management { RecordedManagement() }

    func bodies(_ method: String, _ path: String) -> [JSONValue] {
        calls.filter { $0.method == method && $0.path == path }.map(\.body)
    }
}
