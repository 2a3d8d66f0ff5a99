import Testing

@Suite("Requests that an origin dropped", .timeLimit(.minutes(10)))
struct RepeatedRequestsTests {
    /// An origin that answers the first request of each connection and closes at the second one.
    private static let closesAtSecond: TestOrigin.Script = { wire, origin in
        try await origin.read(&wire)
        try await wire.send(TestOrigin.ok)
        try await origin.read(&wire)
    }

    @Test(
        "a request that may be repeated is, when its connection had been used and ends without an answer",
        arguments: [
            "GET", "HEAD", "OPTIONS", "PUT", "DELETE",
        ])
    func repeated(method: String) async throws {
        try await TestGateway.proxying(Self.closesAtSecond) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call(method, "/second")
            #expect([first.status, second.status] == [200, 200])
            #expect(
                origin.requests.map(\.start) == [
                    "GET /first HTTP/1.1", "\(method) /second HTTP/1.1", "\(method) /second HTTP/1.1",
                ])
            #expect(origin.connections == 2)
        }
    }

    @Test("another is not", arguments: ["POST", "PATCH", "PURGE"])
    func notRepeated(method: String) async throws {
        try await TestGateway.proxying(Self.closesAtSecond) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call(method, "/second")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("the method that the origin sees decides, not the client's")
    func notRepeatedAsPOST() async throws {
        try await TestGateway.proxying(Self.closesAtSecond, method: "POST") { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call("GET", "/second")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("one with a body that is gone is not")
    func notRepeatedBody() async throws {
        try await TestGateway.proxying(Self.closesAtSecond) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call("PUT", "/second", body: "abc")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("one whose answer had begun is not")
    func notRepeatedBegun() async throws {
        try await TestGateway.proxying({ wire, origin in
            try await origin.read(&wire)
            try await wire.send(TestOrigin.ok)
            try await origin.read(&wire)
            try await wire.send("HTTP/1.1 200 OK\r\nContent-")
        }) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call("GET", "/second")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("one on a new connection is not")
    func notRepeatedNew() async throws {
        try await TestGateway.proxying({ wire, origin in try await origin.read(&wire) }) { gateway, origin in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.status == 503)
            #expect(origin.requests.count == 1)
        }
    }
}
