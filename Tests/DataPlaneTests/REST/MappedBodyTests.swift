import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("A body that parameters are mapped from")
struct MappedBodyTests {
    private func value(_ body: String, _ path: String) throws -> String? {
        let found = try #require(MappedBody(ByteBuffer(string: body))).value(try BodyPath(jsonPath: path))
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "is looked into by a path, whatever its length",
        arguments: [
            ("a", "1"), ("$.s", "t\"\u{1F600}"), ("o.b[1]", "[ 2 ]"), ("o.b[1][0]", "2"), ("o", #"{"b":[1,[ 2 ]]}"#),
            ("k.k", "v"), ("twice", "2"), ("t", "true"),
        ])
    func found(path: String, expected: String) throws {
        let filler = String(repeating: "x", count: 300_000)
        let body =
            #" {"a":1,"s":"t\"\ud83d\ude00","o":{"b":[1,[ 2 ]]},"\u006b":{"k":"v"},"twice":1,"twice":2,"t":true,"n":null,"#
            + #""f":"\#(filler)"} "#
        #expect(try value(body, path) == expected)
    }

    @Test(
        "has no value where the path leads nowhere",
        arguments: ["b", "a.b", "a[0]", "o.b[2]", "o[0]", "o.b.c", "n", "e[0]", "m.x"])
    func missing(path: String) throws {
        #expect(try value(#"{"a":1,"o":{"b":[1]},"n":null,"e":[],"m":{}}"#, path) == nil)
    }

    @Test("is whole text without white space around it, and an empty object when there is none")
    func whole() throws {
        for (body, text) in [(" {\"a\": 1}\n", #"{"a": 1}"#), ("plain text", "plain text"), ("", "{}"), (" \n", "{}")] {
            let found = try #require(MappedBody(ByteBuffer(string: body))).value(nil)
            #expect(found.map { String(decoding: $0, as: UTF8.self) } == text)
        }
        #expect(try value("plain text", "a") == nil)
        #expect(try #require(MappedBody(nil)).value(nil) == Array("{}".utf8))
    }

    @Test("is none when it begins as JSON and is none", arguments: ["{", "[1,", "\"a", "'a'", #"{"a":1}}"#])
    func invalid(body: String) { #expect(MappedBody(ByteBuffer(string: body)) == nil) }

    @Test("that is no JSON is refused, where it is the request's")
    func request() throws {
        var integration = REST.Integration.mock()
        integration.requestParameters = ["integration.request.header.x": "method.request.body.a"]
        let gateway = try EmbeddedGateway(TestRESTAPI("POST /a", integration).definition)
        gateway.send(TestGateway.request("POST", "/prod/a", body: #"{"a":"#))
        #expect(gateway.statuses == ["400 Bad Request"])
        #expect(gateway.received.contains("\r\nx-amzn-ErrorType: BadRequestException\r\n"))
        #expect(gateway.received.hasSuffix(#"{"message": "Invalid JSON in request body"}"#))
        gateway.send(TestGateway.request("POST", "/prod/a", body: "a=1"))
        #expect(gateway.statuses.last == "200 OK")
    }

    @Test("that is no JSON is 500, where it is the integration's")
    func answer() throws {
        var integration = REST.Integration.function("AWS")
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseParameters = ["method.response.header.x-a": "integration.response.body.a"]
        integration.integrationResponses = ["200": response]
        let gateway = try EmbeddedGateway(TestRESTAPI("POST /a", integration).definition)
        gateway.function.answer(.success(ByteBuffer(string: #"{"a":7}"#)), .success(ByteBuffer(string: #"{"a""#)))
        gateway.send(TestGateway.request("POST", "/prod/a", body: "{}"))
        #expect(gateway.received.contains("\r\nx-a: 7\r\n"))
        gateway.send(TestGateway.request("POST", "/prod/a", body: "{}"))
        #expect(gateway.received.hasSuffix(#"{"message": "Internal server error"}"#))
    }
}
