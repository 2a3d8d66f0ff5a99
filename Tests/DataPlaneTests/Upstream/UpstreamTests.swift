import DataPlane
import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("Connections to origins", .timeLimit(.minutes(1)))
struct UpstreamTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    private static let unavailable = #"{"message":"Service Unavailable"}"#

    private static func serving(
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

    @Test("one is used again and again, by all clients of a loop")
    func reuse() async throws {
        try await TestOrigin.answering(Self.ok) { origin in
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
        try await Self.serving({ wire, origin in
            if try await origin.read(&wire).start.contains("/good") {
                try await wire.send(Self.ok)
            } else {
                try await wire.send(answer)
            }
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/"))
                let refused = try await wire.message()
                #expect(refused.start == "HTTP/1.1 503 Service Unavailable")
                #expect(refused.text == Self.unavailable)
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
        try await Self.serving({ wire, origin in
            try await origin.read(&wire)
            try await wire.send(answer)
        }) { gateway, _ in
            await #expect(throws: (any Error).self) { try await gateway.call("GET", "/") }
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
                #expect(answer.text == Self.unavailable)
                let entry = try #require(await gateway.entries().first)
                #expect(entry.hasPrefix("503 cannot connect to 127.0.0.1:\(port)"), "\(entry)")
            }
        }
    }

    // MARK: Repeating

    /// An origin that answers the first request of each connection and closes at the second one.
    private static let closesAtSecond: TestOrigin.Script = { wire, origin in
        try await origin.read(&wire)
        try await wire.send(ok)
        try await origin.read(&wire)
    }

    @Test(
        "a request that may be repeated is, when its connection had been used and ends without an answer",
        arguments: [
            "GET", "HEAD", "OPTIONS", "PUT", "DELETE",
        ])
    func repeated(method: String) async throws {
        try await Self.serving(Self.closesAtSecond) { gateway, origin in
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
        try await Self.serving(Self.closesAtSecond) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call(method, "/second")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("the method that the origin sees decides, not the client's")
    func notRepeatedAsPOST() async throws {
        try await Self.serving(Self.closesAtSecond, method: "POST") { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call("GET", "/second")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("one with a body that is gone is not")
    func notRepeatedBody() async throws {
        try await Self.serving(Self.closesAtSecond) { gateway, origin in
            let first = try await gateway.call("GET", "/first")
            let second = try await gateway.call("PUT", "/second", body: "abc")
            #expect([first.status, second.status] == [200, 503])
            #expect(origin.requests.count == 2)
        }
    }

    @Test("one whose answer had begun is not")
    func notRepeatedBegun() async throws {
        try await Self.serving({ wire, origin in
            try await origin.read(&wire)
            try await wire.send(Self.ok)
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
        try await Self.serving({ wire, origin in try await origin.read(&wire) }) { gateway, origin in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.status == 503)
            #expect(origin.requests.count == 1)
        }
    }

    // MARK: Time

    @Test("no answer in time is unavailable, and the connection to the client goes on")
    func timeout() async throws {
        try await TestOrigin.serving({ wire, origin in
            while try await !origin.read(&wire).start.contains("/slow") { try await wire.send(Self.ok) }
            _ = try await wire.rest()
        }) { origin in
            let slow = V2.Integration.http(origin.url + "/slow", timeout: 50)
            let api = TestAPI(routes: [("GET /slow", slow), ("GET /a", .http(origin.url))])
            try await TestGateway.serving(api) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/slow") + TestGateway.request("GET", "/a"))
                    #expect(try await wire.message().text == Self.unavailable)
                    #expect(try await wire.message().text == "ok")
                }
            }
        }
    }

    @Test("an answer that stops in the middle is given up after the same time")
    func stalledAnswer() async throws {
        try await Self.serving(
            { wire, origin in
                try await origin.read(&wire)
                try await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                _ = try await wire.rest()
            }, timeout: 1_000
        ) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/"))
                _ = try await wire.head()
                #expect(try await wire.rest() == Array("abc".utf8))
            }
        }
    }

    @Test("an origin that cannot be reached in time leaves the client's connection usable")
    func unreachable() async throws {
        try await TestOrigin.deaf { port in
            let far = V2.Integration.http("http://127.0.0.1:\(port)/", timeout: 50)
            try await TestGateway.serving(TestAPI(routes: [("GET /far", far), ("GET /a", .function())])) { gateway in
                gateway.function.answer(#""next""#)
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/far"))
                    #expect(try await wire.message().status == 503)
                    try await wire.send(TestGateway.request("GET", "/a"))
                    #expect(try await wire.message().text == "next")
                }
            }
        }
    }

    // MARK: Early and late

    @Test("an answer before the end of the request is passed on whole, and the next request is served")
    func earlyAnswer() async throws {
        try await Self.serving({ wire, origin in
            let head = try await wire.head()
            if head.contains("/good") { return try await wire.send(Self.ok) }
            try await wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            _ = try await wire.rest()
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Content-Length: 200000"]) + "first bytes")
                let answer = try await wire.message()
                #expect(answer.status == 403)
                #expect(answer.text == "no")
                try await wire.send(ByteBuffer(repeating: 0x78, count: 200_000 - 11))
                try await wire.send(TestGateway.request("GET", "/good"))
                #expect(try await wire.message().text == "ok")
            }
        }
    }

    @Test("an early answer is not lost when the origin takes no more of a large request")
    func earlyAnswerToLargeBody() async throws {
        try await Self.serving({ wire, _ in
            _ = try await wire.head()
            // Enough to fill every buffer on the way, so that the client is held back when the answer comes.
            _ = try await wire.bytes(1_000_000)
            try await wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        }) { gateway, _ in
            try await gateway.connect { wire in
                let size = 9_000_000
                try await wire.send(TestGateway.request("POST", "/", ["Content-Length: \(size)"]))
                let outbound = wire.outbound
                async let sent: Void = outbound.write(ByteBuffer(repeating: 0x78, count: size))
                let answer = try await wire.message()
                #expect(answer.status == 403)
                #expect(answer.text == "no")
                try? await sent
            }
        }
    }

    @Test("a body beyond the limit ends an exchange that has begun to answer, on both sides")
    func bodyTooLarge() async throws {
        let ended = Signal()
        try await Self.serving({ wire, _ in
            _ = try await wire.head()
            try await wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            _ = try? await wire.rest()
            ended.happened()
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]) + "a00001\r\nx")
                _ = try await wire.head()
                try await wire.send(ByteBuffer(repeating: 0x78, count: 0xA00000))
                _ = try? await wire.rest()
            }
            try await ended.wait()
        }
    }

    @Test("a client that leaves takes its connection to the origin with it")
    func clientLeaves() async throws {
        let (began, ended) = (Signal(), Signal())
        try await Self.serving({ wire, _ in
            _ = try await wire.head()
            began.happened()
            _ = try? await wire.rest()
            ended.happened()
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Content-Length: 10"]) + "abc")
                try await began.wait()
            }
            try await ended.wait()
        }
    }

    // MARK: Back-pressure

    @Test("a large answer arrives whole at a client that takes it slowly", arguments: [true, false])
    func largeAnswer(isChunked: Bool) async throws {
        let size = 8_000_000
        try await Self.serving({ wire, origin in
            try await origin.read(&wire)
            try await wire.send(
                "HTTP/1.1 200 OK\r\n" + (isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)")
                    + "\r\n\r\n")
            for _ in 0..<100 {
                let piece = ByteBuffer(repeating: 0x79, count: size / 100)
                if isChunked { try await wire.send(String(size / 100, radix: 16) + "\r\n") }
                try await wire.send(piece)
                if isChunked { try await wire.send("\r\n") }
            }
            if isChunked { try await wire.send("0\r\n\r\n") }
        }) { gateway, _ in
            try await gateway.connect(receiveBuffer: 8_192) { wire in
                for _ in 0..<2 {
                    try await wire.send(TestGateway.request("GET", "/"))
                    let answer = try await wire.message()
                    #expect(answer.body == [UInt8](repeating: 0x79, count: size))
                }
            }
        }
    }

    @Test("a large request arrives whole at an origin that takes it late")
    func largeRequest() async throws {
        let size = 8_000_000
        try await Self.serving({ wire, origin in
            _ = try await wire.head()
            let body = try await wire.bytes(size)
            try await wire.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (body.allSatisfy { $0 == 0x79 } ? "ok" : "no"))
        }) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Content-Length: \(size)"]))
                try await wire.send(ByteBuffer(repeating: 0x79, count: size))
                #expect(try await wire.message().text == "ok")
            }
        }
    }
}
