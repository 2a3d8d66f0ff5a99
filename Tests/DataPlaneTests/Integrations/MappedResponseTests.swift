import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("Answers are mapped", .timeLimit(.minutes(10)))
struct MappedResponseTests {
    private static let plain =
        "HTTP/1.1 200 OK\r\nX-A: 1\r\nServer: mine\r\nContent-Length: 14\r\n\r\n{\"code\":\"404\"}"

    @Test(
        "headers are appended, overwritten and removed",
        arguments: [
            (["append:header.x-a": "2"], ["1", "2"]),
            (["overwrite:header.X-A": "2"], ["2"]),
            (["remove:header.x-a": "''"], []),
            (["overwrite:header.x-a": "$response.header.Server"], ["mine"]),
            (["overwrite:header.x-a": "$response.body.code"], ["404"]),
            (["overwrite:header.x-a": "$response.body"], [#"{"code":"404"}"#]),
            (["append:header.x-a": "$response.header.none"], ["1"]),
            (["overwrite:header.x-a": "<${context.stage}>"], ["<$default>"]),
        ] as [(OrderedMap<String>, [String])])
    func mappedHeaders(mapping: OrderedMap<String>, values: [String]) async throws {
        let answer = try await TestGateway.passing(Self.plain, mapping: ["200": mapping])
        #expect(answer.all("x-a") == values)
        #expect(answer.all("server") == ["mine"])
        #expect(answer.all("content-length") == ["14"])
        #expect(answer.text == #"{"code":"404"}"#)
        #expect(answer["apigw-requestid"] != nil)
    }

    @Test(
        "the status is overwritten by one that can be an answer's",
        arguments: [
            ("403", 403), ("$response.body.code", 404), ("$response.header.x-a", 200), ("$response.header.none", 200),
            ("$response.body.none", 200),
        ])
    func mappedStatus(value: String, status: Int) async throws {
        let answer = try await TestGateway.passing(Self.plain, mapping: ["200": ["overwrite:statuscode": value]])
        #expect(answer.status == status)
        #expect(answer.text == #"{"code":"404"}"#)
    }

    @Test("the mapped answer to HEAD tells no length that the origin did not")
    func mappedHead() async throws {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let answer = try await TestGateway.passing(
            chunked, method: "HEAD", mapping: ["200": ["append:header.x": "1"]])
        #expect(answer["x"] == "1")
        #expect(answer["content-length"] == nil)
    }

    @Test("a mapping of another status does not count")
    func otherStatus() async throws {
        let answer = try await TestGateway.passing(Self.plain, mapping: ["500": ["overwrite:header.x-a": "2"]])
        #expect(answer.all("x-a") == ["1"])
    }

    @Test(
        "an answer mapped to a status without a body has none, and the connection goes on", arguments: ["204", "304"])
    func mappedToNoBody(status: String) async throws {
        try await TestOrigin.answering(Self.plain) { origin in
            let mapping: OrderedMap<OrderedMap<String>> = ["200": ["overwrite:statuscode": status]]
            let api = TestAPI(routes: [("$default", .http(origin.url, response: mapping))])
            try await TestGateway.serving(api) { gateway in
                try await gateway.connect { wire in
                    for _ in 0..<2 {
                        try await wire.send(TestGateway.request("GET", "/"))
                        let answer = try await wire.message()
                        #expect(answer.start.contains(status))
                        #expect(answer["content-length"] == nil)
                    }
                }
            }
        }
    }

    @Test("a body that a mapping reads may have 10 MB")
    func collectedLimit() async throws {
        let script: TestOrigin.Script = { wire, origin in
            let request = try await origin.read(&wire)
            let size = Int(request["x-size"] ?? "") ?? 0
            try await wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            try await wire.send(ByteBuffer(repeating: 0x78, count: size))
        }
        try await TestOrigin.serving(script) { origin in
            let mapping: OrderedMap<OrderedMap<String>> = ["200": ["append:header.x": "$response.body.a"]]
            let api = TestAPI(routes: [("$default", .http(origin.url, response: mapping))])
            try await TestGateway.serving(api) { gateway in
                let whole = try await gateway.call("GET", "/", ["X-Size: 10485760"])
                #expect(whole.body.count == 10_485_760)
                #expect(try await gateway.call("GET", "/", ["X-Size: 10485761"]).status == 500)
            }
        }
    }
}
