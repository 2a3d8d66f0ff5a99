import GatewayModel
import Testing

@Suite("Connections to origins", .timeLimit(.minutes(10)))
struct UpstreamConnectionTests {
    @Test("one is used again and again, by all clients of a loop")
    func reuse() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                for _ in 0..<5 {
                    let answer = try await gateway.call("GET", "/")
                    #expect(answer.text == "ok")
                }
            }
            #expect(origin.requests.count == 5)
            #expect(origin.connections == 1)
        }
    }

    @Test(
        "one is not used again after an answer that ends it, or says too much",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok too much",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
        ])
    func notUsedAgain(answer: String) async throws {
        try await TestOrigin.answering(answer) { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                for _ in 0..<3 {
                    let answer = try await gateway.call("GET", "/")
                    #expect(answer.text == "ok")
                }
            }
            #expect(origin.connections == 3)
        }
    }

    @Test(
        "what is no answer is unavailable, and the next request is served",
        arguments: [
            "", "nonsense\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        ])
    func malformed(answer: String) async throws {
        try await TestGateway.proxying({ wire, origin in
            if try await origin.read(&wire).start.contains("/good") {
                try await wire.send(TestOrigin.ok)
            } else {
                try await wire.send(answer)
            }
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/"))
                let refused = try await wire.message()
                #expect(refused.start == "HTTP/1.1 503 Service Unavailable")
                #expect(refused.text == TestGateway.unavailable)
                try await wire.send(TestGateway.request("GET", "/good"))
                #expect(try await wire.message().text == "ok")
            }
        }
    }

    @Test(
        "a body cut short is never passed on as whole",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
        ])
    func cutShort(answer: String) async throws {
        try await TestGateway.proxying({ wire, origin in
            try await origin.read(&wire)
            try await wire.send(answer)
        }) { gateway, _ in
            // Broken off, or answered by the gateway when the end was known before anything had been sent.
            let answer = try? await gateway.call("GET", "/")
            #expect(answer == nil || answer?.text == TestGateway.unavailable)
        }
    }

    @Test("an answer that is malformed in its first piece is unavailable")
    func malformedAtOnce() async throws {
        try await TestGateway.proxying({ wire, origin in
            try await origin.read(&wire)
            try await wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n")
            _ = try await wire.rest()
        }) { gateway, _ in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.text == TestGateway.unavailable)
        }
    }

    @Test("calls to a name whose server is silent do not delay those to another one")
    func silentName() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let names = StandInNames(["here.test": ["127.0.0.1"]])
            names.keepSilent(on: ["silent.test"])
            let api = TestAPI(routes: [
                ("GET /silent", .http("http://silent.test:\(origin.port)/")),
                ("GET /here", .http("http://here.test:\(origin.port)/")),
            ])
            try await TestGateway.serving(api, names: names) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/silent"))
                    let here = try await gateway.call("GET", "/here")
                    #expect(here.text == "ok")
                    names.answer("silent.test", ["127.0.0.1"])
                    while !names.questions.contains("silent.test") { await Task.yield() }
                    names.speak()
                    #expect(try await wire.message().text == "ok")
                }
                #expect(names.questions.sorted() == ["here.test", "silent.test"])
            }
        }
    }

    @Test("when one address of a name does not answer the next one is tried, and the name is asked for once")
    func nextAddress() async throws {
        try await TestOrigin.serving({ wire, origin in
            try await origin.read(&wire)
            try await wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        }) { origin in
            // Nobody listens on the first address.
            let names = StandInNames(["two.test": ["127.0.0.2", "127.0.0.1"]])
            let api = TestAPI(routes: [("GET /", .http("http://two.test:\(origin.port)/"))])
            try await TestGateway.serving(api, names: names) { gateway in
                for _ in 0..<3 {
                    let answer = try await gateway.call("GET", "/")
                    #expect(answer.text == "ok")
                }
            }
            #expect(origin.connections == 3)
            #expect(names.questions == ["two.test"])
        }
    }

    @Test("a name that nobody knows is unavailable, with the reason")
    func unknownName() async throws {
        let api = TestAPI(
            routes: [("$default", .http("http://nowhere.test/"))],
            logFormat: "$context.status $context.integration.error")
        try await TestGateway.serving(api) { gateway in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.status == 503)
            let entry = try #require(await gateway.entries().first)
            #expect(entry.hasPrefix("503 cannot connect to nowhere.test:80"), "\(entry)")
        }
    }

    @Test("nobody there is unavailable")
    func refused() async throws {
        try await TestOrigin.nobody { port in
            let api = TestAPI(
                routes: [("$default", .http("http://127.0.0.1:\(port)/"))],
                logFormat: "$context.status $context.integration.error")
            try await TestGateway.serving(api) { gateway in
                let answer = try await gateway.call("GET", "/")
                #expect(answer.status == 503)
                #expect(answer.text == TestGateway.unavailable)
                let entry = try #require(await gateway.entries().first)
                #expect(entry.hasPrefix("503 cannot connect to 127.0.0.1:\(port)"), "\(entry)")
            }
        }
    }
}
