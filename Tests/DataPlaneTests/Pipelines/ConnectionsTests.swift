import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("Requests of one connection", .timeLimit(.minutes(10)))
struct ConnectionsTests {
    @Test("answers come in the order of the requests, however these arrive", arguments: [1, 7, 4_096])
    func pipelined(pieces: Int) async throws {
        try await TestGateway.serving(TestAPI(routes: [("POST /{n}", .function())])) { gateway in
            gateway.function.answer("1")
            try await gateway.connect { wire in
                let requests = (0..<20).map { TestGateway.request("POST", "/\($0)", body: "body \($0)") }.joined()
                var bytes = ByteBuffer(string: requests)
                while let piece = bytes.readSlice(length: min(pieces, bytes.readableBytes)), piece.readableBytes > 0 {
                    try await wire.send(piece)
                }
                for _ in 0..<20 { #expect(try await wire.message().status == 200) }
            }
            #expect(try gateway.function.events.map { $0["rawPath"] } == (0..<20).map { .string("/\($0)") })
        }
    }

    @Test("a client that has said all it will is still answered, in full")
    func halfClosed() async throws {
        let body = String(repeating: "x", count: 5_000_000)
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            try await gateway.connect(receiveBuffer: 16_384) { wire in
                try await wire.send(TestGateway.request("GET", "/"))
                try await gateway.function.awaitCall()
                wire.finish()
                gateway.function.release(#"{"statusCode":200,"body":"\#(body)"}"#)
                #expect(try await wire.message().body.count == body.utf8.count)
                #expect(try await wire.rest().isEmpty)
            }
        }
    }

    @Test("pipelined requests before the end of what a client says are answered too")
    func halfClosedPipeline() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/1") + TestGateway.request("GET", "/2"))
                wire.finish()
                try await gateway.function.awaitCall()
                gateway.function.release("1")
                #expect(try await wire.message().text == "1")
                try await gateway.function.awaitCall()
                gateway.function.release("2")
                #expect(try await wire.message().text == "2")
                #expect(try await wire.rest().isEmpty)
            }
        }
    }

    @Test("requests of a client that takes no answers are not read on and on")
    func unreadAnswers() async throws {
        let body = String(repeating: "x", count: 1_000_000)
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer(#"{"statusCode":200,"body":"\#(body)"}"#)
            try await gateway.connect(receiveBuffer: 16_384) { wire in
                let count = 100
                try await wire.send(String(repeating: TestGateway.request("GET", "/"), count: count))
                #expect(try await wire.message().body.count == body.utf8.count)
                // The socket's buffers take some answers more; a hundred megabytes they do not.
                #expect(try gateway.function.events.count < 50)
                for _ in 1..<count { #expect(try await wire.message().body.count == body.utf8.count) }
            }
        }
    }
}
