import GatewayModel
import JSON
import Testing

/// A gateway whose only route leads to an origin.
extension TestGateway {
    static func proxying(
        _ script: @escaping TestOrigin.Script, timeout: Int? = nil, method: String = "ANY",
        _ body: (TestGateway, TestOrigin) async throws -> Void
    ) async throws {
        try await TestOrigin.serving(script) { origin in
            let integration = V2.Integration.http(origin.url, method: method, timeout: timeout)
            try await TestGateway.serving(TestAPI(routes: [("$default", integration)])) { gateway in
                try await body(gateway, origin)
            }
        }
    }

    /// Sends one request through a route to an origin and returns what the origin saw.
    static func seen(
        _ method: String = "GET", _ target: String = "/", _ fields: [String] = [], body: String? = nil,
        key: String = "$default", uri: String = "", stage: String = "$default", integrationMethod: String = "ANY",
        mapping: OrderedMap<String>? = nil, variables: OrderedMap<String> = [:]
    ) async throws -> Message {
        var seen: Message?
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let integration = V2.Integration.http(origin.url + uri, method: integrationMethod, request: mapping)
            let api = TestAPI(stage: stage, routes: [(key, integration)], variables: variables)
            try await TestGateway.serving(api) { gateway in
                let answer = try await gateway.call(method, target, fields, body: body)
                #expect(answer.status == 200)
            }
            seen = origin.requests.last
        }
        return try #require(seen)
    }

    /// What a client gets of an answer that an origin wrote.
    static func passing(
        _ bytes: String, method: String = "GET", _ fields: [String] = [], cors: V2.Cors? = nil,
        mapping: OrderedMap<OrderedMap<String>>? = nil
    ) async throws -> Message {
        var answer: Message?
        try await TestOrigin.serving({ wire, origin in
            while true {
                // The answer to one request, then the connection ends if nothing else says where its body does.
                try await origin.read(&wire)
                try await wire.send(bytes)
                if !bytes.contains("Content-Length") && !bytes.contains("chunked") { return }
            }
        }) { origin in
            let api = TestAPI(routes: [("$default", .http(origin.url, response: mapping))], cors: cors)
            try await TestGateway.serving(api) { gateway in
                answer = try await gateway.call(method, "/", fields)
            }
        }
        return try #require(answer)
    }
}
