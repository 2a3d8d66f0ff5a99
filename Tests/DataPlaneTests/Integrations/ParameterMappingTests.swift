import JSON
import Testing

@testable import DataPlane

@Suite("Parameter mappings are compiled")
struct ParameterMappingTests {
    private static func describe(_ changes: [MappingChange]) -> [String] {
        changes.map { "\($0.kind) \(String(decoding: $0.name, as: UTF8.self)) \($0.value.parts.count)" }
    }

    @Test("a request's by place, in their order, headers in lower case")
    func request() throws {
        let parameters: OrderedMap<String> = [
            "append:header.X-One": "1", "remove:querystring.Two": "''", "overwrite:path": "$request.path",
            "overwrite:header.three": "a${request.body}", "append:querystring.Four": "$context.stage",
            "remove:header.FIVE": "''",
        ]
        let mapping = try #require(try RequestMapping(parameters, variables: [], [:]))
        #expect(Self.describe(mapping.headers) == ["append x-one 1", "overwrite three 2", "remove five 1"])
        #expect(Self.describe(mapping.query) == ["remove Two 1", "append Four 1"])
        #expect(mapping.path?.parts.count == 1)
        #expect(mapping.needsBody)
    }

    @Test("without any there is no mapping")
    func empty() throws {
        #expect(try RequestMapping(nil, variables: [], [:]) == nil)
        #expect(try RequestMapping([:], variables: [], [:]) == nil)
        #expect(try ResponseMapping(nil, variables: [], [:]) == nil)
        #expect(try ResponseMapping([:], variables: [], [:]) == nil)
    }

    @Test(
        "a body is needed only where an expression reads it",
        arguments: [
            ("append:header.a", "$request.body", true), ("append:querystring.a", "$request.body.x", true),
            ("overwrite:path", "/${request.body.x}", true), ("append:header.a", "$request.path", false),
        ])
    func needsBody(key: String, value: String, needed: Bool) throws {
        #expect(try RequestMapping([key: value], variables: [], [:])?.needsBody == needed)
    }

    @Test("a response's by the status that the origin answered")
    func response() throws {
        let parameters: OrderedMap<OrderedMap<String>> = [
            "200": ["append:header.X-One": "1", "overwrite:statuscode": "201"], "404": ["remove:header.Server": "''"],
            "500": ["overwrite:statuscode": "$response.body.code"],
        ]
        let mapping = try #require(try ResponseMapping(parameters, variables: [], [:]))
        #expect(Self.describe(mapping.changes(for: 200)?.headers ?? []) == ["append x-one 1"])
        #expect(mapping.changes(for: 200)?.status?.parts.count == 1)
        #expect(mapping.changes(for: 200)?.needsBody == false)
        #expect(Self.describe(mapping.changes(for: 404)?.headers ?? []) == ["remove server 1"])
        #expect(mapping.changes(for: 404)?.status == nil)
        #expect(mapping.changes(for: 500)?.needsBody == true)
        #expect(mapping.changes(for: 201) == nil)
    }

    @Test(
        "a request's key of another form is refused",
        arguments: [
            "header.x", "append:header.", "append:header", "append:cookie.x", "set:header.x", "append:path", "", ":",
            "append:", "overwrite:statuscode", "Append:header.x",
        ])
    func refusedRequest(key: String) {
        #expect(throws: CompileError.self) { try RequestMapping([key: "1"], variables: [], [:]) }
    }

    @Test(
        "a response's key of another form is refused",
        arguments: [
            "append:querystring.x", "overwrite:path", "append:statuscode", "header.x",
        ])
    func refusedResponse(key: String) {
        #expect(throws: CompileError.self) { try ResponseMapping(["200": [key: "1"]], variables: [], [:]) }
        #expect(throws: CompileError.self) {
            try ResponseMapping(["2xx": ["append:header.x": "1"]], variables: [], [:])
        }
    }
}
