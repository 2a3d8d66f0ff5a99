import JSON
import Testing

@testable import DataPlane

@Suite("Mapping expressions")
struct MappingExpressionTests {
    private static func parts(_ text: String) throws(CompileError) -> [String] {
        try MappingExpression(text, variables: ["id", "rest"], ["color": "blue", "empty": ""]).parts.map(describe)
    }

    private static func describe(_ part: MappingExpression.Part) -> String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        return switch part {
        case .text(let bytes): "'\(text(bytes))'"
        case .requestHeader(let name): "request header \(text(name))"
        case .requestQuery(let name): "request query \(text(name))"
        case .requestPath: "request path"
        case .requestPathVariable(let index): "path variable \(index)"
        case .requestBody: "request body"
        case .requestBodyPath(let path): "request body \(path.steps)"
        case .responseHeader(let name): "response header \(text(name))"
        case .responseBody: "response body"
        case .responseBodyPath(let path): "response body \(path.steps)"
        case .context(.variable(let variable)): "context \(variable)"
        case .context(.authorizer(let name, _)): "context of the authorizer \(text(name))"
        case .missing: "missing"
        }
    }

    @Test(
        "one source, bare or in braces",
        arguments: [
            ("request.header.X-Name", "request header x-name"),
            ("request.querystring.Name", "request query Name"),
            ("request.querystring.a.b", "request query a.b"),
            ("request.path", "request path"),
            ("request.path.rest", "path variable 1"),
            ("request.path.other", "missing"),
            ("request.body", "request body"),
            (
                "request.body.a.b",
                #"request body [DataPlane.BodyPath.Step.member("a"), DataPlane.BodyPath.Step.member("b")]"#
            ),
            ("response.header.ETag", "response header etag"),
            ("response.body", "response body"),
            ("response.body[0]", "response body [DataPlane.BodyPath.Step.element(0)]"),
            ("context.requestId", "context requestId"),
            ("context.identity.sourceIp", "context sourceIp"),
            ("context.authorizer.claims.sub", "context of the authorizer claims.sub"),
            ("context.nonsense", "missing"),
            ("stageVariables.color", "'blue'"),
            ("stageVariables.empty", "''"),
            ("stageVariables.none", "missing"),
        ])
    func source(name: String, part: String) throws {
        #expect(try Self.parts("$" + name) == [part])
        #expect(try Self.parts("${" + name + "}") == [part])
    }

    @Test(
        "text with sources in it",
        arguments: [
            ("plain", ["'plain'"]),
            ("", []),
            ("''", ["''''"]),
            ("a ${request.path.id} b", ["'a '", "path variable 0", "' b'"]),
            ("${request.path.id}${request.path.rest}", ["path variable 0", "path variable 1"]),
            ("${request.header.a}-${stageVariables.color}", ["request header a", "'-'", "'blue'"]),
            ("costs 5$", ["'costs 5$'"]),
            ("a $request.path", ["'a $request.path'"]),
            ("${unknown}", ["'${unknown}'"]),
            ("$unknown", ["'$unknown'"]),
            ("open ${request.path", ["'open ${request.path'"]),
        ])
    func joined(text: String, parts: [String]) throws {
        #expect(try Self.parts(text) == parts)
    }

    @Test(
        "know whether they need a body",
        arguments: [
            ("$request.body", true, false), ("x${request.body.a}", true, false), ("$response.body", false, true),
            ("${response.body.a}", false, true), ("$request.path", false, false), ("$response.header.a", false, false),
            ("text", false, false),
        ])
    func needs(text: String, request: Bool, response: Bool) throws {
        let expression = try MappingExpression(text, variables: [], [:])
        #expect(expression.needsRequestBody == request)
        #expect(expression.needsResponseBody == response)
    }
}

@Suite("Paths into a JSON body")
struct BodyPathTests {
    private static let body = Array(
        #"{"a":{"b":[10,{"c":"te\"xt"},null,true,1.50]},"":"x","a.b":1,"list":[[1,2],[3]],"o":{"z":1,"y":[]}}"#.utf8)

    @Test(
        "lead to a string's text or a value's JSON",
        arguments: [
            (".a.b[0]", "10"), (".a.b[1].c", "te\"xt"), ("['a']['b'][3]", "true"), (".a.b[4]", "1.50"),
            (#"["a.b"]"#, "1"), (".list[0]", "[1,2]"), (".list[1][0]", "3"), (".o", #"{"z":1,"y":[]}"#), ("['']", "x"),
        ])
    func found(path: String, value: String) throws {
        #expect(try BodyPath(path).value(in: Self.body) == Array(value.utf8))
    }

    @Test(
        "lead nowhere",
        arguments: [
            ".x", ".a.x", ".a.b[9]", ".a.b[-1]", ".a.b[2]", ".a[0]", ".list.a", ".a.b[0].c",
        ])
    func notFound(path: String) throws {
        #expect(try BodyPath(path).value(in: Self.body) == nil)
    }

    @Test("find nothing in what is no JSON, or too long", arguments: ["", "{", "text", #"{"a":1} x"#])
    func notJSON(body: String) throws {
        #expect(try BodyPath(".a").value(in: Array(body.utf8)) == nil)
    }

    @Test("see bodies of up to 100 KB")
    func limit() throws {
        let path = try BodyPath(".a")
        func body(_ count: Int) -> [UInt8] {
            Array(#"{"a":1,"b":""#.utf8) + [UInt8](repeating: 0x78, count: count - 14) + Array(#""}"#.utf8)
        }
        #expect(body(102_400).count == 102_400)
        #expect(path.value(in: body(102_400)) == Array("1".utf8))
        #expect(path.value(in: body(102_401)) == nil)
    }

    @Test(
        "of another form are refused", arguments: ["a", ".", ".a.", ".a..b", "[", "[x]", "['a", "['a\"]", ".a[", "[1"])
    func refused(path: String) {
        #expect(throws: CompileError.self) { try BodyPath(path) }
    }
}
