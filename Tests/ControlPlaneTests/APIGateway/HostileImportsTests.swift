import JSON
import Testing

@testable import ControlPlane

/// Documents that ask for far more than they say, or for what never ends.
@Suite("Hostile documents of REST APIs", .timeLimit(.minutes(10)))
struct HostileImportsTests {
    private let rest = RESTPlane()
    private static let operation: JSONValue = [
        "responses": [:], "x-amazon-apigateway-integration": ["type": "mock"],
    ]

    private static func document(_ members: JSONObject) -> JSONValue {
        var document: JSONObject = ["openapi": "3.0.1", "info": ["title": "t", "version": "1"], "paths": [:]]
        for (key, value) in members { document[key] = value }
        return .object(document)
    }

    private static func paths(_ paths: [(String, JSONValue)]) -> JSONObject {
        ["paths": .object(JSONObject(paths))]
    }

    private func imported(_ members: JSONObject) async -> APIAnswer {
        await rest.call("POST", "/restapis", Self.document(members), query: "mode=import")
    }

    private func fault(_ members: JSONObject) async -> String {
        let answer = await imported(members)
        #expect(answer.status == 400)
        return answer["message"]?.string ?? ""
    }

    @Test(
        "paths that refer to each other lead nowhere", arguments: ["#/paths/~1a", "#/paths/~1b", "file:///etc/passwd"])
    func circles(reference: String) async {
        let answer = await fault(
            Self.paths([("/a", ["$ref": .string(reference)]), ("/b", ["$ref": "#/paths/~1a"])]))
        #expect(answer.hasPrefix("Errors found during import:\n\tUnable to create resource at path '/a'"))
    }

    @Test("a name has its length, whichever way it comes")
    func longName() async throws {
        let name = JSONValue.string(String(repeating: "n", count: 1025))
        #expect(await fault(["info": ["title": name]]).contains("1024 characters"))
        #expect(await rest.call("POST", "/restapis", ["name": name]).status == 400)
        let api = await rest.call("POST", "/restapis", ["name": "short"])
        let path = "/restapis/\(try #require(api["id"]?.string))"
        let patch: JSONValue = ["patchOperations": [["op": "replace", "path": "/name", "value": name]]]
        #expect(await rest.call("PATCH", path, patch).status == 400)
        #expect(await rest.call("GET", path)["name"]?.string == "short")
    }

    @Test("a path may stand elsewhere in the document")
    func reference() async throws {
        let answer = await imported(Self.paths([("/a", ["get": Self.operation]), ("/b", ["$ref": "#/paths/~1a"])]))
        let id = try #require(answer["id"]?.string)
        let resources = await rest.call("GET", "/restapis/\(id)/resources")
        let list = resources["item"]?.array ?? resources["items"]?.array ?? []
        #expect(list.filter { $0["resourceMethods"]?["GET"] != nil }.count == 2)
    }

    @Test(
        "a parameter that leads nowhere is told", arguments: ["#/components/parameters/A", "#/components/parameters/C"])
    func missing(reference: String) async {
        var members = Self.paths([
            ("/a", ["get": ["parameters": [["$ref": .string(reference)]], "responses": [:]]])
        ])
        members["components"] = ["parameters": ["A": ["$ref": "#/components/parameters/B"]]]
        let answer = await imported(members)
        #expect(answer.status == 201)
        #expect(answer["warnings"]?.array?.count == 1)
    }

    @Test("what is referred to by many is not written out for ever")
    func multiplied() async {
        let headers = JSONObject((0..<2_000).map { ("h\($0)", [:]) })
        var members = Self.paths(
            (0..<1_000).map { index in
                ("/p\(index)", ["get": ["responses": ["200": ["$ref": "#/components/responses/A"]]]])
            })
        members["components"] = ["responses": ["A": ["headers": .object(headers)]]]
        #expect(await fault(members) == "Invalid OpenAPI input.")
        members["components"] = [
            "responses": [
                "A": ["content": ["a/b": ["schema": ["description": .string(String(repeating: "x", count: 100_000))]]]]
            ]
        ]
        #expect(await fault(members) == "Invalid OpenAPI input.")
    }

    @Test("what the document asks of each method is not asked for ever")
    func security() async {
        var members = Self.paths((0..<500).map { ("/p\($0)", ["get": Self.operation]) })
        members["security"] = .array((0..<5_000).map { ["s\($0)": []] })
        #expect(await fault(members) == "Invalid OpenAPI input.")
    }

    @Test("a path of many parts is not made of them all")
    func longPaths() async {
        let long = (0..<100_000).map { "/s\($0)" }.joined()
        #expect(await fault(Self.paths([(long, [:])])).contains("Resource's path can be at most 10240 bytes long."))
        let many = (0..<30).map { root in ("/r\(root)" + String(repeating: "/s", count: 4_000), JSONValue.object([:])) }
        #expect(await fault(Self.paths(many)).contains("The paths of an import's resources"))
    }

    @Test("thousands of paths, validators, models and words are read in one go")
    func many() async throws {
        var members = Self.paths((0..<4_000).map { ("/p\($0)/{id}", ["get": Self.operation]) })
        members["components"] = ["schemas": .object(JSONObject((0..<4_000).map { ("S\($0)", ["type": "object"]) }))]
        members["x-amazon-apigateway-request-validators"] = .object(
            JSONObject((0..<4_000).map { ("v\($0)", ["validateRequestBody": true]) }))
        members["x-amazon-apigateway-documentation"] = [
            "documentationParts": .array(
                (0..<4_000).map { index in
                    [
                        "location": ["type": "RESOURCE", "path": .string("/p\(index)")],
                        "properties": ["description": "d"],
                    ]
                })
        ]
        let answer = await imported(members)
        #expect(answer.status == 201)
        let id = try #require(answer["id"]?.string)
        let again = await rest.call("PUT", "/restapis/\(id)", Self.document(members), query: "mode=overwrite")
        #expect(again.status == 200)
    }

    @Test("a map or a list of thousands is refused, not cut")
    func entries() async {
        let texts = JSONValue.object(JSONObject((0..<3_000).map { ("integration.request.header.h\($0)", "'x'") }))
        let parameters = JSONValue.array((0..<3_000).map { ["name": .string("q\($0)"), "in": "query"] })
        for (operation, name) in [
            (["responses": [:], "parameters": parameters], "requestParameters"),
            (
                [
                    "responses": [:],
                    "x-amazon-apigateway-integration": [
                        "type": "http", "httpMethod": "GET", "uri": "http://a.b/", "requestParameters": texts,
                    ],
                ], "requestParameters"
            ),
        ] as [(JSONValue, String)] {
            let answer = await fault(Self.paths([("/a", ["get": operation])]))
            #expect(answer.contains("\(name) must have at most 1000 entries."))
        }
        let types = JSONValue.array((0..<3_000).map { .string("a/b\($0)") })
        #expect(
            await fault(["x-amazon-apigateway-binary-media-types": types])
                == "binaryMediaTypes must have at most 1000 entries.")
    }

    @Test("what is no size and what is no pattern is refused", arguments: ["1e9999", "\"10\"", "-1", "[]"])
    func values(size: String) async throws {
        let size = try JSONValue(parsing: size)
        #expect(
            await fault(["x-amazon-apigateway-minimum-compression-size": size])
                == "Invalid minimum compression size, must be between 0 and 10485760")
    }

    @Test(
        "a model that the validator could not read is none",
        arguments: [String(repeating: "(", count: 50_000), "[z-a]", "a{2,1}"])
    func patterns(pattern: String) async {
        let answer = await fault(["components": ["schemas": ["S": ["pattern": .string(pattern)]]]])
        #expect(answer.contains("Invalid model schema specified"))
    }

    @Test("faults are told up to a number")
    func faults() async {
        let answer = await fault(Self.paths((0..<3_000).map { ("/p!\($0)", [:]) }))
        #expect(answer.split(separator: "\n\t").count == 1_001)
    }
}
