import GatewayModel
import NIOCore
import Testing

@Suite("Bodies on their way to and from origins", .timeLimit(.minutes(10)))
struct UpstreamFlowTests {
    @Test("no answer in time is unavailable, and the connection to the client goes on")
    func timeout() async throws {
        try await TestOrigin.serving({ wire, origin in
            while try await !origin.read(&wire).start.contains("/slow") { try await wire.send(TestOrigin.ok) }
            _ = try await wire.rest()
        }) { origin in
            let slow = V2.Integration.http(origin.url + "/slow", timeout: 50)
            let api = TestAPI(routes: [("GET /slow", slow), ("GET /a", .http(origin.url))])
            try await TestGateway.serving(api) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/slow") + TestGateway.request("GET", "/a"))
                    #expect(try await wire.message().text == TestGateway.unavailable)
                    #expect(try await wire.message().text == "ok")
                }
            }
        }
    }

    @Test("a steady upload does not put off the time to the answer's head")
    func steadyUpload() async throws {
        try await TestGateway.proxying({ wire, _ in _ = try? await wire.rest() }, timeout: 200) { gateway, _ in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]))
                let outbound = wire.outbound
                let upload = Task {
                    while !Task.isCancelled {
                        try await outbound.write(ByteBuffer(string: "1\r\nx\r\n"))
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                let answer = try await wire.message()
                upload.cancel()
                #expect(answer.text == TestGateway.unavailable)
            }
        }
    }

    @Test("an answer that stops in the middle is given up after the same time")
    func stalledAnswer() async throws {
        try await TestGateway.proxying(
            { wire, origin in
                try await origin.read(&wire)
                try await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                _ = try await wire.rest()
            }, timeout: 1_000
        ) { gateway, _ in
            var hasAnswered = false
            // On a machine under load the head itself may be late, and the answer is the gateway's.
            while !hasAnswered {
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/", ["Connection: close"]))
                    guard try await wire.head().hasPrefix("HTTP/1.1 200") else { return }
                    #expect(try await wire.rest() == Array("abc".utf8))
                    hasAnswered = true
                }
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

    @Test("an answer before the end of the request is passed on whole, and the next request is served")
    func earlyAnswer() async throws {
        try await TestGateway.proxying({ wire, origin in
            let head = try await wire.head()
            if head.contains("/good") { return try await wire.send(TestOrigin.ok) }
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
        try await TestGateway.proxying({ wire, _ in
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
        try await TestGateway.proxying({ wire, _ in
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
        try await TestGateway.proxying({ wire, _ in
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

    @Test("a large answer arrives whole at a client that takes it slowly", arguments: [true, false])
    func largeAnswer(isChunked: Bool) async throws {
        let size = 8_000_000
        try await TestGateway.proxying({ wire, origin in
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
        try await TestGateway.proxying({ wire, origin in
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
